//! What the window asks about files: on real stores, one in memory and one on disk.

use crate::app::Desk;
use crate::app::enrolment::tests::office;
use pems_model::{Code, Role};
use serde_json::{Value as Json, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// Far above what an import of some rows takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/tests/import/samples").join(name).display().to_string()
}

fn school(desk: &mut Desk) {
    save(desk, "school_profile", json!({ "deped_school_id": "300021", "name": "Mabini NHS" }));
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" });
    save(desk, "school_year", year);
}

fn save(desk: &mut Desk, entity: &str, fields: Json) {
    desk.answer(json!({ "do": "save", "entity": entity, "fields": fields })).expect("saved");
}

fn total(desk: &mut Desk, entity: &str) -> usize {
    let all = crate::store::ListQuery { limit: Some(100_000), ..Default::default() };
    desk.store.list(entity, &all).expect("a list").len()
}

#[test]
fn a_register_is_looked_at_applied_and_undone() {
    let mut desk = office(Role::SchoolAdmin);
    school(&mut desk);
    save(&mut desk, "student", json!({ "last_name": "PEÑA", "first_name": "MA. CLARA", "lrn": "300021130201" }));
    let read = json!({ "do": "imports.read", "path": sample("sf1.xls") });
    let seen = desk.answer(read.clone()).expect("a reconciliation");
    assert_eq!((&seen["what"], &seen["register"]["section"]), (&json!("register"), &json!("RIZAL")));
    assert_eq!(total(&mut desk, "student"), 1, "looking writes nothing");
    let proposed = seen["proposed"].as_array().expect("choices");
    assert_eq!(proposed.len(), 38);
    let clara = proposed.iter().find(|choice| choice["take_theirs"].as_array().is_some_and(|all| !all.is_empty()));
    let fills = clara.expect("Clara")["take_theirs"].to_string();
    assert!(fills.contains("birth_date") && fills.contains("mother"), "what was empty is filled: {fills}");
    let hash = seen["register"]["hash"].clone();
    let apply =
        |hash: &Json| json!({ "do": "imports.apply", "path": sample("sf1.xls"), "hash": hash, "choices": proposed });
    assert_eq!(desk.answer(apply(&json!("00"))).expect_err("another file").code, Code::Stale);
    let applied = desk.answer(apply(&hash)).expect("applied");
    assert_eq!((&applied["counts"]["enrolled"], &applied["counts"]["learners_added"]), (&json!(38), &json!(37)));
    let again = desk.answer(read).expect("a reconciliation");
    assert_eq!(
        (&again["register"]["counts"]["same"], again["proposed"].as_array().map(Vec::len)),
        (&json!(38), Some(0))
    );
    let undone = desk.answer(json!({ "do": "session.undo" })).expect("undone");
    assert!(undone["what"].as_str().is_some_and(|what| what.contains("38 learners enrolled")), "{undone}");
    assert_eq!((total(&mut desk, "student"), total(&mut desk, "enrolment_event")), (1, 0));
}

#[test]
fn other_schools_garbage_and_other_roles_are_refused() {
    let mut desk = office(Role::Registrar);
    school_of(&mut desk);
    for (name, code) in [
        ("sf1_cut.xls", Code::BadFile),
        ("sf1_html.xls", Code::BadFile),
        ("nowhere.csv", Code::Io),
        ("nowhere.zip", Code::Io),
    ] {
        let read = json!({ "do": "imports.read", "path": sample(name) });
        assert_eq!(desk.answer(read).expect_err(name).code, code, "{name}");
    }
    let mut head = office(Role::SchoolHead);
    let read = json!({ "do": "imports.read", "path": sample("sf1.xls") });
    assert_eq!(head.answer(read).expect_err("not a head's").code, Code::RoleForbidden);
}

fn school_of(desk: &mut Desk) {
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" });
    save(desk, "school_year", year);
}

/// Waits for the import's end.
fn outcome(desk: &mut Desk) -> Json {
    let started = Instant::now();
    loop {
        let now = desk.answer(json!({ "do": "imports.now" })).expect("an answer");
        if now["running"] == false {
            return now["outcome"].clone();
        }
        assert!(started.elapsed() < PATIENCE, "{now}");
        std::thread::yield_now();
    }
}

#[test]
fn a_list_is_tried_and_imported_beside_the_desk() {
    let dir = tempfile::tempdir().expect("a folder");
    let keys = crate::keys::KeySource::File(dir.path().join("key"));
    let place = crate::sample::empty(&dir.path().join("office"), keys).expect("an office");
    let mut desk = Desk::new(place.store().expect("a store"));
    let file = dir.path().join("learners.csv");
    let rows: String = (0..500).map(|i| format!("Santos{i},Ana,F,2014-03-0{}\n", 1 + i % 9)).collect();
    std::fs::write(&file, format!("Surname,Given name,Sex,Birthday\n{rows}Bad,Row,F,2014-13-40\n")).expect("a file");
    let seen = desk.answer(json!({ "do": "imports.read", "path": file })).expect("a table");
    assert_eq!((&seen["what"], &seen["entity"]), (&json!("table"), &json!("student")));

    let start = |write: bool, skip: bool| json!({ "do": "imports.start", "path": file, "kind": "table", "entity": "student", "write": write, "skip_refused": skip });
    desk.answer(start(false, false)).expect("begun");
    let tried = outcome(&mut desk);
    assert_eq!((&tried["report"]["new"], &tried["refused"]), (&json!(500), &json!(1)));
    assert_eq!(total(&mut desk, "student"), 0, "a trial writes nothing");

    desk.answer(start(true, true)).expect("begun");
    let other = desk.answer(start(true, true));
    assert!(other.is_err() || total(&mut desk, "student") == 500, "one at a time");
    assert_eq!(outcome(&mut desk)["report"]["written"], true);
    assert_eq!((total(&mut desk, "student"), desk.store.take_wrote()), (500, true));
    let undone = desk.answer(json!({ "do": "session.undo" })).expect("undone");
    assert_eq!((undone["what"].as_str(), total(&mut desk, "student")), (Some("Import of learners.csv"), 0));
}

#[test]
fn a_stopped_import_writes_nothing() {
    let format = crate::import::Format::Csv { entity: "student".into(), mapping: Vec::new() };
    let options = crate::import::Options::new(format);
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("learners.csv");
    std::fs::write(&file, "last_name,first_name\nReyes,Ana\nCruz,Ben\n").expect("a file");
    let mut desk = office(Role::SchoolAdmin);
    options.progress.stop();
    let error = crate::import::run(&mut desk.store, &file, &options).expect_err("stopped");
    assert!(error.code == Code::Rule && error.message.contains("nothing of it was written"), "{}", error.message);
    assert_eq!(total(&mut desk, "student"), 0);
}
