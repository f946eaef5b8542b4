//! Lists that come from elsewhere: `{"do": "imports.…"}`. LIS's register (SF1) is set beside the records and settled line by line;
//! other lists ([`crate::import`]) are tried first and then taken whole.
//!
//! Invariants: nothing is written by looking; what was looked at is what is applied (the file's fingerprint); what is applied is
//! one act. A list is worked off on a thread and connection of its own ([`job`]): the desk goes on answering.

pub(in crate::app) mod job;
pub(in crate::app) mod look;
#[cfg(test)]
mod tests;

pub use job::Job;

use super::Desk;
use crate::Result;
use crate::app::request::{May, Request};
use crate::import::lis::{self, Applied, AppliedCounts, LineChoice};
use pems_model::Act;
use serde::Deserialize;
use std::path::PathBuf;
use ts_rs::TS;

/// Carries out choices about a register; `hash` is that of the reconciliation.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Apply {
    #[ts(type = "string")]
    path: PathBuf,
    hash: String,
    choices: Vec<LineChoice>,
}

impl Request<Desk> for Apply {
    const NAME: &'static str = "imports.apply";
    const ACCESS: May = May::Do(Act::ImportLists);
    type Answer = Applied;

    fn run(self, desk: &mut Desk) -> Result<Applied> {
        let Apply { path, hash, choices } = self;
        let applied = lis::apply_file(&mut desk.store, &path, &hash, &choices)?;
        if let Some(act) = applied.act {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            desk.did(act, format!("Import of {file}: {}", in_words(&applied.counts)));
        }
        Ok(applied)
    }
}

fn in_words(counts: &AppliedCounts) -> String {
    let some = |count: u32, one: &str, many: &str| {
        (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }))
    };
    let parts = [
        some(counts.enrolled, "learner enrolled", "learners enrolled"),
        some(counts.moved, "learner moved", "learners moved"),
        some(counts.fields_taken, "field taken over", "fields taken over"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
