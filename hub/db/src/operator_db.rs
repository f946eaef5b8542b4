//! The door of the people who run the hub: over all schools, and never without a trace.
//!
//! Invariant: before a transaction begins, its announcement (who, what, why) is committed to the audit log. A transaction that
//! is rolled back has still been seen, and the database refuses one that was not announced.

use crate::context::{Mode, OperatorContext};
use crate::error::DbError;
use crate::keys::Keys;
use crate::meter::Meter;
use crate::pool::{self, Dial, Tx};
use crate::sys;
use deadpool::managed::Pool;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

/// Opens transactions over all schools, as the role `hub_operator`.
#[derive(Debug, Clone)]
pub struct OperatorDb {
    pool: Pool<Dial>,
    keys: Keys,
    meter: Meter,
}

impl OperatorDb {
    /// # Errors
    /// If the pool cannot be made.
    pub fn new(options: PgConnectOptions, size: usize, keys: Keys) -> Result<OperatorDb, DbError> {
        Ok(OperatorDb { pool: pool::pool(options, size)?, keys, meter: Meter::default() })
    }

    /// `doing` is what the audit log says was done (`school list`); `about` the school whose log it is, if it is about one.
    ///
    /// # Errors
    /// An operator mode that is over (SQLSTATE PM003); a database that is busy or away.
    pub async fn begin(&self, who: &OperatorContext, doing: &str, about: Option<Uuid>) -> Result<Tx, DbError> {
        self.enter("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", who, doing, about).await
    }

    /// As [`OperatorDb::begin`], with one snapshot for all statements and nothing to be written.
    ///
    /// # Errors
    /// As [`OperatorDb::begin`].
    pub async fn look(&self, who: &OperatorContext, doing: &str, about: Option<Uuid>) -> Result<Tx, DbError> {
        self.enter("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", who, doing, about).await
    }

    async fn enter(&self, begin: &str, who: &OperatorContext, doing: &str, about: Option<Uuid>) -> Result<Tx, DbError> {
        let doing = doing.replace('\'', "''");
        let enter = |nonce: &str| {
            let about = about.unwrap_or_default();
            let token = self.keys.context_token(about, who.mode_id, Mode::Operator, sys::now(), nonce);
            // Two messages, so that the announcement is committed before the transaction begins.
            vec![format!("SELECT sec.announce('{token}', '{doing}')"), format!("{begin}; SELECT sec.enter('{token}')")]
        };
        Ok(pool::open(&self.pool, &self.keys, &self.meter, None, enter).await?.0)
    }

    /// Connections in use, idle, and the most there may be.
    pub fn usage(&self) -> (usize, usize, usize) {
        let status = self.pool.status();
        (status.size - status.available.min(status.size), status.available, status.max_size)
    }

    /// Closes its connections as they come back; who asks for one from now on is refused.
    pub fn close(&self) {
        self.pool.close();
    }
}
