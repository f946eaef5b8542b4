//! A learner's page: who they are, whose child, where they were enrolled, which papers are here, and how they attended.

use crate::app::Desk;
use crate::domain::attendance::sheets::absent_halves;
use crate::domain::enrolment::record::SUPERSEDED;
use crate::{NodeError, Result, Store};
use pems_model::value::format_date;
use pems_model::{Code, Row};
use rusqlite::OptionalExtension;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

/// Everything about one learner.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "LearnerPage")]
pub struct Page {
    #[ts(type = "Student & { deleted?: boolean }")]
    pub learner: Json,
    /// Full years today.
    pub age: Option<i32>,
    pub guardians: Vec<Guardian>,
    /// Newest school year first.
    pub enrolments: Vec<Enrolment>,
    #[ts(type = "StudentDocument[]")]
    pub papers: Vec<Json>,
    /// Of the newest school year that the learner is enrolled in.
    pub attendance: Option<Attendance>,
    /// Whether whoever is at the PC may change the learner.
    pub may_edit: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "LearnerGuardian")]
pub struct Guardian {
    #[ts(type = "StudentGuardian")]
    pub link: Json,
    #[ts(type = "Guardian")]
    pub person: Json,
    /// Other learners of the same guardian: brothers and sisters, mostly.
    pub others: Vec<Named>,
}

/// A learner in a few words.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "LearnerNamed")]
pub struct Named {
    #[ts(type = "string")]
    pub id: Uuid,
    pub name: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "LearnerEnrolment")]
pub struct Enrolment {
    #[ts(type = "Enrolment")]
    pub row: Json,
    pub school_year: String,
    /// Where the learner sits now, or sat last.
    pub section: Option<String>,
    pub sections: Vec<Sat>,
    /// Oldest first.
    #[ts(type = "EnrolmentEvent[]")]
    pub events: Vec<Json>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(rename = "LearnerSat")]
pub struct Sat {
    pub section: String,
    /// Days; `until` is the first day elsewhere.
    pub from: String,
    pub until: Option<String>,
}

/// Marks of a school year, counted.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(rename = "LearnerAttendance")]
pub struct Attendance {
    pub school_year: String,
    /// Days on which attendance was taken of the learner's sections while the learner sat there.
    pub taken: i64,
    /// Days; half of one where the learner was away in the morning or in the afternoon alone. So are the excused ones.
    pub absent: f64,
    /// Days on which it happened at all.
    pub late: i64,
    pub cutting: i64,
    pub excused: f64,
}

impl Desk {
    /// # Errors
    /// `not_found` for a learner that never was.
    pub(super) fn learner_page(&self, id: Uuid) -> Result<Page> {
        let store = &self.store;
        let entity = store.declared("student")?;
        let row = store.get("student", id)?;
        let row = row.ok_or_else(|| NodeError::new(Code::NotFound, "there is no such learner; search again"))?;
        let born = match row.get(entity, "birth_date") {
            pems_model::Value::Date(day) => Some(*day),
            _ => None,
        };
        let enrolments = enrolments(store, id)?;
        Ok(Page {
            learner: row.to_json(entity),
            age: born.and_then(|born| super::find::age(born, self.today())),
            guardians: guardians(store, id)?,
            attendance: attendance(store, id)?,
            papers: hanging(store, "student_document", "student", id, "kind")?,
            enrolments,
            may_edit: store.may_write(entity),
        })
    }
}

/// Live rows of `entity` that link to `id`, as JSON.
fn hanging(store: &Store, entity: &str, link: &str, id: Uuid, order: &str) -> Result<Vec<Json>> {
    let declared = store.declared(entity)?;
    let rows = store.linked(entity, link, id, order)?;
    Ok(rows.iter().map(|row| row.to_json(declared)).collect())
}

fn guardians(store: &Store, id: Uuid) -> Result<Vec<Guardian>> {
    let (links, persons) = (store.declared("student_guardian")?, store.declared("guardian")?);
    let mut list = Vec::new();
    for link in store.linked("student_guardian", "student", id, "coalesce(is_primary, 0) DESC, relation, id")? {
        let Some(guardian) = link.get(links, "guardian").as_id() else { continue };
        let Some(person) = store.get("guardian", guardian)?.filter(Row::is_live) else { continue };
        let others = siblings(store, guardian, id)?;
        list.push(Guardian { link: link.to_json(links), person: person.to_json(persons), others });
    }
    Ok(list)
}

fn siblings(store: &Store, guardian: Uuid, id: Uuid) -> Result<Vec<Named>> {
    let mut statement = store.conn().prepare_cached(
        "SELECT s.id, s.last_name || ', ' || s.first_name FROM student_guardian l
         JOIN student s ON s.id = l.student AND s.deleted_at IS NULL
         WHERE l.guardian = ?1 AND l.student <> ?2 AND l.deleted_at IS NULL ORDER BY s.birth_date, s.id",
    )?;
    let found = statement.query_map((guardian.as_bytes(), id.as_bytes()), |row| {
        Ok(Named { id: Uuid::from_bytes(row.get(0)?), name: row.get(1)? })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn enrolments(store: &Store, id: Uuid) -> Result<Vec<Enrolment>> {
    let entity = store.declared("enrolment")?;
    let order = "(SELECT start_date FROM school_year y WHERE y.id = school_year) DESC";
    let mut list = Vec::new();
    for row in store.linked("enrolment", "student", id, order)? {
        let year = row.get(entity, "school_year").as_id().unwrap_or_default();
        let sections = sat(store, row.id)?;
        list.push(Enrolment {
            school_year: year_label(store, year)?.unwrap_or_default(),
            section: sections.last().map(|sat| sat.section.clone()),
            sections,
            events: hanging(store, "enrolment_event", "enrolment", row.id, "on_date, id")?,
            row: row.to_json(entity),
        });
    }
    Ok(list)
}

fn sat(store: &Store, enrolment: Uuid) -> Result<Vec<Sat>> {
    let mut statement = store.conn().prepare_cached(
        "SELECT s.name, m.valid_from, m.valid_to FROM section_membership m JOIN section s ON s.id = m.section
         WHERE m.enrolment = ?1 AND m.deleted_at IS NULL ORDER BY m.valid_to IS NULL, m.valid_from",
    )?;
    let found = statement.query_map([enrolment.as_bytes()], |row| {
        let until: Option<i32> = row.get(2)?;
        Ok(Sat { section: row.get(0)?, from: format_date(row.get(1)?), until: until.map(format_date) })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn year_label(store: &Store, id: Uuid) -> Result<Option<String>> {
    let mut statement = store.conn().prepare_cached("SELECT label FROM school_year WHERE id = ?1")?;
    Ok(statement.query_row([id.as_bytes()], |row| row.get(0)).optional()?)
}

/// From the learner's own marks and the sheets of the own sections: a few hundred rows by index, however large the school.
fn attendance(store: &Store, id: Uuid) -> Result<Option<Attendance>> {
    let mut statement = store.conn().prepare_cached(
        "SELECT y.label, e.id, y.id FROM enrolment e JOIN school_year y ON y.id = e.school_year
         WHERE e.student = ?1 AND e.deleted_at IS NULL ORDER BY y.start_date DESC LIMIT 1",
    )?;
    let year: Option<(String, [u8; 16], [u8; 16])> =
        statement.query_row([id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    let Some((school_year, enrolment, year)) = year else { return Ok(None) };
    // A mark is the learner's, whichever section the learner is in by now.
    let marks = "attendance_mark k JOIN attendance_sheet a ON a.id = k.sheet AND a.deleted_at IS NULL
         JOIN section s ON s.id = a.section WHERE k.student = ?1 AND k.deleted_at IS NULL AND s.school_year = ?2";
    let sheets = format!(
        "section_membership m JOIN attendance_sheet a ON a.section = m.section AND a.deleted_at IS NULL
             AND a.on_date >= m.valid_from AND (m.valid_to IS NULL OR a.on_date < m.valid_to)
             AND coalesce({SUPERSEDED}, a.on_date + 1) > a.on_date"
    );
    let sql = format!(
        "SELECT count(*) FROM (SELECT a.on_date FROM {sheets} WHERE m.enrolment = ?3 AND m.deleted_at IS NULL
         UNION SELECT a.on_date FROM {marks})"
    );
    let taken = store.conn().prepare_cached(&sql)?.query_row((id.as_bytes(), year, enrolment), |row| row.get(0))?;
    let mut statement = store.conn().prepare_cached(&format!("SELECT a.on_date, a.session, k.code FROM {marks}"))?;
    let mut rows = statement.query((id.as_bytes(), year))?;
    let mut days: BTreeMap<i32, Vec<(String, String)>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        days.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
    }
    let mut counted = Attendance { school_year, taken, absent: 0.0, late: 0, cutting: 0, excused: 0.0 };
    for marks in days.values() {
        let with = |codes: &'static [&str]| {
            marks.iter().filter(|(_, code)| codes.contains(&code.as_str())).map(|(session, code)| (&**session, &**code))
        };
        let (away, unexcused) = (absent_halves(with(&["A", "E"])), absent_halves(with(&["A"])));
        counted.absent += f64::from(unexcused) / 2.0;
        counted.excused += f64::from(away - unexcused) / 2.0;
        counted.late += i64::from(with(&["L"]).next().is_some());
        counted.cutting += i64::from(with(&["C"]).next().is_some());
    }
    Ok(Some(counted))
}

/// A paper as the page changes it.
pub(super) fn paper_fields(state: &str, today: i32) -> Json {
    match state {
        "received" => json!({ "state": state, "received_on": format_date(today), "returned_on": null }),
        "returned" => json!({ "state": state, "returned_on": format_date(today) }),
        _ => json!({ "state": state, "received_on": null, "returned_on": null }),
    }
}
