use super::super::directory::Directory;
use super::super::tests::enrolled;
use super::*;
use crate::store::Save;
use crate::{Store, SystemEnv};
use pems_model::{Role, Schema};
use serde_json::json;
use std::path::Path;

fn open(path: &Path) -> Store {
    Store::open(path, &[7; 32], Schema::product(), Box::new(SystemEnv)).expect("the same file")
}

fn save(store: &mut Store, last: &str) {
    let fields = json!({ "last_name": last, "first_name": "Ana" }).as_object().cloned().expect("fields");
    store.save(&Save { entity: "student".into(), id: None, fields }).expect("saved");
}

#[test]
fn what_is_saved_after_the_head_start_is_there_at_the_first_question() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("records.db");
    let mut store = Store::create(&path, &[7; 32], &enrolled(Role::Registrar), Schema::product(), Box::new(SystemEnv))
        .expect("new");
    save(&mut store, "Cruz");
    let read = Ahead::start({
        let store = open(&path);
        move || Directory::whole(&store)
    })
    .wait()
    .expect("read");
    save(&mut store, "Reyes");
    let mut directory = Directory::after(Ahead(Some(std::thread::spawn(move || Ok(read)))));
    directory.follow(&store).expect("followed");
    let mut names: Vec<_> = directory.entries.iter().map(|entry| entry.told.last.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Cruz", "Reyes"]);
}

#[test]
fn a_head_start_that_fails_leaves_the_reading_to_the_first_question() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("records.db");
    let mut store = Store::create(&path, &[7; 32], &enrolled(Role::Registrar), Schema::product(), Box::new(SystemEnv))
        .expect("new");
    save(&mut store, "Cruz");
    let failing = std::thread::spawn(|| panic!("as if the reader had a bug"));
    let mut directory = Directory::after(Ahead(Some(failing)));
    directory.follow(&store).expect("read now");
    assert_eq!(directory.entries.len(), 1);
}
