//! Decisions of conflicts in a push. What a review item says of its record is set once, by the hub, so it is read from there and
//! not from the change.
//!
//! Invariant: nobody is asked about a question. Where two offices decided one differently, neither having seen the other's
//! decision, one of the two values was given up without that its office knows (promise 6): the question is open again.

use super::merge::Merged;
use super::{Known, Push, Work};
use crate::entities::REVIEW_ITEM;
use crate::history::Logged;
use crate::review::{Author, may_decide};
use crate::wire::Change;
use crate::{Code, Entity, Problem, Role, Row, Value};
use uuid::Uuid;

impl Work<'_> {
    /// Makes of a decision that was merged like any edit what it is. One that says what another office decided changes nothing
    /// about it; one that says something else opens the question again, unless writing the record has asked already.
    pub(super) fn decide_once(
        &self,
        inbox: &Entity,
        change: &Change,
        author: Author,
        history: &[Logged],
        merged: &mut Merged,
    ) {
        merged.reviews.clear();
        let (Some(index), Some(state)) = (self.push.schema.index(inbox.name), inbox.field_index("state")) else {
            return;
        };
        let Some(item) = self.rows.get(&(index, change.row_id)) else { return };
        let Some(wanted) = change.fields.get("state").and_then(|state| state.as_str()) else { return };
        let unseen = |entry: &Logged| {
            entry.rev > change.base_rev && entry.by.replica != author.replica && entry.fields.contains(&state)
        };
        let differs = item.values[state].as_text() != Some(wanted) && history.iter().any(unseen);
        if !differs || self.asks_about(inbox, index, item) {
            return;
        }
        let mut open = item.clone();
        open.values[state] = Value::Text("open".into());
        for name in ["resolved_by", "resolved_at"] {
            if let Some(i) = inbox.field_index(name) {
                open.values[i] = Value::Null;
            }
        }
        let pairs = item.values.iter().zip(&open.values).enumerate().filter(|(_, (before, after))| before != after);
        merged.changed = pairs.map(|(i, (before, after))| (i, before.clone(), after.clone())).collect();
        merged.row = (open != *item).then_some(open);
        merged.asked_again = true;
    }

    /// Whether this push has made a question about the same field: the two decisions wrote the record, both of them.
    fn asks_about(&self, inbox: &Entity, index: usize, item: &Row) -> bool {
        let about = |row: &Row| ["entity", "row_id", "field"].map(|name| row.get(inbox, name).clone());
        let items = self.plan.writes.range((index, Uuid::nil())..=(index, Uuid::max()));
        items.filter(|(_, write)| write.before.is_none()).any(|(_, write)| about(&write.after) == about(item))
    }
}

/// What is wrong with a decision by this device and, where there is one, this user.
pub(super) fn refusal(push: &Push<'_>, known: &Known, change: &Change, by: Option<(Uuid, Role)>) -> Option<Problem> {
    if change.entity != REVIEW_ITEM.name {
        return None;
    }
    let item = known.rows.get(&(push.schema.index(REVIEW_ITEM.name)?, change.row_id))?;
    let about = push.schema.entity(item.get(&REVIEW_ITEM, "entity").as_text()?)?;
    let row = item.get(&REVIEW_ITEM, "row_id").as_id()?;
    if may_decide(push.schema, push.role, by, about, row, item.get(&REVIEW_ITEM, "field").as_text()) {
        return None;
    }
    let message = format!(
        "who may not change {} records cannot decide which value of one stays; ask a school admin",
        about.label
    );
    Some(Problem::new(Code::RoleForbidden, message))
}

#[cfg(test)]
#[path = "deciding_tests.rs"]
mod tests;
