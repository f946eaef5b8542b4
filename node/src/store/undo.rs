//! Taking back a whole act (an import, a bulk edit): new changes that restore what was, so every office follows.

use super::save::{Act, WAS_DELETED};
use super::{Save, Step, Store, journal, rows};
use crate::{NodeError, Result};
use pems_model::{Code, Entity, Row};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use uuid::Uuid;

/// What an undo did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Undone {
    /// The act that takes the undo back.
    pub act: Uuid,
    /// Records that the act had made and that are deleted now.
    pub removed: usize,
    /// Records that are as they were before it.
    pub restored: usize,
    /// Rows that somebody changed since; they are left as they are now.
    pub left: Vec<Uuid>,
}

/// Records that make no sense apart: where one of an act was changed since, all of the act stays.
const WHOLE: [&str; 3] = ["enrolment", "enrolment_event", "section_membership"];

impl Store {
    /// Takes back everything that was saved under `act`, newest first, all or nothing. A row that was changed since is left
    /// alone and named, with everything that has to stay with it.
    ///
    /// # Errors
    /// `not_found` for an act that this office did not do; `conflict` where other records hang on what it made, or where it
    /// was changed since so that nothing, or only half of what belongs together, could be taken back.
    pub fn undo(&mut self, act: Uuid) -> Result<Undone> {
        self.undo_if(act, |_| Ok(()))
    }

    /// As [`Store::undo`], where `check` has the last word: it sees the records as they would be.
    ///
    /// # Errors
    /// As [`Store::undo`], and what `check` said; nothing is taken back then.
    pub(crate) fn undo_if(&mut self, act: Uuid, check: impl FnOnce(&Connection) -> Result<()>) -> Result<Undone> {
        let undo = self.new_act();
        self.transaction(|step| {
            let mut entries = journal::entries(
                step.tx,
                step.replica,
                "act = ?1 AND state NOT IN ('retried', 'dropped', 'damaged')",
                [act.as_bytes()],
            )?;
            if entries.is_empty() {
                return Err(NodeError::new(Code::NotFound, format!("nothing was saved under {act} on this device")));
            }
            let since = Since::read(step.tx, act, entries[0].op_no)?;
            entries.reverse();
            let mut undone = Undone { act: undo.id, ..Undone::default() };
            let mut why = None;
            for together in entries.chunk_by(|one, next| one.group == next.group) {
                why = step.undo_together(together, &since, undo, &mut undone)?.or(why);
            }
            match why {
                Some(why) if undone.removed + undone.restored == 0 => return Err(why),
                _ => check(step.tx)?,
            }
            Ok(undone)
        })
    }
}

impl Step<'_> {
    /// Takes back what travelled together as a group of its own, or leaves all of it and says why. Rows that did not travel
    /// together are taken back one by one.
    fn undo_together(
        &mut self,
        entries: &[journal::JournalEntry],
        since: &Since,
        act: Act,
        undone: &mut Undone,
    ) -> Result<Option<NodeError>> {
        let mut why = None;
        if entries.first().is_none_or(|entry| entry.group.is_none()) {
            for entry in entries {
                if !self.undo(entry, since, act, undone)? {
                    let left = self.why_left(entry)?;
                    if WHOLE.contains(&entry.entity.as_str()) {
                        return Err(left);
                    }
                    why = Some(left);
                    undone.left.push(named(entry));
                }
            }
            return Ok(why);
        }
        let act = Act { group: Some(self.env.new_id()), ..act };
        let mut tried = undone.clone();
        let outcome = self.attempt(|step| {
            for entry in entries {
                if !step.undo(entry, since, act, &mut tried)? {
                    return Err(step.why_left(entry)?);
                }
            }
            Ok(())
        })?;
        match outcome {
            Ok(()) => *undone = tried,
            Err(error) if error.code == Code::Conflict => {
                undone.left.extend(entries.iter().map(named));
                why = Some(error);
            }
            Err(error) => return Err(error),
        }
        Ok(why)
    }

    /// Takes back one change; `false` where the row was changed since.
    fn undo(&mut self, entry: &journal::JournalEntry, since: &Since, act: Act, undone: &mut Undone) -> Result<bool> {
        let (None, Some(id), Json::Object(fields)) = (&entry.damaged, entry.row_id, &entry.fields) else {
            return Ok(false);
        };
        let entity = self.entity(&entry.entity)?;
        let Some(row) = rows::load(self.tx, entity, id)? else { return Ok(true) };
        let untouched = fields.iter().all(|(name, after)| row.get(entity, name).to_json() == *after);
        match (&entry.before, entry.kind.as_str()) {
            (_, "delete") if !row.is_live() => {
                self.save(&Save { entity: entry.entity.clone(), id: Some(row.id), fields: Map::new() }, act)?;
                undone.restored += 1;
            }
            // A row goes only if nobody put anything into it that would go with it.
            (None, "upsert")
                if row.is_live() && untouched && since.is_ours(entry, &row) && {
                    entity
                        .fields
                        .iter()
                        .zip(&row.values)
                        .all(|(field, value)| value.is_null() || fields.contains_key(field.name))
                } =>
            {
                self.delete(&entry.entity, row.id, act)?;
                undone.removed += 1;
            }
            (Some(Json::Object(before)), "upsert") if row.is_live() && untouched => {
                let mut fields = before.clone();
                let was_deleted = fields.remove(WAS_DELETED).is_some();
                if was_deleted && !since.is_ours(entry, &row) {
                    return Ok(false);
                }
                self.save(&Save { entity: entry.entity.clone(), id: Some(row.id), fields }, act)?;
                if was_deleted {
                    self.delete(&entry.entity, row.id, act)?;
                    undone.removed += 1;
                } else {
                    undone.restored += 1;
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// What is left as it is: the record, or the change itself where that cannot be read.
fn named(entry: &journal::JournalEntry) -> Uuid {
    entry.row_id.unwrap_or(entry.id)
}

impl Step<'_> {
    fn why_left(&self, entry: &journal::JournalEntry) -> Result<NodeError> {
        let Some(why) = &entry.damaged else { return Ok(changed_since(self.entity(&entry.entity)?)) };
        let message = format!(
            "what was done then cannot be taken back: a change of it is damaged in the records file ({why}); look at the record and change it there"
        );
        Ok(NodeError::new(Code::Conflict, message))
    }
}

fn changed_since(entity: &Entity) -> NodeError {
    let message = format!(
        "what was done then cannot be taken back: {} was changed again since; look at it and change it there",
        entity.label
    );
    NodeError::new(Code::Conflict, message)
}

/// The changes of this PC to the rows of an act, since the act: by row, in their order.
struct Since(HashMap<Uuid, Vec<Ours>>);

struct Ours {
    op_no: i64,
    base: i64,
    /// The revision that the hub answered.
    rev: Option<i64>,
    /// Others changed the row between `base` and `rev`.
    beside: bool,
}

impl Since {
    fn read(conn: &Connection, act: Uuid, first: i64) -> Result<Since> {
        let mut statement = conn.prepare_cached(
            "SELECT row_id, op_no, base_rev, CASE WHEN json_valid(outcome) THEN json_extract(outcome, '$.rev') END,
                 CASE WHEN json_valid(outcome) THEN coalesce(json_extract(outcome, '$.outcome') IN ('merged', 'conflict'), 0)
                     ELSE outcome IS NOT NULL END
             FROM op WHERE op_no >= ?2 AND state NOT IN ('parked', 'retried', 'dropped', 'damaged')
                 AND row_id IN (SELECT row_id FROM op WHERE act = ?1) ORDER BY op_no",
        )?;
        let mut since: HashMap<Uuid, Vec<Ours>> = HashMap::new();
        let mut found = statement.query((act.as_bytes(), first))?;
        while let Some(row) = found.next()? {
            // What no longer says which row it was is left as it is by the undo itself.
            let Ok(id) = journal::Stored(row).id(0, "row_id") else { continue };
            let ours = Ours { op_no: row.get(1)?, base: row.get(2)?, rev: row.get(3)?, beside: row.get(4)? };
            since.entry(id).or_default().push(ours);
        }
        Ok(Since(since))
    }

    /// Whether nobody else changed the row since this change: each of its revisions is the answer to a change of this PC.
    fn is_ours(&self, entry: &journal::JournalEntry, row: &Row) -> bool {
        let mut revs = vec![entry.base_rev];
        for ours in self.0.get(&row.id).into_iter().flatten().filter(|ours| ours.op_no >= entry.op_no) {
            if ours.beside || !revs.contains(&ours.base) {
                return false;
            }
            revs.extend(ours.rev);
        }
        revs.contains(&row.rev)
    }
}

#[cfg(test)]
mod tests {
    use crate::app::enrolment::tests::office;
    use crate::store::Save;
    use pems_model::Role;
    use serde_json::json;

    #[test]
    fn what_was_undone_and_done_again_can_be_undone_again() {
        let store = &mut office(Role::Registrar).store;
        let fields = json!({ "last_name": "Cruz", "first_name": "Ana" }).as_object().cloned().expect("an object");
        let save = Save { entity: "student".into(), id: None, fields };
        let (made, saved) = store.act(|work| work.save(&save)).expect("saved");
        let live = |store: &crate::Store| store.get("student", saved.row.id).expect("read").expect("a row").is_live();
        let undone = store.undo(made).expect("undone");
        assert!(!live(store));
        let redone = store.undo(undone.act).expect("done again");
        assert!(live(store));
        let gone = store.undo(redone.act).expect("undone again");
        assert!(!live(store), "a row that came back can go again");
        assert_eq!((gone.removed, gone.left.len()), (1, 0));
    }
}
