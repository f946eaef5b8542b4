//! What travels between an office and the hub, in the order of a conversation. `docs/protocol.md` has the history.
//!
//! Invariant: what one side says that the other does not know yet is passed over (members of an object, frames from type 64 on,
//! codes), so that either may be the newer one; `tests/protocol_1` keeps what version 1 looks like on the line.

use crate::schema::Shapes;
use crate::{Code, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// The protocol spoken by this code. Versions: 1 (2026-11): first.
pub const PROTOCOL: u32 = 1;
/// The oldest protocol that a hub still serves: schools update when they can, and work on until then.
pub const OLDEST_PROTOCOL: u32 = 1;

/// Most changes in one exchange: bounds the hub's transaction and its memory.
pub const MAX_CHANGES: usize = 1_000;
/// Largest request body in bytes after decompression.
pub const MAX_BODY: usize = 1 << 20;
/// Most bytes of changes that a device packs into one request: leaves room for the envelope under [`MAX_BODY`].
pub const BATCH_BYTES: usize = MAX_BODY - (64 << 10);
/// Most people that one request vouches for: more than work at one PC.
pub const MAX_PEOPLE: usize = 256;
/// Longest time the hub holds a request with nothing to say, in milliseconds: below the idle limit of common proxies.
pub const MAX_WAIT_MS: u32 = 50_000;
/// Longest silence of a hub that an office bears; then it takes the line for broken and asks again.
pub const SILENCE: Duration = Duration::from_secs(45);
/// How often a hub says that it is alive, once an answer has begun: below the idle limit of common proxies.
pub const ALIVE_EVERY: Duration = Duration::from_secs(15);

// One sign of life may be lost in a slow line.
const _: () = assert!(2 * ALIVE_EVERY.as_secs() < SILENCE.as_secs());

/// What was done to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Made, or changed.
    Upsert,
    /// Deleted; the hub keeps a tombstone.
    Delete,
}

/// One edit made at an office.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Made by the office; the same however often it is sent.
    pub id: Uuid,
    /// Gap-free counter of the replica, from 1.
    pub op_no: i64,
    /// Wire name of the entity.
    pub entity: String,
    /// Made by the office too, for a new row.
    pub row_id: Uuid,
    /// What was done.
    pub kind: ChangeKind,
    /// Hub revision of the row that the office saw; 0 for a row that it made.
    pub base_rev: i64,
    /// Only what changed, by field name; empty for a delete.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Json>,
    /// Changes with the same group are applied together or not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Uuid>,
    /// Who was signed in at the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Uuid>,
    /// Office time, microseconds since 1970 UTC.
    pub at: i64,
}

/// How far a replica has come: one revision where all entities are level, else one for each entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cursors {
    /// All entities are at this revision.
    Level(i64),
    /// By entity; what is not named is at 0.
    Each(BTreeMap<String, i64>),
}

impl Cursors {
    /// The revision up to which the replica has this entity.
    pub fn of(&self, entity: &str) -> i64 {
        match self {
            Cursors::Level(rev) => *rev,
            Cursors::Each(revs) => revs.get(entity).copied().unwrap_or(0),
        }
    }

    /// The newest revision that the replica has seen of anything.
    pub fn highest(&self) -> i64 {
        match self {
            Cursors::Level(rev) => *rev,
            Cursors::Each(revs) => revs.values().copied().max().unwrap_or(0),
        }
    }
}

/// The copy that speaks: an id made at enrolment and a counter that goes up when the copy has to start anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replica {
    /// The device, as its token names it.
    pub id: Uuid,
    /// `op_no` counts anew with each.
    pub incarnation: u32,
}

/// `POST /v1/sync`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncRequest {
    /// The version that the app speaks ([`PROTOCOL`]).
    pub protocol: u32,
    /// Fingerprint of the entity shapes that the app knows.
    pub schema: String,
    /// The shapes themselves, after the hub said `schema_unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shapes: Option<Shapes>,
    /// Who speaks.
    pub replica: Replica,
    /// The hub's epoch as the replica last saw it.
    pub epoch: Option<Uuid>,
    /// What the replica has.
    pub cursors: Cursors,
    /// `op_no` up to which answers are stored at the office.
    pub acked: i64,
    /// What is to be written, in the order of `op_no`.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// That those who are named in the changes typed their password at this device, once for each password.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<SignedIn>,
    /// By `op_no`: signatures under changes that a person has to answer for ([`crate::proof::change_text`]).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub proofs: BTreeMap<i64, String>,
    /// Whether more changes wait behind these.
    #[serde(default)]
    pub more: bool,
    /// How long the hub may hold the request when it has nothing to say.
    #[serde(default)]
    pub wait_ms: u32,
    /// Office time when the request was sent, microseconds since 1970 UTC.
    pub sent_at: i64,
    /// The revision of the list of the school's devices that the office has, empty for none. `None`: it does not ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devices: Option<String>,
}

/// Somebody signed in at the device that sends this: [`crate::proof::sign_in_text`], signed with the key of their password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The `school_user`.
    pub user: Uuid,
    /// Ed25519, base64url without padding.
    pub proof: String,
}

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeResult {
    /// Which change, by the replica's counter.
    pub op_no: i64,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The hub's verdict on a change. `rev` is the revision that it produced; `None` where nothing had to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It is as the office wrote it.
    Applied {
        /// The revision that it produced.
        rev: Option<i64>,
    },
    /// Applied beside changes of other offices to other fields.
    Merged {
        /// The revision that it produced.
        rev: Option<i64>,
    },
    /// One value won, the other is in the review inbox.
    Conflict {
        /// The revision that it produced.
        rev: Option<i64>,
    },
    /// Parked at the office until somebody acts on the reason.
    Refused {
        /// Why.
        #[serde(flatten)]
        problem: Problem,
    },
}

impl Outcome {
    /// The stable text, as the change log has it.
    pub const fn name(&self) -> &'static str {
        match self {
            Outcome::Applied { .. } => "applied",
            Outcome::Merged { .. } => "merged",
            Outcome::Conflict { .. } => "conflict",
            Outcome::Refused { .. } => "refused",
        }
    }
}

/// The last frame of an answer: the replica may now show everything up to `rev`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The hub's revision of the school.
    pub rev: i64,
    /// Another one whenever the hub was put back from a backup.
    pub epoch: Uuid,
    /// Revision up to which the hub's data is backed up; `None` where the hub has no backup.
    pub durable_rev: Option<i64>,
    /// See [`crate::digest::combined`]; `None` where the app's shapes differ from the hub's.
    pub digest: Option<String>,
    /// Whether the replica should ask again at once.
    pub more: bool,
    /// Hub time, microseconds since 1970 UTC, so that the office can show how far its clock is off.
    pub hub_time: i64,
    /// The school's devices, where the office asks for them and has another list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devices: Option<DeviceList>,
}

/// The devices of a school as the hub knows them: those that were revoked too, whose names stay in what they did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceList {
    /// Another one whenever anything in the list is another.
    pub revision: String,
    /// In no order that means something.
    pub list: Vec<KnownDevice>,
}

/// One device in a [`DeviceList`]. Words rather than enums: a newer hub may know more of them than the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownDevice {
    /// The device's id, which changes and conflicts name.
    pub id: Uuid,
    /// What somebody called it when it was enrolled, or later.
    pub name: String,
    /// What it is enrolled as: a role's name.
    pub role: String,
    /// `active` or `revoked`.
    pub state: String,
    /// The day in the school on which the hub last heard of it, `2026-11-30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

/// The body of every refusal by the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message} ({code})")]
pub struct ErrorBody {
    /// What kind of refusal it is.
    pub code: Code,
    /// What is wrong and what to do about it, in English.
    pub message: String,
    /// What a screen can make more of: the field, the seconds to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Json>,
}

/// `POST /v1/enrol`: a one-time code against a device identity.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The one-time code, as it was typed.
    pub code: String,
    /// What the school calls this PC.
    pub device_name: String,
    /// Ed25519 public key, base64url without padding.
    pub public_key: String,
}

/// The office that a device belongs to from now on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnrolAnswer {
    /// The device's id at the hub: its replica.
    pub device_id: Uuid,
    /// The school's id at the hub.
    pub tenant_id: Uuid,
    /// The school's name in full.
    pub school_name: String,
    /// Its short name, by which people sign in at the hub.
    pub school_slug: String,
    /// DepEd's id of the school; empty where the hub has none.
    pub school_id: String,
    /// An IANA name such as `Asia/Manila`: where the school's days begin.
    pub timezone: String,
    /// What the device is enrolled as.
    pub role: crate::Role,
    /// The hub's epoch as of now.
    pub epoch: Uuid,
}

/// Answer of `POST /v1/token` (RFC 7523: an assertion signed by the device key against a short-lived bearer token).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TokenAnswer {
    /// To be sent as `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds.
    pub expires_in: u64,
}

/// Claims of the assertion that a device signs for `POST /v1/token`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AssertionClaims {
    /// Who signs: the device.
    pub iss: Uuid,
    /// For whom: [`ASSERTION_AUDIENCE`].
    pub aud: String,
    /// When it is over, in seconds since 1970 UTC.
    pub exp: i64,
    /// When it was signed, in seconds since 1970 UTC.
    pub iat: i64,
    /// Its own id: an assertion is good for one token, and the hub refuses it the second time.
    pub jti: Uuid,
}

/// The audience of device assertions.
pub const ASSERTION_AUDIENCE: &str = "pems-hub";
/// Grant type of RFC 7523.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
