//! Exchanges with nothing to say: how many a second, and whether PostgreSQL noticed.

use super::parties::Hub;
use super::report::Report;
use super::school::{School, schema};
use anyhow::{Result, bail};
use pems_model::frame::Frame;
use pems_model::wire::{Cursors, PROTOCOL, Replica, SyncRequest};
use pems_node::sync::HubClient;
use sqlx::{Connection, PgConnection};
use std::path::Path;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 16;
const EACH: usize = 500;

pub async fn measure(hub: &Hub, school: &School, dir: &Path, report: &mut Report) -> Result<()> {
    let office = hub.office(&school.slug, &dir.join("idle")).await?;
    let store = office.store()?;
    let (id, now) = (store.replica(), store.now());
    let client = HubClient::new(&hub.url)?;
    let token = client
        .token(id, &office.signing_key(), now / 1_000_000, uuid::Uuid::from_u128(now.unsigned_abs().into()))
        .await?
        .access_token;
    let rev = hub.admin.school(&school.slug).await?.rev;
    let mut request = SyncRequest {
        protocol: PROTOCOL,
        schema: schema().fingerprint().into(),
        shapes: None,
        replica: Replica { id, incarnation: 1 },
        epoch: None,
        cursors: Cursors::Level(rev),
        acked: 0,
        changes: Vec::new(),
        people: Vec::new(),
        proofs: std::collections::BTreeMap::new(),
        more: false,
        wait_ms: 0,
        sent_at: now,
        devices: Some(String::new()),
    };
    let sync = format!("{}/v1/sync", hub.url);
    // The first one may look things up.
    let first = serde_json::to_vec(&request)?;
    let first = reqwest::Client::new().post(&sync).bearer_auth(&token).body(first).send().await?.bytes().await?;
    let Some(Frame::End(end)) = Frame::take(&mut first.to_vec())? else {
        bail!("an idle exchange answers with its end: {first:?}");
    };
    // From then on the office has the list of devices and says so.
    request.devices = end.devices.map(|devices| devices.revision);
    let body = serde_json::to_vec(&request)?;
    let before = transactions(hub).await?;
    let ours = storm(|http| http.post(&sync).bearer_auth(&token).body(body.clone())).await?;
    let after = transactions(hub).await?;
    let health = format!("{}/healthz", hub.url);
    let least = storm(|http| http.get(&health)).await?;
    report.ratio("8,000 exchanges with nothing to say, against GET /healthz", ours, least);
    let a_second = (CONNECTIONS * EACH) as f64 / ours.as_secs_f64();
    report.line("  a second (client on the same two cores)", &format!("{a_second:.0}"), "");
    report.line(
        "  transactions in PostgreSQL meanwhile",
        &format!("{}", after - before),
        "(a few are the measuring itself and its background)",
    );
    Ok(())
}

async fn transactions(hub: &Hub) -> Result<i64> {
    let mut conn = PgConnection::connect(hub.admin.database_url()).await?;
    sqlx::raw_sql("SELECT pg_stat_clear_snapshot()").execute(&mut conn).await?;
    Ok(sqlx::query_scalar("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
        .fetch_one(&mut conn)
        .await?)
}

async fn storm(request: impl Fn(&reqwest::Client) -> reqwest::RequestBuilder) -> Result<Duration> {
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let http = reqwest::Client::new();
        let prepared = request(&http).build()?;
        tasks.spawn(async move {
            for _ in 0..EACH {
                let again = prepared.try_clone().ok_or_else(|| anyhow::anyhow!("not a plain request"))?;
                http.execute(again).await?.error_for_status()?.bytes().await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(started.elapsed())
}
