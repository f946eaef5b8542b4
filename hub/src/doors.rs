//! The only ways to a connection. A door opens a transaction whose context PostgreSQL itself has checked (`sec.enter`), and
//! nothing else: handlers cannot get a bare connection.
//!
//! Invariants:
//! - a connection whose transaction was not cleanly ended (a client went away half-way, an error) is closed, never reused;
//! - one that was is scrubbed and greeted anew, so nothing that SQL did to the session reaches the next school.

use crate::edge;
use crate::keys::Keys;
use crate::refusal::Refusal;
use deadpool::Runtime;
use deadpool::managed::{self, Metrics, Object, Pool, RecycleError, RecycleResult};
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, Row};
use std::time::Duration;
use uuid::Uuid;

/// Longest wait for a free connection: beyond it, "busy, try again" serves everybody better.
const WAIT: Duration = Duration::from_secs(10);
/// Ends what a request may have left in its session, and says whether it prepared statements of its own (which could stand in
/// for the hub's).
const SCRUB: &str = "CLOSE ALL; UNLISTEN *; RESET ALL; \
    SELECT sec.hello(), EXISTS (SELECT FROM pg_catalog.pg_prepared_statements WHERE from_sql)";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// One snapshot for all statements; nothing can be written.
    ReadOnly,
    Write,
}

/// One connection and the nonce that tokens for it must name.
#[derive(Debug)]
pub(crate) struct Slot {
    conn: PgConnection,
    nonce: String,
    clean: bool,
}

#[derive(Debug)]
pub(crate) struct Dial(PgConnectOptions);

impl managed::Manager for Dial {
    type Type = Slot;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Slot, sqlx::Error> {
        let mut conn = self.0.connect().await?;
        let nonce = sqlx::query_scalar("SELECT sec.hello()").persistent(false).fetch_one(&mut conn).await?;
        Ok(Slot { conn, nonce, clean: true })
    }

    async fn recycle(&self, slot: &mut Slot, _: &Metrics) -> RecycleResult<sqlx::Error> {
        if slot.clean { Ok(()) } else { Err(RecycleError::message("left in the middle of a transaction")) }
    }
}

fn pool(options: PgConnectOptions, size: usize) -> Result<Pool<Dial>, Refusal> {
    Pool::builder(Dial(options))
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(WAIT))
        .build()
        .map_err(|error| Refusal::internal("connection pool", &error))
}

/// A transaction inside one school.
#[derive(Debug, Clone)]
pub struct Tenant {
    pool: Pool<Dial>,
    keys: Keys,
}

impl Tenant {
    pub fn new(options: PgConnectOptions, size: usize, keys: Keys) -> Result<Tenant, Refusal> {
        Ok(Tenant { pool: pool(options, size)?, keys })
    }

    /// # Errors
    /// A suspended or unknown school; a database that is busy or away.
    pub async fn begin(&self, tenant: Uuid, actor: Uuid, access: Access) -> Result<Tx, Refusal> {
        Ok(self.begin_with(tenant, actor, access, "").await?.0)
    }

    /// Opens a transaction and runs `first` in the same round trip; gives its rows (in text format).
    pub(crate) async fn begin_with(
        &self,
        tenant: Uuid,
        actor: Uuid,
        access: Access,
        first: &str,
    ) -> Result<(Tx, Vec<PgRow>), Refusal> {
        let begin = match access {
            Access::ReadOnly => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Access::Write => "BEGIN",
        };
        let enter = |nonce: &str| {
            let token = self.keys.context_token(tenant, actor, "app", edge::now(), nonce);
            format!("{begin}; SELECT sec.enter('{token}'); {first}")
        };
        open(&self.pool, enter).await
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }
}

/// A transaction of the people who run the hub: over all schools, with a reason that is kept.
#[derive(Debug, Clone)]
pub struct Operator {
    pool: Pool<Dial>,
    keys: Keys,
}

impl Operator {
    pub(crate) fn new(options: PgConnectOptions, size: usize, keys: Keys) -> Result<Operator, Refusal> {
        Ok(Operator { pool: pool(options, size)?, keys })
    }

    /// # Errors
    /// A database that is busy or away.
    pub async fn begin(&self, actor: Uuid, reason: &str) -> Result<Tx, Refusal> {
        self.enter("BEGIN", actor, reason).await
    }

    /// As [`Operator::begin`], with one snapshot for all statements.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn look(&self, actor: Uuid, reason: &str) -> Result<Tx, Refusal> {
        self.enter("BEGIN ISOLATION LEVEL REPEATABLE READ", actor, reason).await
    }

    async fn enter(&self, begin: &str, actor: Uuid, reason: &str) -> Result<Tx, Refusal> {
        let reason = reason.replace('\'', "''");
        let enter = |nonce: &str| {
            let token = self.keys.context_token(Uuid::nil(), actor, "opr", edge::now(), nonce);
            format!("{begin}; SELECT sec.enter('{token}', '{reason}')")
        };
        Ok(open(&self.pool, enter).await?.0)
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }
}

async fn open(pool: &Pool<Dial>, sql: impl Fn(&str) -> String) -> Result<(Tx, Vec<PgRow>), Refusal> {
    loop {
        let mut tx = Tx { slot: pool.get().await?, _sweep: Sweep(pool.clone()) };
        let reused = Object::metrics(&tx.slot).recycle_count > 0;
        tx.slot.clean = false;
        let sql = sql(&tx.slot.nonce);
        match sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(tx.conn()).await {
            Ok(mut rows) => {
                // The first row is `sec.enter` itself.
                let rest = if rows.is_empty() { rows } else { rows.split_off(1) };
                return Ok((tx, rest));
            }
            // PostgreSQL was restarted since: another connection of the pool, or a new one, will do.
            Err(error) if reused && is_gone(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_gone(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|state| state.starts_with("57P")),
        _ => false,
    }
}

/// An open transaction. Dropping it closes the connection, which rolls it back.
#[derive(Debug)]
pub struct Tx {
    slot: Object<Dial>,
    /// After `slot`, because fields are dropped in this order.
    _sweep: Sweep,
}

/// Closes what came back to the pool in the middle of a transaction, at once: left there until somebody else wants a
/// connection, it would keep its locks (a school's clock) all that time.
#[derive(Debug)]
struct Sweep(Pool<Dial>);

impl Drop for Sweep {
    fn drop(&mut self) {
        drop(self.0.retain(|slot, _| slot.clean));
    }
}

impl Tx {
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.slot.conn
    }

    /// # Errors
    /// If the database did not confirm; the caller does not know then whether it happened.
    pub async fn commit(self) -> Result<(), Refusal> {
        self.end("COMMIT").await
    }

    /// Runs `last` and commits, in one round trip.
    pub(crate) async fn commit_with(self, last: &str) -> Result<(), Refusal> {
        self.end(&format!("{last}; COMMIT")).await
    }

    pub async fn rollback(self) {
        if let Err(refusal) = self.end("ROLLBACK").await {
            tracing::debug!(%refusal, "a connection was closed instead of rolled back");
        }
    }

    async fn end(mut self, how: &str) -> Result<(), Refusal> {
        let sql = AssertSqlSafe(format!("{how}; {SCRUB}"));
        let rows = sqlx::raw_sql(sql).fetch_all(&mut self.slot.conn).await?;
        let greeted = rows.last().map(|row| (row.try_get(0), row.try_get(1)));
        if let Some((Ok(nonce), Ok(false))) = greeted {
            self.slot.nonce = nonce;
            self.slot.clean = true;
        }
        Ok(())
    }
}
