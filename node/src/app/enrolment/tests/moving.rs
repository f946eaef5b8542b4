//! Learners who move, leave and come back.

use super::*;
use crate::domain::enrolment::By;
use pems_model::Code;

#[test]
fn the_roster_of_a_day_has_who_was_there_on_it() {
    let mut school = school();
    let luna = school.luna.clone();
    let students = ["Reyes", "Abad", "Cruz"].map(|name| school.learner(name, if name == "Abad" { "M" } else { "F" }));
    let enrolments = students.map(|student| school.enrol(&student, Some(&luna), "2026-06-08"));
    let out = json!({ "do": "enrolment.transfer_out", "enrolment": enrolments[2], "to_school": "Luna High School",
        "on_date": "2026-06-12", "unsettled_account": true });
    school.ask(out).expect("transferred");
    assert_eq!(school.roster(&luna, "2026-06-07"), [""; 0]);
    assert_eq!(school.roster(&luna, "2026-06-11"), ["Abad", "Cruz", "Reyes"], "males first, then by name");
    assert_eq!(school.roster(&luna, "2026-06-12"), ["Abad", "Reyes"]);
    let row = school.row("enrolment", &enrolments[2]);
    assert_eq!((&row["status"], &row["to_school"]), (&json!("transferred_out"), &json!("Luna High School")));
    assert_eq!((&row["unsettled_account"], &row["effectivity_date"]), (&json!(true), &json!("2026-06-12")));
    let list = json!({ "do": "enrolment.sections", "school_year": school.year, "as_of": "2026-06-11" });
    assert_eq!(school.ask(list).expect("sections")["sections"][0]["total"], 3);

    school.undo();
    assert_eq!(school.roster(&luna, "2026-06-12"), ["Abad", "Cruz", "Reyes"]);
}

#[test]
fn a_status_outweighs_a_stay_that_another_pc_left_open() {
    let mut school = school();
    let luna = school.luna.clone();
    let student = school.learner("Cruz", "F");
    let enrolment = school.enrol(&student, Some(&luna), "2026-06-08");
    let drop = json!({ "do": "enrolment.drop", "enrolment": enrolment, "reason_code": "b.1", "on_date": "2026-06-20" });
    school.ask(drop).expect("dropped");
    // The other PC moved the learner while this one dropped her; the stay arrives later.
    let id = Uuid::parse_str(&enrolment).expect("an id");
    let stay = json!({ "enrolment": id, "section": luna, "valid_from": "2026-06-19", "valid_to": null });
    school.desk.store.act(|work| work.put(&save("section_membership", None, stay))).expect("arrived");
    assert_eq!(school.roster(&luna, "2026-06-19"), ["Cruz"]);
    assert_eq!(school.roster(&luna, "2026-06-20"), [""; 0]);
    let list = json!({ "do": "enrolment.sections", "school_year": school.year, "as_of": "2026-06-20" });
    assert_eq!(school.ask(list).expect("sections")["sections"][0]["total"], 0);
}

#[test]
fn out_of_a_section_wants_a_day_of_an_open_year() {
    let mut school = school();
    let luna = school.luna.clone();
    let student = school.learner("Cruz", "F");
    let enrolment = school.enrol(&student, Some(&luna), "2026-06-08");
    let out = json!({ "do": "enrolment.assign", "enrolments": [enrolment], "on_date": "2026-07-16" });
    let error = school.ask(out).expect_err("tomorrow");
    assert_eq!((error.code, &error.details.expect("details")["field"]), (Code::Rule, &json!("on_date")));
    let close = json!({ "do": "save", "entity": "school_year", "id": school.year, "fields": { "status": "closed" } });
    school.ask(close).expect("closed");
    let out = json!({ "do": "enrolment.assign", "enrolments": [enrolment], "on_date": "2026-07-15" });
    assert!(school.ask(out).expect_err("closed").message.contains("is closed"));
    assert_eq!(school.roster(&luna, "2026-07-15"), ["Cruz"]);
}

#[test]
fn dropping_wants_a_reason_of_the_form_and_coming_back_continues() {
    let mut school = school();
    let luna = school.luna.clone();
    let student = school.learner("Cruz", "F");
    let enrolment = school.enrol(&student, Some(&luna), "2026-06-08");
    let drop = |code: &str, note: Json, day: &str| json!({ "do": "enrolment.drop", "enrolment": enrolment, "reason_code": code, "note": note, "on_date": day });
    for (request, code, field) in [
        (drop("z.9", Json::Null, "2026-06-20"), Code::NotAChoice, "reason_code"),
        (drop("f", Json::Null, "2026-06-20"), Code::Required, "note"),
        (drop("b.1", Json::Null, "2026-06-01"), Code::Rule, "on_date"),
        (drop("b.1", Json::Null, "2026-07-16"), Code::Rule, "on_date"),
    ] {
        let error = school.ask(request).expect_err("refused");
        assert_eq!((error.code, &error.details.expect("details")["field"]), (code, &json!(field)));
    }
    school.ask(drop("f", json!("moved to the farm"), "2026-06-20")).expect("dropped");
    assert_eq!(school.row("enrolment", &enrolment)["reason_code"], "f");
    let again = drop("b.1", Json::Null, "2026-06-21");
    assert_eq!(school.ask(again).expect_err("gone already").code, Code::Rule);

    let back = json!({ "do": "enrolment.return", "enrolment": enrolment, "on_date": "2026-07-06", "section": luna });
    school.ask(back).expect("back");
    let row = school.row("enrolment", &enrolment);
    assert_eq!((&row["status"], &row["reason_code"]), (&json!("enrolled"), &Json::Null));
    let there = ["2026-06-19", "2026-06-20", "2026-07-05", "2026-07-06"].map(|day| school.roster(&luna, day).len());
    assert_eq!(there, [1, 0, 0, 1]);
    school.undo();
    school.undo();
    assert_eq!(school.row("enrolment", &enrolment)["status"], "enrolled");
    assert_eq!(school.events(&enrolment), 1);
    assert_eq!(school.roster(&luna, "2026-07-05"), ["Cruz"]);
}

#[test]
fn moving_between_sections_leaves_no_gap_and_no_overlap() {
    let mut school = school();
    let (luna, rizal) = (school.luna.clone(), school.rizal.clone());
    let student = school.learner("Cruz", "F");
    let enrolment = school.enrol(&student, Some(&luna), "2026-06-08");
    let assign = |section: Option<&str>, day: &str| json!({ "do": "enrolment.assign", "enrolments": [enrolment], "section": section, "on_date": day });
    school.ask(assign(Some(&rizal), "2026-06-22")).expect("moved");
    assert_eq!((school.roster(&luna, "2026-06-21").len(), school.roster(&rizal, "2026-06-21").len()), (1, 0));
    assert_eq!((school.roster(&luna, "2026-06-22").len(), school.roster(&rizal, "2026-06-22").len()), (0, 1));
    assert_eq!(school.ask(assign(Some(&rizal), "2026-07-01")).expect("there already")["count"], 0);

    // Earlier than the move: it replaces it.
    school.ask(assign(Some(&luna), "2026-06-15")).expect("moved");
    let stays =
        crate::domain::enrolment::record::stays(school.desk.store.conn(), Uuid::parse_str(&enrolment).expect("an id"));
    let stays = stays.expect("stays");
    assert!(stays.windows(2).all(|two| two[0].to == Some(two[1].from)), "{stays:?}");
    assert_eq!(school.roster(&rizal, "2026-06-23"), [""; 0]);

    // Of two choices on one day the second counts, and it can be taken back again and again.
    school.ask(assign(None, "2026-06-15")).expect("out");
    school.ask(assign(Some(&rizal), "2026-06-15")).expect("in");
    assert_eq!(school.roster(&rizal, "2026-06-15"), ["Cruz"]);
    school.undo();
    assert_eq!(school.roster(&rizal, "2026-06-15"), [""; 0]);
    school.ask(json!({ "do": "session.redo" })).expect("done again");
    assert_eq!(school.roster(&rizal, "2026-06-15"), ["Cruz"]);
}

#[test]
fn nobody_sits_in_a_class_before_they_were_enrolled() {
    let mut school = school();
    let (luna, rizal) = (school.luna.clone(), school.rizal.clone());
    let student = school.learner("Cruz", "F");
    let enrolment = school.enrol(&student, Some(&luna), "2026-06-10");
    let other = school.learner("Reyes", "M");
    let earlier = school.enrol(&other, Some(&luna), "2026-06-08");
    for (section, day) in [(Some(&rizal), "2026-06-09"), (None, "2026-06-09"), (Some(&rizal), "2026-05-01")] {
        let assign =
            json!({ "do": "enrolment.assign", "enrolments": [earlier, enrolment], "section": section, "on_date": day });
        let error = school.ask(assign).expect_err("before");
        assert_eq!((error.code, &error.details.expect("the field")["field"]), (Code::Rule, &json!("on_date")), "{day}");
    }
    assert_eq!(school.roster(&luna, "2026-06-10").len(), 2, "nobody was moved, the one who may neither");
    let first =
        json!({ "do": "enrolment.assign", "enrolments": [enrolment], "section": rizal, "on_date": "2026-06-10" });
    assert_eq!(school.ask(first).expect("on the very day")["count"], 1);
}

/// What a colleague did since, as it is in the records afterwards.
fn colleague(school: &mut School, act: impl FnOnce(&mut crate::store::Work<'_, '_>, &By) -> Result<()>) {
    let by = By { person: None, today: school.desk.today() };
    school.desk.store.act(|work| act(work, &by)).expect("a colleague's act");
}

#[test]
fn a_movement_that_others_went_on_from_is_taken_back_whole_or_not_at_all() {
    let mut school = school();
    let (luna, rizal) = (school.luna.clone(), school.rizal.clone());
    let student = school.learner("Cruz", "F");
    let enrolment = school.enrol(&student, Some(&luna), "2026-06-08");
    let out = json!({ "do": "enrolment.transfer_out", "enrolment": enrolment, "to_school": "Luna High School",
        "on_date": "2026-06-12", "unsettled_account": false });
    school.ask(out).expect("transferred");
    let id = Uuid::parse_str(&enrolment).expect("an id");
    let there = Uuid::parse_str(&rizal).expect("an id");
    let day: Day = serde_json::from_value(json!("2026-06-22")).expect("a day");
    colleague(&mut school, |work, by| {
        crate::domain::enrolment::moves::take_back(work, by, id, day, Some(there), false).map(|_| ())
    });
    let events = school.events(&enrolment);

    let error = school.ask(json!({ "do": "session.undo" })).expect_err("not half of it");
    assert_eq!(error.code, Code::Conflict);
    assert!(error.message.contains("Transfer out of Cruz, Ana"), "{}", error.message);
    assert_eq!((school.events(&enrolment), school.roster(&luna, "2026-06-23").len()), (events, 0));
    assert_eq!(school.roster(&rizal, "2026-06-23"), ["Cruz"]);
    let next = school.ask(json!({ "do": "session.undoable" })).expect("the next");
    assert_eq!(next["undo"], json!("Enrolment of Cruz, Ana"));
}

#[test]
fn what_travelled_together_is_taken_back_together() {
    let mut school = school();
    let luna = school.luna.clone();
    let student = school.learner("Cruz", "F");
    let enrolment = school.enrol(&student, Some(&luna), "2026-06-08");
    let drop = json!({ "do": "enrolment.drop", "enrolment": enrolment, "reason_code": "b.1", "on_date": "2026-06-20" });
    school.ask(drop).expect("dropped");
    let before = school.desk.store.journal(0).expect("a journal").len();
    school.undo();
    let undone = school.desk.store.journal(0).expect("a journal").split_off(before);
    assert!(undone.len() > 2 && undone[0].group.is_some(), "{undone:?}");
    assert!(undone.iter().all(|entry| entry.group == undone[0].group), "{undone:?}");
}

#[test]
fn taking_back_puts_nobody_into_two_sections() {
    let mut school = school();
    let (luna, rizal) = (school.luna.clone(), school.rizal.clone());
    let student = school.learner("Cruz", "F");
    let enrolment = school.enrol(&student, Some(&luna), "2026-06-08");
    school
        .ask(json!({ "do": "enrolment.assign", "enrolments": [enrolment], "section": null, "on_date": "2026-06-15" }))
        .expect("out of the section");
    let id = Uuid::parse_str(&enrolment).expect("an id");
    let there = Uuid::parse_str(&rizal).expect("an id");
    let day: Day = serde_json::from_value(json!("2026-06-22")).expect("a day");
    colleague(&mut school, |work, _| crate::domain::enrolment::record::place(work, id, there, day).map(|_| ()));
    let error = school.ask(json!({ "do": "session.undo" })).expect_err("two sections");
    assert_eq!(error.code, Code::Conflict);
    assert_eq!((school.roster(&luna, "2026-06-23").len(), school.roster(&rizal, "2026-06-23").len()), (0, 1));
}

#[test]
fn nothing_is_taken_back_in_a_year_that_was_closed_since() {
    let mut school = school();
    let student = school.learner("Cruz", "F");
    let enrolment = school.enrol(&student, None, "2026-06-08");
    let year = Uuid::parse_str(&school.year).expect("an id");
    colleague(&mut school, |work, _| {
        work.put(&save("school_year", Some(year), json!({ "status": "closed" }))).map(|_| ())
    });
    let error = school.ask(json!({ "do": "session.undo" })).expect_err("closed");
    assert_eq!(error.code, Code::Rule);
    assert!(error.message.contains("2026-2027 was closed"), "{}", error.message);
    assert_eq!(school.row("enrolment", &enrolment)["deleted"], Json::Null);
}
