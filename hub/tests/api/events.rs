//! Events reach subscribers at least once, in order, and only if what they tell of has happened.

use crate::caller::Api;
use crate::world::database;
use pems_hub::events::{Delivery, DomainEvent, Subscriber};
use pems_hub::{Config, start};
use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;
use uuid::Uuid;

/// Passes on what it is told; fails, or never comes to an end, for schools in a list.
#[derive(Debug)]
struct Ear {
    heard: mpsc::UnboundedSender<Delivery>,
    failing: Mutex<HashSet<Uuid>>,
    hanging: Mutex<HashSet<Uuid>>,
}

impl Ear {
    fn new() -> (Arc<Ear>, mpsc::UnboundedReceiver<Delivery>) {
        let (heard, receiver) = mpsc::unbounded_channel();
        (Arc::new(Ear { heard, failing: Mutex::default(), hanging: Mutex::default() }), receiver)
    }
}

impl Subscriber for Ear {
    fn name(&self) -> &'static str {
        "ear"
    }

    fn deliver<'a>(&'a self, delivery: &'a Delivery) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>> {
        self.heard.send(delivery.clone()).expect("somebody listens");
        let is_in = |list: &Mutex<HashSet<Uuid>>| list.lock().expect("a list").contains(&delivery.tenant);
        let (failing, hanging) = (is_in(&self.failing), is_in(&self.hanging));
        Box::pin(async move {
            if hanging {
                std::future::pending::<()>().await;
            }
            if failing { Err("not today".to_owned()) } else { Ok(()) }
        })
    }
}

async fn next(heard: &mut mpsc::UnboundedReceiver<Delivery>) -> Delivery {
    let waited = tokio::time::timeout(std::time::Duration::from_secs(30), heard.recv());
    waited.await.expect("an event within half a minute").expect("an ear")
}

#[tokio::test]
async fn what_happens_to_a_school_is_told_in_order() {
    let (ear, mut heard) = Ear::new();
    let api = Api::with(|config| config.subscribers.push(ear)).await;
    let school = api.world.school("mabini").await;
    let created = next(&mut heard).await;
    assert_eq!(created.event, DomainEvent::TenantCreated { name: "School mabini".into(), slug: "mabini".into() });
    assert_eq!((created.tenant, created.seq, created.id.get_version_num()), (school.id, 1, 7));
    let admin = api.world.hub.admin();
    for _ in 0..3 {
        admin.suspend("mabini").await.expect("suspended");
        admin.resume("mabini").await.expect("resumed");
    }
    for turn in 0..6 {
        let event = next(&mut heard).await;
        assert_eq!(event.seq, turn + 2);
        let wanted = if turn % 2 == 0 { DomainEvent::TenantSuspended {} } else { DomainEvent::TenantResumed {} };
        assert_eq!(event.event, wanted);
    }
    let device = api.world.device("mabini").await.identity.device_id;
    admin.revoke(device).await.expect("revoked");
    admin.revoke(device).await.expect("still revoked");
    assert_eq!(next(&mut heard).await.event, DomainEvent::DeviceRevoked { device });
    admin.suspend("mabini").await.expect("suspended");
    assert_eq!(next(&mut heard).await.event, DomainEvent::TenantSuspended {}, "revoked twice is told once");
}

#[tokio::test]
async fn what_is_rolled_back_is_not_told() {
    let (ear, mut heard) = Ear::new();
    let api = Api::with(|config| config.subscribers.push(ear)).await;
    let (a, operator) = (api.world.school("a").await, api.operator().await);
    next(&mut heard).await;
    let taken = serde_json::json!({ "name": "n", "slug": "a", "school_id": "654321" });
    assert_eq!(api.post("/tenants", &operator, &taken).await.refused(), (409, "conflict"));
    let stale = serde_json::json!({ "name": "other" });
    let path = format!("/tenants/{}", a.id);
    let late = api.ask(reqwest::Method::PATCH, &path, &operator, &[("if-match", "\"1\"")], Some(&stale)).await;
    assert_eq!(late.refused(), (412, "stale"));
    api.world
        .sql(&format!(
            "BEGIN; SELECT sec.append_event('{}', gen_random_uuid(), 'TENANT_SUSPENDED', '{{}}'); ROLLBACK",
            a.id
        ))
        .await
        .expect("rolled back");
    api.patch(&path, &operator, &serde_json::json!({ "name": "new" })).await.data();
    let told = next(&mut heard).await;
    assert_eq!((told.seq, told.event), (2, DomainEvent::TenantUpdated { changed: vec!["name".into()] }));
}

#[tokio::test]
async fn one_schools_trouble_is_not_anothers() {
    let (ear, mut heard) = Ear::new();
    let for_hub = ear.clone();
    let api = Api::with(|config| config.subscribers.push(for_hub)).await;
    let bad = api.world.school("bad").await.id;
    next(&mut heard).await;
    ear.failing.lock().expect("a list").insert(bad);
    let admin = api.world.hub.admin();
    admin.suspend("bad").await.expect("suspended");
    admin.resume("bad").await.expect("resumed");
    assert_eq!(next(&mut heard).await.event, DomainEvent::TenantSuspended {});
    let good = api.world.school("good").await.id;
    loop {
        let event = next(&mut heard).await;
        if event.tenant == good {
            break;
        }
        assert_eq!((event.tenant, event.seq), (bad, 2), "the one that fails comes again, and none overtakes it");
    }
    // The last attempt that it has.
    api.world
        .sql("UPDATE event SET attempts = 11, due_at = now() WHERE delivered_at IS NULL")
        .await
        .expect("time passes");
    api.world.sql("NOTIFY hub_events").await.expect("told");
    let after = loop {
        let event = next(&mut heard).await;
        if event.seq == 3 {
            break event;
        }
    };
    assert_eq!(
        (after.tenant, after.event),
        (bad, DomainEvent::TenantResumed {}),
        "what is set aside lets the next one by"
    );
    let parked: i64 = api.world.scalar("SELECT count(*) FROM event WHERE parked_at IS NOT NULL AND seq = 2").await;
    assert_eq!(parked, 1);
}

#[tokio::test]
async fn a_hub_that_dies_between_telling_and_noting_tells_again() {
    let data_dir = tempfile::tempdir().expect("a directory");
    let url = database().await;
    let (ear, mut heard) = Ear::new();
    let config = |ear: &Arc<Ear>| {
        let mut config = Config::new(data_dir.path());
        config.database_url = Some(url.clone());
        config.subscribers.push(ear.clone());
        config
    };
    let hub = start(config(&ear)).await.expect("a hub");
    hub.admin().add_school("Mabini", "mabini", "123456", "Asia/Manila").await.expect("a school");
    let school = next(&mut heard).await.tenant;
    ear.hanging.lock().expect("a list").insert(school);
    hub.admin().suspend("mabini").await.expect("suspended");
    let told = next(&mut heard).await;
    hub.stop().await;
    let (second_ear, mut heard_again) = Ear::new();
    let hub = start(config(&second_ear)).await.expect("a hub");
    // The lease of the dead hub runs out.
    let mut owner = <sqlx::PgConnection as sqlx::Connection>::connect(hub.database_url()).await.expect("a connection");
    let expire = "UPDATE event SET due_at = now() WHERE delivered_at IS NULL; NOTIFY hub_events";
    sqlx::raw_sql(expire).execute(&mut owner).await.expect("time passes");
    let again = next(&mut heard_again).await;
    assert_eq!((again.id, again.seq, again.event), (told.id, told.seq, told.event));
    hub.stop().await;
}
