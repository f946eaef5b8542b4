use super::*;
use crate::SystemEnv;
use crate::store::Enrolled;
use pems_model::{Role, Schema, WrittenBy};
use uuid::Uuid;

fn office(role: Role) -> Desk {
    let enrolled = Enrolled::made_up(role);
    Desk::new(Store::in_memory(&enrolled, Schema::product(), Box::new(SystemEnv)).expect("a store"))
}

fn ask(desk: &mut Desk, request: Json) -> Result<Json> {
    desk.answer(request)
}

fn learner(store: &mut Desk, last: &str, first: &str) -> Json {
    let fields = json!({ "last_name": last, "first_name": first, "remarks": "kept at home" });
    ask(store, json!({ "do": "save", "entity": "student", "fields": fields })).expect("saved")
}

#[test]
fn a_learner_is_saved_found_by_folded_name_and_deleted() {
    let mut store = office(Role::Registrar);
    let saved = learner(&mut store, "Dela Peña", "José");
    learner(&mut store, "Reyes", "Ana");
    assert_eq!((&saved["created"], &saved["changed"]), (&json!(true), &json!(true)));

    let search =
        json!({ "do": "search", "entity": "student", "text": "delapena", "limit": 10, "fields": ["last_name"] });
    let found = ask(&mut store, search).expect("found");
    let id = saved["row"]["id"].clone();
    assert_eq!(
        found,
        json!({ "rows": [{ "id": id, "last_name": "Dela Peña" }], "more": false, "total": 2 }),
        "only the fields that were asked for"
    );
    let limited = ask(&mut store, json!({ "do": "list", "entity": "student", "limit": 1 })).expect("listed");
    assert_eq!((limited["rows"].as_array().map(Vec::len), &limited["more"]), (Some(1), &json!(true)));

    ask(&mut store, json!({ "do": "delete", "entity": "student", "id": id })).expect("deleted");
    let row = ask(&mut store, json!({ "do": "get", "entity": "student", "id": id })).expect("a tombstone");
    assert_eq!(row["deleted"], json!(true));
    let status = ask(&mut store, json!({ "do": "status" })).expect("a status");
    assert_eq!((&status["pending"], &status["last_contact"]), (&json!(3), &Json::Null));
}

#[test]
fn a_refusal_names_its_code_and_field_and_writes_nothing() {
    let mut store = office(Role::Registrar);
    let bad =
        json!({ "do": "save", "entity": "student", "fields": { "last_name": "Cruz", "first_name": "A", "lrn": "12" } });
    let error = ask(&mut store, bad).expect_err("an LRN has twelve digits");
    assert_eq!(error.details, Some(json!({ "field": "lrn" })));
    for (request, code) in [
        (json!({ "do": "list", "entity": "grades", "limit": 1 }), Code::UnknownEntity),
        (json!({ "do": "list", "entity": "student", "limit": 1, "fields": ["age"] }), Code::UnknownField),
        (json!({ "do": "get", "entity": "student", "id": Uuid::from_u128(9) }), Code::NotFound),
        (json!({ "do": "list", "entity": "school_user", "limit": 1 }), Code::BadRequest),
        (json!({ "do": "list", "entity": "review_item", "limit": 1 }), Code::BadRequest),
        (json!({ "do": "save", "entity": "review_item", "fields": { "state": "kept" } }), Code::BadRequest),
    ] {
        assert_eq!(ask(&mut store, request.clone()).expect_err("refused").code, code, "{request}");
    }
    assert_eq!(store.store.count("student").expect("a count"), 0);
    for entity in Schema::product().entities() {
        let WrittenBy::Domain { instead } = entity.written_by else { continue };
        for (what, fields) in [("save", true), ("delete", false)] {
            let mut request = json!({ "do": what, "entity": entity.name, "id": Uuid::from_u128(9) });
            if fields {
                request["fields"] = json!({});
            }
            let error = ask(&mut store, request.clone()).expect_err("more than its fields");
            assert!(error.message.contains(instead) && error.code == Code::BadRequest, "{request}: {}", error.message);
        }
    }

    let mut viewer = office(Role::Viewer);
    let save = json!({ "do": "save", "entity": "student", "fields": { "last_name": "Cruz", "first_name": "A" } });
    assert_eq!(ask(&mut viewer, save).expect_err("may only look").code, Code::RoleForbidden);
}

#[test]
fn a_request_that_nobody_declared_is_not_a_request() {
    let mut desk = office(Role::SchoolAdmin);
    for request in [
        json!({ "do": "drop" }),
        json!({ "entity": "student" }),
        json!({ "do": "get", "entity": "student", "id": "7" }),
    ] {
        assert_eq!(ask(&mut desk, request.clone()).expect_err("refused").code, Code::BadRequest, "{request}");
    }
}
