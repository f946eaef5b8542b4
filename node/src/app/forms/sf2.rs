//! School Form 2 of a section and month, from the records.

use super::form::{Form, Gathered, Paper};
use super::named::Said;
use super::{school, stays};
use crate::Result;
use crate::app::Desk;
use crate::app::access::Access;
use crate::app::attendance::{Classed, marks_of, runs};
use crate::domain::attendance::days::{Calendar, Month};
use crate::domain::attendance::roster::{self, Member, Name};
use crate::domain::attendance::section::{Section, Year};
use crate::domain::attendance::sheets;
use pems_forms::sf2::{Code, Day, DayKind, Learner, Mark, Policy, Session, Sf2, Stay};
use pems_forms::{FormError, Missing, Page};
use rusqlite::Connection;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use ts_rs::TS;
use uuid::Uuid;

/// How far back a row of absences is followed: as `attendance` does.
const LOOK_BACK: i32 = 120;

/// School Form 2 of a month (`2026-06`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "FormAskedSf2")]
pub struct AskSf2 {
    #[ts(type = "string")]
    pub section: Uuid,
    pub month: String,
}

impl Form for AskSf2 {
    const WORDS: &'static [&'static str] = &["section", "year", "month"];

    fn named(said: &Said<'_>) -> Result<AskSf2> {
        Ok(AskSf2 { section: said.section()?, month: said.need("month", "2026-10")?.to_owned() })
    }

    fn gather(&self, desk: &mut Desk) -> Result<Gathered> {
        // Who takes a class answers for its month.
        if !desk.may_take(&Section::find(desk.store.conn(), self.section)?) {
            desk.check_sees_section(self.section)?;
        }
        gather(desk, self.section, &self.month)
    }

    fn is_offered(desk: &Desk, section: &Section, sight: &Access) -> bool {
        sight.sees(Some(section.id)) || desk.may_take(section)
    }
}

impl Paper for Sf2 {
    fn missing(&self) -> Vec<Missing> {
        pems_forms::sf2::missing(self)
    }

    fn pages(&self) -> Vec<Page> {
        pems_forms::sf2::pages(self)
    }

    fn workbook(&self) -> Option<std::result::Result<Vec<u8>, FormError>> {
        Some(pems_forms::sf2::xlsx(self))
    }

    fn formats(&self) -> Vec<&'static str> {
        vec!["pdf", "xlsx"]
    }
}

fn gather(desk: &Desk, section: Uuid, month: &str) -> Result<Gathered> {
    let month = Month::parse(month)?;
    let conn = desk.store.conn();
    let section = Section::find(conn, section)?;
    let year = Year::find(conn, section.year)?;
    let calendar = Calendar::load(conn, &year, month.first - LOOK_BACK, month.next)?;
    // From the day before: who left on the first of the month was there until then, and this month's form says so.
    let mut members = roster::members(conn, section.id, month.first - 1, month.next - 1)?;
    let on_cutoff = match year.cutoff {
        Some(cutoff) => roster::as_of(conn, section.id, cutoff)?,
        None => Vec::new(),
    };
    let known = |members: &[Member], id: Uuid| members.iter().any(|member| member.student == id);
    let before: Vec<Member> = on_cutoff.iter().filter(|one| !known(&members, one.student)).cloned().collect();
    members.extend(before);
    let taken = marks_of(desk, section.id, year.half_days, month.dates())?;
    let absent = runs(desk, &section, &calendar, month.first - 1)?;
    let title = format!("School Form 2, {}, {}", section.title(), month.words());
    let classed = Classed::of(conn, section.id, &members, month.dates(), &taken)?;
    let gathering =
        Gathering { conn, section: &section, on_cutoff: &on_cutoff, taken: &taken, absent: &absent, classed: &classed };
    let form = Sf2 {
        school: school::letterhead(&desk.store)?.school,
        school_year: year.label.clone(),
        year: month.year,
        month: month.number,
        grade: section.grade.clone(),
        section: section.name.clone(),
        section_id: Some(section.id),
        adviser: section.adviser_name.clone().unwrap_or_default(),
        days: days(&calendar, month, &section.grade),
        learners: gathering.learners(&members)?,
        half_taken: half_taken(desk, &section, &year, month)?,
        taken: taken.keys().copied().collect(),
        policy: Policy {
            cutoff_date: year.cutoff,
            wording: year.drop_label.clone().filter(|text| !text.is_empty()).unwrap_or(Policy::default().wording),
            ..Policy::default()
        },
    };
    Ok(Gathered { title, form: Box::new(form) })
}

/// Dates of which only one half was taken, with the other.
fn half_taken(desk: &Desk, section: &Section, year: &Year, month: Month) -> Result<Vec<(i32, Session)>> {
    let mut found = Vec::new();
    for date in month.dates() {
        let sheets = sheets::of_day(&desk.store, section.id, date)?;
        match sheets::untaken(year.half_days, &sheets) {
            Some("am") => found.push((date, Session::Am)),
            Some("pm") => found.push((date, Session::Pm)),
            _ => {}
        }
    }
    Ok(found)
}

/// The days that the calendar knows; days outside the school year are none.
fn days(calendar: &Calendar, month: Month, grade: &str) -> Vec<Day> {
    let day = |date: i32| {
        let day = calendar.day(date, grade);
        let kind = match day.kind.as_str() {
            "class" => DayKind::Class,
            "makeup" => DayKind::Makeup,
            "event" => DayKind::Event,
            "holiday" => DayKind::Holiday,
            "suspension" => DayKind::Suspension,
            _ => return None,
        };
        Some(Day { date, kind, label: day.label.unwrap_or_default() })
    };
    month.dates().filter_map(day).collect()
}

type Marks = HashMap<Uuid, Vec<(&'static str, String)>>;

struct Gathering<'a> {
    conn: &'a Connection,
    section: &'a Section,
    on_cutoff: &'a [Member],
    taken: &'a BTreeMap<i32, Marks>,
    absent: &'a HashMap<Uuid, (usize, i32, bool)>,
    classed: &'a Classed<'a>,
}

impl Gathering<'_> {
    fn learners(&self, members: &[Member]) -> Result<Vec<Learner>> {
        let mut learners: Vec<Learner> = Vec::new();
        for member in members {
            let stay = self.stay(member)?;
            match learners.iter_mut().find(|learner| learner.id == member.student) {
                Some(learner) => learner.stays.push(stay),
                None => learners.push(Learner {
                    stays: vec![stay],
                    ..self.learner(member.student, &member.name, member.sex.as_deref())
                }),
            }
        }
        for (student, name, sex) in self.classed.others() {
            learners.push(self.learner(*student, name, sex.as_deref()));
        }
        Ok(learners)
    }

    fn stay(&self, member: &Member) -> Result<Stay> {
        let came = stays::came(self.conn, self.section.id, member)?;
        Ok(Stay { from: member.from, came, left: stays::left(self.conn, self.section.id, member)? })
    }

    fn learner(&self, student: Uuid, name: &Name, sex: Option<&str>) -> Learner {
        Learner {
            id: student,
            name: school::name(name),
            sex: school::sex(sex),
            stays: Vec::new(),
            marked_here: self.classed.strays(student),
            marked_elsewhere: self.classed.elsewhere(student),
            in_section_on_cutoff: self.on_cutoff.iter().any(|one| one.student == student),
            absent_before: self.absent.get(&student).map_or(0, |run| u16::try_from(run.0).unwrap_or(u16::MAX)),
            marks: self.marks(student),
            remarks: String::new(),
        }
    }

    fn marks(&self, student: Uuid) -> Vec<Mark> {
        let of_day = |(date, marks): (&i32, &Marks)| {
            let mark = |(session, code): &(&'static str, String)| {
                let code = match code.as_str() {
                    "A" => Code::Absent,
                    "L" => Code::Late,
                    "C" => Code::Cutting,
                    "E" => Code::Excused,
                    _ => return None,
                };
                let session = match *session {
                    "am" => Session::Am,
                    "pm" => Session::Pm,
                    _ => Session::Day,
                };
                Some(Mark { date: *date, session, code })
            };
            marks.get(&student).into_iter().flatten().filter_map(mark).collect::<Vec<_>>()
        };
        self.taken.iter().flat_map(of_day).collect()
    }
}
