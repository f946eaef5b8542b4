//! A whole school into the next year.

use super::*;
use pems_model::Code;

/// Last year's learners: grade 7 (three), grade 10 (one), and one who dropped.
fn last_year(school: &mut School) -> Vec<String> {
    let grades = [("Abad", "7"), ("Bato", "7"), ("Cruz", "7"), ("Diaz", "10"), ("Ebro", "8")];
    let enrolled = grades.map(|(name, grade)| {
        let student = school.learner(name, "M");
        let papers = if name == "Bato" { json!([{ "kind": "psa", "state": "missing" }]) } else { json!([]) };
        let enrol = json!({ "student": student, "school_year": school.last_year, "grade_level": grade, "kind": "new",
            "on_date": "2025-06-20", "papers": papers });
        let made = school.ask(json!({ "do": "enrolment.enrol", "enrol": enrol })).expect("enrolled");
        made["enrolment"].as_str().expect("an id").to_owned()
    });
    let drop =
        json!({ "do": "enrolment.drop", "enrolment": enrolled[4], "reason_code": "b.1", "on_date": "2025-09-01" });
    school.ask(drop).expect("dropped");
    enrolled.to_vec()
}

#[test]
fn a_whole_school_moves_up_and_can_be_taken_back() {
    let mut school = school();
    let enrolled = last_year(&mut school);
    let years = json!({ "from_year": school.last_year, "to_year": school.year });
    let ask = |what: &str, more: Json| {
        let mut request = years.clone();
        request["do"] = json!(what);
        request.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        request
    };
    let preview = school.ask(ask("enrolment.promotion_preview", json!({}))).expect("a preview");
    let lines: Vec<(&str, &str, Option<&str>)> = preview["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| {
            (line["name"].as_str().expect("a name"), line["step"].as_str().expect("a step"), line["hold"].as_str())
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("Abad, Ana", "promote", None),
            ("Bato, Ana", "hold", Some("missing_papers")),
            ("Cruz, Ana", "promote", None),
            ("Diaz, Ana", "graduate", None)
        ]
    );
    assert_eq!((&preview["left"], &preview["done"], &preview["last_grade"]), (&json!(1), &json!(0), &json!("10")));

    let before = school.desk.store.count("enrolment").expect("a count");
    let choices = json!({ "choices": [{ "enrolment": enrolled[2], "step": "retain" }] });
    let done = school.ask(ask("enrolment.promote", choices)).expect("promoted");
    assert_eq!(done, json!({ "promoted": 1, "retained": 1, "graduated": 1, "held": 1 }));
    assert_eq!(school.row("enrolment", &enrolled[0])["status"], "completed");
    assert_eq!(school.row("enrolment", &enrolled[0])["effectivity_date"], "2026-03-31", "the year's last day");
    assert_eq!(school.row("enrolment", &enrolled[2])["status"], "retained");
    let list = json!({ "do": "enrolment.list", "school_year": school.year, "only": "pre_registered" });
    let coming = school.ask(list.clone()).expect("a list");
    let coming: Vec<_> =
        coming.as_array().expect("a list").iter().map(|one| (&one["grade_level"], &one["kind"])).collect();
    assert_eq!(coming, [(&json!("7"), &json!("repeater")), (&json!("8"), &json!("continuing"))]);
    let rest = school.ask(ask("enrolment.promotion_preview", json!({}))).expect("a preview");
    assert_eq!((rest["lines"].as_array().map(Vec::len), &rest["done"]), (Some(1), &json!(3)), "only Bato is left");

    school.undo();
    assert_eq!(school.row("enrolment", &enrolled[0])["status"], "enrolled");
    assert_eq!(school.desk.store.count("enrolment").expect("a count"), before);
    assert_eq!(school.ask(list).expect("a list"), json!([]));
}

#[test]
fn a_paper_of_the_vacation_does_not_stop_the_school() {
    let mut school = school();
    let enrolled = last_year(&mut school);
    // 15 July is after the year's end, 31 March.
    let bato = school.row("enrolment", &enrolled[1])["student"].clone();
    let paper = json!({ "do": "enrolment.paper", "student": bato, "kind": "psa", "state": "received" });
    assert_eq!(school.ask(paper).expect("came")["confirmed"], json!(enrolled[1]));
    assert_eq!(school.row("enrolment", &enrolled[1])["effectivity_date"], "2026-03-31", "complete by the year's end");
    // A PC of before wrote such an event on the day itself, and a hub of before took it.
    let late = json!({ "enrolment": enrolled[0], "kind": "confirmed", "on_date": "2026-04-10", "status": "enrolled" });
    crate::app::review::tests::pull(&mut school.desk, "enrolment_event", &[(77, late)]);
    let promote = json!({ "do": "enrolment.promote", "from_year": school.last_year, "to_year": school.year });
    let done = school.ask(promote).expect("promoted");
    assert_eq!(done, json!({ "promoted": 3, "retained": 0, "graduated": 1, "held": 0 }));
    assert_eq!(school.row("enrolment", &enrolled[0])["effectivity_date"], "2026-03-31", "no hub takes a later day now");
    assert_eq!(school.row("enrolment", &enrolled[2])["effectivity_date"], "2026-03-31");
}

#[test]
fn the_preview_looks_each_learner_up_by_the_learner() {
    let school = school();
    let conn = school.desk.store.conn();
    conn.execute_batch("ANALYZE").expect("statistics");
    let plan = crate::domain::enrolment::promotion::plan(conn).expect("a plan");
    let next = plan.iter().find(|step| step.contains(" n ")).expect("the next year's enrolment");
    assert!(next.contains("student=?"), "{plan:?}");
    assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{plan:?}");
}

#[test]
fn who_was_promoted_comes_and_is_enrolled() {
    let mut school = school();
    last_year(&mut school);
    let promote =
        json!({ "do": "enrolment.promote", "from_year": school.last_year, "to_year": school.year, "grades": ["7"] });
    assert_eq!(school.ask(promote).expect("promoted")["graduated"], 0, "only grade 7");
    let list = json!({ "do": "enrolment.list", "school_year": school.year, "only": "unassigned" });
    let coming = school.ask(list).expect("a list");
    let ids: Vec<&str> =
        coming.as_array().expect("a list").iter().filter_map(|one| one["enrolment"].as_str()).collect();
    let eight = school.eight.clone();
    let assign = json!({ "do": "enrolment.assign", "enrolments": ids, "section": eight, "on_date": "2026-06-08" });
    school.ask(assign).expect("in a section");
    let sections = json!({ "do": "enrolment.sections", "school_year": school.year });
    assert_eq!(school.ask(sections.clone()).expect("sections")["sections"][2]["coming"], 2);
    let confirm = json!({ "do": "enrolment.confirm", "enrolments": ids, "on_date": "2026-06-08" });
    assert_eq!(school.ask(confirm).expect("enrolled")["count"], 2);
    let eight_now = &school.ask(sections).expect("sections")["sections"][2];
    assert_eq!((&eight_now["coming"], &eight_now["total"]), (&json!(0), &json!(2)));
}

#[test]
fn who_had_cancelled_for_the_year_is_expected_again_and_sits_where_the_section_counts_them() {
    let mut school = school();
    let enrolled = last_year(&mut school);
    let abad = school.row("enrolment", &enrolled[0])["student"].as_str().expect("an id").to_owned();
    let early = school.enrol(&abad, None, "2026-06-08");
    let cancel = json!({ "do": "enrolment.cancel", "enrolment": early, "on_date": "2026-06-09" });
    school.ask(cancel).expect("cancelled");
    let promote = json!({ "do": "enrolment.promote", "from_year": school.last_year, "to_year": school.year });
    assert_eq!(school.ask(promote).expect("promoted")["promoted"], 2);
    let row = school.row("enrolment", &early);
    assert_eq!((&row["status"], &row["grade_level"]), (&json!("pre_registered"), &json!("8")));

    let eight = school.eight.clone();
    let assign = json!({ "do": "enrolment.assign", "enrolments": [early], "section": eight, "on_date": "2026-07-15" });
    school.ask(assign).expect("in a section");
    assert_eq!(school.roster(&eight, "2026-07-15"), ["Abad"]);
    let sections = school.ask(json!({ "do": "enrolment.sections", "school_year": school.year })).expect("sections");
    assert_eq!((&sections["sections"][2]["coming"], &sections["sections"][2]["total"]), (&json!(1), &json!(1)));
    school.undo();
    school.undo();
    assert_eq!(school.row("enrolment", &early)["status"], "cancelled");
}

#[test]
fn years_must_follow_each_other_and_the_next_one_can_be_made() {
    let mut school = school();
    let back = json!({ "do": "enrolment.promote", "from_year": school.year, "to_year": school.last_year });
    assert_eq!(school.ask(back).expect_err("backwards").code, Code::Rule);
    let next = school.ask(json!({ "do": "enrolment.next_year", "year": school.year })).expect("made")["id"].clone();
    let row = school.row("school_year", next.as_str().expect("an id"));
    assert_eq!((&row["label"], &row["start_date"]), (&json!("2027-2028"), &json!("2027-06-07")), "a Monday again");
    assert_eq!(row["status"], "draft");
    let copy = json!({ "do": "enrolment.copy_sections", "from_year": school.year, "to_year": next });
    assert_eq!(school.ask(copy.clone()).expect("copied")["count"], 3);
    assert_eq!(school.ask(copy).expect("nothing more")["count"], 0);
    let years = school.ask(json!({ "do": "enrolment.years" })).expect("years");
    assert_eq!((&years["current"], &years["today"]), (&json!(school.year), &json!("2026-07-15")));
    let student = school.learner("Abad", "M");
    let enrol =
        json!({ "student": student, "school_year": next, "grade_level": "7", "kind": "new", "on_date": "2026-07-15" });
    let early = school.ask(json!({ "do": "enrolment.enrol", "enrol": enrol })).expect("enrolled early");
    assert_eq!(early["status"], "pre_registered");
}
