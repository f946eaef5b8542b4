//! The line is cut anywhere in an exchange, at every few bytes and after every frame, both ways. Whatever arrived or not:
//! after the next sync nothing is missing and nothing is there twice (promises 1 to 5).
//!
//! The exchange has one of everything: plain edits, a conflict, a number taken twice, a refusal, settled reviews (groups),
//! and 60 rows from the other office.

use pems_model::engine::Mode;
use pems_model::wire::Outcome;
use pems_node::store::{Choice, Save};
use pems_node::sync::{Driver, Happening};
use pems_tests::proxy::{Cut, Proxy};
use pems_tests::rig::{Rig, TestOffice, record};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Notify;
use uuid::Uuid;

/// Distances between cuts in bytes. A round takes a tenth of a second, so not every byte has its turn; frames have all theirs.
const STEP_UP: u64 = 7;
const STEP_DOWN: u64 = 13;
/// Learners in the school: 1 to 60 are edited by the other office in each round, 61 to 75 by ours.
const LEARNERS: usize = 76;
/// Day 0 of the shrinking term.
const LAST_DAY: i32 = 40_000;

struct School {
    rig: Rig,
    proxy: Proxy,
    other: TestOffice,
    ours: TestOffice,
    /// Our hands, through the proxy. They live on over cuts, as in a running app.
    driver: Driver,
    failed: Arc<Notify>,
    learners: Vec<Uuid>,
    term: Uuid,
    round: u32,
    /// Changes of ours that were checked at the hub already.
    checked: i64,
}

/// A hands' pair that says when an exchange broke.
fn through(proxy: &Proxy, office: &TestOffice, failed: &Arc<Notify>) -> Driver {
    let failed = failed.clone();
    office.driver(office.store(), &proxy.url()).on_happening(move |happening| {
        if matches!(happening, Happening::Failed(_)) {
            failed.notify_one();
        }
    })
}

impl School {
    async fn new() -> School {
        let rig = Rig::product().await;
        rig.school("mabini").await;
        let (other, ours) = (rig.office("mabini").await, rig.office("mabini").await);
        let learner = |i: usize| record("student", &json!({ "last_name": format!("Cruz {i}"), "first_name": "Juan" }));
        let saves: Vec<Save> = (0..LEARNERS).map(learner).collect();
        let learners = other.store().save_all(&saves).expect("saved").1.iter().map(|saved| saved.row.id).collect();
        let year =
            json!({ "label": "2026-2027", "start_date": "2026-06-01", "end_date": "2027-03-31", "status": "open" });
        let year = other.save("school_year", &year);
        let term = json!({ "school_year": year, "ordinal": 1, "kind": "term", "start_date": day(0), "end_date": day(LAST_DAY) });
        let term = other.save("term", &term);
        other.sync().await;
        let proxy = Proxy::start(rig.hub().address()).await;
        let failed = Arc::new(Notify::new());
        let driver = through(&proxy, &ours, &failed);
        let mut school = School { rig, proxy, other, ours, driver, failed, learners, term, round: 0, checked: 0 };
        school.driver.run(Mode::Once).await.expect("a first sync");
        school
    }

    /// Both offices work apart; the other one syncs first.
    async fn work(&mut self) {
        self.round += 1;
        let round = self.round;
        let end = LAST_DAY - 2 * i32::try_from(round).expect("few rounds");
        let edit = |i: usize, who: &str| json!({ "id": self.learners[i], "remarks": format!("{who} {round}") });
        let mut saves: Vec<Save> = (1..=60).map(|i| record("student", &edit(i, "other"))).collect();
        saves.push(record("student", &json!({ "id": self.learners[1], "student_no": format!("N-{round}") })));
        saves.push(record("term", &json!({ "id": self.term, "end_date": day(end) })));
        self.other.store().save_all(&saves).expect("saved");
        self.other.sync().await;

        for mut entry in self.ours.store().reviews().expect("the inbox") {
            // What stands is kept; what was refused is dropped.
            self.ours.store().stand(&mut entry).expect("the record is read");
            let choice = if entry.stands == "mine" { Choice::Mine } else { Choice::Theirs };
            self.ours.store().resolve(entry.id, choice).expect("settled");
        }
        let mut saves: Vec<Save> = (61..=75).map(|i| record("student", &edit(i, "ours"))).collect();
        // Conflict: learner 60 was edited by both. Number: taken by learner 1. Refusal: a term that would end before it begins.
        saves.push(record("student", &edit(60, "ours")));
        saves.push(record("student", &json!({ "id": self.learners[0], "student_no": format!("N-{round}") })));
        saves.push(record("term", &json!({ "id": self.term, "start_date": day(end + 1) })));
        self.ours.store().save_all(&saves).expect("saved");
    }

    /// One attempt; ends with the first thing that breaks.
    async fn attempt(&mut self) -> bool {
        let failed = self.failed.clone();
        tokio::select! {
            done = self.driver.run(Mode::Once) => { done.expect("the office syncs"); true }
            () = failed.notified() => false,
        }
    }

    /// An exchange with a cut, then a whole one. Whether the cut was reached.
    async fn exchange(&mut self, cut: Cut) -> bool {
        self.work().await;
        self.proxy.mend(cut);
        let whole = self.attempt().await;
        let reached = self.proxy.was_cut();
        assert!(whole || reached, "{cut:?}: an exchange is whole unless it was cut");
        // Every other time the app was killed too: what it had in memory is gone.
        if reached && self.round.is_multiple_of(2) {
            self.driver = through(&self.proxy, &self.ours, &self.failed);
        }
        self.proxy.mend(Cut::Never);
        assert!(whole || self.attempt().await, "{cut:?}: the next sync goes through");
        self.check(cut).await;
        reached
    }

    async fn check(&mut self, cut: Cut) {
        let round = self.round;
        self.rig.assert_level(&self.ours).await;
        let fresh = self.ours.store().journal(self.checked).expect("a journal");
        let names = |outcome: &Option<Json>| outcome.as_ref().and_then(|o| o["outcome"].as_str().map(str::to_owned));
        let count = |name: &str| fresh.iter().filter(|e| names(&e.outcome).as_deref() == Some(name)).count();
        // One field, one number, one refusal: a field that was typed over on the way, by a decision too, is asked about once.
        let (conflicts, refused) = (count("conflict"), count("refused"));
        let told = || fresh.iter().map(|e| (e.entity.clone(), names(&e.outcome), e.fields.clone())).collect::<Vec<_>>();
        assert_eq!((conflicts, refused), (2, 1), "{cut:?}: {:?}", told());
        let whole = count("applied") + count("merged") + conflicts + refused == fresh.len();
        assert!(fresh.len() >= 18 && whole, "{cut:?}: {:?}", told());

        // Each change exactly once in the hub's log, under the id and with the answer that the office has.
        let sql = format!(
            "SELECT coalesce(json_agg(json_build_array(op_no, change_id, outcome) ORDER BY op_no), '[]')
             FROM change_log WHERE replica_id = '{}' AND op_no > {}",
            self.ours.id(),
            self.checked
        );
        let logged: Json = self.rig.value(&sql).await;
        let mine: Vec<Json> = fresh.iter().map(|e| json!([e.op_no, e.id, names(&e.outcome)])).collect();
        assert_eq!(logged, Json::Array(mine), "{cut:?}");
        let twice: i64 =
            self.rig.value("SELECT count(*) - count(DISTINCT change_id) FROM change_log WHERE rev IS NOT NULL").await;
        assert_eq!(twice, 0, "{cut:?}: no change is in the log twice");

        let rows: BTreeMap<String, Json> =
            self.ours.list("student").into_iter().map(|row| (row["id"].to_string(), row["remarks"].clone())).collect();
        assert_eq!(rows.len(), LEARNERS, "{cut:?}: nobody is lost or there twice");
        for i in 0..LEARNERS {
            let remark = match i {
                0 => Json::Null,
                1..=59 => json!(format!("other {round}")),
                // The later edit.
                _ => json!(format!("ours {round}")),
            };
            assert_eq!(rows[&json!(self.learners[i]).to_string()], remark, "{cut:?}: learner {i}");
        }
        let lost: BTreeSet<String> =
            self.ours.store().reviews().expect("the inbox").iter().map(|entry| entry.kind.clone()).collect();
        assert_eq!(lost, ["claim", "conflict", "refused"].map(String::from).into(), "{cut:?}");
        self.checked = fresh.last().expect("changes").op_no;
    }
}

fn day(days: i32) -> String {
    pems_model::value::format_date(days)
}

#[tokio::test]
async fn cut_on_the_way_to_the_hub() {
    let mut school = School::new().await;
    let mut at = 0;
    while school.exchange(Cut::Up(at)).await {
        at += STEP_UP;
    }
    assert!(at > 1_000, "the request was longer than {at} bytes");
}

#[tokio::test]
async fn cut_on_the_way_back() {
    let mut school = School::new().await;
    let mut at = 0;
    while school.exchange(Cut::Down(at)).await {
        at += STEP_DOWN;
    }
    assert!(at > 2_000, "the answer was longer than {at} bytes");
}

#[tokio::test]
async fn cut_after_every_frame() {
    let mut school = School::new().await;
    let mut frames = 1;
    while school.exchange(Cut::Frames(frames)).await {
        frames += 1;
    }
    assert!(frames > 4, "results, rows of several kinds and the end are {frames} frames");
    let outcomes = school.ours.outcomes();
    assert!(outcomes.iter().all(Option::is_some), "every change has its answer");
    assert!(outcomes.iter().any(|outcome| matches!(outcome, Some(Outcome::Refused { .. }))));
}
