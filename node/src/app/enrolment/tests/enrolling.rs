//! Enrolling: new learners, known ones, and what speaks against it.

use super::*;
use pems_model::Code;

#[test]
fn a_transferee_with_missing_papers_is_temporary_until_they_come() {
    let mut school = school();
    let enrol = json!({ "learner": { "last_name": "Santos", "first_name": "Lito", "sex": "M" },
        "school_year": school.year, "grade_level": "7", "kind": "transferee", "section": school.luna,
        "from_school": "Bonifacio NHS", "on_date": "2026-07-15",
        "papers": [{ "kind": "sf9", "state": "missing" }, { "kind": "psa", "state": "received" },
                   { "kind": "good_moral", "state": "missing" }] });
    let made = school.ask(json!({ "do": "enrolment.enrol", "enrol": enrol })).expect("enrolled");
    assert_eq!((&made["status"], &made["late"]), (&json!("temporary"), &json!(true)), "after the cut-off of 3 July");
    assert_eq!(made["missing"], json!(["sf9", "good_moral"]));
    let (student, enrolment) = (made["student"].clone(), made["enrolment"].as_str().expect("an id").to_owned());
    let waiting = json!({ "do": "enrolment.list", "school_year": school.year, "only": "temporary" });
    assert_eq!(school.ask(waiting.clone()).expect("a list")[0]["missing"], json!(["sf9", "good_moral"]));

    let confirm = json!({ "do": "enrolment.confirm", "enrolments": [enrolment], "on_date": "2026-07-15" });
    let refused = school.ask(confirm).expect_err("papers are missing");
    assert_eq!(refused.details, Some(json!({ "missing": ["sf9", "good_moral"] })));

    let came = |kind: &str| json!({ "do": "enrolment.paper", "student": student, "kind": kind, "state": "received" });
    assert_eq!(school.ask(came("sf9")).expect("noted")["confirmed"], Json::Null);
    assert_eq!(school.ask(came("good_moral")).expect("noted")["confirmed"], json!(enrolment));
    assert_eq!(school.row("enrolment", &enrolment)["status"], "enrolled");
    assert_eq!(school.events(&enrolment), 2);
    assert_eq!(school.ask(waiting).expect("a list"), json!([]));

    school.undo();
    assert_eq!(school.row("enrolment", &enrolment)["status"], "temporary", "the paper and what followed from it");
    assert_eq!(school.events(&enrolment), 1);
}

#[test]
fn enrolling_is_all_or_nothing_and_taken_back_whole() {
    let mut school = school();
    let enrol = |section: &str, day: &str| {
        json!({ "do": "enrolment.enrol", "enrol": { "learner": { "last_name": "Abad", "first_name": "Ana" },
            "school_year": school.year, "grade_level": "7", "kind": "new", "section": section, "on_date": day }})
    };
    let (wrong_grade, tomorrow, good) =
        (enrol(&school.eight, "2026-07-01"), enrol(&school.luna, "2026-07-16"), enrol(&school.luna, "2026-07-01"));
    for wrong in [wrong_grade, tomorrow] {
        assert_eq!(school.ask(wrong).expect_err("refused").code, Code::Rule);
        assert_eq!(school.desk.store.count("student").expect("a count"), 0, "no half of it stays");
    }
    let made = school.ask(good.clone()).expect("enrolled");
    assert_eq!((&made["status"], &made["late"]), (&json!("enrolled"), &json!(false)));
    let mut again = good;
    again["enrol"]["student"] = made["student"].clone();
    let refused = school.ask(again).expect_err("enrolled already");
    assert_eq!((refused.code, &refused.details.expect("details")["enrolment"]), (Code::Conflict, &made["enrolment"]));
    school.undo();
    for entity in ["student", "enrolment", "enrolment_event", "section_membership"] {
        assert_eq!(school.desk.store.count(entity).expect("a count"), 0, "{entity}");
    }
}

#[test]
fn the_desk_proposes_the_next_grade_and_the_section_of_the_same_name() {
    let mut school = school();
    let student = school.learner("Cruz", "F");
    let section = json!({ "do": "enrolment.section", "school_year": school.last_year,
        "fields": { "grade_level": "6", "name": "Luna" } });
    let old = school.ask(section).expect("a section")["id"].clone();
    let enrol = json!({ "student": student, "school_year": school.last_year, "grade_level": "6", "kind": "new",
        "section": old, "on_date": "2026-03-01", "papers": [{ "kind": "psa", "state": "missing" }] });
    school.ask(json!({ "do": "enrolment.enrol", "enrol": enrol })).expect("enrolled");
    let ask = json!({ "do": "enrolment.desk", "student": student, "school_year": school.year });
    let proposal = school.ask(ask.clone()).expect("a proposal");
    assert_eq!((&proposal["kind"], &proposal["grade_level"]), (&json!("continuing"), &json!("7")));
    assert_eq!(proposal["section"], json!(school.luna), "not the emptier Rizal");
    assert_eq!(proposal["holds"], json!(["not_finished", "missing_papers"]));
    assert_eq!(proposal["known"]["last"]["section_name"], "Luna");

    school.enrol(&student, None, "2026-07-15");
    assert_eq!(school.ask(ask).expect("a proposal")["holds"][0], "enrolled");
    let found = school.ask(json!({ "do": "enrolment.find", "text": "cru", "limit": 5 })).expect("found");
    assert_eq!(found[0]["last"]["year"], "2026-2027");
}

#[test]
fn a_full_section_wants_a_yes_and_a_year_that_is_over_wants_none() {
    let mut school = school();
    let rizal = school.rizal.clone();
    for name in ["Abad", "Bato"] {
        let student = school.learner(name, "M");
        school.enrol(&student, Some(&rizal), "2026-07-01");
    }
    let third = school.learner("Cruz", "F");
    let third = school.enrol(&third, None, "2026-07-01");
    let mut assign =
        json!({ "do": "enrolment.assign", "enrolments": [third], "section": rizal, "on_date": "2026-07-01" });
    let refused = school.ask(assign.clone()).expect_err("two seats");
    assert_eq!(
        refused.details.expect("details")["over_capacity"],
        json!({ "section": "Rizal", "capacity": 2, "total": 3 })
    );
    assert_eq!(school.roster(&rizal, "2026-07-01"), ["Abad", "Bato"]);
    assign["over_capacity"] = json!(true);
    school.ask(assign).expect("agreed");
    let list = school.ask(json!({ "do": "enrolment.sections", "school_year": school.year })).expect("sections");
    let rizal = list["sections"].as_array().expect("a list").iter().find(|one| one["name"] == "Rizal").expect("Rizal");
    assert_eq!((&rizal["male"], &rizal["female"], &rizal["total"]), (&json!(2), &json!(1), &json!(3)));
}

#[test]
fn only_the_registrar_enrols() {
    let mut desk = office(Role::Teacher);
    let enrol = json!({ "do": "enrolment.cancel", "enrolment": Uuid::from_u128(9), "on_date": "2026-07-01" });
    assert_eq!(desk.answer(enrol).expect_err("may not").code, Code::RoleForbidden);
    assert!(desk.answer(json!({ "do": "enrolment.years" })).is_ok(), "but may look");
}

#[test]
fn who_is_new_at_the_desk_has_the_next_number_and_the_likeliest_are_found_first() {
    let mut school = school();
    let range = json!({ "purpose": "student_no", "device": Uuid::from_u128(2), "prefix": "26-", "from_no": 1, "to_no": 99, "digits": 3 });
    let range = range.as_object().cloned().expect("fields");
    let admin = crate::store::Save { entity: "number_range".into(), id: None, fields: range };
    let mut desk = office(Role::SchoolAdmin);
    std::mem::swap(&mut desk, &mut school.desk);
    // The same school at an administrator's PC: the range has to be written by one.
    school.desk.store.put(&admin).expect("a range");
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" });
    school.year = made(&mut school.desk, "school_year", year);
    for at in 0..60 {
        let names = json!({ "last_name": format!("Aquino {at}"), "first_name": "Ben", "middle_name": "Santos" });
        made(&mut school.desk, "student", names);
    }
    let new = json!({ "learner": { "last_name": "Santos", "first_name": "Ana", "sex": "F" }, "school_year": school.year,
        "grade_level": "7", "kind": "new", "on_date": "2026-07-15" });
    let enrolled = school.ask(json!({ "do": "enrolment.enrol", "enrol": new })).expect("enrolled");
    let student = enrolled["student"].as_str().expect("an id").to_owned();
    assert_eq!(school.row("student", &student)["student_no"], "26-001");
    let found = school.ask(json!({ "do": "enrolment.find", "text": "santos", "limit": 5 })).expect("found");
    assert_eq!(found[0]["student"], student, "not one of the sixty whose mothers were a Santos");
}
