//! Bugs planted on purpose, to prove that the simulation finds such bugs. Compiled out of everything that ships: a release build
//! has no debug assertions, and then no bug can be planted. A debug build has them all, so that the tests which plant them need no
//! build of their own.

/// A mistake that somebody could have made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// The hub applies a change again when it is sent again.
    AppliesTwice,
    /// The losing side of a conflict is not kept.
    SilentLoser,
    /// A pull writes over edits that are still waiting.
    PullOverwritesPending,
    /// The outbox forgets a change when it is sent rather than when it is answered.
    ForgetsOnSend,
    /// A cursor moves although the rows were not stored.
    CursorBeforeRows,
    /// A refused change is dropped instead of parked.
    DropsRefused,
    /// A row is written without a fresh revision.
    StaleRevision,
    /// The hub answers with rows of every school.
    IgnoresTenant,
    /// The hub takes a name in a change for a proof.
    TrustsNames,
}

impl Bug {
    /// Every one that the simulation has to find.
    pub const ALL: [Bug; 9] = [
        Bug::AppliesTwice,
        Bug::SilentLoser,
        Bug::PullOverwritesPending,
        Bug::ForgetsOnSend,
        Bug::CursorBeforeRows,
        Bug::DropsRefused,
        Bug::StaleRevision,
        Bug::IgnoresTenant,
        Bug::TrustsNames,
    ];
}

#[cfg(debug_assertions)]
mod active {
    use super::Bug;
    use std::cell::Cell;
    thread_local! { static ACTIVE: Cell<Option<Bug>> = const { Cell::new(None) }; }

    /// Plants one bug in this thread (or none).
    pub fn plant(bug: Option<Bug>) {
        ACTIVE.with(|active| active.set(bug));
    }

    /// Whether the code is to make this mistake in this thread.
    pub fn is_planted(bug: Bug) -> bool {
        ACTIVE.with(|active| active.get() == Some(bug))
    }
}

#[cfg(debug_assertions)]
pub use active::{is_planted, plant};

/// Whether `bug` is planted: never, in what ships.
#[cfg(not(debug_assertions))]
#[inline]
pub const fn is_planted(_bug: Bug) -> bool {
    false
}
