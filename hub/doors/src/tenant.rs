//! The door to one school.

use crate::context::TenantContext;
use crate::edge;
use crate::error::DoorError;
use crate::keys::Keys;
use crate::meter::{Meter, Reading};
use crate::pool::{self, Access, Dial, Tx};
use deadpool::managed::Pool;
use sqlx::postgres::{PgConnectOptions, PgRow};

/// Opens transactions inside the school of a [`TenantContext`], as the role `hub_app`.
#[derive(Debug, Clone)]
pub struct Tenant {
    pool: Pool<Dial>,
    keys: Keys,
    meter: Meter,
}

impl Tenant {
    /// # Errors
    /// If the pool cannot be made.
    pub fn new(options: PgConnectOptions, size: usize, keys: Keys) -> Result<Tenant, DoorError> {
        Ok(Tenant { pool: pool::pool(options, size)?, keys, meter: Meter::default() })
    }

    /// # Errors
    /// A suspended or unknown school; a database that is busy or away.
    pub async fn begin(&self, who: &TenantContext, access: Access) -> Result<Tx, DoorError> {
        Ok(self.begin_with(who, access, "").await?.0)
    }

    /// Opens a transaction and runs `first` in the same round trip; gives its rows (in text format).
    ///
    /// # Errors
    /// As [`Tenant::begin`]; an error of `first`.
    pub async fn begin_with(
        &self,
        who: &TenantContext,
        access: Access,
        first: &str,
    ) -> Result<(Tx, Vec<PgRow>), DoorError> {
        let begin = match access {
            Access::ReadOnly => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            // Said in full: a role's defaults are not relied on.
            Access::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        };
        let enter = |nonce: &str| {
            let token = self.keys.context_token(who.tenant, who.actor, who.mode, edge::now(), nonce);
            vec![format!("{begin}; SELECT sec.enter('{token}'); {first}")]
        };
        pool::open(&self.pool, &self.keys, &self.meter, enter).await
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

    pub fn close(&self) {
        self.pool.close();
    }
}
