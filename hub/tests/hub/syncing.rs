//! Pushing and pulling: once, in order, resumable, and level at the end.

use crate::world::{World, edit, learner};
use pems_model::Code;
use pems_model::wire::{ChangeKind, Cursors, Outcome};
use serde_json::json;
use std::collections::BTreeMap;

#[tokio::test]
async fn what_one_office_sends_another_gets() {
    let world = World::new().await;
    world.school("a").await;
    let (one, two) = (world.device("a").await, world.device("a").await);
    let sent = world.sync(&one, &one.push(0, vec![learner(1, "Cruz"), learner(2, "Peña")])).await.expect("an answer");
    assert_eq!(sent.results[1].outcome, Outcome::Applied { rev: Some(2) });
    assert_eq!(sent.rows("student").len(), 2, "its own rows come back with their revisions");
    let got = world.sync(&two, &two.request(0)).await.expect("an answer");
    assert_eq!(got.rows("student"), sent.rows("student"));
    assert_eq!((got.end().rev, &got.end().digest), (2, &sent.end().digest));
    assert_eq!(got.frames[0].head.through, 2);
    let idle = world.sync(&two, &two.request(2)).await.expect("an answer");
    assert!(idle.frames.is_empty());
    assert_eq!(idle.end().digest, sent.end().digest);
    let shown = world.hub.admin().school("a").await.expect("a school");
    assert_eq!((shown.rev, shown.rows["student"], Some(shown.digest)), (2, 2, got.end().digest.clone()));
}

#[tokio::test]
async fn a_change_sent_again_gets_the_same_answer_and_does_nothing() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let refused = edit(3, crate::world::new_id(), 0, json!({ "last_name": "\u{0}" }));
    let first = device.push(0, vec![learner(1, "Cruz"), learner(2, "Reyes"), refused]);
    let before = world.sync(&device, &first).await.expect("an answer");
    let again = world.sync(&device, &first).await.expect("an answer");
    assert_eq!(before.results, again.results);
    assert_eq!(again.end().rev, 2);
    let mut half_new = first.clone();
    half_new.changes.push(learner(4, "Santos"));
    let mixed = world.sync(&device, &half_new).await.expect("an answer");
    assert_eq!(mixed.results[..3], before.results[..]);
    assert_eq!(mixed.results[3].outcome, Outcome::Applied { rev: Some(3) });
    assert_eq!(world.scalar::<i64>("SELECT count(*) FROM student").await, 3);
    assert_eq!(world.scalar::<i64>("SELECT count(*) FROM change_log").await, 4);
}

#[tokio::test]
async fn a_copied_replica_is_noticed() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    world.sync(&device, &device.push(0, vec![learner(1, "Cruz")])).await.expect("an answer");
    let other = world.sync(&device, &device.push(0, vec![learner(1, "Reyes")])).await.expect_err("another change 1");
    assert_eq!(other.code, Code::ReplicaForked);
    let gap = world.sync(&device, &device.push(0, vec![learner(3, "Reyes")])).await.expect_err("change 2 is missing");
    assert_eq!(gap.code, Code::ReplicaForked);
    let mut anew = device.push(1, vec![learner(1, "Reyes")]);
    anew.replica.incarnation = 1;
    assert_eq!(world.sync(&device, &anew).await.expect("a new incarnation").end().rev, 2);
    let old = world.sync(&device, &device.push(0, vec![learner(2, "Lim")])).await.expect_err("the old incarnation");
    assert_eq!(old.code, Code::ReplicaForked);
}

#[tokio::test]
async fn the_loser_of_a_conflict_is_in_the_review_inbox() {
    let world = World::new().await;
    world.school("a").await;
    let (one, two) = (world.device("a").await, world.device("a").await);
    let made = learner(1, "Cruz");
    let id = made.row_id;
    world.sync(&one, &one.push(0, vec![made])).await.expect("an answer");
    world.sync(&one, &one.push(1, vec![edit(2, id, 1, json!({ "phone": "09171234567" }))])).await.expect("an answer");
    let beside = two.push(1, vec![edit(1, id, 1, json!({ "religion": "Iglesia ni Cristo" }))]);
    let merged = world.sync(&two, &beside).await.expect("an answer");
    assert_eq!(merged.results[0].outcome, Outcome::Merged { rev: Some(3) });
    let late = two.push(3, vec![edit(2, id, 1, json!({ "phone": "09177654321" }))]);
    let fought = world.sync(&two, &late).await.expect("an answer");
    assert!(matches!(fought.results[0].outcome, Outcome::Conflict { rev: Some(4) }));
    let inbox = fought.rows("review_item");
    assert_eq!(inbox.len(), 1);
    let level = world.sync(&one, &one.request(2)).await.expect("an answer");
    assert_eq!(level.rows("review_item"), inbox);
    assert_eq!(level.end().digest, fought.end().digest);
    assert_eq!(
        world.hub.admin().school("a").await.expect("a school").digest,
        level.end().digest.clone().expect("known")
    );
}

#[tokio::test]
async fn deletions_travel_as_tombstones() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let made = learner(1, "Cruz");
    let mut gone = edit(2, made.row_id, 1, json!({}));
    gone.kind = ChangeKind::Delete;
    world.sync(&device, &device.push(0, vec![made])).await.expect("an answer");
    world.sync(&device, &device.push(1, vec![gone])).await.expect("an answer");
    let all = world.sync(&device, &device.request(0)).await.expect("an answer");
    assert_eq!(all.rows("student").iter().filter(|row| !row.is_live()).count(), 1);
}

#[tokio::test]
async fn a_cut_stream_goes_on_where_it_stopped() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let mut op_no = 0;
    let mut rev = 0;
    for _ in 0..3 {
        let changes = (0..900).map(|_| {
            op_no += 1;
            edit(
                op_no,
                crate::world::new_id(),
                0,
                json!({ "last_name": "C".repeat(80), "first_name": "M".repeat(80), "remarks": "R".repeat(400) }),
            )
        });
        let sent = world.sync(&device, &device.push(rev, changes.collect())).await.expect("an answer");
        rev = sent.end().rev;
        assert!(sent.frames.len() > 1 && sent.rows("student").len() == 900, "its own rows, in frames as well");
    }
    let whole = world.sync(&device, &device.request(0)).await.expect("an answer");
    assert!(whole.frames.len() > 2, "{} frames", whole.frames.len());
    assert!(whole.frames.iter().all(|frame| frame.body.len() < 512 << 10));
    let through = whole.frames[0].head.through;
    let mut request = device.request(0);
    request.cursors = Cursors::Each(BTreeMap::from([("student".into(), through)]));
    let rest = world.sync(&device, &request).await.expect("an answer");
    let rows = whole.rows("student");
    assert_eq!(rows.len(), 2_700);
    assert!(rows.windows(2).all(|pair| pair[0].rev < pair[1].rev));
    assert_eq!(rest.rows("student"), rows[whole.frames[0].head.count as usize..]);
    assert_eq!(whole.frames.last().map(|frame| frame.head.through), Some(whole.end().rev));
}

#[tokio::test]
async fn a_held_request_is_answered_when_something_happens() {
    let world = World::new().await;
    world.school("a").await;
    let (one, two) = (world.device("a").await, world.device("a").await);
    let mut waiting = two.request(0);
    waiting.wait_ms = 40_000;
    let change = one.push(0, vec![learner(1, "Cruz")]);
    let (got, sent) = tokio::join!(world.sync(&two, &waiting), world.sync(&one, &change));
    sent.expect("an answer");
    assert_eq!(got.expect("an answer").rows("student").len(), 1);
    // An administrator's UPDATE wakes as well.
    waiting.cursors = Cursors::Level(1);
    let update = world.sql("UPDATE student SET last_name = 'Reyes'");
    let (got, done) = tokio::join!(world.sync(&two, &waiting), update);
    done.expect("an update");
    let got = got.expect("an answer");
    assert_eq!((got.rows("student").len(), got.end().rev), (1, 2));
    let shown = world.hub.admin().school("a").await.expect("a school");
    assert_eq!(Some(shown.digest), got.end().digest);
}

#[tokio::test]
async fn an_app_of_another_version_gets_the_columns_that_it_knows() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    world.sync(&device, &device.push(0, vec![learner(1, "Cruz")])).await.expect("an answer");
    let mut request = device.request(0);
    request.schema = "0123456789abcdef".into();
    assert_eq!(world.sync(&device, &request).await.expect_err("not met yet").code, Code::SchemaUnknown);
    request.shapes = Some(BTreeMap::from([("student".into(), vec!["last_name".into(), "shoe_size".into()])]));
    let got = world.sync(&device, &request).await.expect("an answer");
    assert_eq!(got.frames[0].head.columns, ["last_name"]);
    assert_eq!(got.end().digest, None);
    request.shapes = None;
    assert_eq!(world.sync(&device, &request).await.expect("remembered").frames.len(), 1);
    let elsewhere = world.school("b").await;
    let other = world.device(&elsewhere.slug).await;
    let mut request = other.request(0);
    request.schema = "0123456789abcdef".into();
    assert_eq!(world.sync(&other, &request).await.expect_err("another school").code, Code::SchemaUnknown);
}

#[tokio::test]
async fn a_whole_push_survives_a_restart_of_the_hub() {
    let mut world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let request = device.push(0, vec![learner(1, "Cruz")]);
    let before = world.sync(&device, &request).await.expect("an answer");
    let mut config = pems_hub::Config::new(world.data_dir.path());
    config.database_url = Some(world.hub.database_url().to_owned());
    let old = std::mem::replace(&mut world.hub, {
        let second = pems_hub::start(config.clone()).await;
        assert!(second.is_err(), "one data directory, one hub");
        let other = World::new().await;
        other.hub
    });
    old.stop().await;
    let scratch = std::mem::replace(&mut world.hub, pems_hub::start(config).await.expect("a hub"));
    scratch.stop().await;
    let after = world.sync(&device, &request).await.expect("the token is still good");
    assert_eq!(before.results, after.results);
    assert_eq!(before.end().epoch, after.end().epoch);
}
