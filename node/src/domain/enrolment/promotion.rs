//! A whole school into the next year: everybody's next step proposed, what holds somebody back named, all of it one act that can
//! be taken back.
//!
//! Invariant: what is written is decided again from the records at that moment; the window only says where it wants it otherwise.

use super::record::{self, Change, Enrolment};
use super::sections::grade_order;
use super::year;
use crate::domain::enrolment::{By, Day};
use crate::store::Work;
use crate::{NodeError, Result};
use pems_model::Code;
use pems_model::entities::GRADE_LEVELS;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use ts_rs::TS;
use uuid::Uuid;

/// What becomes of a learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The next grade.
    Promote,
    /// The same grade again.
    Retain,
    /// Finished the last grade of this school.
    Graduate,
    /// Nothing is written yet.
    Hold,
}

/// One line of the preview.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "PromotionRow")]
pub struct Line {
    /// That of the year which ends.
    #[ts(type = "string")]
    pub enrolment: Uuid,
    /// The learner.
    #[ts(type = "string")]
    pub student: Uuid,
    /// As lists have it: `Dela Cruz, Juan`.
    pub name: String,
    /// Twelve digits: DepEd's number of the learner.
    pub lrn: Option<String>,
    /// `M` or `F`.
    pub sex: Option<String>,
    /// Of the year which ends.
    pub grade_level: String,
    /// The last one of that year, by name.
    pub section: Option<String>,
    /// Of the enrolment.
    pub status: String,
    /// What is proposed.
    pub step: Step,
    /// The grade of the next year; none for who graduates or is held.
    pub next: Option<String>,
    /// Why a learner is held: `missing_papers`, `unsettled_account`, `not_enrolled` (pre-registered, never came), `no_grade`.
    pub hold: Option<&'static str>,
}

/// Everybody of a year, before anything is written.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "PromotionPreview")]
pub struct Preview {
    /// By grade, section, sex (boys first, as the forms have it) and name.
    pub lines: Vec<Line>,
    /// Enrolled in the next year already.
    pub done: usize,
    /// Transferred out, dropped, cancelled: there is nothing to decide.
    pub left: usize,
    /// The grade after which a learner of this school graduates.
    pub last_grade: String,
}

/// Somebody decided otherwise.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(rename = "PromotionChoice")]
pub struct Choice {
    /// Of the year which ends.
    #[ts(type = "string")]
    pub enrolment: Uuid,
    /// Instead of the one that was proposed.
    pub step: Step,
}

/// How many learners each step was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Promoted {
    /// Enrolled in the next grade.
    pub promoted: usize,
    /// Enrolled in the same grade again.
    pub retained: usize,
    /// Finished; not enrolled in the next year.
    pub graduated: usize,
    /// Of whom nothing was written.
    pub held: usize,
}

/// The grade after this one; none after grade 12 and for the non-graded.
pub fn next_grade(grade: &str) -> Option<String> {
    let at = GRADE_LEVELS.iter().position(|one| *one == grade)?;
    GRADE_LEVELS.get(at + 1).filter(|next| **next != "NG").map(|next| (*next).to_owned())
}

/// The last grade of a school: as it says itself; an integrated one without senior high ends with grade 10.
pub fn last_grade(offering: Option<&str>, highest: Option<&str>) -> &'static str {
    let reached = highest.map_or(0, grade_order);
    match offering {
        Some("es") => "6",
        Some("jhs") => "10",
        Some("shs") => "12",
        _ if reached <= grade_order("6") && highest.is_some() => "6",
        _ if reached <= grade_order("10") && highest.is_some() => "10",
        _ => "12",
    }
}

fn last_grade_of(conn: &Connection, year: Uuid) -> Result<&'static str> {
    let mut statement = conn.prepare_cached("SELECT offering FROM school_profile WHERE deleted_at IS NULL LIMIT 1")?;
    let offering: Option<String> = statement.query([])?.next()?.map(|row| row.get(0)).transpose()?.flatten();
    let mut grades = conn.prepare_cached(
        "SELECT DISTINCT grade_level FROM enrolment WHERE school_year = ?1 AND deleted_at IS NULL AND grade_level <> 'NG'",
    )?;
    let grades: Vec<String> =
        grades.query_map([year.as_bytes()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let highest = grades.iter().max_by_key(|grade| grade_order(grade));
    Ok(last_grade(offering.as_deref(), highest.map(String::as_str)))
}

/// With the next year's enrolment looked up by the learner: by the school year (which the plus keeps from being used) it would be
/// the whole school again for each of them.
const LEARNERS: &str = "SELECT e.id, e.student, e.grade_level, e.status, coalesce(e.unsettled_account, 0),
        l.last_name, l.first_name, l.middle_name, l.name_ext, l.lrn, l.sex,
        (SELECT s.name FROM section_membership m JOIN section s ON s.id = m.section
         WHERE m.enrolment = e.id AND m.deleted_at IS NULL ORDER BY m.valid_from DESC LIMIT 1),
        EXISTS (SELECT 1 FROM student_document d
         WHERE d.student = e.student AND d.deleted_at IS NULL AND d.state = 'missing'),
        EXISTS (SELECT 1 FROM enrolment n
         WHERE n.student = e.student AND +n.school_year = ?2 AND n.deleted_at IS NULL AND n.status <> 'cancelled')
     FROM enrolment e JOIN student l ON l.id = e.student
     WHERE e.school_year = ?1 AND e.deleted_at IS NULL AND l.deleted_at IS NULL";

/// What would become of everybody.
pub fn preview(conn: &Connection, from: Uuid, to: Uuid) -> Result<Preview> {
    check_years(conn, from, to)?;
    let last = last_grade_of(conn, from)?;
    let mut preview = Preview { lines: Vec::new(), done: 0, left: 0, last_grade: last.into() };
    let mut statement = conn.prepare_cached(LEARNERS)?;
    let mut rows = statement.query((from.as_bytes(), to.as_bytes()))?;
    while let Some(row) = rows.next()? {
        let (grade_level, status): (String, String) = (row.get(2)?, row.get(3)?);
        let decided_here =
            matches!(status.as_str(), "pre_registered" | "temporary" | "enrolled" | "completed" | "retained");
        let graduated = status == "completed" && grade_level == last;
        if row.get(13)? || graduated {
            preview.done += 1;
            continue;
        }
        if !decided_here {
            preview.left += 1;
            continue;
        }
        let (step, hold) = propose(&grade_level, &status, last, row.get(4)?, row.get(12)?);
        preview.lines.push(Line {
            enrolment: Uuid::from_bytes(row.get(0)?),
            student: Uuid::from_bytes(row.get(1)?),
            name: name(row)?,
            lrn: row.get(9)?,
            sex: row.get(10)?,
            section: row.get(11)?,
            next: next_of(step, &grade_level),
            grade_level,
            status,
            step,
            hold,
        });
    }
    preview.lines.sort_by_cached_key(|line| {
        (
            grade_order(&line.grade_level),
            line.section.clone(),
            line.sex.as_deref() != Some("M"),
            pems_model::fold::fold(&line.name),
        )
    });
    Ok(preview)
}

fn name(row: &rusqlite::Row<'_>) -> rusqlite::Result<String> {
    let (last, first): (String, String) = (row.get(5)?, row.get(6)?);
    let (middle, ext): (Option<String>, Option<String>) = (row.get(7)?, row.get(8)?);
    let rest = [Some(first), ext, middle].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Ok(format!("{last}, {rest}"))
}

fn propose(grade: &str, status: &str, last: &str, unsettled: bool, missing: bool) -> (Step, Option<&'static str>) {
    let hold = match status {
        "pre_registered" => Some("not_enrolled"),
        _ if grade == "NG" => Some("no_grade"),
        _ if missing || status == "temporary" => Some("missing_papers"),
        _ if unsettled => Some("unsettled_account"),
        _ => None,
    };
    match (hold, status) {
        (Some(_), _) => (Step::Hold, hold),
        (None, "retained") => (Step::Retain, None),
        (None, _) if grade == last => (Step::Graduate, None),
        _ => (Step::Promote, None),
    }
}

fn next_of(step: Step, grade: &str) -> Option<String> {
    match step {
        Step::Promote => next_grade(grade),
        Step::Retain => Some(grade.to_owned()),
        Step::Graduate | Step::Hold => None,
    }
}

fn check_years(conn: &Connection, from: Uuid, to: Uuid) -> Result<(year::Year, year::Year)> {
    let (from, to) = (year::find(conn, from)?, year::find(conn, to)?);
    if to.label <= from.label {
        let message = format!("{} does not come after {}; choose a later school year", to.label, from.label);
        return Err(NodeError::new(Code::Rule, message));
    }
    if to.status == "closed" {
        let message = format!("school year {} is closed; open it, or choose another", to.label);
        return Err(NodeError::new(Code::Rule, message));
    }
    Ok((from, to))
}

/// Moves everybody who is not held, but for `choices` as proposed; of all grades, or of those named. Old enrolments end on the
/// last day of their year, or today where that is earlier; on the day of what is known to have happened later.
///
/// # Errors
/// `rule` for years that do not follow each other, for a last grade that is to be promoted.
pub fn promote(
    work: &mut Work<'_, '_>,
    by: &By,
    years: (Uuid, Uuid),
    grades: Option<&[String]>,
    choices: &[Choice],
) -> Result<Promoted> {
    let (from, _) = check_years(work.conn(), years.0, years.1)?;
    let preview = preview(work.conn(), years.0, years.1)?;
    let choices: HashMap<Uuid, Step> = choices.iter().map(|choice| (choice.enrolment, choice.step)).collect();
    let grades: Option<HashSet<&str>> = grades.map(|grades| grades.iter().map(String::as_str).collect());
    let on = Day(from.end_date.0.min(by.today));
    let mut promoted = Promoted::default();
    for line in &preview.lines {
        if grades.as_ref().is_some_and(|grades| !grades.contains(line.grade_level.as_str())) {
            continue;
        }
        let step = choices.get(&line.enrolment).copied().unwrap_or(line.step);
        match step {
            Step::Hold => {
                promoted.held += 1;
                continue;
            }
            Step::Promote => promoted.promoted += 1,
            Step::Retain => promoted.retained += 1,
            Step::Graduate => promoted.graduated += 1,
        }
        one(work, by, line, step, years.1, on)?;
    }
    Ok(promoted)
}

fn one(work: &mut Work<'_, '_>, by: &By, line: &Line, step: Step, to: Uuid, on: Day) -> Result<()> {
    let about = |error: NodeError| NodeError { message: format!("{}: {}", line.name, error.message), ..error };
    let old: Enrolment = record::find(work.conn(), line.enrolment)?;
    let end = if step == Step::Retain { "retained" } else { "completed" };
    if old.status != end {
        // What happened meanwhile stays before the end.
        let on = record::last_day(work.conn(), old.id)?.map_or(on, |known| known.max(on));
        record::change(work, by, old.id, Change::to(end, end, on), json!({})).map_err(about)?;
    }
    if step == Step::Graduate {
        return Ok(());
    }
    let Some(grade) = next_of(step, &line.grade_level) else {
        let message = format!(
            "there is no grade after {} for {}; let the learner graduate, or hold",
            line.grade_level, line.name
        );
        return Err(NodeError::new(Code::Rule, message));
    };
    let kind = if step == Step::Retain { "repeater" } else { "continuing" };
    // A cancelled enrolment of that year is taken up again, as the desk would.
    let again = record::of_student(work.conn(), line.student)?.into_iter().find(|one| one.school_year == to);
    let cancelled = again.as_ref().filter(|one| one.status == "cancelled");
    let status = cancelled.map_or("pre_registered", |one| one.status.as_str());
    let fields = json!({
        "student": line.student, "school_year": to, "grade_level": grade, "kind": kind, "status": status,
    });
    let id = record::save(work, "enrolment", again.as_ref().map(|one| one.id), fields).map_err(about)?.row.id;
    if cancelled.is_some() {
        let today = Day(by.today).min(year::find(work.conn(), to)?.end_date);
        let on = record::last_day(work.conn(), id)?.map_or(today, |known| known.max(today));
        record::change(work, by, id, Change::to("enrolled", "pre_registered", on), json!({})).map_err(about)?;
    }
    Ok(())
}

/// How SQLite looks everybody up.
#[cfg(test)]
pub(crate) fn plan(conn: &Connection) -> Result<Vec<String>> {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {LEARNERS}"))?;
    let nobody = Uuid::nil();
    let steps = statement.query_map((nobody.as_bytes(), nobody.as_bytes()), |row| row.get(3))?;
    Ok(steps.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_follow_each_other_to_the_last_of_the_school() {
        assert_eq!(next_grade("K").as_deref(), Some("1"));
        assert_eq!(next_grade("9").as_deref(), Some("10"));
        assert_eq!((next_grade("12"), next_grade("NG")), (None, None));
        assert_eq!(last_grade(Some("es"), Some("6")), "6");
        assert_eq!(last_grade(Some("jhs"), Some("9")), "10");
        assert_eq!(last_grade(Some("integrated"), Some("10")), "10", "an integrated school without senior high");
        assert_eq!(last_grade(Some("integrated"), Some("11")), "12");
        assert_eq!(last_grade(None, Some("4")), "6");
        assert_eq!(last_grade(None, None), "12");
    }

    #[test]
    fn what_holds_somebody_back_comes_before_what_comes_next() {
        assert_eq!(propose("7", "enrolled", "10", false, false), (Step::Promote, None));
        assert_eq!(propose("10", "enrolled", "10", false, false), (Step::Graduate, None));
        assert_eq!(propose("7", "retained", "10", false, false), (Step::Retain, None));
        assert_eq!(propose("7", "temporary", "10", false, false), (Step::Hold, Some("missing_papers")));
        assert_eq!(propose("7", "enrolled", "10", true, false), (Step::Hold, Some("unsettled_account")));
        assert_eq!(propose("10", "pre_registered", "10", false, false), (Step::Hold, Some("not_enrolled")));
        assert_eq!(propose("NG", "enrolled", "10", false, false), (Step::Hold, Some("no_grade")));
    }
}
