//! The office of this window, opened when it is first asked for. A PC that is enrolled while the window is open, or a file
//! that was put right, is found at the next question: nothing has to be restarted.

use crate::sync::Sync;
use pems_node::api::{self, Request};
use pems_node::keys::KeySource;
use pems_node::{NodeError, Result, Store};
use serde_json::{Value as Json, json};
use std::path::PathBuf;

/// Where the records and their keys are.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) data_dir: PathBuf,
    pub(crate) key_file: Option<PathBuf>,
}

#[derive(Debug)]
pub(crate) struct Office {
    place: Place,
    store: Option<Store>,
    sync: Option<Sync>,
}

impl Office {
    pub(crate) fn at(place: Place) -> Office {
        Office { place, store: None, sync: None }
    }

    /// Answers one request, opening the records first if that did not succeed yet.
    pub(crate) fn answer(&mut self, request: Request) -> Result<Json> {
        if let Some(ended) = self.sync.as_ref().and_then(Sync::ended) {
            self.store = None;
            return Err(ended);
        }
        let store = match &mut self.store {
            Some(store) => store,
            none => {
                let (store, sync) = open(&self.place).map_err(|error| self.place.explain(error))?;
                self.sync = Some(sync);
                none.insert(store)
            }
        };
        let writes = matches!(request, Request::Save { .. } | Request::Delete { .. } | Request::Resolve { .. });
        let answer = api::handle(store, request)?;
        if let (true, Some(sync)) = (writes, &self.sync) {
            sync.saved();
        }
        Ok(answer)
    }
}

fn open(place: &Place) -> Result<(Store, Sync)> {
    let keys = place.key_file.clone().map_or(KeySource::Keyring, KeySource::File);
    let office = pems_node::Office::open(&place.data_dir, keys)?;
    let store = office.store()?;
    let sync = Sync::start(office, &store.glance()?.hub)?;
    Ok((store, sync))
}

impl Place {
    /// Adds where was looked, which is what the window's pages about it show.
    fn explain(&self, error: NodeError) -> NodeError {
        let mut details = match error.details.clone() {
            Some(Json::Object(details)) => details,
            _ => serde_json::Map::new(),
        };
        details.insert("data_dir".into(), json!(self.data_dir));
        details.insert("key_file".into(), json!(self.key_file));
        error.with_details(Json::Object(details))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pems_model::Code;

    #[test]
    fn an_empty_folder_says_that_it_holds_no_office_and_where_it_looked() {
        let dir = tempfile::tempdir().expect("a folder");
        let key_file = dir.path().join("key");
        let mut office = Office::at(Place { data_dir: dir.path().to_owned(), key_file: Some(key_file.clone()) });
        let error = office.answer(Request::Status).expect_err("nothing is enrolled");
        assert_eq!(error.code, Code::NotEnrolled);
        assert_eq!(error.details, Some(json!({ "data_dir": dir.path(), "key_file": key_file })));
    }
}
