//! Learners who were absent five class days in a row, whom School Form 2 counts and whose homes are visited.
//!
//! Days on which nobody took attendance say nothing and are passed over.

use super::super::Desk;
use crate::Result;
use crate::app::request::{May, Request};
use crate::domain::attendance::days::{self, Calendar};
use crate::domain::attendance::section::{Section, SectionInfo, Year};
use crate::domain::attendance::{roster, sheets};
use pems_model::Act;
use pems_model::value::format_date;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use ts_rs::TS;
use uuid::Uuid;

/// Class days in a row that are reported (School Form 2).
pub(super) const IN_A_ROW: usize = 5;
/// How far back an absence is followed: a term. Longer ones are known to everybody.
pub(in crate::app) const LOOK_BACK: i32 = 120;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Caller {
    pub name: String,
    /// `father`, `mother`, `guardian` or `other`.
    pub relation: String,
    pub phone: Option<String>,
    pub primary: bool,
}

/// A learner who has been away for five class days or more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct LongAbsent {
    #[ts(type = "string")]
    pub student: Uuid,
    pub listed: String,
    pub section: SectionInfo,
    /// Class days in a row.
    pub days: usize,
    pub since: String,
    /// All of them excused.
    pub excused: bool,
    pub guardians: Vec<Caller>,
}

/// Runs of whole days absent that last until the last day that was taken: learner to (days, first day, all excused).
pub(in crate::app) fn runs(
    desk: &Desk,
    section: &Section,
    calendar: &Calendar,
    until: i32,
) -> Result<HashMap<Uuid, (usize, i32, bool)>> {
    let mut runs: HashMap<Uuid, (usize, i32, bool)> = HashMap::new();
    let mut going: Option<HashSet<Uuid>> = None;
    for date in (until - LOOK_BACK..=until).rev().filter(|date| calendar.day(*date, &section.grade).class) {
        let Some(marked) = sheets::marked(&desk.store, section.id, date, calendar.half_days)? else { continue };
        let mut of: HashMap<Uuid, Vec<(&str, String)>> = HashMap::new();
        for (student, session, code) in marked {
            of.entry(student).or_default().push((session, code));
        }
        of.retain(|student, marks| {
            let absent = sheets::absent_halves(marks.iter().map(|(s, c)| (*s, c.as_str()))) == 2;
            absent && going.as_ref().is_none_or(|going| going.contains(student))
        });
        if of.is_empty() {
            break;
        }
        for (student, marks) in &of {
            let run = runs.entry(*student).or_insert((0, date, true));
            *run = (run.0 + 1, date, run.2 && marks.iter().all(|(_, code)| code == "E"));
        }
        going = Some(of.into_keys().collect());
    }
    Ok(runs)
}

impl Desk {
    pub(in crate::app) fn away(&self, date: Option<&str>) -> Result<Vec<LongAbsent>> {
        let date = date.map_or(Ok(self.today()), |text| days::date(text, "date"))?;
        let conn = self.store.conn();
        let mut found = Vec::new();
        if let Some(year) = Year::on(conn, date)? {
            let calendar = Calendar::load(conn, &year, date - LOOK_BACK, date)?;
            for section in Section::of_year(conn, year.id)?.iter().filter(|section| self.may_take(section)) {
                self.long_absent(section, &calendar, date, &mut found)?;
            }
        }
        Ok(found)
    }

    /// Adds the learners of this section who have been away that long. The calendar reaches back [`LOOK_BACK`] days.
    pub(in crate::app) fn long_absent(
        &self,
        section: &Section,
        calendar: &Calendar,
        date: i32,
        found: &mut Vec<LongAbsent>,
    ) -> Result<()> {
        let mut runs = runs(self, section, calendar, date)?;
        runs.retain(|_, (days, ..)| *days >= IN_A_ROW);
        if runs.is_empty() {
            return Ok(());
        }
        for member in roster::as_of(self.store.conn(), section.id, date)? {
            let Some((days, since, excused)) = runs.remove(&member.student) else { continue };
            found.push(LongAbsent {
                student: member.student,
                listed: member.name.listed(),
                section: self.section_info(section),
                days,
                since: format_date(since),
                excused,
                guardians: callers(self.store.conn(), member.student)?,
            });
        }
        Ok(())
    }
}

/// Whom to call, the first to call first.
fn callers(conn: &Connection, student: Uuid) -> Result<Vec<Caller>> {
    let mut statement = conn.prepare_cached(
        "SELECT g.first_name, g.last_name, l.relation, g.phone, coalesce(l.is_primary, 0) AS first_to_call
         FROM student_guardian l JOIN guardian g ON g.id = l.guardian
         WHERE l.student = ?1 AND l.deleted_at IS NULL AND g.deleted_at IS NULL ORDER BY first_to_call DESC, g.search_key",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        let (first, last): (Option<String>, String) = (row.get(0)?, row.get(1)?);
        let name = first.map_or_else(|| last.clone(), |first| format!("{first} {last}"));
        Ok(Caller { name, relation: row.get(2)?, phone: row.get(3)?, primary: row.get(4)? })
    };
    Ok(statement.query_map([student.as_bytes()], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Who is absent five class days in a row.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct FiveDays {
    #[serde(default)]
    #[ts(optional)]
    date: Option<String>,
}

impl Request<Desk> for FiveDays {
    const NAME: &'static str = "attendance.five_days";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Vec<LongAbsent>;

    fn run(self, desk: &mut Desk) -> Result<Vec<LongAbsent>> {
        let FiveDays { date } = self;
        desk.away(date.as_deref())
    }
}
