//! What holds for every request of the list.

use crate::app::enrolment::tests::office;
use crate::app::request::May;
use crate::app::requests::{DESK, FRONT};
use pems_model::{Code, Role};
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn each_request_has_a_name_of_its_own() {
    let names: Vec<&str> = FRONT.iter().map(|one| one.name).chain(DESK.iter().map(|one| one.name)).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    assert!(names.len() > 100, "the list is read");
}

#[test]
fn every_request_refuses_a_field_that_it_does_not_know_and_names_both() {
    let mut desk = office(Role::SchoolAdmin);
    for entry in DESK {
        let error = desk.answer(json!({ "do": entry.name, "no_such_field": 1 })).expect_err(entry.name);
        assert_eq!(error.code, Code::BadRequest, "{}: {}", entry.name, error.message);
        for said in [entry.name, "no_such_field"] {
            assert!(error.message.contains(said), "{}: {}", entry.name, error.message);
        }
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let mut desk = office(Role::SchoolAdmin);
    let mut refused = |request| {
        let error = desk.answer(request).expect_err("refused");
        assert_eq!(error.code, Code::BadRequest, "{}", error.message);
        error.message
    };
    assert!(refused(json!({ "do": "learners.fnd" })).contains("learners.fnd"));
    assert!(refused(json!({ "do": "nothing.at_all" })).contains("nothing.at_all"));
    assert!(refused(json!({ "do": 7 })).contains("`do`"));
    assert!(refused(json!({ "limit": 7 })).contains("`do`"));
    assert!(refused(json!([])).contains("no object"));
    assert!(refused(json!({ "do": "learners.find", "limit": "x" })).contains("learners.find"));
    assert!(refused(json!({ "do": "learners.find" })).contains("`limit`"));
}

#[test]
fn only_signing_in_and_the_sync_line_are_for_everybody() {
    let open: Vec<&str> = DESK.iter().filter(|one| one.access == May::Always).map(|one| one.name).collect();
    assert!(open.iter().all(|name| *name == "status" || name.starts_with("session.")), "{open:?}");
}
