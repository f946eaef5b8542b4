//! The adviser's own section: whether it was taken today, and what School Form 2 still wants of this month and the last one.

use super::super::attendance::days::{Calendar, Month};
use super::super::attendance::lock::{self, Report};
use super::super::attendance::overview::SectionDay;
use super::super::attendance::section::{Section, Year};
use super::super::attendance::sheets;
use crate::Result;
use crate::desk::Desk;
use pems_model::value::format_date;
use serde::Serialize;
use ts_rs::TS;

/// A month of School Form 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OwnMonth {
    /// `2026-06`.
    pub month: String,
    /// Its last day has passed: it is signed now.
    pub over: bool,
    /// Class days before today on which attendance was not taken.
    pub untaken: Vec<String>,
    pub report: Option<Report>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OwnSection {
    pub today: SectionDay,
    pub male: i64,
    pub female: i64,
    /// This month and the one before, the older first; without those that have no class days yet.
    pub months: Vec<OwnMonth>,
}

pub(super) fn own(desk: &Desk, section: &Section, year: &Year, calendar: &Calendar, today: i32) -> Result<OwnSection> {
    let this = Month::of(today);
    let before = this.and_then(|month| Month::of(month.first - 1));
    let mut months = Vec::new();
    for month in before.into_iter().chain(this).filter(|month| month.next > year.start && month.first <= year.end) {
        months.extend(own_month(desk, section, calendar, month, today)?);
    }
    let members = super::super::attendance::roster::as_of(desk.store.conn(), section.id, today)?;
    let of = |sex: &str| members.iter().filter(|member| member.sex.as_deref() == Some(sex)).count();
    let count = |sex: &str| i64::try_from(of(sex)).unwrap_or_default();
    Ok(OwnSection {
        today: desk.section_day(section, calendar, today, true)?,
        male: count("M"),
        female: count("F"),
        months,
    })
}

fn own_month(
    desk: &Desk,
    section: &Section,
    calendar: &Calendar,
    month: Month,
    today: i32,
) -> Result<Option<OwnMonth>> {
    let mut class_days = 0;
    let mut untaken = Vec::new();
    for date in month.dates().filter(|date| *date <= today && calendar.day(*date, &section.grade).counts()) {
        class_days += 1;
        if date < today
            && sheets::untaken(calendar.half_days, &sheets::of_day(&desk.store, section.id, date)?).is_some()
        {
            untaken.push(format_date(date));
        }
    }
    if class_days == 0 {
        return Ok(None);
    }
    let report = lock::find(desk.store.conn(), section.id, month)?.map(|(_, report)| report);
    let month_text = format!("{:04}-{:02}", month.year, month.number);
    Ok(Some(OwnMonth { month: month_text, over: month.next <= today, untaken, report }))
}
