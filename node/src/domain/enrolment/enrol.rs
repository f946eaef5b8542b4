//! Enrolling: the learner (known or new), the enrolment with its event, the section and the papers, all or nothing.

use super::papers::{self, PaperState};
use super::record::{self, Change};
use super::{sections, year};
use crate::domain::enrolment::{By, Day};
use crate::store::Work;
use crate::{NodeError, Result};
use pems_model::Code;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use ts_rs::TS;
use uuid::Uuid;

/// What the desk was told.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields, rename = "EnrolFields")]
pub struct Enrol {
    /// A learner who is known.
    #[serde(default)]
    #[ts(optional, type = "string")]
    pub student: Option<Uuid>,
    /// Fields of a new one, or changed ones of a known one.
    #[serde(default)]
    #[ts(optional, type = "Record<string, unknown>")]
    pub learner: Option<Map<String, Json>>,
    /// Into which; not a closed one.
    #[ts(type = "string")]
    pub school_year: Uuid,
    /// `K`, `1` to `12` or `NG`.
    pub grade_level: String,
    /// Senior high, at most 40 characters.
    #[serde(default)]
    pub track: Option<String>,
    /// Senior high, at most 40 characters.
    #[serde(default)]
    pub strand: Option<String>,
    /// `new`, `continuing`, `transferee`, `balik_aral`, `repeater`, `als_pept`, `moved_in`.
    pub kind: String,
    /// Left out: no section yet.
    #[serde(default)]
    #[ts(optional, type = "string")]
    pub section: Option<Uuid>,
    /// Where a transferee was before, at most 200 characters.
    #[serde(default)]
    pub from_school: Option<String>,
    /// Those that were brought, or asked for, at the desk.
    #[serde(default)]
    #[ts(as = "Option<Vec<PaperState>>")]
    pub papers: Vec<PaperState>,
    /// A day of the school year, or of the weeks before it, not after today.
    #[ts(type = "string")]
    pub on_date: Day,
    /// Somebody agreed to more learners than the section has seats.
    #[serde(default)]
    #[ts(as = "Option<bool>")]
    pub over_capacity: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Enrolled {
    /// The learner, known or made.
    #[ts(type = "string")]
    pub student: Uuid,
    /// The year's one of this learner; a cancelled one is taken up again.
    #[ts(type = "string")]
    pub enrolment: Uuid,
    /// `pre_registered`, `temporary` or `enrolled`.
    pub status: String,
    /// After the year's cut-off date.
    pub late: bool,
    /// Kinds of papers that are still owed; then the enrolment is temporary.
    pub missing: Vec<String>,
}

/// Writes it all.
///
/// # Errors
/// `rule` for a closed year, a wrong day, a full section; `conflict` for who is enrolled already; what a row refuses.
pub fn enrol(work: &mut Work<'_, '_>, by: &By, told: &Enrol) -> Result<Enrolled> {
    let year = year::find(work.conn(), told.school_year)?;
    year.check_day(told.on_date, by.today)?;
    let student = learner(work, told)?;
    let before = of_year(work, student, told.school_year)?;
    for paper in &told.papers {
        papers::set(work, student, paper, told.on_date)?;
    }
    let missing = papers::missing(work.conn(), student)?;
    let status = match (year.status.as_str(), missing.is_empty()) {
        // Early registration: the year has not begun to take learners.
        ("draft", _) => "pre_registered",
        (_, true) => "enrolled",
        (_, false) => "temporary",
    };
    let late = year.cutoff_date.is_some_and(|cutoff| told.on_date > cutoff);
    let fields = json!({
        "student": student,
        "school_year": told.school_year,
        "grade_level": told.grade_level,
        "track": told.track,
        "strand": told.strand,
        "kind": told.kind,
        "status": before.as_ref().map_or(status, |one| one.status.as_str()),
        "from_school": told.from_school,
    });
    let taken_up = before.as_ref().is_some_and(|one| one.status == "cancelled");
    let id = record::save(work, "enrolment", before.map(|one| one.id), fields)?.row.id;
    // A pre-registration needs no event: it is what an enrolment without events is.
    if status != "pre_registered" || taken_up {
        let change = Change { school: told.from_school.as_deref(), ..Change::to("enrolled", status, told.on_date) };
        let first = Day(told.on_date.0.max(year.start_date.0));
        record::change(work, by, id, change, json!({ "late": late, "first_attendance_date": first }))?;
    }
    if told.section.is_some() {
        let placing = sections::Placing {
            enrolments: &[id],
            section: told.section,
            day: told.on_date,
            over_capacity: told.over_capacity,
        };
        sections::assign(work, by, &placing)?;
    }
    Ok(Enrolled { student, enrolment: id, status: status.into(), late, missing })
}

fn learner(work: &mut Work<'_, '_>, told: &Enrol) -> Result<Uuid> {
    match (&told.student, &told.learner) {
        (Some(student), None) => Ok(*student),
        (student, Some(fields)) => Ok(record::save(work, "student", *student, Json::Object(fields.clone()))?.row.id),
        (None, None) => Err(NodeError::new(Code::Required, "choose a learner, or write a new one's name")),
    }
}

/// The enrolment of the year that this one goes on with, if there is one.
fn of_year(work: &Work<'_, '_>, student: Uuid, year: Uuid) -> Result<Option<record::Enrolment>> {
    let found = record::of_student(work.conn(), student)?.into_iter().find(|one| one.school_year == year);
    match &found {
        Some(one) if !matches!(one.status.as_str(), "pre_registered" | "cancelled") => {
            let remedy = match one.status.as_str() {
                "temporary" | "enrolled" => "move the learner to another section instead",
                _ => "take the learner back instead",
            };
            let message =
                format!("this learner has an enrolment in this school year already ({}); {remedy}", one.status);
            Err(NodeError::new(Code::Conflict, message)
                .with_details(json!({ "enrolment": one.id, "status": one.status })))
        }
        _ => Ok(found),
    }
}
