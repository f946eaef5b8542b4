//! A request that finds somebody else writing to the records (a list that is being saved, rows from the hub, another program) waits
//! outside of the lock that all requests share.
//!
//! Invariants: a request is asked again only where nothing of it was written; it is carried out for who asked it, or not at all.

use super::Front;
use crate::store::{RecordsFile, Turn};
use crate::{NodeError, Result};
use pems_model::Code;
use serde_json::{Value as Json, json};
use std::time::Instant;
use uuid::Uuid;

/// A request in the queue of those who want to write.
pub(super) struct Waiting {
    turn: Turn,
    records: RecordsFile,
    who: Option<Uuid>,
    until: Instant,
}

impl Waiting {
    /// Comes back when it is its turn and nobody writes, or when it has waited for as long as one waits.
    ///
    /// # Errors
    /// If the records cannot be looked at.
    pub(super) fn wait(&self) -> Result<()> {
        let left = || self.until.saturating_duration_since(Instant::now());
        if self.turn.wait(left()) { self.records.until_nobody_writes(left()) } else { Ok(()) }
    }

    pub(super) fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }
}

impl Front {
    pub(super) fn queue(&self) -> Option<Waiting> {
        let store = &self.desk.as_ref()?.store;
        let (turn, records) = store.queue().zip(store.file())?;
        Some(Waiting { turn, records, who: self.who(), until: Instant::now() + self.patience })
    }

    pub(super) fn answer_in_turn(&mut self, request: Json, waiting: Option<&Waiting>) -> Result<Json> {
        if waiting.is_some_and(|waiting| waiting.who.is_some() && waiting.who != self.who()) {
            let message = "who works at this PC changed before this could be saved; nothing of it was written, sign in and save it again";
            return Err(NodeError::new(Code::NotSignedIn, message));
        }
        self.carry_out(request, |store| store.wait_elsewhere(waiting.map(|waiting| &waiting.turn)))
    }

    /// Whether the last request can be asked again, once nobody writes any more.
    pub(super) fn has_to_wait(&self) -> bool {
        self.desk.as_ref().is_some_and(|desk| desk.store.has_to_wait())
    }

    fn who(&self) -> Option<Uuid> {
        self.desk.as_ref()?.person().map(|person| person.id)
    }

    /// What it is that writes for so long, where it is this desk's own.
    pub(super) fn in_the_way(&self, error: NodeError) -> NodeError {
        let saving = self.desk.as_ref().and_then(|desk| desk.job.saving());
        match saving.filter(|_| error.code == Code::StoreLocked) {
            None => error,
            Some((list, done, total)) => {
                let message = format!(
                    "the list {list} is being saved ({done} of {total} rows); try again when it is done, or stop the import"
                );
                NodeError::new(Code::StoreLocked, message)
                    .with_details(json!({ "saving": { "list": list, "done": done, "total": total } }))
            }
        }
    }
}
