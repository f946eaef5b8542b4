//! How many questions a push may ask, and that nothing is lost where there is no room for more.

use super::*;
use crate::edit_time::ClockReading;
use crate::entities::STUDENT;
use crate::{Code, review};
use crate::{Role, Schema};

const MINE: Uuid = Uuid::from_u128(1);
const THEIRS: Uuid = Uuid::from_u128(2);

/// Learners whom another office has changed in three fields since, and this office's changes of the same fields.
fn contested(rows: usize) -> (Known, Vec<Change>) {
    let index = Schema::product().index(STUDENT.name).expect("learners");
    let names = ["last_name", "first_name", "phone"];
    let fields = names.map(|name| STUDENT.field_index(name).expect("a field"));
    let (mut known, mut changes) = (Known::default(), Vec::new());
    for n in 0..rows {
        let id = Uuid::from_u128(1_000 + n as u128);
        let mut row = Row { rev: 5, ..Row::empty(&STUDENT, id) };
        for (field, text) in fields.iter().zip(["Cruz", "Ana", "09171234567"]) {
            row.values[*field] = Value::Text(text.into());
        }
        known.rows.insert((index, id), row);
        let by = Author { replica: THEIRS, user: None, at: 50 };
        known.history.insert((index, id), vec![Logged { rev: 5, by, deleted: false, fields: fields.to_vec() }]);
        changes.push(Change {
            id: Uuid::from_u128(9_000_000 + n as u128),
            op_no: n as i64 + 1,
            entity: STUDENT.name.into(),
            row_id: id,
            kind: ChangeKind::Upsert,
            base_rev: 4,
            fields: names
                .iter()
                .zip(["Reyes", "Eva", "09177654321"])
                .map(|(name, text)| ((*name).into(), json!(text)))
                .collect(),
            group: None,
            user_id: None,
            at: 100,
        });
    }
    (known, changes)
}

fn planned(known: &Known, changes: &[Change]) -> Plan {
    let proofs = BTreeMap::new();
    let push = Push {
        schema: Schema::product(),
        tenant: Uuid::from_u128(3),
        replica: MINE,
        role: Role::Registrar,
        clock: ClockReading::new(200, 0, 200),
        rev: 5,
        people: &[],
        proofs: &proofs,
    };
    plan(&push, known, changes)
}

fn refused(plan: &Plan) -> usize {
    let full = |result: &&ChangeResult| match &result.outcome {
        Outcome::Refused { problem } => problem.code == Code::ReviewFull,
        _ => false,
    };
    plan.results.iter().filter(full).count()
}

#[test]
fn a_flood_of_conflicts_makes_so_many_questions_and_loses_nothing() {
    let (known, mut changes) = contested(1_000);
    changes.push(Change {
        row_id: Uuid::from_u128(77),
        id: Uuid::from_u128(78),
        op_no: 1_001,
        base_rev: 0,
        fields: [("last_name", "Lim"), ("first_name", "Jo")].map(|(name, text)| (name.into(), json!(text))).into(),
        ..changes[0].clone()
    });
    let plan = planned(&known, &changes);
    let (taken, fields) = (review::PER_PUSH / 3, 3);
    assert_eq!(plan.reviews, taken * fields);
    assert_eq!((plan.results.len(), refused(&plan)), (taken, 0), "the rest is not answered yet, and not refused");
    let items = plan.writes.keys().filter(|(index, _)| Schema::product().entities()[*index].name == REVIEW_ITEM);
    assert_eq!(items.count(), plan.reviews, "every value that lost is in one");
    // The office sends what was not answered, until nothing is left.
    let (mut left, mut pushes) = (&changes[taken..], 1);
    while !left.is_empty() {
        let plan = planned(&known, left);
        assert!(!plan.results.is_empty() && refused(&plan) == 0, "each push comes further");
        (left, pushes) = (&left[plan.results.len()..], pushes + 1);
    }
    assert_eq!(pushes, 1_000_usize.div_ceil(taken), "what asks nothing goes along");
}

#[test]
fn a_push_that_asks_too_much_is_cut_before_a_group_and_never_through_one() {
    let (known, mut changes) = contested(400);
    let most = review::PER_PUSH / 3;
    // The 101st to the 200th belong together; a second group begins in them.
    let (first, second) = (Uuid::from_u128(5), Uuid::from_u128(6));
    changes[100..200].iter_mut().for_each(|change| change.group = Some(first));
    assert_eq!(planned(&known, &changes).results.len(), 100);
    changes[90].group = Some(second);
    changes[150].group = Some(second);
    assert_eq!(planned(&known, &changes).results.len(), 90, "and before one that reaches into it");
    // One that asks too much by itself comes first: it is refused whole, says why, and holds up nothing.
    changes.iter_mut().for_each(|change| change.group = None);
    changes[..200].iter_mut().for_each(|change| change.group = Some(first));
    let plan = planned(&known, &changes);
    assert_eq!((refused(&plan), plan.results.len(), plan.reviews), (200 - most, 200 + most, most * 3));
    let whole = plan.results[..200].iter().all(|result| matches!(result.outcome, Outcome::Refused { .. }));
    assert!(whole && matches!(plan.results[200].outcome, Outcome::Conflict { .. }));
}

#[test]
fn where_too_many_wait_no_more_are_made_until_some_are_decided() {
    let (mut known, changes) = contested(4);
    known.waiting = review::WAITING - 7;
    let plan = planned(&known, &changes);
    assert_eq!((plan.reviews, refused(&plan)), (6, 2));
    known.waiting = review::WAITING + 9;
    assert_eq!(refused(&planned(&known, &changes)), 4);
    known.waiting = 0;
    assert_eq!((planned(&known, &changes).reviews, refused(&planned(&known, &changes))), (12, 0));
}

#[test]
fn of_a_group_all_waits_or_nothing() {
    let (mut known, mut changes) = contested(3);
    known.waiting = review::WAITING - 4;
    for change in &mut changes {
        change.group = Some(Uuid::from_u128(5));
    }
    let plan = planned(&known, &changes);
    assert_eq!(plan.reviews, 0);
    assert!(plan.results.iter().all(|result| matches!(result.outcome, Outcome::Refused { .. })));
    assert!(plan.writes.is_empty());
}
