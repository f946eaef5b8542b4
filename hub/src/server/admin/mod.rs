//! What the people who run the hub do. The command line, the demo and tests all come through here; the jobs themselves are
//! beside this file and in `archive`.
//!
//! Invariant: every job is one transaction through the operator's door, with its reason in the log.

use crate::audit::{self, AuditReport};
use crate::lint::Report;
use crate::refusal::Refusal;
use crate::server::config::Config;
use crate::server::database::{self, login};
use crate::server::start_error::StartError;
use pems_db::{Access, AuthDb, Keys, OperatorDb, Tx};
use pems_model::Schema;
use pems_pg::{DATABASE, PrivatePg};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::str::FromStr;
use uuid::Uuid;

mod devices;
mod people;
mod schools;

pub use crate::schools::School;
pub use devices::{CODE_MINUTES_MAX, Device};
pub use people::{NewOperator, OneTimePassword, OperatorLine};
pub use schools::{Place, SchoolDetails};

/// Connections of one process for operators' jobs, which come one at a time.
const OPERATOR_CONNECTIONS: usize = 4;
const AUTH_CONNECTIONS: u32 = 1;

#[derive(Debug)]
pub struct Admin {
    operator: OperatorDb,
    auth_db: AuthDb,
    keys: Keys,
    schema: &'static Schema,
    database_url: String,
    /// Ours to leave when we go; `None` where somebody else runs the database.
    private: Option<PrivatePg>,
}

/// A database that is ready, and what was found on the way.
pub(crate) struct Opened {
    pub(crate) admin: Admin,
    pub(crate) keys: Keys,
    pub(crate) epoch: Uuid,
}

impl Admin {
    /// Opens the hub's database for an operator's job; a private PostgreSQL that does not run is started for as long.
    ///
    /// # Errors
    /// As [`crate::start`].
    pub async fn open(config: &Config) -> Result<Admin, StartError> {
        Ok(Admin::open_with(config).await?.admin)
    }

    pub(crate) async fn open_with(config: &Config) -> Result<Opened, StartError> {
        let at = |source| StartError::Io { what: config.data_dir.display().to_string(), source };
        std::fs::create_dir_all(&config.data_dir).map_err(at)?;
        let keys = Keys::load(&config.data_dir).map_err(at)?;
        let private = private_pg(config).await?;
        match ready(config, private.as_ref(), &keys).await {
            Ok((database_url, epoch)) => {
                let auth_db = AuthDb::new(login(&database_url, "hub_auth", &keys)?, AUTH_CONNECTIONS);
                let operator =
                    OperatorDb::new(login(&database_url, "hub_operator", &keys)?, OPERATOR_CONNECTIONS, keys.clone())?;
                let admin =
                    Admin { operator, auth_db, keys: keys.clone(), schema: config.schema, database_url, private };
                Ok(Opened { admin, keys, epoch })
            }
            Err(error) => {
                leave(private).await;
                Err(error)
            }
        }
    }

    /// What the isolation linter says, without changing anything.
    ///
    /// # Errors
    /// If it cannot be reached.
    pub async fn verify(config: &Config) -> Result<Report, StartError> {
        let private = private_pg(config).await?;
        let found = match url(config, private.as_ref()).await {
            Ok(url) => database::verify(&url, config.schema).await.map_err(StartError::from),
            Err(error) => Err(error),
        };
        leave(private).await;
        found
    }

    /// Whether the audit log is what was written, without changing anything of it.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn verify_audit(config: &Config) -> Result<AuditReport, StartError> {
        let private = private_pg(config).await?;
        let found = match url(config, private.as_ref()).await {
            Ok(url) => look_at_audit(&url, config).await,
            Err(error) => Err(error),
        };
        leave(private).await;
        found
    }

    pub(crate) const fn keys(&self) -> &Keys {
        &self.keys
    }

    pub(crate) const fn operator(&self) -> &OperatorDb {
        &self.operator
    }

    pub(crate) const fn auth_db(&self) -> &AuthDb {
        &self.auth_db
    }

    pub(crate) const fn schema(&self) -> &'static Schema {
        self.schema
    }

    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Leaves the database, and stops a private one that nobody else uses.
    pub async fn close(self) {
        self.operator.close();
        self.auth_db.close().await;
        leave(self.private).await;
    }

    /// Does `work` over all schools, in one transaction: kept if it gives Ok, taken back if not.
    pub(crate) async fn in_tx<T>(
        &self,
        doing: &str,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let who = self.auth_db.begin_console(doing).await?;
        self.operator.in_tx(&who, Access::Write, doing, None, work).await
    }

    /// As [`Admin::in_tx`], with one snapshot for all statements and nothing to be written.
    pub(crate) async fn look<T>(
        &self,
        doing: &str,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let who = self.auth_db.begin_console(doing).await?;
        self.operator.in_tx(&who, Access::ReadOnly, doing, None, work).await
    }
}

async fn look_at_audit(url: &str, config: &Config) -> Result<AuditReport, StartError> {
    let mut owner = PgConnectOptions::from_str(url)?.connect().await?;
    let found = audit::verify(&mut owner, &config.data_dir).await?;
    owner.close().await?;
    Ok(found)
}

async fn ready(config: &Config, private: Option<&PrivatePg>, keys: &Keys) -> Result<(String, Uuid), StartError> {
    let url = url(config, private).await?;
    let epoch = database::prepare(config, &url, keys).await?;
    Ok((url, epoch))
}

async fn private_pg(config: &Config) -> Result<Option<PrivatePg>, StartError> {
    match config.database_url {
        Some(_) => Ok(None),
        None => Ok(Some(PrivatePg::start(&config.data_dir, config.fsync).await?)),
    }
}

async fn url(config: &Config, private: Option<&PrivatePg>) -> Result<String, StartError> {
    match (&config.database_url, private) {
        (None, Some(pg)) => Ok(pg.database(DATABASE).await?),
        (url, _) => Ok(url.clone().unwrap_or_default()),
    }
}

async fn leave(private: Option<PrivatePg>) {
    if let Some(pg) = private
        && let Err(error) = pg.stop().await
    {
        tracing::warn!(%error, "the private PostgreSQL was left running");
    }
}
