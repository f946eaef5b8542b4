//! Who is in a section on a day: the stays that cover it, and of these the learners whom no event has taken away by then. A
//! learner who transferred out on the 12th is on the roster of the 11th and not on that of the 12th. Of stays that overlap the later
//! one counts ([`record::SUPERSEDED`]).

use super::fold::{Standing, fold, standing};
use super::{papers, record};
use crate::Result;
use crate::domain::enrolment::Day;
use rusqlite::Connection;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// One line of a roster.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Member {
    /// In the section's school year.
    #[ts(type = "string")]
    pub enrolment: Uuid,
    /// The learner.
    #[ts(type = "string")]
    pub student: Uuid,
    /// Twelve digits: DepEd's number of the learner.
    pub lrn: Option<String>,
    /// Family name.
    pub last_name: String,
    /// Given names.
    pub first_name: String,
    /// The mother's family name, whole.
    pub middle_name: Option<String>,
    /// `Jr.`, `III`.
    pub name_ext: Option<String>,
    /// `M` or `F`.
    pub sex: Option<String>,
    /// None where nobody recorded it yet.
    #[ts(type = "string | null")]
    pub birth_date: Option<Day>,
    /// A kind of `enrolment`.
    pub kind: Option<String>,
    /// On the day that was asked for.
    pub status: String,
    /// Enrolled after the year's cut-off date.
    pub late: bool,
    /// First day in the section.
    #[ts(type = "string")]
    pub valid_from: Day,
    /// First day not in it any more.
    #[ts(type = "string | null")]
    pub valid_to: Option<Day>,
    /// Kinds of papers that are missing today.
    pub missing: Vec<String>,
    /// What the enrolment's row says, for those without events.
    #[serde(skip)]
    row_status: String,
    #[serde(skip)]
    folded: String,
}

const STAYS: &str =
    "SELECT e.id, l.id, l.lrn, l.last_name, l.first_name, l.middle_name, l.name_ext, l.sex, l.birth_date,
        e.kind, e.status, coalesce(e.late, 0), m.valid_from, m.valid_to
     FROM section_membership m JOIN enrolment e ON e.id = m.enrolment JOIN student l ON l.id = e.student
     WHERE m.section = ?1 AND m.deleted_at IS NULL AND e.deleted_at IS NULL AND l.deleted_at IS NULL
       AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2)
       AND coalesce(SUPERSEDED, ?2 + 1) > ?2";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Member> {
    let status: String = row.get(10)?;
    let (last_name, first_name): (String, String) = (row.get(3)?, row.get(4)?);
    let middle_name: Option<String> = row.get(5)?;
    let folded = pems_model::fold::fold(&format!("{last_name} {first_name} {}", middle_name.as_deref().unwrap_or("")));
    Ok(Member {
        enrolment: Uuid::from_bytes(row.get(0)?),
        student: Uuid::from_bytes(row.get(1)?),
        lrn: row.get(2)?,
        last_name,
        first_name,
        middle_name,
        name_ext: row.get(6)?,
        sex: row.get(7)?,
        birth_date: row.get::<_, Option<i32>>(8)?.map(Day),
        kind: row.get(9)?,
        row_status: status.clone(),
        status,
        late: row.get(11)?,
        valid_from: Day(row.get(12)?),
        valid_to: row.get::<_, Option<i32>>(13)?.map(Day),
        missing: Vec::new(),
        folded,
    })
}

/// The roster of `section` on `day`: males, then females, then whose sex is not known; by name. With those who are expected.
pub fn on(conn: &Connection, section: Uuid, day: i32) -> Result<Vec<Member>> {
    let mut statement = conn.prepare_cached(&STAYS.replace("SUPERSEDED", record::SUPERSEDED))?;
    let found: Vec<Member> = statement.query_map((section.as_bytes(), day), read)?.collect::<rusqlite::Result<_>>()?;
    let mut members = Vec::with_capacity(found.len());
    for mut member in found {
        let events = record::events(conn, member.enrolment)?;
        member.status = fold(&events, &member.row_status, Some(day)).to_owned();
        if standing(&member.status) != Standing::Gone {
            member.missing = papers::missing(conn, member.student)?;
            members.push(member);
        }
    }
    members.sort_by(|a, b| (sex_order(a), &a.folded).cmp(&(sex_order(b), &b.folded)));
    Ok(members)
}

fn sex_order(member: &Member) -> u8 {
    match member.sex.as_deref() {
        Some("M") => 0,
        Some("F") => 1,
        _ => 2,
    }
}
