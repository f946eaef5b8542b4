//! The register of LIS through `pems-node`, as a clerk or a script has it. What is read and decided is tested where it is written
//! (`node/src/import/lis/tests/`).

use pems_node::domain::made_up::MadeUp;
use pems_node::keys::KeySource;
use pems_node::store::Save;
use pems_tests::programs::{Done, node, run};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct Clerk {
    dir: TempDir,
}

impl Clerk {
    /// An office without a hub, with its School ID and a school year.
    fn new() -> Clerk {
        let clerk = Clerk { dir: tempfile::tempdir().expect("a folder") };
        let office = pems_node::sample::empty(&clerk.data(), KeySource::File(clerk.key())).expect("an office");
        let mut store = office.store().expect("a store");
        let mut save = |entity: &str, fields: Json| {
            let Json::Object(fields) = fields else { panic!("an object") };
            store.put(&Save { entity: entity.into(), id: None, fields }).expect("saved");
        };
        save("school_profile", json!({ "deped_school_id": "300021", "name": "Mabini NHS" }));
        save(
            "school_year",
            json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" }),
        );
        clerk
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("office")
    }

    fn key(&self) -> PathBuf {
        self.dir.path().join("key")
    }

    fn say(&self, args: &[&str]) -> Done {
        run(&mut node(&self.data(), &self.key()), args, b"")
    }

    fn learners(&self) -> usize {
        self.say(&["list", "student"]).printed.len()
    }
}

fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/samples").join(name).display().to_string()
}

#[test]
fn a_register_is_tried_imported_again_and_taken_back() {
    let clerk = Clerk::new();
    let file = sample("sf1.xls");
    let import = ["import", &file, "--as", "sf1"];
    let tried = clerk.say(&[&import[..], &["--dry-run"]].concat());
    let counts = |done: &Done| {
        ["rows_read", "new", "changed", "unchanged", "left_out"].map(|name| done.printed[0][name].as_u64())
    };
    assert_eq!((tried.exit, counts(&tried)), (Some(0), [40, 38, 0, 0, 0].map(Some)), "{tried:?}");
    assert_eq!(tried.printed[0]["reconciliation"]["counts"]["missing_here"], 38);
    assert_eq!(clerk.learners(), 0, "a dry run writes nothing");

    let refused = clerk.say(&import);
    assert_eq!((refused.exit, refused.printed[0]["written"].as_bool()), (Some(1), Some(false)), "{refused:?}");
    assert_eq!(refused.printed[0]["refused"][0]["column"], "A12");
    assert_eq!(clerk.learners(), 0, "two rows cannot be taken: nothing is, until the clerk says so");

    let done = clerk.say(&[&import[..], &["--skip-refused"]].concat());
    assert_eq!((done.exit, clerk.learners()), (Some(0), 38), "{done:?}");
    let batch = done.printed[0]["batch"].as_str().expect("a batch").to_owned();
    let again = clerk.say(&["import", &sample("sf1.xlsx"), "--as", "sf1", "--skip-refused"]);
    assert_eq!((counts(&again), again.printed[0]["written"].as_bool()), ([40, 0, 0, 38, 0].map(Some), Some(false)));
    assert_eq!(clerk.say(&["undo", &batch]).exit, Some(0));
    assert_eq!(clerk.learners(), 0);
}

#[test]
fn what_is_no_register_of_this_school_is_an_error() {
    let clerk = Clerk::new();
    for (name, code) in [
        ("sf1_other_school.xls", "wrong_tenant"),
        ("sf1_cut.xls", "bad_file"),
        ("sf1_csv.xls", "bad_file"),
        ("sf1_html.xls", "bad_file"),
        ("nowhere.xls", "io"),
    ] {
        let said = clerk.say(&["import", &sample(name), "--as", "sf1"]);
        assert_eq!((said.exit, said.code()), (Some(1), code), "{name}: {said:?}");
    }
}
