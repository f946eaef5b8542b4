//! What is brought in has its events: rosters of any day are right afterwards.

use super::*;
use crate::domain::made_up::MadeUp;

/// `(kind, day, status)` of an enrolment's events, in their order.
fn events(office: &Office, last_name: &str) -> Vec<[String; 3]> {
    let student = office.find("student", "last_name", last_name);
    let enrolment = office.find("enrolment", "student", student["id"].as_str().expect("an id"));
    let mut rows: Vec<Json> =
        office.rows("enrolment_event").into_iter().filter(|row| row["enrolment"] == enrolment["id"]).collect();
    rows.sort_by_key(|row| [&row["on_date"], &row["made_at"], &row["id"]].map(Json::to_string));
    let text = |row: &Json, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| ["kind", "on_date", "status"].map(|field| text(row, field))).collect()
}

#[test]
fn what_is_brought_in_has_its_history() {
    let mut office = Office::new();
    office.import();
    let told = |events: &[[String; 3]]| events.iter().map(|event| event.join(" ")).collect::<Vec<_>>();
    assert_eq!(told(&events(&office, "DELA CRUZ")), ["enrolled 2026-06-08 enrolled"]);
    assert_eq!(told(&events(&office, "DELGADO")), ["enrolled 2026-06-22 enrolled"], "the day of the transfer");
    let kim = ["enrolled 2026-06-08 enrolled", "transferred_out 2026-08-15 transferred_out"];
    assert_eq!(told(&events(&office, "VILLANUEVA")), kim);
    let yap = ["enrolled 2026-06-08 enrolled", "dropped 2026-09-01 dropped"];
    assert_eq!(told(&events(&office, "YAP")), yap);

    // As of a day: Kim was there until the 14th of August, Ramon from the 22nd of June on.
    let rizal = id(&office.find("section", "name", "RIZAL"));
    let on = |office: &Office, day: &str| {
        let day = pems_model::value::parse_date(day).expect("a day");
        let members = crate::domain::enrolment::roster::on(office.store.conn(), rizal, day).expect("a roster");
        let present =
            |name: &str| members.iter().filter(|one| one.last_name == name).map(|one| one.status.clone()).next();
        (members.len(), present("VILLANUEVA"), present("DELGADO"))
    };
    let enrolled = || Some("enrolled".to_owned());
    assert_eq!(on(&office, "2026-06-08"), (37, enrolled(), None));
    assert_eq!(on(&office, "2026-08-14"), (38, enrolled(), enrolled()));
    assert_eq!(on(&office, "2026-08-15"), (37, None, enrolled()));
    assert_eq!(on(&office, "2026-09-01"), (36, None, enrolled()));

    // Somebody of an older list, without events, left according to LIS: the days before stay days in class.
    let year = id(&office.find("school_year", "label", "2026-2027"));
    for event in office.rows("enrolment_event") {
        office.store.take_out("enrolment_event", id(&event)).expect("deleted");
    }
    let kim = office.find("student", "last_name", "VILLANUEVA");
    let enrolment = office.find("enrolment", "student", kim["id"].as_str().expect("an id"));
    assert_eq!(enrolment["school_year"], json!(year));
    office.edit("enrolment", id(&enrolment), json!({ "status": "enrolled" }));
    let seat = office.find("section_membership", "enrolment", enrolment["id"].as_str().expect("an id"));
    office.edit("section_membership", id(&seat), json!({ "valid_to": null }));
    let line = line_of(&office.reconcile(), "VILLANUEVA").line;
    let choice = LineChoice { line, take_theirs: vec!["status".into()], ..LineChoice::default() };
    office.apply(choice).expect("applied");
    assert_eq!((on(&office, "2026-08-14").1, on(&office, "2026-08-15").1), (enrolled(), None));
}

#[test]
fn who_came_late_or_back_came_on_the_day_of_the_remark() {
    let mut office = Office::new();
    let mut register = register();
    for (name, day) in [("BAUTISTA", "2026-07-13"), ("CRUZ", "2026-07-20")] {
        let line = register.learners.iter_mut().find(|line| line.last_name == name).expect("a line");
        line.codes[0].date = Some(day.into());
    }
    let choices = reconcile(&office.store, &register).expect("a reconciliation").safe_choices();
    apply(&mut office.store, &register, &choices).expect("applied");
    for (name, day, late) in [("BAUTISTA", "2026-07-13", json!(true)), ("CRUZ", "2026-07-20", Json::Null)] {
        assert_eq!(events(&office, name)[0].join(" "), format!("enrolled {day} enrolled"));
        let student = office.find("student", "last_name", name);
        let enrolment = office.find("enrolment", "student", student["id"].as_str().expect("an id"));
        assert_eq!((&enrolment["first_attendance_date"], &enrolment["late"]), (&json!(day), &late));
        let seat = office.find("section_membership", "enrolment", enrolment["id"].as_str().expect("an id"));
        assert_eq!(seat["valid_from"], json!(day));
    }
}

#[test]
fn who_is_here_although_we_said_gone_comes_back_today() {
    let mut office = Office::new();
    office.import();
    let juan = office.find("student", "last_name", "DELA CRUZ");
    let enrolment = id(&office.find("enrolment", "student", juan["id"].as_str().expect("an id")));
    let by = crate::domain::enrolment::By { person: None, today: 20_000 };
    let (gone, _) = office
        .store
        .act(|work| {
            use crate::domain::enrolment::Day;
            use crate::domain::enrolment::record;
            let on = Day(pems_model::value::parse_date("2026-07-01").expect("a day"));
            let change = record::Change::to("transferred_out", "transferred_out", on);
            record::change(work, &by, enrolment, change, json!({}))?;
            record::leave(work, enrolment, on)
        })
        .expect("gone");
    assert!(!gone.is_nil());
    let line = line_of(&office.reconcile(), "DELA CRUZ").line;
    office.apply(LineChoice { line, take_theirs: vec!["status".into()], ..LineChoice::default() }).expect("applied");
    assert_eq!(events(&office, "DELA CRUZ").last().expect("an event").join(" "), "returned 2026-09-15 enrolled");
    assert_eq!(office.reconcile().counts.same, 38);
}

/// What the choice would come to and what it comes to, which is the same refusal.
fn refused(office: &mut Office, choice: &LineChoice) -> crate::NodeError {
    let before = office.visible();
    let tried =
        rehearse(&mut office.store, &register(), std::slice::from_ref(choice)).expect_err("it would be refused");
    let error = office.apply(choice.clone()).expect_err("it is refused");
    assert_eq!((&tried.message, tried.code), (&error.message, Code::Rule));
    assert_eq!(office.visible(), before, "nothing was written");
    error
}

#[test]
fn what_a_register_says_changes_no_month_that_is_signed() {
    let mut office = Office::new();
    office.import();
    let rizal = id(&office.find("section", "name", "RIZAL"));
    let kim = office.find("student", "last_name", "VILLANUEVA");
    let enrolment = id(&office.find("enrolment", "student", kim["id"].as_str().expect("an id")));
    let seat = id(&office.find("section_membership", "enrolment", &enrolment.to_string()));
    for event in office.rows("enrolment_event") {
        office.store.take_out("enrolment_event", id(&event)).expect("deleted");
    }
    office.edit("enrolment", enrolment, json!({ "status": "enrolled" }));
    office.edit("section_membership", seat, json!({ "valid_to": null }));
    let signed = office.save("sf2_report", json!({ "section": rizal, "month": "2026-08-01", "state": "signed" }));
    let line = line_of(&office.reconcile(), "VILLANUEVA").line;
    let choice = LineChoice { line, take_theirs: vec!["status".into()], ..LineChoice::default() };
    let error = refused(&mut office, &choice);
    let says = format!("line {line}, VILLANUEVA, ");
    assert!(
        error.message.starts_with(&says) && error.message.contains("the SF2 of 7-RIZAL for 2026-08 is signed"),
        "{}",
        error.message
    );
    office.edit("sf2_report", signed, json!({ "state": "reopened", "reason": "Kim left on the 15th" }));
    office.apply(choice).expect("opened again");
}

#[test]
fn a_register_moves_nobody_away_from_marks_of_that_day() {
    let mut office = Office::new();
    office.import();
    let (year, juan) =
        (id(&office.find("school_year", "label", "2026-2027")), office.find("student", "last_name", "DELA CRUZ"));
    let enrolment = id(&office.find("enrolment", "student", juan["id"].as_str().expect("an id")));
    let luna = office.save("section", json!({ "school_year": year, "grade_level": "7", "name": "Luna" }));
    let seat = id(&office.find("section_membership", "enrolment", &enrolment.to_string()));
    office.edit("section_membership", seat, json!({ "section": luna }));
    // Today, the 15th, attendance was taken there already.
    let sheet = office.save("attendance_sheet", json!({ "section": luna, "on_date": "2026-09-15", "session": "day" }));
    let mark = office.save("attendance_mark", json!({ "sheet": sheet, "student": juan["id"], "code": "L" }));
    let line = line_of(&office.reconcile(), "DELA CRUZ").line;
    let choice = LineChoice { line, move_section: true, ..LineChoice::default() };
    let error = refused(&mut office, &choice);
    assert!(error.message.contains("was marked in 7-Luna on 15 Sep 2026"), "{}", error.message);
    office.store.take_out("attendance_mark", mark).expect("deleted");
    office.apply(choice).expect("moved");
}
