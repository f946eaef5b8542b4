//! What a list says of one record: a table of the school's, a bundle, a register. Where a record is its fields it is saved as it is;
//! where it is more, by the rules of its kind; and where a list cannot say what those rules have to know, not at all.

use super::users::accounts;
use super::{enrolment, numbering};
use crate::store::{Save, Saved, Work};
use crate::{Result, Store};
use pems_model::{Entity, Problem};
use serde_json::Value as Json;

/// Kinds of records that are more than their fields and that a list can hold all the same.
const KINDS: &[&str] = &["enrolment", "section_membership", "school_user", "number_range"];

/// Why records of this kind come in by no list at all: attendance, signatures, what happened to an enrolment.
pub(crate) fn refusal(entity: &Entity) -> Option<Problem> {
    entity.past_the_rules().filter(|_| !KINDS.contains(&entity.name))
}

/// Whether lists of this kind can be taken by this office as it is.
///
/// # Errors
/// As [`refusal`]; `last_admin` for users, where nobody could sign in afterwards.
pub(crate) fn check(store: &Store, entity: &Entity) -> Result<()> {
    if let Some(problem) = refusal(entity) {
        return Err(problem.into());
    }
    if entity.name == "school_user" { accounts::check_administered(store.conn()) } else { Ok(()) }
}

/// Whether what a list says has to be tried as a whole to know what the rules say of it: few records that depend on each other.
pub(crate) fn is_tried(entity: &Entity) -> bool {
    matches!(entity.name, "school_user" | "number_range")
}

/// Writes what a list says of one record.
///
/// # Errors
/// What the rules or the store refuse.
pub(crate) fn save(work: &mut Work<'_, '_>, save: &Save) -> Result<Saved> {
    let fields = || Json::Object(save.fields.clone());
    match save.entity.as_str() {
        "enrolment" => enrolment::listed::enrolment(work, save),
        "section_membership" => enrolment::listed::stay(work, save),
        "school_user" => accounts::put(work, save.id, fields()),
        "number_range" => numbering::put(work, save.id, fields()),
        // The store refuses the others of those that are more.
        _ => work.save(save),
    }
}
