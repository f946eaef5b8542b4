//! Who is in a section, as of a day or over a month.
//!
//! Invariants: a day is one in the section if a stay covers it, no later stay does ([`SUPERSEDED`]), and the enrolment had its
//! learner in school ([`presence`]). So a day that a learner left on is none any more, and one before the learner came is none yet.

use crate::Result;
use crate::domain::enrolment::presence::{self, End, Presence};
use crate::domain::enrolment::record::SUPERSEDED;
use pems_model::fold::fold;
use rusqlite::{Connection, Row};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// A learner's name in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Name {
    /// Family name.
    pub last: String,
    /// Given names.
    pub first: String,
    /// The mother's family name, whole.
    pub middle: Option<String>,
    /// `Jr.`, `III`.
    pub ext: Option<String>,
}

impl Name {
    /// Reads four columns from `at`: last, first, middle, extension.
    pub(crate) fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<Name> {
        Ok(Name { last: row.get(at)?, first: row.get(at + 1)?, middle: row.get(at + 2)?, ext: row.get(at + 3)? })
    }

    /// `Dela Cruz, Juan Jr. Santos`.
    pub(crate) fn listed(&self) -> String {
        let given = [Some(&self.first), self.ext.as_ref(), self.middle.as_ref()];
        let given: Vec<&str> = given.into_iter().flatten().map(String::as_str).collect();
        format!("{}, {}", self.last, given.join(" "))
    }

    fn key(&self) -> (String, String, String, String) {
        let optional = |text: &Option<String>| text.as_deref().map(fold).unwrap_or_default();
        (fold(&self.last), fold(&self.first), optional(&self.middle), optional(&self.ext))
    }
}

/// How a time in a section began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Began {
    /// The first of the enrolment.
    First,
    /// After having left the school.
    Returned,
    /// After another section.
    Moved,
}

/// A learner's time in a section.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// The learner.
    pub student: Uuid,
    /// As it is recorded now.
    pub name: Name,
    /// `M` or `F`.
    pub sex: Option<String>,
    /// Twelve digits: DepEd's number of the learner.
    pub lrn: Option<String>,
    /// Of the section's school year.
    pub enrolment: Uuid,
    /// First day in the section.
    pub from: i32,
    /// What came before it.
    pub began: Began,
    /// First day not in the section any more.
    pub to: Option<i32>,
    /// How the enrolment ended, if it is what took the learner out of the section.
    pub ended: Option<End>,
    /// Of today.
    pub status: String,
    /// How the learner came: `new`, `transferee` and the like, a kind of `enrolment`.
    pub kind: Option<String>,
    /// Where a learner was before who came from another school.
    pub from_school: Option<String>,
    /// Enrolled after the year's cut-off date.
    pub late: bool,
    /// The day until which earlier stays lasted.
    before: Option<i32>,
}

const MEMBERS: &str = "SELECT s.id, s.last_name, s.first_name, s.middle_name, s.name_ext, s.sex, s.lrn, \
    e.id, m.valid_from, m.valid_to, e.status, e.kind, e.from_school, coalesce(e.late, 0), SUPERSEDED, \
    (SELECT max(min(coalesce(n.valid_to, m.valid_from), m.valid_from)) FROM section_membership n \
     WHERE n.enrolment = m.enrolment AND n.deleted_at IS NULL AND n.valid_from < m.valid_from) \
    FROM section_membership m JOIN enrolment e ON e.id = m.enrolment JOIN student s ON s.id = e.student \
    WHERE m.section = ?1 AND m.deleted_at IS NULL AND e.deleted_at IS NULL AND s.deleted_at IS NULL \
    AND m.valid_from <= ?3 AND (m.valid_to IS NULL OR m.valid_to > ?2) AND e.status <> 'cancelled'";

fn read(row: &Row<'_>) -> rusqlite::Result<Member> {
    let (valid_to, superseded): (Option<i32>, Option<i32>) = (row.get(9)?, row.get(14)?);
    Ok(Member {
        student: Uuid::from_bytes(row.get(0)?),
        name: Name::read(row, 1)?,
        sex: row.get(5)?,
        lrn: row.get(6)?,
        enrolment: Uuid::from_bytes(row.get(7)?),
        from: row.get(8)?,
        began: Began::First,
        to: valid_to.into_iter().chain(superseded).min(),
        ended: None,
        status: row.get(10)?,
        kind: row.get(11)?,
        from_school: row.get(12)?,
        late: row.get(13)?,
        before: row.get(15)?,
    })
}

impl Member {
    /// The parts of a stay in which the learner was in school.
    fn times(self, presences: Vec<Presence>) -> Vec<Member> {
        let first = presences.first().map_or(i32::MIN, |presence| presence.from);
        let mut times: Vec<Member> = Vec::new();
        for Presence { from, end } in presences {
            let seated = |day: i32| self.before.is_some_and(|before| before > day);
            let began = match (seated(from), seated(first) || !times.is_empty()) {
                (true, _) => Began::Moved,
                (false, true) => Began::Returned,
                (false, false) => Began::First,
            };
            let to = self.to.into_iter().chain(end.as_ref().map(|end| end.on)).min();
            let ended = end.filter(|end| to == Some(end.on));
            times.push(Member { from: self.from.max(from), began, to, ended, ..self.clone() });
            if times.last().is_some_and(|time| time.to.is_some_and(|to| to <= time.from)) {
                times.pop();
            }
        }
        times
    }
}

/// Who is in the section on any of these days: males, then females, then those whose sex nobody has typed; by name.
pub(crate) fn members(conn: &Connection, section: Uuid, first: i32, last: i32) -> Result<Vec<Member>> {
    let mut statement = conn.prepare_cached(&MEMBERS.replace("SUPERSEDED", SUPERSEDED))?;
    let found = statement.query_map((section.as_bytes(), first, last), read)?;
    let mut members = Vec::new();
    for stay in found {
        let stay = stay?;
        let presences = presence::of(conn, stay.enrolment)?;
        members.extend(stay.times(presences));
    }
    members.retain(|member| member.from <= last && member.to.is_none_or(|to| to > first));
    let sex = |member: &Member| match member.sex.as_deref() {
        Some("M") => 0,
        Some("F") => 1,
        _ => 2,
    };
    members.sort_by_cached_key(|member| (sex(member), member.name.key(), member.from));
    Ok(members)
}

/// Who is in the section on this day.
pub(crate) fn as_of(conn: &Connection, section: Uuid, date: i32) -> Result<Vec<Member>> {
    let mut members = members(conn, section, date, date)?;
    members.dedup_by_key(|member| member.student);
    Ok(members)
}

/// A learner's name and sex, whichever section he is in.
pub(crate) fn named(conn: &Connection, student: Uuid) -> Result<(Name, Option<String>)> {
    let mut statement =
        conn.prepare_cached("SELECT last_name, first_name, middle_name, name_ext, sex FROM student WHERE id = ?1")?;
    Ok(statement.query_row([student.as_bytes()], |row| Ok((Name::read(row, 0)?, row.get(4)?)))?)
}
