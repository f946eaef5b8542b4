//! What goes into a push and what comes out of it.

use crate::digest::Digest;
use crate::edit_time::ClockReading;
use crate::wire::{ChangeKind, ChangeResult, Outcome, SignedIn};
use crate::{Role, Row, Schema};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Who pushes, when, and from which revision the hub counts on.
#[derive(Debug, Clone, Copy)]
pub struct Push<'a> {
    /// The entities that the hub knows.
    pub schema: &'a Schema,
    /// The school, from the access token.
    pub tenant: Uuid,
    /// The device, from the access token.
    pub replica: Uuid,
    /// What it is enrolled as now.
    pub role: Role,
    /// How far its clock is off.
    pub clock: ClockReading,
    /// The tenant's revision before this push.
    pub rev: i64,
    /// Who is said to have signed in at the device, with proofs.
    pub people: &'a [SignedIn],
    /// Signatures under changes, by `op_no`.
    pub proofs: &'a BTreeMap<i64, String>,
}

/// A row as it must be written, with its state before (for the digest).
#[derive(Debug, Clone)]
pub struct Write {
    /// `None` for a row that is new.
    pub before: Option<Row>,
    /// With its new revision.
    pub after: Row,
}

/// One entry for the change log: audit trail, answer for a repeated push, and memory for merging.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// `None` for entries that the hub itself caused (review items).
    pub op_no: Option<i64>,
    /// The office's id of the change; one of the hub's for its own.
    pub change_id: Uuid,
    /// The entity's name.
    pub entity: &'static str,
    /// The row.
    pub row_id: Uuid,
    /// What was done to it.
    pub kind: ChangeKind,
    /// Revision produced; `None` where nothing changed or the change was refused.
    pub rev: Option<i64>,
    /// The revision that the office had seen.
    pub base_rev: i64,
    /// What became of it, as it is answered again.
    pub outcome: Outcome,
    /// `{field: [before, after]}` of the fields whose value changed; what was asked for, where it was refused.
    pub fields: Json,
    /// Which changes it stood or fell with.
    pub group: Option<Uuid>,
    /// Who is said to have made it.
    pub user: Option<Uuid>,
    /// Office time as sent, and as corrected.
    pub at: i64,
    /// The office's time corrected by the hub ([`ClockReading::correct`]), microseconds since 1970 UTC.
    pub edited_at: i64,
}

/// Everything that one transaction has to write.
#[derive(Debug, Default)]
pub struct Plan {
    /// Of the changes in their order; perhaps not of the last ones, which then are not part of the plan.
    pub results: Vec<ChangeResult>,
    /// By position of the entity in the schema (parents first), then by row.
    pub writes: BTreeMap<(usize, Uuid), Write>,
    /// In the order of what happened.
    pub log: Vec<LogEntry>,
    /// How many revisions it used.
    pub revisions: i64,
    /// Review items among the writes.
    pub reviews: usize,
}

impl Plan {
    /// How the digest of an entity moves when the plan is carried out: rows leaving, rows coming.
    pub fn move_digest(&self, schema: &Schema, entity: usize, digest: &mut Digest) {
        let declared = schema.entities()[entity];
        for (_, write) in self.writes.range((entity, Uuid::nil())..=(entity, Uuid::max())) {
            if let Some(before) = &write.before {
                digest.remove(declared, before);
            }
            digest.add(declared, &write.after);
        }
    }
}
