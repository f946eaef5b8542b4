//! Who comes: enrolled, their papers, confirmed, promoted.

use super::{Count, PaperSet, TOGETHER, by, name};
use crate::Result;
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::domain::enrolment::{Day, enrol, moves, papers, promotion};
use crate::domain::numbering;
use crate::store::Work;
use pems_model::Act;
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

/// A paper came, went back or is waived; who waited only for it is confirmed.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SetPaper {
    #[ts(type = "string")]
    student: Uuid,
    kind: String,
    state: String,
}

impl Request<Desk> for SetPaper {
    const NAME: &'static str = "enrolment.paper";
    const ACCESS: May = May::Do(Act::Enrol);
    type Answer = PaperSet;

    fn run(self, desk: &mut Desk) -> Result<PaperSet> {
        let SetPaper { student, kind, state } = self;
        let by = by(desk);
        let paper = papers::PaperState { kind, state };
        let day = Day(by.today);
        let (act, confirmed) = desk.store.act_together(|work| papers::arrived(work, &by, student, &paper, day))?;
        let what = format!("Paper of {}", name(desk, student)?);
        desk.did(act, what);
        Ok(PaperSet { confirmed: confirmed.map(|one| one.id) })
    }
}

/// Enrols.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct EnrolOne {
    enrol: enrol::Enrol,
}

impl Request<Desk> for EnrolOne {
    const NAME: &'static str = "enrolment.enrol";
    const ACCESS: May = May::Do(Act::Enrol);
    type Answer = enrol::Enrolled;

    fn run(self, desk: &mut Desk) -> Result<enrol::Enrolled> {
        let EnrolOne { mut enrol } = self;
        let by = by(desk);
        if let Some(fields) = &enrol.learner {
            desk.check_numbers(enrol.student, fields)?;
        }
        let new = enrol.learner.as_mut().filter(|_| enrol.student.is_none());
        let given = new.map(|fields| numbering::give(&desk.store, fields)).transpose()?.flatten();
        let (act, enrolled) = desk.store.act_together(|work| enrol::enrol(work, &by, &enrol))?;
        numbering::note(&mut desk.store, given)?;
        let what = format!("Enrolment of {}", name(desk, enrolled.student)?);
        desk.did(act, what);
        Ok(enrolled)
    }
}

/// Pre-registered learners came, temporary ones are complete.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Confirm {
    #[ts(type = "string[]")]
    enrolments: Vec<Uuid>,
    #[ts(type = "string")]
    on_date: Day,
}

impl Request<Desk> for Confirm {
    const NAME: &'static str = "enrolment.confirm";
    const ACCESS: May = May::Do(Act::Enrol);
    type Answer = Count;

    fn run(self, desk: &mut Desk) -> Result<Count> {
        let Confirm { enrolments, on_date } = self;
        let by = by(desk);
        let few = enrolments.len() <= TOGETHER;
        let work = |work: &mut Work<'_, '_>| moves::confirm(work, &by, &enrolments, on_date);
        let (act, count) = if few { desk.store.act_together(work)? } else { desk.store.act(work)? };
        desk.did(act, format!("Enrolment of {count}"));
        Ok(Count { count })
    }
}

/// Everybody who is not held, but for `choices` as proposed.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Promote {
    #[ts(type = "string")]
    from_year: Uuid,
    #[ts(type = "string")]
    to_year: Uuid,
    /// Only these grades; all where it does not say.
    #[serde(default)]
    #[ts(optional)]
    grades: Option<Vec<String>>,
    #[serde(default)]
    #[ts(as = "Option<Vec<promotion::Choice>>", optional)]
    choices: Vec<promotion::Choice>,
}

impl Request<Desk> for Promote {
    const NAME: &'static str = "enrolment.promote";
    const ACCESS: May = May::Do(Act::Enrol);
    type Answer = promotion::Promoted;

    fn run(self, desk: &mut Desk) -> Result<promotion::Promoted> {
        let Promote { from_year, to_year, grades, choices } = self;
        let by = by(desk);
        let years = (from_year, to_year);
        let (act, promoted) =
            desk.store.act(|work| promotion::promote(work, &by, years, grades.as_deref(), &choices))?;
        let count = promoted.promoted + promoted.retained + promoted.graduated;
        if count > 0 {
            desk.did(act, format!("Promotion of {count} learners"));
        }
        Ok(promoted)
    }
}
