//! What the hub will say of a change, asked before it is kept: the same pure rules (`model/src/domain`), over the records of this
//! office. The rules of `node/src/domain` say more and say it better; these hold for what has no such rules to go through either:
//! taking back, putting back what was saved before, deciding which of two values counts.
//!
//! Invariants: what happens has a day of its school year; nothing of a month whose SF2 is signed changes, neither its marks nor its
//! class days nor who was in the section. The last is asked of a whole step, or of the part of it that succeeds or fails by itself,
//! because a move is several records and only all of them say what it comes to.

use super::{Step, rows};
use crate::Result;
use pems_model::domain::attendance::{month_of, other_days};
use pems_model::domain::author::By;
use pems_model::domain::seats::{Seats, closed, title};
use pems_model::domain::{Author, attendance, enrolment};
use pems_model::entities::{
    ATTENDANCE_MARK, ATTENDANCE_SHEET, ENROLMENT, ENROLMENT_EVENT, SECTION, SECTION_MEMBERSHIP, SF2_REPORT,
};
use pems_model::{Entity, Problem, Row, Value};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;
use uuid::Uuid;

/// Where enrolments had their learners before this step changed anything of it.
pub(super) type Touched = BTreeMap<Uuid, Seats>;

const YEAR_OF: &str =
    "SELECT y.start_date, y.end_date FROM enrolment e JOIN school_year y ON y.id = e.school_year WHERE e.id = ?1";
const ANY_SIGNED: &str = "SELECT EXISTS (SELECT 1 FROM sf2_report WHERE state = 'signed' AND deleted_at IS NULL)";
const FIRST_SIGNED: &str = "SELECT min(month) FROM sf2_report
    WHERE section = ?1 AND state = 'signed' AND deleted_at IS NULL AND month >= ?2 AND month < ?3";
const SIGNED_OF_YEAR: &str = "SELECT s.id, s.grade_level, r.month FROM sf2_report r JOIN section s ON s.id = r.section
    WHERE s.school_year = ?1 AND s.deleted_at IS NULL AND r.deleted_at IS NULL AND r.state = 'signed'
    ORDER BY s.grade_level, s.name, r.month";

/// The first and the last day of the school year of an enrolment.
fn year_of(conn: &Connection, enrolment: Uuid) -> Result<Option<(i32, i32)>> {
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(conn.prepare_cached(YEAR_OF)?.query_row([enrolment.as_bytes()], read).optional()?)
}

/// Where an enrolment has its learner as things stand.
fn seats(conn: &Connection, enrolment: Uuid) -> Result<Seats> {
    let of = |entity: &Entity| {
        let sql = format!("{} WHERE enrolment = ?1 AND deleted_at IS NULL", rows::select(entity));
        rows::all(conn, entity, &sql, [enrolment.as_bytes()])
    };
    let Some(row) = rows::load(conn, &ENROLMENT, enrolment)? else { return Ok(Seats::default()) };
    let stays = of(&SECTION_MEMBERSHIP)?;
    let events = if stays.is_empty() { Vec::new() } else { of(&ENROLMENT_EVENT)? };
    let start = year_of(conn, enrolment)?.map(|(start, _)| start);
    Ok(Seats::of(Some(&row), start, &stays, &events))
}

/// Whether any month of the school is signed; most questions end there.
pub(crate) fn any_signed(conn: &Connection) -> Result<bool> {
    Ok(conn.prepare_cached(ANY_SIGNED)?.query_row([], |row| row.get(0))?)
}

/// What a change of where an enrolment has its learner comes to for the months that are signed.
pub(crate) fn seats_problem(conn: &Connection, before: &Seats, after: &Seats) -> Result<Option<Problem>> {
    let first_signed = |section: Uuid, days: &Range<i32>| -> Result<Option<i32>> {
        let first = month_of(days.start).unwrap_or(days.start);
        let asked = (section.as_bytes(), first, days.end);
        Ok(conn.prepare_cached(FIRST_SIGNED)?.query_row(asked, |row| row.get(0))?)
    };
    let Some(closed) = closed(before, after, first_signed)? else { return Ok(None) };
    let section = rows::load(conn, &SECTION, closed.section)?;
    Ok(Some(closed.problem(&title(section.as_ref()))))
}

/// What a change of the calendar, or of a school year, comes to for the months that are signed.
pub(crate) fn days_problem(
    conn: &Connection,
    entity: &Entity,
    before: Option<&Row>,
    after: &Row,
) -> Result<Option<Problem>> {
    let Some(other) = other_days(entity, before, after) else { return Ok(None) };
    let mut statement = conn.prepare_cached(SIGNED_OF_YEAR)?;
    let mut found = statement.query([other.year.as_bytes()])?;
    let mut signed = Vec::new();
    while let Some(row) = found.next()? {
        let (section, grade, month): (_, Option<String>, i32) =
            (Uuid::from_bytes(row.get(0)?), row.get(1)?, row.get(2)?);
        if other.concern(grade.as_deref(), month) {
            signed.push((title(rows::load(conn, &SECTION, section)?.as_ref()), month));
        }
    }
    Ok(other.problem(&signed))
}

/// Whose seats a row is about.
fn enrolment_of(entity: &Entity, row: &Row) -> Option<Uuid> {
    if entity.name == ENROLMENT.name {
        return Some(row.id);
    }
    let of_seats = entity.name == SECTION_MEMBERSHIP.name || entity.name == ENROLMENT_EVENT.name;
    row.get(entity, "enrolment").as_id().filter(|_| of_seats)
}

impl Step<'_> {
    /// Whether a sheet or a mark is of a month that may still change, for whoever is here.
    pub(super) fn check_unsigned(&self, entity: &Entity, row: &Row) -> Result<()> {
        let mark = entity.name == ATTENDANCE_MARK.name;
        if !mark && entity.name != ATTENDANCE_SHEET.name {
            return Ok(());
        }
        let (Some(reports), Some(sheets)) =
            (self.schema.entity(SF2_REPORT.name), self.schema.entity(ATTENDANCE_SHEET.name))
        else {
            return Ok(());
        };
        let of_mark = match row.get(entity, "sheet").as_id().filter(|_| mark) {
            Some(sheet) => rows::load(self.tx, sheets, sheet)?,
            None => None,
        };
        let sheet = if mark { of_mark.as_ref() } else { Some(row) };
        let Some(sheet) = sheet else { return Ok(()) };
        let (Some(section), Value::Date(day)) = (sheet.get(sheets, "section").as_id(), sheet.get(sheets, "on_date"))
        else {
            return Ok(());
        };
        let Some(report) = attendance::report_of(self.tenant, section, *day) else { return Ok(()) };
        let report = rows::load(self.tx, reports, report)?;
        let person = self.actor.map(|actor| By { id: actor.id, role: actor.role, was_here: true, signed: true });
        let author = Author { device: self.role, person };
        attendance::marks(report.as_ref(), &author).map_or(Ok(()), |problem| Err(problem.into()))
    }

    /// Whether what a row says of days is of its school year, as far as it is new.
    pub(super) fn check_days(&self, entity: &Entity, before: Option<&Row>, after: &Row) -> Result<()> {
        let Some(enrolment) = enrolment_of(entity, after).filter(|_| entity.name != ENROLMENT.name) else {
            return Ok(());
        };
        let Some((start, end)) = year_of(self.tx, enrolment)? else { return Ok(()) };
        enrolment::dated(entity, before, after, start, end).map_or(Ok(()), |problem| Err(problem.into()))
    }

    /// A row is about to be another one, or none: keeps where its enrolment had its learner, and asks whether a signed month has the
    /// days that it makes others.
    pub(super) fn touch(&mut self, entity: &Entity, before: Option<&Row>, after: &Row) -> Result<()> {
        if self.schema.entity(SF2_REPORT.name).is_none() {
            return Ok(());
        }
        if let Some(problem) = days_problem(self.tx, entity, before, after)? {
            return Err(problem.into());
        }
        let Some(enrolment) = enrolment_of(entity, after) else { return Ok(()) };
        if self.touched.contains_key(&enrolment) || !any_signed(self.tx)? {
            return Ok(());
        }
        if let Entry::Vacant(free) = self.touched.entry(enrolment) {
            free.insert(seats(self.tx, enrolment)?);
        }
        Ok(())
    }

    /// Whether what was done so far leaves signed months as they are.
    ///
    /// # Errors
    /// `rule`, with the section and the month.
    pub(super) fn check_signed(&self) -> Result<()> {
        for (enrolment, before) in &self.touched {
            if let Some(problem) = seats_problem(self.tx, before, &seats(self.tx, *enrolment)?)? {
                return Err(problem.into());
            }
        }
        Ok(())
    }
}
