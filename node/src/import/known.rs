//! What the store has already, read once for each kind of record into maps: an import of twenty thousand learners must not
//! ask the file twenty thousand times.

use super::person_index::PersonIndex;
use crate::store::ListQuery;
use crate::{Result, Store};
use pems_model::{Code, Entity, Kind, Problem, Row, Value, fold::fold, natural};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// `LIMIT` of a list that wants all: more than a store can hold.
const ALL: usize = u32::MAX as usize;

/// The records of the store, and those that the batch adds to them.
#[derive(Debug)]
pub(super) struct Existing<'s> {
    store: &'s Store,
    kinds: BTreeMap<&'static str, Kept>,
}

/// The records of one kind.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Tombstones too.
    pub(super) rows: HashMap<Uuid, Row>,
    /// Derived id of the natural key that a live row has now, to the id of the row.
    keys: HashMap<Uuid, Uuid>,
    /// Live rows by what their first link goes to: memberships of an enrolment, guardians of a learner.
    pub(super) children: HashMap<Uuid, Vec<Uuid>>,
    pub(super) people: PersonIndex,
}

impl<'s> Existing<'s> {
    pub(super) fn new(store: &'s Store) -> Existing<'s> {
        Existing { store, kinds: BTreeMap::new() }
    }

    pub(super) fn store(&self) -> &'s Store {
        self.store
    }

    pub(super) fn kept(&mut self, entity: &'static Entity) -> Result<&mut Kept> {
        if !self.kinds.contains_key(entity.name) {
            let mut kept = Kept::default();
            let query = ListQuery { filters: Vec::new(), limit: Some(ALL), deleted: true };
            for row in self.store.list(entity.name, &query)? {
                kept.put(entity, self.store.tenant(), row);
            }
            self.kinds.insert(entity.name, kept);
        }
        Ok(self.kinds.entry(entity.name).or_default())
    }

    /// The id for a natural key: of the live row that has it, of a deleted one that had it, or a new one.
    pub(super) fn by_key(&mut self, entity: &'static Entity, probe: &Row) -> Result<Option<Uuid>> {
        let store = self.store;
        let mut derived = natural::derived_ids(entity, store.tenant(), probe);
        let Some(first) = derived.next() else { return Ok(None) };
        let kept = self.kept(entity)?;
        if let Some(id) = kept.keys.get(&first) {
            return Ok(Some(*id));
        }
        // A row that was renamed meanwhile keeps its old id.
        let is_free = |id: &Uuid| kept.rows.get(id).is_none_or(|row| natural::same_key(entity, row, probe));
        Ok(Some(std::iter::once(first).chain(derived).find(is_free).unwrap_or(first)))
    }

    /// Another live row with the natural key of this one.
    pub(super) fn other_with_key(&mut self, entity: &'static Entity, row: &Row) -> Result<Option<Uuid>> {
        let Some(key) = natural::derived_id(entity, self.store.tenant(), row) else { return Ok(None) };
        let kept = self.kept(entity)?;
        let has_it =
            |id: &Uuid| kept.rows.get(id).is_some_and(|other| other.is_live() && natural::same_key(entity, other, row));
        Ok(kept.keys.get(&key).copied().filter(|id| *id != row.id && has_it(id)))
    }

    /// The record that a text in a link column means: an id, or what people call it.
    pub(super) fn reference(&mut self, to: &'static Entity, text: &str) -> Result<Result<Uuid, Problem>> {
        let kept = self.kept(to)?;
        let mut found: Vec<Uuid> = match (Uuid::parse_str(text), to.name) {
            (Ok(id), _) => vec![id],
            (_, "student" | "staff") => kept.people.by_number(text),
            (_, "school_year") => kept.named(to, "label", text),
            (_, "section") => kept.named(to, "name", text),
            _ => Vec::new(),
        };
        found.retain(|id| kept.rows.get(id).is_some_and(Row::is_live));
        Ok(match found.as_slice() {
            [id] => Ok(*id),
            [] => {
                let message = format!("there is no {} '{text}' here; import or add it first", to.label);
                Err(Problem::new(Code::ParentMissing, message))
            }
            several => {
                let message =
                    format!("'{text}' means {} {} records here; write the id of one", several.len(), to.label);
                Err(Problem::new(Code::Conflict, message))
            }
        })
    }
}

impl Kept {
    /// Takes in a row, new or changed. What an earlier state of it was found by still finds it.
    pub(super) fn put(&mut self, entity: &Entity, tenant: Uuid, row: Row) {
        if row.is_live() {
            if let Some(key) = natural::derived_id(entity, tenant, &row) {
                self.keys.insert(key, row.id);
            }
            let parent = entity.fields.iter().position(|field| matches!(field.kind, Kind::Link(_)));
            if let Some(Value::Id(parent)) = parent.map(|i| &row.values[i]) {
                let children = self.children.entry(*parent).or_default();
                if !children.contains(&row.id) {
                    children.push(row.id);
                }
            }
            self.people.put(entity, &row);
        }
        self.rows.insert(row.id, row);
    }

    fn named(&self, entity: &Entity, field: &str, text: &str) -> Vec<Uuid> {
        let wanted = fold(text);
        let is_it = |row: &&Row| row.get(entity, field).as_text().is_some_and(|name| fold(name) == wanted);
        self.rows.values().filter(|row| row.is_live()).filter(is_it).map(|row| row.id).collect()
    }
}
