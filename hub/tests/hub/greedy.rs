//! One school that takes all it can get, and one that only wants its rows. What the quiet one gets is told in counts: transactions,
//! connections, requests that are still held. (How long it waits: `cargo xtask stranger greedy`.)

use crate::world::{Device, World, edit, learner, new_id};
use pems_model::Code;
use pems_model::frame::Frame;
use pems_model::wire::{Cursors, SILENCE, SyncRequest};
use reqwest::Response;
use serde_json::json;
use sqlx::postgres::PgListener;
use std::time::Duration;

const LONG: u32 = 40_000;

/// Asks until it is so; the test fails by its own time limit if it never is.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waited = async { while !is_so().await {} };
    tokio::time::timeout(Duration::from_secs(60), waited).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// Rows that hardly compress, more than lies on the way to somebody who does not read.
async fn fill(world: &World, slug: &str) {
    let sql = format!(
        "BEGIN;
         CREATE TEMP TABLE taken AS SELECT id, sync.take(id, 100000) - 100000 AS base FROM tenant WHERE slug = '{slug}';
         INSERT INTO student (tenant_id, id, rev, last_name, first_name, remarks)
         SELECT t.id, gen_random_uuid(), t.base + n, 'Cruz', 'Ana',
             (SELECT string_agg(md5(n::text || i::text), '') FROM generate_series(1, 12) i)
         FROM taken t, generate_series(1, 100000) n;
         UPDATE tenant_clock SET entity_rev = NULL, digest = NULL;
         COMMIT;"
    );
    world.sql(&sql).await.expect("rows");
}

async fn ask(world: &World, device: &Device, request: &SyncRequest) -> Response {
    world.raw_sync(device, serde_json::to_vec(request).expect("json")).await
}

/// Transactions that the hub has open for devices.
async fn open(world: &World) -> i64 {
    world.scalar("SELECT count(*) FROM pg_stat_activity WHERE usename = 'hub_app' AND xact_start IS NOT NULL AND datname = current_database()").await
}

#[tokio::test]
async fn answers_that_nobody_reads_hold_no_other_school_up() {
    let world = World::with(|config| config.app_connections = 8).await;
    let (mut greedy, mut unread) = (Vec::new(), Vec::new());
    world.school("greedy").await;
    world.school("quiet").await;
    let quiet = world.device("quiet").await;
    world.sync(&quiet, &quiet.push(0, vec![learner(1, "Reyes")])).await.expect("an answer");
    fill(&world, "greedy").await;
    for _ in 0..12 {
        greedy.push(world.device("greedy").await);
    }
    for device in &greedy {
        unread.push(ask(&world, device, &device.request(0)).await);
    }
    until("one of them is at work", async || open(&world).await >= 1).await;
    let got = world.sync(&quiet, &quiet.request(0)).await.expect("an answer");
    assert_eq!(got.rows("student").len(), 1);
    world.sync(&quiet, &quiet.push(1, vec![learner(2, "Lim")])).await.expect("an answer");
    assert!(open(&world).await <= 1, "the greedy school has its share and no more");
    // Its own people write in spite of what it reads.
    let colleague = world.device("greedy").await;
    let mut push = colleague.push(0, vec![learner(1, "Santos")]);
    push.cursors = Cursors::Level(100_000);
    ask(&world, &colleague, &push).await;
    until("it is written", async || {
        world.scalar::<i64>("SELECT count(*) FROM student WHERE last_name = 'Santos'").await == 1
    })
    .await;
}

/// The next frame of an answer that goes on.
async fn next_frame(response: &mut Response, bytes: &mut Vec<u8>) -> Option<Frame> {
    loop {
        if let Some(frame) = Frame::take(bytes).expect("whole frames") {
            return Some(frame);
        }
        bytes.extend_from_slice(&response.chunk().await.expect("an answer")?);
    }
}

#[tokio::test]
async fn schools_on_slow_lines_hold_no_other_school_up() {
    const GREEDY: [&str; 4] = ["greedy-1", "greedy-2", "greedy-3", "greedy-4"];
    let world = World::with(|config| {
        config.app_connections = 8;
        config.patience.slow_pull = Duration::from_millis(200);
        // None of them ends by itself.
        config.patience.unread = Duration::from_secs(3_600);
        config.patience.pull = Duration::from_secs(3_600);
    })
    .await;
    world.school("quiet").await;
    let quiet = world.device("quiet").await;
    world.sync(&quiet, &quiet.push(0, vec![learner(1, "Reyes")])).await.expect("an answer");
    let mut unread = Vec::new();
    for slug in GREEDY {
        world.school(slug).await;
        fill(&world, slug).await;
        let device = world.device(slug).await;
        unread.push(ask(&world, &device, &device.request(0)).await);
    }
    until("all places are taken", async || open(&world).await == 4).await;
    let request = quiet.request(0);
    let asked = world.sync(&quiet, &request);
    let got = tokio::time::timeout(Duration::from_secs(60), asked).await.expect("its turn").expect("an answer");
    assert_eq!(got.rows("student").len(), 1);
    until("one of them has given way", async || open(&world).await == 3).await;
    // Who gave way has whole frames, with which it goes on, and is told to come again.
    let ends = unread.into_iter().map(|mut response| async move {
        let (mut bytes, mut rows) = (Vec::new(), 0);
        loop {
            match next_frame(&mut response, &mut bytes).await.expect("an end") {
                Frame::Rows(frame) => rows += frame.head.count,
                Frame::Alive => {}
                end => return (rows, end),
            }
        }
    });
    let ends = futures_util::future::join_all(ends).await;
    let (gave_way, whole): (Vec<_>, Vec<_>) = ends.iter().partition(|(_, end)| matches!(end, Frame::Error(_)));
    assert_eq!((gave_way.len(), whole.len()), (1, 3));
    assert!(gave_way.iter().all(|(rows, _)| *rows > 0 && *rows < 100_000), "{gave_way:?}");
    assert!(gave_way.iter().all(|(_, end)| matches!(end, Frame::Error(error) if error.code == Code::Busy)));
    assert!(whole.iter().all(|(rows, end)| *rows == 100_000 && matches!(end, Frame::End(_))));
}

#[tokio::test]
async fn whoever_waits_behind_its_own_school_hears_that_the_hub_is_alive() {
    let world = World::with(|config| {
        config.app_connections = 8;
        config.patience.alive = Duration::from_millis(100);
        config.patience.unread = Duration::from_secs(3_600);
        config.patience.pull = Duration::from_secs(3_600);
    })
    .await;
    world.school("greedy").await;
    fill(&world, "greedy").await;
    let (first, second) = (world.device("greedy").await, world.device("greedy").await);
    let _unread = ask(&world, &first, &first.request(0)).await;
    until("its share is at work", async || open(&world).await == 1).await;
    let mut waits = ask(&world, &second, &second.request(0)).await;
    let mut bytes = Vec::new();
    for _ in 0..3 {
        let heard = tokio::time::timeout(SILENCE, next_frame(&mut waits, &mut bytes)).await;
        assert_eq!(heard.expect("before its office hangs up"), Some(Frame::Alive));
    }
}

#[tokio::test]
async fn an_answer_that_is_not_read_ends_and_gives_back_what_it_held() {
    let world = World::with(|config| config.patience.unread = Duration::from_millis(300)).await;
    world.school("greedy").await;
    fill(&world, "greedy").await;
    let device = world.device("greedy").await;
    let unread = ask(&world, &device, &device.request(0)).await;
    until("it is at work", async || open(&world).await == 1).await;
    until("it has ended", async || open(&world).await == 0).await;
    // What was sent until then is there, and it does not end as if it were whole.
    let mut bytes = Vec::new();
    let mut unread = unread;
    while let Ok(Some(piece)) = unread.chunk().await {
        bytes.extend_from_slice(&piece);
    }
    while let Ok(Some(frame)) = Frame::take(&mut bytes) {
        assert!(matches!(frame, Frame::Rows(_)), "{frame:?}");
    }
}

#[tokio::test]
async fn the_newest_exchange_of_a_device_is_the_one_that_counts() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let held = SyncRequest { wait_ms: LONG, ..device.request(0) };
    // More of them than a device has places: each ends the one before.
    let mut left_over = Vec::new();
    for _ in 0..20 {
        left_over.push(ask(&world, &device, &held).await);
    }
    world.sync(&device, &device.request(0)).await.expect("an answer");
    for response in left_over {
        let mut bytes = response.bytes().await.expect("it ended").to_vec();
        assert!(matches!(Frame::take(&mut bytes), Ok(Some(Frame::End(end))) if end.rev == 0));
    }
}

#[tokio::test]
async fn what_changes_at_one_school_wakes_nobody_at_another() {
    const HELD: usize = 40;
    let world = World::with(|config| config.enrol_per_minute = std::num::NonZeroU32::MAX).await;
    let greedy = world.school("greedy").await.id;
    world.school("quiet").await;
    let (busy, mut quiet, mut held) = (world.device("greedy").await, Vec::new(), Vec::new());
    let account = new_id();
    let make = format!(
        "INSERT INTO account (tenant_id, id, email, name, role, password_hash)
         VALUES ('{greedy}', '{account}', 'a@greedy.ph', 'Name 0', 'teacher', '{}')",
        pems_model::proof::verifier((19 * 1024, 2, 1), b"salt of the tests", &[7; 32])
    );
    world.sql(&make).await.expect("an account");
    for _ in 0..HELD {
        quiet.push(world.device("quiet").await);
    }
    for device in &quiet {
        world.sync(device, &device.request(0)).await.expect("level");
        held.push(ask(&world, device, &SyncRequest { wait_ms: LONG, ..device.request(0) }).await);
    }
    let mut rev = world.sync(&busy, &busy.request(0)).await.expect("level").end().rev;
    let before = world.transactions().await;
    for n in 1..=10 {
        world.sql(&format!("UPDATE account SET name = 'Name {n}' WHERE id = '{account}'")).await.expect("another name");
        let news = world.sync(&busy, &SyncRequest { wait_ms: LONG, ..busy.request(rev) }).await.expect("news");
        assert!(news.end().rev > rev, "its own school hears of it");
        rev = news.end().rev;
    }
    let meanwhile = world.transactions().await - before;
    assert!(meanwhile < 40.0, "{meanwhile} transactions, of which the quiet school's held requests need none");
    // None of them was woken: each ends because the hub stops.
    let World { hub, .. } = world;
    hub.stop().await;
    for response in held {
        let mut bytes = response.bytes().await.expect("a whole answer").to_vec();
        assert!(matches!(Frame::take(&mut bytes), Ok(Some(Frame::End(end))) if end.rev == 0));
    }
}

#[tokio::test]
async fn whoever_listens_learns_no_schools_name() {
    let world = World::new().await;
    let school = world.school("a").await.id;
    let url = world.hub.database_url().replace("user=postgres", "user=hub_app");
    let mut listener = PgListener::connect(&url).await.expect("stolen");
    listener.listen_all(["hub", "people"]).await.expect("that cannot be forbidden");
    let mut heard = Vec::new();
    for n in 0..3 {
        world.sql(&format!("UPDATE tenant SET name = 'Name {n}' WHERE id = '{school}'")).await.expect("an update");
        heard.push(listener.recv().await.expect("a hint").payload().to_owned());
    }
    let plain = school.simple().to_string();
    assert!(heard.iter().all(|payload| payload.len() == 64 && !payload.contains(&plain)), "{heard:?}");
    heard.dedup_by(|a, b| a[..32] == b[..32] || a[32..] == b[32..]);
    assert_eq!(heard.len(), 3, "two hints about one school have nothing in common: {heard:?}");
    let mut app = world.role("hub_app").await;
    for forbidden in
        ["SELECT sec.open_hints('{}')", "SELECT sec.tell('hub', gen_random_uuid())", "SELECT sec.seal('hint')"]
    {
        let error = sqlx::query(forbidden).execute(&mut app).await.expect_err("not for hub_app").to_string();
        assert!(error.contains("permission denied"), "{forbidden}: {error}");
    }
}

#[tokio::test]
async fn a_hint_that_somebody_made_up_is_nothing() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    world.sync(&device, &device.request(0)).await.expect("level");
    let before = world.transactions().await;
    let held = ask(&world, &device, &SyncRequest { wait_ms: LONG, ..device.request(0) }).await;
    for payload in ["", "forget", &"0".repeat(64), &"zz".repeat(32), &"a".repeat(7_000)] {
        world.sql(&format!("NOTIFY hub, '{payload}'; NOTIFY people, '{payload}'")).await.expect("anybody may");
    }
    // A true one behind them: when it is heard, they were.
    world.sql("UPDATE tenant SET name = 'Another'").await.expect("an update");
    until("the true one is heard", async || world.transactions().await > before).await;
    assert!(world.transactions().await - before <= 2.0);
    drop(held);
}

#[tokio::test]
async fn names_that_a_device_makes_up_are_not_kept() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let long = SyncRequest { schema: "x".repeat(900_000), ..device.request(0) };
    assert_eq!(world.sync(&device, &long).await.expect_err("no name").code, Code::BadRequest);
    let each = (0..5_000).map(|n| (format!("entity {n}"), 0)).collect();
    let many = SyncRequest { cursors: Cursors::Each(each), ..device.request(0) };
    world.sync(&device, &many).await.expect("unknown cursors do no harm");
    let change = edit(1, new_id(), 0, json!({ "last_name": "Cruz", "first_name": "Ana" }));
    world.sync(&device, &device.push(0, vec![change])).await.expect("and the device goes on");
}
