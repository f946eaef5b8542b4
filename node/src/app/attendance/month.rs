//! A section's month as a grid, as it stands on School Form 2.

use super::super::Desk;
use super::lock::{self, Report};
use crate::Result;
use crate::app::request::{May, Request};
use crate::domain::attendance::days::{Calendar, Day, Month};
use crate::domain::attendance::section::{Section, SectionInfo, Year};
use crate::domain::attendance::{moved, roster, sheets};
use pems_model::Act;
use pems_model::value::format_date;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use ts_rs::TS;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MonthDay {
    pub day: Day,
    /// Whether attendance was taken; without, no marks say nothing.
    pub taken: bool,
    /// Half days present.
    pub male_halves: u32,
    pub female_halves: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MonthPupil {
    #[ts(type = "string")]
    pub id: Uuid,
    pub listed: String,
    pub sex: Option<String>,
    /// For each day: `""` present, `A`, `L`, `C`, `E`, `am` or `pm` for half a day absent; `null` where the learner was not in the
    /// section or attendance was not taken.
    pub marks: Vec<Option<String>>,
    /// Half days absent.
    pub absent_halves: u32,
    pub tardy: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MonthSheet {
    pub section: SectionInfo,
    pub school_year: String,
    /// `2026-06`.
    pub month: String,
    /// Months of the school year that have begun.
    pub months: Vec<String>,
    pub report: Option<Report>,
    pub may_reopen: bool,
    pub today: String,
    /// Class days, and other days that have a name; plain weekends are left out.
    pub days: Vec<MonthDay>,
    pub pupils: Vec<MonthPupil>,
    /// Class days up to today on which attendance was not taken, or half of it.
    pub untaken: Vec<Untaken>,
    /// Class days of the month that have not come: it is signed after them.
    pub coming: usize,
    /// What whoever is here marked in this month and did not submit.
    pub drafts: Vec<super::drafts::Unsubmitted>,
}

/// A class day, and what of it was not taken: `day`, or the half that lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "UntakenDay")]
pub struct Untaken {
    pub date: String,
    pub session: String,
}

type Marks = HashMap<Uuid, Vec<(&'static str, String)>>;

/// The marks of every day on which attendance was taken.
pub(in crate::app) fn marks_of(
    desk: &Desk,
    section: Uuid,
    half_days: bool,
    dates: std::ops::Range<i32>,
) -> Result<BTreeMap<i32, Marks>> {
    let mut taken = BTreeMap::new();
    for date in dates {
        let Some(marked) = sheets::marked(&desk.store, section, date, half_days)? else { continue };
        let mut of: Marks = HashMap::new();
        for (student, session, code) in marked {
            of.entry(student).or_default().push((session, code));
        }
        taken.insert(date, of);
    }
    Ok(taken)
}

/// What stands in the grid, the half days absent and whether the learner was tardy.
fn cell(marks: &[(&str, String)]) -> (String, u32, bool) {
    let halves = sheets::absent_halves(marks.iter().map(|(session, code)| (*session, code.as_str())));
    let tardy = marks.iter().find(|(_, code)| matches!(code.as_str(), "L" | "C"));
    let first_absence = marks.iter().find(|(_, code)| matches!(code.as_str(), "A" | "E"));
    match (halves, first_absence, tardy) {
        (2, Some((_, code)), _) => (code.clone(), 2, false),
        (1, Some((session, _)), _) => ((*session).to_owned(), 1, tardy.is_some()),
        (_, _, Some((_, code))) => (code.clone(), 0, true),
        _ => (String::new(), 0, false),
    }
}

/// Months from the year's first day to `today` or its end.
pub(in crate::app) fn months(year: &Year, today: i32) -> Vec<String> {
    let mut months = Vec::new();
    let mut next = Month::of(year.start);
    while let Some(month) = next.filter(|month| month.first <= year.end.min(today.max(year.start))) {
        months.push(format!("{:04}-{:02}", month.year, month.number));
        next = Month::of(month.next);
    }
    months
}

impl Desk {
    pub(super) fn month(&self, section: Uuid, month: &str) -> Result<MonthSheet> {
        let month = Month::parse(month)?;
        let conn = self.store.conn();
        let section = Section::find(conn, section)?;
        let year = Year::find(conn, section.year)?;
        let calendar = Calendar::load(conn, &year, month.first, month.next)?;
        let taken = marks_of(self, section.id, year.half_days, month.dates())?;
        let today = self.today();
        let shown = |day: &Day| day.class || day.label.is_some();
        let dates: Vec<(i32, Day)> = month.dates().map(|date| (date, calendar.day(date, &section.grade))).collect();
        let mut untaken = Vec::new();
        for (date, _) in dates.iter().filter(|(date, day)| day.counts() && *date <= today && !taken.contains_key(date))
        {
            let sheets = sheets::of_day(&self.store, section.id, *date)?;
            let session = sheets::untaken(year.half_days, &sheets).unwrap_or("day");
            untaken.push(Untaken { date: format_date(*date), session: session.to_owned() });
        }
        let coming = dates.iter().filter(|(date, day)| day.counts() && *date > today).count();
        let mut drafts = self.unsubmitted()?;
        let this = format!("{:04}-{:02}-", month.year, month.number);
        drafts.retain(|one| one.section == section.id && one.date.starts_with(&this));
        let dates: Vec<(i32, Day)> = dates.into_iter().filter(|(_, day)| shown(day)).collect();
        let mut days: Vec<MonthDay> = dates
            .iter()
            .map(|(date, day)| MonthDay {
                day: day.clone(),
                taken: day.class && taken.contains_key(date),
                male_halves: 0,
                female_halves: 0,
            })
            .collect();
        let members = roster::members(conn, section.id, month.first, month.next - 1)?;
        let classed = Classed::of(conn, section.id, &members, month.dates(), &taken)?;
        let pupils = pupils(&classed, &dates, &mut days, &taken);
        Ok(MonthSheet {
            pupils,
            days,
            untaken,
            coming,
            drafts,
            months: months(&year, today),
            report: lock::find(conn, section.id, month)?.map(|(_, report)| report),
            may_reopen: Act::ReopenMonth.allows(self.role()),
            today: format_date(today),
            school_year: year.label,
            month: format!("{:04}-{:02}", month.year, month.number),
            section: self.section_info(&section),
        })
    }
}

/// Where each learner's days count, over a month.
pub(in crate::app) struct Classed<'a> {
    members: &'a [roster::Member],
    /// Days that count in another class, where the learner was marked.
    elsewhere: HashMap<Uuid, HashSet<i32>>,
    /// Days of learners who were marked here and are in another section by now.
    strays: BTreeMap<Uuid, HashSet<i32>>,
    /// Those of them who are no members in this month at all.
    others: Vec<(Uuid, roster::Name, Option<String>)>,
}

impl<'a> Classed<'a> {
    pub(in crate::app) fn of(
        conn: &Connection,
        section: Uuid,
        members: &'a [roster::Member],
        dates: std::ops::Range<i32>,
        taken: &BTreeMap<i32, Marks>,
    ) -> Result<Classed<'a>> {
        let mut classed = Classed { members, elsewhere: HashMap::new(), strays: BTreeMap::new(), others: Vec::new() };
        for member in members {
            let away = moved::elsewhere(conn, member.student, section, dates.clone())?;
            classed.elsewhere.insert(member.student, away.into_keys().collect());
        }
        for (date, marks) in taken {
            for stray in moved::strays(conn, section, *date, marks.keys().copied())? {
                classed.strays.entry(stray.student).or_default().insert(*date);
            }
        }
        for student in classed.strays.keys().filter(|id| !members.iter().any(|member| member.student == **id)) {
            let (name, sex) = roster::named(conn, *student)?;
            classed.others.push((*student, name, sex));
        }
        classed.others.sort_by_cached_key(|(_, name, _)| name.listed());
        Ok(classed)
    }

    /// Learners with marks here who are not in this section on any day of the month: name and sex.
    pub(in crate::app) fn others(&self) -> &[(Uuid, roster::Name, Option<String>)] {
        &self.others
    }

    /// The days that count here although the learner is in another section.
    pub(in crate::app) fn strays(&self, student: Uuid) -> Vec<i32> {
        let mut days: Vec<i32> = self.strays.get(&student).into_iter().flatten().copied().collect();
        days.sort_unstable();
        days
    }

    /// The days in this section that count in another class.
    pub(in crate::app) fn elsewhere(&self, student: Uuid) -> Vec<i32> {
        let mut days: Vec<i32> = self.elsewhere.get(&student).into_iter().flatten().copied().collect();
        days.sort_unstable();
        days
    }

    /// Whether a learner's day counts in this class.
    fn counts(&self, student: Uuid, date: i32) -> bool {
        let here = |member: &&roster::Member| {
            member.student == student && member.from <= date && member.to.is_none_or(|to| date < to)
        };
        let away = self.elsewhere.get(&student).is_some_and(|days| days.contains(&date));
        let stray = self.strays.get(&student).is_some_and(|days| days.contains(&date));
        stray || (!away && self.members.iter().any(|member| here(&member)))
    }

    /// Everybody with a line, once.
    fn learners(&self) -> Vec<(Uuid, &roster::Name, Option<&String>)> {
        let mut lines: Vec<(Uuid, &roster::Name, Option<&String>)> = Vec::new();
        let members = self.members.iter().map(|member| (member.student, &member.name, member.sex.as_ref()));
        for line in members.chain(self.others.iter().map(|(id, name, sex)| (*id, name, sex.as_ref()))) {
            if !lines.iter().any(|known| known.0 == line.0) {
                lines.push(line);
            }
        }
        lines
    }
}

/// A line for each learner; counts who was there into `days`.
fn pupils(
    classed: &Classed<'_>,
    dates: &[(i32, Day)],
    days: &mut [MonthDay],
    taken: &BTreeMap<i32, Marks>,
) -> Vec<MonthPupil> {
    let mut pupils: Vec<MonthPupil> = Vec::new();
    for (id, name, sex) in classed.learners() {
        let mut pupil = MonthPupil {
            id,
            listed: name.listed(),
            sex: sex.cloned(),
            marks: Vec::with_capacity(dates.len()),
            absent_halves: 0,
            tardy: 0,
        };
        for ((date, _), total) in dates.iter().zip(days.iter_mut()) {
            let marks = taken.get(date).filter(|_| total.taken && classed.counts(id, *date));
            pupil.marks.push(marks.map(|marks| {
                let (text, halves, tardy) = cell(marks.get(&id).map_or(&[], Vec::as_slice));
                pupil.absent_halves += halves;
                pupil.tardy += u32::from(tardy);
                match sex.map(String::as_str) {
                    Some("M") => total.male_halves += 2 - halves,
                    Some("F") => total.female_halves += 2 - halves,
                    _ => {}
                }
                text
            }));
        }
        pupils.push(pupil);
    }
    pupils
}

/// A section's month (`2026-06`) as a grid.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadMonth {
    #[ts(type = "string")]
    section: Uuid,
    month: String,
}

impl Request<Desk> for ReadMonth {
    const NAME: &'static str = "attendance.month";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = MonthSheet;

    fn run(self, desk: &mut Desk) -> Result<MonthSheet> {
        let ReadMonth { section, month } = self;
        desk.month(section, &month)
    }
}
