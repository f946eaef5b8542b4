//! Whether a row may say what it says of an enrolment, of what happened to it, of a stay in a section, or of a class day: asked
//! before anything is written, as the store asks it (`store/stays.rs`), so that a dry run refuses the rows that the import would.
//!
//! Invariant: of learners who were marked in a class, no list moves the days of the marks into another one: the window asks whoever
//! does that whether the marks may stay, and a list has nobody to ask.

use super::known::Existing;
use crate::Result;
use crate::domain::enrolment::{listed, marked};
use crate::store::stays::{any_signed, days_problem, seats_problem};
use pems_model::domain::enrolment;
use pems_model::domain::seats::{Moved, Seats, Stay, moved, of_stays, stay};
use pems_model::entities::{CALENDAR_DAY, ENROLMENT, ENROLMENT_EVENT, SCHOOL_YEAR, SECTION_MEMBERSHIP};
use pems_model::{Code, Entity, Problem, Row, Value};
use uuid::Uuid;

fn date(entity: &Entity, row: &Row, field: &str) -> Option<i32> {
    if let Value::Date(day) = row.get(entity, field) { Some(*day) } else { None }
}

/// What is wrong with `row`, which is to be written over what is known.
pub(super) fn problem(known: &mut Existing<'_>, entity: &'static Entity, row: &Row) -> Result<Option<Problem>> {
    if let Some(problem) = class_days(known, entity, row)? {
        return Ok(Some(problem));
    }
    if entity.name == ENROLMENT.name {
        return match status(known, row)? {
            None => signed(known, row.id, entity, row),
            problem => Ok(problem),
        };
    }
    let is_stay = entity.name == SECTION_MEMBERSHIP.name;
    if !is_stay && entity.name != ENROLMENT_EVENT.name {
        return Ok(None);
    }
    let Some(id) = row.get(entity, "enrolment").as_id() else { return Ok(None) };
    let before = known.kept(entity)?.rows.get(&row.id).cloned();
    if before.as_ref().is_some_and(|before| before.is_live() && before.values == row.values) {
        return Ok(None);
    }
    let Some(of) = known.kept(&ENROLMENT)?.rows.get(&id).cloned() else { return Ok(None) };
    if let Some(year) = of.get(&ENROLMENT, "school_year").as_id()
        && let Some(year) = known.kept(&SCHOOL_YEAR)?.rows.get(&year)
        && let (Some(start), Some(end)) = (date(&SCHOOL_YEAR, year, "start_date"), date(&SCHOOL_YEAR, year, "end_date"))
        && let Some(problem) = enrolment::dated(entity, before.as_ref(), row, start, end)
    {
        return Ok(Some(problem));
    }
    let problem = signed(known, id, entity, row)?;
    if !is_stay {
        return Ok(problem);
    }
    if let Some(problem) = problem {
        return Ok(Some(Problem { field: Some("valid_from".to_owned()), ..problem }));
    }
    let moves = moves(known, id, row)?;
    match of.get(&ENROLMENT, "student").as_id() {
        Some(student) => marks(known, student, &moves),
        None => Ok(None),
    }
}

/// A list knows where somebody stands and not what happened: it changes no status.
fn status(known: &mut Existing<'_>, row: &Row) -> Result<Option<Problem>> {
    let text = |row: &Row| row.get(&ENROLMENT, "status").as_text().map(str::to_owned);
    let before = known.kept(&ENROLMENT)?.rows.get(&row.id).and_then(text);
    let (Some(before), Some(after)) = (before, text(row)) else { return Ok(None) };
    if before == after {
        return Ok(None);
    }
    Ok(enrolment::status(&before, &after, &listed::known(known.store().conn(), row.id)?))
}

/// What the row comes to for where the learner is said to sit.
fn moves(known: &mut Existing<'_>, enrolment: Uuid, row: &Row) -> Result<Vec<Moved>> {
    let stays = |rows: &[Row]| of_stays(&rows.iter().filter_map(stay).collect::<Vec<Stay>>());
    let before = of(known, &SECTION_MEMBERSHIP, enrolment)?;
    Ok(moved(&stays(&before), &stays(&with(&before, row))))
}

/// The records of an enrolment.
fn of(known: &mut Existing<'_>, entity: &'static Entity, enrolment: Uuid) -> Result<Vec<Row>> {
    let kept = known.kept(entity)?;
    let ids = kept.children.get(&enrolment).into_iter().flatten();
    Ok(ids.filter_map(|id| kept.rows.get(id)).cloned().collect())
}

/// The same, with a row as it is to be.
fn with(rows: &[Row], row: &Row) -> Vec<Row> {
    rows.iter().filter(|other| other.id != row.id).chain([row]).cloned().collect()
}

/// What the row comes to for months that are signed.
fn signed(known: &mut Existing<'_>, id: Uuid, entity: &Entity, row: &Row) -> Result<Option<Problem>> {
    if !any_signed(known.store().conn())? {
        return Ok(None);
    }
    let stays = of(known, &SECTION_MEMBERSHIP, id)?;
    if stays.is_empty() && entity.name != SECTION_MEMBERSHIP.name {
        return Ok(None);
    }
    let events = of(known, &ENROLMENT_EVENT, id)?;
    let enrolment = known.kept(&ENROLMENT)?.rows.get(&id).cloned();
    let year = enrolment.as_ref().unwrap_or(row).get(&ENROLMENT, "school_year").as_id();
    let year = match year {
        Some(year) => known.kept(&SCHOOL_YEAR)?.rows.get(&year).cloned(),
        None => None,
    };
    let start = year.and_then(|year| date(&SCHOOL_YEAR, &year, "start_date"));
    let before = Seats::of(enrolment.as_ref(), start, &stays, &events);
    let after = match entity.name {
        name if name == ENROLMENT.name => Seats::of(Some(row), start, &stays, &events),
        name if name == ENROLMENT_EVENT.name => Seats::of(enrolment.as_ref(), start, &stays, &with(&events, row)),
        _ => Seats::of(enrolment.as_ref(), start, &with(&stays, row), &events),
    };
    seats_problem(known.store().conn(), &before, &after)
}

/// What is wrong with a day of the calendar, or the days of a school year.
fn class_days(known: &mut Existing<'_>, entity: &'static Entity, row: &Row) -> Result<Option<Problem>> {
    if ![CALENDAR_DAY.name, SCHOOL_YEAR.name].contains(&entity.name) {
        return Ok(None);
    }
    let before = known.kept(entity)?.rows.get(&row.id).cloned();
    days_problem(known.store().conn(), entity, before.as_ref(), row)
}

fn marks(known: &Existing<'_>, student: Uuid, moves: &[Moved]) -> Result<Option<Problem>> {
    let said = marked::away(known.store().conn(), student, moves)?;
    Ok(said.map(|said| {
        let message = format!(
            "{said}; move the learner in the list of the section, where you are asked whether the marks may stay there, or leave this \
             row out"
        );
        Problem::at(Code::Rule, "valid_from", message)
    }))
}
