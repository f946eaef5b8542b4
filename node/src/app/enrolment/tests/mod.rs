//! The enrolment desk on a real store in memory.

mod correcting;
mod enrolling;
mod moving;
mod promoting;

use super::*;
use crate::app::Desk;
pub(super) use crate::domain::made_up::MadeUp;
use crate::store::{Enrolled, Save};
use crate::{Env, Result, Store};
use pems_model::value::parse_time;
use pems_model::{Role, Schema};
use serde_json::{Value as Json, json};
use std::cell::Cell;

/// 15 July 2026, ten o'clock in Manila; each look at the clock is a millisecond later.
struct Clock(Cell<i64>);

impl Env for Clock {
    fn now(&self) -> i64 {
        self.0.set(self.0.get() + 1_000);
        self.0.get()
    }

    fn new_id(&self) -> Uuid {
        crate::SystemEnv.new_id()
    }
}

pub(crate) fn office(role: Role) -> Desk {
    let enrolled = Enrolled::made_up(role);
    let clock = Clock(Cell::new(parse_time("2026-07-15T10:00:00+08:00").expect("a moment")));
    Desk::new(Store::in_memory(&enrolled, Schema::product(), Box::new(clock)).expect("a store"))
}

fn save(entity: &str, id: Option<Uuid>, fields: Json) -> Save {
    Save { entity: entity.into(), id, fields: fields.as_object().cloned().expect("fields") }
}

/// A school with two years and three sections.
struct School {
    desk: Desk,
    last_year: String,
    year: String,
    rizal: String,
    luna: String,
    eight: String,
}

fn school() -> School {
    let mut desk = office(Role::Registrar);
    let year = |desk: &mut Desk, label: &str, first: &str, end: &str, cutoff: &str| {
        let fields =
            json!({ "label": label, "start_date": first, "end_date": end, "cutoff_date": cutoff, "status": "open" });
        made(desk, "school_year", fields)
    };
    let last_year = year(&mut desk, "2025-2026", "2025-06-16", "2026-03-31", "2025-07-04");
    let now = year(&mut desk, "2026-2027", "2026-06-08", "2027-03-31", "2026-07-03");
    let section = |desk: &mut Desk, grade: &str, name: &str, capacity: i64| {
        let fields = json!({ "grade_level": grade, "name": name, "capacity": capacity });
        let made = desk.answer(json!({ "do": "enrolment.section", "school_year": now, "fields": fields }));
        made.expect("a section")["id"].as_str().expect("an id").to_owned()
    };
    let rizal = section(&mut desk, "7", "Rizal", 2);
    let luna = section(&mut desk, "7", "Luna", 40);
    let eight = section(&mut desk, "8", "Mabini", 40);
    School { desk, last_year, year: now, rizal, luna, eight }
}

fn made(desk: &mut Desk, entity: &str, fields: Json) -> String {
    let saved = desk.answer(json!({ "do": "save", "entity": entity, "fields": fields })).expect("saved");
    saved["row"]["id"].as_str().expect("an id").to_owned()
}

impl School {
    fn ask(&mut self, request: Json) -> Result<Json> {
        self.desk.answer(request)
    }

    fn learner(&mut self, last: &str, sex: &str) -> String {
        made(&mut self.desk, "student", json!({ "last_name": last, "first_name": "Ana", "sex": sex }))
    }

    /// Enrols in grade 7 of this year; answers the enrolment.
    fn enrol(&mut self, student: &str, section: Option<&str>, day: &str) -> String {
        let enrol = json!({ "student": student, "school_year": self.year, "grade_level": "7", "kind": "continuing",
            "section": section, "on_date": day });
        let enrolled = self.ask(json!({ "do": "enrolment.enrol", "enrol": enrol })).expect("enrolled");
        enrolled["enrolment"].as_str().expect("an id").to_owned()
    }

    fn roster(&mut self, section: &str, day: &str) -> Vec<String> {
        let roster = self.ask(json!({ "do": "enrolment.roster", "section": section, "as_of": day })).expect("a roster");
        let names = roster["members"].as_array().expect("members").iter();
        names.map(|one| one["last_name"].as_str().expect("a name").to_owned()).collect()
    }

    fn row(&mut self, entity: &str, id: &str) -> Json {
        self.ask(json!({ "do": "get", "entity": entity, "id": id })).expect("a row")
    }

    fn events(&self, enrolment: &str) -> usize {
        let id = Uuid::parse_str(enrolment).expect("an id");
        crate::domain::enrolment::record::events(self.desk.store.conn(), id).expect("events").len()
    }

    fn undo(&mut self) {
        self.ask(json!({ "do": "session.undo" })).expect("undone");
    }
}
