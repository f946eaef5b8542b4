//! Rotating the keys that sign contexts, while the hub runs.
//!
//! Invariant: the database knows a key before anything is signed with it, and forgets it before its file does. A process that
//! is stopped in between leaves a key in the database that no file has; the next start retires it.

use crate::refusal::Refusal;
use crate::server::admin::Admin;
use crate::server::database;
use pems_db::sys;
use pems_model::Code;
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use std::io;
use std::str::FromStr;
use time::OffsetDateTime;
use time::serde::rfc3339;

#[derive(Debug, Clone, Serialize)]
pub struct ContextKey {
    pub kid: String,
    #[serde(with = "rfc3339")]
    pub created_at: OffsetDateTime,
    /// New transactions are signed with it.
    pub signs: bool,
}

impl Admin {
    /// Oldest first.
    pub fn context_keys(&self) -> Vec<ContextKey> {
        let keys = self.keys().context_keys();
        let last = keys.len();
        let shown = |(at, key): (usize, &pems_db::KeyringKey)| ContextKey {
            kid: key.kid().to_owned(),
            created_at: OffsetDateTime::from_unix_timestamp(key.created()).unwrap_or(OffsetDateTime::UNIX_EPOCH),
            signs: at + 1 == last,
        };
        keys.iter().enumerate().map(shown).collect()
    }

    /// Makes a new key, which signs from now on. A hub that runs goes on with the one it knows until that is retired.
    ///
    /// # Errors
    /// A database that is away; a file that cannot be written.
    pub async fn rotate_context_key(&self) -> Result<ContextKey, Refusal> {
        let key = self.keys().new_context_key(sys::now())?;
        let mut owner = self.owner().await?;
        database::install_key(&mut owner, &key).await?;
        owner.close().await?;
        self.keys().adopt(key)?;
        self.context_keys().pop().ok_or_else(|| Refusal::internal("context keys", &"the ring is empty"))
    }

    /// Makes a key worthless, at once. A hub that still signed with it takes the newest one by itself.
    ///
    /// # Errors
    /// `not_found`; `conflict` for the key that signs.
    pub async fn retire_context_key(&self, kid: &str) -> Result<(), Refusal> {
        let known = self.context_keys();
        match known.iter().find(|key| key.kid == kid) {
            None => {
                let message = format!("there is no key {kid}; `pems-hub key list` shows them");
                return Err(Refusal::new(Code::NotFound, message));
            }
            Some(key) if key.signs => {
                let message = format!("{kid} is the key in use; `pems-hub key rotate` first, then retire it");
                return Err(Refusal::new(Code::Conflict, message));
            }
            Some(_) => {}
        }
        let mut owner = self.owner().await?;
        database::retire_key(&mut owner, kid).await?;
        owner.close().await?;
        self.keys().forget(kid).map_err(|error: io::Error| Refusal::internal("context keys", &error))
    }

    pub(crate) async fn owner(&self) -> Result<PgConnection, Refusal> {
        Ok(PgConnectOptions::from_str(self.database_url())?.connect().await?)
    }
}
