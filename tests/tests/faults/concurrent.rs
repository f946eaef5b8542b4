//! Many devices at once: whoever reads while others write never skips a revision that commits late (the classic mistake of
//! cursors over sequences and timestamps), and ends with exactly the hub's rows.

use pems_hub::server::admin::SchoolDetails;
use pems_model::engine::Mode;
use pems_model::wire::Cursors;
use pems_node::store::Save;
use pems_node::sync::Happening;
use pems_tests::rig::{Rig, TestOffice, record};
use serde_json::json;
use tokio::sync::watch;

/// Changes that a pusher saves before each of its exchanges.
const BATCH: usize = 25;

/// On a thread with an event loop of its own, as in the app: the durable steps block it.
fn alone<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("an event loop").block_on(work)
}

/// Makes `changes` changes (four new learners, then an edit of one of them) and sends them as it goes.
fn push(office: &TestOffice, changes: usize) {
    alone(async {
        let hub = office.store().status().expect("a status").hub;
        let mut driver = office.driver(office.store(), &hub);
        let mut store = office.store();
        let mut last = None;
        for batch in 0..changes / BATCH {
            let saves: Vec<Save> = (0..BATCH)
                .map(|i| match last {
                    Some(id) if i % 5 == 4 => {
                        record("student", &json!({ "id": id, "remarks": format!("{batch}.{i}") }))
                    }
                    _ => record("student", &json!({ "last_name": "Cruz", "first_name": format!("{batch}.{i}") })),
                })
                .collect();
            let saved = store.save_all(&saves).expect("saved").1;
            last = saved.iter().rev().find(|saved| saved.created).map(|saved| saved.row.id);
            driver.run(Mode::Once).await.expect("a push");
        }
    });
}

/// Follows the hub until it is level with `goal` (a revision; 0 while nobody knows). Gives how many pulls it took.
fn follow(office: &TestOffice, mut goal: watch::Receiver<i64>) -> usize {
    alone(async {
        let hub = office.store().status().expect("a status").hub;
        let (mut looking, reached) = (office.store(), watch::Sender::new((0_i64, 0_usize)));
        let tell = reached.clone();
        let mut driver = office.driver(office.store(), &hub).on_happening(move |happening| match happening {
            Happening::Applied(_) | Happening::Level => {
                let seen = looking.sync_summary().expect("a glance");
                assert!(!seen.diverged, "at the end of a pull this copy is not what the hub had at that revision");
                let cursors = looking.request(0, false).expect("a request").cursors;
                let Cursors::Level(rev) = cursors else { panic!("after a pull all kinds are level: {cursors:?}") };
                tell.send_modify(|(before, pulls)| {
                    assert!(rev >= *before, "revision {before} was shown, then {rev}");
                    (*before, *pulls) = (rev, *pulls + 1);
                });
            }
            Happening::Failed(reason) => panic!("{reason}"),
            Happening::Answered | Happening::Elsewhere => {}
        });
        let mut seen = reached.subscribe();
        let arrived = async {
            let goal = *goal.wait_for(|goal| *goal > 0).await.expect("a goal");
            seen.wait_for(|(rev, _)| *rev >= goal).await.expect("arrived").1
        };
        tokio::select! {
            pulls = arrived => pulls,
            stopped = driver.run(Mode::Watch) => panic!("a watching office stopped: {stopped:?}"),
        }
    })
}

/// All pushers and pullers of some schools at once; gives the pulls of each school.
fn run(
    rig: &Rig,
    runtime: &tokio::runtime::Handle,
    schools: &[(String, Vec<TestOffice>, Vec<TestOffice>)],
    each: usize,
) {
    std::thread::scope(|scope| {
        for (slug, writers, readers) in schools {
            let goal = watch::Sender::new(0);
            let following: Vec<_> = readers
                .iter()
                .map(|reader| {
                    let goal = goal.subscribe();
                    scope.spawn(move || follow(reader, goal))
                })
                .collect();
            scope.spawn(move || {
                std::thread::scope(|pushing| {
                    for writer in writers {
                        pushing.spawn(move || push(writer, each));
                    }
                });
                let hub: SchoolDetails = runtime.block_on(rig.at_hub(slug));
                goal.send_replace(hub.rev);
                let pulls: Vec<usize> = following.into_iter().map(|reader| reader.join().expect("level")).collect();
                assert!(pulls.iter().all(|pulls| *pulls > 1), "they read while others wrote: {pulls:?}");
                for reader in readers {
                    runtime.block_on(rig.assert_level(reader));
                    let rows = reader.store().count("student").expect("a count");
                    assert_eq!(rows, hub.rows["student"], "{slug}: exactly the hub's rows");
                }
                let changes = i64::try_from(writers.len() * each).expect("few");
                let sql = format!(
                    "SELECT count(DISTINCT change_id) FROM change_log WHERE outcome = 'applied' AND tenant_id = '{}'",
                    hub.school.id
                );
                assert_eq!(runtime.block_on(rig.value::<i64>(&sql)), changes, "{slug}: every change once");
                assert_eq!(hub.rev, changes, "{slug}: a revision for each change, none skipped");
            });
        }
    });
}

async fn offices(rig: &Rig, slug: &str, count: usize) -> Vec<TestOffice> {
    let mut offices = Vec::new();
    for _ in 0..count {
        offices.push(rig.office(slug).await);
    }
    offices
}

#[test]
fn eight_push_and_eight_follow() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (rig, schools) = runtime.block_on(async {
        let rig = Rig::product().await;
        rig.school("mabini").await;
        let offices = (String::from("mabini"), offices(&rig, "mabini", 8).await, offices(&rig, "mabini", 8).await);
        (rig, vec![offices])
    });
    run(&rig, runtime.handle(), &schools, 1_250);
}

#[test]
fn fifty_schools_at_once() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (rig, schools) = runtime.block_on(async {
        let rig = Rig::product().await;
        let mut schools = Vec::new();
        for i in 0..50 {
            let slug = format!("school-{i}");
            rig.school(&slug).await;
            schools.push((slug.clone(), offices(&rig, &slug, 2).await, offices(&rig, &slug, 1).await));
        }
        (rig, schools)
    });
    run(&rig, runtime.handle(), &schools, 100);
}
