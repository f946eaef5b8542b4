//! A paper that the school wants of a learner: missing, received, given back.
//!
//! Kinds: PSA birth certificate, SF9 (report card), SF10 (permanent record), certificate of good moral character, and others.

use crate::entity::{choice, date, link, text};
use crate::{Act, Entity};

/// A paper of a learner that came, or is missing.
pub const STUDENT_DOCUMENT: Entity = Entity {
    name: "student_document",
    label: "Document",
    writers: Act::KeepLearners.roles(),
    natural_key: &["student", "kind"],
    fields: &[
        link("student", "Learner", "student").required().immutable(),
        choice("kind", "Kind", &["psa", "sf9", "sf10", "good_moral", "id_photo", "als_pept", "medical", "other"])
            .required()
            .immutable(),
        choice("state", "State", &["missing", "received", "returned", "waived"]).required(),
        date("required_by", "Required by"),
        date("received_on", "Received on"),
        date("returned_on", "Given back on"),
        text("note", "Note", 300),
    ],
    ..Entity::SYNCED
};
