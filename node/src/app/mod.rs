//! What a window may ask: who works at this PC, and everything that a window may ask of the office's records. One folder for each area of the
//! screens; a request is named after it, `{"do": "learners.find", ...}`.
//!
//! Invariants: what is asked is asked by somebody who is signed in (but for signing in itself), wherever the school has users;
//! what somebody did can be undone as one act.

mod access;
pub(crate) mod admin;
pub(crate) mod attendance;
pub(crate) mod enrolment;
pub(crate) mod forms;
pub(crate) mod home;
pub(crate) mod imports;
pub(crate) mod learners;
pub mod lifecycle;
mod records;
mod request;
mod requests;
pub(crate) mod review;
pub(crate) mod session;
mod sync;
mod typescript;
mod undo;

use requests::{DESK, FRONT};
use undo::Acts;

use crate::store::Saved;
use crate::{NodeError, Result, Store};
use pems_model::school_day::day_of;
use pems_model::{Act, Code, Role};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// The office's records and who works with them.
#[derive(Debug)]
pub struct Desk {
    pub store: Store,
    session: session::Session,
    acts: Acts,
    learners: learners::Learners,
    home: home::Kept,
    /// Where forms are filed.
    pub printed: forms::Files,
    beside: admin::Beside,
    job: imports::Job,
}

impl Desk {
    pub fn new(store: Store) -> Desk {
        Desk {
            store,
            session: session::Session::default(),
            acts: Acts::default(),
            learners: learners::Learners::default(),
            home: home::Kept::default(),
            printed: forms::Files::default(),
            beside: admin::Beside::default(),
            job: imports::Job::default(),
        }
    }

    /// Answers one request of the window.
    ///
    /// # Errors
    /// What the store refused, with its stable code; nothing is written then.
    pub fn answer(&mut self, request: Json) -> Result<Json> {
        let (name, fields) = request::take_apart(request)?;
        self.carry_out(&name, fields)
    }

    fn carry_out(&mut self, name: &str, fields: Map<String, Json>) -> Result<Json> {
        let unknown = || NodeError::new(Code::BadRequest, format!("the office has no request '{name}'"));
        request::carry_out(request::find(DESK, name).ok_or_else(unknown)?, fields, self)
    }

    /// Who is signed in; none where the school has no users.
    pub fn person(&self) -> Option<&session::Person> {
        self.session.person()
    }

    /// Which day it is at the school.
    pub fn today(&self) -> i32 {
        day_of(self.store.now())
    }

    /// What may be done here and now: the person's role, or the device's where the school has no users.
    pub fn role(&self) -> Role {
        self.person().map_or_else(|| self.store.role(), |person| person.role)
    }

    /// # Errors
    /// `role_forbidden`, in words, unless the role here may.
    pub fn check_role(&self, act: Act) -> Result<()> {
        let role = self.role();
        if act.allows(role) {
            return Ok(());
        }
        let message = format!("the role {} may not {}; ask a school admin", role.name(), act.said());
        Err(NodeError::new(Code::RoleForbidden, message))
    }

    /// Remembers the saving or deleting of one row.
    pub(crate) fn did_to(&mut self, act: Uuid, saved: &Saved, entity: &str) {
        if saved.changed {
            let label = self.store.schema().entity(entity).map_or(entity, |entity| entity.label);
            let what = if saved.row.deleted_at.is_some() {
                "Deletion"
            } else if saved.created {
                "New record"
            } else {
                "Change"
            };
            self.did(act, format!("{what}: {label}"));
        }
    }

    /// Remembers an act so that Ctrl+Z takes it back. `what` says it in a few words: "Paste of 200 learners".
    pub fn did(&mut self, act: Uuid, what: impl Into<String>) {
        self.acts.did(act, what.into());
    }
}

/// The name of a request as it stands in our lists; what somebody else may have put in its place is named by none.
fn listed_name(request: &Json) -> &'static str {
    let asked = request.get("do").and_then(Json::as_str).unwrap_or_default();
    let front = FRONT.iter().map(|entry| entry.name);
    front.chain(DESK.iter().map(|entry| entry.name)).find(|name| *name == asked).unwrap_or("unknown")
}

/// The requests and answers as TypeScript, for `ui/src/generated/`: each file's name and what it holds.
pub fn typescript() -> Vec<(&'static str, String)> {
    let mut declarations = typescript::Declarations::new();
    FRONT.iter().for_each(|entry| (entry.declare)(&mut declarations));
    DESK.iter().for_each(|entry| (entry.declare)(&mut declarations));
    declarations.finish()
}
