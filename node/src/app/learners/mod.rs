//! The questions of the window about learners: `{"do": "learners.…"}`. Finding, a learner's page, its history, likely doubles, new
//! learners, changes of one and of many, and pastes from a spreadsheet.

pub(super) mod change;
mod directory;
pub(super) mod draft;
mod entry;
mod enye;
mod find;
mod history;
mod load;
pub(super) mod look;
mod near;
mod of_year;
mod order;
mod page;
mod paste;
mod prefetch;
mod query;
mod similar;
mod taken;
mod write;

pub(super) use of_year::OfYear;
pub use query::{Query as LearnerQuery, Sort as LearnerSort};

/// What the desk keeps in memory about learners.
#[derive(Debug, Default)]
pub(super) struct Learners {
    directory: directory::Directory,
    answered: find::Answered,
}

#[cfg(test)]
mod tests;
