//! What stands before the desk: a PC that has no office yet, one whose keys are sealed, and the office itself with the sync beside
//! it. Opened when it is first asked for; a PC that is enrolled meanwhile, or a file that was put right, is found at the next
//! question: nothing has to be restarted.

mod window_settings;

use super::session::{Request as SessionRequest, State, to_json};
use super::sync::{Sync, Tell};
use super::{Desk, read};
use crate::identity::Sealed;
use crate::keys::{KeySource, Passphrase};
use crate::{NodeError, Office, Result, sample};
use pems_model::{Code, Schema};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

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
    /// The hub is being asked to take this PC in.
    enrolling: bool,
}

/// Who is told that the sync did something.
struct Told(Tell);

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Told")
    }
}

/// Answers one request as [`Front::answer`] does; what waits for the network waits without the lock, so that all other requests
/// go on meanwhile.
///
/// # Errors
/// What was refused, with its stable code.
pub fn answer(front: &Mutex<Front>, request: Json) -> Result<Json> {
    // A request that panicked left no half-written record (SQLite rolled it back), so the next one may go on.
    let lock = || front.lock().unwrap_or_else(PoisonError::into_inner);
    if request.get("do").and_then(Json::as_str) != Some("session.enrol") {
        return lock().answer(request);
    }
    let enrolling = lock().begin_enrolment(read(request)?)?;
    let enrolled = enrolling.ask();
    lock().end_enrolment(enrolled)
}

/// What the hub is to be asked, with everything that it takes.
struct Enrolling {
    dir: PathBuf,
    keys: KeySource,
    hub: String,
    code: String,
    name: String,
}

impl Enrolling {
    fn ask(self) -> Result<()> {
        let Enrolling { dir, keys, hub, code, name } = self;
        let enrol = async move { Office::enrol(&dir, keys, &hub, &code, &name, Schema::product()).await };
        super::sync::wait_for(enrol)?.map(drop)
    }
}

/// What `session.kept` answers. Needs no office, so that a window has its look while a keyring is still being asked.
///
/// # Errors
/// None in fact: what cannot be read is as at first.
pub fn kept_settings(place: &Place) -> Result<Json> {
    to_json(&window_settings::read(place))
}

impl Front {
    pub fn at(place: Place) -> Front {
        Front { place, passphrase: None, desk: None, sync: None, tell: Told(Arc::new(|| {})), enrolling: false }
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
        if let Some(ended) = self.sync.as_ref().and_then(Sync::ended) {
            self.desk = None;
            return Err(ended);
        }
        match request.get("do").and_then(Json::as_str) {
            Some(
                "session.enrol" | "session.sample" | "session.restore" | "session.unseal" | "session.discard_sample",
            ) => self.begin(read(request)?),
            Some("session.kept") => kept_settings(&self.place),
            Some("session.keep") => match read(request)? {
                SessionRequest::Keep { settings } => to_json(&window_settings::keep(&self.place, settings)?),
                _ => Err(NodeError::new(Code::BadRequest, "this keeps nothing")),
            },
            Some("session.state") if self.desk.is_none() => self.stage(),
            _ => self.ask(request),
        }
    }

    fn ask(&mut self, request: Json) -> Result<Json> {
        let desk = self.open()?;
        let answer = desk.answer(request)?;
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
    fn stage(&mut self) -> Result<Json> {
        if self.enrolling {
            return self.outside("first_run");
        }
        match self.open() {
            Ok(desk) => desk.answer(json!({ "do": "session.state" })),
            Err(error) if error.code == Code::NotEnrolled => self.outside("first_run"),
            Err(error) if error.code == Code::PassphraseNeeded => self.outside("sealed"),
            Err(error) => Err(error),
        }
    }

    fn outside(&self, stage: &'static str) -> Result<Json> {
        to_json(&State {
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
        })
    }

    fn begin_enrolment(&mut self, request: SessionRequest) -> Result<Enrolling> {
        self.check_not_enrolling()?;
        let SessionRequest::Enrol { hub, code, name, passphrase } = request else {
            return Err(NodeError::new(Code::BadRequest, "this enrols nothing"));
        };
        self.seal_with(passphrase.as_deref())?;
        self.enrolling = true;
        Ok(Enrolling { dir: self.place.data_dir.clone(), keys: self.keys(), hub, code, name })
    }

    fn end_enrolment(&mut self, enrolled: Result<()>) -> Result<Json> {
        self.enrolling = false;
        enrolled?;
        self.begun()
    }

    /// Two that make an office in one folder at a time would each make keys of its own.
    fn check_not_enrolling(&self) -> Result<()> {
        if self.enrolling {
            let message = "this PC is being enrolled at this moment; wait until the hub has answered";
            return Err(NodeError::new(Code::StoreLocked, message));
        }
        Ok(())
    }

    fn begin(&mut self, request: SessionRequest) -> Result<Json> {
        self.check_not_enrolling()?;
        match request {
            SessionRequest::Enrol { .. } => {
                let enrolled = self.begin_enrolment(request)?.ask();
                return self.end_enrolment(enrolled);
            }
            SessionRequest::Sample { passphrase } => {
                self.seal_with(passphrase.as_deref())?;
                sample::open(&self.place.data_dir, self.keys())?;
            }
            SessionRequest::Restore { file, copy_passphrase, passphrase } => {
                self.seal_with(passphrase.as_deref())?;
                let opens = Passphrase::new(&copy_passphrase)?;
                drop(Office::restore(&self.place.data_dir, self.keys(), Path::new(file.trim()), &opens)?);
            }
            SessionRequest::Unseal { passphrase } => self.seal_with(Some(&passphrase))?,
            SessionRequest::DiscardSample => {
                let office = Office::open(&self.place.data_dir, self.keys())?;
                if !office.store()?.is_sample()? {
                    let message = "this is not the sample school; its records are not thrown away";
                    return Err(NodeError::new(Code::BadUsage, message));
                }
                self.desk = None;
                office.discard()?;
            }
            _ => return Err(NodeError::new(Code::BadRequest, "this is not how an office begins")),
        }
        self.begun()
    }

    fn begun(&mut self) -> Result<Json> {
        let opened = self.stage();
        if opened.is_err() {
            // Another passphrase may be the right one.
            self.passphrase = None;
        }
        opened
    }

    fn seal_with(&mut self, typed: Option<&str>) -> Result<()> {
        if let Some(typed) = typed {
            self.passphrase = Some(Passphrase::new(typed)?);
        }
        Ok(())
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
