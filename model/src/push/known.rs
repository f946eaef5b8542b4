//! What the hub has to look up before it can plan a push, and the form in which it hands it over.

use crate::history::Logged;
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
    /// Numbers that name one thing: which live rows have each. With the changed rows that have or are to have it.
    pub numbers: BTreeMap<Holder, BTreeSet<Uuid>>,
}

/// What the hub found. Anything absent does not exist in this tenant.
#[derive(Debug, Default)]
pub struct Known {
    pub rows: BTreeMap<(usize, Uuid), Row>,
    pub history: BTreeMap<(usize, Uuid), Vec<Logged>>,
    pub exists: BTreeSet<(usize, Uuid)>,
    pub claims: BTreeMap<Holder, Uuid>,
    /// Live rows that have a number of [`Needs::numbers`].
    pub same: BTreeMap<Holder, BTreeSet<Uuid>>,
    /// The school's users among those who made the changes: what they may do, `None` for one who is disabled.
    pub users: BTreeMap<Uuid, Option<Role>>,
}

/// Lists what a push needs. Changes that make no sense need nothing; the plan refuses them. A row that may come back from a
/// tombstone brings its stored claims back, so [`Needs::claims_of`] adds those once the rows are known.
pub fn needs(schema: &Schema, changes: &[Change]) -> Needs {
    let mut needs = Needs::default();
    for change in changes {
        let Some(index) = schema.index(&change.entity) else { continue };
        let entity = schema.entities()[index];
        needs.rows.entry(index).or_default().insert(change.row_id);
        for (name, json) in &change.fields {
            let Some(field) = entity.field_index(name) else { continue };
            let value = Value::parse(&entity.fields[field], json);
            if let (true, Ok(Value::Text(value))) = (entity.fields[field].names_one, &value) {
                let number = Holder { entity: index, field, value: value.clone() };
                needs.numbers.entry(number).or_default().insert(change.row_id);
            }
            match (entity.fields[field].kind, value) {
                (Kind::Link(to), Ok(Value::Id(id))) => {
                    if let Some(to) = schema.index(to) {
                        needs.links.entry(to).or_default().insert(id);
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
    /// Adds the claims stored in rows that a change could bring back to life, and the numbers of all that are changed.
    pub fn claims_of(&mut self, schema: &Schema, rows: &BTreeMap<(usize, Uuid), Row>) {
        for ((index, _), row) in rows {
            self.numbers_of(*index, schema.entities()[*index], row);
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
