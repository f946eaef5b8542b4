//! A day or a section that was written wrongly, put right.

use super::*;
use pems_model::Code;

fn correct(enrolment: &str, day: &str, section: Option<&str>) -> Json {
    json!({ "do": "enrolment.correct", "enrolment": enrolment, "on_date": day, "section": section })
}

#[test]
fn a_school_year_takes_no_enrolment_of_a_hundred_years_ago() {
    let mut school = school();
    let (luna, student) = (school.luna.clone(), school.learner("Cruz", "F"));
    let enrol = |day: &str| {
        json!({ "do": "enrolment.enrol", "enrol": { "student": student, "school_year": school.year, "grade_level": "7",
            "kind": "new", "section": luna, "on_date": day } })
    };
    for day in ["1926-06-10", "2025-06-10", "1901-01-01", "2025-12-06"] {
        let error = school.desk.answer(enrol(day)).expect_err("refused");
        assert_eq!((error.code, &error.details.expect("details")["field"]), (Code::Rule, &json!("on_date")), "{day}");
    }
    assert_eq!(school.desk.store.count("enrolment").expect("a count"), 0);
    let made = school.desk.answer(enrol("2026-05-11")).expect("a month before the first day");
    let enrolment = made["enrolment"].as_str().expect("an id");
    for what in ["cancel", "return"] {
        let odd = json!({ "do": format!("enrolment.{what}"), "enrolment": enrolment, "on_date": "1926-06-10" });
        assert_eq!(school.desk.answer(odd).expect_err("refused").code, Code::Rule, "{what}");
    }
    let odd = json!({ "do": "enrolment.assign", "enrolments": [enrolment], "section": luna, "on_date": "1926-06-10" });
    assert_eq!(school.desk.answer(odd).expect_err("refused").code, Code::Rule);
}

#[test]
fn a_wrong_day_and_a_wrong_section_are_corrected_as_if_they_had_been_right() {
    let mut school = school();
    let (luna, rizal) = (school.luna.clone(), school.rizal.clone());
    let student = school.learner("Cruz", "F");
    let enrolment = school.enrol(&student, Some(&luna), "2026-07-06");
    assert_eq!(school.row("enrolment", &enrolment)["late"], true);
    let ask = json!({ "do": "enrolment.beginning", "enrolment": enrolment });
    assert_eq!(school.ask(ask.clone()).expect("a beginning"), json!({ "on_date": "2026-07-06", "section": luna }));

    school.ask(correct(&enrolment, "2026-06-08", Some(&rizal))).expect("corrected");
    assert_eq!(school.ask(ask).expect("a beginning"), json!({ "on_date": "2026-06-08", "section": rizal }));
    assert_eq!(school.roster(&rizal, "2026-06-08"), ["Cruz"]);
    assert_eq!(school.roster(&luna, "2026-07-06"), [""; 0]);
    let row = school.row("enrolment", &enrolment);
    assert_eq!((&row["late"], &row["first_attendance_date"]), (&json!(false), &json!("2026-06-08")));
    assert_eq!((&row["effectivity_date"], &row["status"]), (&json!("2026-06-08"), &json!("enrolled")));
    assert_eq!(school.events(&enrolment), 1, "it began once");

    school.ask(correct(&enrolment, "2026-07-01", None)).expect("and a later day");
    assert_eq!(school.roster(&rizal, "2026-06-30"), [""; 0]);
    assert_eq!(school.roster(&rizal, "2026-07-01"), ["Cruz"]);
    school.undo();
    school.undo();
    assert_eq!(school.roster(&luna, "2026-07-06"), ["Cruz"]);
    assert_eq!((school.events(&enrolment), &school.row("enrolment", &enrolment)["late"]), (1, &json!(true)));
}

#[test]
fn a_correction_does_not_pass_what_happened_since() {
    let mut school = school();
    let (luna, rizal, eight) = (school.luna.clone(), school.rizal.clone(), school.eight.clone());
    let student = school.learner("Cruz", "F");
    let enrolment = school.enrol(&student, Some(&luna), "2026-06-08");
    let wrong = |school: &mut School, request: Json| {
        let error = school.ask(request).expect_err("refused");
        (error.code, error.details.expect("details")["field"].clone())
    };
    assert_eq!(wrong(&mut school, correct(&enrolment, "1926-06-08", None)), (Code::Rule, json!("on_date")));
    assert_eq!(wrong(&mut school, correct(&enrolment, "2026-07-16", None)), (Code::Rule, json!("on_date")), "tomorrow");
    assert_eq!(wrong(&mut school, correct(&enrolment, "2026-06-08", Some(&eight))), (Code::Rule, json!("section")));

    // Moved on the 15th: the first section is of before, the second one is corrected.
    let assign =
        json!({ "do": "enrolment.assign", "enrolments": [enrolment], "section": rizal, "on_date": "2026-06-15" });
    school.ask(assign).expect("moved");
    assert_eq!(wrong(&mut school, correct(&enrolment, "2026-06-15", None)), (Code::Rule, json!("on_date")));
    school.ask(correct(&enrolment, "2026-06-10", None)).expect("before the move");
    assert_eq!(school.roster(&luna, "2026-06-10"), ["Cruz"]);
    assert_eq!(school.roster(&rizal, "2026-06-15"), ["Cruz"]);

    let drop = json!({ "do": "enrolment.drop", "enrolment": enrolment, "reason_code": "b.1", "on_date": "2026-06-20" });
    school.ask(drop).expect("dropped");
    assert_eq!(school.ask(correct(&enrolment, "2026-06-09", None)).expect_err("gone").code, Code::Rule);
    let back = json!({ "do": "enrolment.return", "enrolment": enrolment, "on_date": "2026-07-01", "section": luna });
    school.ask(back).expect("back");
    assert_eq!(wrong(&mut school, correct(&enrolment, "2026-06-21", None)), (Code::Rule, json!("on_date")));
    school.ask(correct(&enrolment, "2026-06-09", None)).expect("the first day");
    assert_eq!(school.row("enrolment", &enrolment)["effectivity_date"], "2026-07-01", "the last thing that happened");
    assert_eq!(school.row("enrolment", &enrolment)["status"], "enrolled");
}

#[test]
fn a_mark_of_the_class_holds_the_learner_in_it() {
    let mut school = school();
    let (luna, rizal) = (school.luna.clone(), school.rizal.clone());
    let student = school.learner("Cruz", "F");
    let enrolment = school.enrol(&student, Some(&luna), "2026-06-08");
    let sheet = json!({ "section": luna, "on_date": "2026-06-09", "session": "day" });
    let mut save = |entity: &str, fields: Json| {
        let fields = fields.as_object().cloned().expect("fields");
        let save = crate::store::Save { entity: entity.into(), id: None, fields };
        school.desk.store.put(&save).expect("saved").row.id
    };
    let sheet = save("attendance_sheet", sheet);
    save("attendance_mark", json!({ "sheet": sheet, "student": student, "code": "A" }));
    let error = school.ask(correct(&enrolment, "2026-06-08", Some(&rizal))).expect_err("absent there");
    assert!(error.message.contains("2026-06-09"), "{}", error.message);
    assert!(school.ask(correct(&enrolment, "2026-06-10", None)).is_err(), "absent before the first day");
    school.ask(correct(&enrolment, "2026-06-09", None)).expect("that day");
}

#[test]
fn nobody_is_born_in_the_future_whichever_way_it_is_written() {
    let mut school = school();
    let student = school.learner("Cruz", "F");
    let tomorrow = json!({ "last_name": "Abad", "first_name": "Ana", "birth_date": "2026-07-16" });
    let edit = json!({ "birth_date": "2030-01-01" });
    for request in [
        json!({ "do": "learners.new", "fields": tomorrow }),
        json!({ "do": "learners.save", "id": student, "fields": edit }),
        json!({ "do": "learners.edit_many", "ids": [student], "fields": edit }),
        json!({ "do": "learners.edit_each", "field": "birth_date", "values": [{ "id": student, "value": "2030-01-01" }] }),
        json!({ "do": "save", "entity": "student", "fields": tomorrow }),
        json!({ "do": "enrolment.enrol", "enrol": { "learner": tomorrow, "school_year": school.year, "grade_level": "7",
            "kind": "new", "on_date": "2026-07-15" } }),
    ] {
        let error = school.ask(request.clone()).expect_err("refused");
        assert_eq!(error.code, Code::OutOfRange, "{request}: {}", error.message);
        assert_eq!(error.details.expect("details")["field"], "birth_date", "{request}");
    }
    let today = json!({ "do": "learners.save", "id": student, "fields": { "birth_date": "2026-07-15" } });
    school.ask(today).expect("born today");
    let paste = json!({ "matrix": [["Last name", "First name", "Birth date"], ["Abad", "Ana", "2030-01-01"]] });
    let preview = school.ask(json!({ "do": "learners.paste_preview", "paste": paste })).expect("a preview");
    assert_eq!(preview["rows"][0]["kind"], "refused");
    assert!(preview["rows"][0]["cells"][2]["problem"].as_str().expect("a problem").contains("future"), "{preview}");
}

#[test]
fn an_enrolment_goes_on_after_the_years_end_was_set_before_what_happened() {
    let mut school = school();
    let year = school.last_year.clone();
    let mut enrol = |name: &str, paper: &str| {
        let student = school.learner(name, "F");
        let enrol = json!({ "student": student, "school_year": year, "grade_level": "7", "kind": "new",
            "on_date": "2026-03-30", "papers": [{ "kind": "psa", "state": paper }] });
        let made = school.ask(json!({ "do": "enrolment.enrol", "enrol": enrol })).expect("enrolled");
        (student, made["enrolment"].as_str().expect("an id").to_owned())
    };
    let (cruz, waiting) = enrol("Cruz", "missing");
    let (_, gone) = enrol("Abad", "received");
    let ends = json!({ "end_date": "2026-03-15" });
    school.ask(json!({ "do": "save", "entity": "school_year", "id": year, "fields": ends })).expect("an earlier end");

    let paper = json!({ "do": "enrolment.paper", "student": cruz, "kind": "psa", "state": "received" });
    assert_eq!(school.ask(paper).expect("came")["confirmed"], json!(waiting));
    let row = school.row("enrolment", &waiting);
    assert_eq!((&row["status"], &row["effectivity_date"]), (&json!("enrolled"), &json!("2026-03-15")));
    let drop = |on: &str| json!({ "do": "enrolment.drop", "enrolment": gone, "reason_code": "b.1", "on_date": on });
    assert_eq!(school.ask(drop("2026-03-30")).expect_err("after the year").code, Code::Rule);
    school.ask(drop("2026-03-15")).expect("on its last day");
    assert_eq!((school.row("enrolment", &gone)["status"].clone(), school.events(&gone)), (json!("dropped"), 2));
    school.undo();
    assert_eq!(school.row("enrolment", &gone)["status"], "enrolled");
}
