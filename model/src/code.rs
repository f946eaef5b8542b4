//! Stable codes: the only form in which an error crosses a process or network boundary. Texts may be reworded, codes may not.

use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What went wrong, as scripts and screens may rely on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        pub enum Code { $($(#[$doc])* #[serde(rename = $text)] $name,)* }
        impl Code {
            /// Every code, in the order of declaration.
            pub const ALL: &[Code] = &[$(Code::$name,)*];
            /// The stable text, for example `unknown_field`.
            pub const fn text(self) -> &'static str { match self { $(Code::$name => $text,)* } }
            /// The code of a stable text; `None` for one that this program does not know.
            pub fn parse(text: &str) -> Option<Code> { Code::ALL.iter().copied().find(|code| code.text() == text) }
        }
    };
}

codes! {
    // About one value or one change: the change is parked, the rest goes on.
    /// No kind of record has this name.
    UnknownEntity = "unknown_entity",
    /// The kind of record has no field of this name.
    UnknownField = "unknown_field",
    /// The value is of another type than the field: text where a number belongs.
    WrongType = "wrong_type",
    /// A field that may not stay empty is empty.
    Required = "required",
    /// More characters than the field holds.
    TooLong = "too_long",
    /// A number or day outside what the field takes.
    OutOfRange = "out_of_range",
    /// None of the texts that the field offers.
    NotAChoice = "not_a_choice",
    /// Not in the form that the field asks for, such as a phone number or an e-mail.
    BadFormat = "bad_format",
    /// A character that no text may have: a control character, or one that nobody sees.
    BadCharacter = "bad_character",
    /// The field is set once, when the row is made.
    Fixed = "fixed",
    /// Values that are fine one by one do not fit together.
    Rule = "rule",
    /// Rows of this entity are made by the hub alone.
    HubOnly = "hub_only",
    /// The role of the device or of the user may not do this.
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
    /// The request cannot be read, or is none that exists.
    BadRequest = "bad_request",
    /// The hub does not speak this version of the sync protocol.
    UnsupportedProtocol = "unsupported_protocol",
    /// The app is too old for this hub.
    UpgradeRequired = "upgrade_required",
    /// The hub does not remember this app's entity shapes: send them once.
    SchemaUnknown = "schema_unknown",
    /// The request or file is larger than is taken.
    TooLarge = "too_large",
    /// The request came in too slowly.
    TooSlow = "too_slow",
    /// No token, or one that is not of this hub.
    Unauthorized = "unauthorized",
    /// The access token is over; a new one is asked for and the request made again.
    TokenExpired = "token_expired",
    /// Somebody took the device's enrolment away.
    DeviceRevoked = "device_revoked",
    /// The school is suspended at the hub.
    TenantSuspended = "tenant_suspended",
    /// The device belongs to another school.
    WrongTenant = "wrong_tenant",
    /// Two copies of one data folder sync as the same replica.
    ReplicaForked = "replica_forked",
    /// The hub was put back from a backup since the office spoke to it.
    EpochChanged = "epoch_changed",
    /// The office has seen more than the hub has: the hub was put back from an older copy of its directory.
    HubBehind = "hub_behind",
    /// Too many requests; `details.retry_after` has the seconds where they are known.
    RateLimited = "rate_limited",
    /// No enrolment code of this form was made, or it was withdrawn.
    CodeUnknown = "code_unknown",
    /// The enrolment code is over; a new one can be made.
    CodeExpired = "code_expired",
    /// Another device has used the enrolment code.
    CodeUsed = "code_used",
    /// E-mail, password, code or school: one of them is not right, and which is not said.
    WrongCredentials = "wrong_credentials",
    /// Too many wrong ones; `details.retry_after` has the seconds.
    AccountLocked = "account_locked",
    /// The password will not do; `details.weak` says why ([`crate::password::Weakness`]).
    PasswordWeak = "password_weak",
    /// Signed in with a one-time password: choose another first.
    PasswordChangeRequired = "password_change_required",
    /// A code of the authenticator app has to be typed again first.
    StepUpRequired = "step_up_required",
    /// A school keeps at least one administrator, a hub one owner.
    LastAdmin = "last_admin",
    /// There is no such record, or none that the caller may know of.
    NotFound = "not_found",
    /// There is something at this address, but not with this method.
    MethodNotAllowed = "method_not_allowed",
    /// It contradicts what is there: somebody has the number, or was enrolled already.
    Conflict = "conflict",
    /// What is to be changed has changed since it was looked at.
    Stale = "stale",
    /// The hub or the file is at work; the same request will do in a moment.
    Busy = "busy",
    /// A mistake of ours, or something that this program does not know yet.
    Internal = "internal",

    // About the local store and files.
    /// Nobody is signed in at this PC, or it is locked.
    NotSignedIn = "not_signed_in",
    /// The keys of this office are sealed with a passphrase.
    PassphraseNeeded = "passphrase_needed",
    /// This data folder belongs to no school yet.
    NotEnrolled = "not_enrolled",
    /// This data folder belongs to a school already.
    AlreadyEnrolled = "already_enrolled",
    /// The key of the records is not in the keyring or key file.
    KeyMissing = "key_missing",
    /// The system's keyring does not answer.
    KeyringUnavailable = "keyring_unavailable",
    /// Another program is writing to the records.
    StoreLocked = "store_locked",
    /// The records' file or folder cannot be written.
    StoreReadOnly = "store_read_only",
    /// The records' file cannot be read: it is damaged, or the key is another one.
    StoreCorrupt = "store_corrupt",
    /// The disk is full; nothing was saved.
    StoreFull = "store_full",
    /// A newer PEMS has written this file.
    StoreNewer = "store_newer",
    /// A file or folder could not be used.
    Io = "io",
    /// There is no connection.
    Network = "network",
    /// The hub did not answer, or its answer broke off.
    HubUnreachable = "hub_unreachable",
    /// What was asked for makes no sense as things are.
    BadUsage = "bad_usage",
    /// A file that was chosen is not one of the kind, or is damaged.
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
    /// What kind of reason it is.
    pub code: Code,
    /// What is wrong and what to do about it.
    pub message: String,
    /// The field it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Problem {
    /// A reason about the whole of it.
    pub fn new(code: Code, message: impl Into<String>) -> Problem {
        Problem { code, message: message.into(), field: None }
    }

    /// A reason about one field.
    pub fn at(code: Code, field: &str, message: impl Into<String>) -> Problem {
        Problem { code, message: message.into(), field: Some(field.to_owned()) }
    }
}
