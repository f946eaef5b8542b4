//! Enrolments: the fold of their events. Whoever writes one says what happened ([`record`]), and every list can be read as of a day.

pub(crate) mod correct;
mod day;
pub(crate) mod enrol;
pub(crate) mod fold;
pub(crate) mod listed;
pub(crate) mod marked;
pub(crate) mod moves;
pub(crate) mod papers;
pub(crate) mod presence;
pub(crate) mod promotion;
pub(crate) mod reasons;
pub(crate) mod record;
pub(crate) mod roster;
pub(crate) mod sections;
pub(crate) mod year;

pub(crate) use day::Day;

use uuid::Uuid;

/// Who does it, and what day it is at the school.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By {
    /// The user; none for a PC at which nobody is signed in.
    pub(crate) person: Option<Uuid>,
    /// In days since 1970-01-01, where the school is.
    pub(crate) today: i32,
}
