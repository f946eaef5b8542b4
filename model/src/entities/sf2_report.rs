//! A section's month on School Form 2: signed, which locks its attendance, or opened again with a reason.

use crate::entity::{any_id, choice, date, link, moment, text};
use crate::written_by::WrittenBy;
use crate::{Act, Entity};

/// A month of a section's attendance that was signed.
pub const SF2_REPORT: Entity = Entity {
    name: "sf2_report",
    label: "SF2 of a month",
    writers: Act::SignMonth.roles(),
    // It is a signature: of a month in which nothing is missing, by who may sign; opened again with a reason by who may.
    written_by: WrittenBy::Domain { instead: "sign the month, or open it again, in Attendance, Month" },
    natural_key: &["section", "month"],
    fields: &[
        link("section", "Section", "section").required().immutable(),
        // Its first day.
        date("month", "Month").required().immutable(),
        choice("state", "State", &["signed", "reopened"]).required(),
        any_id("signed_by", "Signed by"),
        moment("signed_at", "Signed at"),
        text("reason", "Reason of the reopening", 200),
    ],
    ..Entity::SYNCED
};
