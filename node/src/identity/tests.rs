use super::*;
use crate::store::Save;
use pems_model::Role;
use pems_model::wire::{ChangeResult, Outcome, SyncRequest};
use serde_json::json;

fn learner(store: &mut Store, name: &str) {
    let fields = json!({ "last_name": name, "first_name": "Ana" }).as_object().cloned().expect("fields");
    store.save(&Save { entity: "student".into(), id: None, fields }).expect("saved");
}

/// What would be sent now: the incarnation and the numbers.
fn sends(request: &SyncRequest) -> (u32, Vec<i64>, bool) {
    (request.replica.incarnation, request.changes.iter().map(|change| change.op_no).collect(), request.more)
}

fn answer(store: &mut Store, op_no: i64) -> bool {
    let outcome = Outcome::Applied { rev: Some(100 + op_no) };
    store.keep_results(&[ChangeResult { op_no, outcome }]).expect("kept")
}

fn words(typed: &str) -> Passphrase {
    Passphrase::new(typed).expect("long enough")
}

#[test]
fn a_copy_brings_records_and_unsent_changes_back_where_the_pc_is_gone() {
    let dir = tempfile::tempdir().expect("a folder");
    let (copy, key) = (dir.path().join("stick.pems-backup"), dir.path().join("key"));
    let first = dir.path().join("first");
    let office = Office::found(&first, KeySource::File(key.clone()), &Enrolled::made_up(Role::Registrar), |_| Ok(()))
        .expect("an office");
    let mut store = office.store().expect("a store");
    ["Reyes", "Cruz", "Lim"].iter().for_each(|name| learner(&mut store, name));
    assert!(answer(&mut store, 1), "two wait");
    store.file().expect("a file").copy_to(&copy, &words("apat na salita ito")).expect("copied");
    let signing = office.signing_key();
    drop((store, office));
    std::fs::remove_dir_all(&first).and_then(|()| std::fs::remove_file(&key)).expect("the PC is gone");

    let (second, other) = (dir.path().join("second"), KeySource::File(dir.path().join("other")));
    let refused = Office::restore(&second, other.clone(), &copy, &words("ibang mga salita")).expect_err("refused");
    assert_eq!(
        (refused.code, refused.message.as_str()),
        (Code::WrongCredentials, "this is not the passphrase; type it again")
    );
    assert_eq!(Office::open(&second, other.clone()).expect_err("nothing there").code, Code::NotEnrolled);
    drop(Office::restore(&second, other.clone(), &copy, &words("apat na salita ito")).expect("put back"));
    let office = Office::open(&second, other.clone()).expect("opens by itself from now on");
    assert_eq!(office.signing_key(), signing, "the hub knows it");
    let mut store = office.store().expect("a store");
    assert_eq!((store.count("student").expect("a count"), store.replica()), (3, Uuid::from_u128(2)));
    let again = Office::restore(&second, other, &copy, &words("apat na salita ito")).expect_err("never over an office");
    assert_eq!(again.code, Code::AlreadyEnrolled);

    // What waited keeps its numbers, so that the hub takes nothing twice; what is saved now has to wait for it.
    learner(&mut store, "Bea");
    let request = store.request(0, false).expect("a request");
    assert_eq!(sends(&request), (1, vec![2, 3], true));
    answer(&mut store, 2);
    assert_eq!(sends(&store.request(0, false).expect("a request")), (1, vec![3], true));
    assert!(answer(&mut store, 3), "the new one waits");
    let mut other = office.store().expect("another program at this PC");
    // From here on the hub tells this PC from the one that made the copy.
    let (incarnation, numbers, more) = sends(&store.request(0, false).expect("a request"));
    assert!(incarnation > 1_700_000_000, "{incarnation}");
    assert_eq!((numbers, more), (vec![1], false));
    let late = ChangeResult { op_no: 3, outcome: Outcome::Applied { rev: Some(103) } };
    ["Eva", "Fe"].iter().for_each(|name| learner(&mut store, name));
    assert!(other.keep_results(&[late]).expect("kept"), "an answer under an old number answers nothing new");
    assert_eq!(sends(&store.request(0, false).expect("a request")), (incarnation, vec![1, 2, 3], false));
    (1..=3).for_each(|op_no| _ = answer(&mut store, op_no));
    learner(&mut store, "Gina");
    assert_eq!(sends(&store.request(0, false).expect("a request")), (incarnation, vec![4], false));
}

#[test]
fn an_office_that_was_half_thrown_away_is_thrown_away_by_the_next_start() {
    let dir = tempfile::tempdir().expect("a folder");
    let (data, keys) = (dir.path().join("office"), KeySource::File(dir.path().join("key")));
    let office = || Office::found(&data, keys.clone(), &Enrolled::made_up(Role::Registrar), |_| Ok(()));
    for gone in [vec![], vec![data.join(RECORDS)], vec![data.join(RECORDS), dir.path().join("key")]] {
        let made = office().expect("an office");
        write_note(&data, &Note { account: made.account.clone(), discarded: true }).expect("noted");
        drop(made);
        gone.iter().for_each(|path| std::fs::remove_file(path).expect("gone before the crash"));
        assert_eq!(Office::open(&data, keys.clone()).expect_err("nothing there").code, Code::NotEnrolled);
        assert!(!data.join(RECORDS).exists() && !data.join(NOTE).exists() && !dir.path().join("key").exists());
    }
    office().expect("a new one begins").discard().expect("thrown away");
    office().expect("and another");
}
