//! A hub in memory: the same plan ([`pems_model::push`]) over maps instead of PostgreSQL. What PostgreSQL adds (locks, row-level
//! security, COPY) is tested against the real thing.

use super::people;
use super::world::Violation;
use pems_model::digest::{Digest, combined};
use pems_model::domain::Person;
use pems_model::domain::people::administers;
use pems_model::edit_time::ClockReading;
use pems_model::entities::SCHOOL_USER;
use pems_model::frame::{Frame, Rows, RowsHead};
use pems_model::history::Logged;
use pems_model::injected_fault::{Bug, is_planted};
use pems_model::proof::public_of;
use pems_model::push::{Known, LogEntry, Plan, Push, needs, plan, users};
use pems_model::review::{Author, REVIEW_ITEM};
use pems_model::wire::{Change, ChangeKind, ChangeResult, End, ErrorBody, Outcome, SyncRequest};
use pems_model::{Code, Role, Row, Schema, Value, pgcopy};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An entry of the change log with the replica that caused it (nil for the hub itself).
#[derive(Debug, Clone)]
pub struct Kept {
    pub replica: Uuid,
    pub entry: LogEntry,
    /// Hub time.
    received: i64,
}

#[derive(Debug, Default)]
pub struct Tenant {
    pub rev: i64,
    pub rows: BTreeMap<(usize, Uuid), Row>,
    pub log: Vec<Kept>,
    /// Every state that a row ever had, in revision order: the reference for consistent reads.
    pub states: Vec<((usize, Uuid), Row)>,
    replicas: BTreeMap<Uuid, Known1>,
}

/// What the hub remembers of a replica.
#[derive(Debug, Default, Clone)]
struct Known1 {
    last_op_no: i64,
    drained_at: i64,
}

#[derive(Debug)]
pub struct Hub {
    pub schema: &'static Schema,
    pub tenants: BTreeMap<Uuid, Tenant>,
    pub roles: BTreeMap<Uuid, Role>,
    epoch: Uuid,
}

impl Hub {
    pub fn new(schema: &'static Schema, tenants: &[Uuid]) -> Hub {
        let tenants = tenants.iter().map(|id| (*id, Tenant::founded(schema, *id))).collect();
        Hub { schema, tenants, roles: BTreeMap::new(), epoch: Uuid::from_u128(0xe) }
    }

    /// One exchange; `None` where the hub would hold the request.
    pub fn exchange(&mut self, tenant: Uuid, request: &SyncRequest, now: i64) -> Result<Option<Vec<Frame>>, ErrorBody> {
        let role = self.roles.get(&request.replica.id).copied().unwrap_or(Role::SchoolAdmin);
        let schema = self.schema;
        let state = self.tenants.entry(tenant).or_default();
        let mut frames = Vec::new();
        if !request.changes.is_empty() {
            frames.push(Frame::Results(state.push(schema, tenant, role, request, now)?));
        }
        let level = schema.entities().iter().all(|entity| request.cursors.of(entity.name) >= state.rev);
        if frames.is_empty() && level && request.wait_ms > 0 {
            return Ok(None);
        }
        let rev = state.rev;
        let digest = state.digest(schema);
        for (index, entity) in schema.entities().iter().enumerate() {
            let since = request.cursors.of(entity.name);
            let own = &self.tenants[&tenant];
            let mut rows: Vec<&Row> = own.newer(index, since).collect();
            if is_planted(Bug::IgnoresTenant) {
                rows.extend(
                    self.tenants.iter().filter(|(id, _)| **id != tenant).flat_map(|(_, t)| t.newer(index, since)),
                );
            }
            rows.sort_by_key(|row| row.rev);
            // Tiny frames, so that every pull can be cut between any two rows.
            let pieces: Vec<&[&Row]> = rows.chunks(2).collect();
            for (i, piece) in pieces.iter().enumerate() {
                let through = if i + 1 == pieces.len() { rev } else { piece.last().map_or(rev, |row| row.rev) };
                frames.push(rows_frame(entity, piece, through));
            }
        }
        frames.push(Frame::End(End {
            rev,
            epoch: self.epoch,
            durable_rev: None,
            digest: Some(digest),
            more: request.more,
            hub_time: now,
            devices: None,
        }));
        Ok(Some(frames))
    }

    /// What the database's trigger does when somebody updates a row by hand: a fresh revision and a log entry.
    pub fn administrator(&mut self, tenant: Uuid, key: (usize, Uuid), field: usize, value: Value, now: i64) {
        let schema = self.schema;
        let Some(state) = self.tenants.get_mut(&tenant) else { return };
        let Some(before) = state.rows.get(&key).cloned() else { return };
        let entity = schema.entities()[key.0];
        state.rev += 1;
        let mut row = Row { rev: state.rev, ..before.clone() };
        row.values[field] = value;
        let fields =
            json!({ (entity.fields[field].name): [before.values[field].to_json(), row.values[field].to_json()] });
        state.by_hub(tenant, entity.name, before.rev, fields, now, key.1);
        state.store(key, row);
    }
}

impl Tenant {
    /// A school with its first administrator.
    fn founded(schema: &Schema, tenant: Uuid) -> Tenant {
        let mut state = Tenant { rev: 1, ..Tenant::default() };
        let Some(index) = schema.index(SCHOOL_USER.name) else { return state };
        let row = people::founder(tenant, state.rev);
        let said = SCHOOL_USER.fields.iter().zip(&row.values).filter(|(_, value)| !value.is_null());
        let fields = said.map(|(field, value)| (field.name.to_owned(), json!([null, value.to_json()]))).collect();
        state.by_hub(tenant, SCHOOL_USER.name, 0, Json::Object(fields), 0, row.id);
        state.store((index, row.id), row);
        state
    }

    /// Logs what the hub itself did, under the present revision.
    fn by_hub(&mut self, tenant: Uuid, entity: &'static str, base_rev: i64, fields: Json, now: i64, row_id: Uuid) {
        let entry = LogEntry {
            op_no: None,
            change_id: Uuid::new_v5(&tenant, &self.rev.to_le_bytes()),
            entity,
            row_id,
            kind: ChangeKind::Upsert,
            rev: Some(self.rev),
            base_rev,
            outcome: Outcome::Applied { rev: Some(self.rev) },
            fields,
            group: None,
            user: None,
            at: now,
            edited_at: now,
        };
        self.log.push(Kept { replica: Uuid::nil(), entry, received: now });
    }

    /// The people of the school as the rules ask for them (`hub/src/sync/push/people.rs` with SQL).
    fn know_people(&self, schema: &Schema, changes: &[Change], known: &mut Known) {
        let Some(index) = schema.index(SCHOOL_USER.name) else { return };
        for id in users(changes) {
            let Some(row) = self.rows.get(&(index, id)) else { continue };
            let mut person = Person::of(&SCHOOL_USER, row, Some(i64::MIN));
            let log = self.log.iter().filter(|kept| kept.entry.row_id == id && kept.entry.rev.is_some());
            for Kept { entry, received, .. } in log.filter(|kept| kept.entry.entity == SCHOOL_USER.name) {
                if entry.kind == ChangeKind::Delete || !entry.fields["disabled"].is_null() {
                    person.gone_since = person.gone_since.map(|_| *received);
                }
                let before = entry.fields["verifier"][0].as_str().and_then(public_of);
                person.former.extend(before.map(|key| (key, *received)));
            }
            known.users.insert(id, person);
        }
        let live = self.rows.iter().filter(|((of, _), row)| *of == index && administers(row));
        known.people.admins = live.map(|((_, id), _)| *id).collect();
    }

    fn newer(&self, index: usize, since: i64) -> impl Iterator<Item = &Row> {
        self.rows
            .range((index, Uuid::nil())..=(index, Uuid::max()))
            .map(|(_, row)| row)
            .filter(move |row| row.rev > since)
    }

    pub fn digest(&self, schema: &Schema) -> String {
        let mut digests: BTreeMap<&str, Digest> = BTreeMap::new();
        for ((index, _), row) in &self.rows {
            let entity = schema.entities()[*index];
            digests.entry(entity.name).or_default().add(entity, row);
        }
        combined(digests)
    }

    fn store(&mut self, key: (usize, Uuid), row: Row) {
        self.states.push((key, row.clone()));
        self.rows.insert(key, row);
    }

    fn push(
        &mut self,
        schema: &Schema,
        tenant: Uuid,
        role: Role,
        request: &SyncRequest,
        now: i64,
    ) -> Result<Vec<ChangeResult>, ErrorBody> {
        let replica = request.replica.id;
        let known = self.replicas.get(&replica).cloned().unwrap_or_default();
        let seen = |op_no: i64| op_no <= known.last_op_no && !is_planted(Bug::AppliesTwice);
        let mut results: Vec<ChangeResult> = Vec::new();
        for change in request.changes.iter().filter(|change| seen(change.op_no)) {
            let kept = self.log.iter().find(|kept| kept.replica == replica && kept.entry.op_no == Some(change.op_no));
            match kept {
                Some(kept) if kept.entry.change_id == change.id => {
                    results.push(ChangeResult { op_no: change.op_no, outcome: kept.entry.outcome.clone() });
                }
                _ => return Err(forked()),
            }
        }
        let fresh: Vec<_> = request.changes.iter().filter(|change| !seen(change.op_no)).cloned().collect();
        if let Some(first) = fresh.first() {
            if first.op_no != known.last_op_no + 1 && !is_planted(Bug::AppliesTwice) {
                return Err(forked());
            }
            let clock = ClockReading::new(request.sent_at, known.drained_at, now);
            let (people, proofs) = (&request.people, &request.proofs);
            let push = Push { schema, tenant, replica, role, clock, rev: self.rev, people, proofs };
            let planned = plan(&push, &self.look_up(schema, tenant, &fresh), &fresh);
            self.carry_out(replica, planned, now, &mut results);
        }
        let state = self.replicas.entry(replica).or_default();
        let answered = results.iter().map(|result| result.op_no).max().unwrap_or(0);
        state.last_op_no = state.last_op_no.max(answered);
        if !request.more && results.len() == request.changes.len() {
            state.drained_at = now;
        }
        results.sort_by_key(|result| result.op_no);
        Ok(results)
    }

    fn carry_out(&mut self, replica: Uuid, planned: Plan, received: i64, results: &mut Vec<ChangeResult>) {
        self.rev += planned.revisions;
        results.extend(planned.results);
        let mut written: Vec<_> = planned.writes.into_iter().collect();
        written.sort_by_key(|(_, write)| write.after.rev);
        for (key, write) in written {
            self.store(key, write.after);
        }
        let author = |entry: &LogEntry| if entry.op_no.is_some() { replica } else { Uuid::nil() };
        self.log.extend(planned.log.into_iter().map(|entry| Kept { replica: author(&entry), entry, received }));
    }

    fn look_up(&self, schema: &Schema, tenant: Uuid, changes: &[Change]) -> Known {
        let mut needs = needs(schema, changes);
        let mut known = Known::default();
        for (index, ids) in &needs.rows {
            known
                .rows
                .extend(ids.iter().filter_map(|id| Some(((*index, *id), self.rows.get(&(*index, *id))?.clone()))));
        }
        needs.learn(schema, &known.rows);
        for ((index, _), row) in self.rows.iter().filter(|((index, _), _)| schema.entities()[*index].has_open_key()) {
            known.learn_kin(schema, tenant, *index, row);
        }
        self.know_people(schema, changes, &mut known);
        let linked = needs.links.iter().flat_map(|(index, ids)| ids.iter().map(|id| (*index, *id)));
        known.exists = linked.filter(|key| self.rows.contains_key(key)).collect::<BTreeSet<_>>();
        for kept in &self.log {
            let (Some(index), Some(rev)) = (schema.index(kept.entry.entity), kept.entry.rev) else { continue };
            let entity = schema.entities()[index];
            let fields = kept.entry.fields.as_object().into_iter().flatten();
            known.history.entry((index, kept.entry.row_id)).or_default().push(Logged {
                rev,
                by: Author { replica: kept.replica, user: kept.entry.user, at: kept.entry.edited_at },
                deleted: kept.entry.kind == ChangeKind::Delete,
                fields: fields.filter_map(|(name, _)| entity.field_index(name)).collect(),
            });
        }
        for claim in std::mem::take(&mut needs.claims) {
            let holder = self.rows.iter().find(|((index, _), row)| {
                *index == claim.entity && row.is_live() && row.values[claim.field] == Value::Text(claim.value.clone())
            });
            if let Some(((_, id), _)) = holder {
                known.claims.insert(claim, *id);
            }
        }
        for number in needs.numbers.keys() {
            let value = Value::Text(number.value.clone());
            let having = self.rows.iter().filter(|((index, _), row)| {
                *index == number.entity && row.is_live() && row.values[number.field] == value
            });
            known.same.insert(number.clone(), having.map(|((_, id), _)| *id).collect());
        }
        if let Some(inbox) = schema.index(REVIEW_ITEM) {
            for id in needs.questions(schema, tenant, &known) {
                known.rows.extend(self.rows.get(&(inbox, id)).map(|row| ((inbox, id), row.clone())));
            }
        }
        known
    }
}

fn forked() -> ErrorBody {
    ErrorBody { code: Code::ReplicaForked, message: "this copy was rolled back".into(), details: None }
}

fn rows_frame(entity: &pems_model::Entity, rows: &[&Row], through: i64) -> Frame {
    let mut raw = Vec::new();
    for row in rows {
        pgcopy::write(row, &mut raw);
    }
    let head = RowsHead {
        entity: entity.name.into(),
        columns: entity.fields.iter().map(|field| field.name.into()).collect(),
        count: u32::try_from(rows.len()).unwrap_or(0),
        through,
        raw_len: u32::try_from(raw.len()).unwrap_or(0),
    };
    Frame::Rows(Rows { head, body: zstd::bulk::compress(&raw, 1).unwrap_or_default() })
}

/// A violation for something that a hub must never say to a well-behaved office.
pub(super) fn refused(error: &ErrorBody) -> Violation {
    Violation::new(2, format!("the hub refused an honest exchange: {error}"))
}
