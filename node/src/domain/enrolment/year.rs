//! School years as the enrolment desk needs them.

use crate::domain::enrolment::Day;
use crate::store::{Saved, Work};
use crate::{NodeError, Result};
use pems_model::Code;
use pems_model::domain::enrolment;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// A school year, with the enrolments it holds.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "Year")]
pub struct Year {
    /// The `school_year`.
    #[ts(type = "string")]
    pub id: Uuid,
    /// `2026-2027`.
    pub label: String,
    /// The first day.
    #[ts(type = "string")]
    pub start_date: Day,
    /// The last day.
    #[ts(type = "string")]
    pub end_date: Day,
    /// The last day on which enrolment is not late.
    #[ts(type = "string | null")]
    pub cutoff_date: Option<Day>,
    /// `draft`, `open` or `closed`.
    pub status: String,
}

const COLUMNS: &str = "SELECT id, label, start_date, end_date, cutoff_date, status FROM school_year";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Year> {
    Ok(Year {
        id: Uuid::from_bytes(row.get(0)?),
        label: row.get(1)?,
        start_date: Day(row.get(2)?),
        end_date: Day(row.get(3)?),
        cutoff_date: row.get::<_, Option<i32>>(4)?.map(Day),
        status: row.get::<_, Option<String>>(5)?.unwrap_or_else(|| "open".into()),
    })
}

/// All school years, the newest first.
pub fn all(conn: &Connection) -> Result<Vec<Year>> {
    let sql = format!("{COLUMNS} WHERE deleted_at IS NULL ORDER BY label DESC");
    Ok(conn.prepare_cached(&sql)?.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
}

/// The school year of an id.
///
/// # Errors
/// `not_found`.
pub fn find(conn: &Connection, id: Uuid) -> Result<Year> {
    let sql = format!("{COLUMNS} WHERE id = ?1 AND deleted_at IS NULL");
    let found = conn.prepare_cached(&sql)?.query_row([id.as_bytes()], read).optional()?;
    found.ok_or_else(|| NodeError::new(Code::NotFound, "this school year is not there any more; choose another"))
}

/// The year that the desk works in today: the open one that today is in, else the open one that begins last, else the newest.
pub fn current(years: &[Year], today: i32) -> Option<&Year> {
    let open = || years.iter().filter(|year| year.status == "open");
    open()
        .find(|year| (year.start_date.0..=year.end_date.0).contains(&today))
        .or_else(|| open().max_by_key(|year| year.start_date))
        .or_else(|| years.first())
}

impl Year {
    /// Whether something can be written of this day; `today` in days since 1970-01-01.
    ///
    /// # Errors
    /// `rule` where nothing may be written into the year any more, or the day is none of it.
    pub fn check_day(&self, day: Day, today: i32) -> Result<()> {
        if self.status == "closed" {
            let message = format!("school year {} is closed; open it again, or choose another", self.label);
            return Err(NodeError::new(Code::Rule, message));
        }
        let refused =
            |message| Err(NodeError::new(Code::Rule, message).with_details(serde_json::json!({ "field": "on_date" })));
        let early = if self.status == "draft" { enrolment::DRAFT_DAYS } else { enrolment::EARLY_DAYS };
        if let Some(problem) = enrolment::day(day.0, self.start_date.0, self.end_date.0, early) {
            return Err(problem.into());
        }
        if day.0 > today {
            return refused(format!("{day} is not here yet; choose today or an earlier day"));
        }
        Ok(())
    }
}

/// A year is 52 weeks later, so that first days stay Mondays.
const WEEKS: i32 = 364;

/// Makes the year after `year`, as a draft.
///
/// # Errors
/// `rule` where the label does not say which that is.
pub fn begin_next(work: &mut Work<'_, '_>, year: Uuid) -> Result<Saved> {
    let found = find(work.conn(), year)?;
    let odd = || NodeError::new(Code::Rule, "this school year has no year after it; make one by hand");
    crate::domain::written::save(work, "school_year", None, following(&found).ok_or_else(odd)?)
}

/// What the year after `year` would be called and when it would run.
pub fn following(year: &Year) -> Option<serde_json::Value> {
    let first: u16 = year.label.split('-').nth(1)?.parse().ok()?;
    Some(serde_json::json!({
        "label": format!("{first}-{}", first.checked_add(1)?),
        "start_date": Day(year.start_date.0 + WEEKS),
        "end_date": Day(year.end_date.0 + WEEKS),
        "cutoff_date": year.cutoff_date.map(|day| Day(day.0 + WEEKS)),
        "status": "draft",
    }))
}
