//! Answers out of memory are never stale and never another school's.

use crate::caller::Api;
use crate::world::{Device, edit, learner, new_id};
use pems_model::Role;
use reqwest::Method;
use serde_json::{Value as Json, json};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use uuid::Uuid;

#[tokio::test]
async fn what_has_not_changed_costs_no_statement() {
    let api = Api::new().await;
    let a = api.world.school("a").await.id;
    let device = api.world.device("a").await;
    api.world.sync(&device, &device.push(0, vec![learner(1, "Cruz")])).await.expect("an answer");
    let token = api.user(a, Role::Teacher).await;
    // The user is a record too, the second revision; what it made of the school's digest is found out at the next exchange.
    api.world.sync(&device, &device.request(0)).await.expect("an answer");
    let first = api.get("/students", &token).await;
    assert!(first.header("etag").starts_with("\"2-"), "{}", first.header("etag"));
    let etag = first.header("etag").to_owned();
    let again = api.ask(Method::GET, "/students", &token, &[("if-none-match", &etag)], None).await;
    assert_eq!((again.status.as_u16(), again.header("etag")), (304, etag.as_str()));
    let other = api.ask(Method::GET, "/students?sex=F", &token, &[("if-none-match", &etag)], None).await;
    assert_eq!(other.status, 200, "the tag of another question is of no use");
    // No transaction of the school can begin now; what is known is answered all the same.
    api.world.sql("ALTER FUNCTION sec.enter(text) RENAME TO shut").await.expect("shut");
    assert_eq!(api.get("/students", &token).await.body, first.body);
    assert_eq!(api.ask(Method::GET, "/students", &token, &[("if-none-match", &etag)], None).await.status, 304);
    assert_eq!(api.get("/students?sex=M", &token).await.status, 500, "what is not known is asked");
    api.world.sql("ALTER FUNCTION sec.shut(text) RENAME TO enter").await.expect("open");
    api.world.sync(&device, &device.push(1, vec![learner(2, "Reyes")])).await.expect("an answer");
    let moved = api.ask(Method::GET, "/students", &token, &[("if-none-match", &etag)], None).await;
    assert_eq!((moved.status.as_u16(), moved.data()["items"].as_array().map(Vec::len)), (200, Some(2)));
}

#[tokio::test]
async fn a_change_by_hand_is_seen() {
    let api = Api::new().await;
    let a = api.world.school("a").await.id;
    let device = api.world.device("a").await;
    api.world.sync(&device, &device.push(0, vec![learner(1, "Cruz")])).await.expect("an answer");
    let token = api.user(a, Role::Teacher).await;
    assert_eq!(api.get("/students", &token).await.data()["items"][0]["last_name"], "Cruz");
    api.world.sql("UPDATE student SET last_name = 'Santos'").await.expect("changed");
    let seen = api.until("the hint arrives", async || {
        let reply = api.get("/students", &token).await;
        (reply.data()["items"][0]["last_name"] == "Santos").then_some(reply)
    });
    assert!(seen.await.header("etag").starts_with("\"3-"));
    let log: Json = api.world.scalar("SELECT fields FROM change_log WHERE rev = 3").await;
    assert_eq!(log, json!({ "last_name": ["Cruz", "Santos"] }), "the computed key is no field");
}

/// Two schools, each counting up in one learner's remarks, while readers of both look on.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_see_each_confirmed_write_at_its_revision_while_writers_push() {
    const WRITES: i64 = 60;
    const READERS: usize = 4;
    let api = Api::with(|config| {
        let plenty = NonZeroU32::new(100_000_000).expect("not zero");
        (config.rates.api, config.rates.api_address, config.rates.api_tenant) = (plenty, plenty, plenty);
    })
    .await;
    let mut schools = Vec::new();
    for slug in ["a", "b"] {
        let tenant = api.world.school(slug).await.id;
        let device = api.world.device(slug).await;
        let row = new_id();
        // The user is the school's first revision.
        let token = api.user(tenant, Role::Viewer).await;
        let first = edit(1, row, 0, json!({ "last_name": slug, "first_name": "x", "remarks": "2" }));
        api.world.sync(&device, &device.push(0, vec![first])).await.expect("an answer");
        schools.push((slug, device, row, token, AtomicI64::new(2), AtomicBool::new(false)));
    }
    let api = &api;
    let work = schools.iter().map(|school| async move {
        let readers = (0..READERS).map(|reader| read(api, school, reader));
        tokio::join!(write(api, school, WRITES), futures_util::future::join_all(readers));
    });
    futures_util::future::join_all(work).await;
}

type School = (&'static str, Device, Uuid, String, AtomicI64, AtomicBool);

async fn write(api: &Api, (_, device, row, _, confirmed, done): &School, writes: i64) {
    for count in 3..=writes {
        let change = edit(count - 1, *row, count - 1, json!({ "remarks": count.to_string() }));
        let answer = api.world.sync(device, &device.push(count - 2, vec![change])).await.expect("an answer");
        assert_eq!(answer.end().rev, count);
        confirmed.store(count, Ordering::SeqCst);
    }
    done.store(true, Ordering::SeqCst);
}

async fn read(api: &Api, (slug, _, row, token, confirmed, done): &School, reader: usize) {
    let path = if reader.is_multiple_of(2) { "/students".to_owned() } else { format!("/students/{row}") };
    let mut etag = String::new();
    let mut reads = 0;
    while !done.load(Ordering::SeqCst) || reads == 0 {
        let before = confirmed.load(Ordering::SeqCst);
        let reply = api.ask(Method::GET, &path, token, &[("if-none-match", &etag)], None).await;
        reads += 1;
        assert!(reply.status.as_u16() == 304 || reply.status.is_success(), "{} {}", reply.status, reply.body);
        let rev: i64 =
            reply.header("etag")[1..].split('-').next().and_then(|rev| rev.parse().ok()).expect("a revision");
        assert!(rev >= before, "{slug}: an answer of revision {rev} after {before} was confirmed");
        if reply.status == 304 {
            continue;
        }
        let data = reply.data();
        let row = data["items"].get(0).unwrap_or(data);
        assert_eq!(
            (&row["last_name"], &row["remarks"]),
            (&json!(slug), &json!(rev.to_string())),
            "as of revision {rev}"
        );
        etag = reply.header("etag").to_owned();
    }
}
