//! The isolation linter against a real PostgreSQL: silent on the product's database, and it finds every mistake planted in it.

mod builtins;
mod mutants;
mod mutants_of_rights;
mod mutants_of_statistics;
mod planted;
mod starting;

use pems_hub::{Admin, Config, PrivatePg};
use sqlx::{Connection, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::sync::OnceCell;

static SERVER: OnceCell<PrivatePg> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A migrated database of its own, and where its hub's keys are.
struct Migrated {
    config: Config,
    _data_dir: TempDir,
}

impl Migrated {
    async fn new() -> Migrated {
        let empty = Migrated::empty().await;
        Admin::open(&empty.config).await.expect("a migrated database").close().await;
        empty
    }

    /// Before any migration.
    async fn empty() -> Migrated {
        let server =
            SERVER.get_or_init(|| async { PrivatePg::throw_away().await.expect("a private PostgreSQL") }).await;
        let name = format!("lint_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let data_dir = tempfile::tempdir().expect("a directory");
        let mut config = Config::new(data_dir.path());
        config.database_url = Some(server.database(&name).await.expect("a database"));
        Migrated { config, _data_dir: data_dir }
    }

    fn url(&self) -> &str {
        self.config.database_url.as_deref().expect("a url")
    }

    /// A connection as the database's superuser.
    async fn owner(&self) -> PgConnection {
        PgConnection::connect(self.url()).await.expect("a connection")
    }
}
