//! Hub state below, unsent changes above: how a row gets its overlay and loses it.

use super::journal::{Damaged, Stored, check_values};
use super::rows;
use crate::Result;
use pems_model::injected_fault::{Bug, is_planted};
use pems_model::wire::ChangeKind;
use pems_model::{Code, Entity, Row, Value};
use rusqlite::Connection;
use serde_json::{Map, Value as Json, json};
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
pub(super) struct OpenChange {
    delete: bool,
    creates: bool,
    fields: Vec<(usize, Value)>,
    at: i64,
}

/// Makes the visible row what it must be: hub state plus the changes that are not part of it yet. Without such changes the
/// shadow goes.
pub(super) fn settle(conn: &Connection, entity: &'static Entity, id: Uuid) -> Result<()> {
    let Some(hub) = rows::shadow(conn, entity, id)? else { return Ok(()) };
    let changes = readable_changes(conn, entity, id)?;
    if changes.is_empty() {
        conn.prepare_cached("DELETE FROM shadow WHERE entity = ?1 AND row_id = ?2")?
            .execute((entity.name, id.as_bytes()))?;
    }
    match overlaid(entity, id, hub, &changes) {
        Some(row) => rows::write(conn, entity, &row),
        None => rows::remove(conn, entity, id),
    }
}

/// The changes of a row that are not part of the hub's state yet; what cannot be read is put aside. Before a new state of the hub is
/// taken over this has to be done once: what the damaged change may have been shows against the old one.
pub(super) fn readable_changes(conn: &Connection, entity: &'static Entity, id: Uuid) -> Result<Vec<OpenChange>> {
    let (changes, damaged) = open_changes(conn, entity, id)?;
    for (op_no, why) in &damaged {
        put_aside(conn, *op_no, Some((entity, id)), why)?;
    }
    Ok(changes)
}

/// Hub state with changes on top.
pub(super) fn overlaid(entity: &Entity, id: Uuid, hub: Option<Row>, changes: &[OpenChange]) -> Option<Row> {
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
        for (i, value) in &change.fields {
            next.values[*i] = value.clone();
        }
        row = Some(next);
    }
    row
}

/// Changes that can be read, and by their number those that cannot.
type OpenChanges = (Vec<OpenChange>, Vec<(i64, Damaged)>);

/// The changes of a row that are not part of the hub's state yet, and those among them that cannot be read.
pub(super) fn open_changes(conn: &Connection, entity: &Entity, id: Uuid) -> Result<OpenChanges> {
    let mut statement = conn.prepare_cached(
        "SELECT kind, before IS NULL, fields, at, op_no FROM op INDEXED BY op_open
         WHERE entity = ?1 AND row_id = ?2 AND open = 1 ORDER BY op_no",
    )?;
    let mut found = statement.query((entity.name, id.as_bytes()))?;
    let (mut changes, mut damaged) = (Vec::new(), Vec::new());
    while let Some(row) = found.next()? {
        let (creates, at) = (row.get(1)?, row.get(3)?);
        let read = Stored(row).kind(0).and_then(|kind| Ok((kind, values(entity, &Stored(row).object(2, "fields")?)?)));
        match read {
            Ok((kind, fields)) => {
                changes.push(OpenChange { delete: kind == ChangeKind::Delete, creates, fields, at });
            }
            Err(why) => damaged.push((row.get(4)?, why)),
        }
    }
    Ok((changes, damaged))
}

fn values(entity: &Entity, fields: &Map<String, Json>) -> std::result::Result<Vec<(usize, Value)>, Damaged> {
    check_values(entity, fields.iter())?;
    let known = fields.iter().filter_map(|(name, json)| Some((entity.field_index(name)?, json)));
    Ok(known.filter_map(|(i, json)| Some((i, Value::stored(entity.fields[i].kind, json)?))).collect())
}

/// Marks an entry and keeps with it what the record shows beyond the hub's state and the changes that can be read. Whoever calls
/// settles the row afterwards.
pub(super) fn put_aside(
    conn: &Connection,
    op_no: i64,
    of: Option<(&'static Entity, Uuid)>,
    why: &Damaged,
) -> Result<()> {
    let seen = match of {
        Some((entity, id)) => seen_here(conn, entity, id)?,
        None => None,
    };
    let message = format!(
        "a change that waited to be sent is damaged in the records file ({why}); it was not sent and its bytes are kept. Look at the record, and send what it showed here or let it go"
    );
    let outcome = json!({ "code": Code::StoreCorrupt.text(), "message": message, "seen": seen });
    conn.prepare_cached("UPDATE op SET state = 'damaged', open = 0, outcome = ?2 WHERE op_no = ?1")?
        .execute((op_no, outcome.to_string()))?;
    crate::log::events::put_aside(of.map(|(entity, _)| entity.name), op_no);
    Ok(())
}

/// How a row differs here from the hub's state with all readable changes: what a damaged one may have been. None where nothing
/// is left of it.
fn seen_here(conn: &Connection, entity: &'static Entity, id: Uuid) -> Result<Option<Json>> {
    let (Ok(visible), Ok(Some(hub))) = (rows::load(conn, entity, id), rows::shadow(conn, entity, id)) else {
        return Ok(None);
    };
    let Some(visible) = visible else { return Ok(None) };
    let (readable, _) = open_changes(conn, entity, id)?;
    let without = overlaid(entity, id, hub, &readable);
    if !visible.is_live() {
        return Ok(without.is_none_or(|row| row.is_live()).then(|| json!({ "delete": true })));
    }
    let none = Row::empty(entity, id);
    let was = without.as_ref().unwrap_or(&none);
    let mut fields = Map::new();
    for (i, field) in entity.fields.iter().enumerate().filter(|(i, _)| visible.values[*i] != was.values[*i]) {
        fields.insert(field.name.into(), visible.values[i].to_json());
    }
    Ok((!fields.is_empty()).then(|| json!({ "fields": fields })))
}
