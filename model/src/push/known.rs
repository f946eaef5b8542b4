//! What the hub has to look up before it can plan a push, and the form in which it hands it over.

use crate::history::Logged;
use crate::natural::derived_id;
use crate::wire::Change;
use crate::{Kind, Role, Row, Schema, Value};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A claimed number: entity position, field position, value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holder {
    pub entity: usize,
    pub field: usize,
    pub value: String,
}

/// What to look up, by position of the entity in the schema.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Rows that are changed: their state, and their history where it is newer than the change's base.
    pub rows: BTreeMap<usize, BTreeSet<Uuid>>,
    /// Rows that are linked to: whether they exist.
    pub links: BTreeMap<usize, BTreeSet<Uuid>>,
    /// Claimed values: which live row holds each.
    pub claims: BTreeSet<Holder>,
    /// For natural keys that may change: all live rows with one of these in [`Entity::kin_field`].
    pub kin: BTreeMap<usize, BTreeSet<Uuid>>,
}

/// What the hub found. Anything absent does not exist in this tenant.
#[derive(Debug, Default)]
pub struct Known {
    pub rows: BTreeMap<(usize, Uuid), Row>,
    pub history: BTreeMap<(usize, Uuid), Vec<Logged>>,
    pub exists: BTreeSet<(usize, Uuid)>,
    pub claims: BTreeMap<Holder, Uuid>,
    /// Natural keys that may change, as the id that the school derives from them: which live row has each. See [`Known::learn_kin`].
    pub keys: BTreeMap<(usize, Uuid), Uuid>,
    /// The school's users among those who made the changes: what they may do, `None` for one who is disabled.
    pub users: BTreeMap<Uuid, Option<Role>>,
}

impl Known {
    /// Takes in a row that [`Needs::kin`] asked for.
    pub fn learn_kin(&mut self, schema: &Schema, tenant: Uuid, index: usize, row: &Row) {
        if let (true, Some(key)) = (row.is_live(), derived_id(schema.entities()[index], tenant, row)) {
            self.keys.insert((index, key), row.id);
        }
    }
}

/// Lists what a push needs. Changes that make no sense need nothing; the plan refuses them. A row that may come back from a
/// tombstone brings its stored claims back, so [`Needs::learn`] adds those once the rows are known.
pub fn needs(schema: &Schema, changes: &[Change]) -> Needs {
    let mut needs = Needs::default();
    for change in changes {
        let Some(index) = schema.index(&change.entity) else { continue };
        let entity = schema.entities()[index];
        needs.rows.entry(index).or_default().insert(change.row_id);
        let kin = entity.kin_field();
        for (name, json) in &change.fields {
            let Some(field) = entity.field_index(name) else { continue };
            match (entity.fields[field].kind, Value::parse(&entity.fields[field], json)) {
                (Kind::Link(to), Ok(Value::Id(id))) => {
                    if let Some(to) = schema.index(to) {
                        needs.links.entry(to).or_default().insert(id);
                    }
                    if kin == Some(field) {
                        needs.kin.entry(index).or_default().insert(id);
                    }
                }
                (Kind::Claim { .. }, Ok(Value::Text(value))) => {
                    needs.claims.insert(Holder { entity: index, field, value });
                }
                _ => {}
            }
        }
    }
    needs
}

impl Needs {
    /// Adds what follows from the rows: claims of those that a change could bring back to life, kin of those whose key may change.
    pub fn learn(&mut self, schema: &Schema, rows: &BTreeMap<(usize, Uuid), Row>) {
        for ((index, _), row) in rows {
            if let Some(Value::Id(id)) = schema.entities()[*index].kin_field().map(|field| &row.values[field]) {
                self.kin.entry(*index).or_default().insert(*id);
            }
        }
        for ((index, _), row) in rows.iter().filter(|(_, row)| !row.is_live()) {
            for (field, declared) in schema.entities()[*index].fields.iter().enumerate() {
                if let (Kind::Claim { .. }, Value::Text(value)) = (declared.kind, &row.values[field]) {
                    self.claims.insert(Holder { entity: *index, field, value: value.clone() });
                }
            }
        }
    }
}
