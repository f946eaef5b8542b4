//! Whether a row may say what it says of an enrolment, of what happened to it, or of a stay in a section: asked before anything is written
//! as the store asks it (`store/stays.rs`), so that a dry run refuses the rows that the import would.
//!
//! Invariant: of learners who were marked in a class, no list moves the days of the marks into another one: the window asks whoever
//! does that whether the marks may stay, and a list has nobody to ask.

use super::known::Known;
use crate::Result;
use crate::domain::enrolment::{listed, marked};
use pems_model::domain::attendance::{Moved, Stay, is_signed, month_of, moved, seated};
use pems_model::domain::enrolment;
use pems_model::entities::{ENROLMENT, ENROLMENT_EVENT, SCHOOL_YEAR, SECTION, SECTION_MEMBERSHIP, SF2_REPORT};
use pems_model::{Code, Entity, Problem, Row, Value};
use uuid::Uuid;

fn date(entity: &Entity, row: &Row, field: &str) -> Option<i32> {
    if let Value::Date(day) = row.get(entity, field) { Some(*day) } else { None }
}

/// What is wrong with `row`, which is to be written over what is known.
pub(super) fn problem(known: &mut Known<'_>, entity: &'static Entity, row: &Row) -> Result<Option<Problem>> {
    if entity.name == ENROLMENT.name {
        return status(known, row);
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
    if !is_stay {
        return Ok(None);
    }
    let moves = moves(known, id, row)?;
    if let Some(problem) = signed(known, &moves)? {
        return Ok(Some(Problem { field: Some("valid_from".to_owned()), ..problem }));
    }
    match of.get(&ENROLMENT, "student").as_id() {
        Some(student) => marks(known, student, &moves),
        None => Ok(None),
    }
}

/// A list knows where somebody stands and not what happened: it changes no status.
fn status(known: &mut Known<'_>, row: &Row) -> Result<Option<Problem>> {
    let text = |row: &Row| row.get(&ENROLMENT, "status").as_text().map(str::to_owned);
    let before = known.kept(&ENROLMENT)?.rows.get(&row.id).and_then(text);
    let (Some(before), Some(after)) = (before, text(row)) else { return Ok(None) };
    if before == after {
        return Ok(None);
    }
    Ok(enrolment::status(&before, &after, &listed::known(known.store().conn(), row.id)?))
}

/// What the row comes to for where the learner sits.
fn moves(known: &mut Known<'_>, enrolment: Uuid, row: &Row) -> Result<Vec<Moved>> {
    let entity = &SECTION_MEMBERSHIP;
    let stay = |row: &Row| {
        let (section, from) = (row.get(entity, "section").as_id()?, date(entity, row, "valid_from")?);
        Some(Stay { section, from, to: date(entity, row, "valid_to") })
    };
    let kept = known.kept(entity)?;
    let rows = || kept.children.get(&enrolment).into_iter().flatten().filter_map(|id| kept.rows.get(id));
    let live = || rows().filter(|row| row.is_live());
    let before: Vec<Stay> = live().filter_map(stay).collect();
    let after = live().filter(|other| other.id != row.id).filter_map(stay).chain(stay(row)).collect::<Vec<_>>();
    Ok(moved(&before, &after))
}

fn signed(known: &mut Known<'_>, moves: &[Moved]) -> Result<Option<Problem>> {
    for one in moves {
        let days = month_of(one.days.start).unwrap_or(one.days.start)..one.days.end;
        for section in one.from.iter().chain(&one.to) {
            let reports = known.kept(&SF2_REPORT)?;
            let of = reports.children.get(section).into_iter().flatten().filter_map(|id| reports.rows.get(id));
            let months = of.filter(|report| is_signed(report)).filter_map(|report| date(&SF2_REPORT, report, "month"));
            let Some(month) = months.filter(|month| days.contains(month)).min() else { continue };
            let title = known.kept(&SECTION)?.rows.get(section).map(title);
            return Ok(Some(seated(title.as_deref().unwrap_or("this section"), month)));
        }
    }
    Ok(None)
}

/// `7-Rizal`.
fn title(section: &Row) -> String {
    let text = |field: &str| section.get(&SECTION, field).as_text().unwrap_or_default().to_owned();
    format!("{}-{}", text("grade_level"), text("name"))
}

fn marks(known: &Known<'_>, student: Uuid, moves: &[Moved]) -> Result<Option<Problem>> {
    let said = marked::away(known.store().conn(), student, moves)?;
    Ok(said.map(|said| {
        let message = format!(
            "{said}; move the learner in the list of the section, where you are asked whether the marks may stay there, or leave this \
             row out"
        );
        Problem::at(Code::Rule, "valid_from", message)
    }))
}
