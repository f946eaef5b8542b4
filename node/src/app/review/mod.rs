//! *Needs you*: what waits for a person, and the sync line explained. `{"do": "review.…"}`.
//!
//! Invariant: settling many is one durable step, and what somebody else settled meanwhile does not hold up the rest.

pub(in crate::app) mod bundle;
pub(in crate::app) mod list;
pub(in crate::app) mod saved;
pub(in crate::app) mod sync;
#[cfg(test)]
pub(super) mod tests;
mod together;
pub(crate) mod words;

pub(crate) use bundle::of_office;

use super::Desk;
use crate::app::request::{May, Request};
use crate::store::{Choice, Effect, SyncSummary};
use crate::{NodeError, Result};
use pems_model::{Act, Code};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use ts_rs::TS;
use uuid::Uuid;

/// Most entries that one request settles: as many as one list has.
const MOST: usize = 2_000;

/// Which value of a conflict stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Mine,
    Theirs,
}

/// Which value of one entry stays. For a refused change, `mine` sends it again and `theirs` lets it go.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    #[ts(type = "string")]
    pub id: Uuid,
    pub keep: Side,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Counted {
    pub open: i64,
}

/// What became of the decisions, in questions as the list has them: the fields of one change are one.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Settled {
    pub settled: usize,
    /// Those among them that changed nothing, because the record said so already.
    pub stood: usize,
    /// Those among them that changed nothing, because the record was deleted since.
    pub gone: usize,
    /// Those that could not be settled, and why; they are as they were.
    pub failed: Vec<Unsettled>,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Unsettled {
    #[ts(type = "string")]
    pub id: Uuid,
    pub code: &'static str,
    pub message: String,
}

/// How many there are.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct CountNeeds {}

impl Request<Desk> for CountNeeds {
    const NAME: &'static str = "review.count";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Counted;

    fn run(self, desk: &mut Desk) -> Result<Counted> {
        let sync_summary = desk.sync_summary()?;
        Ok(Counted { open: sync_summary.review + sync_summary.parked + sync_summary.damaged })
    }
}

/// Settles one or many in one step.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Resolve {
    items: Vec<Decision>,
}

impl Request<Desk> for Resolve {
    const NAME: &'static str = "review.resolve";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Settled;

    fn run(self, desk: &mut Desk) -> Result<Settled> {
        let Resolve { items } = self;
        desk.check_role(Act::DecideReviews)?;
        resolve(desk, &items)
    }
}

impl Desk {
    /// How things stand, for whoever is here: what a teacher may not decide is counted for those who may, and not for them.
    pub(crate) fn sync_summary(&self) -> Result<SyncSummary> {
        let mut sync_summary = self.store.sync_summary()?;
        let all = self.person().is_none_or(|person| Act::OverseeReviews.allows(person.role));
        if all || sync_summary.review + sync_summary.parked + sync_summary.damaged == 0 {
            return Ok(sync_summary);
        }
        (sync_summary.review, sync_summary.parked, sync_summary.damaged) = (0, 0, 0);
        for question in together::questions(self.store.reviews()?) {
            let mut may = true;
            for entry in &question {
                may = may && self.store.may_decide(entry)?;
            }
            let count = match question[0].kind.as_str() {
                "refused" => &mut sync_summary.parked,
                "damaged" => &mut sync_summary.damaged,
                _ => &mut sync_summary.review,
            };
            *count += i64::from(may);
        }
        Ok(sync_summary)
    }
}

fn resolve(desk: &mut Desk, items: &[Decision]) -> Result<Settled> {
    let mut seen = HashSet::new();
    if items.is_empty() || items.len() > MOST || !items.iter().all(|item| seen.insert(item.id)) {
        let message = format!("settle between 1 and {MOST} entries at a time, each of them once");
        return Err(NodeError::new(Code::BadRequest, message));
    }
    let choice = |side| if side == Side::Mine { Choice::Mine } else { Choice::Theirs };
    let choices: Vec<_> = items.iter().map(|item| (item.id, choice(item.keep))).collect();
    let together = together::numbered(desk.store.reviews()?);
    let (act, outcomes) = desk.store.resolve_each(&choices)?;
    let mut questions: BTreeMap<usize, Vec<_>> = BTreeMap::new();
    for (at, (item, outcome)) in items.iter().zip(outcomes).enumerate() {
        let question = together.get(&item.id).copied().unwrap_or(usize::MAX - at);
        questions.entry(question).or_default().push((item.id, outcome));
    }
    let mut done = Settled { settled: 0, stood: 0, gone: 0, failed: Vec::new() };
    for outcomes in questions.into_values() {
        let all = |effect| outcomes.iter().all(|(_, outcome)| outcome.as_ref().is_ok_and(|one| *one == effect));
        let (stood, gone) = (all(Effect::Stood), all(Effect::Gone));
        match outcomes.into_iter().find_map(|(id, outcome)| Some((id, outcome.err()?))) {
            Some((id, error)) => done.failed.push(Unsettled { id, code: error.code.text(), message: error.message }),
            None => done.settled += 1,
        }
        done.stood += usize::from(stood);
        done.gone += usize::from(gone);
    }
    // Letting a refused change go writes no change: then there is nothing that could be taken back.
    if desk.store.did_write(act)? {
        let things = if done.settled == 1 { "item" } else { "items" };
        desk.did(act, format!("{} {things} settled in Needs you", done.settled));
    }
    Ok(done)
}
