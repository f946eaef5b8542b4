//! Somebody who was not simply present: absent, late, cutting classes, excused. The present have no row. A mark that was taken
//! back says `P`, so that two PCs that mark the same learner meet in one row.

use crate::Entity;
use crate::Role::{Registrar, SchoolAdmin, SchoolHead, Teacher};
use crate::entity::{choice, link, text};

pub const ATTENDANCE_MARK: Entity = Entity {
    name: "attendance_mark",
    label: "Attendance mark",
    writers: &[Teacher, Registrar, SchoolAdmin, SchoolHead],
    natural_key: &["sheet", "student"],
    fields: &[
        link("sheet", "Attendance sheet", "attendance_sheet").required().immutable(),
        link("student", "Learner", "student").required().immutable(),
        choice("code", "Mark", &["P", "A", "L", "C", "E"]).required(),
        text("note", "Note", 200),
    ],
    ..Entity::SYNCED
};
