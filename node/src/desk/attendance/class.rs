//! One class on one day: who is there to be marked, what is marked, and whether it may still be.

use super::super::Desk;
use super::super::session::to_json;
use super::absent;
use super::days::{self, Calendar, Day};
use super::lock::{self, Report};
use super::roster::{self, Name};
use super::section::{Section, Year, user_name};
use super::sheets;
use crate::Result;
use pems_model::value::{format_date, format_time};
use pems_model::{Code, Problem};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::HashMap;
use ts_rs::TS;
use uuid::Uuid;

/// How far the class days before and after are looked for: over the longest vacation.
const NEIGHBOURS: i32 = 90;

/// A section as the attendance screens show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SectionInfo {
    #[ts(type = "string")]
    pub id: Uuid,
    pub name: String,
    pub grade_level: String,
    pub adviser: Option<String>,
    /// Whether the person here advises it.
    pub mine: bool,
    /// Whether the person here may take its attendance.
    pub may_take: bool,
}

/// Who took the attendance, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Taken {
    pub by: Option<String>,
    /// RFC 3339.
    pub at: Option<String>,
    /// Why it was corrected afterwards, the last time.
    pub correction: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Pupil {
    #[ts(type = "string")]
    pub id: Uuid,
    pub name: Name,
    /// `Dela Cruz, Juan Jr. Santos`.
    pub listed: String,
    pub sex: Option<String>,
    /// `P`, `A`, `L`, `C` or `E`; of a whole day also `AM` or `PM`, absent for half of it; `P` also where nobody took attendance yet.
    pub code: String,
    pub note: Option<String>,
    /// Class days in a row that the learner was absent until the one before; 0 for one who was there.
    pub away: usize,
}

/// A class on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Class {
    pub section: SectionInfo,
    pub school_year: String,
    pub day: Day,
    pub session: String,
    /// The school takes attendance for the morning and the afternoon.
    pub half_days: bool,
    pub today: String,
    /// None: attendance was not taken, which is not the same as all present.
    pub taken: Option<Taken>,
    /// Who signed the month, which locks it.
    pub locked: Option<Report>,
    /// A past day that was taken is changed with a reason.
    pub needs_reason: bool,
    /// The class days before and after, up to today.
    pub before: Option<String>,
    pub after: Option<String>,
    pub pupils: Vec<Pupil>,
}

/// # Errors
/// `not_a_choice`.
pub(super) fn check_session(session: &str) -> Result<()> {
    if sheets::SESSIONS.contains(&session) {
        return Ok(());
    }
    Err(Problem::at(Code::NotAChoice, "session", "a session is day, am or pm").into())
}

impl Desk {
    pub(super) fn section_info(&self, section: &Section) -> SectionInfo {
        SectionInfo {
            id: section.id,
            name: section.name.clone(),
            grade_level: section.grade.clone(),
            adviser: section.adviser_name.clone(),
            mine: self.advises(section),
            may_take: self.may_take(section),
        }
    }

    pub(super) fn taken(&self, sheet: &sheets::Sheet) -> Result<Taken> {
        Ok(Taken {
            by: user_name(self.store.conn(), sheet.taken_by)?,
            at: sheet.taken_at.map(format_time),
            correction: sheet.correction.clone(),
        })
    }

    pub(super) fn class(&self, section: Uuid, date: &str, session: &str) -> Result<Json> {
        check_session(session)?;
        let date = days::date(date, "date")?;
        let conn = self.store.conn();
        let section = Section::find(conn, section)?;
        let year = Year::find(conn, section.year)?;
        let calendar = Calendar::load(conn, &year, date - 1 - absent::LOOK_BACK, date + NEIGHBOURS)?;
        let away = absent::runs(self, &section, &calendar, date - 1)?;
        let sheet = sheets::find(&self.store, section.id, date, session)?;
        let is_class = |date: &i32| calendar.day(*date, &section.grade).class;
        let today = self.today();
        to_json(&Class {
            pupils: self.pupils(&section, (date, session), !year.half_days && session == "day", &away)?,
            taken: sheet.as_ref().map(|sheet| self.taken(sheet)).transpose()?,
            locked: lock::on(conn, section.id, date)?,
            needs_reason: sheet.is_some() && date < today,
            before: (date - NEIGHBOURS..date).rev().find(is_class).map(format_date),
            after: (date + 1..=today.min(date + NEIGHBOURS)).find(is_class).map(format_date),
            day: calendar.day(date, &section.grade),
            session: session.to_owned(),
            half_days: year.half_days,
            today: format_date(today),
            school_year: year.label,
            section: self.section_info(&section),
        })
    }

    fn pupils(
        &self,
        section: &Section,
        (date, session): (i32, &str),
        halves: bool,
        away: &HashMap<Uuid, (usize, i32, bool)>,
    ) -> Result<Vec<Pupil>> {
        let marks = sheets::taken(&self.store, section.id, date, session, halves)?;
        let mut marks: HashMap<Uuid, sheets::Mark> = marks.into_iter().map(|mark| (mark.student, mark)).collect();
        let members = roster::as_of(self.store.conn(), section.id, date)?;
        let pupil = |member: roster::Member| {
            let (code, note) = marks.remove(&member.student).map_or(("P".into(), None), |mark| (mark.code, mark.note));
            let away = away.get(&member.student).map_or(0, |(days, ..)| *days);
            Pupil {
                id: member.student,
                listed: member.name.listed(),
                name: member.name,
                sex: member.sex,
                code,
                note,
                away,
            }
        };
        Ok(members.into_iter().map(pupil).collect())
    }
}
