//! What is not a good request is refused by name, and nothing of the database shows.

use crate::world::{World, edit, learner, new_id};
use pems_model::wire::{Change, Cursors, ErrorBody, Outcome, SyncRequest};
use pems_model::{Code, Role};
use serde_json::{Value as Json, json};

#[tokio::test]
async fn bad_requests_are_told_what_is_wrong() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let good = serde_json::to_value(device.request(0)).expect("json");
    let with = |name: &str, value: Json| {
        let mut body = good.clone();
        body[name] = value;
        body.to_string()
    };
    for (body, code, told) in [
        ("{".to_owned(), Code::BadRequest, "EOF"),
        ("[]".to_owned(), Code::BadRequest, "line 1"),
        (with("sent_at", json!("today")), Code::BadRequest, "string"),
        (with("protocol", json!(99)), Code::UnsupportedProtocol, "update the hub"),
        (with("protocol", json!(0)), Code::UpgradeRequired, "update the app"),
        (with("replica", json!({ "id": new_id(), "incarnation": 0 })), Code::Unauthorized, "replica.id"),
        (with("epoch", json!(new_id())), Code::EpochChanged, "restored"),
        (with("schema", json!("other")), Code::SchemaUnknown, "shapes"),
        (" ".repeat(2 << 20), Code::TooLarge, "1048576"),
    ] {
        let error: ErrorBody = world.raw_sync(&device, body.clone()).await.json().await.expect("an error body");
        assert_eq!(error.code, code, "{}", &body[..body.len().min(80)]);
        assert!(error.message.contains(told), "{}", error.message);
    }
    let many = device.push(0, (1..=1_001).map(|op_no| edit(op_no, new_id(), 0, json!({}))).collect());
    assert_eq!(world.sync(&device, &many).await.expect_err("too many").code, Code::TooLarge);
    let disorder = device.push(0, vec![learner(2, "Cruz"), learner(1, "Reyes")]);
    assert_eq!(world.sync(&device, &disorder).await.expect_err("disorder").code, Code::BadRequest);
    let elsewhere: ErrorBody = world.post("/v1/elsewhere", &json!({})).await.json().await.expect("an error body");
    assert_eq!(elsewhere.code, Code::NotFound);
}

#[tokio::test]
async fn what_only_a_newer_app_says_is_passed_over() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let mut newer = serde_json::to_value(device.push(0, vec![learner(1, "Cruz")])).expect("json");
    newer["surprise"] = json!({ "of": ["protocol", 2] });
    newer["replica"]["seat"] = json!(3);
    newer["changes"][0]["why"] = json!("because");
    let answer = world.raw_sync(&device, newer.to_string()).await;
    assert_eq!(answer.status(), 200);
    let level = world.sync(&device, &device.request(0)).await.expect("an answer");
    assert_eq!(level.rows("student").len(), 1, "the change was taken");
}

#[tokio::test]
async fn compressed_requests_are_read_within_the_same_limit() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let send = |plain: Vec<u8>| {
        let body = zstd::encode_all(&plain[..], 3).expect("zstd");
        world
            .client
            .post(world.url("/v1/sync"))
            .bearer_auth(&device.token)
            .header("content-encoding", "zstd")
            .body(body)
            .send()
    };
    let good = serde_json::to_vec(&device.request(0)).expect("json");
    assert!(send(good).await.expect("an answer").status().is_success());
    let bomb: ErrorBody = send(vec![b' '; 64 << 20]).await.expect("an answer").json().await.expect("an error body");
    assert_eq!(bomb.code, Code::TooLarge);
}

#[tokio::test]
async fn a_refused_change_blocks_no_other() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let mut alien = learner(2, "Reyes");
    alien.entity = "spaceship\u{0}".into();
    let mut orphan = edit(3, new_id(), 0, json!({ "student": new_id(), "guardian": new_id() }));
    orphan.entity = "student_guardian".into();
    let wild = edit(4, new_id(), 0, json!({ "last_name": { "a": ["\u{0}"] }, "x\u{0}": 1 }));
    let mut timeless = learner(5, "Lim");
    timeless.at = i64::MIN;
    let changes = vec![learner(1, "Cruz"), alien, orphan, wild, timeless];
    let mut request = device.push(0, changes);
    request.sent_at = i64::MAX;
    let answer = world.sync(&device, &request).await.expect("an answer");
    let code = |at: usize| match &answer.results[at].outcome {
        Outcome::Refused { problem } => Some(problem.code),
        _ => None,
    };
    assert_eq!(code(0), None);
    assert_eq!(code(1), Some(Code::UnknownEntity));
    assert_eq!(code(2), Some(Code::ParentMissing));
    assert!(code(3).is_some());
    assert_eq!(code(4), None, "a wrong clock never refuses");
    assert_eq!(answer.rows("student").len(), 2);
    let viewer = world.device_as("a", Role::Viewer).await;
    let answer = world.sync(&viewer, &viewer.push(0, vec![learner(1, "Cruz")])).await.expect("an answer");
    assert!(matches!(&answer.results[0].outcome, Outcome::Refused { problem } if problem.code == Code::RoleForbidden));
}

#[tokio::test]
async fn of_a_group_all_is_taken_or_nothing() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let group = Some(new_id());
    let half = |op_no, name| Change { group, ..learner(op_no, name) };
    let wrong = Change { fields: [("sex".to_owned(), json!("?"))].into(), ..half(2, "Reyes") };
    let changes = vec![half(1, "Cruz"), wrong, learner(3, "Santos")];
    let answer = world.sync(&device, &device.push(0, changes)).await.expect("an answer");
    let code = |at: usize| match &answer.results[at].outcome {
        Outcome::Refused { problem } => Some(problem.code),
        _ => None,
    };
    assert_eq!([code(0), code(1), code(2)], [Some(Code::GroupRefused), Some(Code::NotAChoice), None]);
    assert_eq!(answer.rows("student").len(), 1);
}

#[tokio::test]
async fn odd_cursors_do_no_harm() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    world.sync(&device, &device.push(0, vec![learner(1, "Cruz")])).await.expect("an answer");
    for (cursors, rows) in [
        (Cursors::Level(i64::MIN), 1),
        (Cursors::Each([("student; DROP TABLE student".to_owned(), 0)].into()), 1),
        (Cursors::Each([("student".to_owned(), -1)].into()), 1),
    ] {
        let mut request = device.request(0);
        request.cursors = cursors;
        assert_eq!(world.sync(&device, &request).await.expect("an answer").rows("student").len(), rows);
    }
}

/// A hub put back from an older copy of its directory must not let its offices believe that they are level.
#[tokio::test]
async fn who_has_seen_more_than_the_hub_is_told_that_it_is_behind() {
    let world = World::new().await;
    world.school("a").await;
    let (one, two) = (world.device("a").await, world.device("a").await);
    world.sync(&one, &one.push(0, vec![learner(1, "Cruz")])).await.expect("an answer");
    let ahead = |cursors: Cursors, wait_ms| SyncRequest { cursors, wait_ms, ..two.request(0) };
    let each = Cursors::Each([("student".to_owned(), 1), ("guardian".to_owned(), 2)].into());
    let behind = [Cursors::Level(2), Cursors::Level(i64::MAX), each];
    for (cursors, wait_ms) in behind.iter().flat_map(|cursors| [(cursors, 0), (cursors, 40_000)]) {
        let error = world.sync(&two, &ahead(cursors.clone(), wait_ms)).await.expect_err("no plain end");
        assert_eq!(error.code, Code::HubBehind, "{cursors:?}");
        assert_eq!(error.details.expect("details")["hub_rev"], 1);
    }
    for cursors in behind {
        let request = SyncRequest { cursors, ..two.push(0, vec![learner(1, "Reyes")]) };
        assert_eq!(world.sync(&two, &request).await.expect_err("nothing is written").code, Code::HubBehind);
    }
    assert_eq!(world.scalar::<i64>("SELECT count(*) FROM student").await, 1);
    world.sync(&two, &two.push(1, vec![learner(1, "Reyes")])).await.expect("who is level goes on");
}

/// As it happens: the database is put back, the office is not.
#[tokio::test]
async fn a_hub_that_lost_its_last_rows_says_so_to_whoever_has_them() {
    let world = World::new().await;
    world.school("a").await;
    let (one, two) = (world.device("a").await, world.device("a").await);
    world.sync(&one, &one.push(0, vec![learner(1, "Cruz"), learner(2, "Reyes")])).await.expect("an answer");
    world.sync(&two, &two.request(0)).await.expect("an answer");
    let World { hub, client, data_dir } = world;
    let mut config = pems_hub::Config::new(data_dir.path());
    config.database_url = Some(hub.database_url().to_owned());
    hub.stop().await;
    let world = World { hub: pems_hub::start(config).await.expect("a hub"), client, data_dir };
    world.sql("UPDATE tenant_clock SET rev = 1, entity_rev = NULL, digest = NULL").await.expect("an older copy");
    for device in [&one, &two] {
        assert_eq!(world.sync(device, &device.request(2)).await.expect_err("behind").code, Code::HubBehind);
    }
    let typed = one.push(2, vec![learner(3, "Lim")]);
    assert_eq!(world.sync(&one, &typed).await.expect_err("behind").code, Code::HubBehind);
}

#[tokio::test]
async fn health_is_told_without_a_token() {
    let world = World::new().await;
    for path in ["/healthz", "/readyz"] {
        assert!(world.client.get(world.url(path)).send().await.expect("an answer").status().is_success(), "{path}");
    }
}
