//! The signing of School Form 2, which locks the section's attendance of that month, and its reopening, which only the head and
//! the administrators do and which says why.

use super::days::{self, Calendar, Month};
use super::section::{Section, Year, user_name};
use super::sheets;
use crate::domain::written;
use crate::store::Work;
use crate::{NodeError, Result};
use pems_model::value::{format_date, format_time};
use pems_model::{Code, Problem};
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use ts_rs::TS;
use uuid::Uuid;

/// Days that a refusal lists: more do not help.
const LISTED: usize = 31;

/// How a month of a section stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Report {
    /// Signed: attendance of the month is locked.
    pub signed: bool,
    /// Who signed, by name; none where this PC does not know the user.
    pub by: Option<String>,
    /// RFC 3339.
    pub at: Option<String>,
    /// Why it was opened again, the last time.
    pub reason: Option<String>,
}

/// The report of a month with its row, if the month was ever signed.
pub(crate) fn find(conn: &Connection, section: Uuid, month: Month) -> Result<Option<(Uuid, Report)>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, state, signed_by, signed_at, reason FROM sf2_report
         WHERE section = ?1 AND month = ?2 AND deleted_at IS NULL",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        let by = row.get::<_, Option<[u8; 16]>>(2)?.map(Uuid::from_bytes);
        let (state, at): (String, Option<i64>) = (row.get(1)?, row.get(3)?);
        let report = Report { signed: state == "signed", by: None, at: at.map(format_time), reason: row.get(4)? };
        Ok((Uuid::from_bytes(row.get(0)?), by, report))
    };
    let Some((id, by, report)) = statement.query_row((section.as_bytes(), month.first), read).optional()? else {
        return Ok(None);
    };
    Ok(Some((id, Report { by: user_name(conn, by)?, ..report })))
}

/// The signature that locks this day, if one does.
pub(crate) fn on(conn: &Connection, section: Uuid, date: i32) -> Result<Option<Report>> {
    let Some(month) = Month::of(date) else { return Ok(None) };
    Ok(find(conn, section, month)?.map(|(_, report)| report).filter(|report| report.signed))
}

/// The months (their first days) that are signed by some section of a school year: no day of theirs becomes another one.
pub(crate) fn months(conn: &Connection, year: Uuid) -> Result<BTreeSet<i32>> {
    let sql = "SELECT DISTINCT r.month FROM sf2_report r JOIN section s ON s.id = r.section
        WHERE s.school_year = ?1 AND r.state = 'signed' AND r.deleted_at IS NULL AND s.deleted_at IS NULL";
    let mut statement = conn.prepare_cached(sql)?;
    Ok(statement.query_map([year.as_bytes()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Whether attendance of a section may still change on a day (since 1970-01-01), for whoever asks.
///
/// # Errors
/// `rule` for a day that a signature locks.
pub(crate) fn check(conn: &Connection, section: Uuid, date: i32) -> Result<()> {
    let Some(report) = on(conn, section, date)? else { return Ok(()) };
    let by = report.by.as_deref().unwrap_or("somebody at this school");
    let title = Section::find(conn, section).map_or_else(|_| "the section".to_owned(), |section| section.title());
    let message =
        format!("{by} signed the SF2 of {title} for this month; the school head or an administrator can open it again");
    Err(Problem::at(Code::Rule, "date", message).into())
}

/// Puts the name of `by` under a month.
///
/// # Errors
/// `conflict` where it is signed; `rule` with the days that nobody took.
pub(crate) fn sign(work: &mut Work<'_, '_>, by: Option<Uuid>, section: &Section, month: Month) -> Result<()> {
    let known = find(work.conn(), section.id, month)?;
    if known.as_ref().is_some_and(|(_, report)| report.signed) {
        let message = format!("the SF2 of {} for {} is signed already", section.title(), month.words());
        return Err(NodeError::new(Code::Conflict, message));
    }
    check_complete(work, section, month)?;
    let fields = json!({
        "section": section.id, "month": format_date(month.first), "state": "signed", "signed_by": by,
        "signed_at": format_time(work.now()), "reason": null,
    });
    written::save(work, "sf2_report", known.map(|(id, _)| id), fields).map(|_| ())
}

/// Opens a signed month again.
///
/// # Errors
/// `not_found` where it is not signed; `required` without a reason.
pub(crate) fn reopen(work: &mut Work<'_, '_>, section: &Section, month: Month, reason: &str) -> Result<()> {
    let Some((id, _)) = find(work.conn(), section.id, month)?.filter(|(_, report)| report.signed) else {
        let message = format!("the SF2 of {} for {} is not signed", section.title(), month.words());
        return Err(NodeError::new(Code::NotFound, message));
    };
    if pems_model::text::is_blank(reason) {
        return Err(Problem::at(Code::Required, "reason", "say why the signed SF2 is opened again").into());
    }
    let fields = json!({ "state": "reopened", "reason": reason });
    written::save(work, "sf2_report", Some(id), fields).map(|_| ())
}

/// A month is signed when it is over, and when no class day of it is unknown.
fn check_complete(work: &Work<'_, '_>, section: &Section, month: Month) -> Result<()> {
    let year = Year::find(work.conn(), section.year)?;
    let calendar = Calendar::load(work.conn(), &year, month.first, month.next)?;
    let mut open = Vec::new();
    let mut class_days = 0;
    for date in month.dates().filter(|date| calendar.day(*date, &section.grade).counts()) {
        class_days += 1;
        let sheets = sheets::of_day(work, section.id, date)?;
        if let Some(session) = sheets::untaken(year.half_days, &sheets) {
            open.push((date, session));
        }
    }
    if class_days == 0 {
        let message = format!("{} has no class days in {}", section.title(), month.words());
        return Err(NodeError::new(Code::Rule, message));
    }
    if open.is_empty() {
        return Ok(());
    }
    let of = |which: &str| -> Vec<i32> {
        open.iter().filter(|(_, session)| *session == which).map(|(date, _)| *date).collect()
    };
    let said = [("day", ""), ("am", " (morning)"), ("pm", " (afternoon)")]
        .map(|(session, half)| (days::said_days(&of(session)), half))
        .into_iter()
        .filter(|(dates, _)| !dates.is_empty())
        .map(|(dates, half)| format!("{dates}{half}"));
    let message = format!(
        "attendance of {} was not taken on {} class days of {}: {}; take it. Where there were no classes, the registrar, \
         the head or an administrator marks the day in the calendar",
        section.title(),
        open.len(),
        month.words(),
        said.collect::<Vec<_>>().join("; ")
    );
    open.truncate(LISTED);
    let days: Vec<String> = open.into_iter().map(|(date, _)| format_date(date)).collect();
    Err(NodeError::new(Code::Rule, message).with_details(json!({ "days": days })))
}
