//! Records that are more than their fields (`WrittenBy::Domain` in their declaration) are opened by the rules of schools alone. The
//! store knows none of these rules; it asks for a token that only they have.
//!
//! Invariant: [`ByDomain::rules_were_asked`] is called in `node/src/domain` alone. `cargo xtask check` reads every file for it.

use super::{Save, Saved, Step, Work, save::Act};
use crate::Result;
use rusqlite::Connection;
use uuid::Uuid;

/// Shows that the rules of schools were asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByDomain(());

impl ByDomain {
    /// For the rules of schools, once they found nothing wrong.
    pub(crate) const fn rules_were_asked() -> ByDomain {
        ByDomain(())
    }
}

/// What rules read: the records as they are, or as a piece of work has left them so far.
pub(crate) trait Records {
    /// For reading alone.
    fn conn(&self) -> &Connection;
    /// Whose records these are; ids that follow from what a record says depend on it.
    fn tenant(&self) -> Uuid;
}

impl Records for super::Store {
    fn conn(&self) -> &Connection {
        super::Store::conn(self)
    }

    fn tenant(&self) -> Uuid {
        super::Store::tenant(self)
    }
}

impl Records for Work<'_, '_> {
    fn conn(&self) -> &Connection {
        Work::conn(self)
    }

    fn tenant(&self) -> Uuid {
        self.step.tenant
    }
}

impl Work<'_, '_> {
    /// As [`Work::save`], any kind of record.
    ///
    /// # Errors
    /// As [`Work::save`].
    pub(crate) fn save_ruled(&mut self, save: &Save, _: ByDomain) -> Result<Saved> {
        self.step.save(save, self.act)
    }

    /// As [`Work::delete`], any kind of record.
    ///
    /// # Errors
    /// As [`Work::delete`].
    pub(crate) fn delete_ruled(&mut self, entity: &str, id: Uuid, _: ByDomain) -> Result<Saved> {
        self.step.delete(entity, id, self.act)
    }
}

impl Step<'_> {
    /// Saves what is no more than its fields.
    pub(super) fn save_free(&mut self, save: &Save, act: Act) -> Result<Saved> {
        if let Some(problem) = self.entity(&save.entity)?.past_the_rules() {
            return Err(problem.into());
        }
        self.save(save, act)
    }

    /// Deletes what is no more than its fields.
    pub(super) fn delete_free(&mut self, entity: &str, id: Uuid, act: Act) -> Result<Saved> {
        if let Some(problem) = self.entity(entity)?.past_the_rules() {
            return Err(problem.into());
        }
        self.delete(entity, id, act)
    }
}
