//! What Ctrl+Z leaves alone, on a real store.

use crate::app::Desk;
use crate::app::enrolment::tests::office;
use crate::app::review::tests::pull;
use pems_model::wire::{ChangeResult, Outcome};
use pems_model::{Code, Role};
use serde_json::{Value as Json, json};
use uuid::Uuid;

fn ask(desk: &mut Desk, request: Json) -> Json {
    desk.answer(request).expect("an answer")
}

fn new_learner(desk: &mut Desk) -> Json {
    let fields = json!({ "last_name": "Cruz", "first_name": "Ana", "sex": "F" });
    ask(desk, json!({ "do": "save", "entity": "student", "fields": fields }))["row"].clone()
}

fn learner(desk: &mut Desk, id: &Json) -> Json {
    ask(desk, json!({ "do": "get", "entity": "student", "id": id }))
}

/// The hub took everything that this PC sent, the last of it as this revision.
fn taken(desk: &mut Desk, rev: i64) {
    let sent = desk.store.request(0, false).expect("a request").changes;
    let results: Vec<_> = sent
        .iter()
        .map(|change| ChangeResult { op_no: change.op_no, outcome: Outcome::Applied { rev: Some(rev) } })
        .collect();
    desk.store.keep_results(&results).expect("kept");
}

/// The row as the hub has it now (its revision is 900), with what a colleague typed.
fn arrives(desk: &mut Desk, row: &Json, typed: Json) {
    let id = Uuid::parse_str(row["id"].as_str().expect("an id")).expect("an id");
    let mut fields = row.as_object().cloned().expect("a row");
    fields.retain(|name, _| !matches!(name.as_str(), "id" | "rev" | "deleted"));
    fields.extend(typed.as_object().cloned().expect("fields"));
    pull(desk, "student", &[(id.as_u128(), Json::Object(fields))]);
}

#[test]
fn a_new_record_goes_as_long_as_nobody_wrote_more_into_it() {
    let desk = &mut office(Role::Registrar);
    let row = new_learner(desk);
    taken(desk, 900);
    arrives(desk, &row, json!({}));
    ask(desk, json!({ "do": "session.undo" }));
    assert_eq!(learner(desk, &row["id"])["deleted"], json!(true), "only what was made here");
}

#[test]
fn a_new_record_stays_with_what_a_colleague_typed_into_it() {
    let desk = &mut office(Role::Registrar);
    let row = new_learner(desk);
    taken(desk, 899);
    arrives(desk, &row, json!({ "lrn": "136728140123", "phone": "09171234567" }));
    let error = desk.answer(json!({ "do": "session.undo" })).expect_err("left alone");
    assert_eq!(error.code, Code::Conflict);
    assert!(error.message.starts_with("New record: Learner: "), "{}", error.message);
    let now = learner(desk, &row["id"]);
    assert_eq!((&now["deleted"], &now["lrn"]), (&Json::Null, &json!("136728140123")));
}

#[test]
fn a_record_that_was_made_again_stays_with_what_a_colleague_typed_into_it() {
    let desk = &mut office(Role::Registrar);
    let row = new_learner(desk);
    ask(desk, json!({ "do": "session.undo" }));
    ask(desk, json!({ "do": "session.redo" }));
    taken(desk, 899);
    arrives(desk, &row, json!({ "lrn": "136728140123" }));
    assert_eq!(desk.answer(json!({ "do": "session.undo" })).expect_err("left alone").code, Code::Conflict);
    assert_eq!(learner(desk, &row["id"])["lrn"], json!("136728140123"));
}

#[test]
fn an_act_that_cannot_be_taken_back_is_put_aside_for_those_before_it() {
    let desk = &mut office(Role::Registrar);
    let first = new_learner(desk);
    let second = new_learner(desk);
    let paper = json!({ "student": second["id"], "kind": "psa", "state": "missing" });
    let fields = paper.as_object().cloned().expect("fields");
    let save = crate::store::Save { entity: "student_document".into(), id: None, fields };
    desk.store.save(&save).expect("a colleague's paper hangs on her");
    let error = desk.answer(json!({ "do": "session.undo" })).expect_err("others hang on it");
    assert_eq!(error.code, Code::Conflict);
    assert!(error.message.contains("other records hang on this"), "{}", error.message);
    ask(desk, json!({ "do": "session.undo" }));
    assert_eq!(learner(desk, &first["id"])["deleted"], json!(true));
    assert_eq!(learner(desk, &second["id"])["deleted"], Json::Null);
    assert_eq!(desk.answer(json!({ "do": "session.undo" })).expect_err("nothing left").code, Code::NotFound);
}

#[test]
fn of_many_pasted_learners_only_those_that_were_changed_since_stay() {
    let desk = &mut office(Role::Registrar);
    let matrix = json!([["Last name", "First name"], ["Cruz", "Ana"], ["Reyes", "Ben"]]);
    ask(desk, json!({ "do": "learners.paste", "paste": { "matrix": matrix } }));
    let rows = ask(desk, json!({ "do": "list", "entity": "student", "limit": 9 }))["rows"].clone();
    let ana = rows.as_array().expect("rows").iter().find(|row| row["last_name"] == "Cruz").expect("Ana")["id"].clone();
    let typed = json!({ "do": "learners.save", "id": ana, "fields": { "last_name": "Cruz", "first_name": "Anna" } });
    ask(desk, typed);
    desk.acts.done.pop();
    let answer = ask(desk, json!({ "do": "session.undo" }));
    assert_eq!((&answer["removed"], &answer["left"]), (&json!(1), &json!(1)));
    assert_eq!(learner(desk, &ana)["first_name"], json!("Anna"));
}
