//! In which section an enrolled learner sits, from a day until (not including) another: every roster is "as of" a date.

use super::rules::in_order;
use crate::entity::{date, link};
use crate::written_by::WrittenBy;
use crate::{Act, Entity};

/// A learner's stay in a section.
pub const SECTION_MEMBERSHIP: Entity = Entity {
    name: "section_membership",
    label: "Section membership",
    writers: Act::ArrangeSections.roles(),
    // Of one enrolment the stays follow each other, none changes a signed month, and marks stay where they were made.
    written_by: WrittenBy::Domain {
        instead: "put the learner into the section in Sections, or import a list (section_membership, OneRoster, SF1)",
    },
    natural_key: &["enrolment", "valid_from"],
    fields: &[
        link("enrolment", "Enrolment", "enrolment").required().immutable(),
        link("section", "Section", "section").required(),
        date("valid_from", "From").required().immutable(),
        date("valid_to", "Until (not including)"),
    ],
    rule: Some(|entity, row| in_order(entity, row, "valid_from", "valid_to")),
    ..Entity::SYNCED
};
