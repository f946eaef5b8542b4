//! Applying a push, as a pure plan: what the hub knows and what an office sent go in; answers, rows to write and log entries
//! come out. The real hub and the simulated one carry out the same plan.
//!
//! Invariants:
//! - one change gets one answer, and a refused change leaves no trace but its log entry (promise 5);
//! - changes that would ask more questions than one push may are answered up to there: the others are still the office's, which
//!   sends them with its next exchange. A group is answered whole;
//! - a value that does not win is in a `review_item` of the same plan (promise 6);
//! - no `review_item` is about a `review_item`: a question that two offices decided differently is open again, by itself;
//! - every row that is written has a fresh revision, and revisions are handed out in the order of the changes.

mod court;
mod deciding;
mod keys;
mod known;
mod merge;
mod plan;
mod related;
mod room;
mod same;
mod verdict;

pub use known::{Holder, Known, KnownEvent, Needs, asks_of_people, beyond, enrolments, needs, users};
pub use merge::complete;
pub use plan::{LogEntry, Plan, Push, Write};
pub use related::{Related, related};
pub use same::asked_id;

use crate::history::Logged;
use crate::review::{Author, REVIEW_ITEM, Review};
use crate::wire::{Change, ChangeKind, ChangeResult, Outcome};
use crate::{Entity, Problem, Row, Value};
use serde_json::{Map, Value as Json, json};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Plans a push. `changes` are in `op_no` order and none of them was answered before.
pub fn plan(push: &Push<'_>, known: &Known, changes: &[Change]) -> Plan {
    plan_without(push, known, changes, &BTreeMap::new())
}

/// [`plan`], where some changes (by position) cannot be carried out for reasons that the plan cannot know.
pub fn plan_without(push: &Push<'_>, known: &Known, changes: &[Change], without: &BTreeMap<usize, Problem>) -> Plan {
    let mut refused = without.clone();
    let mut users = verdict::settle(push, known, changes, &mut refused);
    // Merging can refuse more (a rule over the merged row), which can take dependants and groups with it: plan again until
    // nothing new is refused. Each round refuses at least one more change, so it ends.
    loop {
        let mut work = Work {
            push,
            known,
            plan: Plan::default(),
            rows: known.rows.clone(),
            history: BTreeMap::new(),
            claims: BTreeMap::new(),
            keys: BTreeMap::new(),
            same: known.same.clone(),
            full: false,
        };
        let mut found = BTreeMap::new();
        for (i, (change, user)) in changes.iter().zip(&users).enumerate() {
            match refused.get(&i) {
                Some(problem) => work.refuse(change, *user, problem.clone()),
                None => {
                    if let Err(problem) = work.apply(change, *user) {
                        if std::mem::take(&mut work.full)
                            && let end @ 1.. = room::whole_until(changes, i)
                        {
                            if found.is_empty() {
                                let earlier = without.range(..end).map(|(at, problem)| (*at, problem.clone()));
                                return plan_without(push, known, &changes[..end], &earlier.collect());
                            }
                            // Those that are refused leave their room to the others.
                            break;
                        }
                        found.insert(i, problem);
                    }
                }
            }
        }
        if found.is_empty() {
            return work.plan;
        }
        refused.extend(found);
        users = verdict::settle(push, known, changes, &mut refused);
    }
}

/// The state of a plan in the making.
struct Work<'a> {
    push: &'a Push<'a>,
    known: &'a Known,
    plan: Plan,
    /// Rows as they are after the changes planned so far.
    rows: BTreeMap<(usize, Uuid), Row>,
    /// Log entries of this plan, by row, to be read after `known.history`.
    history: BTreeMap<(usize, Uuid), Vec<Logged>>,
    /// Claims taken (`Some`) or given up (`None`) by this plan.
    claims: BTreeMap<Holder, Option<Uuid>>,
    /// Natural keys that may change: taken or given up, likewise.
    keys: BTreeMap<(usize, Uuid), Option<Uuid>>,
    /// Who has each number that names one thing, after the changes planned so far.
    same: BTreeMap<Holder, BTreeSet<Uuid>>,
    /// The last change was refused because this push asks enough already; the next one may ask again.
    full: bool,
}

impl Work<'_> {
    fn apply(&mut self, change: &Change, user: Option<Uuid>) -> Result<(), Problem> {
        let Some(index) = self.push.schema.index(&change.entity) else {
            return Err(verdict::unknown_entity(&change.entity));
        };
        let entity = self.push.schema.entities()[index];
        let key = (index, change.row_id);
        let author = Author { replica: self.push.replica, user, at: self.push.clock.correct(change.at) };
        let history = self.history_of(key);
        let current = self.rows.get(&key);
        let mut merged = match change.kind {
            ChangeKind::Upsert => merge::upsert(entity, current, &history, change, author)?,
            ChangeKind::Delete => merge::delete(entity, current, &history, change, author, self.push.clock.now),
        };
        if let Some(row) = &merged.row {
            self.check_key(index, entity, row)?;
        }
        if entity.name == REVIEW_ITEM {
            self.decide_once(entity, change, author, &history, &mut merged);
        }
        self.settle_claims(index, entity, &mut merged, author);
        let questions = merged.row.as_ref().map_or(0, |row| self.opened_by(index, entity, row));
        self.room_for(merged.reviews.len() + questions + usize::from(merged.asked_again))?;
        let mut rev = None;
        let before = self.rows.get(&key).cloned();
        if let Some(row) = merged.row.take() {
            rev = Some(self.write(key, before.clone(), row, author, change.kind == ChangeKind::Delete));
        }
        let outcome = match (merged.reviews.is_empty() && !merged.asked_again, merged.beside_others) {
            (false, _) => Outcome::Conflict { rev },
            (true, true) => Outcome::Merged { rev },
            (true, false) => Outcome::Applied { rev },
        };
        self.plan.results.push(ChangeResult { op_no: change.op_no, outcome: outcome.clone() });
        self.plan.log.push(LogEntry {
            op_no: Some(change.op_no),
            change_id: change.id,
            entity: entity.name,
            row_id: change.row_id,
            kind: change.kind,
            rev,
            base_rev: change.base_rev,
            outcome,
            fields: changed_fields(entity, &merged.changed),
            group: change.group,
            user,
            at: change.at,
            edited_at: author.at,
        });
        if !crate::injected_fault::is_planted(crate::injected_fault::Bug::SilentLoser) {
            self.review(entity, change, &merged.reviews);
            self.settle_same(index, entity, before.as_ref(), change, author);
        }
        Ok(())
    }

    fn history_of(&self, key: (usize, Uuid)) -> Vec<Logged> {
        let old = self.known.history.get(&key).into_iter().flatten();
        old.chain(self.history.get(&key).into_iter().flatten()).cloned().collect()
    }

    fn next_rev(&mut self) -> i64 {
        self.plan.revisions += 1;
        self.push.rev + self.plan.revisions
    }

    /// Puts a row into the plan under a fresh revision and remembers it for the changes that follow.
    fn write(&mut self, key: (usize, Uuid), before: Option<Row>, mut row: Row, by: Author, deleted: bool) -> i64 {
        let rev = self.next_rev();
        row.rev = rev;
        if crate::injected_fault::is_planted(crate::injected_fault::Bug::StaleRevision) && before.is_some() {
            row.rev = before.as_ref().map_or(rev, |row| row.rev);
        }
        let none = Value::Null;
        let fields = (0..row.values.len())
            .filter(|i| before.as_ref().map_or(&none, |b| &b.values[*i]) != &row.values[*i])
            .collect();
        self.history.entry(key).or_default().push(Logged { rev, by, deleted, fields });
        self.move_key(key.0, before.as_ref(), &row);
        self.rows.insert(key, row.clone());
        let first = self.known.rows.get(&key).cloned();
        match self.plan.writes.entry(key) {
            Entry::Occupied(mut written) => written.get_mut().after = row,
            Entry::Vacant(free) => {
                free.insert(Write { before: first, after: row });
            }
        }
        rev
    }

    /// Numbers are claims: whoever holds one keeps it, a later row keeps everything but the number.
    fn settle_claims(&mut self, index: usize, entity: &'static Entity, merged: &mut merge::Merged, author: Author) {
        let Some(row) = merged.row.as_mut() else { return };
        let before = self.rows.get(&(index, row.id)).cloned();
        for (field, declared) in entity.fields.iter().enumerate() {
            if !matches!(declared.kind, crate::Kind::Claim { .. }) {
                continue;
            }
            let old = before.as_ref().filter(|row| row.is_live()).map_or(Value::Null, |row| row.values[field].clone());
            let new = if row.is_live() { row.values[field].clone() } else { Value::Null };
            if let Value::Text(text) = &new {
                let holder = Holder { entity: index, field, value: text.clone() };
                let held_by = match self.claims.get(&holder) {
                    Some(held) => *held,
                    None => self.known.claims.get(&holder).copied(),
                };
                if held_by.is_some_and(|id| id != row.id) {
                    row.values[field] = Value::Null;
                    merged.changed.retain(|(i, ..)| *i != field);
                    let stored = before.as_ref().map_or(Value::Null, |row| row.values[field].clone());
                    if !stored.is_null() {
                        merged.changed.push((field, stored, Value::Null));
                    }
                    merged.reviews.push(merge::Contested {
                        kind: crate::review::ReviewKind::Claim,
                        field: Some(field),
                        kept: Value::Null,
                        kept_by: None,
                        lost: new.clone(),
                        lost_by: author,
                    });
                } else {
                    self.claims.insert(holder, Some(row.id));
                }
            }
            if let (Value::Text(text), true) = (&old, old != row.values[field] || !row.is_live()) {
                self.claims.insert(Holder { entity: index, field, value: text.clone() }, None);
            }
        }
    }

    /// Writes the review items of a change, each a row with a revision and a log entry of its own.
    fn review(&mut self, entity: &'static Entity, change: &Change, contested: &[merge::Contested]) {
        let Some(index) = self.push.schema.index(REVIEW_ITEM) else { return };
        let inbox = self.push.schema.entities()[index];
        let hub = Author { replica: Uuid::nil(), user: None, at: self.push.clock.now };
        for contest in contested {
            let review = Review {
                kind: contest.kind,
                entity: entity.name,
                row_id: change.row_id,
                field: contest.field.map_or("", |i| entity.fields[i].name),
                kept: contest.kept.clone(),
                kept_by: contest.kept_by,
                lost: contest.lost.clone(),
                lost_by: contest.lost_by,
            };
            let rev = self.push.rev + self.plan.revisions + 1;
            let Some(row) = review.to_row(self.push.schema, change.id, rev) else { continue };
            let set: Vec<_> = row.values.iter().enumerate().filter(|(_, v)| !v.is_null()).collect();
            let fields =
                changed_fields(inbox, &set.iter().map(|(i, v)| (*i, Value::Null, (*v).clone())).collect::<Vec<_>>());
            let row_id = row.id;
            let rev = self.write((index, row_id), None, row, hub, false);
            self.plan.log.push(LogEntry {
                op_no: None,
                change_id: row_id,
                entity: inbox.name,
                row_id,
                kind: ChangeKind::Upsert,
                rev: Some(rev),
                base_rev: 0,
                outcome: Outcome::Applied { rev: Some(rev) },
                fields,
                group: None,
                user: None,
                at: hub.at,
                edited_at: hub.at,
            });
        }
    }

    fn refuse(&mut self, change: &Change, user: Option<Uuid>, problem: Problem) {
        let outcome = Outcome::Refused { problem: storable(problem) };
        let entity = self.push.schema.entity(&change.entity);
        // A secret that was refused is still one.
        let asked: BTreeMap<&String, &Json> = change
            .fields
            .iter()
            .map(|(name, json)| (name, if entity.is_some_and(|of| of.is_secret(name)) { &Json::Null } else { json }))
            .collect();
        self.plan.results.push(ChangeResult { op_no: change.op_no, outcome: outcome.clone() });
        self.plan.log.push(LogEntry {
            op_no: Some(change.op_no),
            change_id: change.id,
            entity: entity.map_or("", |entity| entity.name),
            row_id: change.row_id,
            kind: change.kind,
            rev: None,
            base_rev: change.base_rev,
            outcome,
            fields: json!({ "refused": asked, "entity": &change.entity }),
            group: change.group,
            user,
            at: change.at,
            edited_at: self.push.clock.correct(change.at),
        });
    }
}

/// The same answer is given again from the database, which keeps no NUL character in texts: it may stand in a name that was made up.
fn storable(problem: Problem) -> Problem {
    let clean = |text: String| if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text };
    Problem { code: problem.code, message: clean(problem.message), field: problem.field.map(clean) }
}

/// `{field: [before, after]}`.
fn changed_fields(entity: &Entity, changed: &[(usize, Value, Value)]) -> Json {
    let entry = |(i, before, after): &(usize, Value, Value)| {
        (entity.fields[*i].name.to_owned(), json!([before.to_json(), after.to_json()]))
    };
    Json::Object(changed.iter().map(entry).collect::<Map<String, Json>>())
}

/// Groups that have a refused member.
fn refused_groups(changes: &[Change], refused: &BTreeMap<usize, Problem>) -> BTreeSet<Uuid> {
    refused.keys().filter_map(|i| changes[*i].group).collect()
}

#[cfg(test)]
#[path = "room_tests.rs"]
mod room_tests;
