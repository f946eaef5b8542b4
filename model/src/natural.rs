//! Ids that follow from content: two offices that make the same thing apart make the same row.

use crate::{Entity, Row, Value};
use uuid::Uuid;

/// The derived id (UUIDv5 in the tenant's namespace) of a row with this natural key, or `None` where the entity has no natural
/// key or a part of it is missing. Names count in their folded form: `7-Rizal` and `7 RIZAL` are one section.
pub fn derived_id(entity: &Entity, tenant: Uuid, row: &Row) -> Option<Uuid> {
    if !entity.has_derived_id() {
        return None;
    }
    Some(Uuid::new_v5(&tenant, key_text(entity, row)?.as_bytes()))
}

/// Whether two rows have the same natural key, as [`derived_id`] understands it.
pub fn same_key(entity: &Entity, a: &Row, b: &Row) -> bool {
    key_text(entity, a).is_some_and(|key| Some(key) == key_text(entity, b))
}

fn key_text(entity: &Entity, row: &Row) -> Option<String> {
    let mut key = entity.name.to_owned();
    for name in entity.natural_key {
        key.push('\u{1f}');
        match row.get(entity, name) {
            Value::Null => return None,
            Value::Text(text) => key.push_str(&crate::fold::fold(text)),
            other => key.push_str(&other.to_json().to_string()),
        }
    }
    Some(key)
}
