//! How many pulls are at work at once. Each holds a database connection for as long as its line takes, so the places are few, and
//! a school far away on a slow line could keep one for a quarter of an hour.
//!
//! Invariant: for each pull that waits one of the slow ones gives its place up, and no more than one.

use crate::refusal::Refusal;
use parking_lot::Mutex;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::timeout;

#[derive(Debug)]
pub(crate) struct Places {
    free: Semaphore,
    /// How long somebody waits for one.
    wait: Duration,
    /// Who waits, but for those for whom somebody gives up a place already.
    wishes: Mutex<Vec<Arc<()>>>,
    wished: Notify,
}

/// One that waits.
struct Wish<'a> {
    places: &'a Places,
    own: Arc<()>,
}

impl Drop for Wish<'_> {
    fn drop(&mut self) {
        self.places.wishes.lock().retain(|wish| !Arc::ptr_eq(wish, &self.own));
    }
}

impl Places {
    pub(crate) fn new(places: usize, wait: Duration) -> Places {
        Places { free: Semaphore::new(places.max(1)), wait, wishes: Mutex::default(), wished: Notify::new() }
    }

    /// # Errors
    /// `busy`: none was free for as long as one waits.
    pub(crate) async fn take(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        if let Ok(place) = self.free.try_acquire() {
            return Ok(place);
        }
        let _wish = self.wish();
        match timeout(self.wait, self.free.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(Refusal::busy()),
        }
    }

    fn wish(&self) -> Wish<'_> {
        let own = Arc::new(());
        self.wishes.lock().push(own.clone());
        self.wished.notify_waiters();
        Wish { places: self, own }
    }

    /// Comes back when somebody waits for a place; who asked gives theirs up then.
    pub(crate) async fn wanted(&self) {
        loop {
            let mut wished = pin!(self.wished.notified());
            wished.as_mut().enable();
            if self.wishes.lock().pop().is_some() {
                return;
            }
            wished.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use pems_model::Code;

    #[tokio::test]
    async fn each_that_waits_is_given_one_place_and_no_more() {
        let places = Places::new(2, Duration::from_secs(60));
        let held = [places.take().await.expect("one"), places.take().await.expect("two")];
        let (mut first, mut second) = (Box::pin(places.wanted()), Box::pin(places.wanted()));
        assert!(first.as_mut().now_or_never().is_none(), "nobody waits");
        assert!(second.as_mut().now_or_never().is_none(), "nobody waits");
        let mut third = Box::pin(places.take());
        assert!(third.as_mut().now_or_never().is_none(), "none is free");
        let gave = [first.as_mut().now_or_never(), second.as_mut().now_or_never()];
        assert_eq!(gave.iter().flatten().count(), 1, "one gives way for one that waits");
        drop(held);
        drop(third.await.expect("a place"));
        assert!(places.wishes.lock().is_empty());
    }

    #[tokio::test]
    async fn a_wish_that_was_given_up_takes_no_place() {
        let places = Places::new(1, Duration::ZERO);
        let _held = places.take().await.expect("one");
        assert_eq!(places.take().await.expect_err("none is free").code(), Code::Busy);
        assert!(places.wanted().now_or_never().is_none(), "nobody waits any more");
    }
}
