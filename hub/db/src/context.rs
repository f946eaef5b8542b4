//! On whose behalf something happens. These values are the only keys to the doors, and only [`crate::AccessTokens`] (from a
//! checked token) and [`crate::AuthDb`] (for the hub's own command line) make them.

use pems_model::Role;
use time::OffsetDateTime;
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
    /// Somebody who runs the hub, at the console: schools, never their people.
    Console,
}

impl Mode {
    /// Three letters, as in context tokens and `sec.mode()`.
    pub const fn text(self) -> &'static str {
        match self {
            Mode::Device => "dev",
            Mode::User => "usr",
            Mode::Operator => "opr",
            Mode::Console => "con",
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

/// What an operator may do at the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsoleRole {
    /// Everything, and says who is an operator.
    Owner,
    /// Helps schools: devices, codes, shutting out; records, in operator mode.
    Support,
    /// Looks.
    Viewer,
}

impl ConsoleRole {
    /// All of them, the one that may most first.
    pub const ALL: [ConsoleRole; 3] = [ConsoleRole::Owner, ConsoleRole::Support, ConsoleRole::Viewer];

    /// As in the database and the API.
    pub const fn name(self) -> &'static str {
        match self {
            ConsoleRole::Owner => "owner",
            ConsoleRole::Support => "support",
            ConsoleRole::Viewer => "viewer",
        }
    }

    /// The role of this name.
    pub fn parse(name: &str) -> Option<ConsoleRole> {
        ConsoleRole::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// The schools that an operator is there for: without a region all of them, without a division all of the region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// As it is written at the school.
    pub region: Option<String>,
    /// As it is written at the school; never without a region.
    pub division: Option<String>,
}

impl Scope {
    /// Whether all that `other` covers is covered too.
    pub fn covers(&self, other: &Scope) -> bool {
        let within = |mine: &Option<String>, theirs: &Option<String>| mine.is_none() || mine == theirs;
        within(&self.region, &other.region) && within(&self.division, &other.division)
    }
}

/// Somebody who is signed in at the console. [`crate::AuthDb::console_caller`] alone makes one, of a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleContext {
    pub(crate) session: Uuid,
    pub(crate) operator: Uuid,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) role: ConsoleRole,
    pub(crate) scope: Scope,
    pub(crate) ends: OffsetDateTime,
    pub(crate) fresh_until: Option<OffsetDateTime>,
}

impl ConsoleContext {
    /// The session's id, which the audit log names.
    pub const fn session(&self) -> Uuid {
        self.session
    }

    /// Who it is.
    pub const fn operator(&self) -> Uuid {
        self.operator
    }

    /// Folded, as stored.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// The person's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As of this request. The database asks again in each transaction that acts.
    pub const fn role(&self) -> ConsoleRole {
        self.role
    }

    /// Of which schools.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// When the session is over, used or not; by the database's clock.
    pub const fn ends(&self) -> OffsetDateTime {
        self.ends
    }

    /// Until when a code was typed recently enough to act, if one was typed at all; by the database's clock.
    pub const fn fresh_until(&self) -> Option<OffsetDateTime> {
        self.fresh_until
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
