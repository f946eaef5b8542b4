//! A number is one child's. LRNs come from LIS and student numbers from the school, so a second child with the same number is a
//! mistake, and only a person knows which: who types it is told whose it is, and nothing is written until they decide.

use super::entry::Entry;
use crate::app::Desk;
use crate::{NodeError, Result};
use pems_model::{Code, Entity, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// The numbers that tell children apart.
pub(super) const NUMBERS: [&str; 2] = ["lrn", "student_no"];

/// What an entry has as this number.
pub(super) fn number<'a>(entry: &'a Entry, field: &str) -> &'a str {
    if field == "lrn" { &entry.told.lrn } else { &entry.told.student_no }
}

/// `Cruz, Ana, 2012-02-29`: enough to know who is meant.
pub(super) fn who(entry: &Entry) -> String {
    let born = entry.birth_date().map(|day| format!(", {day}")).unwrap_or_default();
    format!("{}, {}{born}", entry.told.last, entry.told.first)
}

/// What is wrong with a number that somebody else has.
pub(super) fn problem(entity: &Entity, field: &str, number: &str, holder: &Entry) -> String {
    let label = entity.field_index(field).map_or(field, |i| entity.fields[i].label);
    format!("{label} {number} is the number of {}; open that learner, or leave it empty here", who(holder))
}

impl Desk {
    /// Refuses a number that another learner has. `learner` is whom it is written to; what they have already is not asked about.
    ///
    /// # Errors
    /// `conflict` with the field and the id of whoever has the number.
    pub(in crate::app) fn check_numbers(&mut self, learner: Option<Uuid>, fields: &Map<String, Json>) -> Result<()> {
        if !NUMBERS.iter().any(|field| fields.get(*field).is_some_and(|value| !value.is_null())) {
            return Ok(());
        }
        self.learners.directory.follow(&self.store)?;
        let entity = self.store.declared("student")?;
        let directory = &self.learners.directory;
        for field in NUMBERS {
            let (Some(json), Some(i)) = (fields.get(field), entity.field_index(field)) else { continue };
            // What is no number at all is refused where it is saved.
            let Ok(Value::Text(wanted)) = Value::parse(&entity.fields[i], json) else { continue };
            let same = |entry: &Entry| number(entry, field).eq_ignore_ascii_case(&wanted);
            if learner.and_then(|id| directory.get(id)).is_some_and(same) {
                continue;
            }
            if let Some(holder) = directory.entries.iter().find(|entry| same(entry)) {
                let message = problem(entity, field, &wanted, holder);
                return Err(
                    NodeError::new(Code::Conflict, message).with_details(json!({ "field": field, "id": holder.id }))
                );
            }
        }
        Ok(())
    }
}
