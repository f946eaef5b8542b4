use super::*;
use crate::domain::made_up::MadeUp;
use crate::domain::users::verifier;
use crate::store::{Actor, Enrolled, Save};
use crate::{Store, SystemEnv};
use pems_model::Role;
use pems_model::frame::{Rows, RowsHead};
use pems_model::wire::{ChangeResult, DeviceList, End, KnownDevice, Outcome};
use pems_model::{Problem, Row, Schema, Value, pgcopy};
use serde_json::{Value as Json, json};

mod damaged;
mod standing;
mod together;

const OTHER_PC: &str = "00000000-0000-0000-0000-00000000beef";

fn desk(role: Role) -> Desk {
    let enrolled = Enrolled::made_up(role);
    Desk::new(Store::in_memory(&enrolled, Schema::product(), Box::new(SystemEnv)).expect("a store"))
}

fn save(desk: &mut Desk, entity: &str, fields: Json) -> Uuid {
    let fields = fields.as_object().cloned().unwrap_or_default();
    desk.store.put(&Save { entity: entity.into(), id: None, fields }).expect("saved").row.id
}

/// Rows as the hub sends them, through the store's own door.
pub(in crate::app) fn pull(desk: &mut Desk, name: &str, given: &[(u128, Json)]) {
    let entity = desk.store.schema().entity(name).expect("an entity");
    let (mut raw, through) = (Vec::new(), 1_000);
    for (id, fields) in given {
        let mut row = Row::empty(entity, Uuid::from_u128(*id));
        row.rev = 900;
        for (name, json) in fields.as_object().expect("fields") {
            let i = entity.field_index(name).expect("a field");
            row.values[i] = Value::parse(&entity.fields[i], json).expect("a value");
        }
        pgcopy::write(&row, &mut raw);
    }
    let head = RowsHead {
        entity: name.into(),
        columns: entity.fields.iter().map(|field| field.name.into()).collect(),
        count: u32::try_from(given.len()).expect("a few rows"),
        through,
        raw_len: u32::try_from(raw.len()).expect("a few rows"),
    };
    let body = zstd::bulk::compress(&raw, 1).expect("compressed");
    desk.store.stage(Rows { head, body }).expect("staged");
    let epoch = Uuid::from_u128(3);
    let hub_time = desk.store.now();
    let end = End { rev: through, epoch, durable_rev: None, digest: None, more: false, hub_time, devices: None };
    desk.store.apply(&end).expect("applied");
}

/// Conflicts about the learner 77: this PC's other value lost.
fn with_conflicts(desk: &mut Desk) {
    let learner = json!({ "last_name": "Dela Cruz", "first_name": "Juan", "birth_date": "2012-02-29", "sex": "M" });
    pull(desk, "student", &[(77, learner)]);
    let conflict = |field: &str, kept: &str, lost: &str, at: &str| {
        json!({ "kind": "conflict", "entity": "student", "row_id": Uuid::from_u128(77), "field": field,
            "kept_value": json!(kept).to_string(), "lost_value": json!(lost).to_string(), "state": "open",
            "kept_replica": OTHER_PC, "lost_replica": Uuid::from_u128(2), "lost_at": at })
    };
    let first = conflict("first_name", "Juan", "Juanito", "2026-06-08T01:00:00Z");
    let birth = conflict("birth_date", "2012-02-29", "2012-02-28", "2026-06-09T01:00:00Z");
    pull(desk, "review_item", &[(70, first), (71, birth)]);
}

fn refuse(desk: &mut Desk, op_no: i64) {
    let problem = Problem::new(Code::RoleForbidden, "this PC may not do that any more");
    desk.store.keep_results(&[ChangeResult { op_no, outcome: Outcome::Refused { problem } }]).expect("kept");
}

fn ask(desk: &mut Desk, request: Json) -> Json {
    desk.answer(request).expect("an answer")
}

#[test]
fn a_conflict_is_told_in_words_the_latest_first() {
    let mut desk = desk(Role::Registrar);
    with_conflicts(&mut desk);
    let needs = ask(&mut desk, json!({ "do": "review.list" }));
    assert_eq!(needs["total"], json!(2));
    let need = &needs["items"][0];
    assert_eq!((&need["record"], &need["entity_label"]), (&json!("Dela Cruz, Juan"), &json!("Learner")));
    let sides = json!([{ "id": Uuid::from_u128(71), "field": "birth_date", "label": "Birth date", "shape": "date",
        "mine": "2012-02-28", "theirs": "2012-02-29", "stands": "theirs", "now": null }]);
    assert_eq!((&need["fields"], &need["stands"]), (&sides, &json!("theirs")));
    assert_eq!((&need["mine"]["here"], &need["theirs"]["pc"]), (&json!(true), &json!("…BEEF")));
    let other = KnownDevice {
        id: OTHER_PC.parse().expect("an id"),
        name: "Registrar 2".into(),
        role: "registrar".into(),
        state: "revoked".into(),
        seen: None,
    };
    let hub_time = desk.store.now();
    let devices = Some(DeviceList { revision: "one".into(), list: vec![other] });
    let epoch = Uuid::from_u128(3);
    let end = End { rev: 1_000, epoch, durable_rev: None, digest: None, more: false, hub_time, devices };
    desk.store.apply(&end).expect("applied");
    let told = ask(&mut desk, json!({ "do": "review.list" }));
    assert_eq!(told["items"][0]["theirs"]["pc"], json!("Registrar 2"), "the hub has told, also of one that is gone");
    assert_eq!(ask(&mut desk, json!({ "do": "review.count" })), json!({ "open": 2 }));
}

#[test]
fn many_are_settled_in_one_step_and_taken_back_as_one() {
    let mut desk = desk(Role::Registrar);
    with_conflicts(&mut desk);
    let nobody = Uuid::from_u128(9);
    let items = json!([{ "id": Uuid::from_u128(70), "keep": "mine" }, { "id": nobody, "keep": "mine" },
        { "id": Uuid::from_u128(71), "keep": "theirs" }]);
    let settled = ask(&mut desk, json!({ "do": "review.resolve", "items": items }));
    assert_eq!(settled["settled"], json!(2), "{settled}");
    assert_eq!((&settled["failed"][0]["id"], &settled["failed"][0]["code"]), (&json!(nobody), &json!("not_found")));
    let learner = |desk: &mut Desk| ask(desk, json!({ "do": "get", "entity": "student", "id": Uuid::from_u128(77) }));
    let now = learner(&mut desk);
    assert_eq!((&now["first_name"], &now["birth_date"]), (&json!("Juanito"), &json!("2012-02-29")));
    assert_eq!(ask(&mut desk, json!({ "do": "review.count" })), json!({ "open": 0 }));

    let taken = ask(&mut desk, json!({ "do": "session.undo" }));
    assert_eq!(taken["what"], json!("2 items settled in Needs you"));
    assert_eq!(learner(&mut desk)["first_name"], json!("Juan"));
    assert_eq!(ask(&mut desk, json!({ "do": "review.count" })), json!({ "open": 2 }));
}

#[test]
fn a_refused_change_is_sent_again_with_what_hangs_on_it_or_let_go() {
    let mut desk = desk(Role::Registrar);
    let student = save(&mut desk, "student", json!({ "last_name": "Reyes", "first_name": "Ana" }));
    save(&mut desk, "student_document", json!({ "student": student, "kind": "psa", "state": "missing" }));
    save(&mut desk, "student", json!({ "last_name": "Santos", "first_name": "Ben" }));
    (1..=3).for_each(|op_no| refuse(&mut desk, op_no));
    let needs = ask(&mut desk, json!({ "do": "review.list" }));
    let items = needs["items"].as_array().expect("a list");
    let of = |name: &str| items.iter().find(|need| need["record"] == json!(name)).expect(name);
    let (ana, ben) = (of("Reyes, Ana"), of("Santos, Ben"));
    assert_eq!(
        (&ana["kind"], &ana["what"], &ana["code"]),
        (&json!("refused"), &json!("new"), &json!("role_forbidden"))
    );
    let paper = items.iter().find(|need| need["entity"] == json!("student_document")).expect("the paper");
    let decisions = json!([{ "id": ana["id"], "keep": "mine" }, { "id": paper["id"], "keep": "mine" },
        { "id": ben["id"], "keep": "theirs" }]);
    let settled = ask(&mut desk, json!({ "do": "review.resolve", "items": decisions }));
    assert_eq!((&settled["settled"], &settled["failed"]), (&json!(3), &json!([])));
    let sync = ask(&mut desk, json!({ "do": "review.sync" }));
    assert_eq!((&sync["pending_total"], &sync["parked"]), (&json!(2), &json!(0)), "Ana and her paper go out again");
}

#[test]
fn settling_is_refused_for_those_who_only_look_and_for_odd_lists() {
    let mut viewer = desk(Role::Viewer);
    let one = json!({ "do": "review.resolve", "items": [{ "id": Uuid::from_u128(70), "keep": "mine" }] });
    assert_eq!(viewer.answer(one).expect_err("may only look").code, Code::RoleForbidden);
    let mut desk = desk(Role::Registrar);
    let twice = json!([{ "id": Uuid::from_u128(70), "keep": "mine" }, { "id": Uuid::from_u128(70), "keep": "theirs" }]);
    for items in [json!([]), twice] {
        let refused = desk.answer(json!({ "do": "review.resolve", "items": items })).expect_err("refused");
        assert_eq!(refused.code, Code::BadRequest);
    }
}

#[test]
fn who_may_not_change_a_record_decides_nothing_about_it() {
    let mut desk = desk(Role::SchoolAdmin);
    with_conflicts(&mut desk);
    let (registrar, teacher) = (Uuid::from_u128(20), Uuid::from_u128(21));
    desk.store.sign(Some(Actor { id: registrar, role: Role::Registrar }));
    save(&mut desk, "student", json!({ "last_name": "Reyes", "first_name": "Ana" }));
    refuse(&mut desk, 1);
    desk.store.sign(Some(Actor { id: teacher, role: Role::Teacher }));
    let needs = ask(&mut desk, json!({ "do": "review.list" }));
    let items = needs["items"].as_array().expect("a list").clone();
    assert!(items.len() == 3 && items.iter().all(|need| need["may"] == json!(false)), "{needs}");
    for keep in ["mine", "theirs"] {
        let decisions: Vec<_> = items.iter().map(|need| json!({ "id": need["id"], "keep": keep })).collect();
        let settled = ask(&mut desk, json!({ "do": "review.resolve", "items": decisions }));
        assert_eq!(settled["settled"], json!(0), "{settled}");
        assert!(settled["failed"].as_array().expect("a list").iter().all(|one| one["code"] == "role_forbidden"));
    }
    assert_eq!(ask(&mut desk, json!({ "do": "review.count" })), json!({ "open": 3 }));

    // Their own refused change is theirs to drop, whatever they may do now.
    desk.store.sign(Some(Actor { id: registrar, role: Role::Teacher }));
    let own = items.iter().find(|need| need["kind"] == json!("refused")).expect("the refused change");
    let decision = json!([{ "id": own["id"], "keep": "theirs" }]);
    assert_eq!(ask(&mut desk, json!({ "do": "review.resolve", "items": decision }))["settled"], json!(1));
}

#[test]
fn nobody_is_shown_what_a_password_is_checked_against() {
    let mut desk = desk(Role::SchoolAdmin);
    let secret = verifier::make("tatlong isda sa ilog").expect("a verifier");
    let user = json!({ "name": "Ana Cruz", "role": "teacher", "disabled": true, "verifier": secret });
    pull(&mut desk, "school_user", &[(9, user)]);
    // As a hub before `secret` made them.
    let item = json!({ "kind": "conflict", "entity": "school_user", "row_id": Uuid::from_u128(9), "field": "verifier",
        "kept_value": json!(secret).to_string(), "lost_value": json!("$argon2id$lost").to_string(), "state": "open",
        "kept_replica": OTHER_PC, "lost_replica": Uuid::from_u128(2), "lost_at": "2026-06-08T01:00:00Z" });
    pull(&mut desk, "review_item", &[(70, item)]);
    let other = verifier::make("limang ibon sa bubong").expect("a verifier");
    let fields = json!({ "verifier": other }).as_object().cloned().expect("fields");
    let save = Save { entity: "school_user".into(), id: Some(Uuid::from_u128(9)), fields };
    desk.store.put(&save).expect("saved");
    let journal = serde_json::to_string(&desk.store.journal(0).expect("a journal")).expect("JSON");
    refuse(&mut desk, 1);
    let needs = json!(list::list(&desk).expect("a list")).to_string();
    let reviews = serde_json::to_string(&desk.store.reviews().expect("reviews")).expect("JSON");
    let entity = desk.store.schema().entity("school_user").expect("users");
    let row = desk.store.get("school_user", Uuid::from_u128(9)).expect("read").expect("a user");
    for (shown, what) in [(journal, "verifier"), (needs, "Password verifier"), (reviews, "verifier")] {
        assert!(shown.contains(what) && !shown.contains("argon2id"), "{shown}");
    }
    assert!(row.to_json(entity).get("verifier").is_none());
}

#[test]
fn the_sync_line_is_explained_by_kind_of_record() {
    let mut desk = desk(Role::Registrar);
    let before = ask(&mut desk, json!({ "do": "review.sync" }));
    assert_eq!(
        (&before["pending"], &before["oldest"], &before["clock_offset"]),
        (&json!([]), &Json::Null, &Json::Null)
    );
    save(&mut desk, "student", json!({ "last_name": "Reyes", "first_name": "Ana" }));
    save(&mut desk, "student", json!({ "last_name": "Santos", "first_name": "Ben" }));
    save(&mut desk, "guardian", json!({ "last_name": "Reyes" , "first_name": "Luz" }));
    let sync = ask(&mut desk, json!({ "do": "review.sync" }));
    let pending = json!([{ "entity": "student", "label": "Learner", "count": 2 },
        { "entity": "guardian", "label": "Parent or guardian", "count": 1 }]);
    assert_eq!((&sync["pending"], &sync["pending_total"]), (&pending, &json!(3)));
    assert!(sync["oldest"].is_string() && sync["device_short"] == json!("0002"), "{sync}");
}

#[test]
fn what_support_gets_names_nobody() {
    let mut desk = desk(Role::Registrar);
    with_conflicts(&mut desk);
    save(
        &mut desk,
        "student",
        json!({ "last_name": "Quisumbing", "first_name": "Maximiana", "lrn": "136728140123",
        "phone": "09171234567", "birth_date": "2012-02-29", "barangay": "Poblacion" }),
    );
    let dir = tempfile::tempdir().expect("a folder");
    desk.printed.folder = Some(dir.path().to_owned());
    let bundle = ask(&mut desk, json!({ "do": "review.bundle" }));
    let file = std::fs::File::open(bundle["path"].as_str().expect("a path")).expect("a file");
    let mut zip = zip::ZipArchive::new(file).expect("a zip");
    assert_eq!(zip.len(), 1, "records in memory have no log beside them");
    let text = std::io::read_to_string(zip.by_name("report.json").expect("there")).expect("a text");
    let lower = text.to_lowercase();
    for told in [
        "quisumbing",
        "maximiana",
        "136728140123",
        "0917",
        "2012-02-29",
        "poblacion",
        "dela cruz",
        "juan",
        "mabini",
        "registrar 1",
        "hub.example",
        "/tmp",
    ] {
        assert!(!lower.contains(told), "{told} is in {text}");
    }
    let content: Json = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&content["pending"]["student"], &content["records"]["student"]), (&json!(1), &json!(2)));
    assert!(content["changes"].as_array().is_some_and(|changes| changes.iter().any(|one| one["state"] == "pending")));
}

#[test]
fn a_number_that_two_learners_have_names_both_and_is_a_line_in_today() {
    let mut desk = desk(Role::Registrar);
    let learner = |last: &str| json!({ "last_name": last, "first_name": "Ana", "lrn": "136728140123" });
    pull(&mut desk, "student", &[(77, learner("Santos")), (78, learner("Reyes"))]);
    let (one, other) = (Uuid::from_u128(77).to_string(), Uuid::from_u128(78).to_string());
    let item = json!({ "kind": "duplicate", "entity": "student", "row_id": other, "other_id": one, "field": "lrn",
        "kept_value": "\"136728140123\"", "lost_value": "\"136728140123\"", "lost_replica": OTHER_PC, "state": "open" });
    pull(&mut desk, "review_item", &[(5, item)]);
    let listed = ask(&mut desk, json!({ "do": "review.list" }));
    let need = &listed["items"][0];
    assert_eq!(
        (&need["kind"], &need["record"], &need["other_record"]),
        (&json!("duplicate"), &json!("Reyes, Ana"), &json!("Santos, Ana"))
    );
    assert_eq!((&need["row_id"], &need["other_id"], &need["may"]), (&json!(other), &json!(one), &json!(true)));
    assert_eq!(ask(&mut desk, json!({ "do": "home.today" }))["same_number"], json!(1));

    let items = json!([{ "id": need["id"], "keep": "theirs" }]);
    assert_eq!(ask(&mut desk, json!({ "do": "review.resolve", "items": items }))["settled"], json!(1));
    assert_eq!(ask(&mut desk, json!({ "do": "home.today" }))["same_number"], json!(0));
    let lrn =
        |desk: &mut Desk, id: &str| ask(desk, json!({ "do": "get", "entity": "student", "id": id }))["lrn"].clone();
    assert_eq!(
        (lrn(&mut desk, &one), lrn(&mut desk, &other)),
        (json!("136728140123"), Json::Null),
        "the decision did something"
    );
    ask(&mut desk, json!({ "do": "session.undo" }));
    assert_eq!(lrn(&mut desk, &other), json!("136728140123"));
}

#[test]
fn why_the_hub_does_not_sync_is_said_where_people_look_and_the_work_can_be_taken_along() {
    let mut from = desk(Role::Registrar);
    save(&mut from, "student", json!({ "last_name": "Santos", "first_name": "Ana" }));
    assert_eq!(ask(&mut from, json!({ "do": "status" }))["trouble"], Json::Null);
    let refused = crate::store::explained(NodeError::new(Code::ReplicaForked, "another copy has spoken"));
    from.store.note_trouble(&refused).expect("noted");
    for answer in ["status", "review.sync", "review.list"] {
        let trouble = ask(&mut from, json!({ "do": answer }))["trouble"].clone();
        assert_eq!(trouble["code"], "replica_forked", "{answer}");
        assert!(trouble["message"].as_str().is_some_and(|why| why.contains("Nothing is lost")), "{trouble}");
    }
    let dir = tempfile::tempdir().expect("a folder");
    from.printed.folder = Some(dir.path().to_owned());
    let saved = ask(&mut from, json!({ "do": "review.save_unsent" }));
    assert_eq!(saved["changes"], json!(1));

    let mut to = desk(Role::Registrar);
    let put = json!({ "do": "review.put_back", "path": saved["path"] });
    assert_eq!(ask(&mut to, put.clone())["put_back"], json!(1));
    assert_eq!(to.store.count("student").expect("counted"), 1);
    let again = ask(&mut to, put);
    assert_eq!((&again["put_back"], &again["known"]), (&json!(0), &json!(1)), "twice is once");
    ask(&mut to, json!({ "do": "session.undo" }));
    assert_eq!(to.store.count("student").expect("counted"), 0);
    let mut viewer = desk(Role::Viewer);
    assert!(viewer.answer(json!({ "do": "review.save_unsent" })).is_err());
}

#[test]
fn a_teacher_is_not_told_of_what_only_others_decide() {
    let mut desk = desk(Role::SchoolAdmin);
    with_conflicts(&mut desk);
    let open = |desk: &mut Desk| {
        let status = desk.answer(json!({ "do": "status" })).expect("how things stand");
        status["review"].as_i64().zip(status["parked"].as_i64()).map(|(review, parked)| review + parked)
    };
    assert!(open(&mut desk) > Some(0), "a school without users sees all");
    let password = "tatlong isda sa ilog";
    let kept = crate::domain::users::verifier::make(password).expect("a verifier");
    let user = |role: &str| json!({ "name": "Ana Cruz", "role": role, "verifier": kept });
    pull(&mut desk, "school_user", &[(8, user("registrar")), (9, user("teacher"))]);
    for (id, told) in [(8, true), (9, false)] {
        let id = Uuid::from_u128(id);
        desk.answer(json!({ "do": "session.sign_in", "id": id, "password": password })).expect("signed in");
        assert_eq!(open(&mut desk) > Some(0), told);
    }
}
