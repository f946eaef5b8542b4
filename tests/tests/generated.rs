//! What follows from the declarations is what the repository holds: the TypeScript that the screens are checked against, and the
//! page about the records. With `PEMS_GEN=1` (as `cargo xtask gen` runs it) the files are written instead of compared.

use std::path::Path;

fn is_current(path: &str, expected: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if std::env::var_os("PEMS_GEN").is_some() {
        std::fs::write(&file, expected).expect("the file can be written");
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == expected, "{path} is stale: run `cargo xtask gen` and commit it");
}

#[test]
fn the_entities_of_the_screens_are_the_declared_ones() {
    is_current("ui/src/generated/entities.ts", &pems_model::typescript::entities(pems_model::Schema::product()));
}

#[test]
fn the_acts_of_the_screens_are_those_of_the_table() {
    is_current("ui/src/generated/access.ts", &pems_model::access::typescript());
}

#[test]
fn the_page_about_the_records_says_what_is_declared() {
    is_current("docs/entities.md", &pems_model::markdown::entities(pems_model::Schema::product()));
}

#[test]
fn the_requests_of_the_screens_are_those_of_the_office() {
    for (area, expected) in pems_node::app::typescript() {
        is_current(&format!("ui/src/generated/{area}.ts"), &expected);
    }
}
