//! A list that is tried or imported beside the desk's other work: a thread with a connection of its own, watched from the window.
//!
//! Invariants: one at a time; whoever began it may undo it; a window that closes takes it along, and then nothing was written.

use super::super::Desk;
use crate::app::request::{May, Request};
use crate::import::{DateOrder, Duplicates, Format, Options, Progress, Report, Stage, run};
use crate::store::Actor;
use crate::{NodeError, Result, Store};
use pems_model::wire::ErrorBody;
use pems_model::{Act, Code};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use ts_rs::TS;

/// Most refused rows, duplicates and warnings that an answer lists; Whoever has more of them
/// mends the file, not the rows.
const MOST_LISTED: usize = 300;

/// Begins to try or to import a list, beside the desk's other work.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    #[ts(type = "string")]
    pub path: PathBuf,
    pub kind: ListKind,
    /// What the rows of a table are.
    #[serde(default)]
    #[ts(optional)]
    pub entity: Option<String>,
    /// How `03/04/2010` is meant, where the file does not prove it.
    #[serde(default)]
    #[ts(optional)]
    pub date_order: Option<DateOrder>,
    /// Which school of a bundle, where it has several.
    #[serde(default)]
    #[ts(optional)]
    pub school: Option<String>,
    /// `2026-2027`, where a bundle does not say.
    #[serde(default)]
    #[ts(optional)]
    pub school_year: Option<String>,
    /// Write; otherwise only say what would be written.
    pub write: bool,
    /// Import the rest although rows are refused.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub skip_refused: bool,
    /// Import those who may be somebody else as records of their own.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub duplicates: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    Table,
    Roster,
}

/// Where the import is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ImportNow {
    pub running: bool,
    pub stage: Stage,
    pub done: u64,
    /// 0 where it is not known.
    pub total: u64,
    /// Once it has ended; until the next one begins.
    pub outcome: Option<ImportOutcome>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub struct ImportOutcome {
    pub report: Option<Report>,
    /// How many rows are refused, and how many duplicates and warnings there are; the report lists the first of them.
    pub refused: usize,
    pub duplicates: usize,
    pub warnings: usize,
    /// Why there is no report.
    #[ts(type = "{ code: string, message: string } | null")]
    pub failure: Option<ErrorBody>,
}

/// The import of this desk, if there was one.
#[derive(Debug, Default)]
pub struct Job {
    progress: Arc<Progress>,
    ended: Arc<Mutex<Option<ImportOutcome>>>,
    thread: Option<std::thread::JoinHandle<()>>,
    file: String,
    actor: Option<Actor>,
    /// Whether its end was seen, and its act remembered.
    seen: bool,
}

impl Job {
    pub(super) fn stop(&self) {
        self.progress.stop();
    }

    /// The next import of this desk tells this of each of its steps.
    #[cfg(test)]
    pub(in crate::app) fn watch(&mut self, at_step: impl Fn(&Progress) + Send + Sync + 'static) {
        self.progress = Arc::new(Progress::watched(at_step));
    }

    /// The list that is being saved at this moment, how much of it is and how much there is.
    pub(in crate::app) fn saving(&self) -> Option<(&str, u64, u64)> {
        let (stage, done, total) = self.progress.look();
        let running = self.thread.as_ref().is_some_and(|thread| !thread.is_finished());
        (running && stage == Stage::Saving).then_some((self.file.as_str(), done, total))
    }
}

/// # Errors
/// `conflict` where one runs already; `internal` where the system gives no thread.
pub(super) fn start(desk: &mut Desk, wanted: Wanted) -> Result<ImportNow> {
    now(desk)?;
    if desk.job.thread.is_some() {
        let message = format!("the import of {} is still under way; wait for it or stop it", desk.job.file);
        return Err(NodeError::new(Code::Conflict, message));
    }
    let file = wanted.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let actor = desk.store.actor();
    let progress = Arc::new(desk.job.progress.anew());
    desk.job = Job { file, actor, progress, ..Job::default() };
    let options = options(&wanted, Arc::clone(&desk.job.progress));
    let (ended, records) = (Arc::clone(&desk.job.ended), desk.store.file());
    let end = move |outcome: Result<Report>| {
        *ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome_of(outcome));
    };
    let Some(records) = records else {
        // A store in memory has no second connection.
        end(run(&mut desk.store, &wanted.path, &options));
        return now(desk);
    };
    let work = move || {
        let imported = records.open().and_then(|mut store: Store| {
            store.sign(actor);
            run(&mut store, &wanted.path, &options)
        });
        end(imported);
    };
    let no_thread =
        |error: std::io::Error| NodeError::new(Code::Internal, format!("the import cannot start: {error}; try again"));
    desk.job.thread = Some(std::thread::Builder::new().name("import".into()).spawn(work).map_err(no_thread)?);
    now(desk)
}

/// # Errors
/// `internal`, if the import's thread came to grief.
pub(super) fn now(desk: &mut Desk) -> Result<ImportNow> {
    let job = &mut desk.job;
    // In this order: what has ended has told its outcome.
    let running = job.thread.as_ref().is_some_and(|thread| !thread.is_finished());
    let outcome = job.ended.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if !running && outcome.is_none() && job.thread.take().is_some() {
        let message = "the import ended unexpectedly; nothing of it was written, try again";
        return Err(NodeError::new(Code::Internal, message));
    }
    let (stage, done, total) = job.progress.look();
    if !running {
        job.thread = None;
    }
    let first_seen = !running && outcome.is_some() && !std::mem::replace(&mut job.seen, true);
    let written = outcome.as_ref().and_then(|outcome| outcome.report.as_ref()).and_then(|report| report.batch);
    if let (true, Some(act)) = (first_seen, written) {
        desk.store.note_wrote();
        if desk.store.actor().map(|actor| actor.id) == desk.job.actor.map(|actor| actor.id) {
            let what = format!("Import of {}", desk.job.file);
            desk.did(act, what);
        }
    }
    Ok(ImportNow { running, stage, done, total, outcome: outcome.filter(|_| !running) })
}

fn options(wanted: &Wanted, progress: Arc<Progress>) -> Options {
    let format = match wanted.kind {
        ListKind::Table => {
            let entity = wanted.entity.clone().unwrap_or_else(|| "student".into());
            Format::Csv { entity, mapping: Vec::new() }
        }
        ListKind::Roster => Format::OneRoster,
    };
    Options {
        dry_run: !wanted.write,
        skip_refused: wanted.skip_refused,
        school: wanted.school.clone(),
        school_year: wanted.school_year.clone(),
        date_order: wanted.date_order,
        duplicates: if wanted.duplicates { Duplicates::Import } else { Duplicates::Skip },
        progress,
        ..Options::new(format)
    }
}

fn outcome_of(imported: Result<Report>) -> ImportOutcome {
    match imported {
        Err(error) => {
            let failure = Some(error.to_body());
            ImportOutcome { report: None, refused: 0, duplicates: 0, warnings: 0, failure }
        }
        Ok(mut report) => {
            // A row with two bad cells is refused twice.
            let rows: HashSet<(&str, u64)> = report.refused.iter().map(|one| (one.file.as_str(), one.row)).collect();
            let (refused, duplicates, warnings) = (rows.len(), report.duplicates.len(), report.warnings.len());
            report.refused.truncate(MOST_LISTED);
            report.duplicates.truncate(MOST_LISTED);
            report.warnings.truncate(MOST_LISTED);
            ImportOutcome { report: Some(report), refused, duplicates, warnings, failure: None }
        }
    }
}

impl Request<Desk> for Wanted {
    const NAME: &'static str = "imports.start";
    const ACCESS: May = May::Do(Act::ImportLists);
    type Answer = ImportNow;

    fn run(self, desk: &mut Desk) -> Result<ImportNow> {
        start(desk, self)
    }
}

/// How far it is.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadNow {}

impl Request<Desk> for ReadNow {
    const NAME: &'static str = "imports.now";
    const ACCESS: May = May::Do(Act::ImportLists);
    type Answer = ImportNow;

    fn run(self, desk: &mut Desk) -> Result<ImportNow> {
        now(desk)
    }
}

/// Stops it; nothing of it is written then.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Stop {}

impl Request<Desk> for Stop {
    const NAME: &'static str = "imports.stop";
    const ACCESS: May = May::Do(Act::ImportLists);
    type Answer = ImportNow;

    fn run(self, desk: &mut Desk) -> Result<ImportNow> {
        desk.job.stop();
        now(desk)
    }
}
