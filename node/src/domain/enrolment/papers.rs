//! The papers that a learner brings, or still owes. Enrolment does not wait for them (DepEd: "temporarily enrolled"); it waits for
//! them to be confirmed.

use super::record::{self, Change, Enrolment};
use super::year;
use crate::domain::enrolment::{By, Day};
use crate::store::Work;
use crate::{NodeError, Result};
use pems_model::Code;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::json;
use ts_rs::TS;
use uuid::Uuid;

/// A paper as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Paper {
    /// A kind of `student_document`.
    pub kind: String,
    /// `missing`, `received`, `returned`, `waived`; none where nobody asked for it yet.
    pub state: Option<String>,
    /// Whether this kind of enrolment wants it.
    pub wanted: bool,
}

/// A paper as somebody says it is.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PaperState {
    /// A kind of `student_document`.
    pub kind: String,
    /// `missing`, `received`, `returned` or `waived`.
    pub state: String,
}

/// What each kind of enrolment asks for: the birth certificate of a first one, the report card and the good moral certificate of
/// who comes from elsewhere. SF10 is asked of the other school through LIS, not of the learner.
fn wanted(kind: &str) -> &'static [&'static str] {
    match kind {
        "new" => &["psa"],
        "transferee" | "moved_in" => &["sf9", "psa", "good_moral"],
        "balik_aral" => &["sf9"],
        "als_pept" => &["als_pept", "psa"],
        _ => &[],
    }
}

/// In the order in which they are asked for.
const ORDER: &[&str] = &["sf9", "psa", "good_moral", "sf10", "als_pept", "id_photo", "medical"];

const KNOWN: &str = "SELECT kind, state FROM student_document WHERE student = ?1 AND deleted_at IS NULL";

/// What is known of a learner's papers, and what an enrolment of `kind` wants besides.
pub fn of(conn: &Connection, student: Option<Uuid>, kind: &str) -> Result<Vec<Paper>> {
    let wanted = wanted(kind);
    let mut papers: Vec<Paper> = Vec::new();
    if let Some(student) = student {
        let mut statement = conn.prepare_cached(KNOWN)?;
        let mut rows = statement.query([student.as_bytes()])?;
        while let Some(row) = rows.next()? {
            let kind: String = row.get(0)?;
            papers.push(Paper { wanted: wanted.contains(&kind.as_str()), state: row.get(1)?, kind });
        }
    }
    for kind in wanted {
        if !papers.iter().any(|paper| paper.kind == *kind) {
            papers.push(Paper { kind: (*kind).into(), state: None, wanted: true });
        }
    }
    let order = |paper: &Paper| ORDER.iter().position(|kind| *kind == paper.kind).unwrap_or(ORDER.len());
    papers.sort_by_key(|paper| (!paper.wanted, order(paper)));
    Ok(papers)
}

/// The kinds that are missing.
pub fn missing(conn: &Connection, student: Uuid) -> Result<Vec<String>> {
    let papers = of(conn, Some(student), "")?.into_iter();
    Ok(papers.filter(|paper| paper.state.as_deref() == Some("missing")).map(|paper| paper.kind).collect())
}

/// Writes how a paper stands.
pub fn set(work: &mut Work<'_, '_>, student: Uuid, paper: &PaperState, day: Day) -> Result<bool> {
    let known: Vec<(Uuid, String)> = {
        let sql = "SELECT id, kind FROM student_document WHERE student = ?1 AND deleted_at IS NULL";
        let mut statement = work.conn().prepare_cached(sql)?;
        let read = |row: &rusqlite::Row<'_>| Ok((Uuid::from_bytes(row.get(0)?), row.get(1)?));
        statement.query_map([student.as_bytes()], read)?.collect::<rusqlite::Result<_>>()?
    };
    let id = known.iter().find(|(_, kind)| *kind == paper.kind).map(|(id, _)| *id);
    let mut fields = json!({ "student": student, "kind": paper.kind, "state": paper.state });
    match paper.state.as_str() {
        "received" => fields["received_on"] = json!(day),
        "returned" => fields["returned_on"] = json!(day),
        "missing" => fields["received_on"] = json!(null),
        _ => {}
    }
    Ok(record::save(work, "student_document", id, fields)?.changed)
}

/// Writes how a paper stands; an enrolment that waited for the last one is confirmed. Answers the confirmed enrolment.
pub fn arrived(
    work: &mut Work<'_, '_>,
    by: &By,
    student: Uuid,
    paper: &PaperState,
    day: Day,
) -> Result<Option<Enrolment>> {
    set(work, student, paper, day)?;
    if !missing(work.conn(), student)?.is_empty() {
        return Ok(None);
    }
    let waiting = record::of_student(work.conn(), student)?.into_iter().find(|one| one.status == "temporary");
    let Some(waiting) = waiting else { return Ok(None) };
    // A paper may come after the year's end; the enrolment was complete by then. And the day cannot be before what is known
    // already: papers may be entered late, enrolments are not.
    let day = day.min(year::find(work.conn(), waiting.school_year)?.end_date);
    let on = record::last_day(work.conn(), waiting.id)?.map_or(day, |last| last.max(day));
    record::change(work, by, waiting.id, Change::to("confirmed", "enrolled", on), json!({}))?;
    Ok(Some(waiting))
}

/// Whether a learner owes no paper.
///
/// # Errors
/// `rule` with the kinds in `details.missing`.
pub fn check_complete(conn: &Connection, student: Uuid) -> Result<()> {
    let missing = missing(conn, student)?;
    if missing.is_empty() {
        return Ok(());
    }
    let message = "papers are still missing; mark them as received or waived first";
    Err(NodeError::new(Code::Rule, message).with_details(json!({ "missing": missing })))
}
