//! The door of the operators' console: all schools without their people, in the name of somebody who is signed in.
//!
//! Invariant: before a transaction begins, its announcement (who, which page, which school) is committed: what was looked at stays
//! in the audit log, and the session stays awake, also where the transaction is rolled back. The database refuses a transaction
//! that was not announced, and a session that is over.

use crate::announced::Announced;
use crate::context::{ConsoleContext, Mode};
use crate::error::DbError;
use crate::keys::Keys;
use crate::pool::{Access, Tx};
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

/// Opens transactions as the role `hub_console`, which runs a few functions and reads no table.
#[derive(Debug, Clone)]
pub struct ConsoleDb(Announced);

impl ConsoleDb {
    /// # Errors
    /// If the pool cannot be made.
    pub fn new(options: PgConnectOptions, size: usize, keys: Keys) -> Result<ConsoleDb, DbError> {
        Ok(ConsoleDb(Announced::new(options, size, keys, Mode::Console, "sec.announce_console")?))
    }

    /// Does `work` in the name of `who`, in one transaction: what it did is kept if it gives Ok, and taken back if not. `doing` is
    /// what the audit log calls it (`school shown`), one of our own words; `about` the school that it is about, if it is about one.
    ///
    /// # Errors
    /// Those of `work`; a session that is over (SQLSTATE PM004); a database that is busy or away.
    pub async fn in_tx<T, E: From<DbError>>(
        &self,
        who: &ConsoleContext,
        access: Access,
        doing: &'static str,
        about: Option<Uuid>,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.0.in_tx(who.session, access, doing, about, work).await
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
