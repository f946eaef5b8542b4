//! Today in a school that is made by hand, with figures worked out on paper; and in the sample school, where every figure has to be
//! the one that its screen shows.

use super::super::Desk;
use super::super::attendance::tests::School;
use crate::sample::{Plan, fill};
use crate::store::Enrolled;
use crate::{Env, Store, SystemEnv};
use pems_model::value::parse_time;
use pems_model::{Role, Schema};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// A Tuesday with classes, at ten in the morning in Manila.
const TUESDAY: &str = "2026-11-24T10:00:00+08:00";

struct At(i64);

impl Env for At {
    fn now(&self) -> i64 {
        self.0
    }
    fn new_id(&self) -> Uuid {
        SystemEnv.new_id()
    }
}

/// The sample school as it is made on a day, with somebody of it signed in.
fn sample(now: &str, who: &str) -> Desk {
    let now = parse_time(now).expect("a moment");
    let mut store = empty(now);
    store.set_local("sample", "1").expect("a sample");
    fill(&mut store, &Plan::sample(now)).expect("filled");
    let mut desk = Desk::new(store);
    let state = desk.answer(json!({ "do": "session.state" })).expect("a state");
    let people = state["people"].as_array().expect("people");
    let person = people.iter().find(|one| one["name"].as_str().is_some_and(|name| name.starts_with(who)));
    let id = &person.expect("somebody of the sample")["id"];
    desk.answer(json!({ "do": "session.sign_in", "id": id, "password": "" })).expect("signed in");
    desk
}

fn empty(now: i64) -> Store {
    let enrolled = Enrolled {
        tenant_id: Uuid::from_u128(1),
        device_id: Uuid::from_u128(2),
        device_name: "Sample PC".into(),
        role: Role::SchoolAdmin,
        school_name: "Sample National High School".into(),
        school_slug: "sample".into(),
        hub_url: String::new(),
        epoch: Uuid::nil(),
    };
    Store::in_memory(&enrolled, Schema::product(), Box::new(At(now))).expect("a store")
}

fn home(desk: &mut Desk) -> Json {
    desk.answer(json!({ "do": "home.today" })).expect("a day")
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

/// On 15 September 2026 (a Tuesday), by hand. Grade 7 - Rizal has three seats and four learners: Abad and Basa (M), Ebon (F) and
/// Fajardo, whose sex nobody typed; Cruz (M) transferred out on the 1st. Abad was absent since the 7th of September (a Monday): the
/// 7th to the 11th, the 14th and today are seven class days. Basa is late today. Grade 8 - Luna has not taken it and has nobody;
/// Gomez (F, grade 8) is temporarily enrolled since today and has no section. Hipolito (F, grade 8) is only expected.
/// A year ago, on 15 September 2025: Ivler (M, grade 7) was in class and ended the year; Jacob (M, grade 7) had transferred out in
/// August; Kalaw (F, grade 8) came in October; Lim (F, grade 8) came with a list and has no events. So one in grade 7, one in 8.
fn september() -> School {
    let mut school = School::new();
    school.goes_to("2026-09-15");
    let mut rizal = Vec::new();
    for (last, sex) in [("Abad", "M"), ("Basa", "M"), ("Ebon", "F")] {
        rizal.push(school.learner(last, sex, "2026-06-08", None));
    }
    let nameless = school.save("student", json!({ "last_name": "Fajardo", "first_name": "Ana" }));
    let enrolment = enrol(&mut school, &nameless, "7", "enrolled", json!({}));
    let seat = json!({ "enrolment": enrolment, "section": school.section, "valid_from": "2026-06-08" });
    school.save("section_membership", seat);
    let gone = school.save("student", json!({ "last_name": "Cruz", "first_name": "Ana", "sex": "M" }));
    let enrolment = enrol(&mut school, &gone, "7", "transferred_out", json!({ "effectivity_date": "2026-09-01" }));
    let seat = json!({ "enrolment": enrolment, "section": school.section, "valid_from": "2026-06-08" });
    school.save("section_membership", seat);
    let id = school.section.clone();
    edit(&mut school, "section", &id, json!({ "capacity": 3 }));
    school.save("section", json!({ "school_year": school.year, "grade_level": "8", "name": "Luna", "capacity": 40 }));

    let gomez = school.save("student", json!({ "last_name": "Gomez", "first_name": "Ana", "sex": "F" }));
    let enrolment = enrol(&mut school, &gomez, "8", "temporary", json!({ "effectivity_date": "2026-09-15" }));
    event(&mut school, &enrolment, "enrolled", "2026-09-15", "temporary");
    school.save("student_document", json!({ "student": gomez, "kind": "sf9", "state": "missing" }));
    school.save("student_document", json!({ "student": gomez, "kind": "psa", "state": "missing" }));
    school.save("student_document", json!({ "student": gone, "kind": "psa", "state": "missing" }));
    let expected = school.save("student", json!({ "last_name": "Hipolito", "first_name": "Ana", "sex": "F" }));
    enrol(&mut school, &expected, "8", "pre_registered", json!({}));
    last_year(&mut school);

    let abad = &rizal[0].0;
    for day in ["07", "08", "09", "10", "11", "14"] {
        let date = format!("2026-09-{day}");
        school.take(&date, json!([{ "student": abad, "code": "A" }]), None).expect("taken");
    }
    let today = json!([{ "student": abad, "code": "A" }, { "student": rizal[1].0, "code": "L" }]);
    school.take("2026-09-15", today, None).expect("taken");
    school
}

fn last_year(school: &mut School) {
    let year =
        json!({ "label": "2025-2026", "start_date": "2025-06-16", "end_date": "2026-03-31", "status": "closed" });
    let year = school.save("school_year", year);
    for (last, sex, grade, status, events) in [
        ("Ivler", "M", "7", "completed", &[("2025-06-16", "enrolled"), ("2026-03-31", "completed")][..]),
        ("Jacob", "M", "7", "transferred_out", &[("2025-06-16", "enrolled"), ("2025-08-20", "transferred_out")]),
        ("Kalaw", "F", "8", "completed", &[("2025-10-06", "enrolled"), ("2026-03-31", "completed")]),
        ("Lim", "F", "8", "completed", &[]),
    ] {
        let student = school.save("student", json!({ "last_name": last, "first_name": "Ana", "sex": sex }));
        let fields = json!({ "student": student, "school_year": year, "grade_level": grade, "status": status });
        let enrolment = school.save("enrolment", fields);
        for (day, status) in events {
            event(school, &enrolment, status, day, status);
        }
    }
}

fn enrol(school: &mut School, student: &Json, grade: &str, status: &str, also: Json) -> Json {
    let mut fields = json!({ "student": student, "school_year": school.year, "grade_level": grade, "status": status });
    for (name, value) in also.as_object().expect("fields") {
        fields[name] = value.clone();
    }
    school.save("enrolment", fields)
}

fn event(school: &mut School, enrolment: &Json, kind: &str, day: &str, status: &str) {
    let fields = json!({ "enrolment": enrolment, "kind": kind, "on_date": day, "status": status,
        "made_at": format!("{day}T02:00:00Z") });
    school.save("enrolment_event", fields);
}

fn edit(school: &mut School, entity: &str, id: &Json, fields: Json) {
    school.ask(json!({ "do": "save", "entity": entity, "id": id, "fields": fields })).expect("saved");
}

#[test]
fn a_school_head_sees_the_figures_that_were_worked_out_on_paper() {
    let mut school = september();
    let home = home(&mut school.desk);
    assert_eq!(
        (&home["view"], &home["beginning"], &home["today"]),
        (&json!("head"), &json!(false), &json!("2026-09-15"))
    );
    assert_eq!(
        home["day"],
        json!({ "class": true, "kind": "class", "label": null, "without": [], "next": "2026-09-16" })
    );
    let classes = &home["classes"];
    assert_eq!((&classes["sections"], &classes["taken"]), (&json!(2), &json!(1)));
    assert_eq!(classes["untaken"][0]["name"], "Luna");
    // Four learners, Abad absent: Basa (late, but there), Ebon and Fajardo.
    let there = ["present", "present_male", "present_female", "absent", "tardy"].map(|name| classes[name].clone());
    assert_eq!(there, [3, 1, 1, 1, 1].map(Json::from));
    assert_eq!(list(&home["away"]).len(), 1);
    assert_eq!((&home["away"][0]["days"], &home["away"][0]["since"]), (&json!(7), &json!("2026-09-07")));
    let enrolment = &home["enrolment"];
    assert_eq!(["total", "male", "female"].map(|name| enrolment[name].clone()), [5, 2, 2].map(Json::from));
    assert_eq!(enrolment["before"], json!({ "label": "2025-2026", "date": "2025-09-15", "total": 2 }));
    assert_eq!(
        enrolment["grades"],
        json!([
            { "grade_level": "7", "male": 2, "female": 1, "total": 4, "before": 1 },
            { "grade_level": "8", "male": 0, "female": 1, "total": 1, "before": 1 },
        ])
    );
    assert_eq!(
        home["full"],
        json!([{ "id": school.section, "name": "Rizal", "grade_level": "7", "seats": 3, "learners": 4 }])
    );
    assert_eq!(
        home["desk"],
        json!({ "temporary": 1, "pre_registered": 1, "unassigned": 2, "enrolled_today": 1, "missing_papers": 1,
            "papers": [{ "kind": "psa", "learners": 1 }, { "kind": "sf9", "learners": 1 }] })
    );
    let open: Vec<&str> = list(&home["steps"])
        .iter()
        .filter(|step| step["done"] == false)
        .filter_map(|step| step["id"].as_str())
        .collect();
    assert_eq!(open, ["school", "users"], "what a school that works already has not done yet");
}

#[test]
fn a_day_without_classes_says_why_and_when_the_next_ones_are() {
    let mut school = september();
    for (date, kind, reason) in [("2026-09-17", "holiday", "Made-up Day"), ("2026-09-18", "suspension", "Typhoon")] {
        let fields =
            json!({ "school_year": school.year, "on_date": date, "scope": "school", "kind": kind, "reason": reason });
        school.save("calendar_day", fields);
    }
    for (date, kind, label, next) in [
        ("2026-09-17", "holiday", json!("Made-up Day"), json!("2026-09-21")),
        ("2026-09-18", "suspension", json!("Typhoon"), json!("2026-09-21")),
        ("2026-09-20", "weekend", Json::Null, json!("2026-09-21")),
        ("2027-04-09", "outside", Json::Null, Json::Null),
    ] {
        school.goes_to(date);
        let home = home(&mut school.desk);
        let day = json!({ "class": false, "kind": kind, "label": label, "without": [], "next": next });
        assert_eq!(home["day"], day, "{date}");
        assert_eq!(home["classes"], Json::Null, "nobody has to take attendance on {date}");
    }
    assert_eq!(home(&mut school.desk)["year"]["ending"], json!(true));
    // Kindergarten alone stays at home: the others have classes.
    school.goes_to("2026-09-22");
    let section = json!({ "school_year": school.year, "grade_level": "K", "name": "Sampaguita" });
    school.save("section", section);
    let fields =
        json!({ "school_year": school.year, "on_date": "2026-09-22", "scope": "kinder", "kind": "suspension" });
    school.save("calendar_day", fields);
    let home = home(&mut school.desk);
    assert_eq!((&home["day"]["class"], &home["day"]["without"]), (&json!(true), &json!(["K"])));
    assert_eq!(home["classes"]["sections"], 2, "Kindergarten has none to take");
}

#[test]
fn every_figure_of_the_sample_is_that_of_its_screen() {
    let mut desk = sample(TUESDAY, "Melchora");
    let home = home(&mut desk);
    let overview = desk.answer(json!({ "do": "attendance.today" })).expect("a day");
    let lines = list(&overview["sections"]);
    let taken = lines.iter().filter(|line| !line["taken"].is_null()).count();
    // Of ten sections the first, fourth, seventh and tenth have not taken it: the sample is made so.
    assert_eq!((lines.len(), taken), (10, 6));
    assert_eq!((&home["classes"]["sections"], &home["classes"]["taken"]), (&json!(10), &json!(6)));
    let untaken: Vec<&Json> =
        lines.iter().filter(|line| line["taken"].is_null()).map(|line| &line["section"]["id"]).collect();
    assert_eq!(list(&home["classes"]["untaken"]).iter().map(|one| &one["id"]).collect::<Vec<_>>(), untaken);
    let sum = |name: &str| {
        lines.iter().filter(|line| !line["taken"].is_null()).filter_map(|line| line[name].as_i64()).sum::<i64>()
    };
    assert_eq!(
        ["absent", "half", "tardy"].map(|figure| home["classes"][figure].as_i64()),
        ["absent", "half", "tardy"].map(|figure| Some(sum(figure)))
    );
    let mut present = 0;
    for line in lines.iter().filter(|line| !line["taken"].is_null()) {
        let class = json!({ "do": "attendance.class", "section": line["section"]["id"], "date": "2026-11-24", "session": "day" });
        let class = desk.answer(class).expect("a class");
        let there = |pupil: &&Json| !matches!(pupil["code"].as_str(), Some("A" | "E"));
        present += list(&class["pupils"]).iter().filter(there).count();
    }
    assert_eq!(home["classes"]["present"], json!(present));
    assert_eq!(home["away"], {
        let mut away = desk.answer(json!({ "do": "attendance.five_days" })).expect("a list");
        let by_days = |one: &Json| std::cmp::Reverse(one["days"].as_i64());
        away.as_array_mut().expect("a list").sort_by_key(by_days);
        away
    });
    assert_eq!(list(&home["away"]).len(), 3, "the first seat of every fourth section stays away");

    let year = home["year"]["id"].clone();
    let sections = desk.answer(json!({ "do": "enrolment.sections", "school_year": year })).expect("sections");
    let all = |name: &str| list(&sections["sections"]).iter().filter_map(|one| one[name].as_i64()).sum::<i64>();
    let enrolment = &home["enrolment"];
    assert_eq!(enrolment["total"], json!(all("total")), "in the sample everybody has a section and came");
    assert_eq!((&enrolment["male"], &enrolment["female"]), (&json!(all("male")), &json!(all("female"))));
    assert_eq!(home["full"], json!([]), "no section of the sample has more learners than seats");
    for only in ["temporary", "pre_registered", "unassigned"] {
        let list = desk.answer(json!({ "do": "enrolment.list", "school_year": year, "only": only })).expect("a list");
        assert_eq!(home["desk"][only], json!(super::tests::list(&list).len()), "{only}");
    }
    let owing =
        json!({ "school_year": year, "missing_papers": true, "status": ["pre_registered", "temporary", "enrolled"] });
    let owing = desk.answer(json!({ "do": "learners.ids", "query": { "filters": owing } })).expect("ids");
    assert_eq!(home["desk"]["missing_papers"], json!(list(&owing).len()));
    assert_eq!((&home["sync"]["review"], &home["steps"]), (&json!(2), &json!([])));
}

#[test]
fn a_year_ago_is_read_from_the_rosters_of_that_day() {
    let mut desk = sample(TUESDAY, "Melchora");
    let home = home(&mut desk);
    let years = desk.answer(json!({ "do": "enrolment.years" })).expect("years");
    let before =
        list(&years["years"]).iter().find(|year| year["label"] == "2025-2026").expect("last year")["id"].clone();
    let sections = desk.answer(json!({ "do": "enrolment.sections", "school_year": before })).expect("sections");
    let mut there = 0;
    for section in list(&sections["sections"]) {
        let roster = json!({ "do": "enrolment.roster", "section": section["id"], "as_of": "2025-11-24" });
        let roster = desk.answer(roster).expect("a roster");
        there += list(&roster["members"]).iter().filter(|member| member["status"] != "pre_registered").count();
    }
    assert!(there > 350, "{there}");
    let told = json!({ "label": "2025-2026", "date": "2025-11-24", "total": there });
    assert_eq!(home["enrolment"]["before"], told);
}

#[test]
fn a_teacher_sees_the_own_section_alone() {
    let mut desk = sample(TUESDAY, "Benigno");
    let home = home(&mut desk);
    assert_eq!(home["view"], "teacher");
    for nothing in ["classes", "enrolment", "desk"] {
        assert_eq!(home[nothing], Json::Null, "{nothing}");
    }
    assert_eq!((&home["full"], &home["steps"]), (&json!([]), &json!([])));
    let own = list(&home["own"]);
    assert_eq!(own.len(), 1);
    assert_eq!((&own[0]["today"]["section"]["mine"], &own[0]["today"]["taken"]), (&json!(true), &Json::Null));
    // October and November; all of November was taken but today, which is still to take.
    let months = list(&own[0]["months"]);
    assert_eq!(months.iter().map(|month| &month["month"]).collect::<Vec<_>>(), ["2026-10", "2026-11"]);
    assert_eq!(
        (&months[0]["over"], &months[1]["over"], &months[1]["untaken"]),
        (&json!(true), &json!(false), &json!([]))
    );
    let section = &own[0]["today"]["section"]["id"];
    let sheet =
        desk.answer(json!({ "do": "attendance.month", "section": section, "month": "2026-10" })).expect("a month");
    assert_eq!(months[0]["untaken"], sheet["untaken"]);
    let away = list(&home["away"]);
    assert!(away.iter().all(|one| one["section"]["id"] == *section), "{away:?}");
    assert_eq!(away.len(), 1);
}

#[test]
fn a_registrar_sees_the_desk_and_whoever_else_only_the_day() {
    let mut registrar = sample(TUESDAY, "Corazon");
    let home = home(&mut registrar);
    assert_eq!((&home["view"], &home["classes"]), (&json!("registrar"), &Json::Null));
    assert!(home["enrolment"]["total"].as_i64() > Some(350));
    assert!(home["desk"]["temporary"].as_i64() > Some(0));
    assert_eq!(home["away"], json!([]));
    assert_eq!(super::view(Role::Cashier), "other");
    assert_eq!(super::view(Role::Viewer), "other");
}

#[test]
fn a_school_in_its_first_hour_is_told_its_steps() {
    let mut desk = Desk::new(empty(parse_time(TUESDAY).expect("a moment")));
    let steps = |desk: &mut Desk| -> Vec<(String, bool)> {
        let home = home(desk);
        let step = |step: &Json| (step["id"].as_str().expect("an id").to_owned(), step["done"] == true);
        list(&home["steps"]).iter().map(step).collect()
    };
    let first = home(&mut desk);
    assert_eq!((&first["beginning"], &first["year"], &first["day"]), (&json!(true), &Json::Null, &Json::Null));
    let names: Vec<String> = steps(&mut desk).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["school", "year", "learners", "sections", "users"]);
    let mut made = |entity: &str, fields: Json| {
        let saved = desk.answer(json!({ "do": "save", "entity": entity, "fields": fields })).expect("saved");
        saved["row"]["id"].clone()
    };
    made("school_profile", json!({ "deped_school_id": "300021", "name": "Mabini NHS" }));
    let year = made(
        "school_year",
        json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-04-08", "status": "open" }),
    );
    made("student", json!({ "last_name": "Abad", "first_name": "Ana" }));
    let done = steps(&mut desk).into_iter().map(|(_, done)| done).collect::<Vec<_>>();
    assert_eq!(done, [true, true, true, false, false]);
    assert_eq!(home(&mut desk)["beginning"], json!(true), "without sections nobody has a class");
    let section = json!({ "school_year": year, "grade_level": "7", "name": "Rizal" });
    desk.answer(json!({ "do": "save", "entity": "section", "fields": section })).expect("saved");
    assert_eq!(home(&mut desk)["beginning"], json!(false));
}
