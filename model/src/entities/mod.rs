//! Every kind of record that offices and hub keep in common. One file each; facts and sources in its fields.
//!
//! To add one: a file here, a line in [`ALL`] (after everything it links to), a migration. `docs/adding-an-entity.md`.

mod enrolment;
mod guardian;
mod review_item;
mod rules;
mod school_profile;
mod school_year;
mod section;
mod section_membership;
mod staff;
mod student;
mod student_guardian;
mod term;

use crate::Entity;

pub use enrolment::ENROLMENT;
pub use guardian::GUARDIAN;
pub use review_item::REVIEW_ITEM;
pub use school_profile::SCHOOL_PROFILE;
pub use school_year::SCHOOL_YEAR;
pub use section::{GRADE_LEVELS, SECTION};
pub use section_membership::SECTION_MEMBERSHIP;
pub use staff::STAFF;
pub use student::STUDENT;
pub use student_guardian::STUDENT_GUARDIAN;
pub use term::TERM;

/// The product's entities, parents first.
pub const ALL: &[&Entity] = &[
    &SCHOOL_PROFILE,
    &SCHOOL_YEAR,
    &TERM,
    &STAFF,
    &SECTION,
    &STUDENT,
    &GUARDIAN,
    &STUDENT_GUARDIAN,
    &ENROLMENT,
    &SECTION_MEMBERSHIP,
    &REVIEW_ITEM,
];

const _: () = crate::entity::check(ALL);
