//! Before a school is known: the role `hub_auth`, which can run a few functions and read no table. Each function is a method
//! here; the connections themselves are not given away.

mod accounts;
mod console;
mod operators;

pub use accounts::{AccountKey, PasswordOwner, Refreshed, SessionFacts, SessionOpened, Try};
pub use console::{Factor, Invited, StepUpKey};
pub use operators::{ModeBegun, OperatorKey};

use crate::context::OperatorContext;
use crate::error::DbError;
use crate::sys;
use pems_model::Role;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Channels of the database's hints, apart because what is known of records is looked up again by every waiting device.
const RECORDS: &str = "hub";
const PEOPLE: &str = "people";

/// Asks the few functions that the role `hub_auth` may run. A clone shares the connections.
#[derive(Debug, Clone)]
pub struct AuthDb {
    pub(crate) pool: PgPool,
}

/// What the hub must know of a device before it believes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceFacts {
    /// The school that it is enrolled at.
    pub tenant: Uuid,
    /// Ed25519, 32 bytes: its assertions are checked against it.
    pub public_key: Vec<u8>,
    /// What it is enrolled as.
    pub role: Role,
    /// Whether somebody took its enrolment away.
    pub revoked: bool,
    /// Whether its school is suspended.
    pub suspended: bool,
}

/// What became of an enrolment code.
#[derive(Debug, Clone)]
pub struct Redeemed {
    /// `ok`, or the stable code of a refusal.
    pub verdict: String,
    /// The school; this and what follows only where the verdict is `ok`.
    pub tenant: Option<Uuid>,
    /// The device that was made, or made before by the same key.
    pub device: Option<Uuid>,
    /// What it is enrolled as: a role's name.
    pub role: Option<String>,
    /// The school's name in full.
    pub school_name: Option<String>,
    /// The school's short name.
    pub slug: Option<String>,
    /// DepEd's id of the school, where it is known.
    pub school_id: Option<String>,
    /// An IANA name such as `Asia/Manila`.
    pub timezone: Option<String>,
}

impl AuthDb {
    /// Connects when first asked something.
    pub fn new(options: PgConnectOptions, size: u32) -> AuthDb {
        AuthDb { pool: PgPoolOptions::new().max_connections(size).connect_lazy_with(options) }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> Result<(), DbError> {
        sqlx::query_scalar!("SELECT 1").fetch_one(&self.pool).await?;
        Ok(())
    }

    /// `None` for a device that the hub does not know.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn device(&self, id: Uuid) -> Result<Option<DeviceFacts>, DbError> {
        let query = sqlx::query!("SELECT tenant, public_key, role, revoked, suspended FROM sec.device($1)", id);
        let found = query.fetch_one(&self.pool).await?;
        let (Some(tenant), Some(role)) = (found.tenant, found.role.as_deref().and_then(Role::parse)) else {
            return Ok(None);
        };
        Ok(Some(DeviceFacts {
            tenant,
            public_key: promised(found.public_key)?,
            role,
            revoked: promised(found.revoked)?,
            suspended: promised(found.suspended)?,
        }))
    }

    /// The device has proved who it is just now.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn device_seen(&self, id: Uuid) -> Result<(), DbError> {
        sqlx::query!("SELECT sec.device_seen($1)", id).execute(&self.pool).await?;
        Ok(())
    }

    /// Turns a code into a device, once; the same device may ask again.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn redeem(
        &self,
        code_hash: &[u8],
        device: Uuid,
        key: &[u8; 32],
        name: &str,
    ) -> Result<Redeemed, DbError> {
        let redeemed = sqlx::query_as!(
            Redeemed,
            r#"SELECT verdict AS "verdict!", tenant, device, role, school_name, slug, school_id, timezone
               FROM sec.redeem_code($1, $2, $3, $4)"#,
            code_hash,
            device,
            &key[..],
            name
        );
        Ok(redeemed.fetch_one(&self.pool).await?)
    }

    /// Operator mode for the hub's own command line.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn begin_console(&self, reason: &str) -> Result<OperatorContext, DbError> {
        let mode_id = sys::new_ordered_id(sys::now())?;
        let ends = sqlx::query_scalar!(
            r#"SELECT (extract(epoch FROM sec.begin_console($1, $2)) * 1000000)::bigint AS "ends!""#,
            mode_id,
            reason
        );
        let ends = ends.fetch_one(&self.pool).await?;
        Ok(OperatorContext { mode_id, operator: None, ends })
    }

    /// Listens for the database's hints that something has changed.
    ///
    /// # Errors
    /// A database that is away.
    pub async fn hints(&self) -> Result<Hints, DbError> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen_all([RECORDS, PEOPLE]).await?;
        Ok(Hints::new(listener, &self.pool))
    }

    /// Closes its connections as they come back; who asks for one from now on is refused.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A value that a function of the database gives with what it found; the functions' results may all be null, as it knows them.
fn promised<T>(value: Option<T>) -> Result<T, DbError> {
    value.ok_or_else(|| sqlx::Error::Decode("null where a function of the database promises a value".into()).into())
}

/// Hints that are opened in one statement.
const AT_ONCE: usize = 1_000;

/// Hints from the database: which school to look at again. What travels is sealed (`migrations/0023_hints.sql`), because anybody
/// with a connection may listen; what was not sealed by this database is nobody's and ignored.
#[derive(Debug)]
pub struct Hints {
    listener: PgListener,
    pool: PgPool,
}

/// Which schools to look at again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// Their devices and records.
    pub records: BTreeSet<Uuid>,
    /// Their accounts and sessions.
    pub people: BTreeSet<Uuid>,
}

impl Hints {
    pub(crate) fn new(listener: PgListener, pool: &PgPool) -> Hints {
        Hints { listener, pool: pool.clone() }
    }

    /// Waits for the next hint, and takes those that wait behind it along. `None`: the line was cut, hints were missed.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn heard(&mut self) -> Result<Option<Heard>, DbError> {
        let Some(first) = self.listener.try_recv().await? else { return Ok(None) };
        let (mut records, mut people) = (BTreeSet::new(), BTreeSet::new());
        let mut next = Some(first);
        while let Some(hint) = next {
            let sealed = hint.payload().to_owned();
            if hint.channel() == RECORDS {
                records.insert(sealed)
            } else {
                people.insert(sealed)
            };
            next = self.listener.next_buffered();
        }
        Ok(Some(Heard { records: self.open(records).await?, people: self.open(people).await? }))
    }

    async fn open(&self, sealed: BTreeSet<String>) -> Result<BTreeSet<Uuid>, DbError> {
        let sealed: Vec<String> = sealed.into_iter().collect();
        let mut schools = BTreeSet::new();
        for some in sealed.chunks(AT_ONCE) {
            let opened = sqlx::query_scalar!(r#"SELECT sec.open_hints($1) AS "school!""#, some);
            schools.extend(opened.fetch_all(&self.pool).await?);
        }
        Ok(schools)
    }

    /// As [`Hints::heard`], where only one thing can be heard. `false`: the line was cut, hints were missed.
    ///
    /// # Errors
    /// A database that is away.
    pub async fn next(&mut self) -> Result<bool, DbError> {
        let heard = self.listener.try_recv().await?.is_some();
        while self.listener.next_buffered().is_some() {}
        Ok(heard)
    }
}
