//! Hub state below, unsent changes above: how a row gets its overlay and loses it.

use super::rows;
use crate::Result;
use pems_model::planted::{Bug, is_planted};
use pems_model::{Entity, Row, Value};
use rusqlite::Connection;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// Keeps the hub's state of a row before the first unsent change touches it. `current` is the row as it is now, which is hub
/// state exactly when nothing of it is unsent.
pub(super) fn remember_hub_state(conn: &Connection, entity: &Entity, id: Uuid, current: Option<&Row>) -> Result<()> {
    let text = current.map(|row| rows::to_shadow(entity, row));
    conn.prepare_cached("INSERT OR IGNORE INTO shadow VALUES (?1, ?2, ?3)")?.execute((
        entity.name,
        id.as_bytes(),
        text,
    ))?;
    Ok(())
}

/// A change that is still part of the overlay.
struct OpenChange {
    delete: bool,
    creates: bool,
    fields: Map<String, Json>,
    at: i64,
}

/// Makes the visible row what it must be: hub state plus the changes that are not part of it yet. Without such changes the
/// shadow goes.
pub(super) fn settle(conn: &Connection, entity: &Entity, id: Uuid) -> Result<()> {
    let Some(hub) = rows::shadow(conn, entity, id)? else { return Ok(()) };
    let changes = open_changes(conn, entity, id)?;
    if changes.is_empty() {
        conn.prepare_cached("DELETE FROM shadow WHERE entity = ?1 AND row_id = ?2")?
            .execute((entity.name, id.as_bytes()))?;
    }
    match overlaid(entity, id, hub, &changes) {
        Some(row) => rows::write(conn, entity, &row),
        None => rows::remove(conn, entity, id),
    }
}

fn overlaid(entity: &Entity, id: Uuid, hub: Option<Row>, changes: &[OpenChange]) -> Option<Row> {
    let mut row = hub;
    if is_planted(Bug::PullOverwritesPending) && row.is_some() {
        return row;
    }
    for change in changes {
        // An edit of a row whose making was refused has nothing to stand on; it will be refused as well.
        let mut next = match row.take() {
            Some(row) => row,
            None if change.creates => Row::empty(entity, id),
            None => continue,
        };
        next.deleted_at = change.delete.then_some(change.at);
        for (name, json) in &change.fields {
            if let Some(i) = entity.field_index(name) {
                next.values[i] = Value::parse(&entity.fields[i], json).unwrap_or(Value::Null);
            }
        }
        row = Some(next);
    }
    row
}

fn open_changes(conn: &Connection, entity: &Entity, id: Uuid) -> Result<Vec<OpenChange>> {
    let mut statement = conn.prepare_cached(
        "SELECT kind, before IS NULL, fields, at FROM op INDEXED BY op_open
         WHERE entity = ?1 AND row_id = ?2 AND open = 1 ORDER BY op_no",
    )?;
    let changes = statement.query_map((entity.name, id.as_bytes()), |row| {
        let fields: String = row.get(2)?;
        Ok(OpenChange {
            delete: row.get::<_, String>(0)? == "delete",
            creates: row.get(1)?,
            fields: serde_json::from_str(&fields).unwrap_or_default(),
            at: row.get(3)?,
        })
    })?;
    Ok(changes.collect::<rusqlite::Result<_>>()?)
}

/// Whether changes to the row wait that are not part of the hub's state.
pub(super) fn is_open(conn: &Connection, entity: &Entity, id: Uuid) -> Result<bool> {
    let mut statement = conn.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM op INDEXED BY op_open
         WHERE entity = ?1 AND row_id = ?2 AND open = 1)",
    )?;
    Ok(statement.query_row((entity.name, id.as_bytes()), |row| row.get(0))?)
}
