//! Who works at this PC: signing in without a network, locking, switching. `{"do": "session.…"}`.
//!
//! Invariants: a password is checked against the verifier that the school's hub or administrator made, which syncs like any
//! record; wrong tries are counted on the disk, so a restart gives none back; a desk that nobody touches locks itself.

mod lock;
pub(super) mod requests;

#[cfg(test)]
mod tests;

pub use crate::domain::users::people::Person;

use super::Desk;
use super::undo::Lasting;
use crate::domain::users::{accounts, people, tries, verifier};
use crate::log::events;
use crate::store::Actor;
use crate::{NodeError, Result};
use ed25519_dalek::SigningKey;
use pems_model::proof::Typed;
use pems_model::{Code, Role, password};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

const MINUTE: i64 = 60_000_000;
/// A desk that nobody touched this long is locked, unless the school sets another time: a shared PC at a counter.
const IDLE_MINUTES: i64 = 15;
/// The languages of the window.
const LANGUAGES: [&str; 2] = ["en", "fil"];

/// How the office stands with those who sit before it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct State {
    /// `first_run`, `sealed`, `sign_in`, `locked` or `open`.
    pub stage: &'static str,
    pub school: Option<String>,
    pub device: Option<String>,
    /// A made-up school, where no password is asked.
    pub sample: bool,
    /// Who is signed in or, locked, who was.
    pub person: Option<Person>,
    /// The language that this person chose at this PC; without one the window has the PC's.
    #[ts(type = "\"en\" | \"fil\" | null")]
    pub language: Option<String>,
    /// What may be done here and now.
    #[ts(type = "string | null")]
    pub role: Option<Role>,
    /// What this PC is enrolled for, where that is less than the role of who is here: the rest is refused, by the hub too.
    #[ts(type = "string | null")]
    pub limited_to: Option<Role>,
    /// Who could sign in.
    pub people: Vec<Person>,
    pub idle_minutes: i64,
    /// Nothing else is answered before a password of one's own is chosen.
    pub choose_password: bool,
    /// Locked, and the password that opens it is another one than before: it was replaced meanwhile.
    pub password_changed: bool,
    /// The folder of the records, for a first run.
    pub data_dir: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Undoable {
    pub undo: Option<String>,
    /// Which act that is.
    #[ts(type = "string | null")]
    pub id: Option<Uuid>,
    pub redo: Option<String>,
    /// Done after it, and not taken back by Ctrl+Z.
    pub lasting: Option<Lasting>,
}

/// What an undo or a redo did.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Taken {
    pub what: String,
    pub removed: usize,
    pub restored: usize,
    /// Records that somebody changed since; they are left as they are.
    pub left: usize,
}

/// Who is signed in, and when keys or mouse were last touched.
#[derive(Debug, Default)]
pub(super) struct Session {
    person: Option<Person>,
    locked: bool,
    touched: i64,
    /// Which password opened the desk; none where none was asked.
    password: Option<blake3::Hash>,
}

impl Session {
    pub(super) fn person(&self) -> Option<&Person> {
        self.person.as_ref()
    }
}

impl Desk {
    pub(in crate::app) fn state(&mut self) -> Result<State> {
        self.lock_if_idle()?;
        let password_changed = self.look_behind_the_lock()?;
        let enrolled = self.store.enrolled()?;
        let people = people::active(&self.store)?;
        let stage = match &self.session.person {
            Some(_) if self.session.locked => "locked",
            Some(_) => "open",
            None if people.is_empty() => "open",
            None => "sign_in",
        };
        Ok(State {
            stage,
            school: Some(enrolled.school_name),
            device: Some(enrolled.device_name),
            sample: self.store.is_sample()?,
            person: self.session.person.clone(),
            language: self.language()?,
            role: (stage == "open").then(|| self.role()),
            people,
            limited_to: self.limited_to()?,
            idle_minutes: self.idle_minutes()?,
            choose_password: self.has_to_choose()?,
            password_changed,
            data_dir: None,
        })
    }

    /// Where the language of whoever is here is kept, at this PC alone.
    fn language_key(&self) -> Option<String> {
        self.session.person.as_ref().map(|person| format!("language.{}", person.id))
    }

    fn language(&self) -> Result<Option<String>> {
        let Some(key) = self.language_key() else { return Ok(None) };
        Ok(self.store.local(&key)?.filter(|kept| LANGUAGES.contains(&kept.as_str())))
    }

    fn choose_language(&mut self, language: &str) -> Result<State> {
        self.check_signed_in()?;
        let Some(key) = self.language_key() else {
            return Err(NodeError::new(
                Code::NotSignedIn,
                "nobody is signed in whose language it could be; it is this PC's",
            ));
        };
        if !LANGUAGES.contains(&language) {
            let message =
                format!("the window speaks {}, not '{language}'; choose one of them", LANGUAGES.join(" and "));
            return Err(NodeError::new(Code::BadRequest, message));
        }
        self.store.set_local(&key, language)?;
        self.state()
    }

    fn limited_to(&self) -> Result<Option<Role>> {
        let pc = self.store.role();
        let person = self.session.person.as_ref();
        let less = person.is_some_and(|person| !self.store.schema().covers(pc, person.role));
        Ok(Some(pc).filter(|_| less).filter(|_| !self.store.is_sample().unwrap_or(false)))
    }

    /// Whether the person here came in with a one-time password, which others may have read, and can choose another one at this PC.
    fn has_to_choose(&self) -> Result<bool> {
        let Some(person) = self.session.person.as_ref().filter(|person| person.must_change) else { return Ok(false) };
        Ok(self.store.schema().covers(self.store.role(), person.role) && !self.store.is_sample()?)
    }

    /// # Errors
    /// `password_change_required` as long as somebody is here with a one-time password.
    pub(super) fn check_own_password(&self) -> Result<()> {
        if self.has_to_choose()? {
            let message = "you signed in with a one-time password; choose one of your own first";
            return Err(NodeError::new(Code::PasswordChangeRequired, message));
        }
        Ok(())
    }

    /// # Errors
    /// `not_signed_in`, unless somebody is or the school has no users yet.
    pub(super) fn check_signed_in(&mut self) -> Result<()> {
        self.lock_if_idle()?;
        let refused = |message| Err(NodeError::new(Code::NotSignedIn, message));
        match &self.session.person {
            Some(_) if self.session.locked => refused("this desk is locked; type your password to go on"),
            Some(person) => {
                // What an administrator took away elsewhere counts here as soon as it has arrived.
                let id = person.id;
                match people::find(&self.store, id)? {
                    Some(_) if self.store.key_is_old(people::verifier(&self.store, id)?.as_deref()) => {
                        self.session.locked = true;
                        self.store.sign(None);
                        refused("your password was changed elsewhere; type the new one to go on")
                    }
                    Some(now) => {
                        self.store.sign(Some(Actor { id, role: now.role }));
                        self.session.person = Some(now);
                        Ok(())
                    }
                    None => {
                        self.leave();
                        refused("this user may not sign in any more; ask a school admin")
                    }
                }
            }
            None if people::any(&self.store)? => refused("nobody is signed in at this PC; sign in first"),
            None => Ok(()),
        }
    }

    fn sign_in(&mut self, id: Uuid, typed: &str) -> Result<State> {
        let state = self.let_in(id, typed);
        match &state {
            Ok(_) => events::signed_in(id, self.role().name()),
            Err(error) => events::not_signed_in(id, error.code),
        }
        state
    }

    fn let_in(&mut self, id: Uuid, typed: &str) -> Result<State> {
        let nobody = || NodeError::new(Code::NotFound, "there is no such user at this school any more; choose another");
        let person = people::find(&self.store, id)?.ok_or_else(nobody)?;
        let is_sample = self.store.is_sample()?;
        let key = if is_sample { None } else { self.check_password(id, typed)? };
        if self.session.person.as_ref().is_none_or(|before| before.id != id) {
            self.acts.forget();
        }
        self.store.sign(Some(Actor { id, role: person.role }));
        self.store.vouch(key)?;
        let password = people::verifier(&self.store, id)?.filter(|_| !is_sample).as_deref().map(tries::which);
        self.session = Session { person: Some(person), locked: false, touched: self.store.now(), password };
        self.state()
    }

    /// The key that the password opens; none for a verifier of before there were keys.
    fn check_password(&mut self, id: Uuid, typed: &str) -> Result<Option<SigningKey>> {
        let Some(kept) = people::verifier(&self.store, id)? else {
            let message = "this user has no password yet; ask a school admin for a one-time password";
            return Err(NodeError::new(Code::WrongCredentials, message));
        };
        tries::begin(&mut self.store, id, &kept)?;
        let once = people::find(&self.store, id)?.is_some_and(|person| person.must_change);
        let spelled = verifier::as_read_out(typed).filter(|spelled| once && spelled != typed);
        let spellings = std::iter::once(typed).chain(spelled.as_deref());
        let opened = spellings.map(|typed| verifier::open(&kept, typed)).find(|opened| !matches!(opened, Typed::Wrong));
        let key = match opened {
            None | Some(Typed::Wrong) => {
                return Err(NodeError::new(Code::WrongCredentials, "this is not the password; type it again"));
            }
            Some(Typed::Right(key)) => Some(*key),
            Some(Typed::RightWithoutKey) => None,
        };
        tries::forget(&mut self.store, id)?;
        Ok(key)
    }

    fn leave(&mut self) {
        self.session = Session::default();
        self.acts.forget();
        self.store.sign(None);
    }

    fn change_password(&mut self, current: &str, new: &str) -> Result<State> {
        self.check_signed_in()?;
        let Some(person) = self.session.person.clone() else {
            return Err(NodeError::new(Code::NotSignedIn, "nobody is signed in at this PC; sign in first"));
        };
        self.check_password(person.id, current)?;
        // A one-time password was read out, however it is spelled.
        let read_out = verifier::as_read_out(new);
        if password::normal(new) == password::normal(current)
            || (person.must_change && read_out.is_some() && read_out == verifier::as_read_out(current))
        {
            return Err(password::Weakness::Same.into());
        }
        let school = self.store.enrolled()?.school_name;
        password::check(new, &[&person.name, person.email.as_deref().unwrap_or_default(), &school])?;
        let (made, key) = verifier::make_with_key(new)?;
        if !self.store.schema().covers(self.store.role(), person.role) {
            let message = format!(
                "this PC is enrolled for less than the role {}: choose your password at another PC, such as a school admin's",
                person.role.name()
            );
            return Err(NodeError::new(Code::RoleForbidden, message));
        }
        self.store.act(|work| accounts::choose(work, person.id, &made))?;
        // Signed with the old key; from here on the new one counts.
        self.store.vouch(Some(key))?;
        self.session.person = people::find(&self.store, person.id)?;
        self.session.password = Some(tries::which(&made));
        self.state()
    }

    fn take_back(&mut self, redo: bool) -> Result<Taken> {
        self.check_signed_in()?;
        let (what, undone) = self.undo(redo)?;
        Ok(Taken { what, removed: undone.removed, restored: undone.restored, left: undone.left.len() })
    }
}
