//! Fairness between schools: of whatever is scarce (database connections, pulls at work) no school holds more than its share,
//! however much it asks for. Who wants more waits behind its own school, never in front of another one.
//!
//! Invariant: one small semaphore for each school that has spoken; schools are made by those who run the hub, so there are never
//! more than these.

use crate::error::DbError;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// What each school may hold of one scarce thing. A clone is the same shares.
#[derive(Debug, Clone)]
pub struct Shares {
    each: usize,
    wait: Duration,
    schools: Arc<Mutex<HashMap<Uuid, Arc<Semaphore>>>>,
}

/// Part of a school's share, until it is dropped.
#[derive(Debug)]
pub struct Share {
    _held: OwnedSemaphorePermit,
}

impl Shares {
    /// `each`: what one school may hold; `wait`: how long somebody waits for it. Give it ids of schools that were checked.
    pub fn new(each: usize, wait: Duration) -> Shares {
        Shares { each: each.max(1), wait, schools: Arc::default() }
    }

    /// # Errors
    /// `Busy`: the school held all of its share for as long as one waits.
    pub async fn take(&self, school: Uuid) -> Result<Share, DbError> {
        match tokio::time::timeout(self.wait, self.of(school).acquire_owned()).await {
            Ok(Ok(held)) => Ok(Share { _held: held }),
            _ => Err(DbError::Busy),
        }
    }

    fn of(&self, school: Uuid) -> Arc<Semaphore> {
        let mut schools = self.schools.lock();
        schools.entry(school).or_insert_with(|| Arc::new(Semaphore::new(self.each))).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_holds_all_of_its_share_waits_and_nobody_else_does() {
        let shares = Shares::new(2, Duration::ZERO);
        let (greedy, quiet) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let held = (shares.take(greedy).await.expect("one"), shares.take(greedy).await.expect("two"));
        assert!(matches!(shares.take(greedy).await, Err(DbError::Busy)));
        let _quiet = shares.take(quiet).await.expect("another school");
        drop(held);
        shares.take(greedy).await.expect("given back");
    }
}
