//! A class section of one school year.

use crate::entity::{choice, int, link, text};
use crate::{Act, Entity};

/// Kindergarten, Grades 1 to 12, and `NG` (non-graded), as DepEd's enrolment data has them.
pub const GRADE_LEVELS: &[&str] = &["K", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "NG"];

/// A class of a school year.
pub const SECTION: Entity = Entity {
    name: "section",
    label: "Section",
    writers: Act::ArrangeSections.roles(),
    natural_key: &["school_year", "grade_level", "name"],
    fields: &[
        link("school_year", "School year", "school_year").required().immutable(),
        choice("grade_level", "Grade level", GRADE_LEVELS).required(),
        text("name", "Section name", 80).required().searched(),
        text("track", "Track", 40),
        text("strand", "Strand", 40),
        link("adviser", "Adviser", "staff"),
        text("room", "Room", 40),
        int("capacity", "Capacity", 1, 200),
        choice("shift", "Shift", &["whole_day", "morning", "afternoon", "evening"]),
    ],
    ..Entity::SYNCED
};
