//! Learners typed and corrected.

use super::*;

#[test]
fn a_new_learner_with_parents_and_papers_is_one_act() {
    let desk = &mut office(Role::Registrar);
    let request = json!({
        "do": "learners.new",
        "fields": { "last_name": "Cruz", "first_name": "Ana" },
        "guardians": [{ "fields": { "last_name": "Reyes", "first_name": "Rosa" }, "link": { "relation": "mother" } }],
        "papers": [{ "kind": "psa", "state": "received" }, { "kind": "sf9", "state": "missing" }],
    });
    let made = ask(desk, request.clone());
    let page = ask(desk, json!({ "do": "learners.get", "id": made["id"] }));
    assert_eq!(
        (page["guardians"].as_array().map(Vec::len), page["papers"].as_array().map(Vec::len)),
        (Some(1), Some(2))
    );
    let undoable = ask(desk, json!({ "do": "session.undoable" }));
    assert_eq!(undoable["undo"], "New learner: Cruz, Ana");
    let taken = ask(desk, json!({ "do": "session.undo" }));
    assert_eq!((&taken["removed"], &taken["left"]), (&json!(5), &json!(0)));
    assert_eq!(found(desk, json!({})), Vec::<String>::new());
    ask(desk, json!({ "do": "session.redo" }));
    assert_eq!(found(desk, json!({})), ["Cruz"]);

    let mut bad = request;
    bad["guardians"][0]["link"] = json!({ "relation": "neighbour" });
    desk.answer(bad).expect_err("no such relation");
    assert_eq!(found(desk, json!({})), ["Cruz"], "nothing of a refused act is written");
}

#[test]
fn a_range_gives_the_next_number_and_skips_used_ones() {
    let desk = &mut office(Role::SchoolAdmin);
    let range = json!({ "purpose": "student_no", "device": Uuid::from_u128(2), "prefix": "26-", "from_no": 100, "to_no": 101, "digits": 5 });
    put(desk, "number_range", range);
    learner(desk, "Abad", "Ana", json!({ "student_no": "26-00999" }));
    let number = |desk: &mut Desk, id: &str| {
        ask(desk, json!({ "do": "learners.get", "id": id }))["learner"]["student_no"].clone()
    };
    let first = learner(desk, "Bato", "Ben", json!({}));
    assert_eq!(number(desk, &first), "26-00100");
    ask(desk, json!({ "do": "learners.delete", "id": first }));
    let second = learner(desk, "Cruz", "Carl", json!({}));
    assert_eq!(number(desk, &second), "26-00101", "a number is never given twice");
    let third = learner(desk, "Diaz", "Dina", json!({}));
    assert_eq!(number(desk, &third), Json::Null, "a used-up range gives none");
}

#[test]
fn a_number_that_was_corrected_away_is_not_given_again() {
    let desk = &mut office(Role::SchoolAdmin);
    let range =
        json!({ "purpose": "student_no", "device": Uuid::from_u128(2), "prefix": "", "from_no": 1, "to_no": 9 });
    put(desk, "number_range", range);
    let first = learner(desk, "Abad", "Ana", json!({}));
    ask(desk, json!({ "do": "learners.save", "id": first, "fields": { "student_no": "A-7" } }));
    let second = learner(desk, "Bato", "Ben", json!({}));
    assert_eq!(ask(desk, json!({ "do": "learners.get", "id": second }))["learner"]["student_no"], "2");
}

#[test]
fn many_are_changed_in_one_act_and_taken_back_but_for_what_changed_since() {
    let desk = &mut office(Role::Registrar);
    let ids: Vec<String> = ["A", "B", "C"].map(|last| learner(desk, last, "X", json!({}))).into();
    let gone = learner(desk, "D", "X", json!({}));
    ask(desk, json!({ "do": "learners.delete", "id": gone }));
    let mut all = ids.clone();
    all.push(gone);
    let edit = json!({ "do": "learners.edit_many", "ids": all, "fields": { "religion": "Islam" } });
    assert_eq!(ask(desk, edit.clone()), json!({ "changed": 3, "same": 0, "gone": 1 }));
    assert_eq!(ask(desk, edit), json!({ "changed": 0, "same": 3, "gone": 1 }));
    // Somebody at another PC (the store alone: no act of this desk).
    let change = json!({ "religion": "Aglipayan" }).as_object().cloned().expect("fields");
    let other = Uuid::parse_str(&ids[1]).expect("an id");
    desk.store.save(&crate::store::Save { entity: "student".into(), id: Some(other), fields: change }).expect("saved");
    let taken = ask(desk, json!({ "do": "session.undo" }));
    assert_eq!(
        (&taken["restored"], &taken["left"], &taken["what"]),
        (&json!(2), &json!(1), &json!("Change of 3 learners"))
    );
    let bad = json!({ "do": "learners.edit_many", "ids": ids, "fields": { "sex": "X" } });
    desk.answer(bad).expect_err("no such choice");
}

#[test]
fn guardians_are_shared_and_go_with_their_last_child() {
    let desk = &mut office(Role::Registrar);
    let (ana, ben) = (learner(desk, "Cruz", "Ana", json!({})), learner(desk, "Cruz", "Ben", json!({})));
    let rosa = json!({ "fields": { "last_name": "Cruz", "first_name": "Rosa" }, "link": { "relation": "mother" } });
    let person = ask(desk, json!({ "do": "learners.put_guardian", "learner": ana, "guardian": rosa }))["id"].clone();
    let again = json!({ "person": person, "link": { "relation": "mother", "is_primary": true } });
    ask(desk, json!({ "do": "learners.put_guardian", "learner": ben, "guardian": again }));
    let link = |desk: &mut Desk, id: &str| {
        ask(desk, json!({ "do": "learners.get", "id": id }))["guardians"][0]["link"]["id"].clone()
    };
    let (first, second) = (link(desk, &ana), link(desk, &ben));
    let here = |desk: &mut Desk| {
        ask(desk, json!({ "do": "get", "entity": "guardian", "id": person }))["deleted"] != json!(true)
    };
    ask(desk, json!({ "do": "learners.remove_guardian", "link": first }));
    assert!(here(desk), "Ben's mother still");
    ask(desk, json!({ "do": "learners.remove_guardian", "link": second }));
    assert!(!here(desk), "nobody's guardian any more");
    ask(desk, json!({ "do": "session.undo" }));
    assert!(here(desk));
}

#[test]
fn who_may_not_change_learners_changes_none() {
    let desk = &mut office(Role::Teacher);
    let new = json!({ "do": "learners.new", "fields": { "last_name": "Cruz", "first_name": "Ana" } });
    assert_eq!(refused(desk, new), Code::RoleForbidden);
    let paste =
        json!({ "do": "learners.paste", "paste": { "matrix": [["Last name", "First name"], ["Cruz", "Ana"]] } });
    assert_eq!(refused(desk, paste), Code::RoleForbidden);
    let desk = &mut office(Role::Registrar);
    let save =
        json!({ "do": "learners.save", "id": Uuid::from_u128(9), "fields": { "last_name": "A", "first_name": "B" } });
    assert_eq!(refused(desk, save), Code::NotFound, "an edit makes no learner");
}

#[test]
fn a_half_typed_learner_is_there_after_the_program_was_killed_and_gone_once_it_is_cleared() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("records.db");
    let (key, schema) = ([7; 32], Schema::product());
    let store = Store::create(&path, &key, &enrolled(Role::Registrar), schema, Box::new(SystemEnv)).expect("made");
    let desk = &mut Desk::new(store);
    assert_eq!(ask(desk, json!({ "do": "learners.draft" })), Json::Null);
    let draft = json!({ "learner": { "last_name": "Macaraeg" }, "guardian": { "phone": "0917" } });
    ask(desk, json!({ "do": "learners.keep_draft", "draft": draft }));
    assert!(!desk.store.take_wrote(), "a draft waits for no hub");
    let again = &mut Desk::new(Store::open(&path, &key, schema, Box::new(SystemEnv)).expect("opened"));
    assert_eq!(ask(again, json!({ "do": "learners.draft" })), draft);
    let counter = json!({ "do": "learners.draft", "of": "counter" });
    assert_eq!(ask(again, counter.clone()), Json::Null, "another form");
    ask(again, json!({ "do": "learners.keep_draft", "draft": { "grade": "7" }, "of": "counter" }));
    ask(again, json!({ "do": "learners.keep_draft", "draft": null }));
    assert_eq!(ask(again, counter), json!({ "grade": "7" }));
    assert_eq!(ask(again, json!({ "do": "learners.draft" })), Json::Null);
    let much = json!({ "do": "learners.keep_draft", "draft": "x".repeat(30_000) });
    assert_eq!(refused(again, much), Code::BadRequest);
    let bytes = std::fs::read(&path).expect("the file");
    assert!(!bytes.windows(8).any(|part| part == b"Macaraeg"), "encrypted, as every name is");
}

#[test]
fn a_column_over_chosen_rows_is_one_act_and_names_whose_value_is_wrong() {
    let desk = &mut office(Role::Registrar);
    let ids: Vec<String> = ["A", "B", "C"].map(|last| learner(desk, last, "X", json!({}))).into();
    learner(desk, "D", "X", json!({ "lrn": "136789012345" }));
    let each = |field: &str, values: [&str; 3]| {
        let values: Vec<Json> = ids.iter().zip(values).map(|(id, value)| json!({ "id": id, "value": value })).collect();
        json!({ "do": "learners.edit_each", "field": field, "values": values })
    };
    let lrns = each("lrn", ["136789012301", "136789012302", "136789012303"]);
    assert_eq!(ask(desk, lrns), json!({ "changed": 3, "same": 0, "gone": 0 }));
    let wrong = desk.answer(each("lrn", ["136789012311", "12", "136789012313"])).expect_err("no LRN");
    assert!(wrong.message.starts_with("B, X: "), "{}", wrong.message);
    for taken in [["136789012311", "136789012345", "136789012313"], ["136789012311", "136789012312", "136789012312"]] {
        assert_eq!(refused(desk, each("lrn", taken)), Code::Conflict);
    }
    let of = |desk: &mut Desk| ask(desk, json!({ "do": "learners.get", "id": ids[0] }))["learner"]["lrn"].clone();
    assert_eq!(of(desk), "136789012301", "all of them or none");
    ask(desk, json!({ "do": "session.undo" }));
    assert_eq!(of(desk), Json::Null, "one act, one undo");
}
