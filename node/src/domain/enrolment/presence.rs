//! From when until when an enrolment had its learner in school, and how that ended, as the records have it. Every roster and form
//! asks here, so that a month printed again later still says what was so in it. What the events come to is said in
//! `model/src/domain/presence.rs`, where the rules of signed months ask as well.

use super::fold::IN_ORDER;
use crate::Result;
use pems_model::domain::presence::{first_day, presence};
use rusqlite::{Connection, Row};
use uuid::Uuid;

/// How a learner left the school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The first day on which the learner is gone.
    pub on: i32,
    /// `transferred_out`, `moved_out` or `dropped`.
    pub status: String,
    /// A code of School Form 2's list ([`super::reasons`]), of who dropped out.
    pub reason: Option<String>,
    /// The school to which the learner went.
    pub school: Option<String>,
    /// What was added in words.
    pub note: Option<String>,
}

/// One time from coming to leaving. Days are those since 1970-01-01.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// The first day.
    pub from: i32,
    /// None: still here, or until the year's end.
    pub end: Option<End>,
}

const EVENTS: &str = "SELECT on_date, status, reason_code, school, note FROM enrolment_event \
    WHERE enrolment = ?1 AND deleted_at IS NULL ORDER BY IN_ORDER";
const ROW: &str = "SELECT e.effectivity_date, e.status, e.reason_code, e.to_school, NULL, \
    e.first_attendance_date, y.start_date \
    FROM enrolment e JOIN school_year y ON y.id = e.school_year WHERE e.id = ?1 AND e.deleted_at IS NULL";

#[derive(Debug, Clone)]
struct Event {
    on: Option<i32>,
    status: String,
    reason: Option<String>,
    school: Option<String>,
    note: Option<String>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event { on: row.get(0)?, status: row.get(1)?, reason: row.get(2)?, school: row.get(3)?, note: row.get(4)? })
}

impl Event {
    fn said(&self) -> (Option<i32>, &str) {
        (self.on, &self.status)
    }

    fn end(self, on: i32) -> End {
        End { on, status: self.status, reason: self.reason, school: self.school, note: self.note }
    }
}

/// When the learner was here, oldest first.
pub fn of(conn: &Connection, enrolment: Uuid) -> Result<Vec<Presence>> {
    let mut statement = conn.prepare_cached(&EVENTS.replace("IN_ORDER", IN_ORDER))?;
    let events = statement.query_map([enrolment.as_bytes()], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut statement = conn.prepare_cached(ROW)?;
    let mut rows = statement.query([enrolment.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(Vec::new()) };
    let first = first_day(row.get(5)?, row.get(6)?);
    let row = read(row)?;
    let said: Vec<_> = events.iter().map(Event::said).collect();
    let end = |end: pems_model::domain::presence::End| {
        let event = end.event.and_then(|at| events.get(at)).unwrap_or(&row);
        event.clone().end(end.on)
    };
    let here = presence(row.said(), &said, first);
    Ok(here.into_iter().map(|one| Presence { from: one.from, end: one.end.map(end) }).collect())
}
