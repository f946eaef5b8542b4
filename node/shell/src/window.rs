//! The window itself. It shows files of the app and nothing else, and leaves no trace of what it showed on the disk.

use tauri::webview::NewWindowResponse;
use tauri::{App, WebviewUrl, WebviewWindowBuilder};

/// Fits the small screens of old laptops (1024 x 600).
const SIZE: (f64, f64) = (1180.0, 760.0);
const SMALLEST: (f64, f64) = (480.0, 360.0);

/// Set by a driver that tests the window from outside.
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";

pub(crate) fn open(app: &mut App) -> tauri::Result<()> {
    // No cache, cookies or history of records in plaintext. Only a window under test has them: automation needs a profile.
    let leaves_no_trace = std::env::var_os(AUTOMATION).is_none();
    WebviewWindowBuilder::new(app, "office", WebviewUrl::App("office.html".into()))
        .title("PEMS")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .center()
        .zoom_hotkeys_enabled(true)
        .incognito(leaves_no_trace)
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    Ok(())
}
