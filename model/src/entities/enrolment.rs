//! A learner's enrolment in one school year. A cancelled enrolment that is taken up again is the same row.
//!
//! `reason_code` is one of the dropout and transfer codes of School Form 2, kept as data.

use super::GRADE_LEVELS;
use crate::entity::{choice, date, flag, link, text};
use crate::written_by::WrittenBy;
use crate::{Act, Entity};

/// Where an enrolment can stand. Changes of it are [`super::ENROLMENT_EVENT`]s.
pub const STATUSES: &[&str] = &[
    "pre_registered",
    "temporary",
    "enrolled",
    "transferred_out",
    "moved_out",
    "dropped",
    "completed",
    "retained",
    "cancelled",
];

/// A learner in a school year.
pub const ENROLMENT: Entity = Entity {
    name: "enrolment",
    label: "Enrolment",
    writers: Act::Enrol.roles(),
    // Its status is what its events add up to, and its stays in sections end with it.
    written_by: WrittenBy::Domain {
        instead: "enrol, confirm, move, transfer, drop or complete the learner in Enrolment, or import a list (enrolment, OneRoster, SF1)",
    },
    natural_key: &["student", "school_year"],
    fields: &[
        link("student", "Learner", "student").required().immutable(),
        link("school_year", "School year", "school_year").required().immutable(),
        choice("grade_level", "Grade level", GRADE_LEVELS).required(),
        text("track", "Track", 40),
        text("strand", "Strand", 40),
        choice("kind", "Kind", &["new", "continuing", "transferee", "balik_aral", "repeater", "als_pept", "moved_in"]),
        choice("status", "Status", STATUSES).required(),
        date("first_attendance_date", "First day of attendance"),
        flag("late", "Late enrolment"),
        text("from_school", "From school", 200),
        text("to_school", "To school", 200),
        date("effectivity_date", "Effective on"),
        text("reason_code", "Reason (SF2)", 10),
        flag("unsettled_account", "Unsettled account"),
    ],
    ..Entity::SYNCED
};
