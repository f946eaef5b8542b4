//! Fairness in time: `share` counts what a school holds, but two cores are shared by all that is held. Where more is at work than
//! the machine can do at once, a step of a school that has had much of the hub lately lets pass the schools that have had less.
//!
//! Invariants:
//! - a step waits [`LONGEST`] at most, so everything gets on, however many schools there are;
//! - who waits holds nobody else up: its connection is of its own school's share, its locks are its own school's;
//! - what a school has had is forgotten within seconds, and so is the school.

use parking_lot::{Mutex, MutexGuard};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

/// Longest wait of one step. A step is up to 512 KiB of rows, so a first sync still gets 20 MB/s, more than any line takes.
const LONGEST: Duration = Duration::from_millis(25);
/// In which what a school has had counts for a half (then a quarter, ...).
const HALF_LIFE: f64 = 1.0;
/// Had so little, it is nobody's turn to wait; seconds.
const NOTHING: f64 = 0.005;

/// Whose turn it is. A clone is the same one.
#[derive(Debug, Clone)]
pub(crate) struct Turns(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    ledger: Mutex<Ledger>,
    ended: Notify,
}

/// What each school has had, and what it is at.
#[derive(Debug)]
struct Ledger {
    /// Steps that the machine can do at once: each keeps PostgreSQL and the hub busy.
    at_once: usize,
    schools: HashMap<Uuid, Had>,
}

#[derive(Debug, Clone, Copy)]
struct Had {
    /// Seconds of work, as of the moment.
    seconds: f64,
    as_of: Instant,
    /// Steps under way.
    at_work: usize,
}

impl Had {
    fn by(&self, now: Instant) -> f64 {
        self.seconds * (-now.duration_since(self.as_of).as_secs_f64() / HALF_LIFE).exp2()
    }
}

impl Ledger {
    /// Whether `school` is to let pass one that has had less: one at work while there is no room for both, or one that was about
    /// lately and would find all room taken by this school when it comes back.
    fn others_first(&self, school: Uuid, now: Instant) -> bool {
        let Some(own) = self.schools.get(&school) else { return false };
        let had = own.by(now);
        let is_full = self.schools.values().map(|had| had.at_work).sum::<usize>() >= self.at_once;
        let fills = own.at_work >= self.at_once;
        let passes = |(other, theirs): (&Uuid, &Had)| {
            let theirs_now = theirs.by(now);
            let about = theirs.at_work > 0 || (fills && theirs_now > NOTHING);
            *other != school && about && theirs_now < had
        };
        had > NOTHING && is_full && self.schools.iter().any(passes)
    }

    fn begin(&mut self, school: Uuid, now: Instant) {
        // Who is not at work and has had next to nothing is as good as a stranger.
        self.schools.retain(|_, had| had.at_work > 0 || had.by(now) > NOTHING);
        self.schools.entry(school).or_insert(Had { seconds: 0.0, as_of: now, at_work: 0 }).at_work += 1;
    }

    fn end(&mut self, school: Uuid, since: Instant, now: Instant) {
        if let Some(had) = self.schools.get_mut(&school) {
            let seconds = had.by(now) + now.duration_since(since).as_secs_f64();
            *had = Had { seconds, as_of: now, at_work: had.at_work.saturating_sub(1) };
        }
    }
}

impl Turns {
    pub(crate) fn new(cores: usize) -> Turns {
        let ledger = Ledger { at_once: (cores / 2).max(1), schools: HashMap::new() };
        Turns(Arc::new(Inner { ledger: Mutex::new(ledger), ended: Notify::new() }))
    }

    /// Begins to work for a school, when it is its turn.
    pub(crate) async fn take(&self, school: Uuid) -> Turn {
        let mut turn = Turn { turns: self.clone(), school, since: None };
        turn.resume().await;
        turn
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.ledger.lock()
    }
}

/// Work under way for a school, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    turns: Turns,
    school: Uuid,
    /// `None` while it waits for something that costs nothing: a slow line.
    since: Option<Instant>,
}

impl Turn {
    /// What follows costs nothing, until [`Turn::resume`].
    pub fn pause(&mut self) {
        if let Some(since) = self.since.take() {
            self.turns.ledger().end(self.school, since, Instant::now());
            self.turns.0.ended.notify_waiters();
        }
    }

    /// Goes on when it is the school's turn.
    pub async fn resume(&mut self) {
        let until = Instant::now() + LONGEST;
        loop {
            let ended = self.turns.0.ended.notified();
            tokio::pin!(ended);
            // Before looking, so that what ends meanwhile is not missed.
            ended.as_mut().enable();
            if !self.turns.ledger().others_first(self.school, Instant::now()) || timeout_at(until, ended).await.is_err()
            {
                break;
            }
        }
        let now = Instant::now();
        self.turns.ledger().begin(self.school, now);
        self.since = Some(now);
    }

    /// Between two steps: lets those pass who have had less.
    pub async fn give_way(&mut self) {
        self.pause();
        self.resume().await;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.pause();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREEDY: Uuid = Uuid::from_u128(1);
    const QUIET: Uuid = Uuid::from_u128(2);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// The greedy school has worked for half a second, and the quiet one has just begun.
    fn both(cores: usize) -> (Turns, Instant) {
        let (turns, began) = (Turns::new(cores), Instant::now());
        let now = began + ms(500);
        let mut ledger = turns.ledger();
        ledger.begin(GREEDY, began);
        ledger.end(GREEDY, began, now);
        ledger.begin(QUIET, now);
        drop(ledger);
        (turns, now)
    }

    #[test]
    fn who_has_had_much_lets_pass_who_has_had_less_and_nobody_else() {
        let (turns, now) = both(2);
        let mut ledger = turns.ledger();
        assert!(ledger.others_first(GREEDY, now));
        assert!(!ledger.others_first(QUIET, now));
        ledger.end(QUIET, now, now + ms(10));
        assert!(!ledger.others_first(GREEDY, now + ms(10)), "the quiet one is done");
    }

    #[test]
    fn who_takes_all_room_leaves_some_for_who_was_about_lately() {
        let (turns, now) = both(2);
        let mut ledger = turns.ledger();
        ledger.end(QUIET, now, now + ms(50));
        let now = now + ms(50);
        ledger.begin(GREEDY, now);
        assert!(ledger.others_first(GREEDY, now), "a second step at once");
        assert!(!ledger.others_first(QUIET, now));
        assert!(!ledger.others_first(GREEDY, now + ms(10_000)), "nobody else is about any more");
    }

    #[test]
    fn where_there_is_room_for_both_nobody_waits() {
        let (turns, now) = both(8);
        assert!(!turns.ledger().others_first(GREEDY, now));
    }

    #[test]
    fn the_past_is_forgotten_and_the_school_with_it() {
        let (turns, now) = both(2);
        let mut ledger = turns.ledger();
        let later = now + ms(20_000);
        assert!(!ledger.others_first(GREEDY, later));
        ledger.begin(Uuid::from_u128(3), later);
        assert!(!ledger.schools.contains_key(&GREEDY));
        assert!(ledger.schools.contains_key(&QUIET), "is at work");
    }

    #[tokio::test]
    async fn a_step_waits_for_a_bounded_time_and_what_is_dropped_has_ended() {
        let (turns, _) = both(2);
        let mut greedy = turns.take(GREEDY).await;
        greedy.pause();
        greedy.give_way().await;
        assert_eq!(turns.ledger().schools[&GREEDY].at_work, 1);
        drop(greedy);
        assert_eq!(turns.ledger().schools[&GREEDY].at_work, 0, "counted once");
    }
}
