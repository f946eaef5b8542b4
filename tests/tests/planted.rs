//! The simulation is only worth something if it finds mistakes: each of these is planted on purpose and must be found.
#![cfg(debug_assertions)]

use pems_model::injected_fault::{Bug, plant};
use pems_tests::sim;

/// Worlds to look through for one bug; all are found much sooner.
const WORLDS: u64 = 400;

fn first_failure() -> Option<sim::Failure> {
    (1..=WORLDS).find_map(|seed| sim::run(seed).err())
}

#[test]
fn every_planted_bug_is_found() {
    for bug in Bug::ALL {
        plant(Some(bug));
        let found = first_failure();
        plant(None);
        let failure = found.unwrap_or_else(|| panic!("{bug:?} went unnoticed in {WORLDS} worlds"));
        println!("{bug:?}: {} steps, {failure}", failure.steps.len());
    }
}

#[test]
fn without_a_bug_the_same_worlds_hold() {
    plant(None);
    assert!(first_failure().is_none());
}
