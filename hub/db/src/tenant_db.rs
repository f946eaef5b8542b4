//! The door to one school.

use crate::context::TenantContext;
use crate::error::DbError;
use crate::keys::Keys;
use crate::meter::{Meter, Reading};
use crate::pool::{self, Access, Dial, Tx, WAIT};
use crate::share::Shares;
use crate::sys;
use crate::turn::Turns;
use deadpool::managed::Pool;
use sqlx::postgres::{PgConnectOptions, PgRow};
use std::num::NonZeroUsize;

/// A school gets a quarter of the connections at most, and two where there are few: one for what is read at length, one for what
/// is written meanwhile.
const SHARE: usize = 4;
const SHARE_LEAST: usize = 2;

/// Opens transactions inside the school of a [`TenantContext`], as the role `hub_app`.
#[derive(Debug, Clone)]
pub struct TenantDb {
    pool: Pool<Dial>,
    keys: Keys,
    meter: Meter,
    shares: Shares,
    turns: Turns,
}

impl TenantDb {
    /// # Errors
    /// If the pool cannot be made.
    pub fn new(options: PgConnectOptions, size: usize, keys: Keys) -> Result<TenantDb, DbError> {
        let shares = Shares::new((size / SHARE).max(SHARE_LEAST), WAIT);
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Ok(TenantDb {
            pool: pool::pool(options, size)?,
            keys,
            meter: Meter::default(),
            shares,
            turns: Turns::new(cores),
        })
    }

    /// Does `work` inside the caller's school, in one transaction: what it did is kept if it gives Ok, and taken back if not.
    ///
    /// # Errors
    /// Those of `work`; a suspended or unknown school; a database that is busy or away.
    pub async fn in_tx<T, E: From<DbError>>(
        &self,
        who: &TenantContext,
        access: Access,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let (mut tx, _) = self.begin(who, access, "").await?;
        let done = work(&mut tx).await;
        tx.finish(done).await
    }

    /// As [`TenantDb::in_tx`], with the rows of `first` (in text format), which runs in the same round trip as the beginning.
    ///
    /// # Errors
    /// As [`TenantDb::in_tx`]; an error of `first`.
    pub async fn in_tx_after<T, E: From<DbError>>(
        &self,
        who: &TenantContext,
        access: Access,
        first: &str,
        work: impl AsyncFnOnce(&mut Tx, Vec<PgRow>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (mut tx, rows) = self.begin(who, access, first).await?;
        let done = work(&mut tx, rows).await;
        tx.finish(done).await
    }

    async fn begin(&self, who: &TenantContext, access: Access, first: &str) -> Result<(Tx, Vec<PgRow>), DbError> {
        let begin = access.begin();
        let enter = |nonce: &str| {
            let token = self.keys.context_token(who.tenant, who.actor, who.mode, sys::now(), nonce);
            vec![format!("{begin}; SELECT sec.enter('{token}'); {first}")]
        };
        let share = self.shares.take(who.tenant).await?;
        let turn = self.turns.take(who.tenant).await;
        pool::open(&self.pool, &self.keys, &self.meter, Some((share, turn)), enter).await
    }

    /// What the wall has cost so far.
    pub fn reading(&self) -> Reading {
        self.meter.reading()
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
