//! The school's users: who they are, how they are made and changed, what their passwords are checked against, and how often somebody may guess.

pub(crate) mod accounts;
pub(crate) mod people;
pub(crate) mod tries;
pub mod verifier;
