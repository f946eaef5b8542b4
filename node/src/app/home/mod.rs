//! Today: what the day asks of whoever is at the PC, in one answer. `{"do": "home.today"}`.
//!
//! Invariants: everybody is told what their screens show them, a teacher of the own sections alone; a figure here is the figure of
//! the screen that it leads to; what is read grows with the sections, never with the attendance of all years. Figures over all
//! learners come out of memory ([`super::learners`]), so that the largest school does not wait either.

mod begin;
mod classes;
mod desk_counts;
mod enrolled;
mod own;
mod school_day;
#[cfg(test)]
mod tests;

use super::Desk;
use super::attendance::absent::LongAbsent;
use crate::Result;
use crate::app::request::{May, Request};
use crate::domain::enrolment::Day;
use crate::domain::enrolment::year;
use crate::store::SyncSummary;
use pems_model::{Act, Role};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// A school year, as the page speaks of it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct HomeYear {
    #[ts(type = "string")]
    pub id: Uuid,
    pub label: String,
    #[ts(type = "string")]
    pub start_date: Day,
    #[ts(type = "string")]
    pub end_date: Day,
    /// It is over, or will be in a few weeks: time to think of the next one.
    pub ending: bool,
}

/// The day of whoever is at the PC.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Home {
    #[ts(type = "string")]
    pub today: Day,
    /// Whose day it is: `head` (and administrators), `registrar`, `teacher` or `other`.
    pub view: &'static str,
    /// The year that enrolment works in; none: the school has no school year yet.
    pub year: Option<HomeYear>,
    /// None as long as there is no school year.
    pub day: Option<school_day::SchoolDay>,
    /// No school year, no sections or no learners: then there is no day to speak of, only first steps.
    pub beginning: bool,
    /// In their order, with those that are done; empty when all are done, and for those who do none of them.
    pub steps: Vec<begin::Step>,
    /// For the head, on a class day.
    pub classes: Option<classes::Classes>,
    /// Sections that the person here advises.
    pub own: Vec<own::OwnSection>,
    /// Learners absent five class days in a row, whose attendance the person here answers for.
    pub away: Vec<LongAbsent>,
    /// For the head and the registrar.
    pub enrolment: Option<enrolled::Enrolment>,
    /// For the head and the registrar.
    pub full: Vec<enrolled::FullSection>,
    /// For the head and the registrar.
    pub desk: Option<desk_counts::DeskCounts>,
    /// Numbers, above all LRNs, that two learners have; for the head and the registrar.
    pub same_number: i64,
    pub sync: SyncSummary,
}

/// What is kept from one look to the next.
#[derive(Debug, Default)]
pub(super) struct Kept {
    a_year_ago: Option<enrolled::AYearAgo>,
}

/// Days before the last one of a school year on which the next one comes into sight.
const IN_SIGHT: i32 = 30;

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Today {}

impl Request<Desk> for Today {
    const NAME: &'static str = "home.today";
    const ACCESS: May = May::See(Act::SeeNames);
    type Answer = Home;

    fn run(self, desk: &mut Desk) -> Result<Home> {
        desk.home()
    }
}

fn view(role: Role) -> &'static str {
    match role {
        Role::SchoolAdmin | Role::SchoolHead => "head",
        Role::Registrar => "registrar",
        Role::Teacher => "teacher",
        Role::Cashier | Role::Viewer => "other",
    }
}

impl Desk {
    fn home(&mut self) -> Result<Home> {
        let (today, view) = (self.today(), view(self.role()));
        let (beginning, steps) = begin::steps(self)?;
        let years = year::all(self.store.conn())?;
        let current = year::current(&years, today);
        let mut home = Home {
            today: Day(today),
            view,
            year: current.map(|current| HomeYear {
                id: current.id,
                label: current.label.clone(),
                start_date: current.start_date,
                end_date: current.end_date,
                ending: today > current.end_date.0 - IN_SIGHT,
            }),
            day: None,
            beginning,
            steps,
            classes: None,
            own: Vec::new(),
            away: Vec::new(),
            enrolment: None,
            full: Vec::new(),
            desk: None,
            same_number: if matches!(view, "head" | "registrar") { self.store.same_numbers()? } else { 0 },
            sync: self.sync_summary()?,
        };
        let Some(current) = current.filter(|_| !beginning) else { return Ok(home) };
        if matches!(view, "head" | "registrar") {
            let version = self.follow_learners()?;
            let before = enrolled::a_year_ago(self, &years, current, version)?;
            let here = enrolled::here(self, current.id);
            home.enrolment = Some(enrolled::enrolment(&here, before));
            home.full = enrolled::full(self.store.conn(), current.id, &here)?;
            home.desk = Some(desk_counts::counts(self.store.conn(), current.id, &here, today)?);
        }
        self.attendance_of(&mut home, today)?;
        Ok(home)
    }
}
