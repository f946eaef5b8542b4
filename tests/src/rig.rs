//! A hub and its offices on this machine, as they ship: real PostgreSQL, real HTTP on a free port, real encrypted files.
//!
//! One PostgreSQL cluster serves the whole test process and ends with it; each hub has a database, a key and an epoch of its
//! own, so tests run side by side. What cannot be built panics: there is nothing to test without it.

use pems_hub::server::admin::{School, SchoolDetails};
use pems_hub::{Config, PrivatePg, Running};
use pems_model::engine::Mode;
use pems_model::wire::Outcome;
use pems_model::{Role, Row, Schema};
use pems_node::domain::made_up::MadeUp;
use pems_node::keys::KeySource;
use pems_node::store::{ListQuery, Save, Saved};
use pems_node::sync::{Driver, HubClient, Summary};
use pems_node::{Env, Office, Result, Store};
use serde_json::{Map, Value as Json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// Enrolments a minute from this machine: tests come from one address and are many.
const ENROL_PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(9_999);
/// Minutes that a code lives: longer than any test.
const CODE_MINUTES: u32 = 60;

static CLUSTER: OnceCell<PrivatePg> = OnceCell::const_new();
static HUBS: AtomicU32 = AtomicU32::new(1);

/// The URL of a new, empty database, as its superuser.
pub async fn fresh_database() -> String {
    let start = || async { PrivatePg::throw_away().await.expect("a private PostgreSQL for the tests") };
    let cluster = CLUSTER.get_or_init(start).await;
    let name = format!("hub_{}", HUBS.fetch_add(1, Ordering::Relaxed));
    cluster.database(&name).await.expect("a fresh database")
}

/// A running hub.
#[derive(Debug)]
pub struct Rig {
    hub: Option<Running>,
    config: Config,
    schools: AtomicU32,
    dir: TempDir,
}

impl Rig {
    /// Starts a hub for `schema`; `extra_sql` makes the tables of entities that the product's migrations do not know.
    pub async fn start(schema: &'static Schema, extra_sql: Option<String>) -> Rig {
        Rig::start_with(|config| {
            config.schema = schema;
            config.extra_sql = extra_sql;
        })
        .await
    }

    /// Starts a hub for the entities that ship.
    pub async fn product() -> Rig {
        Rig::start(Schema::product(), None).await
    }

    /// Starts a hub with other settings than usual (token life, limits, address).
    pub async fn start_with(settings: impl FnOnce(&mut Config)) -> Rig {
        let dir = tempfile::tempdir().expect("a folder for the test");
        let mut config = Config::new(dir.path().join("hub"));
        config.database_url = Some(fresh_database().await);
        config.enrol_per_minute = ENROL_PER_MINUTE;
        settings(&mut config);
        let hub = pems_hub::start(config.clone()).await.expect("the hub starts");
        Rig { hub: Some(hub), config, schools: AtomicU32::new(0), dir }
    }

    /// The running hub.
    ///
    /// # Panics
    /// While it is stopped.
    pub fn hub(&self) -> &Running {
        self.hub.as_ref().expect("the hub runs")
    }

    pub fn url(&self) -> String {
        self.hub().url()
    }

    /// Stops the hub; offices find nobody until [`Rig::restart`].
    pub async fn stop(&mut self) {
        if let Some(hub) = self.hub.take() {
            self.config.listen = hub.address();
            hub.stop().await;
        }
    }

    /// Starts the hub again, with the same data and at the same address.
    pub async fn restart(&mut self) -> SocketAddr {
        self.stop().await;
        let hub = self.hub.insert(pems_hub::start(self.config.clone()).await.expect("the hub starts again"));
        hub.address()
    }

    /// Adds a school.
    pub async fn school(&self, slug: &str) -> School {
        let number = (100_001 + self.schools.fetch_add(1, Ordering::Relaxed)).to_string();
        let name = format!("School {slug}");
        let added = self.hub().admin().add_school(&name, slug, &number, "Asia/Manila").await;
        added.expect("the school is added")
    }

    /// What the hub has of a school.
    pub async fn at_hub(&self, slug: &str) -> SchoolDetails {
        self.hub().admin().school(slug).await.expect("the hub knows the school")
    }

    /// Enrols a new office that may write everything.
    pub async fn office(&self, slug: &str) -> TestOffice {
        self.office_as(slug, Role::SchoolAdmin).await
    }

    /// Enrols a new office with a role.
    pub async fn office_as(&self, slug: &str, role: Role) -> TestOffice {
        let code = self.hub().admin().device_code(slug, CODE_MINUTES, role).await.expect("a code");
        let dir = tempfile::tempdir_in(self.dir.path()).expect("a folder for an office").keep();
        let key_file = dir.join("key");
        let keys = KeySource::File(key_file.clone());
        let data = dir.join("office");
        let enrolled = Office::enrol(&data, keys, &self.url(), &code, "Test office", self.config.schema).await;
        TestOffice { dir: data, key_file, office: enrolled.expect("the office is enrolled"), slug: slug.to_owned() }
    }

    /// Runs SQL as an administrator does in psql.
    ///
    /// # Errors
    /// What PostgreSQL said.
    pub async fn sql(&self, sql: &str) -> std::result::Result<(), sqlx::Error> {
        let mut conn = PgConnection::connect(self.hub().database_url()).await?;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await?;
        conn.close().await
    }

    /// The one value of a query, asked as an administrator.
    ///
    /// # Panics
    /// If it has none.
    pub async fn value<T>(&self, sql: &str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + 'static,
    {
        let mut conn = PgConnection::connect(self.hub().database_url()).await.expect("a connection");
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut conn).await.expect("one value")
    }

    /// That an office is level with the hub: the same revision, the same rows, nothing left to send.
    ///
    /// # Panics
    /// If it is not.
    pub async fn assert_level(&self, office: &TestOffice) {
        let (hub, status) = (self.at_hub(&office.slug).await, office.store().status().expect("a status"));
        assert_eq!((status.rev, status.pending), (hub.rev, 0), "revision and unsent changes");
        assert_eq!(status.digest, hub.digest, "the office and the hub hold different rows");
        assert!(!status.diverged, "the office says that it differs from the hub");
    }
}

/// An enrolled office with its folder. The folder goes when the [`Rig`] goes.
#[derive(Debug)]
pub struct TestOffice {
    /// What `pems-node --data` and `--key-file` want.
    pub dir: PathBuf,
    pub key_file: PathBuf,
    pub office: Office,
    slug: String,
}

impl TestOffice {
    /// A store connection of its own.
    ///
    /// # Panics
    /// If the records cannot be opened.
    pub fn store(&self) -> Store {
        self.office.store().expect("the office's records")
    }

    /// Sends and fetches until nothing is left.
    ///
    /// # Errors
    /// What the hub said, or that it cannot be reached.
    pub async fn try_sync(&self) -> Result<Summary> {
        let hub = self.store().status()?.hub;
        self.driver(self.store(), &hub).run(Mode::Once).await
    }

    /// The hands of the sync machine, for a hub that is reached by another way (a proxy) or a store with another clock.
    ///
    /// # Panics
    /// If `hub` is not an address.
    pub fn driver(&self, store: Store, hub: &str) -> Driver {
        let client = HubClient::new(hub).expect("an address of a hub");
        Driver::new(store, client, self.office.signing_key(), Arc::default())
    }

    /// A store connection with another clock or other ids than this machine's.
    ///
    /// # Panics
    /// If the records cannot be opened.
    pub fn store_in(&self, env: Box<dyn Env>) -> Store {
        let text = std::fs::read_to_string(&self.key_file).expect("the key file");
        let mut key = [0; 32];
        for (i, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).expect("a key");
        }
        Store::open(&self.dir.join("records.db"), &key, self.store().schema(), env).expect("the office's records")
    }

    /// This device's id at the hub.
    pub fn id(&self) -> Uuid {
        self.store().replica()
    }

    /// As [`TestOffice::try_sync`], where failing is not part of the test.
    ///
    /// # Panics
    /// If it fails.
    pub async fn sync(&self) -> Summary {
        self.try_sync().await.expect("the office syncs")
    }

    /// Saves one record; with `id` among the fields it edits.
    ///
    /// # Errors
    /// What the store refused.
    pub fn try_save(&self, entity: &str, fields: &Json) -> Result<Saved> {
        self.store().put(&record(entity, fields))
    }

    /// As [`TestOffice::try_save`]; gives the id.
    ///
    /// # Panics
    /// If it is refused.
    pub fn save(&self, entity: &str, fields: &Json) -> Uuid {
        self.try_save(entity, fields).expect("the record is saved").row.id
    }

    /// One record as JSON, if it is there (tombstones have `deleted`).
    ///
    /// # Panics
    /// For an entity that there is not.
    pub fn get(&self, entity: &str, id: Uuid) -> Option<Json> {
        let row = self.store().get(entity, id).expect("readable");
        row.map(|row| self.json(entity, &row))
    }

    /// All live records of a kind, as JSON.
    ///
    /// # Panics
    /// For an entity that there is not.
    pub fn list(&self, entity: &str) -> Vec<Json> {
        let query = ListQuery { limit: Some(1_000_000), ..ListQuery::default() };
        self.store().list(entity, &query).expect("readable").iter().map(|row| self.json(entity, row)).collect()
    }

    /// What became of each change of this office, in the order in which they were made; `None` where it is not answered.
    ///
    /// # Panics
    /// If the journal has an outcome that no hub gives.
    pub fn outcomes(&self) -> Vec<Option<Outcome>> {
        let outcome = |json: Json| serde_json::from_value(json).expect("an outcome");
        self.store().journal(0).expect("readable").into_iter().map(|entry| entry.outcome.map(outcome)).collect()
    }

    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Changes the records file beside the program, as a defect would.
    ///
    /// # Panics
    /// If the file cannot be opened with its key, or refuses.
    pub fn damage(&self, sql: &str) {
        let key = std::fs::read_to_string(&self.key_file).expect("the key");
        let conn = rusqlite::Connection::open(self.dir.join("records.db")).expect("opened");
        conn.execute_batch(&format!("PRAGMA key = \"x'{}'\"; {sql}", &key[..64])).expect("damaged");
    }

    fn json(&self, entity: &str, row: &Row) -> Json {
        row.to_json(self.store().schema().entity(entity).expect("an entity"))
    }
}

/// A record to save, from JSON with or without `id`.
///
/// # Panics
/// If it is not an object, or its id not a UUID.
pub fn record(entity: &str, fields: &Json) -> Save {
    let mut fields: Map<String, Json> = fields.as_object().expect("an object").clone();
    let id = fields.remove("id").map(|id| serde_json::from_value(id).expect("an id"));
    Save { entity: entity.to_owned(), id, fields }
}
