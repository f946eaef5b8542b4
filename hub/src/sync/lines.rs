//! The line to one device: how much of it is going on at once.
//!
//! Invariant: an honest office has one exchange at a time and gives up any other, so the newest exchange of a device counts: an
//! older one that only waits (for news, or for a device that does not read) ends. What a line cut off left behind is gone then.

use crate::refusal::Refusal;
use crate::sync::LINE_WAIT;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Exchanges of one device at work, read or being sent: one is honest, some may be left over from a bad line.
const EXCHANGES: usize = 8;

#[derive(Debug)]
pub(crate) struct Line {
    places: Arc<Semaphore>,
    /// One pull at a time: no device takes all of its school's share.
    pub(crate) pulling: Semaphore,
    newest: watch::Sender<u64>,
}

impl Default for Line {
    fn default() -> Line {
        Line { places: Arc::new(Semaphore::new(EXCHANGES)), pulling: Semaphore::new(1), newest: watch::Sender::new(0) }
    }
}

/// An exchange in its place.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) line: Arc<Line>,
    newer: watch::Receiver<u64>,
    _place: OwnedSemaphorePermit,
}

impl Line {
    /// # Errors
    /// `busy`.
    pub(crate) async fn begin(self: Arc<Line>) -> Result<Exchange, Refusal> {
        self.newest.send_modify(|number| *number += 1);
        let newer = self.newest.subscribe();
        let place = tokio::time::timeout(LINE_WAIT, self.places.clone().acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(Refusal::busy()) };
        Ok(Exchange { newer, line: self, _place: place })
    }
}

impl Exchange {
    /// Comes back when the device has begun another exchange.
    pub(crate) async fn is_old(&self) {
        let mut newer = self.newer.clone();
        if newer.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
