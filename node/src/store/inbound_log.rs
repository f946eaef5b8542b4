//! What came in from elsewhere and changed what people look at: a learner's history shows it, and lists that are kept in memory
//! read just those rows again. Beside the outbox (what was done at this PC), this is the other half of "who changed what".
//!
//! Invariants: a note is written in the step that changes the visible row, so neither is there without the other; notes stay at
//! this PC and never travel. The hub's rows do not say who wrote them, so a note does not either.

use super::{overlay, rows};
use crate::Result;
use pems_model::{Code, Entity, Row};
use rusqlite::Connection;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// Records whose changes are noted. Attendance is not: a school has millions of marks, and a sheet shows who took it.
pub(crate) const WATCHED: [&str; 9] = [
    "school_year",
    "section",
    "student",
    "guardian",
    "student_guardian",
    "enrolment",
    "enrolment_event",
    "section_membership",
    "student_document",
];

/// [`WATCHED`] as SQL; the partial index of the outbox is found only by a query that repeats it to the letter.
pub(crate) const WATCHED_SQL: &str = "('school_year', 'section', 'student', 'guardian', 'student_guardian', 'enrolment', 'enrolment_event', 'section_membership', 'student_document')";

/// The table and the way from a row to its changes, new in layout 2.
pub(super) fn layout() -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS arrival (
           seq INTEGER PRIMARY KEY AUTOINCREMENT, entity TEXT NOT NULL, row_id BLOB NOT NULL, kind TEXT NOT NULL,
           changes TEXT NOT NULL, at INTEGER NOT NULL
         ) STRICT;
         CREATE INDEX IF NOT EXISTS arrival_row ON arrival (row_id);
         CREATE INDEX IF NOT EXISTS op_watched ON op (row_id) WHERE entity IN {WATCHED_SQL};"
    )
}

pub(super) fn is_watched(entity: &Entity) -> bool {
    WATCHED.contains(&entity.name)
}

/// Notes what became of a visible row. `before` and `after` are what people saw and see.
pub(super) fn note(
    conn: &Connection,
    entity: &Entity,
    before: Option<&Row>,
    after: Option<&Row>,
    at: i64,
) -> Result<()> {
    let live = |row: Option<&Row>| row.is_some_and(Row::is_live);
    let Some(id) = after.or(before).map(|row| row.id) else { return Ok(()) };
    let kind = match (live(before), live(after)) {
        (false, false) => return Ok(()),
        (false, true) => "new",
        (true, false) => "deleted",
        (true, true) => "changed",
    };
    let mut changes = Map::new();
    if let ("changed", Some(before), Some(after)) = (kind, before, after) {
        for (i, field) in entity.fields.iter().enumerate().filter(|(i, _)| before.values[*i] != after.values[*i]) {
            changes.insert(field.name.into(), json!([before.values[i].to_json(), after.values[i].to_json()]));
        }
        if changes.is_empty() {
            return Ok(());
        }
    }
    write(conn, entity.name, id, kind, &Json::Object(changes), at)
}

/// Notes that a whole table came in: there is no row whose history it would be, but every list is to be read again.
pub(super) fn note_all(conn: &Connection, entity: &Entity, at: i64) -> Result<()> {
    write(conn, entity.name, Uuid::nil(), "all", &json!({}), at)
}

fn write(conn: &Connection, entity: &str, id: Uuid, kind: &str, changes: &Json, at: i64) -> Result<()> {
    conn.prepare_cached("INSERT INTO arrival (entity, row_id, kind, changes, at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((entity, id.as_bytes(), kind, changes.to_string(), at))?;
    Ok(())
}

/// [`overlay::settle`], noted where it changes what is seen: a change of this PC that did not stand.
pub(super) fn settle(conn: &Connection, entity: &'static Entity, id: Uuid, at: i64) -> Result<()> {
    if !is_watched(entity) {
        return overlay::settle(conn, entity, id);
    }
    let before = match rows::load(conn, entity, id) {
        // What a damaged row showed is not known, so nothing is noted of it.
        Err(error) if error.code == Code::StoreCorrupt => return overlay::settle(conn, entity, id),
        read => read?,
    };
    overlay::settle(conn, entity, id)?;
    note(conn, entity, before.as_ref(), rows::load(conn, entity, id)?.as_ref(), at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_and_its_sql_are_one() {
        assert_eq!(WATCHED_SQL, format!("('{}')", WATCHED.join("', '")));
        assert!(WATCHED.iter().all(|name| pems_model::Schema::product().entity(name).is_some()));
    }
}
