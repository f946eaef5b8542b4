//! New ids for rows whose id follows from their content and their school, when they come into another school.
//!
//! Without it a mark entered there for the same pupil and day would get another id than the restored one, and there would be two.

use pems_model::natural::derived_ids;
use pems_model::push::asked_id;
use pems_model::{Entity, Kind, Row, Value};
use serde_json::Value as Json;
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Debug)]
pub(super) struct Renumber {
    from: Uuid,
    to: Uuid,
    /// Old id to new id, of the rows that got a new one.
    ids: HashMap<Uuid, Uuid>,
}

impl Renumber {
    pub(super) fn new(from: Uuid, to: Uuid) -> Renumber {
        Renumber { from, to, ids: HashMap::new() }
    }

    /// Rows come parents first, so links already lead to their new ids when a child's own id is derived from them.
    pub(super) fn row(&mut self, entity: &Entity, row: &mut Row) {
        if self.from == self.to {
            return;
        }
        // By the rule of its old school: a row that was given its id in another way (a renamed section) keeps it.
        let turn = derived_ids(entity, self.from, row).position(|id| id == row.id);
        let asked = asked_id(entity, row, self.from) == Some(row.id);
        for (field, value) in entity.fields.iter().zip(&mut row.values) {
            if let (Kind::Link(_) | Kind::Id, Value::Id(id)) = (field.kind, value) {
                *id = self.id(*id);
            }
        }
        let new = match turn {
            Some(turn) => derived_ids(entity, self.to, row).nth(turn),
            None => asked_id(entity, row, self.to).filter(|_| asked),
        };
        if let Some(new) = new {
            self.ids.insert(row.id, new);
            row.id = new;
        }
    }

    pub(super) fn id(&self, id: Uuid) -> Uuid {
        self.ids.get(&id).copied().unwrap_or(id)
    }

    /// An entry of the change log: its row, and ids among the values before and after.
    pub(super) fn entry(&self, entry: &mut Json) {
        if self.ids.is_empty() {
            return;
        }
        match entry {
            Json::String(text) => {
                if let Some(new) = Uuid::parse_str(text).ok().and_then(|id| self.ids.get(&id)) {
                    *text = new.to_string();
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.entry(item)),
            Json::Object(map) => map.values_mut().for_each(|item| self.entry(item)),
            _ => {}
        }
    }
}
