//! Attendance on a real store: a section of four in June 2026, on a day that the test chooses.

mod drafts;
mod halves;
mod months;
mod moved;
mod signed;

use super::super::Desk;
use crate::domain::made_up::MadeUp;
use crate::store::{Enrolled, Save};
use crate::{Env, Result, Store, SystemEnv};
use pems_model::value::parse_time;
use pems_model::{Code, Role, Schema};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

struct Clock(Arc<AtomicI64>);

impl Env for Clock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
    fn new_id(&self) -> Uuid {
        SystemEnv.new_id()
    }
}

pub(in crate::app) struct School {
    pub desk: Desk,
    pub year: Json,
    pub section: Json,
    clock: Arc<AtomicI64>,
}

impl School {
    pub(in crate::app) fn new() -> School {
        let clock = Arc::new(AtomicI64::new(0));
        let enrolled = Enrolled { device_name: "Office 1".into(), ..Enrolled::made_up(Role::SchoolAdmin) };
        let store =
            Store::in_memory(&enrolled, Schema::product(), Box::new(Clock(Arc::clone(&clock)))).expect("a store");
        let mut school = School { desk: Desk::new(store), year: Json::Null, section: Json::Null, clock };
        school.goes_to("2026-06-10");
        school.year = school.save(
            "school_year",
            json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-04-08",
                    "cutoff_date": "2026-06-12", "status": "open" }),
        );
        let adviser =
            school.save("staff", json!({ "last_name": "Santos", "first_name": "Benigno", "middle_name": "Cruz" }));
        school.section = school.save(
            "section",
            json!({ "school_year": school.year, "grade_level": "7", "name": "Rizal", "adviser": adviser }),
        );
        school
    }

    /// It is noon of that day at the school.
    pub(in crate::app) fn goes_to(&self, date: &str) {
        let noon = parse_time(&format!("{date}T12:00:00+08:00")).expect("a day");
        self.clock.store(noon, Ordering::Relaxed);
    }

    pub(in crate::app) fn save(&mut self, entity: &str, fields: Json) -> Json {
        let fields = fields.as_object().cloned().expect("fields");
        let saved = self.desk.store.put(&Save { entity: entity.into(), id: None, fields }).expect("saved");
        json!(saved.row.id)
    }

    fn change(&mut self, entity: &str, row: &Json, fields: Json) {
        let fields = fields.as_object().cloned().expect("fields");
        self.desk.store.put(&Save { entity: entity.into(), id: Some(id(row)), fields }).expect("saved");
    }

    /// A learner in the section from a day on; `None` until for good.
    pub(in crate::app) fn learner(&mut self, last: &str, sex: &str, from: &str, to: Option<&str>) -> (Json, Json) {
        let student = self.save("student", json!({ "last_name": last, "first_name": "Ana", "sex": sex }));
        let enrolment = self.save(
            "enrolment",
            json!({ "student": student, "school_year": self.year, "grade_level": "7", "status": "enrolled" }),
        );
        let fields = json!({ "enrolment": enrolment, "section": self.section, "valid_from": from, "valid_to": to });
        self.save("section_membership", fields);
        (student, enrolment)
    }

    pub(in crate::app) fn ask(&mut self, request: Json) -> Result<Json> {
        self.desk.answer(request)
    }

    /// As the screen does it: looks, then submits.
    pub(in crate::app) fn take(&mut self, date: &str, marks: Json, correction: Option<&str>) -> Result<Json> {
        let seen = seen(&self.class(date));
        self.submit(date, marks, &seen, correction)
    }

    fn submit(&mut self, date: &str, marks: Json, seen: &Json, correction: Option<&str>) -> Result<Json> {
        let section = self.section.clone();
        self.ask(json!({ "do": "attendance.take", "section": section, "date": date, "session": "day", "marks": marks,
                         "seen": seen, "correction": correction }))
    }

    fn class(&mut self, date: &str) -> Json {
        let section = self.section.clone();
        self.ask(json!({ "do": "attendance.class", "section": section, "date": date, "session": "day" }))
            .expect("a class")
    }
}

/// The marks of a class as it was looked at.
fn seen(class: &Json) -> Json {
    let mark = |pupil: &Json| json!({ "student": pupil["id"], "code": pupil["code"], "note": pupil["note"] });
    json!(class["pupils"].as_array().expect("pupils").iter().map(mark).collect::<Vec<_>>())
}

fn id(json: &Json) -> Uuid {
    Uuid::parse_str(json.as_str().expect("an id")).expect("an id")
}

fn names(class: &Json) -> Vec<&str> {
    class["pupils"]
        .as_array()
        .expect("pupils")
        .iter()
        .map(|pupil| pupil["name"]["last"].as_str().expect("a name"))
        .collect()
}

fn codes(class: &Json) -> String {
    class["pupils"].as_array().expect("pupils").iter().map(|pupil| pupil["code"].as_str().expect("a mark")).collect()
}

#[test]
fn not_taken_is_not_all_present() {
    let mut school = School::new();
    let (ana, _) = school.learner("Peña", "F", "2026-06-08", None);
    school.learner("Cruz", "M", "2026-06-08", None);
    let before = school.class("2026-06-10");
    assert_eq!((&before["taken"], names(&before)), (&Json::Null, vec!["Cruz", "Peña"]), "males first");
    let overview =
        |school: &mut School| school.ask(json!({ "do": "attendance.today" })).expect("a day")["sections"][0].clone();
    assert_eq!((&overview(&mut school)["taken"], &overview(&mut school)["learners"]), (&Json::Null, &json!(2)));

    // Expected, and given a seat already, but never here: no learner of the day, in its list as in the figures over all sections.
    let (_, expected) = school.learner("Reyes", "F", "2026-06-08", None);
    school.change("enrolment", &expected, json!({ "status": "pre_registered" }));
    assert_eq!(names(&school.class("2026-06-10")).len(), 2);
    assert_eq!(overview(&mut school)["learners"], json!(2));

    let all = school.take("2026-06-10", json!([]), None).expect("taken");
    assert_eq!((all["taken"]["at"].as_str(), codes(&all).as_str()), (Some("2026-06-10T04:00:00Z"), "PP"));
    assert_eq!(overview(&mut school)["absent"], json!(0));

    let marked =
        school.take("2026-06-10", json!([{ "student": ana, "code": "A" }]), None).expect("the same day, freely");
    assert_eq!(codes(&marked), "PA");
    assert_eq!(overview(&mut school)["absent"], json!(1));
    let back = school.take("2026-06-10", json!([]), None).expect("taken back");
    assert_eq!(codes(&back), "PP");
    assert_eq!(overview(&mut school)["absent"], json!(0), "a mark that was taken back is no absence");

    for expected in ["PA", "PP"] {
        school.ask(json!({ "do": "session.undo" })).expect("undone");
        assert_eq!(codes(&school.class("2026-06-10")), expected);
    }
    school.ask(json!({ "do": "session.undo" })).expect("undone");
    assert_eq!(school.class("2026-06-10")["taken"], Json::Null, "not taken again");
}

#[test]
fn what_another_pc_recorded_since_the_last_look_is_not_overwritten() {
    let mut school = School::new();
    let (ana, _) = school.learner("Peña", "F", "2026-06-08", None);
    let (ben, _) = school.learner("Cruz", "M", "2026-06-08", None);
    let before = seen(&school.class("2026-06-10"));
    school.take("2026-06-10", json!([{ "student": ana, "code": "A", "note": "Fever" }]), None).expect("another PC");

    let late = json!([{ "student": ben, "code": "L" }]);
    let error = school.submit("2026-06-10", late.clone(), &before, None).expect_err("Ana would be present");
    assert_eq!(error.code, Code::Stale);
    assert!(error.message.contains("Peña, Ana") && !error.message.contains("Cruz"), "{}", error.message);
    assert_eq!(codes(&school.class("2026-06-10")), "PA", "nothing was written");

    let both = json!([{ "student": ben, "code": "L" }, { "student": ana, "code": "A", "note": "Fever" }]);
    let class = school.submit("2026-06-10", both, &before, None).expect("the same mark is no overwriting");
    assert_eq!(codes(&class), "LA");
    let class = school.take("2026-06-10", late, None).expect("seen, then taken back");
    assert_eq!(codes(&class), "LP");
}

#[test]
fn a_teacher_takes_the_own_section_and_nobody_elses() {
    let mut school = School::new();
    school.learner("Peña", "F", "2026-06-08", None);
    let staff = school.save("staff", json!({ "last_name": "Luna", "first_name": "Ana" }));
    let mut user = |name: &str, staff: &Json| {
        school.save("school_user", json!({ "name": name, "role": "teacher", "staff": staff }))
    };
    let (stranger, other) = (user("Not linked", &Json::Null), user("Ana Luna", &staff));
    let adviser = school.desk.store.get("section", id(&school.section)).expect("a look").expect("a section");
    let adviser = adviser.get(&pems_model::entities::SECTION, "adviser").as_id();
    let adviser = school.save("school_user", json!({ "name": "B. Santos", "role": "teacher", "staff": adviser }));
    let open = json!({ "school_year": school.year, "grade_level": "7", "name": "Luna" });
    let open = school.save("section", open);
    school.desk.store.set_local("sample", "1").expect("a sample school asks no password");
    let sign_in = |school: &mut School, who: &Json| {
        school.ask(json!({ "do": "session.sign_in", "id": who, "password": "" })).expect("signed in");
    };
    for (who, says) in [(&stranger, "link your user to your staff record"), (&other, "ask them")] {
        sign_in(&mut school, who);
        let error = school.take("2026-06-10", json!([]), None).expect_err("not the own section");
        assert_eq!(error.code, Code::RoleForbidden);
        assert!(error.message.contains("Benigno C. Santos") && error.message.contains(says), "{}", error.message);
        let sign = json!({ "do": "attendance.sign_off", "section": school.section, "month": "2026-06" });
        assert_eq!(school.ask(sign).expect_err("nor its form").code, Code::RoleForbidden);
    }
    let open = json!({ "do": "attendance.take", "section": open, "date": "2026-06-10", "session": "day", "marks": [],
                       "seen": [] });
    school.ask(open).expect("a section that nobody advises");
    sign_in(&mut school, &adviser);
    school.take("2026-06-10", json!([]), None).expect("the own section");
}

#[test]
fn with_half_days_a_day_is_taken_with_both_halves() {
    let mut school = School::new();
    let (ana, _) = school.learner("Peña", "F", "2026-06-08", None);
    let fields = json!({ "half_days": true }).as_object().cloned().expect("fields");
    let year = id(&school.year);
    school.desk.store.put(&Save { entity: "school_year".into(), id: Some(year), fields }).expect("half days");
    school.goes_to("2026-06-30");
    let (section, year) = (school.section.clone(), school.year.clone());
    let off = json!({ "from": "2026-06-10", "to": "2026-06-30", "kind": "suspension", "scope": "school" });
    school.ask(json!({ "do": "attendance.set_days", "school_year": year, "setting": off })).expect("suspended");
    let half = |school: &mut School, session: &str, marks: Json| {
        let take = json!({ "do": "attendance.take", "section": section, "date": "2026-06-09", "session": session,
                           "marks": marks, "seen": [] });
        school.ask(take).expect("taken")
    };
    school.take("2026-06-08", json!([]), None).expect("a whole day at once");
    half(&mut school, "am", json!([{ "student": ana, "code": "A" }]));
    let month = json!({ "do": "attendance.month", "section": section, "month": "2026-06" });
    let sheet = school.ask(month.clone()).expect("a month");
    assert_eq!(sheet["untaken"], json!([{ "date": "2026-06-09", "session": "pm" }]));
    assert_eq!(sheet["pupils"][0]["marks"], json!(["", null]), "nothing is said of a day that is half known");
    let today = school.ask(json!({ "do": "attendance.today", "date": "2026-06-09" })).expect("a day");
    assert_eq!(today["sections"][0]["half_untaken"], "pm");
    let sign = json!({ "do": "attendance.sign_off", "section": section, "month": "2026-06" });
    let error = school.ask(sign.clone()).expect_err("half a day is open");
    assert!(error.message.contains("9 Jun 2026 (afternoon)"), "{}", error.message);
    half(&mut school, "pm", json!([]));
    let sheet = school.ask(month).expect("a month");
    assert_eq!((&sheet["untaken"], &sheet["pupils"][0]["marks"]), (&json!([]), &json!(["", "am"])));
    school.ask(sign).expect("signed");
}

#[test]
fn of_two_sections_at_once_the_later_stay_counts() {
    let mut school = School::new();
    let other = json!({ "school_year": school.year, "grade_level": "7", "name": "Luna" });
    let other = school.save("section", other);
    let (_, enrolment) = school.learner("Peña", "F", "2026-06-08", None);
    // Two PCs moved her without hearing of each other: no stay ends the other.
    school.save("section_membership", json!({ "enrolment": enrolment, "section": other, "valid_from": "2026-06-10" }));
    school.goes_to("2026-06-12");
    let there = |school: &mut School, section: &Json, date: &str| {
        let asked = json!({ "do": "attendance.class", "section": section, "date": date, "session": "day" });
        names(&school.ask(asked).expect("a class")).len()
    };
    let rizal = school.section.clone();
    for (date, expected) in [("2026-06-09", [1, 0]), ("2026-06-10", [0, 1]), ("2026-06-11", [0, 1])] {
        assert_eq!([there(&mut school, &rizal, date), there(&mut school, &other, date)], expected, "{date}");
    }
    let lines = school.ask(json!({ "do": "attendance.today" })).expect("a day")["sections"].clone();
    assert_eq!((&lines[0]["learners"], &lines[1]["learners"]), (&json!(1), &json!(0)), "Luna, Rizal");
    let on = |school: &mut School, section: &Json| {
        let asked = json!({ "do": "enrolment.roster", "section": section, "as_of": "2026-06-11" });
        school.ask(asked).expect("a roster")["members"].as_array().map(Vec::len).unwrap_or_default()
    };
    for section in [&rizal, &other] {
        assert_eq!(there(&mut school, section, "2026-06-11"), on(&mut school, section));
    }
}

#[test]
fn a_past_day_is_corrected_with_a_reason() {
    let mut school = School::new();
    let (ana, _) = school.learner("Peña", "F", "2026-06-08", None);
    school.take("2026-06-09", json!([]), None).expect("late, but for the first time");
    let marks = json!([{ "student": ana, "code": "E" }]);
    let error = school.take("2026-06-09", marks.clone(), Some("  ")).expect_err("no reason");
    assert_eq!((error.code, error.details), (Code::Required, Some(json!({ "field": "correction" }))));
    let class = school.take("2026-06-09", marks, Some("Excuse letter came late")).expect("corrected");
    assert_eq!((codes(&class).as_str(), &class["taken"]["correction"]), ("E", &json!("Excuse letter came late")));
    assert_eq!(
        (&class["needs_reason"], &class["before"], &class["after"]),
        (&json!(true), &json!("2026-06-08"), &json!("2026-06-10"))
    );
}

#[test]
fn only_class_days_that_have_come_and_only_who_was_there() {
    let mut school = School::new();
    let (left, _) = school.learner("Abad", "M", "2026-06-08", Some("2026-06-10"));
    let (dropped, enrolment) = school.learner("Basa", "M", "2026-06-08", None);
    let fields = json!({ "status": "dropped", "effectivity_date": "2026-06-09", "reason_code": "a.1" });
    let id = Uuid::parse_str(enrolment.as_str().expect("an id")).expect("an id");
    let fields = fields.as_object().cloned().expect("fields");
    school.desk.store.put(&Save { entity: "enrolment".into(), id: Some(id), fields }).expect("dropped");
    school.learner("Cruz", "M", "2026-06-10", None);
    for (date, expected) in
        [("2026-06-08", vec!["Abad", "Basa"]), ("2026-06-09", vec!["Abad"]), ("2026-06-10", vec!["Cruz"])]
    {
        assert_eq!(names(&school.class(date)), expected, "{date}");
    }
    for stranger in [left, dropped] {
        let error =
            school.take("2026-06-10", json!([{ "student": stranger, "code": "A" }]), None).expect_err("not there");
        assert_eq!(error.code, Code::Stale);
    }
    let year = school.year.clone();
    let suspend =
        json!({ "from": "2026-06-10", "to": "2026-06-13", "kind": "suspension", "scope": "jhs", "reason": "Typhoon" });
    let set = json!({ "do": "attendance.set_days", "school_year": year, "setting": suspend });
    let calendar = school.ask(set).expect("suspended");
    assert_eq!(calendar["entries"].as_array().map(Vec::len), Some(3), "a Saturday has no classes anyway");
    for date in ["2026-06-10", "2026-06-11", "2026-06-07"] {
        let error = school.take(date, json!([]), None).expect_err(date);
        assert_eq!((error.code, error.details), (Code::Rule, Some(json!({ "field": "date" }))), "{date}");
    }
    school.goes_to("2026-06-13");
    assert!(school.take("2026-06-13", json!([]), None).expect_err("a Saturday").message.contains("makeup class day"));
    let makeup = json!({ "from": "2026-06-13", "to": "2026-06-13", "kind": "makeup", "scope": "school" });
    school.ask(json!({ "do": "attendance.set_days", "school_year": year, "setting": makeup })).expect("a class day");
    school.take("2026-06-13", json!([]), None).expect("taken");
    school.ask(json!({ "do": "session.undo" })).expect("undone");
    school.ask(json!({ "do": "session.undo" })).expect("undone");
    assert_eq!(school.class("2026-06-13")["day"]["class"], json!(false), "the makeup day is taken back");
}

#[test]
fn five_class_days_in_a_row_are_reported_over_weekends_and_holidays() {
    let mut school = School::new();
    let (ana, _) = school.learner("Peña", "F", "2026-06-08", None);
    let (ben, _) = school.learner("Cruz", "M", "2026-06-08", None);
    let mother = school.save("guardian", json!({ "last_name": "Peña", "first_name": "Rosa", "phone": "09171234567" }));
    school.save(
        "student_guardian",
        json!({ "student": ana, "guardian": mother, "relation": "mother", "is_primary": true }),
    );
    let year = school.year.clone();
    school.ask(json!({ "do": "attendance.add_holidays", "school_year": year })).expect("holidays");
    school.goes_to("2026-06-16");
    // Monday to Tuesday of the next week, without Friday the 12th, a holiday, and Thursday, which nobody took.
    for (date, ben_is) in [("2026-06-08", "A"), ("2026-06-09", "A"), ("2026-06-10", "L"), ("2026-06-15", "A")] {
        let marks = json!([{ "student": ana, "code": "A" }, { "student": ben, "code": ben_is }]);
        school.take(date, marks, None).expect("taken");
    }
    let list = |school: &mut School| school.ask(json!({ "do": "attendance.five_days" })).expect("a list");
    assert_eq!(list(&mut school), json!([]), "four days");
    let marks = json!([{ "student": ana, "code": "E" }, { "student": ben, "code": "A" }]);
    school.take("2026-06-16", marks, None).expect("taken");
    let found = list(&mut school);
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!((&found[0]["student"], &found[0]["days"], &found[0]["since"]), (&ana, &json!(5), &json!("2026-06-08")));
    assert_eq!(found[0]["guardians"][0]["phone"], json!("+639171234567"));

    school.goes_to("2026-06-17");
    let section = school.section.clone();
    let class = json!({ "do": "attendance.class", "section": section, "date": "2026-06-17", "session": "day" });
    let class = school.ask(class).expect("a class");
    let away: Vec<(&Json, &Json)> =
        class["pupils"].as_array().expect("pupils").iter().map(|pupil| (&pupil["id"], &pupil["away"])).collect();
    assert!(away.contains(&(&ana, &json!(5))), "whoever takes the class sees how long it has been: {away:?}");
    assert!(away.contains(&(&ben, &json!(2))), "{away:?}");
    school.goes_to("2026-06-16");
    let month = json!({ "do": "attendance.month", "section": section, "month": "2026-06" });
    let sheet = school.ask(month).expect("a month");
    assert_eq!(sheet["untaken"], json!([{ "date": "2026-06-11", "session": "day" }]));
    let ben = &sheet["pupils"][0];
    assert_eq!((&ben["absent_halves"], &ben["tardy"]), (&json!(8), &json!(1)));
    assert_eq!(
        ben["marks"].as_array().expect("marks")[..6],
        [json!("A"), json!("A"), json!("L"), Json::Null, Json::Null, json!("A")]
    );
}
