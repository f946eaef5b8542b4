//! How long a stranger stays, the randomness it lives on, and what it notes.

use crate::sim::Rng;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::time::{Duration, Instant};

/// More than so many findings tell nothing new.
const ENOUGH: usize = 20;

/// One visit.
#[derive(Debug)]
pub struct Stay {
    pub rng: Rng,
    seed: u64,
    ends: Instant,
    /// Things to try at most.
    most: u64,
    tried: u64,
    found: Vec<String>,
    known: BTreeSet<String>,
}

impl Stay {
    pub fn new(seed: u64, length: Duration) -> Stay {
        Stay {
            rng: Rng::new(seed),
            seed,
            ends: Instant::now() + length,
            most: u64::MAX,
            tried: 0,
            found: Vec::new(),
            known: BTreeSet::new(),
        }
    }

    /// Ends after so many things too: then a fast machine does what a slow one does.
    pub fn at_most(self, most: u64) -> Stay {
        Stay { most, ..self }
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether to try one more thing.
    pub fn goes_on(&self) -> bool {
        self.found.len() < ENOUGH && self.tried < self.most && Instant::now() < self.ends
    }

    /// What is left of the time.
    pub fn left(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }

    /// Counts one thing that was tried; its number, from 1.
    pub fn tries(&mut self) -> u64 {
        self.tried += 1;
        self.tried
    }

    /// Notes what must never be, once: its first line says what it is, what follows how it came about.
    pub fn found(&mut self, what: impl Display) {
        let what = what.to_string();
        if self.known.insert(what.lines().next().unwrap_or_default().to_owned()) {
            self.found.push(format!("seed {}, step {}: {what}", self.seed, self.tried));
        }
    }

    pub fn tried(&self) -> u64 {
        self.tried
    }

    pub fn findings(&self) -> &[String] {
        &self.found
    }
}
