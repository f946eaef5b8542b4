//! What stands before the desk: a PC that has no office yet, one whose keys are sealed, and the office itself with the sync beside
//! it. Opened when it is first asked for; a PC that is enrolled meanwhile, or a file that was put right, is found at the next
//! question: nothing has to be restarted.

pub(super) mod begin;
mod waiting;
mod window_settings;

use super::request::{Answers, May, Request, carry_out, find, take_apart};
use super::session::State;
use super::session::requests::ReadState;
use super::sync::{Sync, Tell};
use super::{Desk, FRONT, listed_name};
use crate::identity::Sealed;
use crate::keys::{KeySource, Passphrase};
use crate::store::BUSY;
use crate::{NodeError, Office, Result, Store, log};
use begin::Enrol;
use pems_model::Code;
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use waiting::Waiting;

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
    tell: Told,
    /// How long a request waits until somebody else has written.
    patience: Duration,
    /// The hub is being asked to take this PC in.
    enrolling: Weak<()>,
}

/// Who is told that the sync did something.
struct Told(Tell);

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Told")
    }
}

/// Answers one request as [`Front::answer`] does. What waits for the network, or until somebody else has written, waits without the
/// lock, so that all other requests go on meanwhile; those that want to write do so in the order in which they came.
///
/// # Errors
/// What was refused, with its stable code and the reference under which the log has it.
pub fn answer(front: &Mutex<Front>, request: Json) -> Result<Json> {
    let name = listed_name(&request);
    answer_unlogged(front, request).map_err(|error| log::noted(name, error))
}

fn answer_unlogged(front: &Mutex<Front>, request: Json) -> Result<Json> {
    // A request that panicked left no half-written record (SQLite rolled it back), so the next one may go on.
    let lock = || front.lock().unwrap_or_else(PoisonError::into_inner);
    if request.get("do").and_then(Json::as_str) == Some(<Enrol as Request<Front>>::NAME) {
        let asking = Enrol::read(take_apart(request)?.1)?.begin(&mut lock())?;
        let enrolled = asking.ask();
        return Ok(json!(Enrol::end(&mut lock(), enrolled)?));
    }
    let mut waiting: Option<Waiting> = None;
    loop {
        if let Some(waiting) = &waiting {
            waiting.wait()?;
        }
        let mut front = lock();
        let answer = front.answer_in_turn(request.clone(), waiting.as_ref());
        let has_to_wait = front.has_to_wait() && answer.is_err();
        if !has_to_wait || waiting.as_ref().is_some_and(Waiting::is_over) {
            return answer.map_err(|error| front.in_the_way(error));
        }
        // With the lock: who came first is first.
        waiting = waiting.or_else(|| front.queue());
        if waiting.is_none() {
            return answer;
        }
    }
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
        let tell = Told(Arc::new(|| {}));
        Front { place, passphrase: None, desk: None, sync: None, tell, patience: BUSY, enrolling: Weak::new() }
    }

    /// Has `tell` told whenever the sync did something that a screen may show.
    #[must_use]
    pub fn telling(self, tell: impl Fn() + Send + std::marker::Sync + 'static) -> Front {
        Front { tell: Told(Arc::new(tell)), ..self }
    }

    /// Answers one request, opening the records first if that did not succeed yet. May wait for the disk, the keyring and, to
    /// enrol, for the hub; never call it on an async thread.
    ///
    /// # Errors
    /// What was refused, with its stable code.
    pub fn answer(&mut self, request: Json) -> Result<Json> {
        self.carry_out(request, Store::wait_here)
    }

    fn carry_out(&mut self, request: Json, wait: impl FnOnce(&mut Store)) -> Result<Json> {
        self.check_goes_on()?;
        let (name, fields) = take_apart(request)?;
        if let Some(entry) = find(FRONT, &name) {
            return carry_out(entry, fields, self);
        }
        if name == <ReadState as Request<Desk>>::NAME && self.desk.is_none() {
            return Ok(json!(self.stage()?));
        }
        let desk = self.open()?;
        wait(&mut desk.store);
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
            let reader = office.reader().ok();
            if !store.is_sample()? {
                self.sync = Some(Sync::start(office, &store.enrolled()?.hub_url, Arc::clone(&self.tell.0))?);
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
        if self.enrolling.strong_count() > 0 {
            return Ok(self.outside("first_run"));
        }
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
            language: None,
            role: None,
            limited_to: None,
            people: Vec::new(),
            idle_minutes: 0,
            choose_password: false,
            password_changed: false,
            data_dir: Some(self.place.data_dir.display().to_string()),
        }
    }

    /// # Errors
    /// The sync ended for good: this PC is not of the school any more.
    fn check_goes_on(&mut self) -> Result<()> {
        match self.sync.as_ref().and_then(Sync::ended) {
            Some(ended) => {
                self.desk = None;
                Err(ended)
            }
            None => Ok(()),
        }
    }

    /// Two that make an office in one folder at a time would each make keys of its own.
    fn check_not_enrolling(&self) -> Result<()> {
        if self.enrolling.strong_count() > 0 {
            let message = "this PC is being enrolled at this moment; wait until the hub has answered";
            return Err(NodeError::new(Code::StoreLocked, message));
        }
        Ok(())
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
