//! Cuts a failing script down to the steps that it needs (delta debugging): takes pieces out as long as it still fails.

use super::{Step, Violation, World};

/// The smallest script found that still breaks the same promise, and how.
pub fn minimal(seed: u64, script: Vec<Step>, violation: Violation) -> (Vec<Step>, Violation) {
    let mut best = (script, violation);
    let mut piece = best.0.len().div_ceil(2);
    while piece > 0 {
        let mut at = 0;
        while at < best.0.len() {
            let mut shorter = best.0.clone();
            shorter.drain(at..(at + piece).min(best.0.len()));
            match World::run(seed, &shorter) {
                Err(still) if still.promise == best.1.promise => best = (shorter, still),
                _ => at += piece,
            }
        }
        piece /= 2;
    }
    best
}
