//! Who is whose parent or guardian. For a mother, School Form 1 wants the maiden name.

use crate::entity::{choice, flag, link};
use crate::{Act, Entity};

/// Which guardian belongs to which learner, and how.
pub const STUDENT_GUARDIAN: Entity = Entity {
    name: "student_guardian",
    label: "Learner's guardian",
    writers: Act::KeepLearners.roles(),
    natural_key: &["student", "guardian"],
    fields: &[
        link("student", "Learner", "student").required().immutable(),
        link("guardian", "Guardian", "guardian").required().immutable(),
        choice("relation", "Relation", &["father", "mother", "guardian", "other"]).required(),
        flag("is_primary", "First to call"),
        flag("lives_with", "Lives with the learner"),
        flag("can_pickup", "May fetch the learner"),
    ],
    ..Entity::SYNCED
};
