//! The door of the people who run the hub: over all schools, and never without a trace.
//!
//! Invariant: before a transaction begins, its announcement (who, what, why) is committed to the audit log. A transaction that
//! is rolled back has still been seen, and the database refuses one that was not announced.

use crate::context::{Mode, OperatorContext};
use crate::error::DbError;
use crate::keys::Keys;
use crate::meter::Meter;
use crate::pool::{self, Access, Dial, Tx};
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

    /// Does `work` over all schools, in one transaction: what it did is kept if it gives Ok, and taken back if not. `doing` is what
    /// the audit log says was done (`school list`); `about` the school whose log it is, if it is about one.
    ///
    /// # Errors
    /// Those of `work`; an operator mode that is over (SQLSTATE PM003); a database that is busy or away.
    pub async fn in_tx<T, E: From<DbError>>(
        &self,
        who: &OperatorContext,
        access: Access,
        doing: &str,
        about: Option<Uuid>,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = self.begin(who, access, doing, about).await?;
        let done = work(&mut tx).await;
        tx.finish(done).await
    }

    async fn begin(
        &self,
        who: &OperatorContext,
        access: Access,
        doing: &str,
        about: Option<Uuid>,
    ) -> Result<Tx, DbError> {
        let begin = access.begin();
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
