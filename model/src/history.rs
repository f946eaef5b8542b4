//! The hub's change log, as far as merging needs it: who changed which field of a row since when.

use crate::review::Author;
use uuid::Uuid;

/// One entry of the change log of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The revision that it made.
    pub rev: i64,
    /// Who, from where and when.
    pub by: Author,
    /// Whether it deleted the row.
    pub deleted: bool,
    /// Indexes of the fields whose value it changed, in the entity's declaration.
    pub fields: Vec<usize>,
}

/// The latest entry after `base_rev` that changed `field`: the author of its present value, unless that is older.
pub fn last_writer(history: &[Logged], field: usize, base_rev: i64) -> Option<&Logged> {
    history.iter().filter(|e| e.rev > base_rev && e.fields.contains(&field)).max_by_key(|e| e.rev)
}

/// The latest entry after `base_rev` by another replica, of the kind asked for.
pub fn last_by_others(history: &[Logged], mine: Uuid, base_rev: i64, deleted: bool) -> Option<&Logged> {
    history.iter().filter(|e| e.rev > base_rev && e.by.replica != mine && e.deleted == deleted).max_by_key(|e| e.rev)
}
