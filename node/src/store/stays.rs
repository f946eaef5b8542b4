//! What the hub will say of a change, asked before it is kept: the same pure rules (`model/src/domain`), over the records of this
//! office. The rules of `node/src/domain` say more and say it better; these hold for what has no such rules to go through either:
//! taking back, putting back what was saved before, deciding which of two values counts.
//!
//! Invariants: what happens has a day of its school year; nothing of a month whose SF2 is signed changes, neither its marks nor who
//! was in the section. The last is asked of a whole step, or of the part of it that succeeds or fails by itself, because a move is
//! several records and only all of them say what it comes to.

use super::{Step, rows};
use crate::Result;
use pems_model::domain::attendance::{Moved, Stay, month_of, moved, seated};
use pems_model::domain::author::By;
use pems_model::domain::{Author, attendance, enrolment};
use pems_model::entities::{ATTENDANCE_MARK, ATTENDANCE_SHEET, ENROLMENT_EVENT, SECTION_MEMBERSHIP, SF2_REPORT};
use pems_model::{Entity, Row, Value};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use uuid::Uuid;

/// The stays of enrolments as they were before this step changed any of them.
pub(super) type Touched = BTreeMap<Uuid, Vec<Stay>>;

/// The first and the last day of the school year of an enrolment.
fn year_of(conn: &Connection, enrolment: Uuid) -> Result<Option<(i32, i32)>> {
    let sql =
        "SELECT y.start_date, y.end_date FROM enrolment e JOIN school_year y ON y.id = e.school_year WHERE e.id = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(conn.prepare_cached(sql)?.query_row([enrolment.as_bytes()], read).optional()?)
}

fn live_stays(conn: &Connection, enrolment: Uuid) -> Result<Vec<Stay>> {
    let sql =
        "SELECT section, valid_from, valid_to FROM section_membership WHERE enrolment = ?1 AND deleted_at IS NULL";
    let mut statement = conn.prepare_cached(sql)?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Stay { section: Uuid::from_bytes(row.get(0)?), from: row.get(1)?, to: row.get(2)? })
    };
    Ok(statement.query_map([enrolment.as_bytes()], read)?.collect::<rusqlite::Result<_>>()?)
}

/// The first month of those days whose SF2 is signed for a section that is left or entered on them, with the section.
fn first_signed(conn: &Connection, moved: &Moved) -> Result<Option<(Uuid, i32)>> {
    let sql = "SELECT min(month) FROM sf2_report
        WHERE section = ?1 AND state = 'signed' AND deleted_at IS NULL AND month >= ?2 AND month < ?3";
    let first = month_of(moved.days.start).unwrap_or(moved.days.start);
    let mut statement = conn.prepare_cached(sql)?;
    for section in moved.from.iter().chain(&moved.to) {
        let month: Option<i32> = statement.query_row((section.as_bytes(), first, moved.days.end), |row| row.get(0))?;
        if let Some(month) = month {
            return Ok(Some((*section, month)));
        }
    }
    Ok(None)
}

/// `7-Rizal`.
fn title(conn: &Connection, section: Uuid) -> Result<String> {
    let sql = "SELECT grade_level || '-' || name FROM section WHERE id = ?1";
    let found = conn.prepare_cached(sql)?.query_row([section.as_bytes()], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_else(|| "this section".to_owned()))
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

    /// Whether what a row says of days is of its school year, as far as it is new; and keeps what was there of the stays.
    pub(super) fn check_days(&mut self, entity: &Entity, before: Option<&Row>, after: &Row) -> Result<()> {
        let is_stay = entity.name == SECTION_MEMBERSHIP.name;
        if !is_stay && entity.name != ENROLMENT_EVENT.name {
            return Ok(());
        }
        let Some(enrolment) = after.get(entity, "enrolment").as_id() else { return Ok(()) };
        if is_stay {
            self.touch(enrolment)?;
        }
        let Some((start, end)) = year_of(self.tx, enrolment)? else { return Ok(()) };
        enrolment::dated(entity, before, after, start, end).map_or(Ok(()), |problem| Err(problem.into()))
    }

    /// A stay is about to be another one, or none.
    pub(super) fn touch(&mut self, enrolment: Uuid) -> Result<()> {
        if let Entry::Vacant(free) = self.touched.entry(enrolment) {
            free.insert(live_stays(self.tx, enrolment)?);
        }
        Ok(())
    }

    /// Whether what was done so far leaves signed months as they are.
    ///
    /// # Errors
    /// `rule`, with the section and the month.
    pub(super) fn check_signed(&self) -> Result<()> {
        let any = "SELECT EXISTS (SELECT 1 FROM sf2_report WHERE state = 'signed' AND deleted_at IS NULL)";
        if self.touched.is_empty() || !self.tx.prepare_cached(any)?.query_row([], |row| row.get(0))? {
            return Ok(());
        }
        for (enrolment, before) in &self.touched {
            for moved in moved(before, &live_stays(self.tx, *enrolment)?) {
                if let Some((section, month)) = first_signed(self.tx, &moved)? {
                    return Err(seated(&title(self.tx, section)?, month).into());
                }
            }
        }
        Ok(())
    }
}
