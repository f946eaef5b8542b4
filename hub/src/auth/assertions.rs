//! Assertions of devices count once: which have been used is remembered until they have expired.

use parking_lot::Mutex;
use std::collections::HashMap;
use uuid::Uuid;

/// Used assertions of one school that are remembered; far above what honest devices send in the five minutes that one lives. Beyond it that
/// school waits, and no other one.
const REPLAYS_MAX: usize = 20_000;

/// Assertions used, by school and with their expiry: none serves twice.
#[derive(Debug, Default)]
pub(crate) struct Assertions {
    used: Mutex<HashMap<Uuid, HashMap<Uuid, i64>>>,
}

impl Assertions {
    /// Forgets those that have expired. `now`: microseconds since 1970.
    pub(crate) fn tidy(&self, now: i64) {
        let now = now / 1_000_000;
        self.used.lock().retain(|_, used| {
            used.retain(|_, expires| *expires > now);
            !used.is_empty()
        });
    }

    /// # Errors
    /// Why it does not count: it did already, or too many others do.
    pub(crate) fn use_once(&self, school: Uuid, jti: Uuid, until: i64, now: i64) -> Result<(), &'static str> {
        let mut schools = self.used.lock();
        let used = schools.entry(school).or_default();
        if used.len() >= REPLAYS_MAX {
            used.retain(|_, expires| *expires > now);
            if used.len() >= REPLAYS_MAX {
                return Err("comes while too many others do; try again in a minute");
            }
        }
        match used.insert(jti, until) {
            Some(_) => Err("was used already; sign a new one"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_school_does_not_use_up_another_ones_assertions() {
        let used = Assertions::default();
        let (greedy, quiet) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for jti in 0..REPLAYS_MAX as u128 {
            used.use_once(greedy, Uuid::from_u128(jti), 300, 0).expect("room");
        }
        assert!(used.use_once(greedy, Uuid::max(), 300, 0).is_err(), "bounded");
        used.use_once(quiet, Uuid::max(), 300, 0).expect("another school");
        assert!(used.use_once(quiet, Uuid::max(), 300, 0).is_err(), "once");
        used.use_once(greedy, Uuid::max(), 600, 301).expect("what has expired makes room");
        used.tidy(601_000_000);
        assert!(used.used.lock().is_empty(), "and does not stay");
    }
}
