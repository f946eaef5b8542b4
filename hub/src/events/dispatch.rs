//! Takes events out of the outbox and hands them to the subscribers.
//!
//! Invariants: a school has at most one event on its way; a delivery that takes too long or panics counts as failed; while one
//! school's event waits for another try, every other school's go on.

use super::{Subscriber, delivery};
use futures_util::StreamExt;
use pems_db::{AuthDb, ClaimedEvent, DbError, Hints};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Schools served in one round, and subscribers at work at once.
const ROUND: i32 = 64;
const AT_ONCE: usize = 8;
/// Longest time for one event with all subscribers.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an event is this hub's: all of a round, and some.
const LEASE: Duration = Duration::from_secs(120);
/// Looks without a hint this often: one may get lost, and leases of dead hubs run out.
const LOOK: Duration = Duration::from_secs(15);
/// First wait after a failure; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// Then the event is set aside: some twenty minutes of trying.
const ATTEMPTS: i32 = 12;
/// Delivered events are kept this long, for whoever wonders what happened.
const KEEP: Duration = Duration::from_secs(30 * 24 * 3600);

pub(crate) struct Dispatcher {
    auth_db: AuthDb,
    subscribers: Vec<Arc<dyn Subscriber>>,
    stop: CancellationToken,
    /// When the earliest failed event may be tried again.
    retry_at: Option<Instant>,
}

impl Dispatcher {
    pub(crate) fn new(auth_db: AuthDb, subscribers: Vec<Arc<dyn Subscriber>>, stop: CancellationToken) -> Dispatcher {
        Dispatcher { auth_db, subscribers, stop, retry_at: None }
    }

    /// Delivers until told to stop. What is on its way then comes again.
    pub(crate) async fn run(mut self) {
        let stop = self.stop.clone();
        stop.run_until_cancelled(self.run_on()).await;
    }

    async fn run_on(&mut self) {
        if let Err(error) = self.auth_db.tidy_events(KEEP).await {
            tracing::warn!(%error, "old events were not tidied");
        }
        let mut hints = None;
        loop {
            match self.round(&mut hints).await {
                Ok(()) => {}
                Err(error) => {
                    tracing::warn!(%error, "events wait: the database does not answer");
                    hints = None;
                    // Nothing tells when a database answers again; `run` ends the pause when the hub stops.
                    tokio::time::sleep(FIRST_WAIT).await;
                }
            }
        }
    }

    /// Delivers what waits, then waits for more.
    async fn round(&mut self, hints: &mut Option<Hints>) -> Result<(), DbError> {
        // Listening first: what is written between the look and the wait is then heard.
        let ears = match hints {
            Some(ears) => ears,
            None => hints.insert(self.auth_db.event_hints().await?),
        };
        self.retry_at = None;
        loop {
            let claimed = self.auth_db.claim_events(ROUND, LEASE).await?;
            if claimed.is_empty() {
                break;
            }
            let teller = &*self;
            let deliveries = claimed.into_iter().map(|event| async move { teller.deliver(&event).await });
            let outcomes: Vec<_> = futures_util::stream::iter(deliveries).buffer_unordered(AT_ONCE).collect().await;
            for outcome in outcomes {
                let retry = outcome?;
                self.retry_at = [self.retry_at, retry].into_iter().flatten().min();
            }
        }
        let look = Instant::now() + LOOK;
        let until = self.retry_at.map_or(look, |at| at.min(look));
        match tokio::time::timeout_at(until, ears.next()).await {
            Ok(Ok(true)) | Err(_) => Ok(()),
            Ok(Ok(false)) => {
                *hints = None;
                Ok(())
            }
            Ok(Err(error)) => Err(error),
        }
    }

    /// Gives the time of the next try if this one failed.
    async fn deliver(&self, event: &ClaimedEvent) -> Result<Option<Instant>, DbError> {
        let done = match tokio::time::timeout(PATIENCE, self.tell_all(event)).await {
            Ok(done) => done,
            Err(_) => Err(format!("a subscriber took longer than {} s", PATIENCE.as_secs())),
        };
        let Err(why) = done else {
            self.auth_db.event_delivered(event).await?;
            return Ok(None);
        };
        let ClaimedEvent { tenant, id, kind, attempts, .. } = event;
        let wait = (*attempts < ATTEMPTS).then(|| back_off(*attempts));
        if wait.is_some() {
            tracing::warn!(%tenant, %id, kind, attempts, why, "an event was not delivered; it comes again");
        } else {
            tracing::error!(%tenant, %id, kind, attempts, why, "an event was set aside; the next start of the hub tries it again");
        }
        self.auth_db.event_failed(event, wait).await?;
        Ok(wait.map(|wait| Instant::now() + wait))
    }

    async fn tell_all(&self, event: &ClaimedEvent) -> Result<(), String> {
        let delivery = Arc::new(delivery(event)?);
        for subscriber in &self.subscribers {
            let (told, delivery) = (subscriber.clone(), delivery.clone());
            // A task of its own, so that a panic is a failure like any other.
            let task =
                tokio_util::task::AbortOnDropHandle::new(tokio::spawn(async move { told.deliver(&delivery).await }));
            let done = task.await.unwrap_or_else(|error| Err(format!("it ended early: {error}")));
            done.map_err(|why| format!("{}: {why}", subscriber.name()))?;
        }
        Ok(())
    }
}

/// The wait after the given number of attempts.
fn back_off(attempts: i32) -> Duration {
    let doubled = u32::try_from(attempts - 1).unwrap_or(0).min(16);
    FIRST_WAIT.saturating_mul(1 << doubled).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit() {
        assert_eq!(back_off(0), FIRST_WAIT);
        assert_eq!(back_off(1), FIRST_WAIT);
        assert_eq!(back_off(3), FIRST_WAIT * 4);
        assert_eq!(back_off(ATTEMPTS), LONGEST_WAIT);
        assert_eq!(back_off(i32::MAX), LONGEST_WAIT);
    }
}
