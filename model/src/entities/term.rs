//! A grading period. Four quarters until SY 2025-2026, three terms from SY 2026-2027; senior high has two quarters a semester.

use super::rules::in_order;
use crate::entity::{choice, date, int, link};
use crate::{Act, Entity};

/// A quarter or semester of a school year.
pub const TERM: Entity = Entity {
    name: "term",
    label: "Term",
    writers: Act::ArrangeSections.roles(),
    natural_key: &["school_year", "ordinal"],
    fields: &[
        link("school_year", "School year", "school_year").required().immutable(),
        int("ordinal", "Number", 1, 4).required().immutable(),
        choice("kind", "Kind", &["quarter", "term", "semester_quarter"]).required(),
        date("start_date", "First day").required(),
        date("end_date", "Last day").required(),
    ],
    rule: Some(|entity, row| in_order(entity, row, "start_date", "end_date")),
    ..Entity::SYNCED
};
