//! The same number on two rows, whichever way it got there.

use crate::edit_time::ClockReading;
use crate::push::{Holder, Known, Plan, Push, needs, plan};
use crate::review::{PER_PUSH, WAITING};
use crate::wire::{Change, ChangeKind, ChangeResult, Outcome};
use crate::{Code, Role, Row, Schema, Value};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const LRN: &str = "136728140123";
const OTHER: &str = "136728140999";

/// A hub of learners alone.
#[derive(Default)]
struct Hub {
    rows: BTreeMap<(usize, Uuid), Row>,
    rev: i64,
    changes: u128,
    /// Questions that wait in the school besides these.
    waiting: usize,
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

impl Hub {
    fn push(&mut self, replica: u128, changes: &[(u128, Json)]) -> Plan {
        let schema = Schema::product();
        let student = schema.index("student").expect("learners");
        let changes: Vec<Change> = changes
            .iter()
            .map(|(row, fields)| {
                self.changes += 1;
                let known = self.rows.get(&(student, id(*row)));
                Change {
                    op_no: 1,
                    id: id(1_000 + self.changes),
                    entity: "student".into(),
                    row_id: id(*row),
                    kind: if fields.is_null() { ChangeKind::Delete } else { ChangeKind::Upsert },
                    base_rev: known.map_or(0, |row| row.rev),
                    fields: fields.as_object().cloned().unwrap_or_default().into_iter().collect(),
                    group: None,
                    user_id: None,
                    at: 0,
                }
            })
            .collect();
        let mut needs = needs(schema, &changes);
        let mut known = Known { waiting: self.waiting, ..Known::default() };
        for (index, ids) in &needs.rows {
            known
                .rows
                .extend(ids.iter().filter_map(|id| Some(((*index, *id), self.rows.get(&(*index, *id))?.clone()))));
        }
        needs.learn(schema, &known.rows);
        for number in needs.numbers.keys() {
            known.same.insert(number.clone(), self.having(number));
        }
        let inbox = schema.index("review_item").expect("an inbox");
        for id in needs.questions(schema, id(9), &known) {
            known.rows.extend(self.rows.get(&(inbox, id)).map(|row| ((inbox, id), row.clone())));
        }
        let clock = ClockReading::new(0, 0, 0);
        let push = Push {
            schema,
            tenant: id(9),
            replica: id(replica),
            role: Role::Registrar,
            clock,
            rev: self.rev,
            people: &[],
            proofs: &BTreeMap::new(),
        };
        let plan = plan(&push, &known, &changes);
        for (key, write) in &plan.writes {
            assert_eq!(self.rows.get(key), write.before.as_ref(), "the digest is moved from what there was");
            self.rows.insert(*key, write.after.clone());
        }
        self.rev += plan.revisions;
        plan
    }

    fn having(&self, number: &Holder) -> BTreeSet<Uuid> {
        let has = |row: &Row| row.is_live() && row.values[number.field].as_text() == Some(&number.value);
        let of = self.rows.iter().filter(|((index, _), row)| *index == number.entity && has(row));
        of.map(|((_, id), _)| *id).collect()
    }

    /// State and the two learners of every question.
    fn questions(&self) -> Vec<(String, Uuid, Uuid)> {
        let schema = Schema::product();
        let inbox = schema.entity("review_item").expect("an inbox");
        let items = self.rows.iter().filter(|((index, _), _)| schema.entities()[*index].name == "review_item");
        let named = |row: &Row, name: &str| row.get(inbox, name).as_id().expect("an id");
        items
            .map(|(_, row)| {
                assert_eq!(row.get(inbox, "kind"), &Value::Text("duplicate".into()));
                assert_eq!(row.get(inbox, "lost_value").as_text(), Some(&*format!("\"{LRN}\"")));
                let state = row.get(inbox, "state").as_text().expect("a state").to_owned();
                (state, named(row, "row_id"), named(row, "other_id"))
            })
            .collect()
    }
}

fn learner(lrn: &str) -> Json {
    json!({ "last_name": "Santos", "first_name": "Ana", "lrn": lrn })
}

fn open(row: u128, other: u128) -> Vec<(String, Uuid, Uuid)> {
    vec![("open".into(), id(row), id(other))]
}

fn closed(row: u128, other: u128) -> Vec<(String, Uuid, Uuid)> {
    vec![("replaced".into(), id(row), id(other))]
}

#[test]
fn two_offices_that_type_one_number_cause_one_question() {
    let mut hub = Hub::default();
    hub.push(1, &[(1, learner(LRN))]);
    assert_eq!(hub.questions(), []);
    let plan = hub.push(2, &[(2, learner(LRN))]);
    let (asked, inbox) = (plan.writes.values().map(|write| &write.after), &crate::entities::REVIEW_ITEM);
    let asked: Vec<_> = asked.filter(|row| row.values.len() == inbox.fields.len()).collect();
    assert_eq!(asked.iter().map(|row| super::asked_id(inbox, row, id(9))).collect::<Vec<_>>(), [Some(asked[0].id)]);
    assert_eq!(plan.results[0].outcome.name(), "applied", "nobody loses the number");
    assert_eq!(hub.questions(), open(2, 1));
    // Whatever else is typed about them, it stays one question.
    hub.push(1, &[(1, json!({ "remarks": "x" }))]);
    hub.push(2, &[(2, json!({ "remarks": "y" })), (1, json!({ "lrn": LRN }))]);
    assert_eq!(hub.questions(), open(2, 1));
}

#[test]
fn the_question_is_settled_with_its_cause_whichever_way_that_goes() {
    for (what, settles) in
        [("another number", json!({ "lrn": OTHER })), ("none", json!({ "lrn": null })), ("deleted", Json::Null)]
    {
        for who in [1, 2] {
            let mut hub = Hub::default();
            hub.push(1, &[(1, learner(LRN)), (2, learner(LRN))]);
            assert_eq!(hub.questions(), open(2, 1), "both in one push");
            hub.push(1, &[(who, settles.clone())]);
            assert_eq!(hub.questions(), closed(2, 1), "{what}");
            // It comes back with the number: by an edit, or with the learner.
            hub.push(2, &[(who, json!({ "lrn": LRN }))]);
            assert_eq!(hub.questions(), open(who, 3 - who), "{what}, and back");
        }
    }
}

#[test]
fn a_deleted_learner_who_is_edited_brings_the_number_back() {
    let mut hub = Hub::default();
    hub.push(1, &[(1, learner(LRN))]);
    hub.push(1, &[(1, Json::Null)]);
    hub.push(2, &[(2, learner(LRN))]);
    assert_eq!(hub.questions(), [], "a deleted learner has no number");
    hub.push(1, &[(1, json!({ "remarks": "undone" }))]);
    assert_eq!(hub.questions(), open(1, 2));
}

#[test]
fn many_with_one_number_are_one_question_that_names_two_who_have_it() {
    let mut hub = Hub::default();
    let all: Vec<_> = (1..=200).map(|n| (n, learner(LRN))).collect();
    let plan = hub.push(1, &all);
    assert_eq!((hub.questions(), plan.writes.len()), (open(2, 1), 201));
    hub.push(1, &[(1, Json::Null)]);
    assert_eq!(hub.questions(), open(3, 2));
    hub.push(1, &(2..=199).map(|n| (n, json!({ "lrn": null }))).collect::<Vec<_>>());
    assert_eq!(hub.questions()[0].0, "replaced", "one is left");
}

#[test]
fn who_has_answered_is_not_asked_again_before_somebody_else_comes() {
    let mut hub = Hub::default();
    hub.push(1, &[(1, learner(LRN)), (2, learner(LRN))]);
    let schema = Schema::product();
    let inbox = schema.entity("review_item").expect("an inbox");
    let state = inbox.field_index("state").expect("a state");
    for row in hub
        .rows
        .values_mut()
        .filter(|row| row.values.len() == inbox.fields.len() && row.values[state].as_text() == Some("open"))
    {
        row.values[state] = Value::Text("kept".into());
    }
    hub.push(1, &[(1, json!({ "remarks": "x" }))]);
    assert_eq!(hub.questions()[0].0, "kept");
    hub.push(1, &[(3, learner(LRN))]);
    assert_eq!(hub.questions(), open(3, 1));
}

#[test]
fn a_refused_change_asks_nothing() {
    let mut hub = Hub::default();
    hub.push(1, &[(1, learner(LRN))]);
    hub.push(1, &[(2, json!({ "first_name": "Ana", "lrn": LRN }))]);
    assert_eq!(hub.questions(), [], "without a last name it is no learner");
}

#[test]
fn a_flood_of_numbers_that_two_have_opens_so_many_questions_and_the_rest_comes_with_the_next_push() {
    let mut hub = Hub::default();
    let number = |n: u128| learner(&format!("{}", 136_728_000_000 + n));
    let many = PER_PUSH as u128 + 100;
    hub.push(1, &(0..many).map(|n| (n, number(n))).collect::<Vec<_>>());
    let full = |plan: &Plan| {
        let is_full = |result: &&ChangeResult| match &result.outcome {
            Outcome::Refused { problem } => problem.code == Code::ReviewFull,
            _ => false,
        };
        plan.results.iter().filter(is_full).count()
    };
    let plan = hub.push(2, &(0..many).map(|n| (10_000 + n, number(n))).collect::<Vec<_>>());
    assert_eq!((plan.reviews, plan.results.len(), full(&plan)), (PER_PUSH, PER_PUSH, 0));
    let learners = plan.writes.keys().filter(|(index, _)| Some(*index) == Schema::product().index("student"));
    assert_eq!(learners.count(), PER_PUSH, "what is not answered leaves nothing behind");
    let rest = &(PER_PUSH as u128..many - 1).map(|n| (10_000 + n, number(n))).collect::<Vec<_>>();
    let plan = hub.push(2, rest);
    assert_eq!((plan.reviews, plan.results.len(), full(&plan)), (99, 99, 0));

    hub.waiting = WAITING - 2;
    let next = many - 1;
    hub.push(1, &[(40_000, number(many)), (40_001, number(many + 1))]);
    let plan = hub.push(2, &(next..next + 3).map(|n| (20_000 + n, number(n))).collect::<Vec<_>>());
    assert_eq!((plan.reviews, full(&plan)), (2, 1));
    hub.waiting = WAITING;
    // What opens no question is taken: of those who share a number, of another who comes to an open question, and of somebody else.
    let plan = hub.push(1, &[(0, json!({ "remarks": "x" })), (30_000, number(0)), (30_001, learner(LRN))]);
    assert_eq!((plan.reviews, full(&plan)), (0, 0));
}
