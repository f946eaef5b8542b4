//! *Needs you*: what waits for a person, and the sync line explained. `{"do": "review.…"}`.
//!
//! Invariant: settling many is one durable step, and what somebody else settled meanwhile does not hold up the rest.

mod bundle;
mod list;
mod saved;
mod sync;
#[cfg(test)]
pub(super) mod tests;
mod together;
pub(crate) mod words;

pub use bundle::Bundle;
pub use list::{Author, Need, Needs, Sides};
pub use saved::Saved;
pub use sync::{SyncDetails, Waiting};

use super::Desk;
use super::session::to_json;
use crate::app::api::Side;
use crate::store::{Choice, Effect, Left, PutBack, SyncSummary};
use crate::{NodeError, Result};
use pems_model::{Code, Role};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashSet};
use ts_rs::TS;
use uuid::Uuid;

/// Who looks after what needs somebody, also where another has to decide it.
const DECIDERS: &[Role] = &[Role::SchoolAdmin, Role::SchoolHead, Role::Registrar];

/// Most entries that one request settles: as many as one list has.
const MOST: usize = 2_000;

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "do", deny_unknown_fields)]
#[ts(rename = "ReviewRequest")]
pub enum Request {
    /// Answered by [`Needs`].
    #[serde(rename = "review.list")]
    List,
    /// How many there are. Answered by [`Counted`].
    #[serde(rename = "review.count")]
    Count,
    /// Settles one or many in one step. Answered by [`Settled`].
    #[serde(rename = "review.resolve")]
    Resolve { items: Vec<Decision> },
    /// Answered by [`SyncDetails`].
    #[serde(rename = "review.sync")]
    Sync,
    /// Files what support needs to know, without anything about people. Answered by [`Bundle`].
    #[serde(rename = "review.bundle")]
    Bundle,
    /// Files what the hub has not taken, to be put back at another PC. Answered by [`Saved`].
    #[serde(rename = "review.save_unsent")]
    SaveUnsent,
    /// Puts back what another PC saved. Answered by [`PutBack`].
    #[serde(rename = "review.put_back")]
    PutBack { path: String },
}

/// Which value of one entry stays. For a refused change, `mine` sends it again and `theirs` lets it go.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    #[ts(type = "string")]
    pub id: Uuid,
    #[ts(type = "\"mine\" | \"theirs\"")]
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

/// Which request is answered by what, for the window.
pub(super) const ANSWERS: &str = "import type { Trouble } from \"./api\";

export interface ReviewAnswers {
  \"review.list\": Needs;
  \"review.count\": Counted;
  \"review.resolve\": Settled;
  \"review.sync\": SyncDetails;
  \"review.bundle\": Bundle;
  \"review.save_unsent\": SavedWork;
  \"review.put_back\": PutBack;
}
";

/// What the declarations of this area are called in TypeScript.
pub(super) fn declarations(config: &ts_rs::Config) -> Vec<String> {
    vec![
        Request::decl(config),
        Decision::decl(config),
        Counted::decl(config),
        Needs::decl(config),
        Need::decl(config),
        Sides::decl(config),
        Author::decl(config),
        Settled::decl(config),
        Unsettled::decl(config),
        SyncDetails::decl(config),
        Waiting::decl(config),
        Bundle::decl(config),
        Saved::decl(config),
        PutBack::decl(config),
        Left::decl(config),
    ]
}

pub(super) fn answer(desk: &mut Desk, request: Request) -> Result<Json> {
    match request {
        Request::List => to_json(&list::list(desk)?),
        Request::Count => {
            let sync_summary = desk.sync_summary()?;
            to_json(&Counted { open: sync_summary.review + sync_summary.parked + sync_summary.damaged })
        }
        Request::Resolve { items } => to_json(&resolve(desk, &items)?),
        Request::Sync => to_json(&sync::details(desk)?),
        Request::Bundle => to_json(&bundle::write(desk)?),
        Request::SaveUnsent => to_json(&saved::save(desk)?),
        Request::PutBack { path } => to_json(&saved::put_back(desk, &path)?),
    }
}

impl Desk {
    /// How things stand, for whoever is here: what a teacher may not decide is counted for those who may, and not for them.
    pub(crate) fn sync_summary(&self) -> Result<SyncSummary> {
        let mut sync_summary = self.store.sync_summary()?;
        let all = self.person().is_none_or(|person| DECIDERS.contains(&person.role));
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
    if desk.role() == Role::Viewer {
        let message = "the role viewer may not settle what needs somebody; ask a school admin";
        return Err(NodeError::new(Code::RoleForbidden, message));
    }
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
