//! Connections, and the transactions that doors open on them: PostgreSQL itself has checked whose they are (`sec.enter`).
//!
//! Invariants:
//! - a transaction is open for as long as one closure runs (`in_tx` of each door): what that gives decides whether it is kept or
//!   taken back, and either way its connection serves the next one;
//! - a connection whose transaction was not cleanly ended (a client went away half-way, a panic, a rollback that failed) is closed,
//!   never reused;
//! - one that was is scrubbed and greeted anew, so nothing that SQL did to the session reaches the next school;
//! - nor does what SQL left on the role for its next sessions: it is taken back before a new connection is used.

use crate::error::DbError;
use crate::keys::Keys;
use crate::meter::{Meter, Visit};
use crate::share::Share;
use crate::turn::Turn;
use deadpool::Runtime;
use deadpool::managed::{self, Metrics, Object, Pool, RecycleError, RecycleResult};
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};
use std::time::Duration;

/// Longest wait for a free connection: beyond it, "busy, try again" serves everybody better.
pub(crate) const WAIT: Duration = Duration::from_secs(10);
/// Ends what a request may have left in its session, and counts the prepared statements: its own, which could stand in for the
/// hub's, and all of them, because it may have thrown the hub's away.
const SCRUB: &str = "CLOSE ALL; UNLISTEN *; RESET ALL; \
    SELECT sec.hello(), count(*) FILTER (WHERE from_sql), count(*) FROM pg_catalog.pg_prepared_statements";

/// The nonce of a new session; what its role has set for its sessions (`ALTER ROLE ... SET`, which PostgreSQL lets every role do);
/// and how to take that back.
const GREET: &str = "SELECT sec.hello(), pg_catalog.array_to_string(ARRAY(SELECT pg_catalog.unnest(s.setconfig) \
    FROM pg_catalog.pg_db_role_setting s WHERE s.setrole = pg_catalog.to_regrole(session_user::text) AND s.setdatabase IN \
    (0, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))), ', '), \
    pg_catalog.format('ALTER ROLE CURRENT_USER RESET ALL; ALTER ROLE CURRENT_USER IN DATABASE %I RESET ALL', \
    pg_catalog.current_database())";

/// SQLSTATE with which `sec.open_token` refuses a token that no key of the database made (`migrations/0028_states.sql`).
const NOT_GENUINE: &str = "PM002";

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// One snapshot for all statements; nothing can be written.
    ReadOnly,
    /// Reads what is committed, and writes.
    Write,
}

impl Access {
    /// Said in full: a role's defaults are not relied on.
    pub(crate) const fn begin(self) -> &'static str {
        match self {
            Access::ReadOnly => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Access::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        }
    }
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

impl Dial {
    async fn greet(&self) -> Result<(PgConnection, String, String, String), sqlx::Error> {
        let mut conn = self.0.connect().await?;
        let (nonce, settings, reset) = sqlx::query_as(GREET).persistent(false).fetch_one(&mut conn).await?;
        Ok((conn, nonce, settings, reset))
    }
}

impl managed::Manager for Dial {
    type Type = Slot;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Slot, sqlx::Error> {
        let (mut conn, mut nonce, settings, reset) = self.greet().await?;
        if !settings.is_empty() {
            tracing::warn!(settings, "a database role had settings of its own; ask who set them: a request's SQL can");
            sqlx::raw_sql(AssertSqlSafe(reset)).execute(&mut conn).await?;
            conn.close().await?;
            // Whoever sets them again at once gets a slow session, no more: what it needs to work is said by `self.0`.
            (conn, nonce, ..) = self.greet().await?;
        }
        Ok(Slot { conn, nonce, clean: true })
    }

    async fn recycle(&self, slot: &mut Slot, _: &Metrics) -> RecycleResult<sqlx::Error> {
        if slot.clean { Ok(()) } else { Err(RecycleError::message("left in the middle of a transaction")) }
    }
}

pub(crate) fn pool(options: PgConnectOptions, size: usize) -> Result<Pool<Dial>, DbError> {
    Pool::builder(Dial(options))
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(WAIT))
        .build()
        .map_err(|error| DbError::Pool(error.to_string()))
}

/// Takes a connection and runs on it what `enter` makes of its nonce, statement by statement as given, each in a message of its
/// own; gives the rows of the last one, without the first row, which is `sec.enter`'s.
pub(crate) async fn open(
    pool: &Pool<Dial>,
    keys: &Keys,
    meter: &Meter,
    school: Option<(Share, Turn)>,
    enter: impl Fn(&str) -> Vec<String>,
) -> Result<(Tx, Vec<PgRow>), DbError> {
    let (mut reloaded, mut school) = (false, school);
    loop {
        let slot = pool.get().await?;
        let mut tx = Tx {
            visit: meter.visit(),
            slot,
            _sweep: Sweep(pool.clone()),
            _share: None,
            turn: None,
            last: String::new(),
            is_copying: false,
        };
        let reused = Object::metrics(&tx.slot).recycle_count > 0;
        tx.slot.clean = false;
        let messages = enter(&tx.slot.nonce);
        match tx.run(messages).await {
            Ok(mut rows) => {
                tx.visit.entered();
                (tx._share, tx.turn) = school.take().unzip();
                let rest = if rows.is_empty() { rows } else { rows.split_off(1) };
                return Ok((tx, rest));
            }
            // PostgreSQL was restarted since: another connection of the pool, or a new one, will do.
            Err(error) if reused && is_gone(&error) => {}
            // The key was retired by another process: it has left us a newer one.
            Err(error) if !reloaded && is_unknown_key(&error) => {
                reloaded = true;
                keys.reload()?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_unknown_key(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(NOT_GENUINE))
}

fn is_gone(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|state| state.starts_with("57P")),
        _ => false,
    }
}

/// An open transaction, lent to the closure of a door's `in_tx`. Dropped half-way (the closure was cancelled, or panicked) it
/// closes its connection, which rolls it back.
#[derive(Debug)]
pub struct Tx {
    /// Notes how long it took, when it is over.
    visit: Visit,
    slot: Object<Dial>,
    /// After `slot`, because fields are dropped in this order.
    _sweep: Sweep,
    /// Of the school's share of connections: given back after the connection is.
    _share: Option<Share>,
    /// Its school's turn, where it is of one.
    turn: Option<Turn>,
    /// Runs with the commit.
    last: String,
    is_copying: bool,
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
    /// The connection of this transaction, confined to its school or operator mode by PostgreSQL. It does not outlive the transaction.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.slot.conn
    }

    /// The connection to begin a COPY on, and the turn to be given up while the connection waits for something else than the
    /// database. [`Tx::copied`] says that it came to its end. One that did not (whoever the rows are for went away) closes the
    /// connection: to serve again it would have to read what is left, megabytes that nobody wants, and keep its school's share and
    /// the database busy for longer than another connection takes.
    pub fn copy(&mut self) -> (&mut PgConnection, Option<&mut Turn>) {
        self.is_copying = true;
        (&mut self.slot.conn, self.turn.as_mut())
    }

    /// See [`Tx::copy`].
    pub fn copied(&mut self) {
        self.is_copying = false;
    }

    /// What is to run last of all, in one round trip with the commit.
    pub fn at_commit(&mut self, sql: String) {
        self.last = sql;
    }

    /// Between two steps: lets other schools pass that have had less of the hub lately.
    pub async fn give_way(&mut self) {
        if let Some(turn) = &mut self.turn {
            turn.give_way().await;
        }
    }

    /// Ends it as what was `done` in it says.
    ///
    /// # Errors
    /// That of `done`; or the database did not confirm the commit: then the caller does not know whether it happened.
    pub(crate) async fn finish<T, E: From<DbError>>(mut self, done: Result<T, E>) -> Result<T, E> {
        match done {
            Ok(value) => {
                self.commit().await?;
                Ok(value)
            }
            Err(why) => {
                self.rollback().await;
                Err(why)
            }
        }
    }

    async fn commit(&mut self) -> Result<(), DbError> {
        // Of a transaction in which a statement failed COMMIT makes a ROLLBACK without a word; any other statement says so.
        let done = self.end(&format!("{}; SELECT; COMMIT", self.last)).await;
        if let Err(DbError::Database(sqlx::Error::Database(_))) = &done {
            self.rollback().await;
        }
        done
    }

    /// Ends it as if nothing had happened. Where that cannot be said, the connection is closed, which comes to the same.
    async fn rollback(&mut self) {
        if self.is_copying {
            return;
        }
        if let Err(error) = self.end("ROLLBACK").await {
            tracing::debug!(%error, "a connection was closed instead of rolled back");
        }
    }

    async fn run(&mut self, messages: Vec<String>) -> Result<Vec<PgRow>, sqlx::Error> {
        let mut rows = Vec::new();
        for sql in messages {
            rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut self.slot.conn).await?;
        }
        Ok(rows)
    }

    async fn end(&mut self, how: &str) -> Result<(), DbError> {
        let sql = AssertSqlSafe(format!("{how}; {SCRUB}"));
        let rows = sqlx::raw_sql(sql).fetch_all(&mut self.slot.conn).await?;
        let greeted = rows.last().map(|row| (row.try_get(0), row.try_get(1), row.try_get::<i64, _>(2)));
        if let Some((Ok(nonce), Ok(0_i64), Ok(prepared))) = greeted {
            self.slot.nonce = nonce;
            self.slot.clean = usize::try_from(prepared).is_ok_and(|n| n >= self.slot.conn.cached_statements_size());
        }
        Ok(())
    }
}
