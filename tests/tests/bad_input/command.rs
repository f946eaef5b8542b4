//! `pems-node` against its users: bad usage, bad lines, names that do not exist. Exit 2 for usage, 1 for what was refused, one
//! JSON error a line on stderr.

use pems_tests::programs::{Done, node, run};
use pems_tests::rig::{Rig, TestOffice};
use serde_json::{Value as Json, json};
use uuid::Uuid;

async fn office() -> (Rig, TestOffice) {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    (rig, office)
}

fn say(office: &TestOffice, args: &[&str], input: &[u8]) -> Done {
    run(&mut node(&office.dir, &office.key_file), args, input)
}

fn learner(name: &str) -> String {
    json!({ "last_name": name, "first_name": "Ana" }).to_string()
}

#[tokio::test]
async fn what_does_not_exist_is_named() {
    let (_rig, office) = office().await;
    let nobody = Uuid::from_u128(1).to_string();
    let good = learner("Cruz");
    for (args, exit, code) in [
        (vec!["list", "spaceship"], 1, "unknown_entity"),
        (vec!["save", "spaceship", good.as_str()], 1, "unknown_entity"),
        (vec!["save", "student", r#"{"last_name":"A","first_name":"B","shoe_size":43}"#], 1, "unknown_field"),
        (vec!["save", "student", r#"{"last_name":7,"first_name":"B"}"#], 1, "wrong_type"),
        (vec!["save", "student", r#"{"first_name":"B"}"#], 1, "required"),
        (vec!["save", "student", "{"], 1, "bad_request"),
        (vec!["save", "student", "[1]"], 1, "bad_request"),
        (vec!["save", "student", r#"{"id":"seven","last_name":"A","first_name":"B"}"#], 1, "bad_request"),
        (vec!["delete", "student", nobody.as_str()], 1, "not_found"),
        (vec!["list", "student", "--where", "shoe_size=43"], 1, "unknown_field"),
        (vec!["list", "student", "--where", "nonsense"], 2, "bad_usage"),
        (vec!["review", "keep", nobody.as_str(), "--value", "mine"], 1, "not_found"),
        (vec!["review", "keep", nobody.as_str(), "--value", "theirs"], 1, "not_found"),
        (vec![], 2, "bad_usage"),
        (vec!["dance"], 2, "bad_usage"),
        (vec!["delete", "student", "not-an-id"], 2, "bad_usage"),
        (vec!["list"], 2, "bad_usage"),
        (vec!["list", "student", "--limit", "many"], 2, "bad_usage"),
        (vec!["review", "keep", nobody.as_str(), "--value", "ours"], 2, "bad_usage"),
        (vec!["enrol", "--hub", "http://127.0.0.1:9", "--code", "X"], 1, "already_enrolled"),
    ] {
        let done = say(&office, &args, b"");
        assert_eq!((done.exit, done.code()), (Some(exit), code), "{args:?}");
        assert!(done.printed.is_empty(), "{args:?}: nothing was done");
    }
    assert_eq!(office.list("student"), Vec::<Json>::new());
}

#[tokio::test]
async fn an_edit_of_nothing_makes_no_half_record() {
    let (_rig, office) = office().await;
    let edit = json!({ "id": Uuid::from_u128(5), "remarks": "x" }).to_string();
    let done = say(&office, &["save", "student", &edit], b"");
    assert_eq!((done.exit, done.code()), (Some(1), "required"));
    assert_eq!(office.list("student"), Vec::<Json>::new());
}

#[tokio::test]
async fn one_bad_line_is_refused_by_number_and_the_others_are_saved() {
    let (rig, office) = office().await;
    let mut input = Vec::new();
    for line in
        [learner("One").as_bytes(), b"{oops", b"", b"\"text\"", learner("Two").as_bytes(), br#"{"first_name":"B"}"#]
    {
        input.extend_from_slice(line);
        input.push(b'\n');
    }
    input.extend_from_slice(learner("Three").as_bytes());
    let done = say(&office, &["save", "student"], &input);
    assert_eq!(done.exit, Some(1));
    let names: Vec<&Json> = done.printed.iter().map(|row| &row["last_name"]).collect();
    assert_eq!(names, ["One", "Two", "Three"]);
    let codes: Vec<&str> = done.errors.iter().map(|error| error["code"].as_str().expect("a code")).collect();
    assert_eq!(codes, ["bad_request", "bad_request", "required"]);
    assert!(done.errors[0]["message"].as_str().is_some_and(|told| told.starts_with("line 2:")), "{:?}", done.errors[0]);
    assert_eq!(office.list("student").len(), 3);

    let done = say(&office, &["save", "student", "--atomic"], &input);
    assert_eq!((done.exit, done.printed.len(), office.list("student").len()), (Some(1), 0, 3), "all or nothing");
    office.sync().await;
    rig.assert_level(&office).await;
}

#[tokio::test]
async fn lines_that_are_not_text_or_never_end_are_refused_alone() {
    let (_rig, office) = office().await;
    let around = |middle: &[u8]| {
        [learner("Before").as_bytes(), b"\n", middle, b"\n", learner("After").as_bytes(), b"\n"].concat()
    };
    let long = format!("{{\"last_name\":\"{}\"}}", "x".repeat(2 << 20));
    for (middle, code) in [(&b"{\"last_name\":\"Pe\xf1a\"}"[..], "bad_file"), (long.as_bytes(), "too_large")] {
        let done = say(&office, &["save", "student"], &around(middle));
        assert_eq!((done.exit, done.code()), (Some(1), code));
        assert!(
            done.errors[0]["message"].as_str().is_some_and(|told| told.starts_with("line 2 ")),
            "{:?}",
            done.errors
        );
        let names: Vec<&Json> = done.printed.iter().map(|row| &row["last_name"]).collect();
        assert_eq!(names, ["Before", "After"], "{code}");
        let done = say(&office, &["save", "student", "--atomic"], &around(middle));
        assert_eq!((done.exit, done.code(), done.printed.len()), (Some(1), code, 0));
    }
    assert_eq!(office.list("student").len(), 4);
}

#[tokio::test]
async fn settings_are_checked_and_shown() {
    let (_rig, office) = office().await;
    let file = office.dir.join("settings.toml");
    std::fs::write(&file, "dat = \"/x\"\n").expect("written");
    let file = file.to_str().expect("a path");
    let done = say(&office, &["--config", file, "status"], b"");
    assert_eq!((done.exit, done.code()), (Some(2), "bad_usage"));
    let done = say(&office, &["--config", "/nonexistent/settings.toml", "status"], b"");
    assert_eq!((done.exit, done.code()), (Some(1), "io"));
    let done = say(&office, &["--print-config"], b"");
    assert_eq!((done.exit, &done.printed[0]["data"]), (Some(0), &json!(office.dir)));
    assert_eq!(done.printed[0]["log"], json!("info"));
    let settings = office.dir.join("log.toml");
    let settings_name = settings.to_str().expect("a path");
    for (text, exit, log) in [("log = \"debug\"\n", 0, json!("debug")), ("log = \"loud\"\n", 2, Json::Null)] {
        std::fs::write(&settings, text).expect("written");
        let done = say(&office, &["--config", settings_name, "--print-config"], b"");
        let shown = done.printed.first().map_or(Json::Null, |shown| shown["log"].clone());
        assert_eq!((done.exit, shown), (Some(exit), log), "{text}");
    }
}
