//! Learners who change sections after they were marked: no mark is lost, and each counts once.

use super::*;

/// Jay, absent on the morning of the 9th and late on the 10th in 7-Rizal, and another learner there; 7-Luna took both days.
fn marked() -> (School, Json, Json, Json) {
    let mut school = School::new();
    let luna = json!({ "school_year": school.year, "grade_level": "7", "name": "Luna" });
    let luna = school.save("section", luna);
    let (jay, enrolment) = school.learner("Reyes", "M", "2026-06-08", None);
    school.learner("Cruz", "M", "2026-06-08", None);
    for (date, code) in [("2026-06-08", "P"), ("2026-06-09", "AM"), ("2026-06-10", "L")] {
        school.take(date, json!([{ "student": jay, "code": code }]), None).expect("taken");
        let there = json!({ "do": "attendance.take", "section": luna, "date": date, "session": "day", "marks": [], "seen": [] });
        school.ask(there).expect("taken");
    }
    (school, jay, enrolment, luna)
}

fn to_luna(enrolment: &Json, luna: &Json, on: &str, agreed: bool) -> Json {
    json!({ "do": "enrolment.assign", "enrolments": [enrolment], "section": luna, "on_date": on, "marks_stay": agreed })
}

fn line(school: &mut School, section: &Json, month: bool) -> Json {
    let asked = if month {
        json!({ "do": "attendance.month", "section": section, "month": "2026-06" })
    } else {
        json!({ "do": "attendance.class", "section": section, "date": "2026-06-10", "session": "day" })
    };
    school.ask(asked).expect("an answer")
}

/// A learner's line of the month, over the first days.
fn first_days(month: &Json, student: &Json) -> Json {
    json!(of(month, "pupils", student)["marks"].as_array().expect("marks")[..4])
}

fn of<'a>(sheet: &'a Json, list: &str, student: &Json) -> &'a Json {
    let found = sheet[list].as_array().expect("a list").iter().find(|one| &one["id"] == student);
    found.unwrap_or(&Json::Null)
}

#[test]
fn whoever_moves_a_learner_from_before_a_mark_is_asked_first() {
    let (mut school, _, enrolment, luna) = marked();
    let error = school.ask(to_luna(&enrolment, &luna, "2026-06-09", false)).expect_err("there are marks");
    assert_eq!(error.code, Code::Rule);
    assert!(error.message.contains("Reyes, Ana was marked in 7-Rizal on 9–10 Jun 2026"), "{}", error.message);
    let marked = &error.details.expect("details")["marked"];
    assert_eq!(marked["learners"][0]["days"], json!(["2026-06-09", "2026-06-10"]));
    assert_eq!(marked["after"], Json::Null, "tomorrow is not here yet");
    assert_eq!(names(&school.class("2026-06-10")), ["Cruz", "Reyes"], "nothing was written");
    let out = json!({ "do": "enrolment.assign", "enrolments": [enrolment], "on_date": "2026-06-09" });
    assert_eq!(school.ask(out).expect_err("out of the section is no better").code, Code::Rule);

    school.goes_to("2026-06-11");
    let error = school.ask(to_luna(&enrolment, &luna, "2026-06-09", false)).expect_err("there are marks");
    assert_eq!(error.details.expect("details")["marked"]["after"], json!("2026-06-11"));
    school.ask(to_luna(&enrolment, &luna, "2026-06-11", false)).expect("from the day after, without a question");
}

#[test]
fn marks_stay_with_the_learner_and_count_where_they_were_made() {
    let (mut school, jay, enrolment, luna) = marked();
    let rizal = school.section.clone();
    school.ask(to_luna(&enrolment, &luna, "2026-06-09", true)).expect("agreed");

    let page = school.ask(json!({ "do": "learners.get", "id": jay })).expect("a page");
    let expected =
        json!({ "school_year": "2026-2027", "taken": 3, "absent": 0.5, "late": 1, "cutting": 0, "excused": 0.0 });
    assert_eq!(page["attendance"], expected);

    let month = line(&mut school, &rizal, true);
    assert_eq!(first_days(&month, &jay), json!(["", "am", "L", null]));
    assert_eq!(month["days"][1]["male_halves"], json!(3), "of two learners one was away for half of the day");
    let month = line(&mut school, &luna, true);
    assert_eq!(first_days(&month, &jay), json!([null, null, null, null]), "these days count in the other class");
    assert_eq!(month["days"][1]["male_halves"], json!(0));

    let class = line(&mut school, &rizal, false);
    assert_eq!((names(&class), &of(&class, "moved", &jay)["code"]), (vec!["Cruz"], &json!("L")));
    assert_eq!(of(&class, "moved", &jay)["elsewhere"]["section"], json!("7-Luna"));
    let class = line(&mut school, &luna, false);
    assert_eq!(of(&class, "pupils", &jay)["elsewhere"], json!({ "section": "7-Rizal", "code": "L" }));

    let day = school.ask(json!({ "do": "attendance.today", "date": "2026-06-09" })).expect("a day");
    let counts: Vec<_> = day["sections"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|one| (&one["absent"], &one["half"], &one["tardy"]))
        .collect();
    assert_eq!(counts, [(&json!(0), &json!(0), &json!(0)), (&json!(0), &json!(1), &json!(0))], "Luna, Rizal");
}

#[test]
fn a_mark_in_the_new_class_goes_before_the_old_one() {
    let (mut school, jay, enrolment, luna) = marked();
    let rizal = school.section.clone();
    school.ask(to_luna(&enrolment, &luna, "2026-06-09", true)).expect("agreed");
    let mark = json!({ "do": "attendance.take", "section": luna, "date": "2026-06-10", "session": "day",
                       "marks": [{ "student": jay, "code": "E" }], "seen": [] });
    school.ask(mark).expect("marked");
    let marks = |month: Json| first_days(&month, &jay);
    assert_eq!(marks(line(&mut school, &rizal, true)), json!(["", "am", null, null]));
    assert_eq!(marks(line(&mut school, &luna, true)), json!([null, null, "E", null]));
    assert_eq!(line(&mut school, &rizal, false)["moved"], json!([]), "counted once");
}

#[test]
fn who_left_the_school_is_counted_in_no_class_after_that() {
    let (mut school, jay, enrolment, _) = marked();
    let rizal = school.section.clone();
    let drop = json!({ "do": "enrolment.drop", "enrolment": enrolment, "on_date": "2026-06-09", "reason_code": "a.1" });
    school.ask(drop).expect("dropped");
    let month = line(&mut school, &rizal, true);
    assert_eq!(first_days(&month, &jay), json!(["", null, null, null]));
    let day = school.ask(json!({ "do": "attendance.today" })).expect("a day");
    assert_eq!(day["sections"][1]["tardy"], json!(0), "as the class and the month have it");
    let page = school.ask(json!({ "do": "learners.get", "id": jay })).expect("a page");
    assert_eq!(page["attendance"]["late"], json!(1), "it is still on record");
}

#[test]
fn the_adviser_is_told_who_went_where_and_which_marks_stay() {
    let (mut school, jay, enrolment, luna) = marked();
    school.ask(to_luna(&enrolment, &luna, "2026-06-09", true)).expect("agreed");
    let adviser = school.desk.store.get("section", id(&school.section)).expect("a look").expect("a section");
    let adviser = adviser.get(&pems_model::entities::SECTION, "adviser").as_id();
    let user = school.save("school_user", json!({ "name": "B. Santos", "role": "teacher", "staff": adviser }));
    school.desk.store.set_local("sample", "1").expect("a sample school asks no password");
    school.ask(json!({ "do": "session.sign_in", "id": user, "password": "" })).expect("signed in");
    let home = school.ask(json!({ "do": "home.today" })).expect("a day");
    let expected = json!([{ "student": jay, "listed": "Reyes, Ana", "to": "7-Luna", "on": "2026-06-09",
                            "marked": ["2026-06-09", "2026-06-10"] }]);
    assert_eq!(home["own"][0]["moved"], expected);
    assert_eq!(home["own"][0]["today"]["tardy"], json!(1), "the mark of today counts here");
}

#[test]
fn a_stay_of_last_year_without_a_last_day_hides_no_mark() {
    let mut school = School::new();
    let fields =
        json!({ "label": "2025-2026", "start_date": "2025-06-09", "end_date": "2026-04-08", "status": "closed" });
    let before = school.save("school_year", fields);
    let old = school.save("section", json!({ "school_year": before, "grade_level": "6", "name": "Mabini" }));
    let (ana, _) = school.learner("Peña", "F", "2026-06-08", None);
    let fields = json!({ "student": ana, "school_year": before, "grade_level": "6", "status": "completed" });
    let enrolment = school.save("enrolment", fields);
    school.save("section_membership", json!({ "enrolment": enrolment, "section": old, "valid_from": "2025-06-09" }));
    school.take("2026-06-10", json!([{ "student": ana, "code": "A" }]), None).expect("taken");
    let day = school.ask(json!({ "do": "attendance.today" })).expect("a day");
    assert_eq!(day["sections"][0]["absent"], json!(1));
}
