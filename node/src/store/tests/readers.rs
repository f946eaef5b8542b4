//! A connection that only reads cannot write, whatever is asked of it: SQLite itself refuses.

use super::super::{Save, Store};
use super::{KEY, office_in};
use crate::SystemEnv;
use pems_model::wire::End;
use pems_model::{Code, Role, Schema};
use rusqlite::Connection;
use serde_json::json;
use uuid::Uuid;

fn learner(name: &str) -> Save {
    let fields = json!({ "last_name": name, "first_name": "Ana" }).as_object().cloned().expect("an object");
    Save { entity: "student".into(), id: None, fields }
}

fn reader_of(store: &Store) -> Store {
    store.file().expect("a file").open_reader().expect("a reader")
}

/// How much is in the file.
fn rows(conn: &Connection) -> Vec<i64> {
    ["student", "op", "shadow", "meta", "arrival", "staged"]
        .iter()
        .map(|table| conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("a count"))
        .collect()
}

#[test]
fn whatever_writes_is_refused_and_leaves_the_file_as_it_was() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut store = office_in(&dir.path().join("records.db"));
    let ana = store.save(&learner("Reyes")).expect("saved").row;
    let before = rows(store.conn());
    let mut reader = reader_of(&store);
    let end: End = serde_json::from_str(include_str!("../../../../model/tests/protocol_1/end.json")).expect("an end");
    let refusals = [
        ("a save", reader.save(&learner("Cruz")).map(drop)),
        ("a deletion", reader.delete("student", ana.id).map(drop)),
        ("several together", reader.act(|work| work.save(&learner("Santos"))).map(drop)),
        ("a setting of this PC", reader.set_local("idle_minutes", "5")),
        ("what the hub answered", reader.apply(&end).map(drop)),
        ("taking back", reader.undo(Uuid::nil()).map(drop)),
    ];
    for (what, refused) in refusals {
        let error = refused.expect_err(what);
        assert_eq!(error.code, Code::StoreReadOnly, "{what}: {error:?}");
    }
    for sql in [
        "INSERT INTO meta VALUES ('a', 'b')",
        "UPDATE student SET last_name = 'Cruz'",
        "DELETE FROM op",
        "DROP TABLE student",
        "CREATE TABLE extra (id INTEGER)",
    ] {
        let error = reader.conn().execute_batch(sql).expect_err(sql);
        assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::ReadOnly), "{sql}: {error}");
    }
    assert_eq!(rows(store.conn()), before);
    let again =
        Store::open(&dir.path().join("records.db"), &KEY, Schema::product(), Box::new(SystemEnv)).expect("opens");
    assert_eq!(again.get("student", ana.id).expect("read"), Some(ana), "nothing changed behind its back");
}

#[test]
fn a_reader_sees_what_is_written_beside_it_and_whoever_wrote_goes_on() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut store = office_in(&dir.path().join("records.db"));
    let reader = reader_of(&store);
    let seen = reader.data_version().expect("a version");
    assert_eq!(reader.count("student").expect("a count"), 0);
    store.save(&learner("Reyes")).expect("saved");
    assert_eq!(reader.count("student").expect("a count"), 1);
    assert_ne!(reader.data_version().expect("a version"), seen);
    assert_eq!(reader.role(), Role::Registrar);
    store.save(&learner("Cruz")).expect("saved while somebody reads");
    assert_eq!(reader.search("student", "cruz", 10).expect("found").len(), 1);
}

/// The tables of an older program are brought up to date by a reader too, which may be the first to open the file.
#[test]
fn a_file_of_an_older_program_can_be_opened_for_reading_first() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = office_in(&dir.path().join("records.db"));
    let records = store.file().expect("a file");
    store.conn().execute_batch("DROP TABLE device; PRAGMA user_version = 2;").expect("as it was");
    drop(store);
    let mut reader = records.open_reader().expect("a reader");
    assert_eq!(reader.school_devices().expect("the table is there"), []);
    assert_eq!(reader.save(&learner("Cruz")).expect_err("refused").code, Code::StoreReadOnly);
}
