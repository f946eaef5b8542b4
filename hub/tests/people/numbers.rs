//! Numbers that a school gives to its PCs, by PCs that do not hear of each other: each is given once.

use crate::claims::{of, push, rev_of};
use crate::town::Town;
use crate::world::new_id;
use pems_model::wire::{Change, ChangeKind, Outcome};
use pems_model::{Code, Role};
use serde_json::{Value as Json, json};
use uuid::Uuid;

fn range(device: Uuid, prefix: &str, digits: i64, from: i64, to: i64) -> Json {
    json!({ "purpose": "student_no", "device": device, "prefix": prefix, "digits": digits, "from_no": from, "to_no": to })
}

#[tokio::test]
async fn a_number_is_given_to_one_pc_whoever_gives_it() {
    let town = Town::new().await;
    town.school("rizal").await;
    let one = town.world.device_as("rizal", Role::SchoolAdmin).await;
    let two = town.world.device_as("rizal", Role::SchoolAdmin).await;
    let conflict = Some(Code::Conflict);
    let new = |op_no, id: Uuid, fields: Json| of("number_range", op_no, id, 0, None, fields);
    let (first, second) = (new_id(), new_id());
    let same = range(one.identity.device_id, "2026-", 4, 1, 1000);
    assert_eq!(push(&town, &one, vec![new(1, first, same.clone())]).await, [None]);
    let changes = vec![
        new(1, new_id(), range(two.identity.device_id, "2026-", 4, 1, 1000)),
        // The same numbers, as they are printed.
        new(2, new_id(), range(two.identity.device_id, "2026-0", 3, 1, 999)),
        new(3, second, range(two.identity.device_id, "2026-", 4, 1001, 2000)),
        of("number_range", 4, second, 0, None, json!({ "from_no": 1000 })),
        // And within one push.
        new(5, new_id(), range(two.identity.device_id, "2026-", 4, 1900, 2100)),
    ];
    assert_eq!(push(&town, &two, changes).await, [conflict, conflict, None, conflict, conflict]);

    // Taken away by one, given to another by the second: the first does not get it back.
    let (rev_of_first, rev_of_second) =
        (rev_of(&town, &one, "number_range", first).await, rev_of(&town, &two, "number_range", second).await);
    let gone =
        |op_no, id, rev| Change { kind: ChangeKind::Delete, ..of("number_range", op_no, id, rev, None, json!({})) };
    assert_eq!(push(&town, &one, vec![gone(2, first, rev_of_first)]).await, [None]);
    let wider = of("number_range", 6, second, rev_of_second, None, json!({ "from_no": 501 }));
    assert_eq!(push(&town, &two, vec![wider]).await, [None]);
    let back = of("number_range", 3, first, rev_of_first, None, json!({}));
    let less = of("number_range", 4, first, rev_of_first, None, json!({ "to_no": 500 }));
    assert_eq!(push(&town, &one, vec![back, less]).await, [conflict, None]);
}

#[tokio::test]
async fn who_is_refused_a_range_hears_what_becomes_of_the_numbers_given_out() {
    let town = Town::new().await;
    town.school("rizal").await;
    let one = town.world.device_as("rizal", Role::SchoolAdmin).await;
    let two = town.world.device_as("rizal", Role::SchoolAdmin).await;
    for (device, taken) in [(&one, false), (&two, true)] {
        let learner = |op_no, last: &str, number: &str| {
            let fields = json!({ "last_name": last, "first_name": "Ana", "student_no": number });
            of("student", op_no, new_id(), 0, None, fields)
        };
        let mine = range(device.identity.device_id, "2026-", 4, 1, 1000);
        let changes = vec![
            of("number_range", 1, new_id(), 0, None, mine),
            learner(2, "Cruz", "2026-0001"),
            learner(3, "Reyes", if taken { "2026-0002" } else { "2026-0009" }),
        ];
        let answer = town.world.sync(device, &device.push(0, changes)).await.expect("an answer");
        let outcome = |at: usize| &answer.results[at].outcome;
        match outcome(0) {
            Outcome::Refused { problem } => {
                assert!(taken && problem.message.contains("2026-0001 to 2026-1000"), "{}", problem.message);
                assert!(problem.message.contains("begin at 1001"), "{}", problem.message);
                assert!(problem.message.contains("the earlier keeps it and somebody is asked"), "{}", problem.message);
            }
            other => assert!(!taken, "{other:?}"),
        }
        // A number that two learners were given stays with the first, and somebody is asked; the others stay as they are.
        assert_eq!(matches!(outcome(1), Outcome::Conflict { .. }), taken, "{:?}", outcome(1));
        assert!(matches!(outcome(2), Outcome::Applied { .. }), "{:?}", outcome(2));
    }
    let doubled: i64 = town
        .world
        .scalar("SELECT count(*) - count(DISTINCT student_no) FROM student WHERE student_no IS NOT NULL")
        .await;
    assert_eq!(doubled, 0);
}
