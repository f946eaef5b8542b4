//! On whose behalf something happens. These values are the only keys to the doors, and only [`crate::AccessTokens`] (from a
//! checked token) and [`crate::AuthDb`] (for the hub's own command line) make them.

use pems_model::Role;
use uuid::Uuid;

/// What kind of caller a transaction belongs to, as the database knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// An office's PC, through sync.
    Device,
    /// Somebody of a school, through the REST API.
    User,
    /// Somebody who runs the hub, with a reason.
    Operator,
}

impl Mode {
    /// Three letters, as in context tokens and `sec.mode()`.
    pub const fn text(self) -> &'static str {
        match self {
            Mode::Device => "dev",
            Mode::User => "usr",
            Mode::Operator => "opr",
        }
    }
}

/// A device or a user of one school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantContext {
    pub(crate) tenant: Uuid,
    pub(crate) actor: Uuid,
    pub(crate) role: Role,
    pub(crate) mode: Mode,
    pub(crate) session: Option<Uuid>,
}

impl TenantContext {
    /// The school, as the token names it.
    pub const fn tenant(&self) -> Uuid {
        self.tenant
    }

    /// The device's or the user's id.
    pub const fn actor(&self) -> Uuid {
        self.actor
    }

    /// As of the token. What writes checks the current role again, inside its transaction.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Whether it is a device or a user.
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// The same caller with the role that it has now, where that was looked up again.
    #[must_use]
    pub const fn with_role(self, role: Role) -> TenantContext {
        TenantContext { role, ..self }
    }

    /// The sign-in that a user's token belongs to; devices have none.
    pub const fn session(&self) -> Option<Uuid> {
        self.session
    }
}

/// Somebody who runs the hub, in operator mode: with a reason that the database keeps, until `ends` (15 minutes at most).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorContext {
    pub(crate) mode_id: Uuid,
    /// `None`: the hub's own command line.
    pub(crate) operator: Option<Uuid>,
    pub(crate) ends: i64,
}

impl OperatorContext {
    /// The operator mode's id, which the audit log names.
    pub const fn mode_id(&self) -> Uuid {
        self.mode_id
    }

    /// Who; `None` is the hub's own command line.
    pub const fn operator(&self) -> Option<Uuid> {
        self.operator
    }

    /// Microseconds since 1970 UTC.
    pub const fn ends(&self) -> i64 {
        self.ends
    }
}

/// Whoever sends a request with a good token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A device or a user of one school.
    Tenant(TenantContext),
    /// An operator in operator mode.
    Operator(OperatorContext),
}
