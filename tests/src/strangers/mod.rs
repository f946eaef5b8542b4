//! Strangers: tireless users who do not know how PEMS is meant to be used. Tests written by its makers do what its makers mean;
//! a stranger makes up what it does from a seed, and judges by what must always hold.
//!
//! Invariants: the same seed does the same things in the same order (for as long as the time lasts); a stranger ends by itself;
//! what it finds names the seed, so that `cargo xtask stranger NAME --seed S` finds it again.

pub mod device;
pub mod files;
mod greedy;
mod sql;
mod stay;
#[cfg(target_os = "linux")]
mod window;

pub use stay::Stay;

/// One stranger.
#[derive(Debug)]
pub struct Stranger {
    pub name: &'static str,
    /// What it does, in a few words.
    pub does: &'static str,
    /// Does it until the time is over. An error is a stranger that could not work, not one that found something.
    pub visit: fn(&mut Stay) -> anyhow::Result<()>,
}

/// All of them, in the order in which they come.
pub const STRANGERS: &[Stranger] = &[
    Stranger { name: "files", does: "brings lists, registers and rosters, made up and spoiled", visit: files::visit },
    Stranger { name: "sql", does: "asks any SQL in two worlds that differ in another school alone", visit: sql::visit },
    #[cfg(target_os = "linux")]
    Stranger { name: "window", does: "clicks, types and pulls the plug in the real window", visit: window::visit },
    Stranger { name: "device", does: "says anything to the hub as an enrolled PC", visit: device::visit },
    Stranger {
        name: "greedy",
        does: "takes all that the limits allow, beside a school that only works",
        visit: greedy::visit,
    },
];

/// A stranger by name.
pub fn named(name: &str) -> Option<&'static Stranger> {
    STRANGERS.iter().find(|stranger| stranger.name == name)
}
