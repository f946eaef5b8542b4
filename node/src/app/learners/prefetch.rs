//! The directory is read while people look for their name on the first page: out of an encrypted file that is not in memory yet it
//! takes longer than anything else of a start. A thread and a connection of its own, so nobody waits for it who need not.

use crate::Result;
use std::thread::JoinHandle;

/// A directory that is being read.
#[derive(Debug)]
pub(super) struct Ahead<T>(Option<JoinHandle<Result<T>>>);

impl<T: Send + 'static> Ahead<T> {
    /// Begins to read. Without a thread nothing is lost: the first question reads then.
    pub(super) fn start(read: impl FnOnce() -> Result<T> + Send + 'static) -> Ahead<T> {
        Ahead(std::thread::Builder::new().name("directory".into()).spawn(read).ok())
    }

    /// What was read, once it is; none where that failed, which whoever reads next hears of in words.
    pub(super) fn wait(mut self) -> Option<T> {
        self.0.take()?.join().ok()?.ok()
    }
}

/// Whoever closes the records may want to remove their file; no reader is left on it then.
impl<T> Drop for Ahead<T> {
    fn drop(&mut self) {
        if let Some(reading) = self.0.take() {
            let _ = reading.join();
        }
    }
}

#[cfg(test)]
mod tests;
