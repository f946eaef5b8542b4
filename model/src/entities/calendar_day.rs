//! A day that is not an ordinary class day, or one that is although it is a Saturday. Weekdays without a row are class days.
//!
//! Class suspensions are days of their own, not weekday arithmetic: typhoons keep to no calendar.

use crate::entity::{choice, date, link, text};
use crate::{Act, Entity};

/// A day that is otherwise than the week has it.
pub const CALENDAR_DAY: Entity = Entity {
    name: "calendar_day",
    label: "Calendar day",
    writers: Act::KeepCalendar.roles(),
    natural_key: &["school_year", "on_date", "scope"],
    fields: &[
        link("school_year", "School year", "school_year").required().immutable(),
        date("on_date", "Day").required().immutable(),
        choice("scope", "For whom", &["school", "kinder", "elementary", "jhs", "shs"]).required().immutable(),
        choice("kind", "Kind", &["class", "holiday", "suspension", "event", "makeup"]).required(),
        choice("source", "By order of", &["national", "division", "school"]),
        text("reason", "Reason", 160),
    ],
    ..Entity::SYNCED
};
