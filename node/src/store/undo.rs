//! Taking back a whole act (an import, a bulk edit): new changes that restore what was, so every office follows.

use super::save::{Act, WAS_DELETED};
use super::{Save, Step, Store, journal, rows};
use crate::{NodeError, Result};
use pems_model::Code;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// What an undo did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Undone {
    /// The act that takes the undo back.
    pub act: Uuid,
    pub removed: usize,
    pub restored: usize,
    /// Rows that somebody changed since; they are left as they are now.
    pub left: Vec<Uuid>,
}

impl Store {
    /// Takes back everything that was saved under `act`, newest first, all or nothing. A row that was changed since is left
    /// alone and named.
    ///
    /// # Errors
    /// `not_found` for an act that this office did not do; `conflict` where other records hang on what it made.
    pub fn undo(&mut self, act: Uuid) -> Result<Undone> {
        let undo = self.new_act();
        self.transaction(|step| {
            let mut entries =
                journal::entries(step.tx, "act = ?1 AND state NOT IN ('retried', 'dropped')", [act.as_bytes()])?;
            if entries.is_empty() {
                return Err(NodeError::new(Code::NotFound, format!("nothing was saved under {act} on this device")));
            }
            entries.reverse();
            let mut undone = Undone { act: undo.id, ..Undone::default() };
            for entry in &entries {
                step.undo(entry, undo, &mut undone)?;
            }
            Ok(undone)
        })
    }
}

impl Step<'_> {
    fn undo(&mut self, entry: &journal::JournalEntry, act: Act, undone: &mut Undone) -> Result<()> {
        let entity = self.entity(&entry.entity)?;
        let Some(row) = rows::load(self.tx, entity, entry.row_id)? else { return Ok(()) };
        let fields = entry.fields.as_object().cloned().unwrap_or_default();
        let untouched = fields.iter().all(|(name, after)| row.get(entity, name).to_json() == *after);
        match (&entry.before, entry.kind.as_str()) {
            (_, "delete") if !row.is_live() => {
                self.save(&Save { entity: entry.entity.clone(), id: Some(row.id), fields: Map::new() }, act)?;
                undone.restored += 1;
            }
            (None, "upsert") if row.is_live() && untouched => {
                self.delete(&entry.entity, row.id, act)?;
                undone.removed += 1;
            }
            (Some(Json::Object(before)), "upsert") if row.is_live() && untouched => {
                let mut fields = before.clone();
                let was_deleted = fields.remove(WAS_DELETED).is_some();
                self.save(&Save { entity: entry.entity.clone(), id: Some(row.id), fields }, act)?;
                if was_deleted {
                    self.delete(&entry.entity, row.id, act)?;
                    undone.removed += 1;
                } else {
                    undone.restored += 1;
                }
            }
            _ => undone.left.push(row.id),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::desk::enrolment::tests::office;
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
