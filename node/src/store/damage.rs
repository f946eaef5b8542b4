//! What cannot be read is never taken for something else: a change of the outbox that is damaged is put aside, not sent as an
//! empty one, and everything else goes on.
//!
//! Putting aside (state `damaged`) leaves the bytes in the file as they are. What the record shows here beyond the hub's state is
//! kept with the entry, so that a person can send that instead; the record goes back to what the hub has, as after a refusal.
//! The number of the change is used up at the hub by an empty entry of no kind of record, which the hub refuses and logs: the
//! numbers of a replica have no gaps. Should the change have got there before it was damaged, the hub says so instead.

use super::journal::{Damaged, Stored};
use super::{Step, Store, overlay, rows};
use crate::Result;
use pems_model::wire::{Change, ChangeKind};
use pems_model::{Code, Entity, Row};
use rusqlite::Connection;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The kind of record that the entry for a damaged change names: none, so that every hub refuses it.
const NO_KIND: &str = "damaged";

/// Entries whose number the hub has not heard of, although their change is not sent. `pending` ones are.
pub(super) const UNTOLD: &str = "answered_at IS NULL AND state IN ('damaged', 'dropped', 'retried')";

impl Store {
    /// Puts changes aside that cannot be read.
    pub(super) fn put_aside(&mut self, damaged: &[(i64, Damaged)]) -> Result<()> {
        self.transaction(|step| damaged.iter().try_for_each(|(op_no, why)| step.put_aside(*op_no, why)))
    }
}

impl Step<'_> {
    fn put_aside(&self, op_no: i64, why: &Damaged) -> Result<()> {
        let of = row_of(self.tx, op_no)?.and_then(|(name, id)| Some((self.schema.entity(&name)?, id)));
        put_aside(self.tx, op_no, of, why)?;
        match of {
            Some((entity, id)) => super::arrival::settle(self.tx, entity, id, self.env.now()),
            None => Ok(()),
        }
    }
}

/// Which row a change is about, where the file still says so.
fn row_of(conn: &Connection, op_no: i64) -> Result<Option<(String, Uuid)>> {
    let mut statement = conn.prepare_cached("SELECT entity, row_id FROM op WHERE op_no = ?1")?;
    let mut found = statement.query([op_no])?;
    let Some(row) = found.next()? else { return Ok(None) };
    let stored = Stored(row);
    Ok(stored.text(0, "entity").ok().zip(stored.id(1, "row_id").ok()))
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
    Ok(())
}

/// How a row differs here from the hub's state with all readable changes: what a damaged one may have been. None where nothing
/// is left of it.
fn seen_here(conn: &Connection, entity: &'static Entity, id: Uuid) -> Result<Option<Json>> {
    let (Ok(visible), Ok(Some(hub))) = (rows::load(conn, entity, id), rows::shadow(conn, entity, id)) else {
        return Ok(None);
    };
    let Some(visible) = visible else { return Ok(None) };
    let (readable, _) = overlay::open_changes(conn, entity, id)?;
    let without = overlay::overlaid(entity, id, hub, &readable);
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

/// The entries that only use up the numbers of changes that are not sent.
pub(super) fn untold(conn: &Connection, replica: Uuid) -> Result<Vec<Change>> {
    let sql = format!("SELECT op_no, change_id, grp FROM op INDEXED BY op_state WHERE {UNTOLD} ORDER BY op_no");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query([])?;
    let mut changes = Vec::new();
    while let Some(row) = found.next()? {
        let op_no: i64 = row.get(0)?;
        let id = Stored(row).id(1, "change_id").unwrap_or_else(|_| Uuid::new_v5(&replica, &op_no.to_le_bytes()));
        changes.push(Change {
            op_no,
            id,
            entity: NO_KIND.into(),
            row_id: Uuid::nil(),
            kind: ChangeKind::Upsert,
            base_rev: 0,
            fields: BTreeMap::new(),
            // What belongs together is refused together.
            group: Stored(row).id(2, "grp").ok(),
            user_id: None,
            at: 0,
        });
    }
    Ok(changes)
}

#[cfg(test)]
#[path = "damage_tests.rs"]
mod tests;
