//! Offices that worked apart: what each rule of merging comes to on the real hub, and in every office alike.

use pems_model::engine::Mode;
use pems_model::wire::Outcome;
use pems_node::store::Choice;
use pems_node::sync::Happening;
use pems_node::{Env, Store, SystemEnv};
use pems_tests::rig::{Rig, TestOffice, record};
use serde_json::{Value as Json, json};
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Microseconds of a year.
const YEAR: i64 = 365 * 24 * 3600 * 1_000_000;
/// Far longer than a wake-up takes (milliseconds), far shorter than the hub would hold a request (45 s).
const WAKE: Duration = Duration::from_secs(10);

/// A PC whose clock is wrong.
struct WrongClock(i64);

impl Env for WrongClock {
    fn now(&self) -> i64 {
        SystemEnv.now() + self.0
    }

    fn new_id(&self) -> Uuid {
        SystemEnv.new_id()
    }
}

async fn two_offices() -> (Rig, TestOffice, TestOffice) {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let (first, second) = (rig.office("mabini").await, rig.office("mabini").await);
    (rig, first, second)
}

fn learner(office: &TestOffice) -> Uuid {
    office.save("student", &json!({ "last_name": "Dela Cruz", "first_name": "Juan" }))
}

/// Everybody syncs until everybody has everything, and holds the same.
async fn settle(rig: &Rig, offices: &[&TestOffice]) {
    for office in offices.iter().chain(offices) {
        office.sync().await;
    }
    for office in offices {
        rig.assert_level(office).await;
    }
}

fn field(office: &TestOffice, entity: &str, id: Uuid, name: &str) -> Json {
    office.get(entity, id).expect("the record is there")[name].clone()
}

/// Sends and fetches with a wrong clock.
async fn sync_with(office: &TestOffice, store: Store) {
    let hub = store.status().expect("a status").hub;
    office.driver(store, &hub).run(Mode::Once).await.expect("a wrong clock never refuses a sync");
}

async fn later_edit_wins(first_clock: i64, second_clock: i64) {
    let (rig, first, second) = two_offices().await;
    let id = learner(&first);
    let clocks = [(&first, first_clock), (&second, second_clock)];
    for (office, off) in clocks {
        sync_with(office, office.store_in(Box::new(WrongClock(off)))).await;
    }
    let edit = |(office, off): (&TestOffice, i64), value: &str| {
        let mut store = office.store_in(Box::new(WrongClock(off)));
        store.save(&record("student", &json!({ "id": id, "remarks": value }))).expect("saved");
    };
    edit(clocks[0], "earlier");
    edit(clocks[1], "later");
    // The later edit reaches the hub first: arrival must not decide.
    for (office, off) in [clocks[1], clocks[0]] {
        sync_with(office, office.store_in(Box::new(WrongClock(off)))).await;
    }
    settle(&rig, &[&first, &second]).await;
    for office in [&first, &second] {
        assert_eq!(field(office, "student", id, "remarks"), "later", "clocks off by {first_clock} and {second_clock}");
        let open = office.store().reviews().expect("the inbox");
        assert_eq!((open.len(), open[0].kind.as_str()), (1, "conflict"));
        let both = [open[0].mine.clone(), open[0].theirs.clone()];
        assert!(both.contains(&json!("earlier")) && both.contains(&json!("later")), "{both:?}");
    }
}

#[tokio::test]
async fn the_later_edit_wins_with_good_clocks() {
    later_edit_wins(0, 0).await;
}

#[tokio::test]
async fn the_later_edit_wins_against_a_clock_a_year_ahead() {
    later_edit_wins(YEAR, 0).await;
}

#[tokio::test]
async fn the_later_edit_wins_with_a_clock_a_year_behind() {
    later_edit_wins(0, -YEAR).await;
}

#[tokio::test]
async fn edits_of_other_fields_both_stand() {
    let (rig, first, second) = two_offices().await;
    let id = learner(&first);
    settle(&rig, &[&first, &second]).await;
    first.save("student", &json!({ "id": id, "phone": "+639171234567" }));
    second.save("student", &json!({ "id": id, "religion": "Catholic" }));
    first.sync().await;
    assert_eq!(second.sync().await.merged, 1);
    settle(&rig, &[&first, &second]).await;
    for office in [&first, &second] {
        let row = office.get("student", id).expect("a row");
        assert_eq!((&row["phone"], &row["religion"]), (&json!("+639171234567"), &json!("Catholic")));
        assert_eq!(office.store().reviews().expect("the inbox"), []);
    }
}

#[tokio::test]
async fn the_same_section_made_twice_is_one_section() {
    let (rig, first, second) = two_offices().await;
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-01", "end_date": "2027-03-31", "status": "open" });
    let years = [&first, &second].map(|office| office.save("school_year", &year));
    assert_eq!(years[0], years[1], "the id follows from the natural key");
    let section =
        |name: &str, room: &str| json!({ "school_year": years[0], "grade_level": "7", "name": name, "room": room });
    let a = first.save("section", &section("Rizal", "101"));
    let b = second.save("section", &section("RIZAL", "102"));
    assert_eq!(a, b);
    settle(&rig, &[&first, &second]).await;
    for office in [&first, &second] {
        assert_eq!(office.list("section").len(), 1);
        assert_eq!(field(office, "section", a, "room"), "102", "the later edit");
    }
    let rows = rig.at_hub("mabini").await.rows;
    assert_eq!((rows["school_year"], rows["section"]), (1, 1));
    // One review for the name's spelling, one for the room.
    assert_eq!(first.store().reviews().expect("the inbox").len(), 2);
}

#[tokio::test]
async fn a_student_number_taken_twice_stays_with_the_first() {
    let (rig, first, second) = two_offices().await;
    let numbered = |name: &str| json!({ "last_name": name, "first_name": "Ana", "student_no": "2026-0001" });
    let early = first.save("student", &numbered("Early"));
    let late = second.save("student", &numbered("Late"));
    settle(&rig, &[&first, &second]).await;
    for office in [&first, &second] {
        let numbers = [early, late].map(|id| field(office, "student", id, "student_no"));
        assert_eq!(numbers, [json!("2026-0001"), Json::Null]);
        let open = office.store().reviews().expect("the inbox");
        assert_eq!((open.len(), open[0].kind.as_str(), open[0].row_id), (1, "claim", Some(late)));
        assert_eq!(field(office, "student", late, "last_name"), "Late", "the rest of the record stands");
    }
    // The first row gives the number up; then the second may have it.
    first.save("student", &json!({ "id": early, "student_no": null }));
    settle(&rig, &[&first, &second]).await;
    let entry = second.store().reviews().expect("the inbox")[0].id;
    second.store().resolve(entry, Choice::Mine).expect("settled");
    settle(&rig, &[&first, &second]).await;
    assert_eq!(field(&first, "student", late, "student_no"), "2026-0001");
}

#[tokio::test]
async fn an_edit_beats_a_deletion_whichever_comes_first() {
    for deletion_first in [true, false] {
        let (rig, first, second) = two_offices().await;
        let id = learner(&first);
        settle(&rig, &[&first, &second]).await;
        first.store().delete("student", id).expect("deleted");
        second.save("student", &json!({ "id": id, "remarks": "still here" }));
        let order = if deletion_first { [&first, &second] } else { [&second, &first] };
        settle(&rig, &order).await;
        for office in order {
            let row = office.get("student", id).expect("a row");
            assert_eq!((&row["deleted"], &row["remarks"]), (&Json::Null, &json!("still here")), "{deletion_first}");
            let open = office.store().reviews().expect("the inbox");
            assert_eq!(
                (open.len(), open[0].kind.as_str(), open[0].row_id),
                (1, "deleted", Some(id)),
                "{deletion_first}"
            );
        }
        // Whoever looks at it may still want the record gone.
        let entry = first.store().reviews().expect("the inbox")[0].id;
        first.store().resolve(entry, Choice::Mine).expect("settled");
        settle(&rig, &order).await;
        assert_eq!(field(&second, "student", id, "deleted"), json!(true), "{deletion_first}");
    }
}

#[tokio::test]
async fn an_administrators_update_reaches_the_offices() {
    let (rig, first, second) = two_offices().await;
    let id = learner(&first);
    settle(&rig, &[&first, &second]).await;
    let before = rig.at_hub("mabini").await;
    rig.sql(&format!("UPDATE student SET remarks = 'set by hand' WHERE id = '{id}'")).await.expect("updated");
    settle(&rig, &[&first, &second]).await;
    for office in [&first, &second] {
        assert_eq!(field(office, "student", id, "remarks"), "set by hand");
    }
    assert!(rig.at_hub("mabini").await.rev > before.rev, "it has a revision of its own");
    let logged: Json =
        rig.value(&format!("SELECT fields FROM change_log WHERE row_id = '{id}' ORDER BY rev DESC LIMIT 1")).await;
    assert_eq!(logged["remarks"], json!([null, "set by hand"]));
    let destroyed =
        rig.sql(&format!("DELETE FROM student WHERE id = '{id}'")).await.expect_err("rows are not destroyed");
    assert!(destroyed.to_string().contains("never destroyed"), "{destroyed}");
}

#[tokio::test]
async fn a_watching_office_hears_of_it_at_once() {
    let (rig, first, second) = two_offices().await;
    settle(&rig, &[&first, &second]).await;
    let (heard, mut hears) = mpsc::unbounded_channel();
    let hub = rig.url();
    let mut driver = second.driver(second.store(), &hub).on_happening(move |happening| {
        heard.send(happening).expect("somebody listens");
    });
    let watching = tokio::spawn(async move { driver.run(Mode::Watch).await });
    let mut until = async |what: fn(&Happening) -> bool| {
        let wait = async { while !what(&hears.recv().await.expect("it goes on watching")) {} };
        tokio::time::timeout(WAKE, wait).await.expect("woken by the hub, not by a timer");
    };
    until(|happening| *happening == Happening::Level).await;
    for _ in 0..3 {
        let id = learner(&first);
        first.sync().await;
        until(|happening| matches!(happening, Happening::Applied(applied) if applied.entities == ["student"])).await;
        assert!(second.get("student", id).is_some());
    }
    // Not only offices: an administrator too.
    rig.sql("UPDATE student SET remarks = 'by hand'").await.expect("updated");
    until(|happening| matches!(happening, Happening::Applied(applied) if applied.rows > 0)).await;
    watching.abort();
    assert!(second.outcomes().iter().all(|outcome| matches!(outcome, Some(Outcome::Applied { .. }))));
}
