//! What somebody does at once: several saves and deletions that are written together and undone together.

use super::save::Act;
use super::{Save, Saved, Step, Store, rows};
use crate::{NodeError, Result};
use pems_model::{Code, Role, Row};
use rusqlite::Connection;
use uuid::Uuid;

/// Who is signed in at this PC. Without one, what is saved is the device's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The `school_user`.
    pub id: Uuid,
    /// As it was when they signed in.
    pub role: Role,
}

/// The inside of an act: reads see what the act has written so far.
pub struct Work<'a, 'b> {
    pub(super) step: &'a mut Step<'b>,
    pub(super) act: Act,
}

impl std::fmt::Debug for Work<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work").field("act", &self.act.id).finish_non_exhaustive()
    }
}

impl Work<'_, '_> {
    /// Saves one record as a part of the act.
    ///
    /// # Errors
    /// As [`Store::save`]; nothing of the act is written if the caller passes it on. `bad_request` for a record that is more than
    /// its fields.
    pub fn save(&mut self, save: &Save) -> Result<Saved> {
        self.step.save_free(save, self.act)
    }

    /// Deletes one record as a part of the act.
    ///
    /// # Errors
    /// As [`Store::delete`].
    pub fn delete(&mut self, entity: &str, id: Uuid) -> Result<Saved> {
        self.step.delete_free(entity, id, self.act)
    }

    /// One record as the act has left it so far, tombstones included.
    ///
    /// # Errors
    /// If there is no such entity, or SQLite fails.
    pub fn get(&self, entity: &str, id: Uuid) -> Result<Option<Row>> {
        rows::load(self.step.tx, self.step.entity(entity)?, id)
    }

    /// For reading alone: rows are written through [`Work::save`], which keeps the outbox.
    pub(crate) fn conn(&self) -> &Connection {
        self.step.tx
    }

    /// Whether what was done so far would be taken: what is asked of an act as a whole is asked now.
    ///
    /// # Errors
    /// `rule`, where a signed month would change.
    pub(crate) fn check(&self) -> Result<()> {
        self.step.check_signed()
    }

    /// Microseconds since 1970 UTC, by this PC's clock.
    pub fn now(&self) -> i64 {
        self.step.env.now()
    }

    /// A new id, for rows that refer to each other before they are saved.
    pub fn new_id(&self) -> Uuid {
        self.step.env.new_id()
    }

    /// Who is signed in.
    pub fn actor(&self) -> Option<Actor> {
        self.step.actor
    }
}

impl Store {
    /// Runs `work` in one durable step, all or nothing. Returns the act under which [`Store::undo`] takes it back.
    ///
    /// # Errors
    /// What `work` or the disk said; nothing is written then.
    pub fn act<T>(&mut self, work: impl FnOnce(&mut Work<'_, '_>) -> Result<T>) -> Result<(Uuid, T)> {
        let act = self.new_act();
        self.run(act, work)
    }

    /// As [`Store::act`], and the hub too takes all of it or nothing. For a handful of rows that make no sense apart.
    ///
    /// # Errors
    /// As [`Store::act`].
    pub fn act_together<T>(&mut self, work: impl FnOnce(&mut Work<'_, '_>) -> Result<T>) -> Result<(Uuid, T)> {
        let act = self.new_act();
        self.run(Act { group: Some(act.id), ..act }, work)
    }

    /// As [`Store::act`], and takes all of it back: whether it would be taken.
    ///
    /// # Errors
    /// As [`Store::act`].
    pub fn rehearse<T>(&mut self, work: impl FnOnce(&mut Work<'_, '_>) -> Result<T>) -> Result<T> {
        let (act, mut done) = (self.new_act(), None);
        // An error is what takes a transaction back.
        let ended = self.transaction(|step| {
            let tried = work(&mut Work { step, act })?;
            step.check_signed()?;
            done = Some(tried);
            Err::<T, _>(NodeError::new(Code::Internal, "a rehearsal is not written"))
        });
        done.map_or(ended, Ok)
    }

    fn run<T>(&mut self, act: Act, work: impl FnOnce(&mut Work<'_, '_>) -> Result<T>) -> Result<(Uuid, T)> {
        let out = self.transaction(|step| work(&mut Work { step, act }))?;
        Ok((act.id, out))
    }

    /// Another connection of this program saved something: the sync need not wait for that either.
    pub(crate) fn note_wrote(&mut self) {
        self.wrote = true;
    }

    /// From now on this person works at this store; `None`: nobody. A key is its owner's alone: see [`Store::vouch`].
    pub fn sign(&mut self, actor: Option<Actor>) {
        if self.actor.map(|before| before.id) != actor.map(|now| now.id) {
            self.key = None;
        }
        self.actor = actor;
    }

    /// Who works here; none where nobody is signed in.
    pub fn actor(&self) -> Option<Actor> {
        self.actor
    }

    /// Whether something was saved since the last call: then the sync need not wait for its next look.
    pub(crate) fn take_wrote(&mut self) -> bool {
        std::mem::take(&mut self.wrote)
    }

    /// For the screens' own questions. Reading alone: whatever writes goes through an act.
    pub(crate) fn conn(&self) -> &Connection {
        &self.conn
    }

    /// The office as the hub enrolled it.
    ///
    /// # Errors
    /// `store_corrupt`, if the file does not say.
    pub fn enrolled(&self) -> Result<super::Enrolled> {
        super::meta::read_enrolled(&self.conn)
    }

    /// Whether this is a made-up school, which has no hub.
    ///
    /// # Errors
    /// If SQLite fails.
    pub(crate) fn is_sample(&self) -> Result<bool> {
        Ok(self.local("sample")?.is_some())
    }

    /// A setting of this PC alone, which never travels.
    ///
    /// # Errors
    /// If SQLite fails.
    pub(crate) fn local(&self, key: &str) -> Result<Option<String>> {
        super::meta::get(&self.conn, &format!("local.{key}"))
    }

    /// Keeps a text of this PC, which never travels.
    ///
    /// # Errors
    /// If SQLite fails.
    pub(crate) fn set_local(&mut self, key: &str, value: &str) -> Result<()> {
        self.transaction(|step| super::meta::set(step.tx, &format!("local.{key}"), value))
    }
}
