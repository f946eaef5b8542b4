//! Who of this program writes next. SQLite lets one connection write at a time; the others ask again and again until they may. A
//! clerk must not wait for a list of thousands of rows, nor for a school's records that come from the hub, and what was typed first
//! must be written first.
//!
//! Invariants:
//! - who waits at the desk has a [`Turn`], and nobody at the desk who came later writes before;
//! - long work ([`Store::giving_way`]) takes back what it did so far as soon as somebody at the desk waits, and begins anew when
//!   nobody does any more.

use super::{BUSY, Store};
use crate::{NodeError, Result};
use rusqlite::{ErrorCode, Transaction, TransactionBehavior};
use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often one piece of long work gives way before it is carried through: a desk at which something is saved every second
/// would never let it end.
const MOST_GIVEN: u32 = 10;

/// What all connections of a program to one file have in common.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    queue: Mutex<Queue>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<u64>,
    next: u64,
}

/// A place among those who wait to write, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    turns: Arc<Turns>,
    number: u64,
}

impl Turns {
    fn queue(self: &Arc<Turns>) -> Turn {
        let mut queue = self.lock();
        let number = queue.next;
        queue.next += 1;
        queue.waiting.push_back(number);
        Turn { turns: Arc::clone(self), number }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_waited_for(&self) -> bool {
        !self.lock().waiting.is_empty()
    }

    /// Whether it is this one's turn, or with `None` that of somebody who only comes now.
    fn is_next(&self, turn: Option<u64>) -> bool {
        self.lock().waiting.front().is_none_or(|first| Some(*first) == turn)
    }

    fn until_nobody_waits(&self) {
        let waits = |queue: &mut Queue| !queue.waiting.is_empty();
        drop(self.moved.wait_while(self.lock(), waits).unwrap_or_else(PoisonError::into_inner));
    }
}

impl Turn {
    /// Waits until it is the first, at most as long as that; whether it is.
    pub(crate) fn wait(&self, at_most: Duration) -> bool {
        let later = |queue: &mut Queue| queue.waiting.front() != Some(&self.number);
        let waited = self.turns.moved.wait_timeout_while(self.turns.lock(), at_most, later);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.lock().waiting.retain(|number| *number != self.number);
        self.turns.moved.notify_all();
    }
}

/// What a store does when it is to write and cannot yet.
#[derive(Debug, Default)]
pub(super) struct Waits {
    /// Says so at once, for somebody who waits elsewhere.
    elsewhere: bool,
    /// With which turn they come back.
    turn: Option<u64>,
    /// Something was in the way, and nothing was written before.
    has_to: Cell<bool>,
    /// Records were written: what is left of the same request waits here, for it cannot be asked once more.
    wrote: Cell<bool>,
}

impl Store {
    /// Until this is called again (for each request), a write that cannot begin yet is refused at once, and [`Store::has_to_wait`]
    /// then says that the same can be asked again: whoever asks waits where nobody else has to.
    pub(crate) fn wait_elsewhere(&mut self, turn: Option<&Turn>) {
        self.waits = Waits { elsewhere: true, turn: turn.map(|turn| turn.number), ..Waits::default() };
    }

    /// Writes wait in their place, as in a store of which nobody said anything else.
    pub(crate) fn wait_here(&mut self) {
        self.waits = Waits::default();
    }

    /// Whether a write since the last call met somebody else's and has to be tried again behind them; says so once.
    pub(crate) fn has_to_wait(&self) -> bool {
        self.waits.has_to.take()
    }

    /// A place behind those who wait already; none for a store in memory, which nobody else writes to.
    pub(crate) fn queue(&self) -> Option<Turn> {
        self.file.as_ref().map(|file| file.turns().queue())
    }

    /// How many wait.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.file.as_ref().map_or(0, |file| file.turns().lock().waiting.len())
    }

    /// Shares the turns of other connections of this program.
    #[must_use]
    pub(crate) fn with_turns(mut self, turns: &Arc<Turns>) -> Store {
        self.file = self.file.map(|file| file.with_turns(turns));
        self
    }

    /// The beginning of a durable step. `IMMEDIATE`, so that two writers wait for each other instead of failing halfway.
    pub(super) fn begin(&self) -> Result<Transaction<'_>> {
        let begin = || Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate);
        let Some(turns) = self.file.as_ref().map(|file| file.turns()).filter(|_| self.waits.elsewhere) else {
            return Ok(begin()?);
        };
        if self.waits.wrote.get() {
            let _turn = turns.queue();
            return Ok(begin()?);
        }
        if !turns.is_next(self.waits.turn) {
            self.waits.has_to.set(true);
            return Err(locked());
        }
        self.conn.busy_timeout(Duration::ZERO)?;
        let begun = begin();
        self.conn.busy_timeout(BUSY)?;
        self.waits.has_to.set(begun.as_ref().is_err_and(is_busy));
        Ok(begun?)
    }

    pub(super) fn note_written(&mut self) {
        self.wrote = true;
        self.waits.wrote.set(true);
        self.waits.has_to.set(false);
    }

    /// Does work that writes for long, and does it once more from the beginning whenever it gave way.
    pub(crate) fn giving_way<T>(&mut self, mut work: impl FnMut(&mut Store, &GiveWay) -> Result<T>) -> Result<T> {
        let turns = self.file.as_ref().map(|file| Arc::clone(file.turns()));
        let mut given = 0;
        loop {
            let way = GiveWay { to: turns.clone().filter(|_| given < MOST_GIVEN), gave: Cell::new(false) };
            let done = work(self, &way);
            let Some(turns) = turns.as_ref().filter(|_| way.gave.get() && done.is_err()) else { return done };
            given += 1;
            turns.until_nobody_waits();
        }
    }
}

/// For long work: whom it gives way to.
#[derive(Debug)]
pub(crate) struct GiveWay {
    to: Option<Arc<Turns>>,
    gave: Cell<bool>,
}

impl GiveWay {
    /// To be asked between two steps.
    ///
    /// # Errors
    /// `store_locked` where somebody waits. Passed on, it takes back what was done, and it is begun anew.
    pub(crate) fn check(&self) -> Result<()> {
        if self.to.as_ref().is_some_and(|turns| turns.is_waited_for()) {
            self.gave.set(true);
            return Err(locked());
        }
        Ok(())
    }
}

pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn locked() -> NodeError {
    NodeError::new(pems_model::Code::StoreLocked, super::IN_THE_WAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_first_is_the_first_and_nobody_passes() {
        let turns = Arc::new(Turns::default());
        assert!(turns.is_next(None) && !turns.is_waited_for());
        let (first, second) = (turns.queue(), turns.queue());
        assert!(first.wait(Duration::ZERO) && !second.wait(Duration::ZERO));
        assert!(turns.is_next(Some(first.number)) && !turns.is_next(Some(second.number)) && !turns.is_next(None));
        drop(first);
        assert!(second.wait(Duration::ZERO) && turns.is_next(Some(second.number)));
        drop(second);
        turns.until_nobody_waits();
        assert!(turns.is_next(None));
    }

    #[test]
    fn long_work_gives_way_as_often_as_it_should_and_is_then_carried_through() {
        let dir = tempfile::tempdir().expect("a folder");
        let keys = crate::keys::KeySource::File(dir.path().join("key"));
        let office = crate::sample::empty(&dir.path().join("office"), keys).expect("an office");
        let (mut long, clerk) = (office.store().expect("a store"), office.store().expect("another"));
        let mut begun = 0;
        let done = long.giving_way(|store, way| {
            begun += 1;
            store.transaction(|step| {
                super::super::meta::set(step.tx, "local.work", &begun.to_string())?;
                let _waits = clerk.queue();
                way.check()
            })
        });
        done.expect("in the end");
        assert_eq!((begun, long.local("work").expect("read").as_deref()), (MOST_GIVEN + 1, Some("11")));
        assert_eq!(clerk.waiting(), 0);
    }

    #[test]
    fn what_failed_for_another_reason_is_not_begun_anew() {
        let dir = tempfile::tempdir().expect("a folder");
        let keys = crate::keys::KeySource::File(dir.path().join("key"));
        let office = crate::sample::empty(&dir.path().join("office"), keys).expect("an office");
        let mut begun = 0;
        let refused = office.store().expect("a store").giving_way(|_, _| {
            begun += 1;
            Err::<(), _>(NodeError::new(pems_model::Code::Rule, "stopped"))
        });
        assert_eq!((refused.expect_err("stopped").code, begun), (pems_model::Code::Rule, 1));
    }
}
