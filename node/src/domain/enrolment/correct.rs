//! The day or the section of an enrolment was written wrongly. That is no movement: the learner never was where the mistake says,
//! so what was written is written again as it was, and not followed by something that happened.
//!
//! Invariant: nothing that was noted of the learner since (a movement, a mark) is left standing outside of the enrolment.

use super::record::{self, Change, Enrolment, Stay};
use super::{sections, year};
use crate::domain::enrolment::{By, Day};
use crate::domain::written;
use crate::store::Work;
use crate::{NodeError, Result};
use pems_model::Code;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde_json::json;
use ts_rs::TS;
use uuid::Uuid;

/// How an enrolment began, as the records have it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "Beginning")]
pub struct Beginning {
    /// None where only a list of the school told of it.
    #[ts(type = "string | null")]
    pub on_date: Option<Day>,
    /// The last section, also of who left.
    #[ts(type = "string | null")]
    pub section: Option<Uuid>,
}

/// What is right.
#[derive(Debug, Clone, Copy)]
pub struct Right {
    /// The day from which the enrolment counts.
    pub on: Day,
    /// None: the section is as it should be.
    pub section: Option<Uuid>,
    /// Somebody agreed to more learners than the section has seats.
    pub over_capacity: bool,
}

/// The event by which an enrolment began.
struct Begun {
    id: Uuid,
    on: i32,
    made_at: i64,
    status: String,
    school: Option<String>,
    note: Option<String>,
}

/// What [`correct`] would write again, as it stands.
pub fn beginning(conn: &Connection, enrolment: Uuid) -> Result<Beginning> {
    let stays = record::stays(conn, enrolment)?;
    let first = begun(conn, enrolment)?.map(|event| event.on).or_else(|| stays.first().map(|stay| stay.from));
    Ok(Beginning { on_date: first.map(Day), section: stays.last().map(|stay| stay.section) })
}

fn begun(conn: &Connection, enrolment: Uuid) -> Result<Option<Begun>> {
    // An enrolment that was cancelled and taken up again began the second time.
    let sql = "SELECT id, on_date, coalesce(made_at, 0), status, school, note FROM enrolment_event
        WHERE enrolment = ?1 AND kind = 'enrolled' AND deleted_at IS NULL ORDER BY on_date DESC, made_at DESC LIMIT 1";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Begun {
            id: Uuid::from_bytes(row.get(0)?),
            on: row.get(1)?,
            made_at: row.get(2)?,
            status: row.get(3)?,
            school: row.get(4)?,
            note: row.get(5)?,
        })
    };
    Ok(conn.prepare_cached(sql)?.query_row([enrolment.as_bytes()], read).optional()?)
}

fn refused(field: &str, message: String) -> NodeError {
    NodeError::new(Code::Rule, message).with_details(json!({ "field": field }))
}

/// Writes the beginning again.
///
/// # Errors
/// `rule` for a day that is none of the year, for one beyond what happened since, and for a section that does not fit.
pub fn correct(work: &mut Work<'_, '_>, by: &By, id: Uuid, right: &Right) -> Result<Enrolment> {
    let enrolment = record::find(work.conn(), id)?;
    if !matches!(enrolment.status.as_str(), "pre_registered" | "temporary" | "enrolled") {
        let message = "this learner is not enrolled any more; take the learner back first, then correct the enrolment";
        return Err(NodeError::new(Code::Rule, message));
    }
    let year = year::find(work.conn(), enrolment.school_year)?;
    year.check_day(right.on, by.today)?;
    day(work, by, &enrolment, &year, right.on)?;
    if let Some(section) = right.section {
        seat(work, &enrolment, section, right)?;
    }
    Ok(enrolment)
}

fn day(work: &mut Work<'_, '_>, by: &By, enrolment: &Enrolment, year: &year::Year, on: Day) -> Result<()> {
    let began = begun(work.conn(), enrolment.id)?;
    let stays = record::stays(work.conn(), enrolment.id)?;
    let since = began.as_ref().map(|event| event.on);
    let first = stays.iter().find(|stay| since.is_none_or(|since| stay.from >= since)).cloned();
    if since.is_none_or(|since| since == on.0) && first.as_ref().is_none_or(|stay| stay.from == on.0) {
        return Ok(());
    }
    let events = record::events(work.conn(), enrolment.id)?;
    let later = |event: &&super::fold::Event| began.as_ref().is_none_or(|began| began.id != event.id);
    // What was there before a second beginning stays before it, what came after the beginning stays after it.
    for event in events.iter().filter(later) {
        let before = began.as_ref().is_some_and(|began| (event.on_date, event.made_at) < (began.on, began.made_at));
        if (before && event.on_date > on.0) || (!before && event.on_date < on.0) {
            let way = if before { "a later" } else { "an earlier" };
            let message = format!("this enrolment changed on {}; choose that day or {way} one", Day(event.on_date));
            return Err(refused("on_date", message));
        }
    }
    if let Some(stay) = &first {
        move_start(work, enrolment, stay, on)?;
    }
    if let Some(began) = &began {
        written::delete(work, "enrolment_event", began.id)?;
        let change = Change {
            school: began.school.as_deref(),
            note: began.note.as_deref(),
            ..Change::to("enrolled", &began.status, on)
        };
        record::event(work, by, enrolment.id, change, began.made_at)?;
    } else if enrolment.status != "pre_registered" {
        let made_at = work.now();
        record::event(work, by, enrolment.id, Change::to("enrolled", &enrolment.status, on), made_at)?;
    } else {
        return Ok(());
    }
    let last = record::events(work.conn(), enrolment.id)?.iter().map(|event| event.on_date).max();
    let fields = json!({
        "effectivity_date": last.map(Day),
        "first_attendance_date": Day(on.0.max(year.start_date.0)),
        "late": year.cutoff_date.is_some_and(|cutoff| on > cutoff),
    });
    record::save(work, "enrolment", Some(enrolment.id), fields)?;
    Ok(())
}

/// The first stay begins with the enrolment.
fn move_start(work: &mut Work<'_, '_>, enrolment: &Enrolment, stay: &Stay, on: Day) -> Result<()> {
    if stay.to.is_some_and(|to| on.0 >= to) {
        let message =
            format!("the learner left the first section on {}; choose an earlier day", Day(stay.to.unwrap_or(on.0)));
        return Err(refused("on_date", message));
    }
    if let Some(marked) = marked(work.conn(), enrolment.student, stay.section, stay.from, Some(on.0))? {
        let message =
            format!("the attendance of {} has a mark of this learner; choose that day or an earlier one", Day(marked));
        return Err(refused("on_date", message));
    }
    if stay.from != on.0 {
        written::delete(work, "section_membership", stay.id)?;
        let fields = json!({ "enrolment": enrolment.id, "section": stay.section, "valid_from": on, "valid_to": stay.to.map(Day) });
        record::save(work, "section_membership", None, fields)?;
    }
    Ok(())
}

/// The last stay was in another section from its first day on.
fn seat(work: &mut Work<'_, '_>, enrolment: &Enrolment, section: Uuid, right: &Right) -> Result<()> {
    let last = record::stays(work.conn(), enrolment.id)?.pop();
    let from = last.as_ref().map_or(right.on.0, |stay| stay.from);
    if last.as_ref().is_some_and(|stay| stay.section == section) {
        return Ok(());
    }
    let before = sections::find(work.conn(), section, from)?;
    sections::check_fits(enrolment, &before)?;
    match last {
        Some(stay) => {
            if let Some(marked) = marked(work.conn(), enrolment.student, stay.section, stay.from, stay.to)? {
                let message = format!(
                    "the attendance of {} in the section of before has a mark of this learner; move the learner to the other \
                     section from a day on instead",
                    Day(marked)
                );
                return Err(refused("section", message));
            }
            record::save(work, "section_membership", Some(stay.id), json!({ "section": section }))?;
        }
        None => {
            record::place(work, enrolment.id, section, right.on)?;
        }
    }
    let after = sections::find(work.conn(), section, from)?;
    sections::check_capacity(&after, before.total, right.over_capacity)
}

/// The first day in `[from, to)` on which a sheet of the section has a mark of the learner.
fn marked(conn: &Connection, student: Uuid, section: Uuid, from: i32, to: Option<i32>) -> Result<Option<i32>> {
    let sql = "SELECT min(s.on_date) FROM attendance_mark m JOIN attendance_sheet s ON s.id = m.sheet
        WHERE m.student = ?1 AND s.section = ?2 AND s.on_date >= ?3 AND (?4 IS NULL OR s.on_date < ?4)
          AND m.deleted_at IS NULL AND s.deleted_at IS NULL";
    Ok(conn.prepare_cached(sql)?.query_row((student.as_bytes(), section.as_bytes(), from, to), |row| row.get(0))?)
}
