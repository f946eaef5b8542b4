//! How the rules of schools write: records that are more than their fields, with the token that the store asks for, and the others.
//! Only this folder can do it; whoever else wants such a record written calls the function whose rule it is.

use crate::Result;
use crate::store::{ByDomain, Save, Saved, Work};
use serde_json::Value as Json;
use uuid::Uuid;

/// Saves a record, once the rules of its kind found nothing wrong.
pub(in crate::domain) fn save(work: &mut Work<'_, '_>, entity: &str, id: Option<Uuid>, fields: Json) -> Result<Saved> {
    let fields = if let Json::Object(fields) = fields { fields } else { serde_json::Map::new() };
    work.save_ruled(&Save { entity: entity.into(), id, fields }, ByDomain::rules_were_asked())
}

/// Deletes one, likewise.
pub(in crate::domain) fn delete(work: &mut Work<'_, '_>, entity: &str, id: Uuid) -> Result<Saved> {
    work.delete_ruled(entity, id, ByDomain::rules_were_asked())
}
