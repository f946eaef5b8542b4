use crate::app::Desk;
use crate::domain::made_up::MadeUp;
use crate::store::Enrolled;
use crate::{Store, SystemEnv};
use pems_model::{Code, Role, Schema};
use serde_json::{Value as Json, json};
use uuid::Uuid;

mod find;
mod history;
mod paste;
mod taken;
mod write;

pub(super) fn enrolled(role: Role) -> Enrolled {
    Enrolled::made_up(role)
}

fn office(role: Role) -> Desk {
    Desk::new(Store::in_memory(&enrolled(role), Schema::product(), Box::new(SystemEnv)).expect("a store"))
}

/// Asks, and expects an answer.
fn ask(desk: &mut Desk, request: Json) -> Json {
    desk.answer(request.clone()).unwrap_or_else(|error| panic!("{request}: {error}"))
}

fn refused(desk: &mut Desk, request: Json) -> Code {
    desk.answer(request).expect_err("refused").code
}

fn learner(desk: &mut Desk, last: &str, first: &str, more: Json) -> String {
    let mut fields = json!({ "last_name": last, "first_name": first });
    for (key, value) in more.as_object().into_iter().flatten() {
        fields[key] = value.clone();
    }
    id(&ask(desk, json!({ "do": "learners.new", "fields": fields }))["id"])
}

fn id(json: &Json) -> String {
    json.as_str().expect("an id").to_owned()
}

/// Puts a row that other areas guard, by the store.
fn put(desk: &mut Desk, entity: &str, fields: Json) -> String {
    let fields = fields.as_object().cloned().expect("fields");
    let save = crate::store::Save { entity: entity.into(), id: None, fields };
    desk.store.put(&save).expect("saved").row.id.to_string()
}

/// A school year, a section of Grade 7, and these learners in it.
fn enrol(desk: &mut Desk, learners: &[&str]) -> (String, String) {
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" });
    let year = put(desk, "school_year", year);
    let section = put(desk, "section", json!({ "school_year": year, "grade_level": "7", "name": "Sampaguita" }));
    for learner in learners {
        let enrolment =
            json!({ "student": learner, "school_year": year, "grade_level": "7", "kind": "new", "status": "enrolled" });
        let enrolment = put(desk, "enrolment", enrolment);
        let seat = json!({ "enrolment": enrolment, "section": section, "valid_from": "2026-06-08" });
        put(desk, "section_membership", seat);
    }
    (year, section)
}

/// The last names of what is found, in order.
fn found(desk: &mut Desk, query: Json) -> Vec<String> {
    let answer = ask(desk, json!({ "do": "learners.find", "query": query, "limit": 100 }));
    let rows = answer["rows"].as_array().expect("rows");
    assert_eq!(answer["found"], json!(rows.len()));
    rows.iter().map(|row| id(&row["last_name"])).collect()
}
