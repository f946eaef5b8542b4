//! One thing at a time that reads every record, on a thread of its own.

use crate::{NodeError, Result};
use pems_model::Code;
use std::thread::JoinHandle;

/// Work that may be under way, and what came of the last.
#[derive(Debug)]
pub(super) struct Job<T> {
    running: Option<JoinHandle<Result<T>>>,
    last: Option<T>,
    failed: Option<NodeError>,
}

impl<T> Default for Job<T> {
    fn default() -> Self {
        Job { running: None, last: None, failed: None }
    }
}

impl<T: Send + 'static> Job<T> {
    /// Begins, unless it is under way already.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(super) fn begin(&mut self, name: &str, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<()> {
        if self.running() {
            return Ok(());
        }
        self.failed = None;
        let started = std::thread::Builder::new().name(name.into()).spawn(work);
        let none = |error| NodeError::new(Code::Internal, format!("it cannot begin: {error}; try again"));
        self.running = Some(started.map_err(none)?);
        Ok(())
    }

    /// What came of work that was done at once.
    pub(super) fn put(&mut self, done: T) {
        self.failed = None;
        self.last = Some(done);
    }

    /// Whether it is still under way; takes in what came of it otherwise.
    pub(super) fn running(&mut self) -> bool {
        if self.running.as_ref().is_some_and(|running| !running.is_finished()) {
            return true;
        }
        if let Some(ended) = self.running.take() {
            match ended.join() {
                Ok(Ok(done)) => self.put(done),
                Ok(Err(error)) => self.failed = Some(error),
                Err(_) => self.failed = Some(NodeError::new(Code::Internal, "it ended halfway; try again")),
            }
        }
        false
    }

    pub(super) fn last(&self) -> Option<&T> {
        self.last.as_ref()
    }

    pub(super) fn failed(&self) -> Option<&NodeError> {
        self.failed.as_ref()
    }
}
