//! The adviser's own section: whether it was taken today, and what School Form 2 still wants of this month and the last one.

use super::super::attendance::drafts::Unsubmitted;
use super::super::attendance::lock::{self, Report};
use super::super::attendance::overview::SectionDay;
use crate::Result;
use crate::app::Desk;
use crate::domain::attendance::days::{Calendar, Month};
use crate::domain::attendance::section::{Section, Year};
use crate::domain::attendance::{moved, roster, sheets, tally};
use crate::domain::enrolment::record::SUPERSEDED;
use pems_model::value::format_date;
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

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

/// Who went from this section to another one lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "MovedOn")]
pub struct Moved {
    #[ts(type = "string")]
    pub student: Uuid,
    pub listed: String,
    /// `7-Rizal`.
    pub to: String,
    /// The first day there.
    pub on: String,
    /// Days since then on which he was marked here: these marks stay, and count here.
    pub marked: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OwnSection {
    pub today: SectionDay,
    pub male: i64,
    pub female: i64,
    /// This month and the one before, the older first; without those that have no class days yet.
    pub months: Vec<OwnMonth>,
    /// Who went to another section within the last weeks.
    pub moved: Vec<Moved>,
    /// What the adviser marked and did not submit.
    pub unsubmitted: Vec<Unsubmitted>,
}

/// Days that a move is told of.
const LATELY: i32 = 30;

pub(super) fn own(desk: &Desk, section: &Section, year: &Year, calendar: &Calendar, today: i32) -> Result<OwnSection> {
    let this = Month::of(today);
    let before = this.and_then(|month| Month::of(month.first - 1));
    let mut months = Vec::new();
    for month in before.into_iter().chain(this).filter(|month| month.next > year.start && month.first <= year.end) {
        months.extend(own_month(desk, section, calendar, month, today)?);
    }
    let members = roster::as_of(desk.store.conn(), section.id, today)?;
    let of = |sex: &str| members.iter().filter(|member| member.sex.as_deref() == Some(sex)).count();
    let count = |sex: &str| i64::try_from(of(sex)).unwrap_or_default();
    Ok(OwnSection {
        today: desk.section_day(section, calendar, today, true)?,
        moved: moved_on(desk, section, calendar, today)?,
        unsubmitted: desk.unsubmitted()?.into_iter().filter(|one| one.section == section.id).collect(),
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

/// Who sits in another section since some day of the last weeks, and which days of theirs count here all the same.
fn moved_on(desk: &Desk, section: &Section, calendar: &Calendar, today: i32) -> Result<Vec<Moved>> {
    let conn = desk.store.conn();
    let mut gone: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    let mut statement = conn.prepare_cached(&format!(
        "SELECT DISTINCT e.student FROM section_membership m JOIN enrolment e ON e.id = m.enrolment
         WHERE m.section = ?1 AND m.deleted_at IS NULL AND e.deleted_at IS NULL AND e.status <> 'cancelled'
           AND min(coalesce(m.valid_to, ?3 + 1), coalesce({SUPERSEDED}, ?3 + 1)) BETWEEN ?2 AND ?3"
    ))?;
    let found = statement.query_map((section.id.as_bytes(), today - LATELY, today), |row| row.get(0))?;
    for student in found {
        gone.insert(Uuid::from_bytes(student?), Vec::new());
    }
    for date in (today - LATELY..=today).filter(|date| calendar.day(*date, &section.grade).class) {
        for stray in tally::tally(&desk.store, section.id, date)?.strays {
            gone.entry(stray.student).or_default().push(format_date(date));
        }
    }
    let mut told = Vec::new();
    for (student, marked) in gone {
        let Some((home, from)) = moved::seat(conn, student, today)?.filter(|(home, _)| *home != section.id) else {
            continue;
        };
        let to = Section::find(conn, home)?.title();
        told.push(Moved {
            student,
            listed: roster::named(conn, student)?.0.listed(),
            to,
            on: format_date(from),
            marked,
        });
    }
    told.sort_by(|a, b| (&b.on, &a.listed).cmp(&(&a.on, &b.listed)));
    Ok(told)
}
