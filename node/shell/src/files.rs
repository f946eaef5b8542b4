//! Files that somebody wants to import: chosen in the system's dialog, or dropped onto the window; and where files go that the
//! office makes. Only paths go to the window; the office reads and writes.

use serde_json::json;
use std::path::PathBuf;
use tauri::{AppHandle, DragDropEvent, WebviewWindow, WindowEvent};
use tauri_plugin_dialog::DialogExt;

/// The event of the window's page (`ui/src/office/imports/files.ts`).
const EVENT: &str = "pems-files";

/// Lets somebody choose one file; none where the dialog was closed. `label` says what for, in the window's language; `backup`: a copy
/// of an office, and not a list to import.
#[tauri::command]
pub(crate) async fn choose_file(app: AppHandle, label: String, backup: Option<bool>) -> Option<PathBuf> {
    let (tell, told) = tokio::sync::oneshot::channel();
    let endings: &[&str] =
        if backup == Some(true) { &["pems-backup"] } else { &["xls", "xlsx", "csv", "txt", "zip", "jsonl"] };
    let dialog = app.dialog().file().add_filter(label, endings);
    dialog.pick_file(move |chosen| {
        // Nobody waits any more where the window was closed meanwhile.
        let _ = tell.send(chosen);
    });
    told.await.ok().flatten().and_then(|chosen| chosen.into_path().ok())
}

/// Lets somebody say where a new file goes; none where the dialog was closed. `title` says what for, in the window's language.
#[tauri::command]
pub(crate) async fn choose_place(app: AppHandle, title: String, proposed: PathBuf) -> Option<PathBuf> {
    let (tell, told) = tokio::sync::oneshot::channel();
    let mut dialog = app.dialog().file().set_title(title);
    if let Some(folder) = proposed.parent().filter(|folder| folder.is_dir()) {
        dialog = dialog.set_directory(folder);
    }
    if let Some(name) = proposed.file_name() {
        dialog = dialog.set_file_name(name.to_string_lossy());
    }
    dialog.save_file(move |chosen| {
        // Nobody waits any more where the window was closed meanwhile.
        let _ = tell.send(chosen);
    });
    told.await.ok().flatten().and_then(|chosen| chosen.into_path().ok())
}

/// Tells the page of files that are held over the window, and of those that are dropped. The system's own events would need a
/// permission to listen to everything that happens in the app; this needs none.
pub(crate) fn tell_of_drops(window: &WebviewWindow) {
    let page = window.clone();
    window.on_window_event(move |event| {
        let WindowEvent::DragDrop(event) = event else { return };
        let detail = match event {
            DragDropEvent::Enter { .. } => json!({ "over": true, "paths": [] }),
            // A name that is no text has no place in a page; the file is chosen by its dialog, or renamed.
            DragDropEvent::Drop { paths, .. } => {
                json!({ "over": false, "paths": paths.iter().filter_map(|path| path.to_str()).collect::<Vec<_>>() })
            }
            DragDropEvent::Leave => json!({ "over": false, "paths": [] }),
            _ => return,
        };
        // JSON is JavaScript. A page that is just being loaded hears nothing, and nothing is lost: the file is dropped again.
        let _ = page.eval(format!("dispatchEvent(new CustomEvent('{EVENT}', {{ detail: {detail} }}))"));
    });
}
