//! New versions of the app, where whoever built it said from where (`plugins.updater` of the configuration: addresses and the
//! public key that signs them; `docs/packaging.md`). Off otherwise.
//!
//! Invariants: nothing that is not signed by that key is installed; nobody who works is interrupted: a new version is fetched
//! beside the work and put in place when the window is closed. Packages of Linux are the package manager's.

use std::sync::{Mutex, PoisonError};
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_updater::{Config, Update, UpdaterExt};

/// A version that was fetched and checked.
struct Fetched(Mutex<Option<(Update, Vec<u8>)>>);

/// The updater, where there is a configuration for it.
pub(crate) fn plugin(app: &AppHandle) -> Option<TauriPlugin<Wry, Config>> {
    let is_configured = app.config().plugins.0.contains_key("updater");
    (is_configured && !cfg!(target_os = "linux")).then(|| tauri_plugin_updater::Builder::new().build())
}

/// Looks for a newer version, once a start. A PC without a network finds none and looks again at the next start.
pub(crate) fn fetch(app: &AppHandle) {
    app.manage(Fetched(Mutex::new(None)));
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let Ok(updater) = app.updater() else { return };
        let Ok(Some(update)) = updater.check().await else { return };
        let Ok(bytes) = update.download(|_, _| {}, || {}).await else { return };
        let fetched = app.state::<Fetched>();
        *fetched.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((update, bytes));
    });
}

/// At the end of the program. What cannot be put in place now is fetched again at the next start.
pub(crate) fn install(app: &AppHandle) {
    let Some(fetched) = app.try_state::<Fetched>() else { return };
    let fetched = fetched.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((update, bytes)) = fetched
        && let Err(error) = update.install(bytes)
    {
        eprintln!("pems: the new version {} could not be installed ({error}); this one goes on", update.version);
    }
}
