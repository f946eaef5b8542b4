//! From when until when an enrolment had its learner in school: what its events say, one after the other. Every roster and form
//! asks here, so that a month printed again later still says what was so in it.
//!
//! Invariants: as [`super::fold`], the last event of a day counts, and before the first one nobody is in class; what was cancelled
//! never was; an enrolment without events (of a list, an import) stands as its row says.

use super::fold::{IN_ORDER, Standing, standing};
use crate::Result;
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
/// The first day in class says more than the year's first day, and nothing where it is that day: the form's cut-off date may be
/// before it.
const ROW: &str = "SELECT e.effectivity_date, e.status, e.reason_code, e.to_school, NULL, \
    nullif(max(coalesce(e.first_attendance_date, y.start_date), y.start_date), y.start_date) \
    FROM enrolment e JOIN school_year y ON y.id = e.school_year WHERE e.id = ?1 AND e.deleted_at IS NULL";

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
    let first_day: Option<i32> = row.get(5)?;
    let mut found = if events.is_empty() { of_row(read(row)?) } else { of_events(events) };
    if let (Some(first), Some(day)) = (found.first_mut(), first_day) {
        first.from = first.from.max(day);
    }
    found.retain(|one| one.end.as_ref().is_none_or(|end| end.on > one.from));
    Ok(found)
}

fn of_row(row: Event) -> Vec<Presence> {
    let end = match (standing(&row.status), row.on) {
        (Standing::Present, _) | (Standing::Gone, None) if row.status != "cancelled" => None,
        (Standing::Gone, Some(on)) if row.status != "cancelled" => Some(row.end(on)),
        _ => return Vec::new(),
    };
    vec![Presence { from: i32::MIN, end }]
}

fn of_events(events: Vec<Event>) -> Vec<Presence> {
    let mut found = Vec::new();
    let mut since: Option<i32> = None;
    let mut events = events.into_iter().peekable();
    while let Some(event) = events.next() {
        if events.peek().is_some_and(|next| next.on == event.on) {
            continue;
        }
        let Some(on) = event.on else { continue };
        match standing(&event.status) {
            Standing::Present => since = since.or(Some(on)),
            Standing::Coming => since = None,
            Standing::Gone => {
                let from = since.take().filter(|_| event.status != "cancelled");
                found.extend(from.map(|from| Presence { from, end: Some(event.end(on)) }));
            }
        }
    }
    found.extend(since.map(|from| Presence { from, end: None }));
    found
}
