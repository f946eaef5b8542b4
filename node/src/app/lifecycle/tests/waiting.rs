//! A list that is being saved, held in the middle by the test, and everybody else at the desk: on a store on disk.

use super::*;
use crate::app::review::tests::pull;
use crate::domain::users::verifier;
use crate::import::Stage;
use crate::store::Enrolled;
use pems_model::Role;
use rusqlite::{Transaction, TransactionBehavior};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;
use tempfile::TempDir;
use uuid::Uuid;

const PASSWORD: &str = "tatlong isda sa ilog";
const ROWS: u64 = 3_000;
/// Where the test holds the list.
const HELD_AT: u64 = 1_500;
/// Far above what any of this takes.
const LONG: Duration = Duration::from_secs(120);

/// An office on disk with two users, of whom Ana is signed in.
struct World {
    dir: TempDir,
    front: Mutex<Front>,
    ana: Uuid,
    ben: Uuid,
}

impl World {
    fn new() -> World {
        let dir = tempfile::tempdir().expect("a folder");
        let enrolled = Enrolled { device_name: "Office 1".into(), ..Enrolled::made_up(Role::SchoolAdmin) };
        let keys = KeySource::File(dir.path().join("key"));
        let office = Office::found(&dir.path().join("office"), keys, &enrolled, |_| Ok(())).expect("an office");
        let mut desk = Desk::new(office.store().expect("a store"));
        let kept = verifier::make(PASSWORD).expect("a verifier");
        let user = |name: &str| json!({ "name": name, "role": "school_admin", "verifier": kept });
        pull(&mut desk, "school_user", &[(8, user("Ana Cruz")), (9, user("Ben Reyes"))]);
        let front = Front { desk: Some(desk), patience: LONG, ..Front::at(place(&dir)) };
        let world = World { dir, front: Mutex::new(front), ana: Uuid::from_u128(8), ben: Uuid::from_u128(9) };
        world.ask(world.sign_in(world.ana)).expect("signed in");
        world
    }

    fn ask(&self, request: Json) -> Result<Json> {
        answer(&self.front, request)
    }

    fn sign_in(&self, id: Uuid) -> Json {
        json!({ "do": "session.sign_in", "id": id, "password": PASSWORD })
    }

    fn with<T>(&self, look: impl FnOnce(&mut Desk) -> T) -> T {
        look(self.front.lock().expect("whole").desk.as_mut().expect("open"))
    }

    fn learners(&self) -> i64 {
        self.with(|desk| desk.store.count("student").expect("a count"))
    }

    /// Comes back when so many requests wait until somebody else has written.
    fn until_waiting(&self, count: usize) {
        let began = Instant::now();
        while self.with(|desk| desk.store.waiting()) != count {
            assert!(began.elapsed() < LONG, "never: {count} requests wait");
            std::thread::yield_now();
        }
    }

    /// Begins to import a list and comes back when half of it is written. It goes on when the sender is dropped.
    fn list_in_the_middle(&self) -> Sender<()> {
        let file = self.dir.path().join("learners.csv");
        let rows: String = (0..ROWS).map(|i| format!("Santos{i},Ana,F,2014-03-0{}\n", 1 + i % 9)).collect();
        std::fs::write(&file, format!("Surname,Given name,Sex,Birthday\n{rows}")).expect("a file");
        let (reached, in_the_middle) = channel::<()>();
        let (go, gone_on): (Sender<()>, Receiver<()>) = channel();
        let (gone_on, held) = (Mutex::new(gone_on), AtomicBool::new(false));
        self.with(|desk| {
            desk.job.watch(move |progress| {
                let (stage, done, _) = progress.look();
                if stage == Stage::Saving && done == HELD_AT && !held.swap(true, Ordering::Relaxed) {
                    reached.send(()).expect("the test listens");
                    let _ = gone_on.lock().expect("whole").recv();
                }
            });
        });
        let start = json!({ "do": "imports.start", "path": file, "kind": "table", "entity": "student", "write": true });
        self.ask(start).expect("begun");
        in_the_middle.recv_timeout(LONG).expect("half of it is written");
        go
    }

    fn report(&self) -> Json {
        let began = Instant::now();
        loop {
            let now = self.ask(json!({ "do": "imports.now" })).expect("an answer");
            if now["running"] == false {
                assert_eq!(now["outcome"]["failure"], Json::Null);
                return now["outcome"]["report"].clone();
            }
            assert!(began.elapsed() < LONG, "{now}");
            std::thread::yield_now();
        }
    }
}

fn learner(last_name: &str) -> Json {
    let fields = json!({ "last_name": last_name, "first_name": "Jose", "sex": "M", "birth_date": "2013-05-06" });
    json!({ "do": "save", "entity": "student", "fields": fields })
}

#[test]
fn a_clerk_saves_while_a_list_is_being_saved_and_the_list_is_whole() {
    let world = World::new();
    let go = world.list_in_the_middle();
    std::thread::scope(|threads| {
        let saves = threads.spawn(|| world.ask(learner("Rizal")));
        world.until_waiting(1);
        // Everybody else is answered: reads, the progress, who is here.
        let now = world.ask(json!({ "do": "imports.now" })).expect("an answer");
        assert_eq!((&now["running"], &now["stage"]), (&json!(true), &json!("saving")));
        assert_eq!((&now["done"], &now["total"]), (&json!(HELD_AT), &json!(ROWS)));
        let list = json!({ "do": "list", "entity": "student", "limit": 5 });
        assert_eq!(world.ask(list).expect("a list")["total"], 0, "nothing of the list yet");
        assert_eq!(world.ask(json!({ "do": "session.state" })).expect("a state")["stage"], "open");
        assert!(!saves.is_finished());
        drop(go);
        saves.join().expect("ended").expect("saved");
    });
    let report = world.report();
    assert_eq!((&report["written"], &report["new"]), (&json!(true), &json!(ROWS)));
    let first = world.with(|desk| desk.store.journal(0).expect("a journal").swap_remove(0));
    assert_eq!(first.fields["last_name"], "Rizal", "who works at the desk goes first");
    assert_eq!(world.learners(), i64::try_from(ROWS).expect("a count") + 1);
    let undone = world.ask(json!({ "do": "session.undo" })).expect("undone");
    assert_eq!((undone["what"].as_str(), undone["removed"].as_u64()), (Some("Import of learners.csv"), Some(ROWS)));
    assert_eq!(world.learners(), 1, "what the clerk saved meanwhile");
}

#[test]
fn somebody_signs_in_while_a_list_is_being_saved() {
    let world = World::new();
    let go = world.list_in_the_middle();
    std::thread::scope(|threads| {
        let signs_in = threads.spawn(|| world.ask(world.sign_in(world.ben)));
        world.until_waiting(1);
        drop(go);
        assert_eq!(signs_in.join().expect("ended").expect("signed in")["person"]["name"], "Ben Reyes");
    });
    assert_eq!(world.report()["written"], true);
    let tries = world.with(|desk| desk.store.local(&format!("tries.{}", world.ben)).expect("read"));
    assert_eq!(tries.as_deref(), Some("{}"), "no try is counted that was none");
}

#[test]
fn what_was_typed_first_is_written_first() {
    let world = World::new();
    let go = world.list_in_the_middle();
    let draft = |typed: &str| json!({ "do": "learners.keep_draft", "draft": { "last_name": typed } });
    std::thread::scope(|threads| {
        for (at, typed) in ["R", "Ri", "Riz", "Rizal"].into_iter().enumerate() {
            let (world, request) = (&world, draft(typed));
            threads.spawn(move || world.ask(request).expect("kept"));
            world.until_waiting(at + 1);
        }
        drop(go);
    });
    assert_eq!(world.ask(json!({ "do": "learners.draft" })).expect("a draft")["last_name"], "Rizal");
    assert_eq!(world.report()["written"], true);
}

#[test]
fn a_stopped_list_leaves_the_way_at_once_and_nothing_behind() {
    let world = World::new();
    let go = world.list_in_the_middle();
    std::thread::scope(|threads| {
        let saves = threads.spawn(|| world.ask(learner("Rizal")));
        world.until_waiting(1);
        world.ask(json!({ "do": "imports.stop" })).expect("an answer");
        drop(go);
        saves.join().expect("ended").expect("saved");
    });
    let began = Instant::now();
    while world.ask(json!({ "do": "imports.now" })).expect("an answer")["running"] == true {
        assert!(began.elapsed() < LONG);
        std::thread::yield_now();
    }
    assert_eq!(world.learners(), 1);
}

#[test]
fn who_waited_in_vain_is_told_which_list_is_in_the_way() {
    let world = World::new();
    let go = world.list_in_the_middle();
    world.front.lock().expect("whole").patience = Duration::ZERO;
    let refused = world.ask(learner("Rizal")).expect_err("held");
    assert_eq!(refused.code, Code::StoreLocked);
    assert!(refused.message.contains("learners.csv is being saved (1500 of 3000 rows)"), "{}", refused.message);
    let saving = json!({ "list": "learners.csv", "done": HELD_AT, "total": ROWS });
    assert_eq!(refused.details, Some(json!({ "saving": saving })));
    drop(go);
    assert_eq!(world.report()["written"], true);
    world.ask(learner("Rizal")).expect("saved now");
}

#[test]
fn what_waits_is_saved_for_who_typed_it_or_not_at_all() {
    for leave in ["session.lock", "session.sign_out"] {
        let world = World::new();
        let go = world.list_in_the_middle();
        std::thread::scope(|threads| {
            let saves = threads.spawn(|| world.ask(learner("Rizal")));
            world.until_waiting(1);
            world.ask(json!({ "do": leave })).expect("an answer");
            drop(go);
            assert_eq!(saves.join().expect("ended").expect_err("nobody's").code, Code::NotSignedIn, "{leave}");
        });
        world.ask(world.sign_in(world.ana)).expect("signed in");
        assert_eq!(world.report()["written"], true);
        assert_eq!(world.learners(), i64::try_from(ROWS).expect("a count"), "the list, and nothing of the save");
    }
}

#[test]
fn another_program_that_writes_holds_up_nobody_who_reads() {
    let world = World::new();
    let file = world.with(|desk| desk.store.file().expect("a file").connect().expect("another program"));
    let writes = Transaction::new_unchecked(&file, TransactionBehavior::Immediate).expect("it writes");
    std::thread::scope(|threads| {
        let saves = threads.spawn(|| world.ask(learner("Rizal")));
        world.until_waiting(1);
        world.ask(json!({ "do": "list", "entity": "student", "limit": 5 })).expect("a list");
        assert!(!saves.is_finished());
        writes.rollback().expect("ended");
        saves.join().expect("ended").expect("saved");
    });
    let writes = Transaction::new_unchecked(&file, TransactionBehavior::Immediate).expect("it writes");
    world.front.lock().expect("whole").patience = Duration::ZERO;
    let refused = world.ask(learner("Luna")).expect_err("held");
    assert_eq!((refused.code, refused.details), (Code::StoreLocked, None));
    drop(writes);
    assert_eq!(world.learners(), 1);
}
