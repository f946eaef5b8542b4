//! Somebody who works at the school's PCs: how they are called, what they may do, and what their password is checked against, so
//! that signing in works without a network.
//!
//! The hub keeps this in step with its own account of the same id (`migrations/0016`, `0021`). People are disabled, never deleted: what
//! they did stays theirs.

use crate::entity::{choice, claim, flag, link, text, verifier};
use crate::written_by::WrittenBy;
use crate::{Act, Entity, Role};

/// Who works at the school's PCs.
pub const SCHOOL_USER: Entity = Entity {
    name: "school_user",
    label: "User",
    writers: Act::ManageUsers.roles(),
    // A school keeps an administrator who can come in, and passwords are made where they are handed over.
    written_by: WrittenBy::Domain {
        instead: "add, change or disable the user in Settings, Users, or import a list of users",
    },
    self_editable: &["verifier", "must_change"],
    fields: &[
        text("name", "Name", 128).required().searched(),
        claim("email", "E-mail", 254).searched().email(),
        choice("role", "Role", &Role::NAMES).required(),
        link("staff", "Staff member", "staff"),
        // Argon2id, as a PHC string whose last part is a public key (`crate::proof`).
        verifier("verifier", "Password verifier"),
        flag("must_change", "Must choose a password"),
        flag("disabled", "Disabled"),
    ],
    ..Entity::SYNCED
};
