//! What cannot be read is never taken for something else: a change of the outbox that is damaged is put aside, not sent as an
//! empty one, and everything else goes on.
//!
//! Putting aside (state `damaged`) leaves the bytes in the file as they are. What the record shows here beyond the hub's state is
//! kept with the entry, so that a person can send that instead; the record goes back to what the hub has, as after a refusal.
//! The number of the change is used up at the hub by an empty entry of no kind of record, which the hub refuses and logs: the
//! numbers of a replica have no gaps. Should the change have got there before it was damaged, the hub says so instead.

use super::journal::{Damaged, Stored};
use super::{Step, Store, overlay};
use crate::Result;
use pems_model::wire::{Change, ChangeKind};
use rusqlite::Connection;
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
        overlay::put_aside(self.tx, op_no, of, why)?;
        match of {
            Some((entity, id)) => crate::store::inbound_log::settle(self.tx, entity, id, self.env.now()),
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
