//! Enrolments, their events and their sections, out of the records and into them. The only code of the desk that writes these
//! three.
//!
//! Invariants: every change of status leaves an event, and the row says what the events add up to ([`super::fold`]); at most one
//! section on a day, the stays are half-open and do not overlap.

use super::fold::{Event, fold};
use super::year;
use crate::domain::enrolment::{By, Day};
use crate::domain::written;
use crate::store::{Saved, Work};
use crate::{NodeError, Result};
use pems_model::Code;
use pems_model::entities::ENROLMENT_EVENT;
use pems_model::value::format_time;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// An enrolment as its row has it.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// The same however often the enrolment was cancelled and taken up again.
    pub id: Uuid,
    /// The learner.
    pub student: Uuid,
    /// A learner has one enrolment in it.
    pub school_year: Uuid,
    /// `K`, `1` to `12` or `NG`.
    pub grade_level: String,
    /// What all its events add up to, or what a list said.
    pub status: String,
}

/// A stay in a section, `[from, to)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// The `section_membership`.
    pub id: Uuid,
    /// Where.
    pub section: Uuid,
    /// The first day, in days since 1970-01-01.
    pub from: i32,
    /// The first day after it; none while it lasts.
    pub to: Option<i32>,
}

impl Stay {
    /// Whether the learner is in the section on that day, as far as this stay says.
    pub fn covers(&self, day: i32) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

/// The first day on which another stay of the enrolment counts instead of the stay `m`, in SQL. Two PCs may have moved a learner
/// while they did not hear of each other: the later stay counts. (Two of one day are one record.)
pub const SUPERSEDED: &str = "(SELECT min(n.valid_from) FROM section_membership n \
    WHERE n.enrolment = m.enrolment AND n.deleted_at IS NULL AND n.valid_from > m.valid_from)";

const COLUMNS: &str = "SELECT id, student, school_year, grade_level, status FROM enrolment";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Enrolment> {
    Ok(Enrolment {
        id: Uuid::from_bytes(row.get(0)?),
        student: Uuid::from_bytes(row.get(1)?),
        school_year: Uuid::from_bytes(row.get(2)?),
        grade_level: row.get(3)?,
        status: row.get(4)?,
    })
}

/// The live enrolment of an id.
///
/// # Errors
/// `not_found`.
pub fn find(conn: &Connection, id: Uuid) -> Result<Enrolment> {
    let sql = format!("{COLUMNS} WHERE id = ?1 AND deleted_at IS NULL");
    let found = conn.prepare_cached(&sql)?.query_row([id.as_bytes()], read).optional()?;
    found.ok_or_else(|| {
        NodeError::new(Code::NotFound, "this enrolment is not there any more; look the learner up again")
    })
}

/// A learner's enrolments, live ones only, the newest school year first.
pub fn of_student(conn: &Connection, student: Uuid) -> Result<Vec<Enrolment>> {
    let sql = format!(
        "{COLUMNS} WHERE student = ?1 AND deleted_at IS NULL
         ORDER BY (SELECT label FROM school_year y WHERE y.id = enrolment.school_year) DESC"
    );
    Ok(conn.prepare_cached(&sql)?.query_map([student.as_bytes()], read)?.collect::<rusqlite::Result<_>>()?)
}

/// What happened to an enrolment, in no order: see [`super::fold`].
pub fn events(conn: &Connection, enrolment: Uuid) -> Result<Vec<Event>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, on_date, coalesce(made_at, 0), status FROM enrolment_event WHERE enrolment = ?1 AND deleted_at IS NULL",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Event { id: Uuid::from_bytes(row.get(0)?), on_date: row.get(1)?, made_at: row.get(2)?, status: row.get(3)? })
    };
    Ok(statement.query_map([enrolment.as_bytes()], read)?.collect::<rusqlite::Result<_>>()?)
}

/// The stays of an enrolment, oldest first.
pub fn stays(conn: &Connection, enrolment: Uuid) -> Result<Vec<Stay>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, section, valid_from, valid_to FROM section_membership
         WHERE enrolment = ?1 AND deleted_at IS NULL ORDER BY valid_from",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Stay {
            id: Uuid::from_bytes(row.get(0)?),
            section: Uuid::from_bytes(row.get(1)?),
            from: row.get(2)?,
            to: row.get(3)?,
        })
    };
    Ok(statement.query_map([enrolment.as_bytes()], read)?.collect::<rusqlite::Result<_>>()?)
}

/// As [`written::save`], for the other files of enrolment.
pub(in crate::domain) fn save(work: &mut Work<'_, '_>, entity: &str, id: Option<Uuid>, fields: Json) -> Result<Saved> {
    written::save(work, entity, id, fields)
}

/// A change of status.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// A kind of `enrolment_event`.
    pub kind: &'a str,
    /// The status of `enrolment` after it.
    pub status: &'a str,
    /// The first day on which it counts.
    pub on: Day,
    /// A code of School Form 2's list, for who dropped out.
    pub reason_code: Option<&'a str>,
    /// The other school, for who came from or goes to one; at most 200 characters.
    pub school: Option<&'a str>,
    /// At most 300 characters.
    pub note: Option<&'a str>,
}

impl<'a> Change<'a> {
    /// One that says no more than this.
    pub const fn to(kind: &'a str, status: &'a str, on: Day) -> Change<'a> {
        Change { kind, status, on, reason_code: None, school: None, note: None }
    }
}

/// The last day on which something is known to have happened to it, none after the year's end: see [`within_the_year`].
///
/// # Errors
/// `not_found`.
pub fn last_day(conn: &Connection, enrolment: Uuid) -> Result<Option<Day>> {
    let last = events(conn, enrolment)?.iter().map(|event| event.on_date).max();
    last.map(|last| Ok(Day(last).min(end_of_year(conn, enrolment)?))).transpose()
}

fn end_of_year(conn: &Connection, enrolment: Uuid) -> Result<Day> {
    Ok(year::find(conn, find(conn, enrolment)?.school_year)?.end_date)
}

/// Writes the event, and the row with what the events add up to and with `also`.
///
/// # Errors
/// `rule` where something later is already known: it would outweigh this.
pub fn change(work: &mut Work<'_, '_>, by: &By, enrolment: Uuid, change: Change<'_>, also: Json) -> Result<()> {
    let mut events = within_the_year(work, enrolment)?;
    if let Some(later) = events.iter().map(|event| event.on_date).max().filter(|day| *day > change.on.0) {
        let message = format!(
            "this enrolment changed on {} already; choose that day or a later one, or undo that change first",
            Day(later)
        );
        return Err(NodeError::new(Code::Rule, message).with_details(json!({ "field": "on_date" })));
    }
    let made_at = work.now();
    if events.is_empty() && change.kind != "enrolled" {
        events.extend(remember_beginning(work, by, enrolment, change.on, made_at - 1)?);
    }
    events.push(event(work, by, enrolment, change, made_at)?);
    let mut row = json!({ "status": fold(&events, change.status, None), "effectivity_date": change.on });
    if let (Some(row), Some(also)) = (row.as_object_mut(), also.as_object()) {
        row.extend(also.clone());
    }
    save(work, "enrolment", Some(enrolment), row)?;
    Ok(())
}

/// Writes an event and nothing else: the row has to follow. `made_at` in microseconds since 1970 UTC.
pub fn event(work: &mut Work<'_, '_>, by: &By, enrolment: Uuid, change: Change<'_>, made_at: i64) -> Result<Event> {
    let fields = json!({
        "enrolment": enrolment,
        "kind": change.kind,
        "on_date": change.on,
        "status": change.status,
        "reason_code": change.reason_code,
        "school": change.school,
        "note": change.note,
        "made_by": by.person,
        "made_at": format_time(made_at),
    });
    let id = save(work, "enrolment_event", None, fields)?.row.id;
    Ok(Event { id, on_date: change.on.0, made_at, status: change.status.into() })
}

/// Its events. What is dated after the year's last day is written again on that day first: an earlier version wrote such days, and a
/// year's end can be set earlier than what happened; nobody takes such a day any more, and nothing could follow it.
fn within_the_year(work: &mut Work<'_, '_>, enrolment: Uuid) -> Result<Vec<Event>> {
    let declared = &ENROLMENT_EVENT;
    let known = events(work.conn(), enrolment)?;
    if known.is_empty() {
        return Ok(known);
    }
    let end = end_of_year(work.conn(), enrolment)?;
    for late in known.iter().filter(|event| event.on_date > end.0) {
        let Some(row) = work.get(declared.name, late.id)? else { continue };
        let fields =
            declared.fields.iter().zip(&row.values).map(|(field, value)| (field.name.to_owned(), value.to_json()));
        let mut fields: serde_json::Map<String, Json> = fields.collect();
        fields.insert("on_date".into(), json!(end));
        written::delete(work, declared.name, late.id)?;
        written::save(work, declared.name, None, Json::Object(fields))?;
    }
    events(work.conn(), enrolment)
}

/// An enrolment that came with a list of the school has no events. Its first movement would make everything before it look as if
/// the learner had only been expected: so what the row said gets an event of its own, from the first day in a section on.
fn remember_beginning(
    work: &mut Work<'_, '_>,
    by: &By,
    enrolment: Uuid,
    before: Day,
    made_at: i64,
) -> Result<Option<Event>> {
    let sql = "SELECT e.status, coalesce((SELECT min(m.valid_from) FROM section_membership m
            WHERE m.enrolment = e.id AND m.deleted_at IS NULL), e.first_attendance_date, y.start_date)
         FROM enrolment e JOIN school_year y ON y.id = e.school_year WHERE e.id = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i32>(1)?));
    let found = work.conn().prepare_cached(sql)?.query_row([enrolment.as_bytes()], read).optional()?;
    let Some((status, from)) = found.filter(|(status, _)| status != "pre_registered") else { return Ok(None) };
    let change = Change::to("enrolled", &status, Day(from.min(before.0)));
    event(work, by, enrolment, change, made_at).map(Some)
}

/// From `day` on in no section: the stay ends, later ones never were.
pub fn leave(work: &mut Work<'_, '_>, enrolment: Uuid, day: Day) -> Result<()> {
    for stay in stays(work.conn(), enrolment)? {
        if stay.from >= day.0 {
            written::delete(work, "section_membership", stay.id)?;
        } else if stay.covers(day.0) {
            save(work, "section_membership", Some(stay.id), json!({ "valid_to": day }))?;
        }
    }
    Ok(())
}

/// From `day` on in `section`. Nothing is written where that is so already.
pub fn place(work: &mut Work<'_, '_>, enrolment: Uuid, section: Uuid, day: Day) -> Result<bool> {
    let stays = stays(work.conn(), enrolment)?;
    if stays.last().is_some_and(|stay| stay.section == section && stay.covers(day.0) && stay.to.is_none()) {
        return Ok(false);
    }
    for stay in &stays {
        if stay.from > day.0 {
            written::delete(work, "section_membership", stay.id)?;
        } else if stay.from < day.0 && stay.covers(day.0) {
            save(work, "section_membership", Some(stay.id), json!({ "valid_to": day }))?;
        }
    }
    // Of two choices on one day the second counts: the same stay, in the other section.
    let same_day = stays.iter().find(|stay| stay.from == day.0).map(|stay| stay.id);
    let fields = json!({ "enrolment": enrolment, "section": section, "valid_from": day, "valid_to": null });
    save(work, "section_membership", same_day, fields)?;
    Ok(true)
}
