//! What can happen in a world. Each step carries its own randomness, so a script still makes sense with steps taken out.

use super::Rng;

/// Offices of a world: three of one school, one of another.
pub(super) const OFFICES: usize = 4;
/// School (0 or 1) of each office.
pub(super) const SCHOOL_OF: [usize; OFFICES] = [0, 0, 0, 1];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Somebody saves, deletes or brings back something; `r` decides what.
    Edit { office: usize, r: u64 },
    /// Somebody signs in or out, says who they are, or does something about users.
    Person { office: usize, r: u64 },
    /// Somebody settles something in *Needs you*.
    Resolve { office: usize, r: u64 },
    /// The network brings the oldest request of an office to the hub; `twice` leaves a copy on the way.
    ToHub { office: usize, twice: bool },
    /// The network brings the next frame of an answer to the office.
    ToOffice { office: usize, twice: bool },
    /// The connection of an office breaks: what is on the way to it is lost.
    Cut { office: usize },
    /// A copy of an old request arrives late at the hub.
    LateCopy { office: usize },
    /// The office's program is killed and started again.
    Kill { office: usize },
    /// Staged frames go to disk, as memory pressure would have it.
    Flush { office: usize },
    /// A pause is over.
    Wake { office: usize },
    /// The hub takes the right to write from an office, or gives it back.
    Role { office: usize, may_write: bool },
    /// An administrator at the hub changes a row by hand.
    Administrator { r: u64 },
    /// Time goes by, in seconds.
    Time { seconds: u32 },
}

/// The script of a seed.
pub fn script(seed: u64) -> Vec<Step> {
    let mut rng = Rng::new(seed);
    let calm = rng.chance(20);
    let length = 20 + rng.below(90);
    (0..length).map(|_| step(&mut rng, calm)).collect()
}

fn step(rng: &mut Rng, calm: bool) -> Step {
    let office = rng.below(OFFICES);
    match rng.below(100) {
        0..=19 => Step::Edit { office, r: rng.draw() },
        20..=29 => Step::Person { office, r: rng.draw() },
        30..=49 => Step::ToHub { office, twice: !calm && rng.chance(15) },
        50..=74 => Step::ToOffice { office, twice: !calm && rng.chance(10) },
        75..=78 if !calm => Step::Cut { office },
        79..=81 if !calm => Step::LateCopy { office },
        82..=85 if !calm => Step::Kill { office },
        86..=87 => Step::Flush { office },
        88..=90 => Step::Resolve { office, r: rng.draw() },
        91..=92 => Step::Role { office: rng.below(OFFICES - 1), may_write: rng.chance(60) },
        93..=94 => Step::Administrator { r: rng.draw() },
        95..=96 => Step::Time { seconds: u32::try_from(rng.below(100_000)).unwrap_or(0) },
        _ => Step::Wake { office },
    }
}
