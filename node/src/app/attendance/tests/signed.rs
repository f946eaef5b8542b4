//! What a signed SF2 says of who was there and of its class days stays as it is, whatever is done afterwards and wherever.

use super::months::{june, sign, signed};
use super::*;
use crate::domain::made_up::MadeUp;

fn refused(school: &mut School, request: &Json) -> String {
    let error = school.ask(request.clone()).expect_err("June is signed");
    assert_eq!(error.code, Code::Rule, "{request}");
    assert!(error.message.contains("the SF2 of 7-Rizal for 2026-06 is signed"), "{request}: {}", error.message);
    error.message
}

fn reopen(school: &mut School) {
    let section = school.section.clone();
    let asked = json!({ "do": "attendance.reopen", "section": section, "month": "2026-06", "reason": "A mistake" });
    school.ask(asked).expect("opened");
}

#[test]
fn who_is_in_a_signed_month_is_dropped_after_it_and_not_cancelled() {
    let (mut school, enrolment, _) = signed();
    let of = |what: &str, more: Json| {
        let mut request = json!({ "do": format!("enrolment.{what}"), "enrolment": enrolment, "on_date": "2026-07-10" });
        request.as_object_mut().expect("a request").extend(more.as_object().cloned().expect("fields"));
        request
    };
    let (cancel, drop) = (of("cancel", json!({})), of("drop", json!({ "reason_code": "a.1" })));
    let said = refused(&mut school, &cancel);
    assert!(said.contains("drop or transfer the learner on a day after that month"), "{said}");
    assert_eq!(names(&school.class("2026-06-08")), ["Peña"], "nothing was written");
    reopen(&mut school);
    school.ask(cancel).expect("it is open");
    assert_eq!(names(&school.class("2026-06-08")), Vec::<String>::new(), "as if the learner had never been there");
    school.ask(json!({ "do": "session.undo" })).expect("taken back");
    sign(&mut school);
    school.ask(drop).expect("July is open");
    assert_eq!(names(&school.class("2026-06-08")), ["Peña"]);
}

#[test]
fn what_was_cancelled_before_the_signature_is_not_taken_back_after_it() {
    let (mut school, enrolment, _) = june();
    school.ask(json!({ "do": "enrolment.cancel", "enrolment": enrolment, "on_date": "2026-06-30" })).expect("open");
    sign(&mut school);
    let undo = json!({ "do": "session.undo" });
    refused(&mut school, &undo);
    assert_eq!(names(&school.class("2026-06-08")), Vec::<String>::new());
}

#[test]
fn nobody_who_was_only_expected_was_there_after_all() {
    let (mut school, ..) = june();
    let (_, expected) = school.learner("Reyes", "F", "2026-06-08", None);
    school.change("enrolment", &expected, json!({ "status": "pre_registered" }));
    sign(&mut school);
    school.goes_to("2026-07-10");
    let confirm = |day: &str| json!({ "do": "enrolment.confirm", "enrolments": [expected], "on_date": day });
    refused(&mut school, &confirm("2026-06-15"));
    assert_eq!(names(&school.class("2026-06-08")), ["Peña"]);
    school.ask(confirm("2026-07-10")).expect("from July on");
    assert_eq!(names(&school.class("2026-06-08")), ["Peña"]);
}

/// What has no rules to go through: putting back, deciding which of two values counts.
#[test]
fn past_the_rules_too_a_signed_month_keeps_its_learners() {
    let (mut school, enrolment, _) = signed();
    let dropped = |on: &str| json!({ "enrolment": enrolment, "kind": "dropped", "on_date": on, "status": "dropped" });
    let save = |entity: &str, id: Option<Uuid>, fields: Json| Save {
        entity: entity.into(),
        id,
        fields: fields.as_object().cloned().expect("fields"),
    };
    let row = Some(id(&enrolment));
    for save in [
        save("enrolment_event", None, dropped("2026-06-15")),
        save("enrolment", row, json!({ "first_attendance_date": "2026-06-15" })),
        save("enrolment", row, json!({ "status": "pre_registered" })),
        save("enrolment", row, json!({ "status": "dropped", "effectivity_date": "2026-06-15" })),
    ] {
        let error = school.desk.store.put(&save).expect_err("June is signed");
        assert!(error.code == Code::Rule && error.message.contains("7-Rizal for 2026-06"), "{}", error.message);
    }
    for save in [
        save("enrolment", row, json!({ "status": "dropped", "effectivity_date": "2026-07-02" })),
        save("enrolment", row, json!({ "from_school": "Luna NHS" })),
    ] {
        school.desk.store.put(&save).expect("June is as it was");
    }
    assert_eq!(names(&school.class("2026-06-08")), ["Peña"]);
}

#[test]
fn the_class_days_of_a_signed_month_are_other_ones_only_once_it_is_open() {
    let (mut school, ..) = signed();
    let year = school.year.clone();
    let set = |from: &str, kind: &str, scope: &str| {
        let setting = json!({ "from": from, "to": from, "kind": kind, "scope": scope, "reason": "Typhoon" });
        json!({ "do": "attendance.set_days", "school_year": year, "setting": setting })
    };
    refused(&mut school, &set("2026-06-08", "suspension", "school"));
    refused(&mut school, &set("2026-06-08", "suspension", "jhs"));
    refused(&mut school, &set("2026-06-09", "class", "school"));
    let calendar = school.ask(json!({ "do": "attendance.calendar" })).expect("a calendar");
    let ids: Vec<&Json> = calendar["entries"].as_array().expect("entries").iter().map(|day| &day["id"]).collect();
    let remove = json!({ "do": "attendance.remove_days", "school_year": year, "ids": ids });
    refused(&mut school, &remove);
    // Of no section that signed, of another month, and why a day is none.
    school.ask(set("2026-06-08", "suspension", "elementary")).expect("nobody of it signed");
    school.ask(set("2026-07-08", "suspension", "school")).expect("July is open");
    let reason = school.ask(set("2026-06-09", "suspension", "school")).expect("the same day, said otherwise");
    let ninth = reason["entries"].as_array().expect("entries").iter().find(|day| day["date"] == "2026-06-09");
    assert_eq!(ninth.expect("the day")["reason"], json!("Typhoon"));
    reopen(&mut school);
    school.ask(set("2026-06-08", "suspension", "school")).expect("open again");
}

#[test]
fn holidays_of_signed_months_are_not_proposed_and_do_not_hold_up_the_others() {
    let (mut school, ..) = june();
    let year = school.year.clone();
    let day = |list: &Json, date: &str| -> Option<Json> {
        list.as_array().expect("a list").iter().find(|day| day["date"] == date).cloned()
    };
    let look = |school: &mut School| school.ask(json!({ "do": "attendance.calendar" })).expect("a calendar");
    let suspended = day(&look(&mut school)["entries"], "2026-06-12").expect("suspended");
    let remove = json!({ "do": "attendance.remove_days", "school_year": year, "ids": [suspended["id"]] });
    school.ask(remove).expect("a class day");
    assert!(day(&look(&mut school)["proposed"], "2026-06-12").is_some(), "Independence Day");
    school.take("2026-06-12", json!([]), None).expect("held all the same");
    sign(&mut school);
    assert!(day(&look(&mut school)["proposed"], "2026-06-12").is_none());
    let named = json!({ "do": "attendance.add_holidays", "school_year": year, "dates": ["2026-06-12"] });
    refused(&mut school, &named);
    let after = school.ask(json!({ "do": "attendance.add_holidays", "school_year": year })).expect("the others");
    assert!(day(&after["entries"], "2026-12-25").is_some() && day(&after["entries"], "2026-06-12").is_none());
}

#[test]
fn a_school_year_begins_on_another_day_only_while_that_month_is_open() {
    let (mut school, ..) = signed();
    let save = |first: &str, last: &str, cutoff: &str, half_days: bool| {
        let draft = json!({ "label": "2026-2027", "start_date": first, "end_date": last, "cutoff_date": cutoff,
            "status": "open", "half_days": half_days });
        json!({ "do": "admin.save_year", "id": school.year, "draft": draft })
    };
    let (first, last, cutoff) = ("2026-06-08", "2027-04-08", "2026-06-12");
    let bad = [
        save("2026-06-01", last, cutoff, false),
        save("2026-06-09", last, cutoff, false),
        save(first, last, "2026-06-15", false),
        save(first, last, cutoff, true),
    ];
    let good = [save(first, "2027-04-15", cutoff, false)];
    for request in &bad {
        refused(&mut school, request);
    }
    for request in good {
        school.ask(request).expect("April is open");
    }
    reopen(&mut school);
    for request in bad {
        school.ask(request).expect("open again");
    }
}
