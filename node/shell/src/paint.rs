//! How the web view paints. On a PC without a graphics card WebKitGTK puts the window together with an emulated one: the first
//! list then waits seconds for its frame after a cold start, and a key a tenth of a second (docs/office-speed.md). Painting
//! straight into the window is several times quicker there. Windows and macOS decide by themselves.

use tauri::WebviewWindow;

/// Lets the web view paint with what this PC has.
#[cfg(target_os = "linux")]
pub(crate) fn settle(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};
    if has_graphics_card() {
        return Ok(());
    }
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Whether the kernel offers a device to render on. Source: Documentation/gpu/drm-uapi, "Render nodes".
#[cfg(target_os = "linux")]
fn has_graphics_card() -> bool {
    let Ok(devices) = std::fs::read_dir("/dev/dri") else { return false };
    devices.flatten().any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn settle(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
