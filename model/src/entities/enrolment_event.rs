//! What happened to an enrolment, never changed afterwards: the enrolment's row is what these add up to, and every roster can be
//! read as of a date. Source of the movements on SF2 and SF4.

use super::enrolment::STATUSES;
use crate::Entity;
use crate::Role::{Registrar, SchoolAdmin};
use crate::entity::{any_id, choice, date, link, moment, text};

pub const ENROLMENT_EVENT: Entity = Entity {
    name: "enrolment_event",
    label: "Enrolment event",
    writers: &[Registrar, SchoolAdmin],
    fields: &[
        link("enrolment", "Enrolment", "enrolment").required().fixed(),
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
        .fixed(),
        date("on_date", "Effective on").required().fixed(),
        choice("status", "Status after it", STATUSES).required().fixed(),
        // A code of School Form 2's list (dropped), kept as data.
        text("reason_code", "Reason (SF2)", 10).fixed(),
        text("school", "Other school", 200).fixed(),
        text("note", "Note", 300).fixed(),
        any_id("made_by", "Made by").fixed(),
        moment("made_at", "Made at").fixed(),
    ],
    ..Entity::SYNCED
};
