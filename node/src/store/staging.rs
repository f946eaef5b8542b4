//! One exchange as the store sees it: what to ask, the hub's answers, and rows on their way in.

use super::damage::{self, UNTOLD};
use super::journal::{CHANGE, Damaged, Stored};
use super::{Step, Store, devices, meta, vouch};
use crate::store::{inbound_log, restore};
use crate::{NodeError, Result};
use pems_model::frame::Rows;
use pems_model::injected_fault::{Bug, is_planted};
use pems_model::wire::{BATCH_BYTES, Change, ChangeResult, Cursors, End, Outcome, PROTOCOL, Replica, SyncRequest};
use pems_model::{Code, Schema};
use rusqlite::Connection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Staged bytes kept in memory before they are put on disk: small pulls then cost one write, big ones survive a kill.
const MEMORY_BYTES: usize = 1 << 20;

/// Frames that came in and are not on disk yet. Lost with the process, together with their cursor.
#[derive(Debug, Default)]
pub(super) struct Unstaged {
    pub(super) frames: Vec<Rows>,
    bytes: usize,
    /// Revision up to which every entity is staged, since an `end` that is held.
    through: i64,
}

impl Store {
    /// The request for the next exchange, from what is on disk and what is staged.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn request(&mut self, wait_ms: u32, with_shapes: bool) -> Result<SyncRequest> {
        self.begin_incarnation()?;
        let (mut changes, mut more) = loop {
            let (changes, more, damaged) = outbox(&self.conn, self.schema, self.replica, self.batch)?;
            if damaged.is_empty() {
                break (changes, more);
            }
            self.put_aside(&damaged)?;
        };
        let conn = &self.conn;
        if let Some(through) = restore::through(conn)? {
            let all = changes.len();
            changes.retain(|change| change.op_no <= through);
            more |= changes.len() < all;
        }
        self.sent_base = restore::base(conn)?;
        for change in &mut changes {
            change.op_no -= self.sent_base;
        }
        let (people, proofs) = vouch::along(conn, &changes)?;
        if is_planted(Bug::ForgetsOnSend) {
            conn.execute("UPDATE op SET state = 'sent', open = 0 WHERE state = 'pending'", [])?;
        }
        let epoch = Some(meta::epoch(conn)?);
        Ok(SyncRequest {
            protocol: PROTOCOL,
            schema: self.schema.fingerprint().to_owned(),
            shapes: with_shapes.then(|| self.schema.shapes()),
            replica: Replica { id: self.replica, incarnation: incarnation(conn)? },
            epoch,
            cursors: self.cursors()?,
            acked: meta::get_int(conn, "acked")?,
            wait_ms: if changes.is_empty() { wait_ms } else { 0 },
            changes,
            people,
            proofs,
            more,
            sent_at: self.env.now(),
            devices: Some(devices::revision(conn)?),
        })
    }

    fn cursors(&self) -> Result<Cursors> {
        let mut statement = self.conn.prepare_cached("SELECT entity, staged FROM cursor")?;
        let mut revs: BTreeMap<String, i64> =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        revs.retain(|name, _| self.schema.index(name).is_some());
        for frame in &self.unstaged.frames {
            revs.insert(frame.head.entity.clone(), frame.head.through);
        }
        for rev in revs.values_mut() {
            *rev = (*rev).max(self.unstaged.through);
        }
        let first = revs.values().next().copied().unwrap_or(0);
        Ok(if revs.values().all(|rev| *rev == first) { Cursors::Level(first) } else { Cursors::Each(revs) })
    }

    /// Stores the hub's answers. What it refused is parked, and its rows go back to what the hub has. Returns whether
    /// changes still wait.
    ///
    /// # Errors
    /// If SQLite fails; then nothing is stored, and the hub gives the same answers again.
    pub fn keep_results(&mut self, results: &[ChangeResult]) -> Result<bool> {
        // As they were numbered when they were asked for: another program at this PC may have begun a new incarnation meanwhile.
        let base = self.sent_base;
        self.transaction(|step| {
            let shifted: Vec<_>;
            let mut rest = results;
            if base > 0 {
                let here = |result: &ChangeResult| ChangeResult { op_no: result.op_no + base, ..result.clone() };
                shifted = results.iter().map(here).collect();
                rest = &shifted;
            }
            while let Some((first, others)) = rest.split_first() {
                let run = plain_run(rest);
                if run > 1 {
                    step.keep_run(&rest[..run])?;
                    rest = &rest[run..];
                } else {
                    step.keep(first)?;
                    rest = others;
                }
            }
            let acked = results.iter().map(|result| result.op_no).max().unwrap_or(0);
            if base == restore::base(step.tx)? && acked > meta::get_int(step.tx, "acked")? {
                meta::set(step.tx, "acked", &acked.to_string())?;
            }
            has_pending(step.tx)
        })
    }

    /// Takes a frame of rows in and moves the staging cursor of its entity.
    ///
    /// # Errors
    /// If SQLite fails; the frame is then fetched again.
    pub fn stage(&mut self, rows: Rows) -> Result<()> {
        self.unstaged.bytes += rows.body.len();
        self.unstaged.frames.push(rows);
        if self.unstaged.bytes > MEMORY_BYTES { self.stage_to_disk() } else { Ok(()) }
    }

    /// Everything up to the end's revision is staged now, in memory or on disk. Lost with the process, which then asks again.
    pub fn hold(&mut self, end: &End) {
        self.unstaged.through = self.unstaged.through.max(end.rev);
    }

    fn stage_to_disk(&mut self) -> Result<()> {
        let unstaged = std::mem::take(&mut self.unstaged);
        self.transaction(|step| {
            for frame in &unstaged.frames {
                let head = encoded(&frame.head)?;
                if !is_planted(Bug::CursorBeforeRows) {
                    step.tx
                        .prepare_cached("INSERT INTO staged (entity, head, body) VALUES (?1, ?2, ?3)")?
                        .execute((&frame.head.entity, head, &frame.body))?;
                }
                step.tx
                    .prepare_cached("UPDATE cursor SET staged = ?2 WHERE entity = ?1")?
                    .execute((&frame.head.entity, frame.head.through))?;
            }
            step.tx.execute("UPDATE cursor SET staged = max(staged, ?1)", [unstaged.through])?;
            Ok(())
        })
    }

    /// Puts staged frames on disk at once, as memory pressure would. For the simulation, whose frames are tiny.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn flush_staging(&mut self) -> Result<()> {
        if self.unstaged.frames.is_empty() { Ok(()) } else { self.stage_to_disk() }
    }

    /// Whether changes wait to be sent.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn has_pending(&self) -> Result<bool> {
        has_pending(&self.conn)
    }
}

/// How many results from the front were applied one after the other, as a long outbox mostly is: number and revision both
/// count up by one.
fn plain_run(results: &[ChangeResult]) -> usize {
    let shift = |result: &ChangeResult| match result.outcome {
        Outcome::Applied { rev: Some(rev) } => Some(rev - result.op_no),
        _ => None,
    };
    let Some(by) = results.first().and_then(shift) else { return 0 };
    let follows = |pair: &[ChangeResult]| pair[1].op_no == pair[0].op_no + 1 && shift(&pair[1]) == Some(by);
    1 + results.windows(2).take_while(|pair| follows(pair)).count()
}

impl Step<'_> {
    /// [`Step::keep`] for a [`plain_run`], in one statement.
    fn keep_run(&mut self, run: &[ChangeResult]) -> Result<()> {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return Ok(()) };
        let Outcome::Applied { rev: Some(rev) } = first.outcome else { return Ok(()) };
        let mut statement = self.tx.prepare_cached(
            "UPDATE op SET state = 'answered', answered_at = ?4, outcome = json_object('outcome', 'applied', 'rev', op_no + ?3)
             WHERE op_no BETWEEN ?1 AND ?2 AND answered_at IS NULL",
        )?;
        statement.execute((first.op_no, last.op_no, rev - first.op_no, self.env.now()))?;
        Ok(())
    }

    fn keep(&mut self, result: &ChangeResult) -> Result<()> {
        let refused = matches!(result.outcome, Outcome::Refused { .. });
        let state = match refused {
            true if is_planted(Bug::DropsRefused) => "dropped",
            true => "parked",
            false => "answered",
        };
        let outcome = encoded(&result.outcome)?;
        let mut statement = self.tx.prepare_cached(
            "UPDATE op SET answered_at = ?4, open = ?2 = 'answered' AND state = 'pending',
                 outcome = CASE WHEN state = 'pending' OR ?2 = 'answered' THEN ?3 ELSE outcome END,
                 state = CASE WHEN state = 'pending' OR ?2 = 'answered' THEN ?2 ELSE state END
             WHERE op_no = ?1 AND answered_at IS NULL RETURNING entity, row_id",
        )?;
        let mut found = statement.query((result.op_no, state, outcome, self.env.now()))?;
        let Some(row) = found.next()?.filter(|_| refused) else { return Ok(()) };
        let of = Stored(row).row_of(0, self.schema);
        drop(found);
        // An entry that was put aside may say nothing of its row any more.
        match of {
            Some((entity, id)) => inbound_log::settle(self.tx, entity, id, self.env.now()),
            None => Ok(()),
        }
    }
}

pub(super) fn has_pending(conn: &Connection) -> Result<bool> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM op INDEXED BY op_state WHERE state = 'pending')
             OR EXISTS (SELECT 1 FROM op INDEXED BY op_state WHERE {UNTOLD})"
    );
    Ok(conn.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
}

fn incarnation(conn: &Connection) -> Result<u32> {
    let number = meta::int(conn, "incarnation")?;
    u32::try_from(number).map_err(|_| {
        NodeError::new(
            Code::StoreCorrupt,
            format!("the records file says {number} for its incarnation, which none has"),
        )
    })
}

fn encoded(what: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(what).map_err(|error| NodeError::new(Code::Internal, format!("cannot be kept: {error}")))
}

/// The next changes to send, in order, within the limits of one exchange and without splitting a group; and whether more wait.
/// Those among them that cannot be read are named instead; then nothing of this may be sent.
fn outbox(conn: &Connection, schema: &Schema, replica: Uuid, batch: usize) -> Result<Outbox> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {CHANGE}, octet_length(fields) FROM op INDEXED BY op_state WHERE state = 'pending' ORDER BY op_no LIMIT ?1"
    ))?;
    let mut found = statement.query([i64::try_from(batch + 1).unwrap_or(i64::MAX)])?;
    let mut waiting = damage::untold(conn, replica)?.into_iter().map(|change| (change, 0_usize)).collect::<Vec<_>>();
    let mut damaged = Vec::new();
    while let Some(row) = found.next()? {
        match Stored(row).change(schema) {
            Ok(change) => {
                let length: i64 = row.get(10)?;
                waiting.push((change, usize::try_from(length).unwrap_or(usize::MAX / 2)));
            }
            Err(why) => damaged.push((row.get(0)?, why)),
        }
    }
    waiting.sort_by_key(|(change, _)| change.op_no);
    let mut changes: Vec<Change> = Vec::new();
    let mut bytes = 0_usize;
    for (change, length) in waiting {
        bytes = bytes.saturating_add(length).saturating_add(320);
        if changes.len() == batch || (bytes > BATCH_BYTES && !changes.is_empty()) {
            if let Some(group) = change.group {
                // A group travels whole, so it waits for the next exchange, unless it alone fills this one.
                let whole: Vec<Change> =
                    changes.iter().filter(|earlier| earlier.group != Some(group)).cloned().collect();
                if !whole.is_empty() {
                    changes = whole;
                }
            }
            return Ok((changes, true, damaged));
        }
        changes.push(change);
    }
    Ok((changes, false, damaged))
}

/// What an exchange sends, whether more waits, and what cannot be read.
type Outbox = (Vec<Change>, bool, Vec<(i64, Damaged)>);
