//! Forms through `pems-node report`, of the sample school, which needs no hub; the register comes back in through the import.

use pems_node::domain::made_up::MadeUp;
use pems_node::keys::KeySource;
use pems_tests::programs::{Done, node, run};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct Sample {
    dir: TempDir,
}

impl Sample {
    fn new() -> Sample {
        let dir = tempfile::tempdir().expect("a folder");
        let keys = KeySource::File(dir.path().join("key"));
        drop(pems_node::sample::open(&dir.path().join("office"), keys).expect("the sample school"));
        Sample { dir }
    }

    fn say(&self, args: &[&str], input: &str) -> Done {
        run(&mut node(&self.dir.path().join("office"), &self.dir.path().join("key")), args, input.as_bytes())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn report(&self, name: &str, given: &[&str], out: &str) -> Done {
        let out = self.file(out).display().to_string();
        let mut args = vec!["report", name];
        given.iter().for_each(|given| args.extend(["--where", given]));
        args.extend(["--out", &out]);
        self.say(&args, "")
    }

    /// Of a learner who is enrolled.
    fn lrn_of_somebody(&self, year: &Json) -> String {
        let year = format!("school_year={}", year["id"].as_str().expect("an id"));
        let enrolled = self.say(&["list", "enrolment", "--where", &year, "--where", "status=enrolled"], "").printed;
        let lrn = |enrolment: &Json| {
            let student = format!("id={}", enrolment["student"].as_str()?);
            self.say(&["list", "student", "--where", &student], "").printed[0]["lrn"].as_str().map(str::to_owned)
        };
        enrolled.iter().find_map(lrn).expect("somebody with an LRN")
    }

    fn year(&self) -> Json {
        self.say(&["list", "school_year", "--where", "status=open"], "").printed[0].clone()
    }
}

fn begins(path: &Path, with: &[u8]) -> bool {
    std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(with))
}

#[test]
fn every_form_is_written_and_the_register_is_read_back() {
    let sample = Sample::new();
    let year = sample.year();
    let month = format!("month={}", &year["start_date"].as_str().expect("a day")[..7]);
    let done = sample.report("sf1", &["section=7-Rizal"], "register.pdf");
    assert_eq!(done.exit, Some(0), "{done:?}");
    let title = format!("School Form 1, 7-Rizal, {}", year["label"].as_str().expect("a label"));
    assert_eq!((&done.printed[0]["title"], &done.printed[0]["pages"]), (&json!(title), &json!(2)), "two sheets");
    assert!(begins(&sample.file("register.pdf"), b"%PDF"));

    let label = format!("year={}", year["label"].as_str().expect("a label"));
    let section = sample.say(&["list", "section", "--where", "name=Bonifacio"], "").printed[0]["id"].clone();
    let section = format!("section={}", section.as_str().expect("an id"));
    let student = format!("student={}", sample.lrn_of_somebody(&year));
    for (name, given, out, head) in [
        ("sf2", vec!["section=7-rizal", &month], "attendance.pdf", &b"%PDF"[..]),
        ("sf2", vec!["section=7-Rizal", &label, &month], "attendance.xlsx", b"PK"),
        ("class_list", vec![&*section], "list.pdf", b"%PDF"),
        ("sf1", vec!["section=7-Rizal", &label], "register.xlsx", b"PK"),
        ("certificate", vec![&*student, "purpose=a scholarship"], "certificate.pdf", b"%PDF"),
    ] {
        let done = sample.report(name, &given, out);
        assert_eq!(done.exit, Some(0), "{name}: {done:?}");
        assert!(begins(&sample.file(out), head), "{out}");
    }

    let register = sample.file("register.xlsx").display().to_string();
    let read = sample.say(&["import", &register, "--as", "sf1", "--dry-run"], "");
    assert_eq!(read.exit, Some(0), "{read:?}");
    let read = &read.printed[0];
    assert!(read["rows_read"].as_u64() > Some(35) && read["unchanged"] == read["rows_read"], "{read}");
    assert_eq!((&read["refused"], &read["warnings"]), (&json!([]), &json!([])));
    assert_eq!(read["reconciliation"]["counts"]["extra"], 0);
}

#[test]
fn what_cannot_be_written_says_why_and_leaves_nothing() {
    let sample = Sample::new();
    let year = sample.year();
    let bare = json!({ "school_year": year["id"], "grade_level": "7", "name": "Walang Adviser" }).to_string();
    assert_eq!(sample.say(&["save", "section", &bare], "").exit, Some(0));
    for (name, given, out, exit, code, says) in [
        ("sf9", vec![], "a.pdf", 2, "bad_usage", "known forms: sf1, sf2, class_list, certificate"),
        ("sf1", vec!["section=7-Rizal"], "a.doc", 2, "bad_usage", ".pdf, .xlsx or .csv"),
        ("sf1", vec![], "a.pdf", 2, "bad_usage", "--where section="),
        ("sf2", vec!["section=7-Rizal"], "a.pdf", 2, "bad_usage", "--where month="),
        ("sf1", vec!["room=101"], "a.pdf", 2, "bad_usage", "it takes section, year"),
        ("sf1", vec!["section"], "a.pdf", 2, "bad_usage", "FIELD=VALUE"),
        ("sf1", vec!["section=7-Nobody"], "a.pdf", 1, "not_found", "7-Rizal, 7-"),
        ("sf1", vec!["section=Rizal"], "a.pdf", 1, "conflict", "7-Rizal, 8-Rizal"),
        ("sf1", vec!["section=7-Rizal", "year=1999-2000"], "a.pdf", 1, "not_found", "there are:"),
        ("sf1", vec!["section=7-Rizal"], "a.csv", 1, "bad_request", "print this one as PDF"),
        ("certificate", vec!["student=1"], "a.csv", 1, "not_found", "search student"),
        ("certificate", vec!["student=1"], "a.pdf", 1, "not_found", "search student"),
        ("sf1", vec!["section=Walang Adviser"], "a.pdf", 1, "rule", "Adviser"),
    ] {
        let done = sample.report(name, &given, out);
        assert_eq!((done.exit, done.code()), (Some(exit), code), "{name} {given:?}: {done:?}");
        assert!(done.errors[0]["message"].as_str().is_some_and(|text| text.contains(says)), "{done:?}");
        assert!(!sample.file(out).exists());
    }
    let lacking = sample.report("sf1", &["section=Walang Adviser"], "a.pdf");
    let missing = &lacking.errors[0]["details"]["missing"];
    assert_eq!((&missing[0]["record"], &missing[0]["field"]), (&json!("section"), &json!("adviser")));
}

/// A logo is longer than a cell of a workbook may be.
#[test]
fn a_school_with_a_logo_is_exported_as_a_workbook() {
    let dir = tempfile::tempdir().expect("a folder");
    let (data, key) = (dir.path().join("office"), dir.path().join("key"));
    let office = pems_node::sample::empty(&data, KeySource::File(key.clone())).expect("an office");
    let Json::Object(fields) =
        json!({ "deped_school_id": "301234", "name": "Mabini NHS", "logo": "A".repeat(100_000) })
    else {
        panic!("an object")
    };
    let save = pems_node::store::Save { entity: "school_profile".into(), id: None, fields };
    office.store().expect("a store").put(&save).expect("saved");
    let out = dir.path().join("school.xlsx");
    let args = ["export", "school_profile", "--as", "xlsx", "--out", &out.display().to_string()];
    let said = run(&mut node(&data, &key), args, b"");
    assert_eq!(said.exit, Some(0), "{said:?}");
    assert!(std::fs::read(&out).expect("the workbook").starts_with(b"PK"));
}
