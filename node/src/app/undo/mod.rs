//! Ctrl+Z: what was done at this desk since somebody signed in, newest last, and what was taken back.

use super::Desk;
use crate::domain::undo::take_back;
use crate::store::{Undone, stops_everything};
use crate::{NodeError, Result};
use pems_model::Code;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// Most acts that can be taken back one after the other: a long afternoon.
const MOST: usize = 500;

#[derive(Debug, Clone)]
struct Act {
    id: Uuid,
    what: String,
}

/// What was done and is not taken back by Ctrl+Z, so that whoever presses it after that is told, and not led to what was done before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Lasting {
    /// `signed` or `reopened`: School Form 2 of a month.
    #[ts(type = "\"signed\" | \"reopened\"")]
    pub kind: &'static str,
    /// Of which section and month: `7-Rizal, June 2026`.
    pub what: String,
}

/// What can be undone and redone.
#[derive(Debug, Default)]
pub struct Acts {
    done: Vec<Act>,
    undone: Vec<Act>,
    /// Done after all of these.
    lasting: Option<Lasting>,
}

impl Acts {
    pub(super) fn did(&mut self, id: Uuid, what: String) {
        self.undone.clear();
        self.lasting = None;
        self.done.push(Act { id, what });
        if self.done.len() > MOST {
            self.done.remove(0);
        }
    }

    pub(super) fn did_for_good(&mut self, lasting: Lasting) {
        self.lasting = Some(lasting);
    }

    /// What was done last and stays.
    pub fn lasting(&self) -> Option<&Lasting> {
        self.lasting.as_ref()
    }

    /// The words for what the next undo and the next redo would do.
    pub fn next(&self) -> (Option<&str>, Option<&str>) {
        (self.done.last().map(|act| act.what.as_str()), self.undone.last().map(|act| act.what.as_str()))
    }

    /// What the next undo would take back, so that the window knows whether it is what was done last before it.
    pub fn last(&self) -> Option<Uuid> {
        self.done.last().map(|act| act.id)
    }

    pub(super) fn forget(&mut self) {
        *self = Acts::default();
    }
}

impl Desk {
    /// Takes back the last act, or the last taking back. One that cannot be taken back is put aside, so that those before it can.
    ///
    /// # Errors
    /// `not_found` where there is nothing; what [`crate::Store::undo`] refuses; `rule` where a signed month or a closed school
    /// year would change.
    pub(crate) fn undo(&mut self, redo: bool) -> Result<(String, Undone)> {
        let stack = if redo { &self.acts.undone } else { &self.acts.done };
        let Some(act) = stack.last().cloned() else {
            let message = if redo { "there is nothing to do again" } else { "there is nothing to undo" };
            return Err(NodeError::new(Code::NotFound, message));
        };
        let undone = take_back(&mut self.store, act.id);
        let passes = undone.as_ref().is_err_and(|error| stops_everything(error.code));
        let (from, to) = if redo {
            (&mut self.acts.undone, &mut self.acts.done)
        } else {
            (&mut self.acts.done, &mut self.acts.undone)
        };
        if !passes {
            from.pop();
        }
        match undone {
            Ok(undone) => {
                self.acts.lasting = None;
                to.push(Act { id: undone.act, what: act.what.clone() });
                Ok((act.what, undone))
            }
            Err(error) => {
                // A `not_found` would say that there is nothing to undo.
                let code = if error.code == Code::NotFound { Code::Conflict } else { error.code };
                let message = format!("{}: {}", act.what, error.message);
                Err(NodeError { code, message, ..error })
            }
        }
    }
}

#[cfg(test)]
mod tests;
