//! The one command of the window: a request in, an answer or a failure out. It runs beside the window's own thread, so that
//! neither the disk nor a locked keyring ever freezes the picture.

use pems_model::Code;
use pems_model::wire::ErrorBody;
use pems_node::NodeError;
use pems_node::app::lifecycle::{Front, Place, answer, kept_settings};
use pems_node::log::noted;
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex};
use tauri::State;

/// The office that this window is for. Requests take turns; each is a few milliseconds of SQLite.
#[derive(Debug)]
pub(crate) struct Desk {
    front: Arc<Mutex<Front>>,
    place: Place,
}

impl Desk {
    /// Opens the records at once: they are there when the web view, which takes longer to start, first asks for something.
    pub(crate) fn open(place: Place, tell: impl Fn() + Send + Sync + 'static) -> Desk {
        let front = Arc::new(Mutex::new(Front::at(place.clone()).telling(tell)));
        let opening = Arc::clone(&front);
        // What goes wrong here goes wrong again when the window asks, and is shown there.
        let open = move || drop(answer(&opening, json!({ "do": "session.state" })));
        drop(std::thread::Builder::new().name("open".into()).spawn(open));
        Desk { front, place }
    }
}

#[tauri::command]
pub(crate) async fn call(desk: State<'_, Desk>, request: Json) -> Result<Json, ErrorBody> {
    if request.get("do").and_then(Json::as_str) == Some("session.kept") {
        return kept_settings(&desk.place).map_err(|error| error.to_body());
    }
    let office = Arc::clone(&desk.front);
    // On a thread that may wait: the keyring's client must not run inside an async task.
    let answered = tauri::async_runtime::spawn_blocking(move || answer(&office, request));
    match answered.await {
        Ok(answer) => answer.map_err(|error| error.to_body()),
        Err(error) => {
            let message = format!("the office stopped while it answered ({error}); what was saved is safe, try again");
            Err(noted("window", NodeError::new(Code::Internal, message)).to_body())
        }
    }
}
