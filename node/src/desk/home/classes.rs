//! Attendance of today over the whole school: who was there, and whose adviser has not sent it yet.

use super::super::attendance::days::Calendar;
use super::super::attendance::section::Section;
use super::super::attendance::sheets;
use crate::Result;
use crate::desk::Desk;
use rusqlite::Connection;
use serde::Serialize;
use std::collections::HashMap;
use ts_rs::TS;
use uuid::Uuid;

/// Sections that are named: more than a page has room for; the attendance screen has them all.
const NAMED: usize = 12;

/// A section whose attendance was not taken yet.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Untaken {
    #[ts(type = "string")]
    pub id: Uuid,
    pub name: String,
    pub grade_level: String,
    pub adviser: Option<String>,
}

/// The sections that have to take attendance today.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
pub struct Classes {
    pub sections: usize,
    pub taken: usize,
    /// The first of those that have not taken it, by grade.
    pub untaken: Vec<Untaken>,
    /// Of the sections that have taken it: learners who were there the whole day, those late or cutting classes too.
    pub present: i64,
    pub present_male: i64,
    pub present_female: i64,
    /// Absent the whole day or half of it, excused ones too.
    pub absent: i64,
    /// Late or cutting classes.
    pub tardy: i64,
}

/// Learners of a section, as the class sheet lists them.
const LEARNERS: &str = "SELECT l.sex, count(DISTINCT l.id)
     FROM section_membership m JOIN enrolment e ON e.id = m.enrolment JOIN student l ON l.id = e.student
     WHERE m.section = ?1 AND m.deleted_at IS NULL AND e.deleted_at IS NULL AND l.deleted_at IS NULL
       AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2)
       AND e.status NOT IN ('cancelled', 'pre_registered')
       AND NOT (e.status IN ('transferred_out', 'moved_out', 'dropped') AND coalesce(e.effectivity_date, 0) <= ?2)
     GROUP BY 1";

const MARKS: &str = "SELECT k.student, k.code, l.sex FROM attendance_mark k JOIN student l ON l.id = k.student
     WHERE k.sheet = ?1 AND k.deleted_at IS NULL AND k.code <> 'P'";

/// Figures of one sex, as the forms count them: index 0 male, 1 female, 2 not known.
type BySex = [i64; 3];

fn sex_at(sex: Option<&str>) -> usize {
    match sex {
        Some("M") => 0,
        Some("F") => 1,
        _ => 2,
    }
}

pub(super) fn classes(desk: &Desk, sections: &[Section], calendar: &Calendar, today: i32) -> Result<Classes> {
    let conn = desk.store.conn();
    let mut classes = Classes::default();
    let mut present: BySex = [0; 3];
    for section in sections {
        let day = calendar.day(today, &section.grade);
        let taken = sheets::of_day(&desk.store, section.id, today)?;
        // An event may be taken and need not be.
        if !day.class || (!day.counts() && taken.is_empty()) {
            continue;
        }
        classes.sections += 1;
        if taken.is_empty() {
            if classes.untaken.len() < NAMED {
                classes.untaken.push(Untaken {
                    id: section.id,
                    name: section.name.clone(),
                    grade_level: section.grade.clone(),
                    adviser: section.adviser_name.clone(),
                });
            }
            continue;
        }
        classes.taken += 1;
        let learners = learners(conn, section.id, today)?;
        let (absent, tardy) = marked(conn, &taken)?;
        for at in 0..present.len() {
            present[at] += (learners[at] - absent[at]).max(0);
            classes.absent += absent[at];
        }
        classes.tardy += tardy;
    }
    classes.present = present.iter().sum();
    [classes.present_male, classes.present_female, _] = present;
    Ok(classes)
}

fn learners(conn: &Connection, section: Uuid, today: i32) -> Result<BySex> {
    let mut statement = conn.prepare_cached(LEARNERS)?;
    let mut rows = statement.query((section.as_bytes(), today))?;
    let mut learners = [0; 3];
    while let Some(row) = rows.next()? {
        let sex: Option<String> = row.get(0)?;
        learners[sex_at(sex.as_deref())] += row.get::<_, i64>(1)?;
    }
    Ok(learners)
}

/// Who was absent, by sex, and how many were late or cutting.
fn marked(conn: &Connection, sheets: &[(&'static str, sheets::Sheet)]) -> Result<(BySex, i64)> {
    let mut of: HashMap<[u8; 16], (usize, Vec<(&str, String)>)> = HashMap::new();
    let mut statement = conn.prepare_cached(MARKS)?;
    for (session, sheet) in sheets {
        let mut rows = statement.query([sheet.id.as_bytes()])?;
        while let Some(row) = rows.next()? {
            let sex: Option<String> = row.get(2)?;
            let marks = of.entry(row.get(0)?).or_insert_with(|| (sex_at(sex.as_deref()), Vec::new()));
            marks.1.push((session, row.get(1)?));
        }
    }
    let (mut absent, mut tardy) = ([0; 3], 0);
    for (sex, marks) in of.values() {
        let halves = sheets::absent_halves(marks.iter().map(|(session, code)| (*session, code.as_str())));
        absent[*sex] += i64::from(halves > 0);
        tardy += i64::from(marks.iter().any(|(_, code)| matches!(code.as_str(), "L" | "C")));
    }
    Ok((absent, tardy))
}
