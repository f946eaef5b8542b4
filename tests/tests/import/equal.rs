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
