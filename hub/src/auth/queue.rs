//! Whose password is next. A few are hashed at once; the others wait in a line of their school's, and the lines take turns.
//!
//! Invariants:
//! - a school waits for its own people, and for one of each other school's that waits as well, never for another school's crowd;
//! - lines are short: who would stand at the end of a full one is told to come back, and if all lines together are full, it is the
//!   longest that gives way;
//! - who goes away while waiting takes no turn.

use crate::refusal::Refusal;
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot::{self, Sender};

/// Checks at once, at most: bounds memory to 76 MiB.
const AT_ONCE_MOST: usize = 4;
/// Waiting, of one school: all of its staff at half past seven. One core serves them in two or three seconds.
const LINE: usize = 64;
/// Waiting, of all schools.
const ALL: usize = 256;
/// Longest wait: full lines are served in less by one core, unless the machine is busy with other things.
const WAIT: Duration = Duration::from_secs(15);

/// Checks at once on so many cores: one is left for everything else, because a check keeps its core busy from its first moment to
/// its last, and whoever only writes a learner must not stand behind a row of them.
fn at_once(cores: usize) -> usize {
    cores.saturating_sub(1).clamp(1, AT_ONCE_MOST)
}

/// Passwords that want to be hashed.
#[derive(Debug)]
pub(super) struct Queue(Arc<Mutex<Lines>>);

/// The right to one hash. Dropping it calls the next one.
#[derive(Debug)]
pub(crate) struct Permit(Arc<Mutex<Lines>>);

#[derive(Debug)]
struct Lines {
    free: usize,
    /// Who waits, by school; no line is empty.
    lines: HashMap<String, VecDeque<Sender<Permit>>>,
    /// The schools that wait; the first is called next.
    turns: VecDeque<String>,
}

impl Default for Queue {
    fn default() -> Queue {
        Queue::of(at_once(std::thread::available_parallelism().map_or(1, NonZeroUsize::get)))
    }
}

impl Queue {
    fn of(free: usize) -> Queue {
        Queue(Arc::new(Mutex::new(Lines { free, lines: HashMap::new(), turns: VecDeque::new() })))
    }

    /// `school`: what the line is called; an empty text for the hub's own people.
    ///
    /// # Errors
    /// `busy`, if too many wait already or it takes too long.
    pub(super) async fn permit(&self, school: &str) -> Result<Permit, Refusal> {
        let called = {
            let mut lines = self.0.lock();
            if lines.free > 0 {
                lines.free -= 1;
                return Ok(Permit(self.0.clone()));
            }
            lines.join(school).ok_or_else(Refusal::busy)?
        };
        match tokio::time::timeout(WAIT, called).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(Refusal::busy()),
        }
    }
}

impl Lines {
    fn join(&mut self, school: &str) -> Option<oneshot::Receiver<Permit>> {
        // Only where it matters whether those who went away are counted.
        let full = |lines: &Lines| lines.length(school) >= LINE || lines.waiting() >= ALL;
        if full(&*self) {
            self.forget_the_gone();
        }
        if self.length(school) >= LINE || (self.waiting() >= ALL && !self.make_room_for(school)) {
            return None;
        }
        let (call, called) = oneshot::channel();
        if !self.lines.contains_key(school) {
            self.turns.push_back(school.to_owned());
        }
        self.lines.entry(school.to_owned()).or_default().push_back(call);
        Some(called)
    }

    fn length(&self, school: &str) -> usize {
        self.lines.get(school).map_or(0, VecDeque::len)
    }

    fn waiting(&self) -> usize {
        self.lines.values().map(VecDeque::len).sum()
    }

    fn forget_the_gone(&mut self) {
        for line in self.lines.values_mut() {
            line.retain(|call| !call.is_closed());
        }
        self.lines.retain(|_, line| !line.is_empty());
        let lines = &self.lines;
        self.turns.retain(|school| lines.contains_key(school));
    }

    /// Sends the last of the longest line away, if it is longer than that of `school` will be.
    fn make_room_for(&mut self, school: &str) -> bool {
        let own = self.length(school) + 1;
        let longest = self.lines.values_mut().max_by_key(|line| line.len()).filter(|line| line.len() > own);
        longest.is_some_and(|line| line.pop_back().is_some())
    }

    /// The first of the school whose turn it is.
    fn next(&mut self) -> Option<Sender<Permit>> {
        loop {
            let school = self.turns.pop_front()?;
            let Some(line) = self.lines.get_mut(&school) else { continue };
            let first = std::iter::from_fn(|| line.pop_front()).find(|call| !call.is_closed());
            if line.is_empty() {
                self.lines.remove(&school);
            } else {
                self.turns.push_back(school);
            }
            if first.is_some() {
                return first;
            }
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let next = {
            let mut lines = self.0.lock();
            let next = lines.next();
            if next.is_none() {
                lines.free += 1;
            }
            next
        };
        if let Some(call) = next {
            // Whoever went away at this very moment leaves the permit to be dropped here, which calls the one behind.
            drop(call.send(Permit(self.0.clone())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, poll};
    use std::pin::Pin;
    use std::task::Poll;

    const AT_ONCE: usize = 4;

    type Waiting<'q> = Pin<Box<dyn Future<Output = Result<Permit, Refusal>> + 'q>>;

    async fn wait<'q>(queue: &'q Queue, school: &'q str) -> Waiting<'q> {
        let mut waiting: Waiting<'q> = Box::pin(queue.permit(school));
        assert!(poll!(&mut waiting).is_pending(), "nobody is called before a place is free");
        waiting
    }

    async fn all_places(queue: &Queue) -> Vec<Permit> {
        let mut taken = Vec::new();
        for _ in 0..AT_ONCE {
            taken.push(queue.permit("flood").await.expect("free"));
        }
        taken
    }

    #[test]
    fn a_core_is_left_for_everything_else() {
        assert_eq!([1, 2, 3, 4, 5, 64].map(at_once), [1, 1, 2, 3, 4, 4]);
    }

    #[tokio::test]
    async fn a_quiet_school_is_next_but_one_behind_any_crowd() {
        let queue = Queue::of(AT_ONCE);
        let mut places = all_places(&queue).await;
        let mut crowd = Vec::new();
        for _ in 0..LINE {
            crowd.push(wait(&queue, "flood").await);
        }
        assert!(queue.permit("flood").now_or_never().expect("at once").is_err(), "one more is told to come back");
        let mut quiet = wait(&queue, "quiet").await;
        places.pop();
        assert!(poll!(&mut quiet).is_pending(), "one of the crowd was there before");
        places.pop();
        assert!(matches!(poll!(&mut quiet), Poll::Ready(Ok(_))), "and then it is the quiet school's turn");
        // Served to the end, one after the other, each gets a place.
        drop(places);
        for waiting in crowd {
            drop(waiting.await.expect("a place"));
        }
        assert_eq!(all_places(&queue).await.len(), AT_ONCE, "all places are free again");
    }

    #[tokio::test]
    async fn of_full_lines_the_longest_gives_way() {
        let queue = Queue::of(AT_ONCE);
        let _places = all_places(&queue).await;
        let mut crowd = Vec::new();
        for school in ["a", "b", "c", "d"] {
            for _ in 0..ALL / 4 {
                crowd.push(wait(&queue, school).await);
            }
        }
        let _quiet = wait(&queue, "quiet").await;
        let sent_away = futures_util::future::join_all(crowd.iter_mut().map(|one| async move { poll!(one) })).await;
        assert_eq!(sent_away.iter().filter(|one| matches!(one, Poll::Ready(Err(_)))).count(), 1);
        let lines = queue.0.lock();
        assert_eq!((lines.waiting(), lines.length("quiet")), (ALL, 1));
    }

    #[tokio::test]
    async fn who_goes_away_takes_no_turn_and_leaves_room() {
        let queue = Queue::of(AT_ONCE);
        let mut places = all_places(&queue).await;
        for _ in 0..3 * LINE {
            drop(wait(&queue, "gone").await);
        }
        let mut stayed = wait(&queue, "gone").await;
        places.pop();
        assert!(matches!(poll!(&mut stayed), Poll::Ready(Ok(_))));
        drop((places, stayed));
        let lines = queue.0.lock();
        assert_eq!((lines.free, lines.waiting(), lines.turns.len()), (AT_ONCE, 0, 0));
    }
}
