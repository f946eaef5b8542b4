//! Ctrl+Z: what was done at this desk since somebody signed in, newest last, and what was taken back.

use super::Desk;
use crate::store::Undone;
use crate::{NodeError, Result};
use pems_model::Code;
use uuid::Uuid;

/// Most acts that can be taken back one after the other: a long afternoon.
const MOST: usize = 500;

#[derive(Debug, Clone)]
struct Act {
    id: Uuid,
    what: String,
}

/// What can be undone and redone.
#[derive(Debug, Default)]
pub struct Acts {
    done: Vec<Act>,
    undone: Vec<Act>,
}

impl Acts {
    pub(super) fn did(&mut self, id: Uuid, what: String) {
        self.undone.clear();
        self.done.push(Act { id, what });
        if self.done.len() > MOST {
            self.done.remove(0);
        }
    }

    /// The words for what the next undo and the next redo would do.
    pub fn next(&self) -> (Option<&str>, Option<&str>) {
        (self.done.last().map(|act| act.what.as_str()), self.undone.last().map(|act| act.what.as_str()))
    }

    pub(super) fn forget(&mut self) {
        *self = Acts::default();
    }
}

impl Desk {
    /// Takes back the last act, or the last taking back.
    ///
    /// # Errors
    /// `not_found` where there is nothing; what [`crate::Store::undo`] refuses.
    pub(crate) fn undo(&mut self, redo: bool) -> Result<(String, Undone)> {
        let stack = if redo { &self.acts.undone } else { &self.acts.done };
        let Some(act) = stack.last().cloned() else {
            let message = if redo { "there is nothing to do again" } else { "there is nothing to undo" };
            return Err(NodeError::new(Code::NotFound, message));
        };
        let undone = self.store.undo(act.id)?;
        let taken_back = Act { id: undone.act, what: act.what.clone() };
        if redo {
            self.acts.undone.pop();
            self.acts.done.push(taken_back);
        } else {
            self.acts.done.pop();
            self.acts.undone.push(taken_back);
        }
        Ok((act.what, undone))
    }
}
