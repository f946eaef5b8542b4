//! Student numbers that a PC gives out by itself, from the ranges that the school gave it.
//!
//! Invariants: a number is given out once, also where the learner who had it was renumbered or taken back; no number belongs to two
//! ranges, which two PCs would give out.

use super::written;
use crate::store::{Saved, Work};
use crate::{Result, Store};
use pems_model::Value;
use pems_model::entities::NUMBER_RANGE;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// A number of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    range: Uuid,
    number: i64,
    /// As it is printed.
    pub(crate) text: String,
}

fn mark(range: Uuid) -> String {
    format!("given.{range}")
}

/// The next free student number of this PC's own range; none where the school gave it none, or it is used up.
///
/// # Errors
/// If SQLite fails.
pub(crate) fn next(store: &Store) -> Result<Option<Given>> {
    let entity = store.declared("number_range")?;
    let mut ranges = store.linked("number_range", "device", store.replica(), "from_no")?;
    ranges.retain(|row| row.get(entity, "purpose").as_text() == Some("student_no"));
    for range in ranges {
        let prefix = range.get(entity, "prefix").as_text().unwrap_or_default().to_owned();
        let number = |field: &str| if let Value::Int(n) = range.get(entity, field) { Some(*n) } else { None };
        let (Some(from), Some(to)) = (number("from_no"), number("to_no")) else { continue };
        let digits = number("digits").and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        let given: Option<i64> = store.local(&mark(range.id))?.and_then(|text| text.parse().ok());
        let used = highest(store, &prefix, from, to)?.max(given.filter(|given| (from..=to).contains(given)));
        if let Some(next) = used.map_or(Some(from), |used| used.checked_add(1)).filter(|next| *next <= to) {
            return Ok(Some(Given { range: range.id, number: next, text: format!("{prefix}{next:0digits$}") }));
        }
    }
    Ok(None)
}

/// Puts the next number into a new learner's fields, where none was typed and this PC has one.
pub(crate) fn give(store: &Store, fields: &mut Map<String, Json>) -> Result<Option<Given>> {
    if fields.get("student_no").is_some_and(|number| !number.is_null() && number != "") {
        return Ok(None);
    }
    let given = next(store)?;
    if let Some(given) = &given {
        fields.insert("student_no".into(), given.text.clone().into());
    }
    Ok(given)
}

/// Remembers that a number was given out.
pub(crate) fn note(store: &mut Store, given: Option<Given>) -> Result<()> {
    given.map_or(Ok(()), |given| store.set_local(&mark(given.range), &given.number.to_string()))
}

/// The highest number of a range that any learner has or had.
pub(crate) fn highest(store: &Store, prefix: &str, from: i64, to: i64) -> Result<Option<i64>> {
    let sql = "SELECT max(CAST(substr(student_no, ?2 + 1) AS INTEGER)) FROM student
               WHERE substr(student_no, 1, ?2) = ?1 AND substr(student_no, ?2 + 1) NOT GLOB '*[^0-9]*'
                 AND CAST(substr(student_no, ?2 + 1) AS INTEGER) BETWEEN ?3 AND ?4";
    let length = i64::try_from(prefix.chars().count()).unwrap_or(i64::MAX);
    Ok(store.conn().prepare_cached(sql)?.query_row((prefix, length, from, to), |row| row.get(0))?)
}

/// Makes a range, or changes one.
///
/// # Errors
/// `conflict` where a number would belong to two ranges; `details` say which other one (`range`) and from where on as many numbers are
/// free (`free`). The store asks that of whatever saves a range.
pub(crate) fn put(work: &mut Work<'_, '_>, id: Option<Uuid>, fields: Json) -> Result<Saved> {
    written::save(work, NUMBER_RANGE.name, id, fields)
}

/// Takes a range away; what was given out of it stays.
pub(crate) fn remove(work: &mut Work<'_, '_>, id: Uuid) -> Result<Saved> {
    written::delete(work, NUMBER_RANGE.name, id)
}
