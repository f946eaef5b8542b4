//! The roles of a school office. Who may do what is the table in [`crate::access`].

use serde::{Deserialize, Serialize};

/// Declares the roles, each with its name as stored and sent.
macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $name:literal,)+) => {
        /// A role at one school. The hub checks it on every change; the office checks it before saving.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Role {
            $($(#[$doc])* $role,)+
        }

        impl Role {
            /// Every role, in the order in which screens offer them.
            pub const ALL: [Role; [$($name),+].len()] = [$(Role::$role),+];
            /// The names of all, as a field of a record has them.
            pub const NAMES: [&'static str; Role::ALL.len()] = [$($name),+];

            /// The name as stored and sent, for example `school_admin`.
            pub const fn name(self) -> &'static str {
                match self { $(Role::$role => $name,)+ }
            }
        }
    };
}

roles! {
    /// Runs the school's PCs and users.
    SchoolAdmin = "school_admin",
    /// The principal.
    SchoolHead = "school_head",
    /// Keeps learners, enrolment and forms.
    Registrar = "registrar",
    /// Takes attendance of the own classes.
    Teacher = "teacher",
    /// Takes payments.
    Cashier = "cashier",
    /// Looks, and writes nothing.
    Viewer = "viewer",
}

impl Role {
    /// The role of a name; `None` for one that this program does not know.
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_travels_by_its_name() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).expect("JSON"), role.name());
            assert_eq!(Role::parse(role.name()), Some(role));
        }
    }
}
