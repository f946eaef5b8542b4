//! Lists that come from elsewhere: `{"do": "imports.…"}`. LIS's register (SF1) is set beside the records and settled line by line;
//! other lists ([`crate::import`]) are tried first and then taken whole.
//!
//! Invariants: nothing is written by looking; what was looked at is what is applied (the file's fingerprint); what is applied is
//! one act. A list is worked off on a thread and connection of its own ([`job`]): the desk goes on answering.

mod job;
mod look;
#[cfg(test)]
mod tests;

pub use job::{ImportNow, ImportOutcome, Job, ListKind};
pub use look::Looked;

use super::Desk;
use super::session::to_json;
use crate::Result;
use crate::import::lis::{self, AppliedCounts, LineChoice};
use crate::import::{Counts, DateOrder, Duplicate, DuplicateKind, Refusal, Report, Stage};
use pems_model::Role;
use serde::Deserialize;
use serde_json::Value as Json;
use std::path::PathBuf;
use ts_rs::TS;

/// Who may bring a list in: those who may write what lists hold.
const OFFICE: &[Role] = &[Role::SchoolAdmin, Role::Registrar];

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "do", deny_unknown_fields)]
#[ts(rename = "ImportsRequest")]
pub enum Request {
    /// What a file is; a register comes with its reconciliation. Answered by [`Looked`].
    #[serde(rename = "imports.read")]
    Read {
        #[ts(type = "string")]
        path: PathBuf,
    },
    /// Carries out choices about a register; `hash` is that of the reconciliation. Answered by [`lis::Applied`].
    #[serde(rename = "imports.apply")]
    Apply {
        #[ts(type = "string")]
        path: PathBuf,
        hash: String,
        choices: Vec<LineChoice>,
    },
    /// Begins to try or to import a list, beside the desk's other work. Answered by [`ImportNow`].
    #[serde(rename = "imports.start")]
    Start(job::Wanted),
    /// How far it is. Answered by [`ImportNow`].
    #[serde(rename = "imports.now")]
    Now,
    /// Stops it; nothing of it is written then. Answered by [`ImportNow`].
    #[serde(rename = "imports.stop")]
    Stop,
}

/// Which request is answered by what, for the window.
pub(super) const ANSWERS: &str = "export interface ImportsAnswers {
  \"imports.read\": Looked;
  \"imports.apply\": Applied;
  \"imports.start\": ImportNow;
  \"imports.now\": ImportNow;
  \"imports.stop\": ImportNow;
}
";

/// What the declarations of this area are called in TypeScript.
pub(super) fn declarations(config: &ts_rs::Config) -> Vec<String> {
    let mut all = vec![
        Request::decl(config),
        job::Wanted::decl(config),
        ListKind::decl(config),
        DateOrder::decl(config),
        Looked::decl(config),
        ImportNow::decl(config),
        ImportOutcome::decl(config),
        Stage::decl(config),
        Report::decl(config),
        Counts::decl(config),
        Refusal::decl(config),
        Duplicate::decl(config),
        DuplicateKind::decl(config),
    ];
    all.extend(lis::declarations(config));
    all
}

pub(super) fn answer(desk: &mut Desk, request: Request) -> Result<Json> {
    desk.check_role(OFFICE, "import lists")?;
    match request {
        Request::Read { path } => to_json(&look::look(&desk.store, &path)?),
        Request::Apply { path, hash, choices } => {
            let applied = lis::apply_file(&mut desk.store, &path, &hash, &choices)?;
            if let Some(act) = applied.act {
                let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                desk.did(act, format!("Import of {file}: {}", in_words(&applied.counts)));
            }
            to_json(&applied)
        }
        Request::Start(wanted) => to_json(&job::start(desk, wanted)?),
        Request::Now => to_json(&job::now(desk)?),
        Request::Stop => {
            desk.job.stop();
            to_json(&job::now(desk)?)
        }
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
