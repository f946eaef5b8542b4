//! What happened to an enrolment, never changed afterwards: the enrolment's row is what these add up to, and every roster can be
//! read as of a date. Source of the movements on SF2 and SF4.

use super::enrolment::STATUSES;
use crate::entity::{any_id, choice, date, link, moment, text};
use crate::written_by::WrittenBy;
use crate::{Act, Entity};

/// What happened to an enrolment, and when.
pub const ENROLMENT_EVENT: Entity = Entity {
    name: "enrolment_event",
    label: "Enrolment event",
    writers: Act::Enrol.roles(),
    // An event without the enrolment's row after it says something that no list shows.
    written_by: WrittenBy::Domain {
        instead: "say what happened in Enrolment (enrol, confirm, transfer out, drop, take back, cancel, correct), or import LIS's register (SF1)",
    },
    fields: &[
        link("enrolment", "Enrolment", "enrolment").required().immutable(),
        choice(
            "kind",
            "What happened",
            &[
                "enrolled",
                "confirmed",
                "transferred_out",
                "moved_out",
                "dropped",
                "returned",
                "completed",
                "retained",
                "cancelled",
            ],
        )
        .required()
        .immutable(),
        date("on_date", "Effective on").required().immutable(),
        choice("status", "Status after it", STATUSES).required().immutable(),
        // A code of School Form 2's list (dropped), kept as data.
        text("reason_code", "Reason (SF2)", 10).immutable(),
        text("school", "Other school", 200).immutable(),
        text("note", "Note", 300).immutable(),
        any_id("made_by", "Made by").immutable(),
        moment("made_at", "Made at").immutable(),
    ],
    ..Entity::SYNCED
};
