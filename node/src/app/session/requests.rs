//! What is asked about who sits at this PC. Everybody may ask it: it looks for itself who is there.

use super::{State, Taken, Undoable};
use crate::Result;
use crate::app::Desk;
use crate::app::request::{May, Request};
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

/// Who is here, and who could be. `active`: somebody touched keys or mouse since the last time; what the window asks by
/// itself keeps no desk open.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadState {
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    active: bool,
}

impl Request<Desk> for ReadState {
    const NAME: &'static str = "session.state";
    const ACCESS: May = May::Always;
    type Answer = State;

    fn run(self, desk: &mut Desk) -> Result<State> {
        let ReadState { active } = self;
        desk.lock_if_idle()?;
        if active {
            desk.session.touched = desk.store.now();
        }
        desk.state()
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SignIn {
    #[ts(type = "string")]
    id: Uuid,
    password: String,
}

impl Request<Desk> for SignIn {
    const NAME: &'static str = "session.sign_in";
    const ACCESS: May = May::Always;
    type Answer = State;

    fn run(self, desk: &mut Desk) -> Result<State> {
        let SignIn { id, password } = self;
        desk.sign_in(id, &password)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SignOut {}

impl Request<Desk> for SignOut {
    const NAME: &'static str = "session.sign_out";
    const ACCESS: May = May::Always;
    type Answer = State;

    fn run(self, desk: &mut Desk) -> Result<State> {
        desk.leave();
        crate::log::events::signed_out();
        desk.state()
    }
}

/// The person stays; what is on the screen is hidden until the password is typed.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Lock {}

impl Request<Desk> for Lock {
    const NAME: &'static str = "session.lock";
    const ACCESS: May = May::Always;
    type Answer = State;

    fn run(self, desk: &mut Desk) -> Result<State> {
        desk.session.locked = desk.session.person.is_some();
        desk.store.sign(None);
        desk.state()
    }
}

/// Another password for oneself.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ChangePassword {
    current: String,
    new: String,
}

impl Request<Desk> for ChangePassword {
    const NAME: &'static str = "session.password";
    const ACCESS: May = May::Always;
    type Answer = State;

    fn run(self, desk: &mut Desk) -> Result<State> {
        let ChangePassword { current, new } = self;
        desk.change_password(&current, &new)
    }
}

/// The language of the window for who is here, at this PC; whoever else signs in has their own.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ChooseLanguage {
    #[ts(type = "\"en\" | \"fil\"")]
    language: String,
}

impl Request<Desk> for ChooseLanguage {
    const NAME: &'static str = "session.language";
    const ACCESS: May = May::Always;
    type Answer = State;

    fn run(self, desk: &mut Desk) -> Result<State> {
        let ChooseLanguage { language } = self;
        desk.choose_language(&language)
    }
}

/// What Ctrl+Z and Ctrl+Shift+Z would do.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadUndoable {}

impl Request<Desk> for ReadUndoable {
    const NAME: &'static str = "session.undoable";
    const ACCESS: May = May::Always;
    type Answer = Undoable;

    fn run(self, desk: &mut Desk) -> Result<Undoable> {
        desk.check_signed_in()?;
        let (undo, redo) = desk.acts.next();
        Ok(Undoable {
            undo: undo.map(str::to_owned),
            id: desk.acts.last(),
            redo: redo.map(str::to_owned),
            lasting: desk.acts.lasting().cloned(),
        })
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Undo {}

impl Request<Desk> for Undo {
    const NAME: &'static str = "session.undo";
    const ACCESS: May = May::Always;
    type Answer = Taken;

    fn run(self, desk: &mut Desk) -> Result<Taken> {
        desk.take_back(false)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Redo {}

impl Request<Desk> for Redo {
    const NAME: &'static str = "session.redo";
    const ACCESS: May = May::Always;
    type Answer = Taken;

    fn run(self, desk: &mut Desk) -> Result<Taken> {
        desk.take_back(true)
    }
}
