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
use pems_model::{Entity, Schema};
use rusqlite::{Connection, OptionalExtension};
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
        let of = row_of(self.tx, self.schema, op_no)?;
        overlay::put_aside(self.tx, op_no, of, why)?;
        match of {
            Some((entity, id)) => crate::store::inbound_log::settle(self.tx, entity, id, self.env.now()),
            None => Ok(()),
        }
    }
}

/// Which row a change is about, where the file still says so.
fn row_of(conn: &Connection, schema: &Schema, op_no: i64) -> Result<Option<(&'static Entity, Uuid)>> {
    let mut statement = conn.prepare_cached("SELECT entity, row_id FROM op WHERE op_no = ?1")?;
    let mut found = statement.query([op_no])?;
    Ok(found.next()?.and_then(|row| Stored(row).row_of(0, schema)))
}

/// The entries that only use up the numbers of changes that are not sent.
pub(super) fn untold(conn: &Connection, replica: Uuid) -> Result<Vec<Change>> {
    let sql = format!("SELECT op_no, change_id, grp FROM op INDEXED BY op_state WHERE {UNTOLD} ORDER BY op_no");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query([])?;
    let mut changes = Vec::new();
    while let Some(row) = found.next()? {
        let op_no: i64 = row.get(0)?;
        let group = match Stored(row).optional_id(2, "grp") {
            Ok(group) => group,
            Err(_) => group_beside(conn, op_no)?,
        };
        changes.push(Change {
            op_no,
            id: Stored(row).change_id(1, replica, op_no),
            entity: NO_KIND.into(),
            row_id: Uuid::nil(),
            kind: ChangeKind::Upsert,
            base_rev: 0,
            fields: BTreeMap::new(),
            // What belongs together is refused together.
            group,
            user_id: None,
            at: 0,
        });
    }
    Ok(changes)
}

/// The group of a change whose own mark of it cannot be read: that of its neighbours of the same act. Should they be another group,
/// then that waits for a person too, which is better than half of something.
fn group_beside(conn: &Connection, op_no: i64) -> Result<Option<Uuid>> {
    let sql = "SELECT beside.grp FROM op JOIN op beside ON beside.act = op.act AND beside.op_no IN (op.op_no - 1, op.op_no + 1)
         WHERE op.op_no = ?1 AND length(beside.grp) = 16 ORDER BY beside.op_no LIMIT 1";
    let found: Option<[u8; 16]> = conn.prepare_cached(sql)?.query_row([op_no], |row| row.get(0)).optional()?;
    Ok(found.map(Uuid::from_bytes))
}

#[cfg(test)]
#[path = "damage_tests.rs"]
pub(super) mod tests;
