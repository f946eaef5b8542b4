//! What a change says to people: the names of linked records instead of their ids, what a record of a learner's is about, and a
//! move from one section to another as one line.

use super::{Entry, FieldChange};
use crate::app::review::words;
use crate::domain::attendance::section::titled;
use crate::{Result, Store};
use pems_model::value::format_date;
use pems_model::{Kind, Row, Value};
use rusqlite::OptionalExtension;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use ts_rs::TS;
use uuid::Uuid;

const SEAT: &str = "section_membership";

/// From which section to which a learner went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "LearnerMove")]
pub struct Move {
    /// `7-Rizal`; none for the first section of an enrolment.
    pub from: Option<String>,
    pub to: String,
    /// The first day there.
    pub on: String,
}

/// Puts names to entries.
pub(super) fn tell(store: &Store, entries: &mut Vec<Entry>) -> Result<()> {
    let mut begun = BTreeSet::new();
    for entry in entries.iter_mut() {
        let Some(row) = store.get(&entry.entity, entry.row)? else { continue };
        for change in &mut entry.fields {
            let kind = field_kind(store, &entry.entity, &change.field)?;
            change.before_name = link_name(store, kind, &change.before)?;
            change.after_name = link_name(store, kind, &change.after)?;
        }
        entry.about = about(store, &entry.entity, &row)?;
        if entry.entity == SEAT {
            entry.moved = moved(store, entry, &row)?;
            if let (Some(moved), Some(enrolment)) = (&entry.moved, link(store, SEAT, &row, "enrolment")?) {
                begun.insert((enrolment, moved.on.clone()));
            }
        }
        if entry.who.is_none() && entry.entity == "enrolment_event" {
            // An event travels with who made it.
            entry.who = words::user_name(store, link(store, &entry.entity, &row, "made_by")?)?;
        }
    }
    // The end of the stay before is the same move.
    let mut told = Vec::with_capacity(entries.len());
    for entry in entries.drain(..) {
        let ends = matches!(&entry.fields[..], [one] if entry.kind == "changed" && one.field == "valid_to");
        if entry.entity == SEAT && ends {
            let row = store.get(SEAT, entry.row)?;
            let enrolment = row.map_or(Ok(None), |row| link(store, SEAT, &row, "enrolment"))?;
            let day = entry.fields[0].after.as_str().map(str::to_owned);
            if enrolment.zip(day).is_some_and(|end| begun.contains(&end)) {
                continue;
            }
        }
        told.push(entry);
    }
    *entries = told;
    Ok(())
}

fn field_kind(store: &Store, entity: &str, field: &str) -> Result<Option<Kind>> {
    let entity = store.declared(entity)?;
    Ok(entity.field_index(field).map(|at| entity.fields[at].kind))
}

fn link_name(store: &Store, kind: Option<Kind>, value: &Json) -> Result<Option<String>> {
    let id = value.as_str().and_then(|text| Uuid::parse_str(text).ok());
    match (kind, id) {
        (Some(Kind::Link("section")), Some(id)) => section_name(store, id),
        (Some(kind @ Kind::Link(_)), Some(_)) => words::field_words(store, kind, value),
        _ => Ok(None),
    }
}

fn link(store: &Store, entity: &str, row: &Row, field: &str) -> Result<Option<Uuid>> {
    Ok(row.get(store.declared(entity)?, field).as_id())
}

/// Deleted ones too: the learner sat there.
fn section_name(store: &Store, id: Uuid) -> Result<Option<String>> {
    let mut statement = store.conn().prepare_cached("SELECT grade_level, name FROM section WHERE id = ?1")?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    Ok(statement.query_row([id.as_bytes()], read).optional()?.map(|(grade, name)| titled(&grade, &name)))
}

/// Which of a learner's records of this kind it is: a name, or a code that the screens put into words.
fn about(store: &Store, entity: &str, row: &Row) -> Result<Option<String>> {
    let declared = store.declared(entity)?;
    let named = |to: &str, field: &str| -> Result<Option<String>> {
        let Some(id) = row.get(declared, field).as_id() else { return Ok(None) };
        words::record_name(store, store.declared(to)?, id).map(Some)
    };
    match entity {
        "guardian" => words::record_name(store, declared, row.id).map(Some),
        "student_guardian" => named("guardian", "guardian"),
        "enrolment" => named("school_year", "school_year"),
        "student_document" | "enrolment_event" => Ok(row.get(declared, "kind").as_text().map(str::to_owned)),
        SEAT => row.get(declared, "section").as_id().map_or(Ok(None), |id| section_name(store, id)),
        _ => Ok(None),
    }
}

/// A new seat is a move from the one before it; another section in the same seat is one too.
fn moved(store: &Store, entry: &Entry, row: &Row) -> Result<Option<Move>> {
    let Value::Date(day) = row.get(store.declared(SEAT)?, "valid_from") else { return Ok(None) };
    let section = entry.fields.iter().find(|change| change.field == "section");
    let (from, to) = match (entry.kind.as_str(), section) {
        ("new", said) => {
            let to = said.and_then(|change| change.after_name.clone()).or_else(|| entry.about.clone());
            (seat_before(store, row, *day)?, to)
        }
        ("changed", Some(FieldChange { before_name, after_name, .. })) => (before_name.clone(), after_name.clone()),
        _ => return Ok(None),
    };
    Ok(to.map(|to| Move { from, to, on: format_date(*day) }))
}

fn seat_before(store: &Store, row: &Row, day: i32) -> Result<Option<String>> {
    let Some(enrolment) = link(store, SEAT, row, "enrolment")? else { return Ok(None) };
    let mut statement = store.conn().prepare_cached(
        "SELECT section FROM section_membership WHERE enrolment = ?1 AND valid_from < ?2 AND deleted_at IS NULL
         ORDER BY valid_from DESC LIMIT 1",
    )?;
    let found = statement.query_row((enrolment.as_bytes(), day), |row| row.get(0)).optional()?;
    found.map_or(Ok(None), |id| section_name(store, Uuid::from_bytes(id)))
}
