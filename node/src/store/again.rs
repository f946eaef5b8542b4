//! A refused or damaged change goes out once more: as a new change, with what hangs on it.

use super::save::Act;
use super::{Save, Step, journal, overlay, rows};
use crate::{NodeError, Result};
use pems_model::Code;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Step<'_> {
    /// Puts a parked change back into the outbox as a new change, together with what was parked because of it: its group,
    /// later edits of its row, and rows that hang on it.
    pub(super) fn send_again(&mut self, change_id: Uuid, act: Act) -> Result<()> {
        let parked = self.parked()?;
        let found = parked.iter().find(|entry| entry.id == change_id).and_then(|entry| Some((entry, entry.row_id?)));
        let Some((first, row)) = found else {
            return Err(NodeError::new(
                Code::NotFound,
                "this change is not waiting for a decision; look at the list again",
            ));
        };
        let (group, number) = (first.group, first.op_no);
        self.send_hanging(&parked, row, group, BTreeSet::from([number]), act)
    }

    /// The changes that the hub refused and that can be read: what is damaged is never sent again.
    fn parked(&self) -> Result<Vec<journal::JournalEntry>> {
        let mut parked = journal::entries(self.tx, self.replica, "state = 'parked'", [])?;
        parked.retain(|entry| entry.damaged.is_none());
        Ok(parked)
    }

    /// Sends what a damaged change is known to have been, as a new one, and what was refused because of it.
    pub(super) fn send_what_was_seen(&mut self, entry: &journal::JournalEntry, act: Act) -> Result<()> {
        let seen = entry.outcome.as_ref().map_or(&Json::Null, |outcome| &outcome["seen"]);
        let entity = entry.entity.clone();
        let act = Act { group: entry.group, ..act };
        let id = match (entry.row_id, &seen["fields"], seen["delete"].as_bool()) {
            (Some(id), Json::Object(fields), _) => {
                self.save(&Save { entity, id: Some(id), fields: fields.clone() }, act)?;
                id
            }
            (Some(id), _, Some(true)) => {
                self.delete(&entity, id, act)?;
                id
            }
            _ => {
                let message =
                    "what this change was cannot be read any more, so it is not sent; type it again, then let this go";
                return Err(NodeError::new(Code::Conflict, message));
            }
        };
        self.tx.execute("UPDATE op SET state = 'retried' WHERE op_no = ?1", [entry.op_no])?;
        let parked = self.parked()?;
        self.send_hanging(&parked, id, entry.group, BTreeSet::new(), act)
    }

    /// Sends refused changes again: the chosen ones, and what belongs to a row or a group that goes out.
    fn send_hanging(
        &mut self,
        parked: &[journal::JournalEntry],
        row: Uuid,
        group: Option<Uuid>,
        mut chosen: BTreeSet<i64>,
        act: Act,
    ) -> Result<()> {
        let mut rows_back = BTreeSet::from([row]);
        let mut groups: BTreeSet<Uuid> = group.into_iter().collect();
        loop {
            let before = chosen.len();
            for entry in parked {
                let hangs = entry.fields.as_object().into_iter().flat_map(Map::values).any(|value| {
                    // Any text that reads as an id may be a link; what does not is none.
                    matches!(value.as_str().map(Uuid::parse_str), Some(Ok(id)) if rows_back.contains(&id))
                });
                if hangs
                    || entry.row_id.is_some_and(|row| rows_back.contains(&row))
                    || entry.group.is_some_and(|group| groups.contains(&group))
                {
                    chosen.insert(entry.op_no);
                    rows_back.extend(entry.row_id);
                    groups.extend(entry.group);
                }
            }
            if chosen.len() == before {
                break;
            }
        }
        for entry in parked.iter().filter(|entry| chosen.contains(&entry.op_no)) {
            self.enqueue_again(entry, act)?;
        }
        Ok(())
    }

    fn enqueue_again(&mut self, entry: &journal::JournalEntry, act: Act) -> Result<()> {
        let (entity, Some(id)) = (self.entity(&entry.entity)?, entry.row_id) else { return Ok(()) };
        let current = rows::load(self.tx, entity, id)?;
        overlay::remember_hub_state(self.tx, entity, id, current.as_ref())?;
        let op_no = self.next_op_no()?;
        let rev = current.map_or(0, |row| row.rev);
        self.tx.prepare_cached(
            "INSERT INTO op (op_no, change_id, entity, row_id, kind, base_rev, fields, before, grp, user_id, at, act, state)
             SELECT ?1, ?2, entity, row_id, kind, ?3, fields, before, grp, user_id, at, ?4, 'pending' FROM op WHERE op_no = ?5",
        )?
        .execute((op_no, self.env.new_id().as_bytes(), rev, act.id.as_bytes(), entry.op_no))?;
        self.tx.execute("UPDATE op SET state = 'retried' WHERE op_no = ?1", [entry.op_no])?;
        overlay::settle(self.tx, entity, id)
    }
}

/// What a record showed of a damaged change.
pub(super) fn seen(entry: &journal::JournalEntry) -> Option<&Json> {
    entry.outcome.as_ref()?.get("seen")?.get("fields")
}
