//! A copy that was put back goes on at the hub where the copy was made, without ever being taken for the PC that made it.
//!
//! What waited in the copy keeps its numbers: the hub answers again what it has answered since, and takes the rest. Only then the
//! copy begins a new *incarnation*, whose changes count from 1, and from its first change on the hub refuses the old one. So a
//! change that the hub knows is not applied twice, and of two PCs that go on from one copy one is told.

use super::damage::UNTOLD;
use super::{Store, meta};
use crate::Result;
use rusqlite::Connection;

/// The last change that was in the copy, until the hub has answered for all of them.
const THROUGH: &str = "put_back_through";
/// What is added to the numbers that travel: the changes of earlier incarnations.
const BASE: &str = "op_base";

impl Store {
    /// Marks a store that comes out of a copy. Once, before anything is saved in it.
    ///
    /// # Errors
    /// If SQLite fails.
    pub(crate) fn put_back(&mut self) -> Result<()> {
        self.transaction(|step| {
            // A copy of a copy that the hub has not answered yet: only what was in the first one has numbers of the old PC.
            if through(step.tx)?.is_some() {
                return Ok(());
            }
            let last = meta::int(step.tx, "next_op_no")? - 1;
            meta::set(step.tx, THROUGH, &last.to_string())
        })
    }

    /// Begins the new incarnation as soon as nothing of the copy waits any more.
    pub(super) fn begin_incarnation(&mut self) -> Result<()> {
        if through(&self.conn)?.is_none() {
            return Ok(());
        }
        self.transaction(|step| {
            let Some(last) = through(step.tx)? else { return Ok(()) };
            let sql = format!(
                "SELECT EXISTS (SELECT 1 FROM op INDEXED BY op_state WHERE state = 'pending' AND op_no <= ?1)
                     OR EXISTS (SELECT 1 FROM op INDEXED BY op_state WHERE {UNTOLD} AND op_no <= ?1)"
            );
            if step.tx.query_row(&sql, [last], |row| row.get(0))? {
                return Ok(());
            }
            // By the clock, so that of two copies that were put back the later one has the higher number.
            let by_clock = step.env.now() / 1_000_000;
            let next = by_clock.max(meta::int(step.tx, "incarnation")? + 1);
            meta::set(step.tx, "incarnation", &next.to_string())?;
            meta::set(step.tx, BASE, &last.to_string())?;
            meta::set(step.tx, "acked", "0")?;
            step.tx.execute("DELETE FROM meta WHERE key = ?1", [THROUGH])?;
            Ok(())
        })
    }
}

/// The last change that may travel now, where not all may.
pub(super) fn through(conn: &Connection) -> Result<Option<i64>> {
    if meta::get(conn, THROUGH)?.is_some() { meta::int(conn, THROUGH).map(Some) } else { Ok(None) }
}

/// By how much the numbers of this file are higher than those that travel.
pub(super) fn base(conn: &Connection) -> Result<i64> {
    meta::get_int(conn, BASE)
}
