//! The rules of schools: what an enrolment is, when a day is a class day, who may sign in. Functions over the store or a piece of
//! work in it; they know neither windows nor requests, so that a screen, an import and the command line keep the same rules. Records that are
//! more than their fields are written here alone ([`written`]): the store refuses them from anybody else.

#![warn(missing_docs, clippy::missing_docs_in_private_items)]

pub(crate) mod attendance;
pub(crate) mod enrolment;
pub(crate) mod listed;
pub mod made_up;
pub(crate) mod numbering;
pub(crate) mod undo;
pub mod users;
mod written;
