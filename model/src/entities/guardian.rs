//! A parent or guardian: a person, who may belong to several learners.

use crate::entity::{phone, text};
use crate::{Act, Entity};

/// A parent or guardian.
pub const GUARDIAN: Entity = Entity {
    name: "guardian",
    label: "Parent or guardian",
    writers: Act::KeepLearners.roles(),
    fields: &[
        text("last_name", "Last name", 80).required().searched(),
        text("first_name", "First name", 80).searched(),
        text("middle_name", "Middle name", 80).searched(),
        text("name_ext", "Name extension", 10),
        phone("phone", "Mobile phone"),
        text("email", "E-mail", 254),
        text("occupation", "Occupation", 80),
        text("address", "Address", 200),
    ],
    ..Entity::SYNCED
};
