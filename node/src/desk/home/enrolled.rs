//! Enrolment as it stands today, beside the same day a year ago, and sections with more learners than seats. One pass over the
//! enrolments of a year answers all of it.

use super::super::enrolment::sections::grade_order;
use super::super::enrolment::{Day, year};
use crate::Result;
use pems_model::value::{format_date, parse_date};
use rusqlite::Connection;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use ts_rs::TS;
use uuid::Uuid;

/// Learners of a year who have all this in common.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub grade: String,
    pub status: String,
    pub sex: Option<String>,
    pub section: Option<Uuid>,
    pub learners: i64,
    /// Of these, the ones who were enrolled today.
    pub today: i64,
    /// And the ones who have no section from today on, as the enrolment desk lists them.
    pub unassigned: i64,
}

/// Everybody who has not left by `?2`, with the section of that day: of stays that overlap, because two PCs moved a learner at the
/// same time, the later one counts.
const STANDING: &str = "SELECT e.grade_level, e.status, l.sex, m.section, count(*),
        coalesce(sum(e.effectivity_date = ?2 AND EXISTS (SELECT 1 FROM enrolment_event v WHERE v.enrolment = e.id
            AND v.deleted_at IS NULL AND v.kind = 'enrolled' AND v.on_date = ?2)), 0),
        sum(e.status IN ('pre_registered', 'temporary', 'enrolled') AND NOT EXISTS (SELECT 1 FROM section_membership o
            WHERE o.enrolment = e.id AND o.deleted_at IS NULL AND o.valid_to IS NULL))
     FROM enrolment e INDEXED BY enrolment_school_year CROSS JOIN student l ON l.id = e.student
     LEFT JOIN section_membership m ON m.enrolment = e.id AND m.deleted_at IS NULL
        AND m.valid_from <= ?2 AND (m.valid_to IS NULL OR m.valid_to > ?2)
        AND NOT EXISTS (SELECT 1 FROM section_membership n WHERE n.enrolment = m.enrolment AND n.deleted_at IS NULL
                        AND n.valid_from > m.valid_from AND n.valid_from <= ?2)
     WHERE e.school_year = ?1 AND e.deleted_at IS NULL AND l.deleted_at IS NULL
        AND NOT (e.status IN ('transferred_out', 'moved_out', 'dropped', 'cancelled')
                 AND coalesce(e.effectivity_date, 0) <= ?2)
     GROUP BY 1, 2, 3, 4";

/// Who was in class on a day of an earlier year: what the events until then add up to, as [`super::super::enrolment`] folds them.
const ON_THE_DAY: &str = "SELECT e.grade_level, count(*)
     FROM enrolment e INDEXED BY enrolment_school_year CROSS JOIN student l ON l.id = e.student
     WHERE e.school_year = ?1 AND e.deleted_at IS NULL AND l.deleted_at IS NULL
        AND coalesce((SELECT v.status FROM enrolment_event v
                WHERE v.enrolment = e.id AND v.deleted_at IS NULL AND v.on_date <= ?2
                ORDER BY v.on_date DESC, coalesce(v.made_at, 0) DESC, v.id DESC LIMIT 1),
            CASE WHEN EXISTS (SELECT 1 FROM enrolment_event v WHERE v.enrolment = e.id AND v.deleted_at IS NULL)
                THEN 'pre_registered' ELSE e.status END)
            IN ('temporary', 'enrolled', 'completed', 'retained')
     GROUP BY 1";

#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
pub struct GradeLine {
    pub grade_level: String,
    pub male: i64,
    pub female: i64,
    /// With those whose sex is not recorded.
    pub total: i64,
    /// A year ago; none where there is nothing to compare with.
    pub before: Option<i64>,
}

/// What is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Before {
    /// The school year.
    pub label: String,
    /// The same day a year ago or, where that year was over by then, its last day.
    #[ts(type = "string")]
    pub date: Day,
    pub total: i64,
}

/// Learners in class, those temporarily enrolled too; not those who are only expected.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "HomeEnrolment")]
pub struct Enrolment {
    pub male: i64,
    pub female: i64,
    pub total: i64,
    pub before: Option<Before>,
    pub grades: Vec<GradeLine>,
}

/// A section with more learners than seats.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct FullSection {
    #[ts(type = "string")]
    pub id: Uuid,
    pub name: String,
    pub grade_level: String,
    pub seats: i64,
    pub learners: i64,
}

pub(super) fn standing(conn: &Connection, year: Uuid, today: i32) -> Result<Vec<Group>> {
    let mut statement = conn.prepare_cached(STANDING)?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Group {
            grade: row.get(0)?,
            status: row.get(1)?,
            sex: row.get(2)?,
            section: row.get::<_, Option<[u8; 16]>>(3)?.map(Uuid::from_bytes),
            learners: row.get(4)?,
            today: row.get(5)?,
            unassigned: row.get(6)?,
        })
    };
    Ok(statement.query_map((year.as_bytes(), today), read)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn enrolment(
    conn: &Connection,
    years: &[year::Year],
    current: &year::Year,
    standing: &[Group],
    today: i32,
) -> Result<Enrolment> {
    let mut grades: BTreeMap<usize, GradeLine> = BTreeMap::new();
    let mut line = |grade: &str, add: &dyn Fn(&mut GradeLine)| {
        let line = grades.entry(grade_order(grade)).or_default();
        line.grade_level = grade.to_owned();
        add(line);
    };
    for group in standing.iter().filter(|group| group.status != "pre_registered") {
        line(&group.grade, &|line| {
            line.total += group.learners;
            match group.sex.as_deref() {
                Some("M") => line.male += group.learners,
                Some("F") => line.female += group.learners,
                _ => {}
            }
        });
    }
    let before = years.iter().filter(|year| year.start_date < current.start_date).max_by_key(|year| year.start_date);
    let mut compared = None;
    if let Some(before) = before {
        let date = a_year_ago(today).min(before.end_date.0);
        let then = on_the_day(conn, before.id, date)?;
        for (grade, learners) in &then {
            line(grade, &|line| line.before = Some(*learners));
        }
        let total = then.values().sum();
        // A year without anybody is one that was never typed in: nothing is compared with it.
        compared = (total > 0).then(|| Before { label: before.label.clone(), date: Day(date), total });
    }
    let grades: Vec<GradeLine> = grades.into_values().collect();
    let sum = |of: fn(&GradeLine) -> i64| grades.iter().map(of).sum();
    Ok(Enrolment {
        male: sum(|line| line.male),
        female: sum(|line| line.female),
        total: sum(|line| line.total),
        before: compared,
        grades,
    })
}

fn on_the_day(conn: &Connection, year: Uuid, date: i32) -> Result<BTreeMap<String, i64>> {
    let mut statement = conn.prepare_cached(ON_THE_DAY)?;
    let found = statement.query_map((year.as_bytes(), date), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The same day of the calendar; of 29 February the day before.
fn a_year_ago(today: i32) -> i32 {
    let text = format_date(today);
    let same = text.split_once('-').and_then(|(year, rest)| {
        let year: i32 = year.parse().ok()?;
        let on = |rest: &str| parse_date(&format!("{:04}-{rest}", year - 1));
        on(rest).or_else(|| on("02-28"))
    });
    same.unwrap_or(today - 365)
}

/// Sections with more learners than seats, the fullest first. Expected learners have a seat too, as at the enrolment desk.
pub(super) fn full(conn: &Connection, year: Uuid, standing: &[Group]) -> Result<Vec<FullSection>> {
    let mut learners: HashMap<Uuid, i64> = HashMap::new();
    for group in standing {
        if let Some(section) = group.section {
            *learners.entry(section).or_default() += group.learners;
        }
    }
    let mut statement = conn.prepare_cached(
        "SELECT id, name, grade_level, capacity FROM section
         WHERE school_year = ?1 AND deleted_at IS NULL AND capacity IS NOT NULL",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        let id = Uuid::from_bytes(row.get(0)?);
        let learners = learners.get(&id).copied().unwrap_or_default();
        Ok(FullSection { id, name: row.get(1)?, grade_level: row.get(2)?, seats: row.get(3)?, learners })
    };
    let found = statement.query_map([year.as_bytes()], read)?;
    let mut sections = found.collect::<rusqlite::Result<Vec<_>>>()?;
    sections.retain(|section| section.learners > section.seats);
    sections.sort_by_key(|section| (section.seats - section.learners, grade_order(&section.grade_level)));
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_ago_is_the_same_day_of_the_calendar() {
        let ago = |text: &str| format_date(a_year_ago(parse_date(text).expect("a day")));
        assert_eq!(ago("2026-11-27"), "2025-11-27");
        assert_eq!(ago("2027-01-04"), "2026-01-04");
        assert_eq!(ago("2028-02-29"), "2027-02-28");
    }

    /// A school of the largest size has 1,500,000 marks: what is asked here never walks through a table.
    #[test]
    fn everything_is_found_by_an_index() {
        let conn = Connection::open_in_memory().expect("a database");
        for entity in pems_model::Schema::product().entities() {
            conn.execute_batch(&pems_model::ddl::sqlite::table(entity)).expect("a table");
            for index in pems_model::ddl::sqlite::indexes(entity) {
                conn.execute_batch(&index).expect("an index");
            }
        }
        for sql in [STANDING, ON_THE_DAY, super::super::desk_counts::PAPERS] {
            let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("a plan");
            let plan: Vec<String> = {
                let bound = [rusqlite::types::Value::Blob(vec![0; 16]), rusqlite::types::Value::Integer(0)];
                let wanted = statement.parameter_count();
                let rows = statement.query_map(rusqlite::params_from_iter(bound.iter().take(wanted)), |row| row.get(3));
                rows.expect("a plan").collect::<rusqlite::Result<_>>().expect("a plan")
            };
            assert!(plan.iter().all(|step| !step.contains("SCAN")), "{sql}: {plan:?}");
            assert!(plan.iter().any(|step| step.contains("enrolment_school_year")), "{plan:?}");
        }
    }
}
