//! What a window may ask: who works at this PC, and everything that a window may ask of the office's records. One folder for each area of the
//! screens; a request is named after it, `{"do": "learners.find", ...}`.
//!
//! Invariants: what is asked is asked by somebody who is signed in (but for signing in itself), wherever the school has users;
//! what somebody did can be undone as one act.

mod access;
pub mod admin;
pub mod api;
pub mod attendance;
pub mod enrolment;
pub mod forms;
pub mod home;
pub mod imports;
pub mod learners;
pub mod lifecycle;
mod records;
pub mod review;
pub mod session;
mod sync;
mod undo;

pub use undo::Acts;

use crate::store::Saved;
use crate::{NodeError, Result, Store};
use pems_model::school_day::day_of;
use pems_model::{Code, Role};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
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
        let name = request.get("do").and_then(Json::as_str).unwrap_or_default().to_owned();
        let area = name.split_once('.').map_or("", |(area, _)| area);
        if area != "session" && name != "status" {
            self.check_signed_in()?;
            self.check_own_password()?;
            self.check_reads(&name)?;
        }
        match area {
            "" => records::handle(self, read(request)?),
            "session" => session::answer(self, read(request)?),
            "home" => home::answer(self, read(request)?),
            "learners" => learners::answer(self, read(request)?),
            "enrolment" => enrolment::answer(self, read(request)?),
            "attendance" => attendance::answer(self, read(request)?),
            "forms" => forms::answer(self, read(request)?),
            "imports" => imports::answer(self, read(request)?),
            "review" => review::answer(self, read(request)?),
            "admin" => admin::answer(self, read(request)?),
            _ => Err(NodeError::new(Code::BadRequest, format!("the office has no requests '{area}.…'"))),
        }
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
    /// `role_forbidden`, in words, unless the role is one of these.
    pub fn check_role(&self, allowed: &[Role], what: &str) -> Result<()> {
        let role = self.role();
        if allowed.contains(&role) {
            return Ok(());
        }
        let message = format!("the role {} may not {what}; ask a school admin", role.name());
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

fn read<T: DeserializeOwned>(request: Json) -> Result<T> {
    serde_json::from_value(request)
        .map_err(|error| NodeError::new(Code::BadRequest, format!("this is not a request of the office: {error}")))
}

/// An area's types for `ui/src/generated/`: the file's name and what it holds.
pub fn typescript() -> Vec<(&'static str, String)> {
    let config = &ts_rs::Config::new().with_large_int("number");
    let file = |name: &'static str, declarations: Vec<String>, answers: &str| {
        let mut out = format!("// Made by `cargo xtask gen` from node/src/app/{name}. Do not edit.\n\n");
        for declaration in declarations {
            out.push_str("export ");
            out.push_str(&declaration);
            out.push_str("\n\n");
        }
        out.push_str(answers);
        (name, out)
    };
    vec![
        file("session", session::declarations(config), session::ANSWERS),
        file("home", home::declarations(config), home::ANSWERS),
        file("learners", learners::declarations(config), learners::ANSWERS),
        file("enrolment", enrolment::declarations(config), enrolment::ANSWERS),
        file("attendance", attendance::declarations(config), attendance::ANSWERS),
        file("forms", forms::declarations(config), forms::ANSWERS),
        file("imports", imports::declarations(config), imports::ANSWERS),
        file("review", review::declarations(config), review::ANSWERS),
        file("admin", admin::declarations(config), admin::ANSWERS),
    ]
}
