//! Stable codes: the only form in which an error crosses a process or network boundary. Texts may be reworded, codes may not.

use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What went wrong, as scripts and screens may rely on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        pub enum Code { $($(#[$doc])* #[serde(rename = $text)] $name,)* }
        impl Code {
            pub const ALL: &[Code] = &[$(Code::$name,)*];
            /// The stable text, for example `unknown_field`.
            pub const fn text(self) -> &'static str { match self { $(Code::$name => $text,)* } }
            pub fn parse(text: &str) -> Option<Code> { Code::ALL.iter().copied().find(|code| code.text() == text) }
        }
    };
}

codes! {
    // About one value or one change: the change is parked, the rest goes on.
    UnknownEntity = "unknown_entity",
    UnknownField = "unknown_field",
    WrongType = "wrong_type",
    Required = "required",
    TooLong = "too_long",
    OutOfRange = "out_of_range",
    NotAChoice = "not_a_choice",
    BadFormat = "bad_format",
    BadCharacter = "bad_character",
    /// The field is set once, when the row is made.
    Fixed = "fixed",
    /// Values that are fine one by one do not fit together.
    Rule = "rule",
    /// Rows of this entity are made by the hub alone.
    HubOnly = "hub_only",
    RoleForbidden = "role_forbidden",
    /// A record that this one belongs to is not at the hub (it was refused, or never arrived).
    ParentMissing = "parent_missing",
    /// An edit of a record that the hub never received.
    RowMissing = "row_missing",
    /// Another change of the same group was refused, so the whole group was.
    GroupRefused = "group_refused",
    /// It would lose or win against another office's value, and too many such conflicts wait to be decided already.
    ReviewFull = "review_full",

    // About one request or one device.
    BadRequest = "bad_request",
    UnsupportedProtocol = "unsupported_protocol",
    UpgradeRequired = "upgrade_required",
    /// The hub does not remember this app's entity shapes: send them once.
    SchemaUnknown = "schema_unknown",
    TooLarge = "too_large",
    /// The request came in too slowly.
    TooSlow = "too_slow",
    Unauthorized = "unauthorized",
    TokenExpired = "token_expired",
    DeviceRevoked = "device_revoked",
    TenantSuspended = "tenant_suspended",
    WrongTenant = "wrong_tenant",
    ReplicaForked = "replica_forked",
    EpochChanged = "epoch_changed",
    /// The office has seen more than the hub has: the hub was put back from an older copy of its directory.
    HubBehind = "hub_behind",
    RateLimited = "rate_limited",
    CodeUnknown = "code_unknown",
    CodeExpired = "code_expired",
    CodeUsed = "code_used",
    /// E-mail, password, code or school: one of them is not right, and which is not said.
    WrongCredentials = "wrong_credentials",
    /// Too many wrong ones; `details.retry_after` has the seconds.
    AccountLocked = "account_locked",
    PasswordWeak = "password_weak",
    /// Signed in with a one-time password: choose another first.
    PasswordChangeRequired = "password_change_required",
    /// A school keeps at least one administrator.
    LastAdmin = "last_admin",
    NotFound = "not_found",
    /// There is something at this address, but not with this method.
    MethodNotAllowed = "method_not_allowed",
    Conflict = "conflict",
    /// What is to be changed has changed since it was looked at.
    Stale = "stale",
    Busy = "busy",
    Internal = "internal",

    // About the local store and files.
    /// Nobody is signed in at this PC, or it is locked.
    NotSignedIn = "not_signed_in",
    /// The keys of this office are sealed with a passphrase.
    PassphraseNeeded = "passphrase_needed",
    NotEnrolled = "not_enrolled",
    AlreadyEnrolled = "already_enrolled",
    KeyMissing = "key_missing",
    KeyringUnavailable = "keyring_unavailable",
    StoreLocked = "store_locked",
    StoreReadOnly = "store_read_only",
    StoreCorrupt = "store_corrupt",
    StoreFull = "store_full",
    StoreNewer = "store_newer",
    Io = "io",
    Network = "network",
    HubUnreachable = "hub_unreachable",
    BadUsage = "bad_usage",
    BadFile = "bad_file",
}

/// A code that is newer than this program is read as `internal`: something is wrong over there, and one tries again later.
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Code, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Ok(Code::parse(&text).unwrap_or(Code::Internal))
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

/// One reason why a value, a row or a change cannot be accepted, in words that a clerk can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    pub code: Code,
    /// What is wrong and what to do about it.
    pub message: String,
    /// The field it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Problem {
    pub fn new(code: Code, message: impl Into<String>) -> Problem {
        Problem { code, message: message.into(), field: None }
    }

    pub fn at(code: Code, field: &str, message: impl Into<String>) -> Problem {
        Problem { code, message: message.into(), field: Some(field.to_owned()) }
    }
}
