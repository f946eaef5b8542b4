//! A learner's history, with what came in from elsewhere.

use super::*;
use pems_model::frame::{Rows, RowsHead};
use pems_model::wire::{ChangeResult, End, Outcome};
use pems_model::{Row, pgcopy};

/// A row as the hub sends it, through the store's own door.
fn arrives(desk: &mut Desk, entity: &str, row: &Row) {
    let declared = desk.store.schema().entity(entity).expect("an entity");
    let mut raw = Vec::new();
    pgcopy::write(row, &mut raw);
    let head = RowsHead {
        entity: entity.into(),
        columns: declared.fields.iter().map(|field| field.name.into()).collect(),
        count: 1,
        through: row.rev,
        raw_len: u32::try_from(raw.len()).expect("a small row"),
    };
    let body = zstd::bulk::compress(&raw, 1).expect("compressed");
    desk.store.stage(Rows { head, body }).expect("staged");
    let hub_time = desk.store.now();
    let epoch = Uuid::from_u128(3);
    let end = End { rev: row.rev, epoch, durable_rev: None, digest: None, more: false, hub_time, devices: None };
    desk.store.apply(&end).expect("applied");
}

fn with(desk: &Desk, row: &Row, field: &str, value: Json, rev: i64) -> Row {
    let entity = desk.store.schema().entity("student").expect("learners");
    let at = entity.field_index(field).expect("a field");
    let mut row = Row { rev, ..row.clone() };
    row.values[at] = pems_model::Value::parse(&entity.fields[at], &value).expect("a value");
    row
}

/// Everything that this desk saved is taken by the hub.
fn answered(desk: &mut Desk) {
    let request = desk.store.request(0, false).expect("a request");
    let results: Vec<ChangeResult> = request
        .changes
        .iter()
        .map(|change| ChangeResult { op_no: change.op_no, outcome: Outcome::Applied { rev: Some(change.op_no) } })
        .collect();
    desk.store.keep_results(&results).expect("kept");
}

#[test]
fn what_another_pc_changed_is_in_the_list_and_in_the_history() {
    let desk = &mut office(Role::Registrar);
    let ana = learner(desk, "Cruz", "Ana", json!({ "religion": "Catholic" }));
    let ana_id = Uuid::parse_str(&ana).expect("an id");
    answered(desk);
    let mine = desk.store.get("student", ana_id).expect("read").expect("there");
    arrives(desk, "student", &Row { rev: 1, ..mine.clone() });
    let history = |desk: &mut Desk| ask(desk, json!({ "do": "learners.history", "id": ana }));
    assert_eq!(history(desk).as_array().map(Vec::len), Some(1), "what comes back as it was sent is no news");
    assert_eq!(found(desk, json!({ "text": "cruz" })), ["Cruz"]);

    arrives(desk, "student", &with(desk, &mine, "last_name", json!("Cruz Santos"), 2));
    assert_eq!(found(desk, json!({ "text": "santos" })), ["Cruz Santos"]);
    let news = history(desk)[0].clone();
    assert_eq!((&news["elsewhere"], &news["who"], &news["kind"]), (&json!(true), &Json::Null, &json!("changed")));
    assert_eq!((&news["fields"][0]["before"], &news["fields"][0]["after"]), (&json!("Cruz"), &json!("Cruz Santos")));
    assert_eq!(news["fields"][0]["restorable"], true);

    let stranger = Row { id: Uuid::from_u128(77), ..with(desk, &mine, "last_name", json!("Zamora"), 3) };
    arrives(desk, "student", &stranger);
    assert_eq!(found(desk, json!({ "text": "zamora" })), ["Zamora"]);
    arrives(desk, "student", &Row { deleted_at: Some(9), rev: 4, ..stranger });
    assert_eq!(found(desk, json!({ "text": "zamora" })), Vec::<String>::new());
}

#[test]
fn a_change_that_the_hub_refused_leaves_the_list_and_says_so() {
    let desk = &mut office(Role::Registrar);
    let ana = learner(desk, "Cruz", "Ana", json!({}));
    assert_eq!(found(desk, json!({})), ["Cruz"]);
    let request = desk.store.request(0, false).expect("a request");
    let problem = pems_model::Problem::new(Code::RoleForbidden, "not from this PC");
    let outcome = Outcome::Refused { problem };
    desk.store.keep_results(&[ChangeResult { op_no: request.changes[0].op_no, outcome }]).expect("kept");
    assert_eq!(found(desk, json!({})), Vec::<String>::new());
    let history = ask(desk, json!({ "do": "learners.history", "id": ana }));
    assert!(history.as_array().expect("a list").iter().any(|entry| entry["refused"] == true), "{history}");
}

#[test]
fn history_says_who_changed_what_and_one_value_is_put_back() {
    let desk = &mut office(Role::SchoolAdmin);
    let user = put(desk, "school_user", json!({ "name": "Corazon Reyes", "role": "registrar" }));
    let actor = crate::store::Actor { id: Uuid::parse_str(&user).expect("an id"), role: Role::Registrar };
    desk.store.set_local("sample", "1").expect("a sample school asks no password");
    ask(desk, json!({ "do": "session.sign_in", "id": actor.id, "password": "" }));
    let ana = learner(desk, "Cruz", "Ana", json!({ "religion": "Catholic" }));
    ask(
        desk,
        json!({ "do": "learners.save", "id": ana, "fields": { "religion": "Islam", "last_name": "Cruz Santos" } }),
    );
    let history = ask(desk, json!({ "do": "learners.history", "id": ana }));
    let last = &history[0];
    assert_eq!(
        (&last["who"], &last["kind"], &last["elsewhere"]),
        (&json!("Corazon Reyes"), &json!("changed"), &json!(false))
    );
    let labels: Vec<&Json> = last["fields"].as_array().expect("fields").iter().map(|field| &field["label"]).collect();
    assert_eq!(labels, ["Last name", "Religion"], "in the order of the record");
    assert_eq!(last["fields"][1]["before"], "Catholic");
    assert_eq!(last["fields"][1]["restorable"], true);
    assert_eq!(history[1]["kind"], "new");

    let restore =
        json!({ "do": "learners.restore", "entity": "student", "id": ana, "field": "religion", "value": "Catholic" });
    assert_eq!(ask(desk, restore.clone())["changed"], true);
    assert_eq!(ask(desk, restore)["changed"], false);
    let history = ask(desk, json!({ "do": "learners.history", "id": ana }));
    assert_eq!(history.as_array().map(Vec::len), Some(3), "putting back is a change of its own");
    assert_eq!(history[1]["fields"][1]["restorable"], false, "it stands already");
    assert_eq!(ask(desk, json!({ "do": "session.undo" }))["what"], "Put back: Religion");
    let enrolment =
        json!({ "do": "learners.restore", "entity": "enrolment", "id": ana, "field": "status", "value": "enrolled" });
    assert_eq!(refused(desk, enrolment), Code::BadRequest);
}

#[test]
fn papers_and_guardians_are_part_of_the_history() {
    let desk = &mut office(Role::Registrar);
    let ana = learner(desk, "Cruz", "Ana", json!({}));
    let other = learner(desk, "Cruz", "Ben", json!({}));
    let rosa = json!({ "fields": { "last_name": "Cruz", "first_name": "Rosa" }, "link": { "relation": "mother" } });
    ask(desk, json!({ "do": "learners.put_guardian", "learner": ana, "guardian": rosa }));
    ask(desk, json!({ "do": "learners.put_paper", "learner": ana, "paper": { "kind": "psa", "state": "missing" } }));
    let history = ask(desk, json!({ "do": "learners.history", "id": ana }));
    let mut kinds: Vec<String> = history.as_array().expect("a list").iter().map(|entry| id(&entry["entity"])).collect();
    kinds.sort();
    assert_eq!(kinds, ["guardian", "student", "student_document", "student_guardian"]);
    let others = ask(desk, json!({ "do": "learners.history", "id": other }));
    assert_eq!(others.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_move_says_who_made_it_from_where_to_where_and_at_which_pc() {
    let desk = &mut office(Role::SchoolAdmin);
    desk.store.set_local("sample", "1").expect("a sample school asks no password");
    let ana = learner(desk, "Cruz", "Ana", json!({}));
    let (year, rizal) = enrol(desk, &[&ana]);
    let bonifacio = put(desk, "section", json!({ "school_year": year, "grade_level": "7", "name": "7-Bonifacio" }));
    let user = put(desk, "school_user", json!({ "name": "Ana Reyes", "role": "registrar" }));
    ask(desk, json!({ "do": "session.sign_in", "id": user, "password": "" }));
    let enrolment = ask(desk, json!({ "do": "learners.get", "id": ana }))["enrolments"][0]["row"]["id"].clone();
    let to = |section: &str, day: &str| json!({ "do": "enrolment.assign", "enrolments": [enrolment], "section": section, "on_date": day });
    let first = "2026-06-15";
    ask(desk, to(&bonifacio, first));
    let history = |desk: &mut Desk| ask(desk, json!({ "do": "learners.history", "id": ana }));
    let all = history(desk);
    let last = &all[0];
    assert_eq!((&last["who"], &last["pc"]), (&json!("Ana Reyes"), &json!("Registrar 1")), "{all}");
    let expected = json!({ "from": "7-Sampaguita", "to": "7-Bonifacio", "on": first });
    assert_eq!(last["moved"], expected, "{all}");
    let moves =
        |all: &Json| all.as_array().expect("a list").iter().filter(|one| one["entity"] == "section_membership").count();
    assert_eq!(moves(&all), 2, "the end of the old seat is the same move: {all}");
    // The first seat came from nowhere, and its link has a name.
    let begun =
        all.as_array().and_then(|all| all.iter().rfind(|one| one["entity"] == "section_membership")).expect("seated");
    assert_eq!((&begun["moved"]["from"], &begun["moved"]["to"]), (&Json::Null, &json!("7-Sampaguita")));
    let field = |entry: &Json, name: &str| {
        entry["fields"].as_array().and_then(|all| all.iter().find(|one| one["field"] == name)).cloned()
    };
    assert_eq!(field(begun, "section").expect("the section")["after_name"], "7-Sampaguita");
    // Of two choices on one day the second counts: the same seat in the other section.
    ask(desk, to(&rizal, first));
    let again = history(desk);
    assert_eq!(again[0]["moved"], json!({ "from": "7-Bonifacio", "to": "7-Sampaguita", "on": first }), "{again}");
}

#[test]
fn what_happened_to_an_enrolment_elsewhere_says_who_wrote_it() {
    let desk = &mut office(Role::SchoolAdmin);
    desk.store.set_local("sample", "1").expect("a sample school asks no password");
    let ana = learner(desk, "Cruz", "Ana", json!({}));
    enrol(desk, &[&ana]);
    let user = put(desk, "school_user", json!({ "name": "Ben Luna", "role": "registrar" }));
    ask(desk, json!({ "do": "session.sign_in", "id": user, "password": "" }));
    let enrolment = ask(desk, json!({ "do": "learners.get", "id": ana }))["enrolments"][0]["row"]["id"].clone();
    let event = desk.store.schema().entity("enrolment_event").expect("events");
    let said = json!({ "enrolment": enrolment, "kind": "dropped", "on_date": "2026-07-01", "status": "dropped", "made_by": user });
    let mut row = Row { rev: 50, ..Row::empty(event, Uuid::from_u128(91)) };
    for (field, value) in said.as_object().expect("fields") {
        let at = event.field_index(field).expect("a field");
        row.values[at] = pems_model::Value::parse(&event.fields[at], value).expect("a value");
    }
    arrives(desk, "enrolment_event", &row);
    let history = ask(desk, json!({ "do": "learners.history", "id": ana }));
    let told =
        history.as_array().and_then(|all| all.iter().find(|one| one["entity"] == "enrolment_event")).expect("told");
    assert_eq!(
        (&told["who"], &told["elsewhere"], &told["about"]),
        (&json!("Ben Luna"), &json!(true), &json!("dropped"))
    );
}
