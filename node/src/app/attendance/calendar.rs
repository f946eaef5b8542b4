//! The school's calendar of a year: holidays, suspensions, events and Saturdays with classes.

use super::super::Desk;
use crate::app::request::{May, Request};
use crate::domain::attendance::days;
use crate::domain::attendance::holidays::{self, Holiday};
use crate::domain::attendance::section::Year;
use crate::domain::attendance::signing;
use crate::store::Save;
use crate::{NodeError, Result};
use pems_model::domain::attendance::month_of;
use pems_model::entities::CALENDAR_DAY;
use pems_model::school_day::weekday;
use pems_model::value::format_date;
use pems_model::{Act, Code, Problem};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use ts_rs::TS;
use uuid::Uuid;

/// Longest run of days set at once: a summer vacation and more.
const LONGEST: i32 = 120;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct YearInfo {
    #[ts(type = "string")]
    pub id: Uuid,
    pub label: String,
    pub start_date: String,
    pub end_date: String,
}

/// A day that the calendar says something about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CalendarEntry {
    #[ts(type = "string")]
    pub id: Uuid,
    pub date: String,
    /// `school`, `kinder`, `elementary`, `jhs` or `shs`.
    pub scope: String,
    /// `class`, `holiday`, `suspension`, `event` or `makeup`.
    pub kind: String,
    /// `national`, `division` or `school`.
    pub source: Option<String>,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CalendarYear {
    pub years: Vec<YearInfo>,
    /// None: the school has no school year yet.
    pub year: Option<YearInfo>,
    pub today: String,
    pub may_change: bool,
    pub entries: Vec<CalendarEntry>,
    /// National holidays of the year that are not in it.
    pub proposed: Vec<Holiday>,
}

/// What is to be said about some days.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DaySetting {
    /// First and last day, both included. Weekends between them are left out, unless classes are held.
    pub from: String,
    pub to: String,
    pub kind: String,
    pub scope: String,
    #[serde(default)]
    #[ts(optional)]
    pub source: Option<String>,
    #[serde(default)]
    #[ts(optional)]
    pub reason: Option<String>,
}

fn info(year: &Year) -> YearInfo {
    YearInfo {
        id: year.id,
        label: year.label.clone(),
        start_date: format_date(year.start),
        end_date: format_date(year.end),
    }
}

/// National holidays of the year that are not in its calendar, without those of these months.
fn missing_holidays(year: &Year, entries: &[CalendarEntry], without: &BTreeSet<i32>) -> Result<Vec<(i32, Holiday)>> {
    let mut missing = holidays::between(year.start, year.end)?;
    missing.retain(|(date, holiday)| {
        let is_there = entries.iter().any(|entry| entry.date == holiday.date && entry.scope == "school");
        !is_there && !month_of(*date).is_some_and(|month| without.contains(&month))
    });
    Ok(missing)
}

impl Desk {
    pub(super) fn calendar(&self, year: Option<Uuid>) -> Result<CalendarYear> {
        let conn = self.store.conn();
        let years = Year::all(conn)?;
        let today = self.today();
        let year = match year {
            Some(id) => Some(Year::find(conn, id)?),
            None => Year::on(conn, today)?,
        };
        let entries = year.as_ref().map(|year| self.entries(year)).transpose()?.unwrap_or_default();
        let mut proposed = Vec::new();
        if let Some(year) = &year {
            let signed = signing::months(self.store.conn(), year.id)?;
            proposed = missing_holidays(year, &entries, &signed)?.into_iter().map(|(_, holiday)| holiday).collect();
        }
        Ok(CalendarYear {
            years: years.iter().map(info).collect(),
            year: year.as_ref().map(info),
            today: format_date(today),
            may_change: Act::KeepCalendar.allows(self.role()) && self.store.may_write(&CALENDAR_DAY),
            entries,
            proposed,
        })
    }

    fn entries(&self, year: &Year) -> Result<Vec<CalendarEntry>> {
        let conn = self.store.conn();
        let mut statement = conn.prepare_cached(
            "SELECT id, on_date, scope, kind, source, reason FROM calendar_day
             WHERE school_year = ?1 AND deleted_at IS NULL ORDER BY on_date, scope",
        )?;
        let read = |row: &rusqlite::Row<'_>| {
            Ok(CalendarEntry {
                id: Uuid::from_bytes(row.get(0)?),
                date: format_date(row.get(1)?),
                scope: row.get(2)?,
                kind: row.get(3)?,
                source: row.get(4)?,
                reason: row.get(5)?,
            })
        };
        Ok(statement.query_map([year.id.as_bytes()], read)?.collect::<rusqlite::Result<_>>()?)
    }

    pub(super) fn set_days(&mut self, year: Uuid, setting: &DaySetting) -> Result<CalendarYear> {
        let year = Year::find(self.store.conn(), year)?;
        let (from, to) = (days::date(&setting.from, "from")?, days::date(&setting.to, "to")?);
        if to < from || to - from >= LONGEST {
            let message = format!("the last day comes after the first, at most {LONGEST} days later");
            return Err(Problem::at(Code::Rule, "to", message).into());
        }
        if from < year.start || to > year.end {
            let message = format!(
                "the school year {} lasts from {} to {}; choose days in it",
                year.label,
                days::said(year.start),
                days::said(year.end)
            );
            return Err(Problem::at(Code::Rule, "from", message).into());
        }
        let held = matches!(setting.kind.as_str(), "makeup" | "class" | "event");
        let dates: Vec<i32> = (from..=to).filter(|date| held || weekday(*date) < 5).collect();
        if dates.is_empty() {
            let message = "there are no classes on weekends anyway; choose a weekday";
            return Err(Problem::at(Code::Rule, "from", message).into());
        }
        let what = match dates.len() {
            1 => format!("Calendar: {}", setting.from),
            n => format!("Calendar: {n} days from {}", setting.from),
        };
        let days = dates
            .into_iter()
            .map(|date| (date, json!({ "kind": setting.kind, "source": setting.source, "reason": setting.reason })));
        self.write_days(&year, &setting.scope, days.collect(), what)?;
        self.calendar(Some(year.id))
    }

    /// Puts proposed holidays into the calendar: those named, or all that are sure and of no month that is signed.
    pub(super) fn add_holidays(&mut self, year: Uuid, dates: Option<&[String]>) -> Result<CalendarYear> {
        let year = Year::find(self.store.conn(), year)?;
        let wanted = |holiday: &Holiday| dates.map_or(holiday.sure, |dates| dates.contains(&holiday.date));
        let signed = match dates {
            Some(_) => BTreeSet::new(),
            None => signing::months(self.store.conn(), year.id)?,
        };
        let new = missing_holidays(&year, &self.entries(&year)?, &signed)?.into_iter().filter(|(_, day)| wanted(day));
        let days: Vec<(i32, Json)> = new
            .map(|(date, day)| (date, json!({ "kind": "holiday", "source": "national", "reason": day.name })))
            .collect();
        if !days.is_empty() {
            let what = format!("Calendar: {} national holidays", days.len());
            self.write_days(&year, "school", days, what)?;
        }
        self.calendar(Some(year.id))
    }

    fn write_days(&mut self, year: &Year, scope: &str, days: Vec<(i32, Json)>, what: String) -> Result<()> {
        let (act, changed) = self.store.act(|work| {
            let mut changed = false;
            for (date, mut fields) in days {
                let sql = "SELECT id FROM calendar_day
                           WHERE school_year = ?1 AND on_date = ?2 AND scope = ?3 AND deleted_at IS NULL";
                let mut statement = work.conn().prepare_cached(sql)?;
                let read = |row: &rusqlite::Row<'_>| row.get(0).map(Uuid::from_bytes);
                let id: Option<Uuid> = statement.query_row((year.id.as_bytes(), date, scope), read).optional()?;
                drop(statement);
                if id.is_none() {
                    fields["school_year"] = json!(year.id);
                    fields["on_date"] = json!(format_date(date));
                    fields["scope"] = json!(scope);
                }
                let fields = fields.as_object().cloned().unwrap_or_default();
                changed |= work.save(&Save { entity: "calendar_day".into(), id, fields })?.changed;
            }
            Ok(changed)
        })?;
        if changed {
            self.did(act, what);
        }
        Ok(())
    }

    pub(super) fn remove_days(&mut self, year: Uuid, ids: &[Uuid]) -> Result<CalendarYear> {
        if ids.is_empty() {
            return Err(NodeError::new(Code::BadUsage, "choose the days to take out of the calendar"));
        }
        let (act, ()) = self.store.act(|work| {
            for id in ids {
                work.delete("calendar_day", *id)?;
            }
            Ok(())
        })?;
        self.did(act, format!("Calendar: {} days taken out", ids.len()));
        self.calendar(Some(year))
    }
}

/// The calendar of a school year, the present one where none is named.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadCalendar {
    #[serde(default)]
    #[ts(optional, type = "string")]
    school_year: Option<Uuid>,
}

impl Request<Desk> for ReadCalendar {
    const NAME: &'static str = "attendance.calendar";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = CalendarYear;

    fn run(self, desk: &mut Desk) -> Result<CalendarYear> {
        let ReadCalendar { school_year } = self;
        desk.calendar(school_year)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SetDays {
    #[ts(type = "string")]
    school_year: Uuid,
    setting: DaySetting,
}

impl Request<Desk> for SetDays {
    const NAME: &'static str = "attendance.set_days";
    const ACCESS: May = May::Do(Act::KeepCalendar);
    type Answer = CalendarYear;

    fn run(self, desk: &mut Desk) -> Result<CalendarYear> {
        let SetDays { school_year, setting } = self;
        desk.set_days(school_year, &setting)
    }
}

/// Puts national holidays into the calendar: those of these dates, or all that are sure.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct AddHolidays {
    #[ts(type = "string")]
    school_year: Uuid,
    #[serde(default)]
    #[ts(optional)]
    dates: Option<Vec<String>>,
}

impl Request<Desk> for AddHolidays {
    const NAME: &'static str = "attendance.add_holidays";
    const ACCESS: May = May::Do(Act::KeepCalendar);
    type Answer = CalendarYear;

    fn run(self, desk: &mut Desk) -> Result<CalendarYear> {
        let AddHolidays { school_year, dates } = self;
        desk.add_holidays(school_year, dates.as_deref())
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct RemoveDays {
    #[ts(type = "string")]
    school_year: Uuid,
    #[ts(type = "string[]")]
    ids: Vec<Uuid>,
}

impl Request<Desk> for RemoveDays {
    const NAME: &'static str = "attendance.remove_days";
    const ACCESS: May = May::Do(Act::KeepCalendar);
    type Answer = CalendarYear;

    fn run(self, desk: &mut Desk) -> Result<CalendarYear> {
        let RemoveDays { school_year, ids } = self;
        desk.remove_days(school_year, &ids)
    }
}
