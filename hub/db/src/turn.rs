//! Fairness in time: `share` counts what a school holds, but two cores are shared by all that is held. Where more is at work than
//! the machine can do at once, a step of a school that has had much of the hub lately lets pass the schools that have had less.
//!
//! Invariants:
//! - a step waits [`LONGEST`] at most for other schools, so everything gets on, however many there are; and [`LONGEST_OWN`] for
//!   other steps of its own school, which may need what it holds (a lock on the school's clock);
//! - while another school is about, a school does not have more under way than the machine can do at once: what it wants beyond
//!   that waits for itself, so who is quiet finds at most that much in its way;
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
/// Longest wait for steps of the own school, while others are about. Two that wait for each other (one for the turn, the other one
/// for a lock) lose this much, and no more.
const LONGEST_OWN: Duration = Duration::from_millis(250);
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
    /// How long `school` is to wait for somebody else: for a school that has had less and is at work while there is no room for
    /// both; and, where all room is taken by the school itself, for its own steps, as long as one that has had less is about and
    /// would find no room when it comes back.
    fn lets_pass(&self, school: Uuid, now: Instant) -> Option<Duration> {
        let own = self.schools.get(&school)?;
        let had = own.by(now);
        let is_full = self.schools.values().map(|had| had.at_work).sum::<usize>() >= self.at_once;
        if had <= NOTHING || !is_full {
            return None;
        }
        let others = || self.schools.iter().filter(|(other, theirs)| **other != school && theirs.by(now) < had);
        let at_work = others().any(|(_, theirs)| theirs.at_work > 0);
        let about = at_work || others().any(|(_, theirs)| theirs.by(now) > NOTHING);
        match own.at_work >= self.at_once {
            true if about => Some(LONGEST_OWN),
            false if at_work => Some(LONGEST),
            _ => None,
        }
    }

    /// Begins a step that has been wanted `since`.
    ///
    /// # Errors
    /// It is not its turn yet: until when it waits, if nothing ends before.
    fn try_begin(&mut self, school: Uuid, since: Instant, now: Instant) -> Result<(), Instant> {
        match self.lets_pass(school, now).map(|longest| since + longest).filter(|until| *until > now) {
            Some(until) => Err(until),
            None => {
                self.begin(school, now);
                Ok(())
            }
        }
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
        let wanted = Instant::now();
        loop {
            let ended = self.turns.0.ended.notified();
            tokio::pin!(ended);
            // Before looking, so that what ends meanwhile is not missed.
            ended.as_mut().enable();
            let now = Instant::now();
            // Looking and beginning are one: of those who hear that something has ended, one goes on.
            let begun = self.turns.ledger().try_begin(self.school, wanted, now);
            match begun {
                Ok(()) => {
                    self.since = Some(now);
                    return;
                }
                // Ended or waited long enough: look again.
                Err(until) => drop(timeout_at(until, ended).await),
            }
        }
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
        assert_eq!(ledger.lets_pass(GREEDY, now), Some(LONGEST));
        assert_eq!(ledger.lets_pass(QUIET, now), None);
        ledger.end(QUIET, now, now + ms(10));
        assert_eq!(ledger.lets_pass(GREEDY, now + ms(10)), None, "the quiet one is done");
    }

    #[test]
    fn who_takes_all_room_leaves_some_for_who_was_about_lately() {
        let (turns, now) = both(2);
        let mut ledger = turns.ledger();
        ledger.end(QUIET, now, now + ms(50));
        let now = now + ms(50);
        ledger.begin(GREEDY, now);
        assert_eq!(ledger.lets_pass(GREEDY, now), Some(LONGEST_OWN), "a second step at once");
        assert_eq!(ledger.lets_pass(QUIET, now), None);
        assert_eq!(ledger.lets_pass(GREEDY, now + ms(10_000)), None, "nobody else is about any more");
    }

    /// The order in which steps are let go on, by the clock of the test.
    #[test]
    fn however_many_steps_a_school_wants_one_at_a_time_is_beside_another_school() {
        let (turns, began) = both(2);
        let mut ledger = turns.ledger();
        let at = |after| began + ms(after);
        // Three steps wanted while the quiet school is at work: they wait for it, and not for ever.
        for _ in 0..3 {
            assert_eq!(ledger.try_begin(GREEDY, began, began), Err(began + LONGEST));
        }
        ledger.try_begin(GREEDY, began, at(25)).expect("waited long enough");
        for after in [25, 100, 240] {
            let until = ledger.try_begin(GREEDY, began, at(after)).expect_err("its own step is in the way");
            assert_eq!(until, began + LONGEST_OWN);
        }
        // The quiet school's next step finds one of the other's in its way, and waits for nobody.
        ledger.end(QUIET, began, at(100));
        ledger.try_begin(QUIET, at(110), at(110)).expect("at once");
        assert_eq!(ledger.schools[&GREEDY].at_work, 1);
        // When that has ended, the next one goes on, and one alone.
        ledger.end(GREEDY, at(25), at(120));
        assert!(ledger.try_begin(GREEDY, at(110), at(120)).is_err(), "the quiet school is at work again");
        ledger.end(QUIET, at(110), at(130));
        ledger.try_begin(GREEDY, at(110), at(130)).expect("nobody is in the way");
        assert!(ledger.try_begin(GREEDY, at(110), at(130)).is_err(), "the last one, again behind its own school");
        // Should that never end, as it waits for a lock that the last one holds, the last one goes on all the same.
        ledger.try_begin(GREEDY, at(110), at(110) + LONGEST_OWN).expect("waited long enough");
    }

    #[test]
    fn alone_a_school_takes_all_the_turns_it_wants() {
        let (turns, now) = (Turns::new(2), Instant::now());
        let mut ledger = turns.ledger();
        for _ in 0..5 {
            ledger.try_begin(GREEDY, now, now + ms(400)).expect("nobody else is about");
        }
        ledger.end(GREEDY, now, now + ms(400));
        ledger.try_begin(GREEDY, now, now + ms(400)).expect("however much it has had");
    }

    #[test]
    fn where_there_is_room_for_both_nobody_waits() {
        let (turns, now) = both(8);
        assert_eq!(turns.ledger().lets_pass(GREEDY, now), None);
    }

    #[test]
    fn the_past_is_forgotten_and_the_school_with_it() {
        let (turns, now) = both(2);
        let mut ledger = turns.ledger();
        let later = now + ms(20_000);
        assert_eq!(ledger.lets_pass(GREEDY, later), None);
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
