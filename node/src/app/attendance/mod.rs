//! The questions of the window about attendance and the school's calendar: `{"do": "attendance.…"}`.
//!
//! Invariants: "not taken" (no sheet) and "all present" (a sheet without marks) are never confused; a class is taken on class
//! days that have come; a month whose School Form 2 is signed does not change.

pub(in crate::app) mod absent;
pub(in crate::app) mod calendar;
pub(in crate::app) mod class;
pub(in crate::app) mod drafts;
pub(in crate::app) mod lock;
pub(in crate::app) mod month;
pub(in crate::app) mod overview;
pub(in crate::app) mod take;
mod takers;
#[cfg(test)]
pub(in crate::app) mod tests;

pub(in crate::app) use absent::{Caller, LongAbsent, runs};
pub(in crate::app) use month::{Classed, marks_of, months};
pub(in crate::app) use overview::SectionDay;
