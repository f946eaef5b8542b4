//! The first hour of a school: what has to be there before anybody can work, in the order in which it is made.

use crate::Result;
use crate::app::Desk;
use pems_model::Act;
use pems_model::entities::{SCHOOL_PROFILE, SCHOOL_USER, SCHOOL_YEAR, SECTION, STUDENT};
use serde::Serialize;
use ts_rs::TS;

/// A first step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "FirstStep")]
pub struct Step {
    /// `school` (its name and ID), `year`, `learners`, `sections` or `users`.
    pub id: &'static str,
    pub done: bool,
    /// Whether the person here does it; otherwise an administrator does, or somebody at another PC.
    pub may: bool,
}

/// The steps by what of which entity has to be there, and who makes it on its screen.
const STEPS: [(&str, &pems_model::Entity, &str, Act); 5] = [
    (
        "school",
        &SCHOOL_PROFILE,
        "SELECT EXISTS (SELECT 1 FROM school_profile WHERE deleted_at IS NULL AND deped_school_id IS NOT NULL)",
        Act::ManageSchool,
    ),
    ("year", &SCHOOL_YEAR, "SELECT EXISTS (SELECT 1 FROM school_year WHERE deleted_at IS NULL)", Act::ManageYears),
    ("learners", &STUDENT, "SELECT EXISTS (SELECT 1 FROM student WHERE deleted_at IS NULL)", Act::ImportLists),
    ("sections", &SECTION, "SELECT EXISTS (SELECT 1 FROM section WHERE deleted_at IS NULL)", Act::ArrangeSections),
    ("users", &SCHOOL_USER, "SELECT EXISTS (SELECT 1 FROM school_user WHERE deleted_at IS NULL)", Act::ManageUsers),
];

/// Without these nobody has a day at this school.
const NEEDED: [&str; 3] = ["year", "learners", "sections"];

/// Whether the school has only just begun, and its first steps as long as one of them is open.
pub(super) fn steps(desk: &Desk) -> Result<(bool, Vec<Step>)> {
    let role = desk.role();
    let mut steps = Vec::with_capacity(STEPS.len());
    for (id, entity, there, act) in STEPS {
        let mut statement = desk.store.conn().prepare_cached(there)?;
        let done = statement.query_row([], |row| row.get(0))?;
        steps.push(Step { id, done, may: act.allows(role) && desk.store.may_write(entity) });
    }
    let beginning = steps.iter().any(|step| !step.done && NEEDED.contains(&step.id));
    let theirs = Act::BeginSchool.allows(role);
    if !theirs || steps.iter().all(|step| step.done) {
        steps.clear();
    }
    Ok((beginning, steps))
}
