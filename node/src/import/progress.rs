//! How far an import is, and whether it should stop: read by whoever waits, written by the thread that works.

use crate::{NodeError, Result};
use pems_model::Code;
use serde::Serialize;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use ts_rs::TS;

/// Shared by the import and whoever watches it. Numbers are for the eye: nothing is decided by them but the stop.
#[derive(Debug, Default)]
pub struct Progress {
    stage: AtomicU8,
    done: AtomicU64,
    total: AtomicU64,
    stop: AtomicBool,
    #[cfg(test)]
    at_step: AtStep,
}

/// What a test does at each step, on the thread that imports.
#[cfg(test)]
type Step = dyn Fn(&Progress) + Send + Sync;

#[cfg(test)]
#[derive(Clone, Default)]
struct AtStep(Option<std::sync::Arc<Step>>);

#[cfg(test)]
impl std::fmt::Debug for AtStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AtStep")
    }
}

/// What an import is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The files; how many rows they have is not known yet.
    Reading,
    /// Row by row: whom is it about?
    Matching,
    /// Record by record, into one act.
    Saving,
}

impl Progress {
    /// Of the next import of the same desk.
    pub(crate) fn anew(&self) -> Progress {
        Progress {
            #[cfg(test)]
            at_step: self.at_step.clone(),
            ..Progress::default()
        }
    }

    #[cfg(test)]
    pub(crate) fn watched(at_step: impl Fn(&Progress) + Send + Sync + 'static) -> Progress {
        Progress { at_step: AtStep(Some(std::sync::Arc::new(at_step))), ..Progress::default() }
    }

    /// Stage, how many are done and of how many; `(_, 0, 0)` where the total is not known.
    pub fn look(&self) -> (Stage, u64, u64) {
        let stage = match self.stage.load(Ordering::Relaxed) {
            0 => Stage::Reading,
            1 => Stage::Matching,
            _ => Stage::Saving,
        };
        (stage, self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Asks the import to end at the next row. What it wrote so far is taken back by itself.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    pub(super) fn begin(&self, stage: Stage, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total as u64, Ordering::Relaxed);
        self.stage.store(stage as u8, Ordering::Relaxed);
    }

    /// One more is done.
    ///
    /// # Errors
    /// `rule`, where somebody stopped it.
    pub(super) fn step(&self) -> Result<()> {
        self.done.fetch_add(1, Ordering::Relaxed);
        #[cfg(test)]
        if let Some(at_step) = &self.at_step.0 {
            at_step(self);
        }
        if self.stop.load(Ordering::Relaxed) {
            return Err(NodeError::new(Code::Rule, "the import was stopped; nothing of it was written"));
        }
        Ok(())
    }
}
