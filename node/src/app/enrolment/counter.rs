//! What the clerk at the counter sees of a learner before enrolling: last year, what comes next, what is missing, what speaks
//! against it.

use crate::domain::enrolment::Day;
use crate::domain::enrolment::papers::{self, Paper};
use crate::domain::enrolment::promotion::next_grade;
use crate::domain::enrolment::{sections, year};
use crate::{NodeError, Result};
use pems_model::Code;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// A learner in a list of the desk.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Known {
    #[ts(type = "string")]
    pub student: Uuid,
    pub last_name: String,
    pub first_name: String,
    pub middle_name: Option<String>,
    pub name_ext: Option<String>,
    pub lrn: Option<String>,
    pub sex: Option<String>,
    #[ts(type = "string | null")]
    pub birth_date: Option<Day>,
    /// The newest enrolment.
    pub last: Option<Past>,
}

/// An enrolment of a year, in a few words.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Past {
    #[ts(type = "string")]
    pub enrolment: Uuid,
    #[ts(type = "string")]
    pub school_year: Uuid,
    pub year: String,
    pub grade_level: String,
    pub kind: Option<String>,
    pub status: String,
    #[ts(type = "string | null")]
    pub section: Option<Uuid>,
    pub section_name: Option<String>,
    pub unsettled_account: bool,
    pub late: bool,
    pub from_school: Option<String>,
    pub to_school: Option<String>,
    pub reason_code: Option<String>,
    #[ts(type = "string | null")]
    pub effectivity_date: Option<Day>,
}

/// What the desk proposes for a learner in a school year.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Proposal {
    pub known: Known,
    /// The enrolment of this year, if there is one.
    pub here: Option<Past>,
    /// Years before, the newest first.
    pub past: Vec<Past>,
    pub kind: String,
    pub grade_level: Option<String>,
    #[ts(type = "string | null")]
    pub section: Option<Uuid>,
    pub papers: Vec<Paper>,
    /// What speaks against it: `unsettled_account`, `not_finished` (the last enrolment is still open), `missing_papers`,
    /// `enrolled` (in this year, already), `left` (in this year; to be taken back).
    pub holds: Vec<&'static str>,
}

fn past(row: &rusqlite::Row<'_>) -> rusqlite::Result<Past> {
    Ok(Past {
        enrolment: Uuid::from_bytes(row.get(0)?),
        school_year: Uuid::from_bytes(row.get(1)?),
        year: row.get(2)?,
        grade_level: row.get(3)?,
        kind: row.get(4)?,
        status: row.get(5)?,
        section: row.get::<_, Option<[u8; 16]>>(6)?.map(Uuid::from_bytes),
        section_name: row.get(7)?,
        unsettled_account: row.get(8)?,
        late: row.get(9)?,
        from_school: row.get(10)?,
        to_school: row.get(11)?,
        reason_code: row.get(12)?,
        effectivity_date: row.get::<_, Option<i32>>(13)?.map(Day),
    })
}

/// With the section of the last stay, whether it is over or not: who left is looked for where he was.
const PAST: &str = "SELECT e.id, e.school_year, y.label, e.grade_level, e.kind, e.status, s.id, s.name,
        coalesce(e.unsettled_account, 0), coalesce(e.late, 0), e.from_school, e.to_school, e.reason_code, e.effectivity_date
     FROM enrolment e JOIN school_year y ON y.id = e.school_year
     LEFT JOIN section s ON s.id = (SELECT m.section FROM section_membership m
        WHERE m.enrolment = e.id AND m.deleted_at IS NULL ORDER BY m.valid_from DESC LIMIT 1)
     WHERE e.student = ?1 AND e.deleted_at IS NULL ORDER BY y.label DESC";

/// A learner's enrolments, the newest school year first.
pub fn enrolments(conn: &Connection, student: Uuid) -> Result<Vec<Past>> {
    Ok(conn.prepare_cached(PAST)?.query_map([student.as_bytes()], past)?.collect::<rusqlite::Result<_>>()?)
}

/// # Errors
/// `not_found`.
pub fn known(conn: &Connection, student: Uuid) -> Result<Known> {
    let sql = "SELECT last_name, first_name, middle_name, name_ext, lrn, sex, birth_date FROM student
               WHERE id = ?1 AND deleted_at IS NULL";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Known {
            student,
            last_name: row.get(0)?,
            first_name: row.get(1)?,
            middle_name: row.get(2)?,
            name_ext: row.get(3)?,
            lrn: row.get(4)?,
            sex: row.get(5)?,
            birth_date: row.get::<_, Option<i32>>(6)?.map(Day),
            last: None,
        })
    };
    let found = conn.prepare_cached(sql)?.query_row([student.as_bytes()], read).optional()?;
    let missing = || NodeError::new(Code::NotFound, "this learner is not there any more; look again");
    let mut known = found.ok_or_else(missing)?;
    known.last = enrolments(conn, student)?.into_iter().next();
    Ok(known)
}

/// What the desk proposes.
pub fn propose(conn: &Connection, student: Uuid, school_year: Uuid, today: i32) -> Result<Proposal> {
    let year = year::find(conn, school_year)?;
    let all = enrolments(conn, student)?;
    let here = all.iter().find(|one| one.school_year == school_year).cloned();
    let past: Vec<Past> = all.into_iter().filter(|one| one.year < year.label).collect();
    let before = past.iter().find(|one| one.status != "cancelled");
    let (kind, grade_level) = match (&here, before) {
        (Some(here), _) => (here.kind.clone().unwrap_or_else(|| "continuing".into()), Some(here.grade_level.clone())),
        (None, Some(before)) => following(before, &year.label),
        (None, None) => ("new".into(), None),
    };
    let section = match (&here, &grade_level) {
        (Some(here), _) if here.section.is_some() => here.section,
        (_, Some(grade)) => suggest(conn, school_year, grade, before, today.max(year.start_date.0))?,
        _ => None,
    };
    let mut known = known(conn, student)?;
    known.last = before.cloned();
    Ok(Proposal {
        papers: papers::of(conn, Some(student), &kind)?,
        holds: holds(conn, student, here.as_ref(), before)?,
        known,
        here,
        past,
        kind,
        grade_level,
        section,
    })
}

/// What comes after an enrolment of an earlier year: the next grade, the same one again, or back after a while.
fn following(before: &Past, year: &str) -> (String, Option<String>) {
    let first = |label: &str| label.split('-').next().and_then(|text| text.parse::<i32>().ok());
    let gap = first(year).zip(first(&before.year)).is_some_and(|(now, then)| now - then > 1);
    let (kind, grade) = match before.status.as_str() {
        "dropped" => ("balik_aral", Some(before.grade_level.clone())),
        "transferred_out" | "moved_out" => ("transferee", next_grade(&before.grade_level)),
        "retained" => ("repeater", Some(before.grade_level.clone())),
        _ if gap => ("balik_aral", next_grade(&before.grade_level)),
        _ => ("continuing", next_grade(&before.grade_level)),
    };
    (kind.into(), grade)
}

/// The section of last year's name, if it has a seat; else the emptiest of the grade.
fn suggest(conn: &Connection, year: Uuid, grade: &str, before: Option<&Past>, day: i32) -> Result<Option<Uuid>> {
    let open: Vec<sections::Section> = sections::of_grade(conn, year, Some(grade), day)?
        .into_iter()
        .filter(|one| one.capacity.is_none_or(|capacity| one.total < capacity))
        .collect();
    let name = before.and_then(|one| one.section_name.as_deref());
    let same = open.iter().find(|one| name.is_some_and(|name| one.name == name));
    Ok(same.or_else(|| open.iter().min_by_key(|one| one.total)).map(|one| one.id))
}

fn holds(conn: &Connection, student: Uuid, here: Option<&Past>, before: Option<&Past>) -> Result<Vec<&'static str>> {
    let mut holds = Vec::new();
    match here.map(|one| one.status.as_str()) {
        Some("temporary" | "enrolled" | "completed" | "retained") => holds.push("enrolled"),
        Some("transferred_out" | "moved_out" | "dropped") => holds.push("left"),
        _ => {}
    }
    if before.is_some_and(|one| one.unsettled_account) {
        holds.push("unsettled_account");
    }
    if before.is_some_and(|one| matches!(one.status.as_str(), "temporary" | "enrolled" | "pre_registered")) {
        holds.push("not_finished");
    }
    if !papers::missing(conn, student)?.is_empty() {
        holds.push("missing_papers");
    }
    Ok(holds)
}
