//! Where random fault points come from: a printed seed, so that a run that failed can be had again.

use crate::sim::Rng;
use std::hash::{BuildHasher, Hasher};

/// The environment variable that repeats a run.
const SEED: &str = "PEMS_FAULT_SEED";

/// Dice for a test: from `PEMS_FAULT_SEED`, or new ones. The seed is printed (cargo shows it when the test fails).
///
/// # Panics
/// If the variable is not a number.
pub fn dice(test: &str) -> Rng {
    let seed = match std::env::var(SEED) {
        Ok(text) => text.parse().expect("PEMS_FAULT_SEED is a number"),
        Err(_) => std::hash::RandomState::new().build_hasher().finish(),
    };
    println!("{test}: {SEED}={seed}");
    Rng::new(seed)
}
