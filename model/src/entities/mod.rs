//! Every kind of record that offices and hub keep in common. One file each; facts and sources in its fields.
//!
//! To add one: a file here, a line in [`ALL`] (after everything it links to), a migration. `docs/adding-an-entity.md`.

mod attendance_mark;
mod attendance_sheet;
mod calendar_day;
mod enrolment;
mod enrolment_event;
mod guardian;
mod number_range;
mod review_item;
mod rules;
mod school_profile;
mod school_user;
mod school_year;
mod section;
mod section_membership;
mod sf2_report;
mod staff;
mod student;
mod student_document;
mod student_guardian;
mod term;

use crate::Entity;

pub use attendance_mark::ATTENDANCE_MARK;
pub use attendance_sheet::ATTENDANCE_SHEET;
pub use calendar_day::CALENDAR_DAY;
pub use enrolment::ENROLMENT;
pub use enrolment_event::ENROLMENT_EVENT;
pub use guardian::GUARDIAN;
pub use number_range::NUMBER_RANGE;
pub use review_item::REVIEW_ITEM;
pub use school_profile::SCHOOL_PROFILE;
pub use school_user::SCHOOL_USER;
pub use school_year::SCHOOL_YEAR;
pub use section::{GRADE_LEVELS, SECTION};
pub use section_membership::SECTION_MEMBERSHIP;
pub use sf2_report::SF2_REPORT;
pub use staff::STAFF;
pub use student::STUDENT;
pub use student_document::STUDENT_DOCUMENT;
pub use student_guardian::STUDENT_GUARDIAN;
pub use term::TERM;

/// The product's entities, parents first.
pub const ALL: &[&Entity] = &[
    &SCHOOL_PROFILE,
    &SCHOOL_YEAR,
    &TERM,
    &CALENDAR_DAY,
    &STAFF,
    &SCHOOL_USER,
    &NUMBER_RANGE,
    &SECTION,
    &STUDENT,
    &GUARDIAN,
    &STUDENT_GUARDIAN,
    &ENROLMENT,
    &ENROLMENT_EVENT,
    &SECTION_MEMBERSHIP,
    &STUDENT_DOCUMENT,
    &ATTENDANCE_SHEET,
    &ATTENDANCE_MARK,
    &SF2_REPORT,
    &REVIEW_ITEM,
];

const _: () = crate::entity::check(ALL);
