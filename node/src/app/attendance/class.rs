//! One class on one day: who is there to be marked, what is marked, and whether it may still be.

use super::super::Desk;
use super::absent;
use super::lock::{self, Report};
use crate::Result;
use crate::app::request::{May, Request};
use crate::domain::attendance::days::{self, Calendar, Day};
use crate::domain::attendance::roster::{self, Name};
use crate::domain::attendance::section::{Section, SectionInfo, Year, user_name};
pub(super) use crate::domain::attendance::taking::check_session;
use crate::domain::attendance::{moved, sheets, tally};
use pems_model::Act;
use pems_model::value::{format_date, format_time};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use ts_rs::TS;
use uuid::Uuid;

/// How far the class days before and after are looked for: over the longest vacation.
const NEIGHBOURS: i32 = 90;

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
    /// The first of them.
    pub away_since: Option<String>,
    /// The day counts in another class, where the learner was marked before changing sections; among [`Class::moved`], where the
    /// learner is now.
    pub elsewhere: Option<Elsewhere>,
}

/// Another class of a learner's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Elsewhere {
    /// `7-Rizal`.
    pub section: String,
    /// The mark there.
    pub code: String,
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
    /// What whoever is here marked and did not submit.
    pub draft: Option<super::drafts::Draft>,
    pub pupils: Vec<Pupil>,
    /// Who was marked here on this day and is in another section since: the marks stay, and count here.
    pub moved: Vec<Pupil>,
}

/// # Errors
/// `not_a_choice`.
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

    pub(super) fn class(&self, section: Uuid, date: &str, session: &str) -> Result<Class> {
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
        Ok(Class {
            draft: self.draft_of(section.id, date, session)?,
            moved: self.moved(&section, date, session)?,
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
        let conn = self.store.conn();
        let mut pupils = Vec::new();
        for member in roster::as_of(conn, section.id, date)? {
            let (code, note) = marks.remove(&member.student).map_or(("P".into(), None), |mark| (mark.code, mark.note));
            let away = away.get(&member.student);
            let other = moved::elsewhere(conn, member.student, section.id, date..date + 1)?.remove(&date);
            pupils.push(Pupil {
                id: member.student,
                listed: member.name.listed(),
                name: member.name,
                sex: member.sex,
                code,
                note,
                away: away.map_or(0, |(days, ..)| *days),
                away_since: away.map(|(_, since, _)| format_date(*since)),
                elsewhere: other.map(|(there, marks)| self.elsewhere(there, &marks)).transpose()?,
            });
        }
        Ok(pupils)
    }

    fn elsewhere(&self, section: Uuid, marks: &[(String, String)]) -> Result<Elsewhere> {
        Ok(Elsewhere { section: Section::find(self.store.conn(), section)?.title(), code: moved::code(marks) })
    }

    /// Who was marked here and is in another section by now.
    fn moved(&self, section: &Section, date: i32, session: &str) -> Result<Vec<Pupil>> {
        let conn = self.store.conn();
        let mut pupils = Vec::new();
        for stray in tally::tally(&self.store, section.id, date)?.strays {
            let mut marks = moved::marks(conn, stray.student, date..date + 1)?.remove(&date).unwrap_or_default();
            let mut marks = marks.remove(&section.id).unwrap_or_default();
            marks.retain(|(of, _)| session == "day" || of == session || of == "day");
            let (name, sex) = roster::named(conn, stray.student)?;
            pupils.push(Pupil {
                id: stray.student,
                listed: name.listed(),
                name,
                sex,
                code: moved::code(&marks),
                note: None,
                away: 0,
                away_since: None,
                elsewhere: Some(self.elsewhere(stray.home, &[])?),
            });
        }
        pupils.sort_by(|a, b| a.listed.cmp(&b.listed));
        Ok(pupils)
    }
}

/// A class on a day.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadClass {
    #[ts(type = "string")]
    section: Uuid,
    date: String,
    /// `day`, `am` or `pm`.
    session: String,
}

impl Request<Desk> for ReadClass {
    const NAME: &'static str = "attendance.class";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Class;

    fn run(self, desk: &mut Desk) -> Result<Class> {
        let ReadClass { section, date, session } = self;
        desk.class(section, &date, &session)
    }
}
