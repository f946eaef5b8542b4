//! What a dry run promises is what the import does: over every file of the samples.

use crate::{Office, csv, oneroster, sample};
use pems_model::Role;
use pems_node::import::Options;
use pems_tests::strangers::files::equal;
use std::path::{Path, PathBuf};

fn all(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { all(&path, found) } else { found.push(path) }
    }
}

#[test]
fn a_dry_run_promises_what_the_import_does() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/samples");
    let mut files = Vec::new();
    all(&tests, &mut files);
    let bundles = std::fs::read_dir(sample("")).expect("a folder").map(|entry| entry.expect("an entry").path());
    files.extend(bundles.filter(|path| path.is_dir()));
    let mut tried = 0;
    for path in files {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        let kinds: Vec<Option<Options>> = match ending.as_str() {
            "csv" => {
                ["student", "staff", "school_user", "guardian"].into_iter().map(|entity| Some(csv(entity))).collect()
            }
            "xls" | "xlsx" => vec![None],
            "zip" | "" => vec![Some(oneroster())],
            _ => continue,
        };
        for options in kinds {
            let mut office = Office::of(Role::SchoolAdmin);
            equal::prepare(&mut office.store);
            equal::check(&mut office.store, &path, options.as_ref())
                .unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried}");
}

/// A rule in the office's file that no importer knows of: the dry run promises what the import cannot do.
#[test]
fn a_promise_that_is_not_kept_is_found() {
    let mut office = Office::of(Role::SchoolAdmin);
    equal::prepare(&mut office.store);
    let path = office.file("list.csv", "last_name,first_name\nCruz,Ana\n");
    let key = "07".repeat(32);
    let planted = format!(
        "PRAGMA key = \"x'{key}'\"; CREATE TRIGGER planted BEFORE INSERT ON student BEGIN SELECT RAISE(ABORT, 'planted'); END;"
    );
    let file = rusqlite::Connection::open(office.dir.path().join("records.db")).expect("the file");
    file.execute_batch(&planted).expect("planted");
    let found = equal::check(&mut office.store, &path, Some(&csv("student"))).expect_err("found");
    assert!(found.contains("planted"), "{found}");
    file.execute_batch("DROP TRIGGER planted").expect("taken away");
    equal::check(&mut office.store, &path, Some(&csv("student"))).expect("kept");
}
