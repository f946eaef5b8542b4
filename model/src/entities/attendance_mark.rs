//! Somebody who was not simply present: absent, late, cutting classes, excused. The present have no row. A mark that was taken
//! back says `P`, so that two PCs that mark the same learner meet in one row.

use crate::entity::{choice, link, text};
use crate::written_by::WrittenBy;
use crate::{Act, Entity};

/// Who was not simply present on a class day.
pub const ATTENDANCE_MARK: Entity = Entity {
    name: "attendance_mark",
    label: "Attendance mark",
    writers: Act::TakeAttendance.roles(),
    // A mark belongs to a class day, to somebody who was in the section, and to a month that is not signed.
    written_by: WrittenBy::Domain { instead: "mark the learner in the attendance of the class, in Attendance" },
    natural_key: &["sheet", "student"],
    fields: &[
        link("sheet", "Attendance sheet", "attendance_sheet").required().immutable(),
        link("student", "Learner", "student").required().immutable(),
        choice("code", "Mark", &["P", "A", "L", "C", "E"]).required(),
        text("note", "Note", 200),
    ],
    ..Entity::SYNCED
};
