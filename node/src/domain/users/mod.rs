//! The school's users: who they are, what their passwords are checked against, and how often somebody may guess.

pub mod people;
pub(crate) mod tries;
pub mod verifier;
