//! Worlds of offices under one seed: the sync machine, the merge plan and the real SQLite store that ship, with a network that
//! loses, doubles, delays and cuts, processes that die between any two durable steps, and a plain reference to compare with.
//!
//! One seed is one world. A world that breaks a promise is cut down to the steps it needs and printed.

mod check;
mod hub;
mod office;
mod people;
mod rng;
mod shrink;
mod steps;
mod world;

pub use rng::Rng;
pub use shrink::minimal;
pub use steps::{Step, script};
pub use world::{Violation, World};

/// Runs the world of a seed.
///
/// # Errors
/// The broken promise and the smallest script that still breaks it.
pub fn run(seed: u64) -> Result<(), Failure> {
    let script = script(seed);
    match World::run(seed, &script) {
        Ok(()) => Ok(()),
        Err(violation) => {
            let (steps, violation) = minimal(seed, script, violation);
            Err(Failure { seed, violation, steps })
        }
    }
}

/// A broken promise with its trace.
#[derive(Debug)]
pub struct Failure {
    pub seed: u64,
    pub violation: Violation,
    pub steps: Vec<Step>,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "seed {}: {}", self.seed, self.violation)?;
        for (i, step) in self.steps.iter().enumerate() {
            writeln!(f, "  {:>3}. {step:?}", i + 1)?;
        }
        Ok(())
    }
}
