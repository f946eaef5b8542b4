//! One number, one child: typed, corrected, enrolled or pasted.

use super::paste::{kinds, preview};
use super::*;

const LRN: &str = "136789012345";

/// Juan has the LRN, Ana none.
fn juan_and_ana(desk: &mut Desk) -> (String, String) {
    let juan =
        learner(desk, "Dela Cruz", "Juan", json!({ "lrn": LRN, "birth_date": "2012-02-29", "student_no": "26-A" }));
    (juan, learner(desk, "Reyes", "Ana", json!({})))
}

#[test]
fn the_number_of_one_child_is_not_written_to_another() {
    let desk = &mut office(Role::Registrar);
    let (juan, ana) = juan_and_ana(desk);
    let new = |fields: Json| {
        let mut all = json!({ "last_name": "Santos", "first_name": "Ben" });
        all.as_object_mut().expect("fields").extend(fields.as_object().cloned().expect("fields"));
        json!({ "do": "learners.new", "fields": all })
    };
    let save = |fields: Json| json!({ "do": "learners.save", "id": ana, "fields": fields });
    let restore = json!({ "do": "learners.restore", "entity": "student", "id": ana, "field": "lrn", "value": LRN });
    for (request, field) in [
        (new(json!({ "lrn": LRN })), "lrn"),
        (new(json!({ "lrn": " 136789012345 " })), "lrn"),
        (new(json!({ "student_no": "26-a" })), "student_no"),
        (save(json!({ "lrn": LRN })), "lrn"),
        (save(json!({ "student_no": "26-A" })), "student_no"),
        (restore, "lrn"),
    ] {
        let refused = desk.answer(request.clone()).expect_err("somebody has it");
        let details = refused.details.unwrap_or_default();
        assert_eq!((refused.code, &details["field"], &details["id"]), (Code::Conflict, &json!(field), &json!(juan)));
        assert!(refused.message.contains("Dela Cruz, Juan, 2012-02-29"), "{request}: {}", refused.message);
    }
    assert_eq!(found(desk, json!({})), ["Dela Cruz", "Reyes"], "nothing was written");
    // What a child has already is theirs to keep, and a number that is free is anybody's.
    ask(desk, json!({ "do": "learners.save", "id": juan, "fields": { "lrn": LRN, "religion": "Islam" } }));
    ask(desk, json!({ "do": "learners.delete", "id": juan }));
    ask(desk, save(json!({ "lrn": LRN })));
    let many = json!({ "do": "learners.edit_many", "ids": [ana], "fields": { "lrn": "136789012399" } });
    assert_eq!(refused(desk, many), Code::Rule);
}

#[test]
fn nor_at_the_enrolment_desk() {
    let desk = &mut office(Role::Registrar);
    let (juan, ana) = juan_and_ana(desk);
    let (year, _) = enrol(desk, &[]);
    let request = |who: Json| {
        let mut enrol = json!({ "school_year": year, "grade_level": "7", "kind": "new", "on_date": "2026-06-08" });
        enrol.as_object_mut().expect("fields").extend(who.as_object().cloned().expect("fields"));
        json!({ "do": "enrolment.enrol", "enrol": enrol })
    };
    let fresh = request(json!({ "learner": { "last_name": "Santos", "first_name": "Ben", "lrn": LRN } }));
    let known = request(json!({ "student": ana, "learner": { "lrn": LRN } }));
    for asked in [fresh, known] {
        let refused = desk.answer(asked).expect_err("Juan has it");
        assert_eq!(refused.details.map(|details| details["id"].clone()), Some(json!(juan)));
    }
    assert_eq!(found(desk, json!({})), ["Dela Cruz", "Reyes"]);
}

#[test]
fn a_paste_over_another_child_is_a_question_and_left_out_by_default() {
    let desk = &mut office(Role::Registrar);
    let (juan, _) = juan_and_ana(desk);
    let head = ["LRN", "Last name", "First name", "Birth date", "Religion"];
    let row = |cells: [&str; 4]| json!({ "matrix": [head, [LRN, cells[0], cells[1], cells[2], cells[3]]] });
    for (cells, kind) in [
        (["Bautista", "Carla", "2014-06-07", "Islam"], "suspect"),
        (["Bautista", "Carla", "", "Islam"], "suspect"),
        (["Bautista", "Carla", "2012-02-29", "Islam"], "suspect"),
        (["Dela Cruz", "Pedro", "2014-06-07", "Islam"], "suspect"),
        (["Dela Crus", "Juan", "2014-06-07", "Islam"], "suspect"),
        // A mistake that is corrected: one thing differs, the rest says who it is.
        (["Dela Crus", "Juan", "2012-02-29", "Islam"], "changes"),
        (["DELA CRUZ", "JUAN", "2012-02-28", "Islam"], "changes"),
        (["Dela Cruz", "Juan Miguel", "2012-02-29", "Islam"], "changes"),
        (["Juan", "Dela Cruz", "2012-02-29", "Islam"], "changes"),
    ] {
        let shown = preview(desk, row(cells));
        assert_eq!(kinds(&shown), [kind], "{cells:?}");
        let asks = if kind == "suspect" { json!("number") } else { Json::Null };
        assert_eq!((&shown["rows"][0]["asks"], &shown["rows"][0]["id"]), (&asks, &json!(juan)), "{cells:?}");
    }
    let number_alone = json!({ "matrix": [["LRN", "Religion"], [LRN, "Islam"]] });
    assert_eq!(kinds(&preview(desk, number_alone)), ["changes"], "nothing speaks against it");

    let over = row(["Bautista", "Carla", "2014-06-07", "Islam"]);
    let pasted = ask(desk, json!({ "do": "learners.paste", "paste": over }));
    assert_eq!(pasted, json!({ "new": 0, "changed": 0, "left": 1 }), "nobody decided");
    let decided = |choice: &str| {
        let mut paste = over.clone();
        paste["choices"] = json!({ "1": choice });
        paste
    };
    let other = preview(desk, decided("new"));
    assert_eq!(kinds(&other), ["new"]);
    let left = other["rows"][0]["cells"][0]["left"].as_str().expect("the LRN is left out");
    assert!(left.contains("Dela Cruz, Juan"), "{left}");
    ask(desk, json!({ "do": "learners.paste", "paste": decided("new") }));
    let line = |desk: &mut Desk, text: &str| {
        ask(desk, json!({ "do": "learners.find", "query": { "text": text }, "limit": 9 }))["rows"].clone()
    };
    assert_eq!(line(desk, "carla")[0]["lrn"], Json::Null);
    assert_eq!(line(desk, LRN).as_array().map(Vec::len), Some(1));
    ask(desk, json!({ "do": "session.undo" }));
    ask(desk, json!({ "do": "learners.paste", "paste": decided(&juan) }));
    assert_eq!(line(desk, LRN)[0]["first_name"], "Carla", "somebody said that it is the same child");
}

#[test]
fn numbers_pasted_into_the_list_are_nobody_elses() {
    let desk = &mut office(Role::Registrar);
    let (juan, ana) = juan_and_ana(desk);
    let paste = |ids: [&String; 2], numbers: [&str; 2]| json!({ "matrix": [[numbers[0]], [numbers[1]]], "columns": ["lrn"], "onto": ids, "header": false });
    let shown = preview(desk, paste([&juan, &ana], [LRN, LRN]));
    assert_eq!(kinds(&shown), ["same", "refused"]);
    assert!(shown["rows"][1]["cells"][0]["problem"].as_str().is_some_and(|why| why.contains("Dela Cruz, Juan")));
    assert_eq!(kinds(&preview(desk, paste([&juan, &ana], [LRN, "136789012377"]))), ["same", "changes"]);
}
