//! What stands before the desk: a PC that has no office yet, one whose keys are sealed, and the office itself with the sync beside
//! it. Opened when it is first asked for; a PC that is enrolled meanwhile, or a file that was put right, is found at the next
//! question: nothing has to be restarted.

pub(super) mod begin;
mod window_settings;

use super::request::{Answers, May, Request, carry_out, find, take_apart};
use super::session::State;
use super::session::requests::ReadState;
use super::sync::Sync;
use super::{Desk, FRONT};
use crate::identity::Sealed;
use crate::keys::{KeySource, Passphrase};
use crate::{NodeError, Office, Result};
use pems_model::Code;
use serde_json::{Value as Json, json};
use std::path::PathBuf;

/// Where the records and their keys are.
#[derive(Debug, Clone)]
pub struct Place {
    pub data_dir: PathBuf,
    /// Where the keys are kept in a file, as on machines without a keyring and in tests.
    pub key_file: Option<PathBuf>,
}

/// The office of one window.
#[derive(Debug)]
pub struct Front {
    place: Place,
    passphrase: Option<Passphrase>,
    desk: Option<Desk>,
    sync: Option<Sync>,
}

/// What `session.kept` answers. Needs no office, so that a window has its look while a keyring is still being asked.
///
/// # Errors
/// None in fact: what cannot be read is as at first.
pub fn kept_settings(place: &Place) -> Result<Json> {
    Ok(json!(window_settings::read(place)))
}

impl Front {
    pub fn at(place: Place) -> Front {
        Front { place, passphrase: None, desk: None, sync: None }
    }

    /// Answers one request, opening the records first if that did not succeed yet. May wait for the disk, the keyring and, to
    /// enrol, for the hub; never call it on an async thread.
    ///
    /// # Errors
    /// What was refused, with its stable code.
    pub fn answer(&mut self, request: Json) -> Result<Json> {
        if let Some(ended) = self.sync.as_ref().and_then(Sync::ended) {
            self.desk = None;
            return Err(ended);
        }
        let (name, fields) = take_apart(request)?;
        if let Some(entry) = find(FRONT, &name) {
            return carry_out(entry, fields, self);
        }
        if name == <ReadState as Request<Desk>>::NAME && self.desk.is_none() {
            return Ok(json!(self.stage()?));
        }
        let desk = self.open()?;
        let answer = desk.carry_out(&name, fields)?;
        if let (true, Some(sync)) = (desk.store.take_wrote(), &self.sync) {
            sync.saved();
        }
        Ok(answer)
    }

    fn open(&mut self) -> Result<&mut Desk> {
        if self.desk.is_none() {
            let office = Office::open(&self.place.data_dir, self.keys()).map_err(|error| self.place.explain(error))?;
            let store = office.store().map_err(|error| self.place.explain(error))?;
            // Only a head start: without it the first question reads.
            let reader = office.store().ok();
            if !store.is_sample()? {
                self.sync = Some(Sync::start(office, &store.enrolled()?.hub_url)?);
            }
            let mut desk = Desk::new(store);
            if let Some(reader) = reader {
                desk.read_ahead(reader);
            }
            self.desk = Some(desk);
        }
        self.desk.as_mut().ok_or_else(|| NodeError::new(Code::Internal, "the office is not open; try again"))
    }

    fn keys(&self) -> KeySource {
        match (&self.place.key_file, &self.passphrase) {
            (Some(file), _) => KeySource::File(file.clone()),
            (None, Some(passphrase)) => KeySource::Sealed(Sealed::path(&self.place.data_dir), passphrase.clone()),
            (None, None) => KeySource::Keyring,
        }
    }

    /// `session.state` before there is a desk.
    fn stage(&mut self) -> Result<State> {
        match self.open() {
            Ok(desk) => desk.state(),
            Err(error) if error.code == Code::NotEnrolled => Ok(self.outside("first_run")),
            Err(error) if error.code == Code::PassphraseNeeded => Ok(self.outside("sealed")),
            Err(error) => Err(error),
        }
    }

    fn outside(&self, stage: &'static str) -> State {
        State {
            stage,
            school: None,
            device: None,
            sample: false,
            person: None,
            role: None,
            limited_to: None,
            people: Vec::new(),
            idle_minutes: 0,
            choose_password: false,
            password_changed: false,
            data_dir: Some(self.place.data_dir.display().to_string()),
        }
    }

    fn seal_with(&mut self, typed: Option<&str>) -> Result<()> {
        if let Some(typed) = typed {
            self.passphrase = Some(Passphrase::new(typed)?);
        }
        Ok(())
    }
}

impl Answers for Front {
    /// Before there is a desk nobody is signed in; what is for somebody is asked at the desk.
    fn check_may(&mut self, may: May) -> Result<()> {
        if may == May::Always { Ok(()) } else { self.open()?.check_may(may) }
    }
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
mod tests;
