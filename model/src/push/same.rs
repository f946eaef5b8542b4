//! Numbers that name one thing in the real world, above all the LRN: where two live rows have the same, somebody is asked.
//!
//! Nothing is refused and nobody loses the number, for either row may be the right one. There is one question for a number,
//! whoever causes it and however often; its id follows from the number, so two offices cannot cause two. It names two of those
//! who have it, and is settled by itself as soon as only one is left.

use super::{LogEntry, Work, changed_fields};
use crate::push::{Holder, Known, Needs};
use crate::review::{Author, REVIEW_ITEM, ReviewKind};
use crate::wire::{Change, ChangeKind, Outcome};
use crate::{Entity, Row, Schema, Value};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The id of the question about a number.
fn question_id(schema: &Schema, tenant: Uuid, number: &Holder) -> Uuid {
    let entity = schema.entities()[number.entity];
    id_of(tenant, entity.name, entity.fields[number.field].name, &number.value)
}

fn id_of(tenant: Uuid, entity: &str, field: &str, number: &str) -> Uuid {
    let text = [ReviewKind::Duplicate.name(), entity, field, number].join("\u{1f}");
    Uuid::new_v5(&tenant, text.as_bytes())
}

/// The id that a question about a number has in a school, from what it says; none for other review items. For a school that is
/// made a copy of another.
pub fn asked_id(inbox: &Entity, item: &Row, tenant: Uuid) -> Option<Uuid> {
    let said = |name: &str| item.get(inbox, name).as_text();
    if inbox.name != REVIEW_ITEM || said("kind") != Some(ReviewKind::Duplicate.name()) {
        return None;
    }
    // What is no text is no number, so nothing was asked about it.
    let Ok::<String, _>(number) = serde_json::from_str(said("lost_value")?) else { return None };
    Some(id_of(tenant, said("entity")?, said("field")?, &number))
}

/// The numbers of a row that name one thing.
fn numbers<'a>(index: usize, entity: &'a Entity, row: &'a Row) -> impl Iterator<Item = Holder> + 'a {
    let named = entity.fields.iter().zip(&row.values).enumerate().filter(|(_, (field, _))| field.names_one);
    named.filter_map(move |(field, (_, value))| {
        Some(Holder { entity: index, field, value: value.as_text()?.to_owned() })
    })
}

impl Needs {
    /// Adds the numbers of the rows that are changed: they may be given up, or come back with a deleted row.
    pub(super) fn numbers_of(&mut self, index: usize, entity: &Entity, row: &Row) {
        for number in numbers(index, entity, row) {
            self.numbers.entry(number).or_default().insert(row.id);
        }
    }

    /// The questions that there may be already: about numbers that more than one row has or is to have.
    pub fn questions(&self, schema: &Schema, tenant: Uuid, known: &Known) -> Vec<Uuid> {
        let is_shared = |number: &Holder, wanted: &BTreeSet<Uuid>| {
            wanted.len() > 1 || known.same.get(number).is_some_and(|have| have.iter().any(|id| !wanted.contains(id)))
        };
        let shared = self.numbers.iter().filter(|(number, wanted)| is_shared(number, wanted));
        shared.map(|(number, _)| question_id(schema, tenant, number)).collect()
    }
}

impl Work<'_> {
    /// After a row was planned: who has its numbers now, and what that asks or settles.
    pub(super) fn settle_same(
        &mut self,
        index: usize,
        entity: &'static Entity,
        before: Option<&Row>,
        change: &Change,
        by: Author,
    ) {
        if !entity.fields.iter().any(|field| field.names_one) {
            return;
        }
        let Some(after) = self.rows.get(&(index, change.row_id)).cloned() else { return };
        let of = |row: Option<&Row>| -> BTreeSet<Holder> {
            row.filter(|row| row.is_live()).into_iter().flat_map(|row| numbers(index, entity, row)).collect()
        };
        let (had, has) = (of(before), of(Some(&after)));
        for number in had.difference(&has) {
            self.same.entry(number.clone()).or_default().remove(&after.id);
            self.someone_left(number, after.id);
        }
        for number in &has {
            let new = self.same.entry(number.clone()).or_default().insert(after.id) || !had.contains(number);
            self.someone_has(number, after.id, new, by);
        }
    }

    fn someone_left(&mut self, number: &Holder, left: Uuid) {
        let Some((key, item)) = self.question(number) else { return };
        let Some(item) = item.filter(|item| text(self.inbox(), item, "state") == Some("open")) else { return };
        let mut having = self.same.get(number).into_iter().flatten().copied();
        let mut row = item.clone();
        match (having.next(), having.next()) {
            (Some(one), Some(other)) if names(self.inbox(), &item).contains(&Some(left)) => {
                set(self.inbox(), &mut row, "row_id", Value::Id(other));
                set(self.inbox(), &mut row, "other_id", Value::Id(one));
            }
            (Some(_), Some(_)) => return,
            // Of the rest only the state: when it was settled is for those to say who settle something.
            _ => set(self.inbox(), &mut row, "state", Value::Text("replaced".into())),
        }
        self.ask(key, Some(item), row);
    }

    /// How many questions writing a row opens that are not open yet.
    pub(super) fn opened_by(&self, index: usize, entity: &'static Entity, after: &Row) -> usize {
        let opens = |number: &Holder| {
            let have = self.same.get(number);
            let is_new = have.is_none_or(|have| !have.contains(&after.id));
            let is_shared = have.is_some_and(|have| have.iter().any(|other| *other != after.id));
            let item = self.question(number).and_then(|(_, item)| item);
            let is_open = item.as_ref().is_some_and(|item| text(self.inbox(), item, "state") == Some("open"));
            is_shared && !is_open && (is_new || item.is_none())
        };
        let row = Some(after).filter(|row| row.is_live());
        row.map_or(0, |row| numbers(index, entity, row).filter(opens).count())
    }

    fn someone_has(&mut self, number: &Holder, id: Uuid, new: bool, by: Author) {
        let Some(other) = self.same.get(number).into_iter().flatten().copied().find(|other| *other != id) else {
            return;
        };
        let Some((key, item)) = self.question(number) else { return };
        let inbox = self.inbox();
        let having = &self.same[number];
        let stands = item.as_ref().is_some_and(|item| {
            let is_open = text(inbox, item, "state") == Some("open");
            // Who has answered is not asked again before somebody else comes by the number.
            let is_about = names(inbox, item).iter().all(|named| named.is_some_and(|named| having.contains(&named)));
            if is_open { is_about } else { !new }
        });
        if stands {
            return;
        }
        let entity = self.push.schema.entities()[number.entity];
        let mut row = Row::empty(inbox, key.1);
        let value = Value::Text(Value::Text(number.value.clone()).to_json().to_string());
        for (name, value) in [
            ("kind", Value::Text(ReviewKind::Duplicate.name().into())),
            ("entity", Value::Text(entity.name.into())),
            ("row_id", Value::Id(id)),
            ("other_id", Value::Id(other)),
            ("field", Value::Text(entity.fields[number.field].name.into())),
            ("kept_value", value.clone()),
            ("lost_value", value),
            ("lost_replica", Value::Id(by.replica)),
            ("lost_user", by.user.map_or(Value::Null, Value::Id)),
            ("lost_at", Value::Time(by.at)),
            ("state", Value::Text("open".into())),
        ] {
            set(inbox, &mut row, name, value);
        }
        self.ask(key, item, row);
    }

    fn inbox(&self) -> &'static Entity {
        let known = self.push.schema.entity(REVIEW_ITEM);
        known.unwrap_or(&crate::entities::REVIEW_ITEM)
    }

    /// Where the question about a number is kept, and what it says.
    fn question(&self, number: &Holder) -> Option<((usize, Uuid), Option<Row>)> {
        let index = self.push.schema.index(REVIEW_ITEM)?;
        let key = (index, question_id(self.push.schema, self.push.tenant, number));
        Some((key, self.rows.get(&key).cloned()))
    }

    /// Writes a question as a row with a revision and a log entry of its own.
    fn ask(&mut self, key: (usize, Uuid), before: Option<Row>, row: Row) {
        let inbox = self.inbox();
        let hub = Author { replica: Uuid::nil(), user: None, at: self.push.clock.now };
        let none = Value::Null;
        let was = |i: usize| before.as_ref().map_or(&none, |before| &before.values[i]);
        let changed: Vec<_> = row.values.iter().enumerate().filter(|(i, value)| was(*i) != *value).collect();
        let changed: Vec<_> = changed.into_iter().map(|(i, value)| (i, was(i).clone(), value.clone())).collect();
        let base_rev = before.as_ref().map_or(0, |before| before.rev);
        let rev = self.write(key, before, row, hub, false);
        self.plan.log.push(LogEntry {
            op_no: None,
            change_id: Uuid::new_v5(&key.1, &rev.to_le_bytes()),
            entity: inbox.name,
            row_id: key.1,
            kind: ChangeKind::Upsert,
            rev: Some(rev),
            base_rev,
            outcome: Outcome::Applied { rev: Some(rev) },
            fields: changed_fields(inbox, &changed),
            group: None,
            user: None,
            at: hub.at,
            edited_at: hub.at,
        });
    }
}

fn text<'a>(inbox: &Entity, item: &'a Row, name: &str) -> Option<&'a str> {
    item.get(inbox, name).as_text()
}

fn names(inbox: &Entity, item: &Row) -> [Option<Uuid>; 2] {
    ["row_id", "other_id"].map(|name| item.get(inbox, name).as_id())
}

fn set(inbox: &Entity, row: &mut Row, name: &str, value: Value) {
    if let Some(i) = inbox.field_index(name) {
        row.values[i] = value;
    }
}

#[cfg(test)]
#[path = "same_tests.rs"]
mod tests;
