//! The questions of the window about enrolment: `{"do": "enrolment.…"}`.
//!
//! Invariant: enrolments, their events and stays in sections are written by [`crate::domain::enrolment`] alone; each question that
//! writes is one act, which Ctrl+Z takes back.

pub(super) mod admit;
pub(super) mod arrange;
mod counter;
mod list;
pub(super) mod look;
pub(super) mod movement;

#[cfg(test)]
pub(crate) mod tests;

pub(super) use counter::{Known, known};

use super::Desk;
use crate::Result;
use crate::domain::enrolment::{By, Day, roster, sections, year};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// Most learners that one question may find.
pub(in crate::app) const MOST_FOUND: usize = 50;
/// Most learners that are moved as one group at the hub; more travel one by one, as a promotion does.
const TOGETHER: usize = 20;

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Years {
    pub years: Vec<year::Year>,
    /// The one that today is in.
    #[ts(type = "string | null")]
    pub current: Option<Uuid>,
    #[ts(type = "string")]
    pub today: Day,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Made {
    #[ts(type = "string")]
    pub id: Uuid,
}

/// How many records a question changed.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Count {
    pub count: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PaperSet {
    /// The enrolment that was confirmed with it.
    #[ts(type = "string | null")]
    pub confirmed: Option<Uuid>,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SectionList {
    pub sections: Vec<sections::Section>,
    #[ts(type = "string")]
    pub as_of: Day,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Roster {
    pub section: sections::Section,
    pub members: Vec<roster::Member>,
    #[ts(type = "string")]
    pub as_of: Day,
}

fn by(desk: &Desk) -> By {
    By { person: desk.person().map(|person| person.id), today: desk.today() }
}

fn name(desk: &Desk, student: Uuid) -> Result<String> {
    let known = counter::known(desk.store.conn(), student)?;
    Ok(format!("{}, {}", known.last_name, known.first_name))
}
