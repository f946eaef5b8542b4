//! The window itself. It shows files of the app and nothing else, and leaves no trace of what it showed on the disk.

use crate::{files, paint};
use tauri::plugin::TauriPlugin;
use tauri::webview::NewWindowResponse;
use tauri::{App, AppHandle, Manager, WebviewUrl, WebviewWindowBuilder, Wry};
use tauri_plugin_window_state::StateFlags;

/// Fits the small screens of old laptops (1024 x 600).
const SIZE: (f64, f64) = (1180.0, 760.0);
const SMALLEST: (f64, f64) = (480.0, 360.0);

/// Set by a driver that tests the window from outside.
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";

const NAME: &str = "office";

/// Whether a driver tests the window, which then has the same size every time.
pub(crate) fn is_automated() -> bool {
    std::env::var_os(AUTOMATION).is_some()
}

/// Keeps size and place of the window from one day to the next.
pub(crate) fn state() -> TauriPlugin<Wry> {
    let kept = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    tauri_plugin_window_state::Builder::default().with_state_flags(kept).build()
}

/// Brings the window to the front, for somebody who started the app a second time.
pub(crate) fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(NAME) else { return };
    // What a desktop does not allow leaves the window where it is.
    let _ = window.unminimize();
    let _ = window.set_focus();
}

/// Tells the page that the sync did something (`ui/src/office/news.ts`). As with files, the system's own events would need a
/// permission to listen to everything that happens in the app. A page that is just being loaded asks by itself.
pub(crate) fn tell(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(NAME) {
        let _ = window.eval("dispatchEvent(new CustomEvent('pems-news'))");
    }
}

pub(crate) fn open(app: &mut App) -> tauri::Result<()> {
    // No cache, cookies or history of records in plaintext. Only a window under test has them: automation needs a profile.
    let leaves_no_trace = !is_automated();
    let window = WebviewWindowBuilder::new(app, NAME, WebviewUrl::App("office.html".into()))
        .title("PEMS")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .center()
        .zoom_hotkeys_enabled(true)
        .incognito(leaves_no_trace)
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    paint::settle(&window)?;
    files::tell_of_drops(&window);
    Ok(())
}
