//! Records that a test makes up: as they are, past the rules of schools, as another program or an old file may have left them. What
//! is tried then is what a hub, a form or a screen makes of them.
//!
//! Invariant: tests, the simulation and the measurements use this and nothing that ships does; `cargo xtask check` reads every file
//! for it.

use crate::store::{ByDomain, Save, Saved, Work};
use crate::{Result, Store};
use uuid::Uuid;

/// Writes past the rules.
pub trait MadeUp {
    /// Saves a record of any kind.
    ///
    /// # Errors
    /// As [`Store::save`], but for the kind of record.
    fn put(&mut self, save: &Save) -> Result<Saved>;

    /// Deletes a record of any kind.
    ///
    /// # Errors
    /// As [`Store::delete`], but for the kind of record.
    fn take_out(&mut self, entity: &str, id: Uuid) -> Result<Saved>;
}

impl MadeUp for Work<'_, '_> {
    fn put(&mut self, save: &Save) -> Result<Saved> {
        self.save_ruled(save, ByDomain::rules_were_asked())
    }

    fn take_out(&mut self, entity: &str, id: Uuid) -> Result<Saved> {
        self.delete_ruled(entity, id, ByDomain::rules_were_asked())
    }
}

impl MadeUp for Store {
    fn put(&mut self, save: &Save) -> Result<Saved> {
        Ok(self.act(|work| work.put(save))?.1)
    }

    fn take_out(&mut self, entity: &str, id: Uuid) -> Result<Saved> {
        Ok(self.act(|work| work.take_out(entity, id))?.1)
    }
}
