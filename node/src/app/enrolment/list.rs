//! The learners of a school year who want something of the registrar: no section yet, temporary, not yet confirmed.

use crate::Result;
use crate::app::enrolment::counter::Known;
use crate::domain::enrolment::Day;
use crate::domain::enrolment::papers;
use crate::domain::enrolment::sections::grade_order;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    /// Enrolled or expected, and in no section from today on.
    Unassigned,
    /// Temporarily enrolled.
    Temporary,
    PreRegistered,
    /// Transferred out, moved out, dropped.
    Left,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Waiting {
    #[ts(type = "string")]
    pub enrolment: Uuid,
    pub learner: Known,
    pub grade_level: String,
    pub kind: Option<String>,
    pub status: String,
    pub missing: Vec<String>,
}

const COLUMNS: &str =
    "SELECT e.id, l.id, l.last_name, l.first_name, l.middle_name, l.name_ext, l.lrn, l.sex, l.birth_date,
        e.grade_level, e.kind, e.status
     FROM enrolment e JOIN student l ON l.id = e.student
     WHERE e.school_year = ?1 AND e.deleted_at IS NULL AND l.deleted_at IS NULL AND (?2 IS NULL OR e.grade_level = ?2)";

fn condition(only: Only) -> &'static str {
    match only {
        Only::Unassigned => {
            "e.status IN ('pre_registered', 'temporary', 'enrolled') AND NOT EXISTS (SELECT 1 FROM section_membership m
             WHERE m.enrolment = e.id AND m.deleted_at IS NULL AND m.valid_to IS NULL)"
        }
        Only::Temporary => "e.status = 'temporary'",
        Only::PreRegistered => "e.status = 'pre_registered'",
        Only::Left => "e.status IN ('transferred_out', 'moved_out', 'dropped')",
    }
}

/// By grade, then males before females, then by name.
pub fn list(conn: &Connection, year: Uuid, only: Only, grade: Option<&str>) -> Result<Vec<Waiting>> {
    let mut statement = conn.prepare_cached(&format!("{COLUMNS} AND {}", condition(only)))?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Waiting {
            enrolment: Uuid::from_bytes(row.get(0)?),
            learner: Known {
                student: Uuid::from_bytes(row.get(1)?),
                last_name: row.get(2)?,
                first_name: row.get(3)?,
                middle_name: row.get(4)?,
                name_ext: row.get(5)?,
                lrn: row.get(6)?,
                sex: row.get(7)?,
                birth_date: row.get::<_, Option<i32>>(8)?.map(Day),
                last: None,
            },
            grade_level: row.get(9)?,
            kind: row.get(10)?,
            status: row.get(11)?,
            missing: Vec::new(),
        })
    };
    let mut found: Vec<Waiting> =
        statement.query_map((year.as_bytes(), grade), read)?.collect::<rusqlite::Result<_>>()?;
    if only == Only::Temporary {
        for one in &mut found {
            one.missing = papers::missing(conn, one.learner.student)?;
        }
    }
    found.sort_by_cached_key(|one| {
        let name = pems_model::fold::fold(&format!("{} {}", one.learner.last_name, one.learner.first_name));
        (grade_order(&one.grade_level), one.learner.sex.as_deref() != Some("M"), name)
    });
    Ok(found)
}
