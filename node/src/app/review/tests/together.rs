//! The fields of one change are one question: listed together, decided together or one by one, counted as one.

use super::*;

const FIELDS: [(&str, &str, &str); 3] =
    [("first_name", "Juan", "Juanito"), ("birth_date", "2012-02-29", "2012-02-28"), ("sex", "M", "F")];

/// One change of this PC that lost in three fields, and another that lost in one.
fn with_one_change(desk: &mut Desk) {
    let learner = json!({ "last_name": "Dela Cruz", "first_name": "Juan", "birth_date": "2012-02-29", "sex": "M" });
    pull(desk, "student", &[(77, learner)]);
    let item = |field: &str, kept: &str, lost: &str, at: &str| {
        json!({ "kind": "conflict", "entity": "student", "row_id": Uuid::from_u128(77), "field": field,
            "kept_value": json!(kept).to_string(), "lost_value": json!(lost).to_string(), "state": "open",
            "kept_replica": OTHER_PC, "kept_at": "2026-06-08T02:00:00Z", "lost_replica": Uuid::from_u128(2), "lost_at": at })
    };
    let at = "2026-06-08T01:00:00Z";
    let mut items: Vec<(u128, Json)> =
        (70..).zip(FIELDS).map(|(id, (field, kept, lost))| (id, item(field, kept, lost, at))).collect();
    items.push((80, item("last_name", "Dela Cruz", "De la Cruz", "2026-06-09T01:00:00Z")));
    pull(desk, "review_item", &items);
}

fn decide(desk: &mut Desk, ids: &Json, keep: &str) -> Json {
    let ids = ids.as_array().expect("ids");
    let items: Vec<Json> = ids.iter().map(|id| json!({ "id": id, "keep": keep })).collect();
    ask(desk, json!({ "do": "review.resolve", "items": items }))
}

#[test]
fn the_fields_of_one_change_are_one_question_and_are_decided_at_once() {
    let mut desk = desk(Role::Registrar);
    with_one_change(&mut desk);
    let needs = ask(&mut desk, json!({ "do": "review.list" }));
    assert_eq!((&needs["total"], ask(&mut desk, json!({ "do": "review.count" }))), (&json!(2), json!({ "open": 2 })));
    let question = &needs["items"][1];
    let fields = question["fields"].as_array().expect("fields");
    let said: Vec<_> = fields.iter().map(|one| json!([one["field"], one["theirs"], one["mine"]])).collect();
    let expected = [("first_name", "Juan", "Juanito"), ("sex", "M", "F"), ("birth_date", "2012-02-29", "2012-02-28")];
    assert_eq!(said, expected.map(|(field, kept, lost)| json!([field, kept, lost])), "as a form has them");
    assert_eq!(question["stands"], json!("theirs"));
    let settled = decide(&mut desk, &question["ids"], "mine");
    assert_eq!((&settled["settled"], &settled["stood"], &settled["failed"]), (&json!(1), &json!(0), &json!([])));
    let now = ask(&mut desk, json!({ "do": "get", "entity": "student", "id": Uuid::from_u128(77) }));
    assert_eq!(FIELDS.map(|(field, ..)| now[field].clone()), FIELDS.map(|(.., lost)| json!(lost)));
    assert_eq!(ask(&mut desk, json!({ "do": "review.count" })), json!({ "open": 1 }));
    let taken = ask(&mut desk, json!({ "do": "session.undo" }));
    assert_eq!(taken["what"], json!("1 item settled in Needs you"));
    assert_eq!(ask(&mut desk, json!({ "do": "review.count" })), json!({ "open": 2 }));
}

#[test]
fn decided_one_by_one_the_rest_stays_a_question_and_says_what_stands_of_each() {
    let mut desk = desk(Role::Registrar);
    with_one_change(&mut desk);
    let fields = json!({ "sex": "F" }).as_object().cloned().expect("fields");
    desk.store.save(&Save { entity: "student".into(), id: Some(Uuid::from_u128(77)), fields }).expect("saved");
    let question = |desk: &mut Desk| ask(desk, json!({ "do": "review.list" }))["items"][1].clone();
    assert_eq!(question(&mut desk)["stands"], json!("mixed"));
    assert_eq!(decide(&mut desk, &json!([Uuid::from_u128(70)]), "mine")["settled"], json!(1));
    let rest = question(&mut desk);
    let said: Vec<_> = rest["fields"].as_array().expect("fields").iter().map(|one| &one["stands"]).collect();
    assert_eq!((rest["ids"].as_array().map(Vec::len), said.len()), (Some(2), 2));
    assert!(said.contains(&&json!("mine")) && said.contains(&&json!("theirs")), "{rest}");
    assert_eq!(ask(&mut desk, json!({ "do": "review.count" })), json!({ "open": 2 }));
    // One of the two says so already: the question as a whole has changed something.
    let settled = decide(&mut desk, &rest["ids"], "mine");
    assert_eq!((&settled["settled"], &settled["stood"]), (&json!(1), &json!(0)));
}
