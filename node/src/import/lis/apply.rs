//! Carrying out what a person chose, all of it in one act or none of it. What the choices mean is decided against the records
//! as they are now: a choice whose reason is gone (the learner is there already) does nothing.

use super::choices::{Applied, AppliedCounts, LineChoice};
use super::differences;
use super::here::{self, Here, text};
use super::matching::{self, Match};
use super::reconciliation::{Beside, LineState};
use super::register::{Line, Register};
use super::writer::{Plan, Writer};
use crate::domain::enrolment::By;
use crate::store::Work;
use crate::{NodeError, Result, Store};
use pems_model::Code;
use pems_model::entities::SCHOOL_YEAR;
use pems_model::school_day::day_of;
use std::collections::HashSet;
use uuid::Uuid;

/// Writes what was chosen. `choices` name lines of `register`; nothing else is touched.
///
/// # Errors
/// As [`reconcile`](super::reconcile); `bad_request` for a choice that makes no sense; `not_found` where the school year is
/// not here, `rule` where it is closed; `role_forbidden`, or what the disk said. Nothing is written then.
pub fn apply(store: &mut Store, register: &Register, choices: &[LineChoice]) -> Result<Applied> {
    carry_out(store, register, choices, true)
}

/// As [`apply`], with nothing written: what it would come to, or why it would be refused.
///
/// # Errors
/// As [`apply`].
pub fn rehearse(store: &mut Store, register: &Register, choices: &[LineChoice]) -> Result<AppliedCounts> {
    Ok(carry_out(store, register, choices, false)?.counts)
}

fn carry_out(store: &mut Store, register: &Register, choices: &[LineChoice], write: bool) -> Result<Applied> {
    let here = Here::load(store, register)?;
    let plans = plan(store, &here, register, choices)?;
    if plans.is_empty() {
        return Ok(Applied::default());
    }
    let Some(year) = &here.year else {
        let message = format!(
            "this office has no school year {}; add it with its first and last day, then apply again",
            register.school_year
        );
        return Err(NodeError::new(Code::NotFound, message));
    };
    let phones = here::guardians_by_phone(store)?;
    if text(&SCHOOL_YEAR, year, "status") == Some("closed") {
        let message =
            format!("school year {} is closed; open it again, or leave the register as it is", register.school_year);
        return Err(NodeError::new(Code::Rule, message));
    }
    let by = By { person: store.actor().map(|actor| actor.id), today: day_of(store.now()) };
    let work = |work: &mut Work<'_, '_>| {
        let mut writer = Writer::new(work, register, year, here.section.as_ref(), phones, by);
        for plan in &plans {
            writer.carry_out(plan).map_err(|error| at_line(plan.line, error))?;
        }
        Ok(writer.counts)
    };
    if !write {
        return Ok(Applied { act: None, counts: store.rehearse(work)? });
    }
    let (act, counts) = store.act(work)?;
    Ok(Applied { act: Some(act), counts })
}

fn plan<'a>(store: &Store, here: &Here, register: &'a Register, choices: &[LineChoice]) -> Result<Vec<Plan<'a>>> {
    let matches = matching::all(here, &register.learners);
    let mut lines = HashSet::new();
    let mut students: HashSet<Uuid> = HashSet::new();
    let mut plans = Vec::new();
    for choice in choices {
        let at = register.learners.iter().position(|line| line.line == choice.line);
        let Some(at) = at.filter(|_| lines.insert(choice.line)) else {
            return Err(senseless(choice, "it is no learner's line, or it was chosen twice"));
        };
        if let Some(field) = choice.take_theirs.iter().find(|field| !differences::can_differ(field)) {
            return Err(senseless(choice, &format!("a register has no field '{field}'")));
        }
        let line = &register.learners[at];
        let known = match (&matches[at], choice.same_as) {
            (Match::Known(id, _), None) => Some(*id),
            (Match::Known(id, _), Some(same)) if same == *id => Some(*id),
            (Match::Suspect(candidates), Some(same)) if candidates.iter().any(|one| one.student == same) => Some(same),
            (_, Some(_)) => return Err(senseless(choice, "the learner it was said to be is none of its candidates")),
            (_, None) => None,
        };
        let other = |(i, found): (usize, &Match)| i != at && matches!(found, Match::Known(id, _) if Some(*id) == known);
        if known.is_some_and(|id| !students.insert(id)) || matches.iter().enumerate().any(other) {
            return Err(senseless(choice, "another line is this learner already"));
        }
        plans.extend(planned(store, here, line, choice, known)?);
    }
    Ok(plans)
}

/// What a choice comes to; `None` for nothing.
fn planned<'a>(
    store: &Store,
    here: &Here,
    line: &'a Line,
    choice: &LineChoice,
    known: Option<Uuid>,
) -> Result<Option<Plan<'a>>> {
    let Some(student) = known else {
        let plan = Plan { line, known: None, enrol: true, move_section: false, take: Vec::new() };
        return Ok(choice.add.then_some(plan));
    };
    let beside = Beside::look(store, here, line, student)?;
    let differs = |field: &&String| beside.fields.iter().any(|difference| difference.field == **field);
    let mut take: Vec<String> = choice.take_theirs.iter().filter(differs).cloned().collect();
    // Somebody said who it is: what is empty here is filled, so that the next register is certain of it too.
    let fills = beside.fields.iter().filter(|field| choice.same_as.is_some() && field.ours.is_none());
    take.extend(fills.map(|field| field.field.clone()).filter(|field| !choice.take_theirs.contains(field)));
    let enrol = beside.state == LineState::MissingHere && (choice.add || choice.same_as.is_some());
    let move_section = beside.state == LineState::WrongSection && choice.move_section;
    let something = enrol || move_section || !take.is_empty();
    Ok(something.then_some(Plan { line, known: Some((student, beside)), enrol, move_section, take }))
}

/// What a rule says no to is said with the learner and the line.
fn at_line(line: &Line, error: NodeError) -> NodeError {
    if error.code != Code::Rule {
        return error;
    }
    let message = format!("line {}, {}, {}: {}", line.line, line.last_name, line.first_name, error.message);
    let mut details = error.details.unwrap_or_else(|| serde_json::json!({}));
    details["line"] = line.line.into();
    NodeError::new(error.code, message).with_details(details)
}

fn senseless(choice: &LineChoice, why: &str) -> NodeError {
    NodeError::new(Code::BadRequest, format!("line {}: {why}; read the register again and choose anew", choice.line))
        .with_details(serde_json::json!({ "line": choice.line }))
}
