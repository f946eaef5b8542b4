//! The door of the people who run the hub: over all schools, and never without a trace.
//!
//! Invariant: before a transaction begins, its announcement (who, what, why) is committed to the audit log. A transaction that
//! is rolled back has still been seen, and the database refuses one that was not announced.

use crate::announced::Announced;
use crate::context::{Mode, OperatorContext};
use crate::error::DbError;
use crate::keys::Keys;
use crate::pool::{Access, Tx};
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

/// Opens transactions over all schools, as the role `hub_operator`.
#[derive(Debug, Clone)]
pub struct OperatorDb(Announced);

impl OperatorDb {
    /// # Errors
    /// If the pool cannot be made.
    pub fn new(options: PgConnectOptions, size: usize, keys: Keys) -> Result<OperatorDb, DbError> {
        Ok(OperatorDb(Announced::new(options, size, keys, Mode::Operator, "sec.announce")?))
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
        self.0.in_tx(who.mode_id, access, doing, about, work).await
    }

    /// Connections in use, idle, and the most there may be.
    pub fn usage(&self) -> (usize, usize, usize) {
        self.0.usage()
    }

    /// Closes its connections as they come back; who asks for one from now on is refused.
    pub fn close(&self) {
        self.0.close();
    }
}
