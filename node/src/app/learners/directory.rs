//! Every learner of the school in memory, as the list and the search box need them: a search answers in a few milliseconds,
//! also at 20,000 learners, because nothing is decrypted or joined for a keystroke.
//!
//! Invariants: the directory is never older than the file at the moment of the question. What this or another program saved
//! stands in the outbox, what came from elsewhere in the arrivals: both are numbered, and only the rows above the numbers that
//! were seen last are read again.

use super::entry::{Entry, Year};
use super::load;
use super::near::Names;
use crate::app::learners::prefetch::Ahead;
use crate::store::inbound_log::WATCHED_SQL;
use crate::{Result, Store};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// From how many changed rows on everything is read again at once, which is then quicker.
const MANY: usize = 2_000;

/// How far the directory has followed the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    op: i64,
    arrival: i64,
}

/// The learners of the school, and its school years.
#[derive(Debug, Default)]
pub struct Directory {
    mark: Option<Mark>,
    /// What another thread reads for the first question.
    ahead: Option<Ahead<Directory>>,
    pub(super) entries: Vec<Entry>,
    by_id: HashMap<Uuid, usize>,
    pub(super) years: Vec<Year>,
    /// Another number whenever something in here changed: an answer that was worked out before is then worked out again.
    pub(super) version: u64,
    /// The words of the names, for what is typed with a wrong letter.
    names: Option<Names>,
}

impl Directory {
    /// Follows the file. Cheap where nothing happened.
    ///
    /// # Errors
    /// If SQLite fails; then the directory is read anew at the next question.
    pub(super) fn follow(&mut self, store: &Store) -> Result<()> {
        if let Some(read) = self.ahead.take().and_then(Ahead::wait) {
            *self = read;
        }
        let now = mark(store)?;
        let Some(seen) = self.mark.take() else { return self.read(store, now) };
        if seen != now {
            match changed(store, seen)? {
                Some(learners) if learners.len() <= MANY => self.refresh(store, &learners)?,
                _ => return self.read(store, now),
            }
        }
        self.mark = Some(now);
        Ok(())
    }

    /// Begins to read on another thread, by another connection to the same file.
    pub(super) fn read_ahead(&mut self, store: Store) {
        self.ahead = Some(Ahead::start(move || Directory::whole(&store)));
    }

    /// All of it, the words of the names too.
    pub(super) fn whole(store: &Store) -> Result<Directory> {
        let mut directory = Directory::default();
        directory.follow(store)?;
        directory.names();
        Ok(directory)
    }

    #[cfg(test)]
    pub(super) fn after(ahead: Ahead<Directory>) -> Directory {
        Directory { ahead: Some(ahead), ..Directory::default() }
    }

    fn read(&mut self, store: &Store, now: Mark) -> Result<()> {
        self.years = load::years(store)?;
        self.entries = load::entries(store, &self.years, None)?;
        self.by_id = self.entries.iter().enumerate().map(|(at, entry)| (entry.id, at)).collect();
        self.version += 1;
        self.names = None;
        self.mark = Some(now);
        Ok(())
    }

    fn refresh(&mut self, store: &Store, learners: &BTreeSet<Uuid>) -> Result<()> {
        for id in learners {
            let fresh = load::entries(store, &self.years, Some(*id))?.pop();
            match (fresh, self.by_id.get(id).copied()) {
                (Some(entry), Some(at)) => {
                    self.entries[at] = entry;
                    self.renames(at);
                }
                (Some(entry), None) => {
                    self.by_id.insert(*id, self.entries.len());
                    self.entries.push(entry);
                    self.renames(self.entries.len() - 1);
                }
                (None, Some(at)) => {
                    self.entries.swap_remove(at);
                    self.by_id.remove(id);
                    self.renames(at);
                    self.renames(self.entries.len());
                    if let Some(moved) = self.entries.get(at) {
                        self.by_id.insert(moved.id, at);
                    }
                }
                (None, None) => {}
            }
        }
        if !learners.is_empty() {
            self.version += 1;
        }
        Ok(())
    }

    fn renames(&mut self, at: usize) {
        if self.names.as_mut().is_some_and(|names| !names.changes(at)) {
            self.names = None;
        }
    }

    /// The words of the names as they are now.
    pub(super) fn names(&mut self) -> (&Names, &[Entry]) {
        (self.names.get_or_insert_with(|| Names::of(&self.entries)), &self.entries)
    }

    pub(super) fn get(&self, id: Uuid) -> Option<&Entry> {
        self.by_id.get(&id).map(|at| &self.entries[*at])
    }
}

fn mark(store: &Store) -> Result<Mark> {
    let number = |sql: &str| store.conn().prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0));
    Ok(Mark {
        op: number("SELECT coalesce(max(op_no), 0) FROM op")?,
        arrival: number("SELECT coalesce(max(seq), 0) FROM arrival")?,
    })
}

/// The learners whose entries may differ since `seen`; `None` where that may be any of them.
fn changed(store: &Store, seen: Mark) -> Result<Option<BTreeSet<Uuid>>> {
    let sql = format!(
        "SELECT DISTINCT entity, row_id FROM op WHERE op_no > ?1 AND entity IN {WATCHED_SQL}
         UNION SELECT entity, row_id FROM arrival WHERE seq > ?2"
    );
    let mut statement = store.conn().prepare_cached(&sql)?;
    let mut rows = statement.query((seen.op, seen.arrival))?;
    let (mut learners, mut count) = (BTreeSet::new(), 0);
    while let Some(row) = rows.next()? {
        let (entity, id): (String, [u8; 16]) = (row.get(0)?, row.get(1)?);
        count += 1;
        if count > MANY || id == [0; 16] || matches!(entity.as_str(), "school_year" | "section") {
            return Ok(None);
        }
        learners.extend(load::learners_of(store, &entity, Uuid::from_bytes(id))?);
    }
    Ok(Some(learners))
}
