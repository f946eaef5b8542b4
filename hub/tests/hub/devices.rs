//! Offices are told the devices of their school: those that ask, when it is another list, and at no price when it is not.

use crate::greedy::until;
use crate::world::{Device, World, learner};
use pems_model::wire::{DeviceList, End, SyncRequest};
use reqwest::StatusCode;
use serde_json::{Value as Json, json};

fn asking(device: &Device, rev: i64, has: &str) -> SyncRequest {
    SyncRequest { devices: Some(has.into()), ..device.request(rev) }
}

async fn told(world: &World, device: &Device, has: &str) -> Option<DeviceList> {
    world.sync(device, &asking(device, 0, has)).await.expect("an answer").end().devices.clone()
}

/// Asks until the list is this one: hints travel beside the answers. Never, if they do not: then the time limit ends it.
async fn hears(world: &World, device: &Device, has: &str, expected: &[&str]) -> DeviceList {
    let mut list = None;
    until("the list is told", async || {
        list = told(world, device, has).await.filter(|list| said(list) == expected);
        list.is_some()
    })
    .await;
    list.expect("told")
}

/// Name and state of each, in alphabetical order.
fn said(list: &DeviceList) -> Vec<String> {
    let mut said: Vec<_> = list.list.iter().map(|one| format!("{} {}", one.name, one.state)).collect();
    said.sort();
    said
}

#[tokio::test]
async fn a_school_hears_of_its_devices_and_of_no_other_ones() {
    let world = World::new().await;
    world.school("a").await;
    world.school("b").await;
    let (one, two, stranger) = (world.device("a").await, world.device("a").await, world.device("b").await);
    let admin = world.hub.admin();
    let name = |device: &Device, name: &'static str| admin.rename_device(device.identity.device_id, name);
    name(&two, "Registrar 2").await.expect("renamed");
    name(&stranger, "Of the other school").await.expect("renamed");
    let first = told(&world, &one, "").await.expect("a list");
    assert_eq!(said(&first), ["Registrar 2 active", "Registrar PC active"]);
    let seen = first.list.iter().map(|device| device.seen.as_deref().expect("it has a token").len());
    assert_eq!(seen.collect::<Vec<_>>(), [10, 10], "a day");
    assert_eq!(told(&world, &one, &first.revision).await, None, "it has that one");
    assert_eq!(told(&world, &one, &"x".repeat(900_000)).await.as_ref(), Some(&first), "none of the hub's");
    // What happens at the hub is in the next answer.
    name(&one, "  Registrar 1 ").await.expect("renamed");
    admin.revoke(two.identity.device_id).await.expect("revoked");
    // Whoever is gone keeps the name.
    let second = hears(&world, &one, &first.revision, &["Registrar 1 active", "Registrar 2 revoked"]).await;
    let third = world.device("a").await;
    let all = ["Registrar 1 active", "Registrar 2 revoked", "Registrar PC active"];
    hears(&world, &third, &second.revision, &all).await;
    hears(&world, &stranger, &first.revision, &["Of the other school active"]).await;
    let trace =
        "SELECT string_agg(details ->> 'name', ', ' ORDER BY seq) FROM audit_log WHERE action = 'device.renamed'";
    assert_eq!(world.scalar::<String>(trace).await, "Registrar 2, Of the other school, Registrar 1");
    for bad in ["", "  ", &"x".repeat(101), "a\u{0}b"] {
        assert!(admin.rename_device(one.identity.device_id, bad).await.is_err(), "{bad:?}");
    }
}

#[tokio::test]
async fn a_list_that_did_not_change_costs_the_database_nothing() {
    let world = World::new().await;
    world.school("a").await;
    let (one, two) = (world.device("a").await, world.device("a").await);
    let sent = world.sync(&one, &one.push(0, vec![learner(1, "Cruz")])).await.expect("an answer");
    let rev = sent.end().rev;
    let has = told(&world, &one, "").await.expect("a list").revision;
    // Once the hints of the enrolments have come.
    until("memory alone answers who has nothing to say", async || {
        let before = world.transactions().await;
        for device in [&one, &two, &one, &two] {
            let answer = world.sync(device, &asking(device, rev, &has)).await.expect("an answer");
            assert_eq!((answer.end().devices.as_ref(), answer.frames.len()), (None, 0));
        }
        world.transactions().await == before
    })
    .await;
    // A push pays for its own transaction, whether it asks or not.
    let push = |op_no, has: Option<&str>| SyncRequest {
        devices: has.map(str::to_owned),
        ..one.push(rev + op_no - 2, vec![learner(op_no, "Reyes")])
    };
    let mut costs = Vec::new();
    for (op_no, has) in [(2, None), (3, Some(has.as_str()))] {
        let before = world.transactions().await;
        world.sync(&one, &push(op_no, has)).await.expect("an answer");
        costs.push(world.transactions().await - before);
    }
    assert_eq!(costs[0].to_bits(), costs[1].to_bits(), "{costs:?}");
}

/// The request as the first offices say it, byte by byte but for whose it is.
#[tokio::test]
async fn an_office_that_does_not_ask_is_answered_as_ever() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let mut request: Json =
        serde_json::from_str(include_str!("../../../model/tests/protocol_1/idle.json")).expect("of before");
    let own = device.request(0);
    for (member, value) in
        [("schema", json!(own.schema)), ("replica", json!(own.replica)), ("cursors", json!(0)), ("acked", json!(0))]
    {
        request[member] = value;
    }
    let answer = world.raw_sync(&device, request.to_string()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let bytes = answer.bytes().await.expect("a whole answer");
    let end: Json = serde_json::from_slice(&bytes[5..]).expect("one frame, the end");
    let golden: Json =
        serde_json::from_str(include_str!("../../../model/tests/protocol_1/end.json")).expect("of before");
    let members = |of: &Json| of.as_object().expect("members").keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&end), members(&golden), "nothing that it does not know");
    serde_json::from_value::<End>(end).expect("an end");
}
