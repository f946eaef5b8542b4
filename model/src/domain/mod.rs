//! What is right in a school, whoever asks: rules over more than one record, as pure functions over rows. The hub asks them of
//! every change ([`crate::push`]); what an office says beforehand should come from here as well.
//!
//! Invariant: a rule refuses one change, in words, and never a request. What is refused waits where it was made.

pub mod attendance;
pub mod author;
pub mod enrolment;
pub mod learners;
pub mod numbers;
pub mod people;
pub mod presence;
pub mod seats;

pub use author::{Author, By, Person};
