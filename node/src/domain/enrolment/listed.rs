//! What lists say of enrolments: the school's own tables, OneRoster bundles, LIS's register. A list knows where a learner is, not what
//! happened, so it begins enrolments and fills in what is written on them; where one stands is changed by what happens
//! ([`super::record`]).
//!
//! Invariant: as at the hub (`pems_model::domain::enrolment`), no list changes a status, and none moves a learner away from days on
//! which they were marked.

use super::{marked, record};
use crate::domain::written;
use crate::store::{Save, Saved, Work};
use crate::{NodeError, Result};
use pems_model::Code;
use pems_model::domain::enrolment::{self, Events};
use pems_model::domain::seats::{Stay, moved, of_stays};
use pems_model::entities::{ENROLMENT, SECTION_MEMBERSHIP};
use rusqlite::Connection;
use serde_json::Value as Json;
use uuid::Uuid;

/// An enrolment as a list has it. Without events it stands as its row says, from the first day in a section on.
///
/// # Errors
/// `rule` where it would change a status.
pub(crate) fn enrolment(work: &mut Work<'_, '_>, save: &Save) -> Result<Saved> {
    let before = save.id.map(|id| work.get(ENROLMENT.name, id)).transpose()?.flatten();
    let now = before.as_ref().and_then(|row| row.get(&ENROLMENT, "status").as_text());
    if let (Some(now), Some(then), Some(id)) = (now, save.fields.get("status").and_then(Json::as_str), save.id)
        && let Some(problem) = enrolment::status(now, then, &known(work.conn(), id)?)
    {
        return Err(problem.into());
    }
    written::save(work, ENROLMENT.name, save.id, Json::Object(save.fields.clone()))
}

/// What is known to have happened.
pub(crate) fn known(conn: &Connection, enrolment: Uuid) -> Result<Events> {
    let standing = record::events(conn, enrolment)?.into_iter().map(|event| event.status).collect();
    Ok(Events { standing, taken_back: false })
}

/// A stay in a section as a list has it.
///
/// # Errors
/// `rule` where the learner would be moved away from marks, or a signed month would change.
pub(crate) fn stay(work: &mut Work<'_, '_>, save: &Save) -> Result<Saved> {
    let of = |row: &pems_model::Row| row.get(&SECTION_MEMBERSHIP, "enrolment").as_id();
    let known = save.id.map(|id| work.get(SECTION_MEMBERSHIP.name, id)).transpose()?.flatten();
    let written = save.fields.get("enrolment").and_then(Json::as_str).and_then(|text| Uuid::parse_str(text).ok());
    let enrolment = known.as_ref().and_then(of).or(written);
    let before = enrolment.map(|id| seats(work.conn(), id)).transpose()?.unwrap_or_default();
    let saved = written::save(work, SECTION_MEMBERSHIP.name, save.id, Json::Object(save.fields.clone()))?;
    let Some(enrolment) = enrolment else { return Ok(saved) };
    let student = record::find(work.conn(), enrolment)?.student;
    check_marks(work.conn(), student, enrolment, &before)?;
    Ok(saved)
}

/// Where an enrolment has its learner sit.
pub(crate) fn seats(conn: &Connection, enrolment: Uuid) -> Result<Vec<Stay>> {
    let stays = record::stays(conn, enrolment)?;
    Ok(stays.iter().map(|stay| Stay { section: stay.section, from: stay.from, to: stay.to }).collect())
}

/// A list has nobody whom one could ask whether marks may stay where they were made.
///
/// # Errors
/// `rule` with the section and the days, where somebody sits elsewhere now than `before`.
pub(crate) fn check_marks(conn: &Connection, student: Uuid, enrolment: Uuid, before: &[Stay]) -> Result<()> {
    let Some(said) = marked::away(conn, student, &moved(&of_stays(before), &of_stays(&seats(conn, enrolment)?)))?
    else {
        return Ok(());
    };
    let message = format!(
        "{said}; move the learner in the list of the section, where you are asked whether the marks may stay there, and leave this \
         line as it is"
    );
    Err(NodeError::new(Code::Rule, message))
}
