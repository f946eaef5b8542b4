//! The one command of the window: a request in, an answer or a failure out. It runs beside the window's own thread, so that
//! neither the disk nor a locked keyring ever freezes the picture.

use pems_model::Code;
use pems_model::wire::ErrorBody;
use pems_node::NodeError;
use pems_node::desk::front::{Front, Place};
use serde_json::Value as Json;
use std::sync::{Arc, Mutex, PoisonError};
use tauri::State;

/// The office that this window is for. Requests take turns; each is a few milliseconds of SQLite.
#[derive(Debug)]
pub(crate) struct Desk(Arc<Mutex<Front>>);

impl Desk {
    pub(crate) fn new(place: Place) -> Desk {
        Desk(Arc::new(Mutex::new(Front::at(place))))
    }
}

#[tauri::command]
pub(crate) async fn call(desk: State<'_, Desk>, request: Json) -> Result<Json, ErrorBody> {
    let office = Arc::clone(&desk.0);
    // On a thread that may wait: the keyring's client must not run inside an async task.
    let answered = tauri::async_runtime::spawn_blocking(move || {
        // A request that panicked left no half-written record (SQLite rolled it back), so the next one may go on.
        office.lock().unwrap_or_else(PoisonError::into_inner).answer(request)
    });
    match answered.await {
        Ok(answer) => answer.map_err(|error| error.to_body()),
        Err(error) => Err(NodeError::new(
            Code::Internal,
            format!("the office stopped while it answered ({error}); what was saved is safe, try again"),
        )
        .to_body()),
    }
}
