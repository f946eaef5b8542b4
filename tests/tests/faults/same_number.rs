//! The same LRN typed at two PCs: nobody is refused and nobody loses it, but somebody is told, once, and until it is settled.

use pems_node::store::Choice;
use pems_tests::programs::{Done, node, run};
use pems_tests::rig::{Rig, TestOffice, record};
use serde_json::{Value as Json, json};
use uuid::Uuid;

const LRN: &str = "136728140123";

fn command(office: &TestOffice, args: &[&str]) -> Done {
    run(&mut node(&office.dir, &office.key_file), args, b"")
}

async fn settle(rig: &Rig, offices: &[&TestOffice]) {
    for office in offices.iter().chain(offices) {
        office.sync().await;
    }
    for office in offices {
        rig.assert_level(office).await;
    }
}

/// The same child typed at two PCs without a network.
async fn twice() -> (Rig, TestOffice, TestOffice, [Uuid; 2]) {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let (first, second) = (rig.office("mabini").await, rig.office("mabini").await);
    let one = first.save("student", &json!({ "last_name": "Santos", "first_name": "Ana", "lrn": LRN }));
    let other = second.save("student", &json!({ "last_name": "Santos", "first_name": "Anna", "lrn": LRN }));
    settle(&rig, &[&first, &second]).await;
    (rig, first, second, [one, other])
}

fn questions(office: &TestOffice) -> Vec<Json> {
    command(office, &["review", "list"]).printed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_is_told_at_both_offices_and_an_import_names_both() {
    let (_rig, first, second, [one, other]) = twice().await;
    for office in [&first, &second] {
        let listed = questions(office);
        assert_eq!(listed.len(), 1, "{listed:?}");
        assert_eq!((&listed[0]["kind"], &listed[0]["field"]), (&json!("duplicate"), &json!("lrn")));
        assert_eq!([&listed[0]["row_id"], &listed[0]["other_id"]], [&json!(other), &json!(one)]);
        assert_eq!(command(office, &["status"]).printed[0]["review"], json!(1));
        assert_eq!(command(office, &["sync"]).printed[0]["review"], json!(1));
        assert_eq!(office.list("student").iter().filter(|learner| learner["lrn"] == LRN).count(), 2, "both keep it");
    }
    let csv = first.dir.join("list.csv");
    std::fs::write(&csv, format!("last_name,first_name,lrn\nSantos,Ana,{LRN}\n")).expect("written");
    let done = command(&first, &["import", csv.to_str().expect("a path"), "--as", "csv"]);
    let why = done.printed[0]["refused"][0]["message"].as_str().expect("a reason");
    assert!(why.contains("Santos, Ana") && why.contains("Santos, Anna"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_by_itself_with_its_cause_and_by_a_decision_that_does_something() {
    for how in ["deleted", "changed", "mine", "theirs"] {
        let (rig, first, second, [one, other]) = twice().await;
        let entry = first.store().reviews().expect("the inbox").remove(0).id;
        match how {
            "deleted" => {
                first.store().delete("student", one).expect("deleted");
            }
            "changed" => {
                second.save("student", &json!({ "id": other, "lrn": "136728140999" }));
            }
            "mine" => first.store().resolve(entry, Choice::Mine).expect("decided"),
            _ => first.store().resolve(entry, Choice::Theirs).expect("decided"),
        }
        settle(&rig, &[&first, &second]).await;
        for office in [&first, &second] {
            assert_eq!(questions(office), Vec::<Json>::new(), "{how}");
            let lrn =
                |id| office.get("student", id).filter(|row| row.get("deleted").is_none()).map(|row| row["lrn"].clone());
            let wanted = match how {
                "deleted" => (None, Some(json!(LRN))),
                "changed" => (Some(json!(LRN)), Some(json!("136728140999"))),
                "mine" => (Some(Json::Null), Some(json!(LRN))),
                _ => (Some(json!(LRN)), Some(Json::Null)),
            };
            assert_eq!((lrn(one), lrn(other)), wanted, "{how}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_offices_that_settle_it_at_once_ask_nobody_about_that() {
    let (rig, first, second, [one, _]) = twice().await;
    let entry = first.store().reviews().expect("the inbox").remove(0).id;
    first.store().resolve(entry, Choice::Mine).expect("decided");
    second.store().delete("student", one).expect("deleted");
    settle(&rig, &[&second, &first]).await;
    for office in [&first, &second] {
        let left: Vec<Json> = questions(office).into_iter().filter(|entry| entry["entity"] != "student").collect();
        assert_eq!(left, Vec::<Json>::new(), "no question about a question");
        assert!(questions(office).iter().all(|entry| entry["kind"] != "duplicate"));
    }
}

/// More questions than one push may ask: what does not fit is not refused but sent with the next exchange, without anybody's doing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_offices_that_import_the_same_six_hundred_are_level_in_the_end_and_nothing_waits() {
    const MANY: usize = 600;
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let (first, second) = (rig.office("mabini").await, rig.office("mabini").await);
    for office in [&first, &second] {
        let learner = |n: usize| {
            let lrn = format!("{}", 136_728_000_000_u64 + n as u64);
            record("student", &json!({ "last_name": "Santos", "first_name": format!("Ana {n}"), "lrn": lrn }))
        };
        office.store().save_all(&(0..MANY).map(learner).collect::<Vec<_>>()).expect("imported");
    }
    first.sync().await;
    let summary = second.sync().await;
    assert_eq!((summary.sent, summary.applied, summary.refused), (MANY, MANY, 0), "all of them, in one sync");
    first.sync().await;
    for office in [&first, &second] {
        rig.assert_level(office).await;
        let status = office.store().status().expect("a status");
        assert_eq!((status.pending, status.parked, status.review), (0, 0, MANY as i64));
        assert_eq!(office.list("student").len(), 2 * MANY);
    }
}
