//! One row in memory: positional values, in the order in which its entity declares the fields.

use crate::{Entity, Value};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// The state of a row at one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The same at every office and at the hub.
    pub id: Uuid,
    /// Hub revision; 0 for a row that the hub has never confirmed.
    pub rev: i64,
    /// Microseconds since 1970 UTC at which it was deleted; a tombstone keeps its values.
    pub deleted_at: Option<i64>,
    /// One value for each field of the entity, in declaration order.
    pub values: Vec<Value>,
}

impl Row {
    /// A live row that nobody has confirmed, with nothing in it.
    pub fn empty(entity: &Entity, id: Uuid) -> Row {
        Row { id, rev: 0, deleted_at: None, values: vec![Value::Null; entity.fields.len()] }
    }

    /// Not deleted.
    pub fn is_live(&self) -> bool {
        self.deleted_at.is_none()
    }

    /// The value of a field by name; `Null` for a name the entity does not have.
    pub fn get(&self, entity: &Entity, field: &str) -> &Value {
        entity.field_index(field).and_then(|i| self.values.get(i)).unwrap_or(&Value::Null)
    }

    /// The row as a JSON object with `id`, its non-null fields, `rev` and, for a tombstone, `deleted`.
    pub fn to_json(&self, entity: &Entity) -> Json {
        let mut object = Map::new();
        object.insert("id".into(), Json::from(self.id.to_string()));
        for (field, value) in entity.fields.iter().zip(&self.values) {
            if !value.is_null() && !field.secret {
                object.insert(field.name.into(), value.to_json());
            }
        }
        object.insert("rev".into(), Json::from(self.rev));
        if !self.is_live() {
            object.insert("deleted".into(), Json::Bool(true));
        }
        Json::Object(object)
    }

    /// The folded text by which the row is found: its searched fields, joined by a space.
    pub fn search_key(&self, entity: &Entity) -> String {
        let mut key = String::new();
        for (field, value) in entity.fields.iter().zip(&self.values) {
            if let (true, Value::Text(text)) = (field.searched, value) {
                if !key.is_empty() {
                    key.push(' ');
                }
                key.push_str(&crate::fold::fold(text));
            }
        }
        key
    }
}
