//! What stands, read from the record; and decisions that change it, or say why not.

use super::*;

fn find<'a>(needs: &'a Json, field: &str) -> &'a Json {
    let items = needs["items"].as_array().expect("a list");
    items.iter().find(|need| need["fields"][0]["field"] == json!(field)).expect(field)
}

fn edit(desk: &mut Desk, fields: Json) {
    let fields = fields.as_object().cloned().expect("fields");
    let save = Save { entity: "student".into(), id: Some(Uuid::from_u128(77)), fields };
    desk.store.save(&save).expect("saved");
}

fn decide(desk: &mut Desk, id: u128, keep: &str) -> Json {
    ask(desk, json!({ "do": "review.resolve", "items": [{ "id": Uuid::from_u128(id), "keep": keep }] }))
}

fn learner(desk: &mut Desk) -> Json {
    ask(desk, json!({ "do": "get", "entity": "student", "id": Uuid::from_u128(77) }))
}

#[test]
fn what_stands_is_read_from_the_record_and_not_from_when_it_was_noticed() {
    let mut desk = desk(Role::Registrar);
    with_conflicts(&mut desk);
    // Somebody typed the lost value again, and a third one, since.
    edit(&mut desk, json!({ "first_name": "Juanito", "birth_date": "2012-03-01" }));
    let needs = ask(&mut desk, json!({ "do": "review.list" }));
    assert_eq!(find(&needs, "first_name")["stands"], json!("mine"));
    let birth = find(&needs, "birth_date");
    assert_eq!((&birth["stands"], &birth["fields"][0]["now"]), (&json!("neither"), &json!("2012-03-01")));
    // Whose they are does not change with what stands.
    assert_eq!(find(&needs, "first_name")["theirs"]["pc"], json!("…BEEF"));
}

#[test]
fn deciding_makes_the_record_say_what_was_decided() {
    for (keep, first, birth) in [("theirs", "Juan", "2012-02-29"), ("mine", "Juanito", "2012-02-28")] {
        let mut desk = desk(Role::Registrar);
        with_conflicts(&mut desk);
        edit(&mut desk, json!({ "first_name": "Juanito", "birth_date": "2012-03-01" }));
        let settled = decide(&mut desk, 70, keep);
        let stood = usize::from(keep == "mine");
        assert_eq!((&settled["settled"], &settled["stood"]), (&json!(1), &json!(stood)), "{settled}");
        assert_eq!(decide(&mut desk, 71, keep)["stood"], json!(0));
        let now = learner(&mut desk);
        assert_eq!((&now["first_name"], &now["birth_date"]), (&json!(first), &json!(birth)), "{keep}");
        // Taken back, both are open again and the record is as it was.
        ask(&mut desk, json!({ "do": "session.undo" }));
        assert_eq!(learner(&mut desk)["birth_date"], json!("2012-03-01"));
        assert_eq!(ask(&mut desk, json!({ "do": "review.count" })), json!({ "open": 1 }));
    }
}

#[test]
fn of_a_record_that_was_deleted_since_that_is_said() {
    let mut desk = desk(Role::Registrar);
    with_conflicts(&mut desk);
    desk.store.delete("student", Uuid::from_u128(77)).expect("deleted");
    let needs = ask(&mut desk, json!({ "do": "review.list" }));
    assert_eq!(find(&needs, "first_name")["stands"], json!("gone"));
    let settled = decide(&mut desk, 70, "mine");
    assert_eq!((&settled["settled"], &settled["gone"]), (&json!(1), &json!(1)), "{settled}");
    assert_eq!(learner(&mut desk)["deleted"], json!(true), "nothing comes back by the way");
}

#[test]
fn a_deletion_that_lost_is_decided_both_ways_whatever_happened_since() {
    let item = json!({ "kind": "deleted", "entity": "student", "row_id": Uuid::from_u128(77), "state": "open",
        "kept_replica": OTHER_PC, "lost_replica": Uuid::from_u128(2), "lost_at": "2026-06-08T01:00:00Z" });
    for (deleted, keep, gone) in
        [(false, "mine", true), (false, "theirs", false), (true, "mine", true), (true, "theirs", false)]
    {
        let mut desk = desk(Role::Registrar);
        pull(&mut desk, "student", &[(77, json!({ "last_name": "Dela Cruz", "first_name": "Juan" }))]);
        pull(&mut desk, "review_item", &[(70, item.clone())]);
        if deleted {
            desk.store.delete("student", Uuid::from_u128(77)).expect("deleted");
        }
        let needs = ask(&mut desk, json!({ "do": "review.list" }));
        assert_eq!(needs["items"][0]["stands"], json!(if deleted { "mine" } else { "theirs" }));
        let settled = decide(&mut desk, 70, keep);
        assert_eq!((&settled["settled"], &settled["stood"]), (&json!(1), &json!(usize::from(deleted == gone))));
        assert_eq!(learner(&mut desk)["deleted"] == json!(true), gone, "{deleted} {keep}");
    }
}

#[test]
fn a_number_that_somebody_has_is_not_decided_in_vain() {
    let mut desk = desk(Role::Registrar);
    let row = |first: &str, number: Json| json!({ "last_name": "Cruz", "first_name": first, "student_no": number });
    pull(&mut desk, "student", &[(77, row("Ana", Json::Null)), (78, row("Ben", json!("26-1")))]);
    let item = json!({ "kind": "claim", "entity": "student", "row_id": Uuid::from_u128(77), "field": "student_no",
        "lost_value": json!("26-1").to_string(), "state": "open", "lost_replica": Uuid::from_u128(2),
        "lost_at": "2026-06-08T01:00:00Z" });
    pull(&mut desk, "review_item", &[(70, item)]);
    assert_eq!(ask(&mut desk, json!({ "do": "review.list" }))["items"][0]["stands"], json!("theirs"));
    let settled = decide(&mut desk, 70, "mine");
    assert_eq!((&settled["settled"], &settled["failed"][0]["code"]), (&json!(0), &json!("conflict")), "{settled}");
    assert!(settled["failed"][0]["message"].as_str().is_some_and(|why| why.contains("26-1")), "{settled}");
    let other = json!({ "student_no": "26-2" }).as_object().cloned().expect("fields");
    let save = Save { entity: "student".into(), id: Some(Uuid::from_u128(78)), fields: other };
    desk.store.save(&save).expect("saved");
    assert_eq!(decide(&mut desk, 70, "mine")["settled"], json!(1), "free now");
    assert_eq!(learner(&mut desk)["student_no"], json!("26-1"));
}

#[test]
fn what_was_refused_stands_where_it_was_typed_again() {
    let mut desk = desk(Role::Registrar);
    with_conflicts(&mut desk);
    edit(&mut desk, json!({ "religion": "Islam" }));
    refuse(&mut desk, 1);
    let stands = |desk: &mut Desk| {
        let needs = ask(desk, json!({ "do": "review.list" }));
        let items = needs["items"].as_array().expect("a list").clone();
        let refused = items.into_iter().find(|need| need["kind"] == json!("refused")).expect("it");
        (refused["stands"].clone(), refused["fields"][0]["theirs"].clone())
    };
    assert_eq!(stands(&mut desk), (json!("theirs"), Json::Null));
    edit(&mut desk, json!({ "religion": "Islam" }));
    assert_eq!(stands(&mut desk), (json!("mine"), json!("Islam")));
}

#[test]
fn what_an_older_hub_asked_about_a_question_is_asked_about_the_record_and_goes_with_one_decision() {
    for (keep, birth) in [("theirs", "2012-02-29"), ("mine", "2012-02-28")] {
        let mut desk = desk(Role::Registrar);
        with_conflicts(&mut desk);
        assert_eq!(decide(&mut desk, 70, "theirs")["settled"], json!(1));
        assert_eq!(decide(&mut desk, 71, "theirs")["settled"], json!(1));
        let about = |field: &str, kept: &str, lost: &str| {
            json!({ "kind": "conflict", "entity": "review_item", "row_id": Uuid::from_u128(71), "field": field,
                "kept_value": json!(kept).to_string(), "lost_value": json!(lost).to_string(), "state": "open",
                "kept_replica": OTHER_PC, "lost_replica": Uuid::from_u128(2), "lost_at": "2026-06-10T01:00:00Z" })
        };
        let by = about("resolved_by", OTHER_PC, &Uuid::from_u128(2).to_string());
        pull(&mut desk, "review_item", &[(90, about("state", "kept", "replaced")), (91, by)]);
        assert_eq!(ask(&mut desk, json!({ "do": "review.count" })), json!({ "open": 1 }));
        let needs = ask(&mut desk, json!({ "do": "review.list" }));
        let need = &needs["items"][0];
        assert_eq!((&needs["total"], &need["entity"], &need["may"]), (&json!(1), &json!("student"), &json!(true)));
        let field = &need["fields"][0];
        let said = (&field["field"], &field["mine"], &field["theirs"], &field["stands"]);
        assert_eq!(said, (&json!("birth_date"), &json!("2012-02-28"), &json!("2012-02-29"), &json!("theirs")));
        let items = json!([{ "id": need["id"], "keep": keep }]);
        assert_eq!(ask(&mut desk, json!({ "do": "review.resolve", "items": items }))["settled"], json!(1));
        assert_eq!(learner(&mut desk)["birth_date"], json!(birth));
        assert_eq!(ask(&mut desk, json!({ "do": "review.count" })), json!({ "open": 0 }));
        assert_eq!(ask(&mut desk, json!({ "do": "review.list" }))["items"], json!([]));
    }
}
