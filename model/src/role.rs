//! The roles of a school office. Who may write what is part of each entity's declaration.

use serde::{Deserialize, Serialize};

/// A role at one school. The hub checks it on every change; the office checks it before saving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the school's PCs and users.
    SchoolAdmin,
    /// The principal.
    SchoolHead,
    /// Keeps learners, enrolment and forms.
    Registrar,
    /// Takes attendance of the own classes.
    Teacher,
    /// Takes payments.
    Cashier,
    /// Looks, and writes nothing.
    Viewer,
}

impl Role {
    /// Every role, in the order in which screens offer them.
    pub const ALL: [Role; 6] =
        [Role::SchoolAdmin, Role::SchoolHead, Role::Registrar, Role::Teacher, Role::Cashier, Role::Viewer];

    /// The name as stored and sent, for example `school_admin`.
    pub const fn name(self) -> &'static str {
        match self {
            Role::SchoolAdmin => "school_admin",
            Role::SchoolHead => "school_head",
            Role::Registrar => "registrar",
            Role::Teacher => "teacher",
            Role::Cashier => "cashier",
            Role::Viewer => "viewer",
        }
    }

    /// The role of a name; `None` for one that this program does not know.
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}
