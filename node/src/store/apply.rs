//! The end of a pull: everything staged becomes visible in one transaction, together with the cursors (promise 4).

use super::journal::Stored;
use super::{GiveWay, Step, Store, devices, meta, overlay, rows, staging, status, trouble};
use crate::store::inbound_log;
use crate::{NodeError, Result};
use pems_model::digest::{Digest, combined};
use pems_model::frame::{MAX_FRAME, Rows, RowsHead};
use pems_model::wire::End;
use pems_model::{Code, Entity, Row, ddl::sqlite, pgcopy};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// From how many rows on an empty table is filled first and indexed afterwards.
const BULK_ROWS: usize = 2_000;
/// Sent changes are kept this long where the hub has no backup: 30 days in microseconds.
const JOURNAL_KEPT: i64 = 30 * 24 * 3600 * 1_000_000;
/// What a learner's history is made of is kept for a school year and some: 400 days.
const HISTORY_KEPT: i64 = 400 * 24 * 3600 * 1_000_000;
/// A day in microseconds.
const PRUNE_EVERY: i64 = 24 * 3600 * 1_000_000;

/// What a pull changed, so that screens know what to read again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// How many rows the hub sent.
    pub rows: usize,
    /// Of which kinds, each once.
    pub entities: Vec<&'static str>,
    /// Whether changes still wait to be sent.
    pub pending: bool,
}

impl Store {
    /// Applies everything staged and moves the cursors to `end.rev`.
    ///
    /// # Errors
    /// If SQLite fails or a frame is damaged; then nothing changes, and a damaged frame is fetched again.
    pub fn apply(&mut self, end: &End) -> Result<Applied> {
        let memory = std::mem::take(&mut self.unstaged);
        let outcome = self.giving_way(|store, way| store.transaction(|step| step.apply(&memory.frames, end, way)));
        if outcome.as_ref().is_err_and(|error| error.code == Code::StoreCorrupt) {
            self.forget_staging()?;
        }
        outcome
    }

    /// Throws staged rows away and asks for them again from the last applied revision.
    fn forget_staging(&mut self) -> Result<()> {
        self.transaction(|step| {
            step.tx.execute("DELETE FROM staged", [])?;
            let rev = meta::get_int(step.tx, "rev")?;
            step.tx.execute("UPDATE cursor SET staged = min(staged, ?1)", [rev])?;
            Ok(())
        })
    }
}

impl Step<'_> {
    fn apply(&mut self, memory: &[Rows], end: &End, way: &GiveWay) -> Result<Applied> {
        let mut answered = self.answered_rows()?;
        // By the hub's clock: the journal must not grow old because this PC's clock jumped.
        let sent =
            "UPDATE op INDEXED BY op_state SET state = 'sent', open = 0, answered_at = ?1 WHERE state = 'answered'";
        self.tx.execute(sent, [end.hub_time])?;
        let mut applied = Applied::default();
        let mut digests = status::read_digests(self.tx, self.schema)?;
        let staged = read_staged(self.tx)?;
        let mut by_entity: BTreeMap<usize, Vec<&Rows>> = BTreeMap::new();
        for frame in staged.iter().chain(memory) {
            if let Some(index) = self.schema.index(&frame.head.entity) {
                by_entity.entry(index).or_default().push(frame);
            }
        }
        for (index, frames) in by_entity {
            let entity = self.schema.entities()[index];
            let fresh = decode(entity, &frames)?;
            applied.rows += fresh.len();
            applied.entities.push(entity.name);
            let digest = digests.entry(entity.name.to_owned()).or_default();
            if fresh.len() >= BULK_ROWS && is_empty(self.tx, entity)? {
                fill(self.tx, entity, &fresh, digest, way)?;
                inbound_log::note_all(self.tx, entity, self.env.now())?;
            } else {
                self.replace(index, &fresh, digest, &mut answered, way)?;
            }
        }
        // Answered, but the hub's row did not move (a conflict that was lost): the overlay goes all the same.
        for (index, id) in &answered {
            inbound_log::settle(self.tx, self.schema.entities()[*index], *id, self.env.now())?;
        }
        self.finish(end, &digests)?;
        applied.pending = staging::has_pending(self.tx)?;
        Ok(applied)
    }

    fn answered_rows(&self) -> Result<BTreeSet<(usize, Uuid)>> {
        let mut statement =
            self.tx.prepare_cached("SELECT entity, row_id FROM op INDEXED BY op_state WHERE state = 'answered'")?;
        let mut found = statement.query([])?;
        let mut rows = BTreeSet::new();
        while let Some(row) = found.next()? {
            // The hub has what was answered; where the file no longer says which row it was, a later pull brings it.
            if let Some((entity, id)) = Stored(row).row_of(0, self.schema)
                && let Some(index) = self.schema.index(entity.name)
            {
                rows.insert((index, id));
            }
        }
        Ok(rows)
    }

    /// Puts hub rows in place of what is there, below whatever is still unsent.
    pub(super) fn replace(
        &self,
        index: usize,
        fresh: &[Row],
        digest: &mut Digest,
        answered: &mut BTreeSet<(usize, Uuid)>,
        way: &GiveWay,
    ) -> Result<()> {
        let entity = self.schema.entities()[index];
        let mut drop_shadow = self.tx.prepare("DELETE FROM shadow WHERE entity = ?1 AND row_id = ?2")?;
        let mut set_shadow = self.tx.prepare("UPDATE shadow SET row = ?3 WHERE entity = ?1 AND row_id = ?2")?;
        let mut upsert = self.tx.prepare(&rows::upsert_sql(entity))?;
        let mut visible = self.tx.prepare(&format!("{} WHERE id = ?1", rows::select(entity)))?;
        let mut confirm = self.tx.prepare(&format!("UPDATE {} SET rev = ?2 WHERE id = ?1", entity.name))?;
        let (watched, now) = (inbound_log::is_watched(entity), self.env.now());
        let mut unreadable = false;
        for row in fresh {
            way.check()?;
            // What is damaged here is not lost: this is the hub's own state of it.
            let mut whole = |read: Result<Option<Row>>| match read {
                Err(error) if error.code == Code::StoreCorrupt => {
                    unreadable = true;
                    Ok(None)
                }
                read => read,
            };
            let (shadow, old) = match rows::shadow(self.tx, entity, row.id) {
                Ok(None) => (false, whole(rows::load(self.tx, entity, row.id))?),
                Ok(Some(hub)) => (true, hub),
                Err(damaged) => (true, whole(Err(damaged))?),
            };
            if let Some(old) = &old {
                if old.rev > row.rev {
                    continue;
                }
                digest.remove(entity, old);
            }
            digest.add(entity, row);
            if shadow && !overlay::readable_changes(self.tx, entity, row.id)?.is_empty() {
                set_shadow.execute((entity.name, row.id.as_bytes(), rows::to_shadow(entity, row)))?;
                inbound_log::settle(self.tx, entity, row.id, now)?;
                continue;
            }
            // An edit of this office comes back as it was sent, mostly: then only the revision is new, and no index moves.
            let seen = if shadow { whole(rows::load_with(&mut visible, entity, row.id))? } else { None };
            if watched {
                let before = if shadow { seen.as_ref() } else { old.as_ref() };
                inbound_log::note(self.tx, entity, before, Some(row), now)?;
            }
            if seen.is_some_and(|seen| seen.values == row.values && seen.is_live() && row.is_live()) {
                confirm.execute((row.id.as_bytes(), row.rev))?;
            } else {
                rows::write_with(&mut upsert, entity, row)?;
            }
            if shadow {
                drop_shadow.execute((entity.name, row.id.as_bytes()))?;
                answered.remove(&(index, row.id));
            }
        }
        // What a damaged row was cannot be taken off the digest, so it is made anew. Where another row is damaged that cannot be
        // done, and the comparison with the hub's says that this copy is not to be trusted.
        if unreadable && let Ok(anew) = status::digest_of(self.tx, entity) {
            *digest = anew;
        }
        Ok(())
    }

    fn finish(&self, end: &End, digests: &BTreeMap<String, Digest>) -> Result<()> {
        let mut set = self.tx.prepare_cached("UPDATE cursor SET staged = ?2, digest = ?3 WHERE entity = ?1")?;
        for (name, digest) in digests {
            set.execute((name, end.rev, digest.to_hex()))?;
        }
        self.tx.execute("DELETE FROM staged", [])?;
        let now = self.env.now();
        let mine = combined(digests.iter().map(|(name, digest)| (name.as_str(), *digest)));
        let level = end.digest.as_ref().is_none_or(|theirs| *theirs == mine);
        meta::set(self.tx, "rev", &end.rev.to_string())?;
        meta::set(self.tx, "epoch", &end.epoch.to_string())?;
        meta::set(self.tx, "last_contact", &now.to_string())?;
        meta::set(self.tx, "clock_offset", &end.hub_time.saturating_sub(now).to_string())?;
        meta::set(self.tx, "diverged", if level { "0" } else { "1" })?;
        if let Some(known) = &end.devices {
            devices::keep(self.tx, self.replica, known)?;
        }
        trouble::clear(self.tx)?;
        self.prune_journal(end.hub_time)
    }

    /// Forgets old sent changes, once a day by the hub's clock: finding them reads the whole journal.
    fn prune_journal(&self, now: i64) -> Result<()> {
        if (0..PRUNE_EVERY).contains(&(now - meta::moment(self.tx, "pruned_at")?.unwrap_or(0))) {
            return Ok(());
        }
        let old = format!(
            "DELETE FROM op WHERE state = 'sent' AND answered_at < ?1 AND (answered_at < ?2 OR entity NOT IN {})",
            inbound_log::WATCHED_SQL
        );
        self.tx.execute(&old, [now - JOURNAL_KEPT, now - HISTORY_KEPT])?;
        self.tx.execute("DELETE FROM arrival WHERE at < ?1", [now - HISTORY_KEPT])?;
        meta::set(self.tx, "pruned_at", &now.to_string())
    }
}

/// The rows of an entity in all frames, the latest state of each, in id order.
fn decode(entity: &Entity, frames: &[&Rows]) -> Result<Vec<Row>> {
    let damaged = |reason: String| {
        NodeError::new(Code::StoreCorrupt, format!("rows that came in are damaged ({reason}); they are fetched again"))
    };
    let mut all: Vec<Row> = Vec::with_capacity(frames.iter().map(|frame| frame.head.count as usize).sum());
    for frame in frames {
        let limit = (frame.head.raw_len as usize).min(4 * MAX_FRAME);
        let raw = zstd::bulk::decompress(&frame.body, limit).map_err(|error| damaged(error.to_string()))?;
        for row in pgcopy::Reader::new(&raw, entity, &frame.head.columns) {
            all.push(row.map_err(|error| damaged(error.to_string()))?);
        }
    }
    all.sort_unstable_by(|a, b| a.id.cmp(&b.id).then(b.rev.cmp(&a.rev)));
    all.dedup_by(|later, first| later.id == first.id);
    Ok(all)
}

/// First sync: rows in key order into a table without indexes, then the indexes.
pub(super) fn fill(
    conn: &Connection,
    entity: &Entity,
    fresh: &[Row],
    digest: &mut Digest,
    way: &GiveWay,
) -> Result<()> {
    let indexes = sqlite::indexes(entity);
    for index in &indexes {
        let name = index.split_whitespace().nth(5).unwrap_or_default();
        conn.execute_batch(&format!("DROP INDEX IF EXISTS {name};"))?;
    }
    let columns = sqlite::columns(entity);
    let marks: Vec<String> = (1..=columns.len()).map(|i| format!("?{i}")).collect();
    let sql = format!("INSERT INTO {} ({}) VALUES ({})", entity.name, columns.join(", "), marks.join(", "));
    let mut insert = conn.prepare(&sql)?;
    for row in fresh {
        way.check()?;
        digest.add(entity, row);
        rows::write_with(&mut insert, entity, row)?;
    }
    indexes.iter().try_for_each(|index| conn.execute_batch(index))?;
    Ok(())
}

pub(super) fn is_empty(conn: &Connection, entity: &Entity) -> Result<bool> {
    let sql = format!(
        "SELECT NOT EXISTS (SELECT 1 FROM {0}) AND NOT EXISTS (SELECT 1 FROM shadow WHERE entity = '{0}')",
        entity.name
    );
    Ok(conn.query_row(&sql, [], |row| row.get(0))?)
}

fn read_staged(conn: &Connection) -> Result<Vec<Rows>> {
    let mut statement = conn.prepare_cached("SELECT head, body FROM staged ORDER BY seq")?;
    let mut found = statement.query([])?;
    let damaged = || NodeError::new(Code::StoreCorrupt, "a staged frame is damaged; it is fetched again");
    let mut frames = Vec::new();
    while let Some(row) = found.next()? {
        let head = Stored(row).object(0, "head").map_err(|_| damaged())?;
        let head: RowsHead = serde_json::from_value(head.into()).map_err(|_| damaged())?;
        frames.push(Rows { head, body: row.get(1).map_err(|_| damaged())? });
    }
    Ok(frames)
}
