//! Months that are signed, and holidays of the calendar.

use super::*;
use crate::domain::made_up::MadeUp;

#[test]
fn a_signed_month_is_locked_until_the_head_opens_it_with_a_reason() {
    let mut school = School::new();
    let (ana, _) = school.learner("Peña", "F", "2026-06-08", None);
    let (section, year) = (school.section.clone(), school.year.clone());
    school.goes_to("2026-06-30");
    let off = json!({ "from": "2026-06-10", "to": "2026-06-30", "kind": "suspension", "scope": "school" });
    school.ask(json!({ "do": "attendance.set_days", "school_year": year, "setting": off })).expect("suspended");
    school.take("2026-06-08", json!([]), None).expect("taken");
    let sign = json!({ "do": "attendance.sign_off", "section": section, "month": "2026-06" });
    let error = school.ask(sign.clone()).expect_err("a day is open");
    assert_eq!((error.code, error.details), (Code::Rule, Some(json!({ "days": ["2026-06-09"] }))));
    school.take("2026-06-09", json!([]), None).expect("taken");
    assert_eq!(school.ask(sign.clone()).expect("signed")["signed"], json!(true));
    assert_eq!(school.ask(sign.clone()).expect_err("signed already").code, Code::Conflict);

    let marks = json!([{ "student": ana, "code": "A" }]);
    let error = school.take("2026-06-09", marks.clone(), Some("A mistake")).expect_err("locked");
    assert!(error.message.contains("signed the SF2 of 7-Rizal"), "{}", error.message);
    let reopen =
        |reason: &str| json!({ "do": "attendance.reopen", "section": section, "month": "2026-06", "reason": reason });
    assert_eq!(school.ask(reopen(" ")).expect_err("no reason").code, Code::Required);
    assert_eq!(school.ask(reopen("Wrong learner")).expect("opened")["reason"], json!("Wrong learner"));
    school.take("2026-06-09", marks, Some("A mistake")).expect("corrected");
    assert_eq!(school.ask(sign).expect("signed again")["reason"], Json::Null);
}

#[test]
fn a_signed_month_keeps_its_sheets_from_undo_and_a_signature_is_not_undone() {
    let mut school = School::new();
    school.learner("Peña", "F", "2026-06-08", None);
    let (section, year) = (school.section.clone(), school.year.clone());
    school.goes_to("2026-06-30");
    let off = json!({ "from": "2026-06-09", "to": "2026-06-30", "kind": "suspension", "scope": "school" });
    school.ask(json!({ "do": "attendance.set_days", "school_year": year, "setting": off })).expect("suspended");
    school.take("2026-06-08", json!([]), None).expect("taken");
    let sign = json!({ "do": "attendance.sign_off", "section": section, "month": "2026-06" });
    school.ask(sign).expect("signed");
    let next = school.ask(json!({ "do": "session.undoable" })).expect("the next");
    assert_eq!(next["undo"], json!("Attendance of 7-Rizal, 8 Jun 2026"), "not the signature");
    assert_eq!(next["lasting"], json!({ "kind": "signed", "what": "7-Rizal, June 2026" }), "which stands after it");
    let error = school.ask(json!({ "do": "session.undo" })).expect_err("locked");
    assert_eq!(error.code, Code::Rule);
    assert!(error.message.contains("signed the SF2 of 7-Rizal"), "{}", error.message);
    assert!(!school.class("2026-06-08")["taken"].is_null(), "the sheet stands");
    assert_eq!(school.desk.store.count("attendance_sheet").expect("a count"), 1);
}

#[test]
fn what_ctrl_z_does_not_take_back_is_said_until_something_else_is_done() {
    let (mut school, _, _) = june();
    let lasting =
        |school: &mut School| school.ask(json!({ "do": "session.undoable" })).expect("the next")["lasting"].clone();
    assert_eq!(lasting(&mut school), Json::Null);
    sign(&mut school);
    assert_eq!(lasting(&mut school)["kind"], json!("signed"));
    let reopen =
        json!({ "do": "attendance.reopen", "section": school.section, "month": "2026-06", "reason": "A mark" });
    school.ask(reopen).expect("opened");
    assert_eq!(lasting(&mut school), json!({ "kind": "reopened", "what": "7-Rizal, June 2026" }));
    school.ask(json!({ "do": "session.undo" })).expect("what was done before, once somebody said so");
    assert_eq!(lasting(&mut school), Json::Null, "it was said");
    school.take("2026-06-08", json!([]), None).expect("taken");
    sign(&mut school);
    let fields = json!({ "last_name": "Cruz", "first_name": "Ana", "sex": "F" });
    school.ask(json!({ "do": "save", "entity": "student", "fields": fields })).expect("a learner");
    assert_eq!(lasting(&mut school), Json::Null, "something was done since");
}

#[test]
fn holidays_are_proposed_until_they_are_in_the_calendar() {
    let mut school = School::new();
    let year = school.year.clone();
    let calendar = school.ask(json!({ "do": "attendance.calendar" })).expect("a calendar");
    let proposed = calendar["proposed"].as_array().expect("a list").len();
    let sure = calendar["proposed"].as_array().expect("a list").iter().filter(|day| day["sure"] == json!(true)).count();
    let after = school.ask(json!({ "do": "attendance.add_holidays", "school_year": year })).expect("added");
    assert_eq!(after["entries"].as_array().map(Vec::len), Some(sure));
    assert_eq!(
        after["proposed"].as_array().map(Vec::len),
        Some(proposed - sure),
        "what is uncertain waits for a person"
    );
    let id = after["entries"][0]["id"].clone();
    let removed = json!({ "do": "attendance.remove_days", "school_year": year, "ids": [id] });
    assert_eq!(school.ask(removed).expect("removed")["entries"].as_array().map(Vec::len), Some(sure - 1));
}

/// A section on 30 June with one learner in it, whose attendance is known for every class day of the month, and another section.
pub(super) fn june() -> (School, Json, Json) {
    let mut school = School::new();
    let (_, enrolment) = school.learner("Peña", "F", "2026-06-08", None);
    let luna = json!({ "school_year": school.year, "grade_level": "7", "name": "Luna" });
    let luna = school.save("section", luna);
    school.goes_to("2026-06-30");
    let off = json!({ "from": "2026-06-09", "to": "2026-06-30", "kind": "suspension", "scope": "school" });
    let suspended = json!({ "do": "attendance.set_days", "school_year": school.year, "setting": off });
    school.ask(suspended).expect("suspended");
    school.take("2026-06-08", json!([]), None).expect("taken");
    (school, enrolment, luna)
}

pub(super) fn sign(school: &mut School) {
    let asked = json!({ "do": "attendance.sign_off", "section": school.section, "month": "2026-06" });
    school.ask(asked).expect("signed");
}

/// [`june`], signed, on 10 July.
pub(super) fn signed() -> (School, Json, Json) {
    let (mut school, enrolment, luna) = june();
    sign(&mut school);
    school.goes_to("2026-07-10");
    (school, enrolment, luna)
}

#[test]
fn nobody_comes_into_a_section_or_leaves_it_in_a_month_that_is_signed() {
    let (mut school, enrolment, luna) = signed();
    let (rizal, year) = (school.section.clone(), school.year.clone());
    let other = school.save("student", json!({ "last_name": "Cruz", "first_name": "Ben", "sex": "M" }));
    let enrol = |section: &Json, day: &str| {
        json!({ "do": "enrolment.enrol", "enrol": { "student": other, "school_year": year, "grade_level": "7",
            "kind": "continuing", "section": section, "on_date": day } })
    };
    let of = |what: &str, day: &str, also: Json| {
        let mut request = json!({ "do": format!("enrolment.{what}"), "enrolment": enrolment, "on_date": day });
        request.as_object_mut().expect("a request").extend(also.as_object().cloned().unwrap_or_default());
        request
    };
    let assign = |section: &Json, day: &str| json!({ "do": "enrolment.assign", "enrolments": [enrolment], "section": section, "on_date": day, "marks_stay": true });
    let (june, july) = ("2026-06-22", "2026-07-01");
    let ways = |day: &str| {
        [
            assign(&luna, day),
            assign(&Json::Null, day),
            of("drop", day, json!({ "reason_code": "a.1" })),
            of("transfer_out", day, json!({ "to_school": "Rizal NHS" })),
            of("cancel", day, json!({})),
            of("correct", day, json!({ "section": luna })),
            enrol(&rizal, day),
        ]
    };
    for request in ways(june) {
        let error = school.ask(request.clone()).expect_err("June is signed");
        assert_eq!(error.code, Code::Rule, "{request}");
        assert!(error.message.contains("the SF2 of 7-Rizal for 2026-06 is signed"), "{request}: {}", error.message);
        assert_eq!(names(&school.class("2026-06-08")), ["Peña"], "nothing was written");
    }
    // From July on everything goes, one after the other.
    for request in [assign(&luna, july), enrol(&rizal, july), of("drop", "2026-07-02", json!({ "reason_code": "a.1" }))]
    {
        school.ask(request.clone()).unwrap_or_else(|error| panic!("{request}: {}", error.message));
    }
    // Whatever has no rules to go through, as putting back what was saved, meets the same.
    let stay = json!({ "enrolment": enrolment, "section": rizal, "valid_from": "2026-06-15" });
    let fields = stay.as_object().cloned().expect("fields");
    let save = Save { entity: "section_membership".into(), id: None, fields };
    school.desk.store.put(&save).expect("the same seat, said twice: nobody came and nobody left");
    let stay = json!({ "enrolment": enrolment, "section": luna, "valid_from": "2026-06-16" });
    let fields = stay.as_object().cloned().expect("fields");
    let save = Save { entity: "section_membership".into(), id: None, fields };
    assert_eq!(school.desk.store.put(&save).expect_err("signed").code, Code::Rule);
    // Past the rules nobody gets at all, one by one or in a batch.
    let each = school.desk.store.save_each(std::slice::from_ref(&save)).expect("nothing stops everything");
    for refused in [school.desk.store.save(&save), each.into_iter().next().expect("an answer")] {
        let error = refused.expect_err("more than its fields");
        assert!(
            error.message.contains("section_membership") && error.message.contains("in Sections"),
            "{}",
            error.message
        );
    }
}

#[test]
fn taking_a_move_back_leaves_a_signed_month_as_it_is() {
    let (mut school, enrolment, luna) = june();
    let away = json!({ "do": "enrolment.assign", "enrolments": [enrolment], "section": luna, "on_date": "2026-06-09" });
    school.ask(away).expect("moved");
    sign(&mut school);
    let error = school.ask(json!({ "do": "session.undo" })).expect_err("it is signed since");
    assert!(error.message.contains("the SF2 of 7-Rizal for 2026-06 is signed"), "{}", error.message);
    assert_eq!(names(&school.class("2026-06-09")), Vec::<String>::new());
}

#[test]
fn past_every_screen_a_signed_month_and_its_signature_stay_as_they_are() {
    let (mut school, _, _) = signed();
    let act = |school: &School, entity: &str| -> Uuid {
        let sql = "SELECT act FROM op WHERE entity = ?1 ORDER BY op_no DESC LIMIT 1";
        let act = school.desk.store.conn().query_row(sql, [entity], |row| row.get(0)).expect("an act");
        Uuid::from_bytes(act)
    };
    let (signing, taking) = (act(&school, "sf2_report"), act(&school, "attendance_sheet"));
    // The command line takes back what has a number, as its list of acts shows it.
    let error = crate::domain::undo::take_back(&mut school.desk.store, signing).expect_err("a signature");
    assert!(error.code == Code::Rule && error.message.contains("opens the month again"), "{}", error.message);

    // What has no rules to go through, for somebody who may not open the month: as the hub will say.
    let teacher = crate::store::Actor { id: Uuid::from_u128(77), role: Role::Teacher };
    school.desk.store.sign(Some(teacher));
    let sheet = school.desk.store.conn().query_row("SELECT id FROM attendance_sheet", [], |row| row.get(0));
    let sheet = Uuid::from_bytes(sheet.expect("one sheet"));
    let student: [u8; 16] =
        school.desk.store.conn().query_row("SELECT id FROM student", [], |row| row.get(0)).expect("one learner");
    let mark = json!({ "sheet": sheet, "student": Uuid::from_bytes(student), "code": "A" });
    let mark = Save { entity: "attendance_mark".into(), id: None, fields: mark.as_object().cloned().expect("fields") };
    for refused in [
        school.desk.store.undo(taking).map(|_| ()),
        school.desk.store.put(&mark).map(|_| ()),
        school.desk.store.take_out("attendance_sheet", sheet).map(|_| ()),
    ] {
        let error = refused.expect_err("June is signed");
        assert!(error.code == Code::Rule && error.message.contains("for this month is signed"), "{}", error.message);
    }
}
