//! The signing of School Form 2, which locks the section's attendance of that month, and its reopening, which only the head and
//! the administrators do and which says why.

use super::super::Desk;
use crate::app::request::{May, Request};
use crate::domain::attendance::days::{self, Calendar, Month};
use crate::domain::attendance::section::{Section, Year, user_name};
use crate::domain::attendance::sheets;
use crate::store::Save;
use crate::{NodeError, Result};
use pems_model::value::{format_date, format_time};
use pems_model::{Act, Code, Problem};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use ts_rs::TS;
use uuid::Uuid;

/// Days that a refusal lists: more do not help.
const LISTED: usize = 31;

/// How a month of a section stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Report {
    /// Signed: attendance of the month is locked.
    pub signed: bool,
    pub by: Option<String>,
    /// RFC 3339.
    pub at: Option<String>,
    /// Why it was opened again, the last time.
    pub reason: Option<String>,
}

/// The report of a month with its row, if the month was ever signed.
pub(in crate::app) fn find(conn: &Connection, section: Uuid, month: Month) -> Result<Option<(Uuid, Report)>> {
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
pub(super) fn on(conn: &Connection, section: Uuid, date: i32) -> Result<Option<Report>> {
    let Some(month) = Month::of(date) else { return Ok(None) };
    Ok(find(conn, section, month)?.map(|(_, report)| report).filter(|report| report.signed))
}

/// # Errors
/// `rule` for a day that a signature locks.
pub(in crate::app) fn check(conn: &Connection, section: Uuid, date: i32) -> Result<()> {
    let Some(report) = on(conn, section, date)? else { return Ok(()) };
    let by = report.by.as_deref().unwrap_or("somebody at this school");
    let title = Section::find(conn, section).map_or_else(|_| "the section".to_owned(), |section| section.title());
    let message =
        format!("{by} signed the SF2 of {title} for this month; the school head or an administrator can open it again");
    Err(Problem::at(Code::Rule, "date", message).into())
}

impl Desk {
    pub(super) fn sign_off(&mut self, section: Uuid, month: &str) -> Result<Report> {
        let month = Month::parse(month)?;
        let section = Section::find(self.store.conn(), section)?;
        self.check_takes(&section)?;
        let known = find(self.store.conn(), section.id, month)?;
        if known.as_ref().is_some_and(|(_, report)| report.signed) {
            let message = format!("the SF2 of {} for {} is signed already", section.title(), month.words());
            return Err(NodeError::new(Code::Conflict, message));
        }
        self.check_complete(&section, month)?;
        self.check_submitted(section.id, month)?;
        let by = self.person().map(|person| person.id);
        let fields = json!({
            "section": section.id, "month": format_date(month.first), "state": "signed", "signed_by": by,
            "signed_at": format_time(self.store.now()), "reason": null,
        });
        self.save_report(known.map(|(id, _)| id), fields)?;
        self.report(&section, month)
    }

    pub(super) fn reopen(&mut self, section: Uuid, month: &str, reason: &str) -> Result<Report> {
        let month = Month::parse(month)?;
        let section = Section::find(self.store.conn(), section)?;
        let known = find(self.store.conn(), section.id, month)?;
        let Some((id, _)) = known.filter(|(_, report)| report.signed) else {
            let message = format!("the SF2 of {} for {} is not signed", section.title(), month.words());
            return Err(NodeError::new(Code::NotFound, message));
        };
        if pems_model::text::is_blank(reason) {
            return Err(Problem::at(Code::Required, "reason", "say why the signed SF2 is opened again").into());
        }
        let fields = json!({ "state": "reopened", "reason": reason });
        self.save_report(Some(id), fields)?;
        self.report(&section, month)
    }

    fn report(&self, section: &Section, month: Month) -> Result<Report> {
        let found = find(self.store.conn(), section.id, month)?.map(|(_, report)| report);
        found.ok_or_else(|| NodeError::new(Code::Internal, "the signature is not there any more; look again"))
    }

    /// Not remembered for Ctrl+Z: a signature is taken back by who may open the month again, with a reason.
    fn save_report(&mut self, id: Option<Uuid>, fields: Json) -> Result<()> {
        let fields = fields.as_object().cloned().unwrap_or_default();
        self.store.save(&Save { entity: "sf2_report".into(), id, fields })?;
        Ok(())
    }

    /// A month is signed when it is over, and when no class day of it is unknown.
    fn check_complete(&self, section: &Section, month: Month) -> Result<()> {
        let year = Year::find(self.store.conn(), section.year)?;
        let calendar = Calendar::load(self.store.conn(), &year, month.first, month.next)?;
        let mut open = Vec::new();
        let mut class_days = 0;
        for date in month.dates().filter(|date| calendar.day(*date, &section.grade).counts()) {
            class_days += 1;
            let sheets = sheets::of_day(&self.store, section.id, date)?;
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
}

/// Signs the month's SF2, which locks it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SignOff {
    #[ts(type = "string")]
    section: Uuid,
    month: String,
}

impl Request<Desk> for SignOff {
    const NAME: &'static str = "attendance.sign_off";
    const ACCESS: May = May::Do(Act::SignMonth);
    type Answer = Report;

    fn run(self, desk: &mut Desk) -> Result<Report> {
        let SignOff { section, month } = self;
        desk.sign_off(section, &month)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Reopen {
    #[ts(type = "string")]
    section: Uuid,
    month: String,
    reason: String,
}

impl Request<Desk> for Reopen {
    const NAME: &'static str = "attendance.reopen";
    const ACCESS: May = May::Do(Act::ReopenMonth);
    type Answer = Report;

    fn run(self, desk: &mut Desk) -> Result<Report> {
        let Reopen { section, month, reason } = self;
        desk.reopen(section, &month, &reason)
    }
}
