//! What Tauri makes of `tauri.conf.json`, the capabilities and the built screens, put into the program at build time.

/// The app's configuration and files.
#[expect(clippy::unwrap_used, reason = "Tauri's generator writes this code, over values that it checked at build time")]
pub(crate) fn context() -> tauri::Context {
    tauri::tauri_build_context!()
}
