//! Marks that were made and not submitted.

use super::*;

fn keep(school: &School, date: &str, draft: Json) -> Json {
    json!({ "do": "attendance.keep_draft", "section": school.section, "date": date, "session": "day", "draft": draft })
}

#[test]
fn marks_that_were_not_submitted_are_there_again_until_they_are() {
    let mut school = School::new();
    let (ana, _) = school.learner("Peña", "F", "2026-06-08", None);
    let student = ana.as_str().expect("an id").to_owned();
    let draft = json!({ "marks": { (student.as_str()): "A" }, "reason": "Found her" });
    school.ask(keep(&school, "2026-06-09", draft.clone())).expect("kept");
    assert_eq!(school.class("2026-06-09")["draft"], draft);
    assert_eq!(school.class("2026-06-10")["draft"], Json::Null);
    assert_eq!(school.class("2026-06-09")["taken"], Json::Null, "nothing is recorded");
    let listed = school.ask(json!({ "do": "attendance.unsubmitted" })).expect("a list");
    let expected = json!([{ "section": school.section, "date": "2026-06-09", "session": "day", "changes": 1 }]);
    assert_eq!(listed, expected);
    let day = school.ask(json!({ "do": "attendance.today", "date": "2026-06-09" })).expect("a day");
    assert_eq!(day["sections"][0]["unsubmitted"], json!(1));

    school.take("2026-06-10", json!([]), None).expect("another day");
    assert_eq!(school.class("2026-06-09")["draft"], draft, "still there");
    school.take("2026-06-09", json!([{ "student": ana, "code": "A" }]), None).expect("submitted");
    assert_eq!(school.class("2026-06-09")["draft"], Json::Null);
    assert_eq!(school.ask(json!({ "do": "attendance.unsubmitted" })).expect("a list"), json!([]));

    school.ask(keep(&school, "2026-06-08", draft)).expect("kept");
    school.ask(keep(&school, "2026-06-08", Json::Null)).expect("taken back");
    assert_eq!(school.class("2026-06-08")["draft"], Json::Null);
}

#[test]
fn a_month_is_not_signed_over_marks_that_were_not_submitted() {
    let mut school = School::new();
    let (ana, _) = school.learner("Peña", "F", "2026-06-08", None);
    let (section, year) = (school.section.clone(), school.year.clone());
    school.goes_to("2026-06-30");
    let off = json!({ "from": "2026-06-09", "to": "2026-06-30", "kind": "suspension", "scope": "school" });
    school.ask(json!({ "do": "attendance.set_days", "school_year": year, "setting": off })).expect("suspended");
    school.take("2026-06-08", json!([]), None).expect("taken");
    let student = ana.as_str().expect("an id").to_owned();
    school.ask(keep(&school, "2026-06-08", json!({ "marks": { (student.as_str()): "L" } }))).expect("kept");
    let month =
        school.ask(json!({ "do": "attendance.month", "section": section, "month": "2026-06" })).expect("a month");
    assert_eq!(month["drafts"][0]["changes"], json!(1));
    let sign = json!({ "do": "attendance.sign_off", "section": section, "month": "2026-06" });
    let error = school.ask(sign.clone()).expect_err("a mark would be left out");
    assert!(error.message.contains("8 Jun 2026"), "{}", error.message);
    school.ask(keep(&school, "2026-06-08", Json::Null)).expect("taken back");
    school.ask(sign).expect("signed");
}

#[test]
fn nobody_else_finds_them() {
    let mut school = School::new();
    let (ana, _) = school.learner("Peña", "F", "2026-06-08", None);
    school.desk.store.set_local("sample", "1").expect("a sample school asks no password");
    let users: Vec<Json> = ["Ana Cruz", "Ben Cruz"]
        .map(|name| school.save("school_user", json!({ "name": name, "role": "registrar" })))
        .into();
    let student = ana.as_str().expect("an id").to_owned();
    let mut seen = Vec::new();
    for (at, user) in [&users[0], &users[1], &users[0]].into_iter().enumerate() {
        school.ask(json!({ "do": "session.sign_in", "id": user, "password": "" })).expect("signed in");
        if at == 0 {
            school.ask(keep(&school, "2026-06-10", json!({ "marks": { (student.as_str()): "A" } }))).expect("kept");
        }
        seen.push(!school.class("2026-06-10")["draft"].is_null());
    }
    assert_eq!(seen, [true, false, true]);
}
