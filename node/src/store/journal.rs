//! The sent journal, the outbox and the parked list, one change a line, for support and for restored hubs.

use super::Store;
use crate::Result;
use pems_model::Entity;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

/// What people are shown of a secret.
pub(crate) const HIDDEN: &str = "••••••";

/// One change as this office remembers it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JournalEntry {
    pub op_no: i64,
    pub id: Uuid,
    pub entity: String,
    pub row_id: Uuid,
    pub kind: String,
    pub base_rev: i64,
    pub fields: Json,
    pub before: Option<Json>,
    pub group: Option<Uuid>,
    pub act: Uuid,
    pub at: String,
    pub state: String,
    pub outcome: Option<Json>,
}

impl Store {
    /// Changes after `since` (an `op_no`; 0 for all), oldest first, without what is secret.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn journal(&self, since: i64) -> Result<Vec<JournalEntry>> {
        let mut entries = self.entries("op_no > ?1", [since])?;
        for entry in &mut entries {
            let Some(entity) = self.schema.entity(&entry.entity) else { continue };
            hide(entity, &mut entry.fields);
            entry.before.iter_mut().for_each(|before| hide(entity, before));
        }
        Ok(entries)
    }

    pub(super) fn entries(&self, condition: &str, params: impl rusqlite::Params) -> Result<Vec<JournalEntry>> {
        entries(&self.conn, condition, params)
    }
}

/// Puts dots in the place of secrets.
pub(super) fn hide(entity: &Entity, fields: &mut Json) {
    for (name, value) in fields.as_object_mut().into_iter().flatten() {
        if entity.is_secret(name) && !value.is_null() {
            *value = HIDDEN.into();
        }
    }
}

pub(super) fn entries(
    conn: &rusqlite::Connection,
    condition: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<JournalEntry>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT op_no, change_id, entity, row_id, kind, base_rev, fields, before, grp, act, at, state, outcome
         FROM op WHERE {condition} ORDER BY op_no"
    ))?;
    let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    let found = statement.query_map(params, |row| {
        Ok(JournalEntry {
            op_no: row.get(0)?,
            id: Uuid::from_bytes(row.get(1)?),
            entity: row.get(2)?,
            row_id: Uuid::from_bytes(row.get(3)?),
            kind: row.get(4)?,
            base_rev: row.get(5)?,
            fields: json(row.get(6)?).unwrap_or(Json::Null),
            before: json(row.get(7)?),
            group: row.get::<_, Option<[u8; 16]>>(8)?.map(Uuid::from_bytes),
            act: Uuid::from_bytes(row.get(9)?),
            at: pems_model::value::format_time(row.get(10)?),
            state: row.get(11)?,
            outcome: json(row.get(12)?),
        })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}
