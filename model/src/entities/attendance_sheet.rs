//! That attendance of a section was taken: without a sheet a day is "not taken", with a sheet and no marks everybody was present.

use crate::entity::{any_id, choice, date, link, moment, text};
use crate::written_by::WrittenBy;
use crate::{Act, Entity};

/// That attendance of a section was taken on a day.
pub const ATTENDANCE_SHEET: Entity = Entity {
    name: "attendance_sheet",
    label: "Attendance sheet",
    writers: Act::TakeAttendance.roles(),
    // A sheet says that all who have no mark were there: who was in the section, on a class day, in a month that is not signed.
    written_by: WrittenBy::Domain { instead: "take the attendance of the class in Attendance" },
    natural_key: &["section", "on_date", "session"],
    fields: &[
        link("section", "Section", "section").required().immutable(),
        date("on_date", "Day").required().immutable(),
        choice("session", "Session", &["day", "am", "pm"]).required().immutable(),
        any_id("taken_by", "Taken by"),
        moment("taken_at", "Taken at"),
        // Why a past day was corrected, the last time it was.
        text("correction", "Reason of the correction", 200),
    ],
    ..Entity::SYNCED
};
