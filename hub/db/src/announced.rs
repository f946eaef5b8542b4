//! What the doors of those who run the hub have in common: before a transaction begins, what it is for is announced, and that is
//! committed. A transaction that is rolled back has still been seen, and the database refuses one that was not announced.

use crate::context::Mode;
use crate::error::DbError;
use crate::keys::Keys;
use crate::meter::Meter;
use crate::pool::{self, Access, Dial, Tx};
use crate::sys;
use deadpool::managed::Pool;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

/// Opens announced transactions as one role.
#[derive(Debug, Clone)]
pub(crate) struct Announced {
    pool: Pool<Dial>,
    keys: Keys,
    meter: Meter,
    mode: Mode,
    /// The function that announces, `sec.announce`.
    announce: &'static str,
}

impl Announced {
    /// # Errors
    /// If the pool cannot be made.
    pub(crate) fn new(
        options: PgConnectOptions,
        size: usize,
        keys: Keys,
        mode: Mode,
        announce: &'static str,
    ) -> Result<Announced, DbError> {
        Ok(Announced { pool: pool::pool(options, size)?, keys, meter: Meter::default(), mode, announce })
    }

    /// Does `work` in one transaction: what it did is kept if it gives Ok, and taken back if not. `actor` is whose mode or session
    /// it is, `doing` what the audit log calls it, `about` the school that it is about, if it is about one.
    ///
    /// # Errors
    /// Those of `work`; a mode or session that is over; a database that is busy or away.
    pub(crate) async fn in_tx<T, E: From<DbError>>(
        &self,
        actor: Uuid,
        access: Access,
        doing: &str,
        about: Option<Uuid>,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = self.begin(actor, access, doing, about).await?;
        let done = work(&mut tx).await;
        tx.finish(done).await
    }

    async fn begin(&self, actor: Uuid, access: Access, doing: &str, about: Option<Uuid>) -> Result<Tx, DbError> {
        let (begin, announce) = (access.begin(), self.announce);
        let doing = doing.replace('\'', "''");
        let enter = |nonce: &str| {
            let token = self.keys.context_token(about.unwrap_or_default(), actor, self.mode, sys::now(), nonce);
            // Two messages, so that the announcement is committed before the transaction begins.
            vec![format!("SELECT {announce}('{token}', '{doing}')"), format!("{begin}; SELECT sec.enter('{token}')")]
        };
        Ok(pool::open(&self.pool, &self.keys, &self.meter, None, enter).await?.0)
    }

    /// Connections in use, idle, and the most there may be.
    pub(crate) fn usage(&self) -> (usize, usize, usize) {
        let status = self.pool.status();
        (status.size - status.available.min(status.size), status.available, status.max_size)
    }

    /// Closes its connections as they come back; who asks for one from now on is refused.
    pub(crate) fn close(&self) {
        self.pool.close();
    }
}
