//! What a hostile device says: mostly nearly right, for what is nonsense is refused early and reaches nothing.

use crate::raw::change;
use crate::records::{Record, Records};
use crate::sim::Rng;
use pems_model::wire::{Change, ChangeKind};
use pems_model::{Code, Entity, Field, Kind, Role, Row, Schema};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Rows of a kind that are remembered: enough to come back to, few enough to stay small.
const REMEMBERED: usize = 200;

/// What was heard of the school so far.
pub(super) struct Gossip {
    records: Records,
    /// Rows by kind, in the order in which they were heard of, with their revision.
    rows: BTreeMap<&'static str, Vec<(Uuid, i64)>>,
    pub(super) devices: Vec<Uuid>,
    /// Of another school.
    pub(super) foreign: Vec<Uuid>,
    change_ids: Vec<Uuid>,
}

/// A push, and the positions of the changes in it that nothing speaks against.
pub(super) struct Said {
    pub(super) changes: Vec<Change>,
    pub(super) good: Vec<usize>,
}

pub(super) fn odd_moment(rng: &mut Rng) -> Option<i64> {
    let odd = [i64::MIN, i64::MAX, 0, -1, 253_402_300_800_000_000, -62_135_596_800_000_001];
    if rng.chance(15) { rng.pick(&odd).copied() } else { None }
}

impl Gossip {
    pub(super) fn new(schema: &'static Schema, tenant: Uuid, rng: &mut Rng) -> Gossip {
        let mut records = Records::new(schema, tenant);
        records.counting_from(u32::try_from(rng.below(1_000)).unwrap_or(0));
        Gossip { records, rows: BTreeMap::new(), devices: Vec::new(), foreign: Vec::new(), change_ids: Vec::new() }
    }

    pub(super) fn push(&mut self, rng: &mut Rng, role: Role, last_op_no: i64) -> Said {
        let size = if rng.chance(3) { 300 } else { 1 + rng.below(24) };
        let mut changes: Vec<Change> = Vec::new();
        let mut good = Vec::new();
        let groups = [Uuid::from_u128(u128::from(rng.draw())), Uuid::from_u128(u128::from(rng.draw()))];
        while changes.len() < size {
            // Something good now and then, where this role may write it.
            if rng.chance(25) && [Role::SchoolAdmin, Role::Registrar].contains(&role) {
                good.push(changes.len());
                changes.push(self.records.with_parents("student").remove(0).change(0));
                continue;
            }
            let from = changes.len();
            self.something(rng, &mut changes);
            for change in &mut changes[from..] {
                self.bend(rng, change, &groups);
            }
        }
        for (change, op_no) in changes.iter_mut().zip(last_op_no + 1..) {
            change.op_no = op_no;
        }
        self.change_ids = changes.iter().map(|change| change.id).take(20).collect();
        Said { changes, good }
    }

    /// A few changes that belong together.
    fn something(&mut self, rng: &mut Rng, changes: &mut Vec<Change>) {
        let entities = self.records.schema.entities();
        let entity = entities[rng.below(entities.len())];
        let known = self.rows.get(entity.name).map_or(0, Vec::len);
        if entity.hub_made && known == 0 {
            changes.push(change(0, entity.name, self.any_id(rng), 0, json!({ "state": "kept" })));
            return;
        }
        if !entity.hub_made && (known == 0 || rng.chance(45)) {
            for record in self.records.with_parents(entity.name) {
                changes.push(self.twisted(rng, record).change(0));
            }
            return;
        }
        let (id, rev) = self.rows[entity.name][rng.below(known)];
        let mut fields = Map::new();
        for _ in 0..=rng.below(3) {
            let field = &entity.fields[rng.below(entity.fields.len())];
            fields.insert(field.name.to_owned(), self.value(rng, entity, field));
        }
        let mut change = change(0, entity.name, id, rev, Json::Object(fields));
        if rng.chance(12) {
            change.kind = ChangeKind::Delete;
            if rng.chance(80) {
                change.fields.clear();
            }
        }
        changes.push(change);
    }

    /// A new record as it should be, or nearly.
    fn twisted(&mut self, rng: &mut Rng, mut record: Record) -> Record {
        for field in record.entity.fields {
            if rng.chance(if field.required { 4 } else { 12 }) {
                record.fields.insert(field.name.to_owned(), self.value(rng, record.entity, field));
            }
        }
        if rng.chance(15) {
            record.id = self.any_id(rng);
        }
        if rng.chance(2) {
            record.fields.insert("no_such_field\u{0}".to_owned(), json!({ "deep": [1, "\u{0}"] }));
        }
        record
    }

    /// Who, when, from where, with whom.
    fn bend(&mut self, rng: &mut Rng, change: &mut Change, groups: &[Uuid]) {
        if rng.chance(20) {
            change.user_id = Some(self.any_author(rng));
        }
        if rng.chance(8) {
            change.group = rng.pick(groups).copied();
        }
        if rng.chance(10) {
            change.base_rev = *rng.pick(&[0, 1, -1, i64::MIN, i64::MAX, 5]).unwrap_or(&0);
        }
        if let Some(odd) = odd_moment(rng) {
            change.at = odd;
        }
        if rng.chance(4)
            && let Some(id) = rng.pick(&self.change_ids)
        {
            change.id = *id;
        }
        if rng.chance(1) {
            let odd = ["", "tenant", "account", "student; DROP TABLE student", "STUDENT", "\u{0}", "change_log"];
            change.entity = rng.pick(&odd).copied().unwrap_or_default().to_owned();
        }
    }

    fn any_id(&self, rng: &mut Rng) -> Uuid {
        match rng.below(6) {
            0 => Uuid::nil(),
            1 => Uuid::max(),
            2 => rng.pick(&self.foreign).copied().unwrap_or_default(),
            3 => rng.pick(&self.devices).copied().unwrap_or_default(),
            4 => Uuid::from_u128(u128::from(rng.draw() % 50)),
            _ => {
                let kinds: Vec<&Vec<(Uuid, i64)>> = self.rows.values().filter(|rows| !rows.is_empty()).collect();
                rng.pick(&kinds).and_then(|rows| rng.pick(rows)).map_or(Uuid::nil(), |(id, _)| *id)
            }
        }
    }

    fn any_author(&self, rng: &mut Rng) -> Uuid {
        let users = self.rows.get("school_user");
        match users {
            Some(users) if rng.chance(60) => rng.pick(users).map_or(Uuid::nil(), |(id, _)| *id),
            _ => self.any_id(rng),
        }
    }

    /// A value of a field: right, at its edge, or of another kind altogether.
    fn value(&self, rng: &mut Rng, entity: &Entity, field: &Field) -> Json {
        if rng.chance(12) {
            return garbage(rng);
        }
        if entity.is_secret(field.name) {
            return verifier(rng);
        }
        match field.kind {
            Kind::Link(to) if rng.chance(80) => {
                self.rows.get(to).and_then(|rows| rng.pick(rows)).map_or(Json::Null, |(id, _)| json!(id))
            }
            Kind::Link(_) | Kind::Id => json!(self.any_id(rng)),
            Kind::Text { max } | Kind::Claim { max } => text(rng, max),
            Kind::Digits { len } => json!("7".repeat(len - usize::from(rng.chance(10)))),
            Kind::Int { min, max } => json!(*rng.pick(&[min, max, (min + max) / 2, min - 1, i64::MAX]).unwrap_or(&min)),
            Kind::Bool => json!(rng.chance(50)),
            Kind::Date => json!(rng.pick(&["2026-06-08", "1800-01-01", "9999-12-31", "2024-02-29", "0001-01-01"])),
            Kind::Time => json!(rng.pick(&[
                "2026-06-08T07:30:00+08:00",
                "0000-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999Z",
                "9999-12-31T23:59:59-23:59",
            ])),
            Kind::Choice(choices) => json!(choices[rng.below(choices.len())]),
            Kind::Phone => json!("0917 123-4567"),
            Kind::Verifier => verifier(rng),
        }
    }

    /// Remembers what was taken and what came back.
    pub(super) fn learn(&mut self, changes: &[Change], refused: &[Option<Code>], rows: &[(String, Row)]) {
        let mut heard: Vec<(&'static str, Uuid, i64)> = Vec::new();
        for (change, code) in changes.iter().zip(refused) {
            if let (Some(entity), None) = (self.records.schema.entity(&change.entity), code) {
                heard.push((entity.name, change.row_id, 0));
            }
        }
        // What the hub made of them, in its order: that differs from run to run only by ids.
        for (name, row) in rows.iter().take(REMEMBERED) {
            if let Some(entity) = self.records.schema.entity(name) {
                heard.push((entity.name, row.id, row.rev));
            }
        }
        for (name, id, rev) in heard {
            let known = self.rows.entry(name).or_default();
            match known.iter().position(|(one, _)| *one == id) {
                Some(at) => known[at].1 = known[at].1.max(rev),
                None if known.len() < REMEMBERED => known.push((id, rev)),
                None => {}
            }
        }
    }
}

fn text(rng: &mut Rng, max: usize) -> Json {
    let odd =
        ["Cruz", "Peña", "a\u{202e}b", "\u{200b}", "\u{fffe}", "'; DROP TABLE student; --", "=1+1", "😀", "ANA\u{300}"];
    match rng.below(6) {
        0 => json!("ñ".repeat(max)),
        1 => json!("ñ".repeat(max + 1)),
        2 => json!(format!("S-{}", rng.below(9))),
        _ => json!(rng.pick(&odd)),
    }
}

fn garbage(rng: &mut Rng) -> Json {
    match rng.below(9) {
        0 => Json::Null,
        1 => json!(""),
        2 => json!("a\u{0}b"),
        3 => json!({ "a": ["\u{0}", { "b": 1e300 }] }),
        4 => json!([1, 2, 3]),
        5 => json!(i64::MIN),
        6 => json!(0.1),
        7 => json!("x".repeat(5_000)),
        _ => json!(true),
    }
}

/// What somebody might like a password to be checked against.
fn verifier(rng: &mut Rng) -> Json {
    let of = |costs: &str| format!("$argon2id$v=19${costs}$MDEyMzQ1Njc4OWFiY2RlZg${}", "A".repeat(43));
    let all = [
        of("m=19456,t=2,p=1"),
        of("m=8,t=1,p=1"),
        of("m=524288,t=2,p=1"),
        of("m=19456,t=400,p=1"),
        "$argon2id$garbage".to_owned(),
        "abc".to_owned(),
    ];
    json!(rng.pick(&all))
}
