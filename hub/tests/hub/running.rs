//! Starting, stopping and extending a hub.

use crate::world::{World, database, edit, learner, new_id};
use pems_hub::{Config, start};
use pems_model::entity::{Entity, date, int, link, text};
use pems_model::{Role, Schema, ddl, entities};
use serde_json::json;
use std::time::Duration;

const LIBRARY_CARD: Entity = Entity {
    name: "library_card",
    label: "Library card",
    writers: &[Role::Registrar],
    fields: &[
        link("student", "Learner", "student").required(),
        text("title", "Title", 80).required(),
        int("fine", "Fine", 0, 1_000_000),
        date("due", "Due"),
    ],
    ..Entity::SYNCED
};

fn wider() -> &'static Schema {
    let mut all = entities::ALL.to_vec();
    all.push(&LIBRARY_CARD);
    Box::leak(Box::new(Schema::new(&all)))
}

#[tokio::test]
async fn a_hub_can_carry_entities_of_a_test() {
    let schema = wider();
    let world = World::with(|config| {
        config.schema = schema;
        config.extra_sql = Some(ddl::postgres::table(&LIBRARY_CARD));
    })
    .await;
    world.school("a").await;
    let device = world.device("a").await;
    let made = learner(1, "Cruz");
    let mut card =
        edit(2, new_id(), 0, json!({ "student": made.row_id, "title": "Noli", "fine": 500, "due": "2026-08-30" }));
    card.entity = "library_card".into();
    let mut request = device.push(0, vec![made, card]);
    request.schema = schema.fingerprint().into();
    let answer = world.sync(&device, &request).await.expect("an answer");
    assert_eq!(
        answer.frames.iter().map(|frame| frame.head.entity.as_str()).collect::<Vec<_>>(),
        ["student", "library_card"]
    );
    let shown = world.hub.admin().school("a").await.expect("a school");
    assert_eq!((shown.rows["library_card"], Some(shown.digest)), (1, answer.end().digest.clone()));
    // The digest kept along the way is the one that a full look finds.
    world.sql("UPDATE tenant_clock SET digest = NULL, entity_rev = NULL").await.expect("forgotten");
    let scanned = world.hub.admin().school("a").await.expect("a school");
    assert_eq!(Some(scanned.digest), answer.end().digest);
    let url = world.hub.database_url().to_owned();
    world.hub.stop().await;
    let mut again = Config::new(world.data_dir.path());
    again.database_url = Some(url.clone());
    again.schema = schema;
    again.extra_sql = Some(ddl::postgres::table(&LIBRARY_CARD));
    start(again.clone()).await.expect("its tables are there already").stop().await;
    again.extra_sql = None;
    again.schema = Schema::product();
    start(again).await.expect("a table more does no harm").stop().await;
}

#[tokio::test]
async fn a_hub_does_not_start_on_a_database_that_lacks_something() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut config = Config::new(dir.path());
    config.database_url = Some(database().await);
    config.schema = wider();
    let error = start(config).await.expect_err("a table is missing").to_string();
    assert!(error.contains("library_card") && error.contains("missing"), "{error}");
}

#[tokio::test]
async fn stopping_ends_held_requests_properly() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let mut held = device.request(0);
    held.wait_ms = 40_000;
    let body = serde_json::to_vec(&held).expect("json");
    let response = world.raw_sync(&device, body).await;
    assert!(response.status().is_success(), "it is being held now");
    let stopped = tokio::time::timeout(Duration::from_secs(8), world.hub.stop());
    let (bytes, stopped) = tokio::join!(response.bytes(), stopped);
    stopped.expect("it stops without cutting anybody off");
    let mut bytes = bytes.expect("a whole answer").to_vec();
    let frame = pems_model::frame::Frame::take(&mut bytes).expect("a whole frame");
    assert!(matches!(frame, Some(pems_model::frame::Frame::End(end)) if end.rev == 0));
}

#[tokio::test]
async fn hubs_starting_at_once_on_new_databases_do_not_disturb_each_other() {
    let worlds = tokio::join!(World::new(), World::new(), World::new(), World::new());
    for world in [worlds.0, worlds.1, worlds.2, worlds.3] {
        world.school("a").await;
        world.device("a").await;
    }
}
