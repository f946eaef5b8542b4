//! Who is in a section, as of a day or over a month.
//!
//! Invariant: a day that a learner left on is no day in the section any more, whichever record says so first: the end of the
//! membership, or the day on which the enrolment ended.

use crate::Result;
use pems_model::fold::fold;
use rusqlite::{Connection, Row};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// A learner's name in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Name {
    pub last: String,
    pub first: String,
    pub middle: Option<String>,
    pub ext: Option<String>,
}

impl Name {
    /// Reads four columns from `at`: last, first, middle, extension.
    pub(in crate::desk) fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<Name> {
        Ok(Name { last: row.get(at)?, first: row.get(at + 1)?, middle: row.get(at + 2)?, ext: row.get(at + 3)? })
    }

    /// `Dela Cruz, Juan Jr. Santos`.
    pub(in crate::desk) fn listed(&self) -> String {
        let given = [Some(&self.first), self.ext.as_ref(), self.middle.as_ref()];
        let given: Vec<&str> = given.into_iter().flatten().map(String::as_str).collect();
        format!("{}, {}", self.last, given.join(" "))
    }

    fn key(&self) -> (String, String, String, String) {
        let optional = |text: &Option<String>| text.as_deref().map(fold).unwrap_or_default();
        (fold(&self.last), fold(&self.first), optional(&self.middle), optional(&self.ext))
    }
}

/// A learner's time in a section.
#[derive(Debug, Clone)]
pub(in crate::desk) struct Member {
    pub student: Uuid,
    pub name: Name,
    /// `M` or `F`.
    pub sex: Option<String>,
    pub lrn: Option<String>,
    pub enrolment: Uuid,
    /// First day in the section.
    pub from: i32,
    /// First day not in the section any more.
    pub to: Option<i32>,
    pub status: String,
    pub kind: Option<String>,
    pub reason: Option<String>,
    pub from_school: Option<String>,
    pub to_school: Option<String>,
    pub late: bool,
    /// The day on which the enrolment ended, if it has.
    pub ended: Option<i32>,
}

const MEMBERS: &str = "SELECT s.id, s.last_name, s.first_name, s.middle_name, s.name_ext, s.sex, s.lrn, \
    e.id, m.valid_from, m.valid_to, e.status, e.kind, e.reason_code, e.from_school, e.to_school, coalesce(e.late, 0), \
    CASE WHEN e.status IN ('transferred_out', 'moved_out', 'dropped') THEN coalesce(e.effectivity_date, \
      (SELECT max(v.on_date) FROM enrolment_event v WHERE v.enrolment = e.id AND v.deleted_at IS NULL AND v.status = e.status)) \
    END \
    FROM section_membership m JOIN enrolment e ON e.id = m.enrolment JOIN student s ON s.id = e.student \
    WHERE m.section = ?1 AND m.deleted_at IS NULL AND e.deleted_at IS NULL AND s.deleted_at IS NULL \
    AND m.valid_from <= ?3 AND (m.valid_to IS NULL OR m.valid_to > ?2) \
    AND e.status NOT IN ('cancelled', 'pre_registered')";

fn read(row: &Row<'_>) -> rusqlite::Result<Member> {
    let (valid_to, ended): (Option<i32>, Option<i32>) = (row.get(9)?, row.get(16)?);
    Ok(Member {
        student: Uuid::from_bytes(row.get(0)?),
        name: Name::read(row, 1)?,
        sex: row.get(5)?,
        lrn: row.get(6)?,
        enrolment: Uuid::from_bytes(row.get(7)?),
        from: row.get(8)?,
        to: valid_to.into_iter().chain(ended).min(),
        status: row.get(10)?,
        kind: row.get(11)?,
        reason: row.get(12)?,
        from_school: row.get(13)?,
        to_school: row.get(14)?,
        late: row.get(15)?,
        ended,
    })
}

/// Who is in the section on any of these days: males, then females, then those whose sex nobody has typed; by name.
pub(in crate::desk) fn members(conn: &Connection, section: Uuid, first: i32, last: i32) -> Result<Vec<Member>> {
    let mut statement = conn.prepare_cached(MEMBERS)?;
    let found = statement.query_map((section.as_bytes(), first, last), read)?;
    let mut members = found.collect::<rusqlite::Result<Vec<_>>>()?;
    members.retain(|member| member.to.is_none_or(|to| to > first && to > member.from));
    let sex = |member: &Member| match member.sex.as_deref() {
        Some("M") => 0,
        Some("F") => 1,
        _ => 2,
    };
    members.sort_by_cached_key(|member| (sex(member), member.name.key(), member.from));
    Ok(members)
}

/// Who is in the section on this day.
pub(in crate::desk) fn as_of(conn: &Connection, section: Uuid, date: i32) -> Result<Vec<Member>> {
    let mut members = members(conn, section, date, date)?;
    members.dedup_by_key(|member| member.student);
    Ok(members)
}
