//! A hub with three schools: A, from whose requests the attacks come, B, whose records they are after, and C, which is suspended.
//! Every table that has a school gets rows of all three, from the catalog alone, so that a new table is planted by itself.
//!
//! B's row 0 is known to the attacker (its ids and values appear in attacks). Everything of B's other rows carries one of
//! [`MARKS`], and no statement ever contains one: whatever answer does is a leak.

use crate::caller::FORMS;
pub(crate) use crate::values::Whose;
use crate::values::{self, Column};
use pems_hub::db::{Keys, sys};
use pems_hub::{Config, ContextForm, PrivatePg, Running, start};
use pems_model::Schema;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// Rows of each table for each school: enough for B's to be more than A's, and for statistics.
pub(crate) const ROWS: i64 = 12;
/// What B's secrets are made of: texts, ids (and bytes), days and numbers.
pub(crate) const MARKS: [&str; 4] = ["Zx9Q", "5ec2e7b0", "1801-06-1", "9182736450"];

static SERVER: OnceCell<PrivatePg> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

pub(crate) struct World {
    pub(crate) hub: Running,
    pub(crate) keys: Keys,
    pub(crate) a: Uuid,
    pub(crate) b: Uuid,
    pub(crate) suspended: Uuid,
    /// The device on whose behalf A's requests come; it is A's.
    pub(crate) actor: Uuid,
    /// Tables with a school and their columns.
    pub(crate) tables: BTreeMap<String, Vec<Column>>,
    _data_dir: TempDir,
}

impl World {
    /// One world for each form of the context.
    pub(crate) async fn each() -> Vec<World> {
        let mut worlds = Vec::new();
        for form in FORMS {
            worlds.push(World::new(form).await);
        }
        worlds
    }

    pub(crate) async fn new(form: ContextForm) -> World {
        let server =
            SERVER.get_or_init(|| async { PrivatePg::throw_away().await.expect("a private PostgreSQL") }).await;
        let name = format!("wall_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let data_dir = tempfile::tempdir().expect("a directory");
        let mut config = Config::new(data_dir.path());
        config.database_url = Some(server.database(&name).await.expect("a database"));
        config.context = Some(form);
        // What the linter would stop is attacked as well: these tests look at what the wall lets through.
        config.allow_findings = true;
        let hub = start(config).await.expect("a hub");
        let keys = Keys::load(data_dir.path()).expect("the hub's keys");
        let mut ids = Vec::new();
        for (name, slug, id) in
            [("Anna", "anna-school", "100001"), ("Zx9Q of B", "kx9q-b", "990772"), ("C", "c", "100003")]
        {
            ids.push(hub.admin().add_school(name, slug, id, "Asia/Manila").await.expect("a school").id);
        }
        let (a, b, suspended) = (ids[0], ids[1], ids[2]);
        let mut world = World {
            hub,
            keys,
            a,
            b,
            suspended,
            actor: sys::new_id().expect("an id"),
            tables: BTreeMap::new(),
            _data_dir: data_dir,
        };
        // Before the chains and outboxes of the school are full of what nobody wrote.
        world.hub.admin().suspend("c").await.expect("suspended");
        world.plant().await;
        world
    }

    pub(crate) fn url(&self) -> &str {
        self.hub.database_url()
    }

    async fn plant(&mut self) {
        let mut owner = PgConnection::connect(self.url()).await.expect("a connection");
        self.tables = values::tables(&mut owner).await;
        for entity in Schema::product().entities() {
            assert!(self.tables.contains_key(entity.name), "{} has no table with a school", entity.name);
        }
        // Parents need not come first, and revisions need not be taken: only the wall is looked at here.
        let mut tx = owner.begin().await.expect("a transaction");
        run(&mut tx, "SET LOCAL session_replication_role = replica").await;
        for (table, columns) in &self.tables {
            for (whose, tenant) in [(Whose::A, self.a), (Whose::B, self.b), (Whose::C, self.suspended)] {
                for n in 0..ROWS {
                    let insert = values::insert(table, columns, whose, tenant, n);
                    let planted = sqlx::raw_sql(AssertSqlSafe(insert.clone())).execute(&mut *tx).await;
                    if let Err(error) = planted {
                        panic!("hub/tests/wall/values.rs must learn how a row of {table} looks: {error}\n{insert}");
                    }
                }
            }
        }
        tx.commit().await.expect("planted");
        run(&mut owner, "ANALYZE").await;
    }

    /// The values of one planted row, as SQL would print them.
    pub(crate) async fn planted(&self, table: &str, column: &str, whose: Whose, n: i64) -> String {
        let columns = &self.tables[table];
        let column = columns.iter().find(|known| known.name == column).expect("a column");
        let tenant = self.id(whose);
        let sql = format!("SELECT ({})::text", values::value(table, column, whose, tenant, n));
        let mut owner = PgConnection::connect(self.url()).await.expect("a connection");
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut owner).await.expect("a value");
        row.try_get(0).expect("a text")
    }

    pub(crate) fn id(&self, whose: Whose) -> Uuid {
        match whose {
            Whose::A => self.a,
            Whose::B => self.b,
            Whose::C => self.suspended,
        }
    }
}

async fn run(conn: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await.expect(sql);
}
