//! Enrolment as it stands today, beside the same day a year ago, and sections with more learners than seats.

use super::super::learners::OfYear;
use crate::Result;
use crate::app::Desk;
use crate::domain::enrolment::Day;
use crate::domain::enrolment::fold::STATUS_ON;
use crate::domain::enrolment::sections::grade_order;
use crate::domain::enrolment::year;
use pems_model::value::{format_date, parse_date};
use rusqlite::Connection;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use ts_rs::TS;
use uuid::Uuid;

/// Who was in class on a day of an earlier year: what the events until then add up to, as [`STATUS_ON`] folds them.
const COUNTED: &str = "SELECT e.grade_level, count(*)
     FROM enrolment e INDEXED BY enrolment_school_year CROSS JOIN student l ON l.id = e.student
     WHERE e.school_year = ?1 AND e.deleted_at IS NULL AND l.deleted_at IS NULL
        AND STATUS_ON IN ('temporary', 'enrolled', 'completed', 'retained')
     GROUP BY 1";

fn on_the_day() -> String {
    COUNTED.replace("STATUS_ON", STATUS_ON)
}

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

/// Who was in class a year ago, by grade: counted once, and again when something of the learners changed.
#[derive(Debug, Clone)]
pub(super) struct AYearAgo {
    version: u64,
    year: Uuid,
    label: String,
    date: i32,
    grades: BTreeMap<String, i64>,
}

/// The year before this one on the same day; none where there was none.
pub(super) fn a_year_ago(
    desk: &mut Desk,
    years: &[year::Year],
    current: &year::Year,
    version: u64,
) -> Result<Option<AYearAgo>> {
    let before = years.iter().filter(|year| year.start_date < current.start_date).max_by_key(|year| year.start_date);
    let Some(before) = before else { return Ok(None) };
    let date = same_day(desk.today()).min(before.end_date.0);
    let kept = desk.home.a_year_ago.as_ref();
    if let Some(kept) = kept.filter(|kept| (kept.version, kept.year, kept.date) == (version, before.id, date)) {
        return Ok(Some(kept.clone()));
    }
    let mut statement = desk.store.conn().prepare_cached(&on_the_day())?;
    let found = statement.query_map((before.id.as_bytes(), date), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let grades = found.collect::<rusqlite::Result<_>>()?;
    drop(statement);
    let counted = AYearAgo { version, year: before.id, label: before.label.clone(), date, grades };
    desk.home.a_year_ago = Some(counted.clone());
    Ok(Some(counted))
}

/// The learners of a year who have not left it, those who are only expected too.
pub(super) fn here(desk: &Desk, year: Uuid) -> Vec<OfYear<'_>> {
    let gone = |status: &str| matches!(status, "transferred_out" | "moved_out" | "dropped" | "cancelled");
    desk.learners_of_year(year).filter(|learner| !gone(learner.status)).collect()
}

pub(super) fn enrolment(here: &[OfYear<'_>], before: Option<AYearAgo>) -> Enrolment {
    let mut grades: BTreeMap<usize, GradeLine> = BTreeMap::new();
    for learner in here.iter().filter(|learner| learner.status != "pre_registered") {
        let line = line(&mut grades, learner.grade);
        line.total += 1;
        line.male += i64::from(learner.sex == "M");
        line.female += i64::from(learner.sex == "F");
    }
    let mut compared = None;
    if let Some(before) = before {
        let total = before.grades.values().sum();
        for (grade, learners) in &before.grades {
            line(&mut grades, grade).before = Some(*learners);
        }
        // A year without anybody is one that was never typed in: nothing is compared with it.
        compared = (total > 0).then_some(Before { label: before.label, date: Day(before.date), total });
    }
    let grades: Vec<GradeLine> = grades.into_values().collect();
    let sum = |of: fn(&GradeLine) -> i64| grades.iter().map(of).sum();
    Enrolment {
        male: sum(|line| line.male),
        female: sum(|line| line.female),
        total: sum(|line| line.total),
        before: compared,
        grades,
    }
}

fn line<'a>(grades: &'a mut BTreeMap<usize, GradeLine>, grade: &str) -> &'a mut GradeLine {
    let new = || GradeLine { grade_level: grade.to_owned(), ..GradeLine::default() };
    grades.entry(grade_order(grade)).or_insert_with(new)
}

/// The same day of the calendar; of 29 February the day before.
fn same_day(today: i32) -> i32 {
    let text = format_date(today);
    let same = text.split_once('-').and_then(|(year, rest)| {
        let year: i32 = year.parse().ok()?;
        let on = |rest: &str| parse_date(&format!("{:04}-{rest}", year - 1));
        on(rest).or_else(|| on("02-28"))
    });
    same.unwrap_or(today - 365)
}

/// Sections with more learners than seats, the fullest first. Expected learners have a seat too, as at the enrolment desk.
pub(super) fn full(conn: &Connection, year: Uuid, here: &[OfYear<'_>]) -> Result<Vec<FullSection>> {
    let mut learners: HashMap<Uuid, i64> = HashMap::new();
    for section in here.iter().filter_map(|learner| learner.section) {
        *learners.entry(section).or_default() += 1;
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
        let ago = |text: &str| format_date(same_day(parse_date(text).expect("a day")));
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
        let came = super::super::desk_counts::CAME;
        for (sql, index) in [(&*on_the_day(), "enrolment_school_year"), (came, "enrolment_student")] {
            let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("a plan");
            let plan: Vec<String> = {
                let bound = vec![rusqlite::types::Value::Null; statement.parameter_count()];
                let rows = statement.query_map(rusqlite::params_from_iter(bound), |row| row.get(3));
                rows.expect("a plan").collect::<rusqlite::Result<_>>().expect("a plan")
            };
            assert!(plan.iter().all(|step| !step.contains("SCAN") || step == "SCAN CONSTANT ROW"), "{sql}: {plan:?}");
            assert!(plan.iter().any(|step| step.contains(index)), "{plan:?}");
        }
    }
}
