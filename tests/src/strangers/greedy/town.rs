//! A hub in a process of its own (so that its memory can be told), with a greedy school that has much and a quiet one that has
//! little. Devices and people are put into the database: how they come there is tested elsewhere.

use crate::programs::HubProcess;
use anyhow::Context;
use pems_hub::db::{AccessTokens, Grant, Keys};
use pems_hub::{Admin, Config};
use pems_model::wire::{Cursors, PROTOCOL, Replica, SyncRequest};
use pems_model::{Role, Schema, proof};
use pems_node::{Env, SystemEnv};
use reqwest::{Client, RequestBuilder};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// PCs of each school, the most that a school of a thousand has.
pub(super) const PCS: usize = 6;
/// Learners of the greedy school: more than lies on the way to somebody who does not read.
const LEARNERS: usize = 60_000;

pub(super) struct School {
    pub(super) id: Uuid,
    pub(super) slug: &'static str,
    pub(super) devices: Vec<Uuid>,
    /// The access token of its administrator, and whom it names.
    pub(super) user: String,
    pub(super) account: Uuid,
}

pub(super) struct Town {
    hub: HubProcess,
    admin: Admin,
    _dir: TempDir,
    pub(super) http: Client,
    pub(super) greedy: School,
    pub(super) quiet: School,
    tokens: HashMap<Uuid, String>,
}

impl School {
    /// A request with nothing to say, from one of its PCs, which is level.
    pub(super) fn request(&self, pc: usize) -> SyncRequest {
        SyncRequest {
            protocol: PROTOCOL,
            schema: Schema::product().fingerprint().into(),
            shapes: None,
            replica: Replica { id: self.devices[pc % PCS], incarnation: 0 },
            epoch: None,
            cursors: Cursors::Level(0),
            acked: 0,
            changes: Vec::new(),
            more: false,
            wait_ms: 0,
            sent_at: SystemEnv.now(),
            people: Vec::new(),
            proofs: BTreeMap::new(),
            devices: None,
        }
    }
}

impl Town {
    pub(super) async fn open() -> anyhow::Result<Town> {
        let dir = tempfile::tempdir()?;
        let data = dir.path().join("hub");
        let hub = HubProcess::start(&data, SocketAddr::from(([127, 0, 0, 1], 0)));
        let admin = Admin::open(&Config::new(&data)).await?;
        let tokens = AccessTokens::new(&Keys::load(&data)?, Duration::from_secs(24 * 3_600));
        let mut given = HashMap::new();
        let greedy = settle(&admin, &tokens, "greedy", "100001", &mut given).await?;
        let quiet = settle(&admin, &tokens, "quiet", "100002", &mut given).await?;
        let fill = format!(
            "BEGIN;
             CREATE TEMP TABLE taken AS SELECT sync.take('{0}', {LEARNERS}) - {LEARNERS} AS base;
             INSERT INTO student (tenant_id, id, rev, last_name, first_name, remarks)
             SELECT '{0}', gen_random_uuid(), t.base + n, 'Cruz', 'Ana',
                 (SELECT string_agg(md5(n::text || i::text), '') FROM generate_series(1, 12) i)
             FROM taken t, generate_series(1, {LEARNERS}) n;
             UPDATE tenant_clock SET entity_rev = NULL, digest = NULL WHERE tenant_id = '{0}';
             COMMIT;",
            greedy.id
        );
        sql(&admin, fill).await?;
        let http = Client::builder().pool_max_idle_per_host(64).build()?;
        Ok(Town { hub, admin, _dir: dir, http, greedy, quiet, tokens: given })
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.hub.url())
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.hub.address
    }

    pub(super) fn token(&self, device: &Uuid) -> String {
        self.tokens.get(device).cloned().unwrap_or_default()
    }

    pub(super) fn sync(&self, device: &Uuid, request: &SyncRequest) -> RequestBuilder {
        let body = serde_json::to_vec(request).unwrap_or_default();
        self.http.post(self.url("/v1/sync")).bearer_auth(self.token(device)).body(body)
    }

    /// The hub's resident memory, in KiB.
    pub(super) fn memory(&self) -> u64 {
        self.hub.memory()
    }

    pub(super) async fn close(self) -> anyhow::Result<()> {
        self.admin.close().await;
        drop(self.hub);
        Ok(())
    }
}

async fn settle(
    admin: &Admin,
    tokens: &AccessTokens,
    slug: &'static str,
    school_id: &str,
    given: &mut HashMap<Uuid, String>,
) -> anyhow::Result<School> {
    let id = admin.add_school(&format!("School {slug}"), slug, school_id, "Asia/Manila").await?.id;
    let (now, account, session) = (SystemEnv.now(), SystemEnv.new_id(), SystemEnv.new_id());
    // As ours are; nobody signs in with it.
    let verifier = proof::verifier((19 * 1024, 2, 1), b"strangers all...", &[7; 32]);
    let mut text = format!(
        "INSERT INTO account (tenant_id, id, email, name, role, password_hash)
             VALUES ('{id}', '{account}', 'head@{slug}.ph', 'Head', 'school_admin', '{verifier}');
         INSERT INTO session (tenant_id, id, account_id, expires_at) VALUES ('{id}', '{session}', '{account}', now() + interval '1 day');"
    );
    let mut devices = Vec::new();
    for n in 0..PCS {
        let device = SystemEnv.new_id();
        text.push_str(&format!(
            "INSERT INTO device (tenant_id, id, name, public_key, role)
                 VALUES ('{id}', '{device}', 'PC {n}', sha256('{device}'), 'registrar');"
        ));
        let grant = Grant::Device { tenant: id, device, role: Role::Registrar };
        given.insert(device, tokens.issue(grant, now).context("a token")?.token);
        devices.push(device);
    }
    sql(admin, text).await?;
    let grant = Grant::User { tenant: id, user: account, role: Role::SchoolAdmin, session };
    Ok(School { id, slug, devices, user: tokens.issue(grant, now).context("a token")?.token, account })
}

async fn sql(admin: &Admin, text: String) -> anyhow::Result<()> {
    let mut owner = PgConnection::connect(admin.database_url()).await?;
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut owner).await?;
    Ok(owner.close().await?)
}
