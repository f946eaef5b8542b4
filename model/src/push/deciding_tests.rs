//! One question that two offices decide, neither of them seeing what the other did.

use crate::edit_time::ClockReading;
use crate::entities::{REVIEW_ITEM, STUDENT};
use crate::history::Logged;
use crate::push::{Known, Plan, Push, plan};
use crate::review::Author;
use crate::wire::{Change, ChangeKind, ChangeResult, Outcome};
use crate::{Entity, Role, Row, Schema, Value};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use uuid::Uuid;

const KEPT: &str = "2013-04-24";
const LOST: &str = "2003-04-25";
const THIRD: &str = "2013-05-01";
/// The revision that both offices have seen.
const SEEN: i64 = 5;
/// The hub's time, in 2026: nobody is born after it.
const NOW: i64 = 1_780_000_000_000_000;

/// A hub with one learner and one open question about the birth date.
struct Hub {
    known: Known,
    rev: i64,
    op_no: i64,
}

const fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn index(entity: &Entity) -> usize {
    Schema::product().index(entity.name).expect("an entity")
}

fn row(entity: &Entity, id: Uuid, fields: &Json) -> Row {
    let mut row = Row { rev: SEEN, ..Row::empty(entity, id) };
    for (name, json) in fields.as_object().expect("fields") {
        let i = entity.field_index(name).expect("a field");
        row.values[i] = Value::parse(&entity.fields[i], json).expect("a value");
    }
    row
}

impl Hub {
    fn new(stands: &str) -> Hub {
        let learner = json!({ "last_name": "Cruz", "first_name": "Ana", "birth_date": stands });
        let item = json!({ "kind": "conflict", "entity": "student", "row_id": id(70), "field": "birth_date",
            "kept_value": json!(KEPT).to_string(), "lost_value": json!(LOST).to_string(),
            "kept_replica": id(1), "lost_replica": id(2), "state": "open" });
        let mut known = Known::default();
        known.rows.insert((index(&STUDENT), id(70)), row(&STUDENT, id(70), &learner));
        known.rows.insert((index(&REVIEW_ITEM), id(80)), row(&REVIEW_ITEM, id(80), &item));
        Hub { known, rev: SEEN, op_no: 0 }
    }

    fn change(&mut self, entity: &Entity, row: u128, at: i64, fields: Json) -> Change {
        self.op_no += 1;
        Change {
            op_no: self.op_no,
            id: Uuid::from_u128(900 + u128::try_from(self.op_no).expect("a number")),
            entity: entity.name.into(),
            row_id: id(row),
            kind: ChangeKind::Upsert,
            base_rev: SEEN,
            fields: fields.as_object().cloned().unwrap_or_default().into_iter().collect(),
            group: Some(id(at.unsigned_abs().into())),
            user_id: None,
            at: NOW - 1_000 + at,
        }
    }

    /// A decision as an office sends it, that has seen nothing since [`SEEN`].
    fn decides(&mut self, replica: u128, at: i64, writes: Option<&str>, state: &str) -> Plan {
        let mut changes = Vec::new();
        if let Some(value) = writes {
            changes.push(self.change(&STUDENT, 70, at, json!({ "birth_date": value })));
        }
        let fields = json!({ "state": state, "resolved_by": id(replica), "resolved_at": "2026-06-08T01:00:00Z" });
        changes.push(self.change(&REVIEW_ITEM, 80, at, fields));
        let push = Push {
            schema: Schema::product(),
            tenant: id(9),
            replica: id(replica),
            role: Role::Registrar,
            clock: ClockReading::new(NOW, 0, NOW),
            rev: self.rev,
            people: &[],
            proofs: &BTreeMap::new(),
        };
        let plan = plan(&push, &self.known, &changes);
        let refused = |result: &ChangeResult| matches!(result.outcome, Outcome::Refused { .. });
        assert!(!plan.results.iter().any(refused), "{:?}", plan.results);
        for (key, write) in &plan.writes {
            self.known.rows.insert(*key, write.after.clone());
        }
        for entry in &plan.log {
            let (Some(rev), Some(entity)) = (entry.rev, Schema::product().entity(entry.entity)) else { continue };
            let by = entry.op_no.map_or(Uuid::nil(), |_| id(replica));
            let fields = entry.fields.as_object().expect("fields").keys();
            let fields = fields.map(|name| entity.field_index(name).expect("a field")).collect();
            let by = Author { replica: by, user: None, at: entry.edited_at };
            let logged = Logged { rev, by, deleted: false, fields };
            self.known.history.entry((index(entity), entry.row_id)).or_default().push(logged);
        }
        self.rev += plan.revisions;
        plan
    }

    fn birth_date(&self) -> String {
        let learner = &self.known.rows[&(index(&STUDENT), id(70))];
        learner.get(&STUDENT, "birth_date").to_json().as_str().expect("a date").to_owned()
    }

    /// State and who decided, of every question there is.
    fn questions(&self) -> Vec<(String, Option<Uuid>)> {
        let items = self.known.rows.iter().filter(|((of, _), _)| *of == index(&REVIEW_ITEM));
        items
            .map(|(_, item)| {
                assert_eq!(item.get(&REVIEW_ITEM, "entity").as_text(), Some("student"), "asked about a question");
                let state = item.get(&REVIEW_ITEM, "state").as_text().expect("a state");
                (state.to_owned(), item.get(&REVIEW_ITEM, "resolved_by").as_id())
            })
            .collect()
    }
}

fn is_conflict(plan: &Plan) -> bool {
    plan.results.iter().any(|result| matches!(result.outcome, Outcome::Conflict { .. }))
}

#[test]
fn a_question_that_two_decide_is_settled_where_they_agree_and_open_again_where_they_do_not() {
    let (kept, lost) = ((None, "kept"), (Some(LOST), "replaced"));
    for (first, second) in [(kept, kept), (kept, lost), (lost, kept), (lost, lost)] {
        // Whose clock says later changes nothing.
        for at in [[100, 200], [200, 100]] {
            let mut hub = Hub::new(KEPT);
            assert!(!is_conflict(&hub.decides(1, at[0], first.0, first.1)));
            assert_eq!(hub.questions(), [(first.1.to_owned(), Some(id(1)))]);
            let plan = hub.decides(2, at[1], second.0, second.1);
            let stands = if first == lost || second == lost { LOST } else { KEPT };
            assert_eq!(hub.birth_date(), stands);
            let agree = first == second;
            assert_eq!((is_conflict(&plan), plan.reviews), (!agree, usize::from(!agree)));
            match hub.questions().as_slice() {
                [(state, Some(_))] if agree => assert_eq!(state, first.1),
                asked => assert_eq!(asked, [("open".to_owned(), None)], "{first:?} {second:?}"),
            }
            // A third one that had not seen it either closes nothing that two disagree about.
            if !agree {
                hub.decides(3, 300, None, "kept");
                assert_eq!(hub.questions(), [("open".to_owned(), None)]);
            }
        }
    }
}

#[test]
fn two_decisions_that_both_write_the_record_ask_once() {
    // The record says a third value since, so either decision writes it.
    let mut hub = Hub::new(THIRD);
    hub.decides(1, 100, Some(KEPT), "kept");
    hub.decides(2, 200, Some(LOST), "replaced");
    assert_eq!(hub.birth_date(), LOST);
    let open = hub.questions().into_iter().filter(|(state, _)| state == "open").count();
    assert_eq!((open, hub.questions().len()), (1, 2), "the new question alone");
}
