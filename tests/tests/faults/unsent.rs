//! When an office cannot go on: a folder that was copied, a hub that forgot. It says what that means and what to do, nothing that
//! was typed is lost, and it goes on by itself when the cause is gone.

use pems_tests::programs::{Done, node, run};
use pems_tests::rig::{Rig, TestOffice};
use serde_json::{Value as Json, json};
use std::path::Path;
use std::process::Command;

fn say(data: &Path, key: &Path, args: &[&str]) -> Done {
    run(&mut node(data, key), args, b"")
}

fn command(office: &TestOffice, args: &[&str]) -> Done {
    say(&office.dir, &office.key_file, args)
}

fn told(done: &Done) -> &str {
    done.errors[0]["message"].as_str().expect("a message")
}

fn status(data: &Path, key: &Path) -> Json {
    say(data, key, &["status"]).printed.swap_remove(0)
}

/// An office and a copy of its folder that was made while one change waited; both go on, the first one to the hub.
async fn cloned() -> (Rig, TestOffice, std::path::PathBuf, Json) {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    let id = office.save("student", &json!({ "last_name": "Santos", "first_name": "Ana", "remarks": "old" }));
    let other = office.save("student", &json!({ "last_name": "Lim", "first_name": "Bea" }));
    let gone = office.save("student", &json!({ "last_name": "Mali", "first_name": "Kopya" }));
    office.sync().await;
    office.save("student", &json!({ "last_name": "Waited", "first_name": "In Both" }));
    drop(office.store());
    let clone = office.dir.with_file_name("clone");
    assert!(Command::new("cp").arg("-r").arg(&office.dir).arg(&clone).status().expect("cp").success());
    office.save("student", &json!({ "last_name": "Typed", "first_name": "In The First" }));
    office.save("student", &json!({ "id": id, "remarks": "by the first" }));
    office.sync().await;
    let save = |record: Json| {
        let done = say(&clone, &office.key_file, &["save", "student", &record.to_string()]);
        assert_eq!(done.exit, Some(0), "{done:?}");
    };
    save(json!({ "last_name": "Typed", "first_name": "In The Clone" }));
    save(json!({ "id": id, "remarks": "by the clone" }));
    save(json!({ "id": other, "remarks": "by the clone" }));
    assert_eq!(say(&clone, &office.key_file, &["delete", "student", &gone.to_string()]).exit, Some(0));
    (rig, office, clone, json!({ "changed_in_both": id, "changed_in_clone": other, "deleted": gone }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_folder_says_what_to_do_and_keeps_what_was_typed() {
    let (rig, office, clone, ids) = cloned().await;
    let refused = say(&clone, &office.key_file, &["sync"]);
    assert_eq!((refused.exit, refused.code()), (Some(1), "replica_forked"), "{refused:?}");
    for remedy in ["Nothing is lost", "pems-node rescue --out", "save --from", "code of its own"] {
        assert!(told(&refused).contains(remedy), "{remedy}: {}", told(&refused));
    }
    let now = status(&clone, &office.key_file);
    assert_eq!((&now["pending"], &now["trouble"]["code"]), (&json!(5), &json!("replica_forked")));
    assert!(now["trouble"]["message"].as_str().is_some_and(|why| why.contains("rescue")), "{now}");
    assert_eq!(say(&clone, &office.key_file, &["search", "student", "clone"]).printed.len(), 1, "work goes on");

    let file = clone.with_file_name("unsent.jsonl");
    let file = file.to_str().expect("a path");
    let saved = say(&clone, &office.key_file, &["rescue", "--out", file]);
    assert_eq!((saved.exit, &saved.printed[0]["changes"]), (Some(0), &json!(5)), "{saved:?}");

    let new = rig.office("mabini").await;
    new.sync().await;
    let back = command(&new, &["save", "--from", file]);
    // The learner of whom both had said something stays as the first office said, and is named.
    assert_eq!(
        (back.exit, &back.printed[0]["put_back"], &back.printed[0]["known"]),
        (Some(1), &json!(3), &json!(1)),
        "{back:?}"
    );
    let left = back.printed[0]["left"].as_array().expect("a list");
    assert_eq!((left.len(), &left[0]["id"], &left[0]["code"]), (1, &ids["changed_in_both"], &json!("conflict")));
    let again = command(&new, &["save", "--from", file]);
    assert_eq!((&again.printed[0]["put_back"], &again.printed[0]["known"]), (&json!(0), &json!(4)), "twice is once");
    for one in [&new, &office] {
        one.sync().await;
        rig.assert_level(one).await;
    }
    for one in [&new, &office] {
        let learners = one.list("student");
        let named = |first: &str| learners.iter().filter(|learner| learner["first_name"] == first).count();
        assert_eq!([named("In Both"), named("In The First"), named("In The Clone"), named("Kopya")], [1, 1, 1, 0]);
        let remarks = |id: &Json| learners.iter().find(|one| one["id"] == *id).map(|one| one["remarks"].clone());
        assert_eq!(remarks(&ids["changed_in_both"]), Some(json!("by the first")));
        assert_eq!(remarks(&ids["changed_in_clone"]), Some(json!("by the clone")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saved_work_of_another_school_or_no_saved_work_is_refused_whole() {
    let (rig, office, clone, _) = cloned().await;
    let path = clone.with_file_name("unsent.jsonl");
    let file = path.to_str().expect("a path").to_owned();
    assert_eq!(say(&clone, &office.key_file, &["rescue", "--out", &file]).exit, Some(0));
    rig.school("rizal").await;
    let stranger = rig.office("rizal").await;
    let refused = command(&stranger, &["save", "--from", &file]);
    assert_eq!((refused.exit, refused.code()), (Some(1), "bad_file"));
    assert!(told(&refused).contains("another school"), "{}", told(&refused));
    let whole = std::fs::read_to_string(&path).expect("the file");
    for text in [
        "",
        "{}",
        "last_name,first_name\nA,B\n",
        &whole[..whole.len() - 9],
        &whole.replacen("\"version\":1", "\"version\":9", 1),
    ] {
        std::fs::write(&path, text).expect("written");
        let refused = command(&office, &["save", "--from", &file]);
        assert_eq!((refused.exit, refused.code()), (Some(1), "bad_file"), "{text:.60}");
    }
    assert_eq!(stranger.list("student"), Vec::<Json>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_forgot_is_told_and_work_goes_on_until_it_is_level_again() {
    let mut rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    let id = office.save("student", &json!({ "last_name": "Santos", "first_name": "Ana" }));
    office.save("student", &json!({ "last_name": "Cruz", "first_name": "Bea" }));
    office.sync().await;
    let rev = rig.at_hub("mabini").await.rev;
    let clock = |rev: i64| format!("UPDATE tenant_clock SET rev = {rev}, entity_rev = NULL, digest = NULL");
    rig.sql(&clock(1)).await.expect("an older hub");
    rig.restart().await;
    office.save("student", &json!({ "id": id, "remarks": "typed meanwhile" }));
    let refused = command(&office, &["sync"]);
    assert_eq!((refused.exit, refused.code()), (Some(1), "hub_behind"), "{refused:?}");
    for meaning in ["older copy", "Nothing is lost", "by itself"] {
        assert!(told(&refused).contains(meaning), "{meaning}: {}", told(&refused));
    }
    let now = status(&office.dir, &office.key_file);
    assert_eq!((&now["pending"], &now["trouble"]["code"]), (&json!(1), &json!("hub_behind")));
    let since = now["trouble"]["since"].clone();
    assert_eq!(command(&office, &["sync"]).exit, Some(1));
    assert_eq!(status(&office.dir, &office.key_file)["trouble"]["since"], since, "since it began");

    rig.sql(&clock(rev)).await.expect("the hub has its newer records again");
    rig.restart().await;
    let synced = command(&office, &["sync"]);
    assert_eq!((synced.exit, &synced.printed[0]["applied"]), (Some(0), &json!(1)), "{synced:?}");
    assert_eq!(status(&office.dir, &office.key_file)["trouble"], Json::Null);
    rig.assert_level(&office).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_change_does_not_reach_the_hub_and_everything_else_does() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    for last in ["Abad", "Santos", "Cruz"] {
        office.save("student", &json!({ "last_name": last, "first_name": "Ana" }));
    }
    office.damage("UPDATE op SET fields = '{\"last_name\":\"San' WHERE op_no = 2");
    let synced = command(&office, &["sync"]);
    assert_eq!(
        (synced.exit, &synced.printed[0]["applied"], &synced.printed[0]["damaged"]),
        (Some(0), &json!(2), &json!(1)),
        "{synced:?}"
    );
    rig.assert_level(&office).await;
    assert_eq!(rig.at_hub("mabini").await.rows["student"], 2);
    assert_eq!(status(&office.dir, &office.key_file)["damaged"], json!(1));
    let listed = command(&office, &["review", "list"]).printed;
    assert_eq!(
        (listed.len(), &listed[0]["kind"], &listed[0]["mine"]["last_name"]),
        (1, &json!("damaged"), &json!("Santos"))
    );
    office.save("student", &json!({ "last_name": "Later", "first_name": "Ana" }));
    office.sync().await;
    let id = listed[0]["id"].as_str().expect("an id");
    assert_eq!(command(&office, &["review", "keep", id, "--value", "mine"]).exit, Some(0));
    office.sync().await;
    rig.assert_level(&office).await;
    assert_eq!(rig.at_hub("mabini").await.rows["student"], 4);
    assert_eq!(status(&office.dir, &office.key_file)["damaged"], json!(0));
}
