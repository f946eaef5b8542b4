//! Months that are signed, and holidays of the calendar.

use super::*;

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
    let error = school.ask(json!({ "do": "session.undo" })).expect_err("locked");
    assert_eq!(error.code, Code::Rule);
    assert!(error.message.contains("signed the SF2 of 7-Rizal"), "{}", error.message);
    assert!(!school.class("2026-06-08")["taken"].is_null(), "the sheet stands");
    assert_eq!(school.desk.store.count("attendance_sheet").expect("a count"), 1);
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
