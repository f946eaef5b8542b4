//! Signing in and staying signed in: what happens before a school is known, or with a secret that no request may read.
//!
//! Invariant: a try is counted before it is made ([`Try`]), so tries at the same time are never more than were left.

use super::{AuthDb, promised};
use crate::error::DbError;
use pems_model::Role;
use uuid::Uuid;

/// Whether somebody may try a password now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Try<T> {
    /// Not for so many seconds: too many wrong ones.
    Wait(u64),
    /// There is no such person. Check something anyway: the answer must take its time.
    Unknown,
    /// There is; check the password now.
    Known(T),
}

/// An account that somebody says is theirs, and what a password is checked against.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountKey {
    /// The school of the account.
    pub tenant: Uuid,
    /// Its id.
    pub account: Uuid,
    /// PHC string.
    pub password_hash: String,
}

impl std::fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountKey").field("account", &self.account).finish_non_exhaustive()
    }
}

/// Who says the password again, and what a new one must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordOwner {
    /// The account and its present password.
    pub key: AccountKey,
    /// The school's short name, as people type it to sign in.
    pub slug: String,
    /// Folded, as stored.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// The school's name in full.
    pub school_name: String,
}

/// What became of a right password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionOpened {
    /// The account changed while the password was checked.
    Wrong,
    /// The school is suspended; the password was right.
    Suspended,
    /// The session is open.
    Yes {
        /// Folded, as stored.
        email: String,
        /// The person's name.
        name: String,
        /// What they may do.
        role: Role,
        /// The password was a one-time one: nothing else is answered before it is replaced.
        must_change_password: bool,
        /// The school's name in full.
        school_name: String,
        /// The school's short name.
        slug: String,
        /// Where the school's days begin and end: an IANA name such as `Asia/Manila`.
        timezone: String,
    },
}

/// What became of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    /// The successor is in force.
    Yes {
        /// Whose session it is.
        account: Uuid,
        /// What they may do as of now.
        role: Role,
    },
    /// The school is suspended.
    Suspended,
    /// Over, or never was.
    Ended,
    /// The token had been copied; the session is over now.
    Reused,
}

/// What the hub must know of a session before it believes an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionFacts {
    /// Whose it is.
    pub account: Uuid,
    /// What they may do as of now.
    pub role: Role,
    /// The password is a one-time one that was not replaced yet.
    pub must_change_password: bool,
    /// Not over: neither signed out nor ended by somebody else.
    pub live: bool,
    /// Whether the school is suspended.
    pub suspended: bool,
}

impl AuthDb {
    /// Counts a try to sign in. `email` folded, as stored.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn begin_sign_in(&self, slug: &str, email: &str) -> Result<Try<AccountKey>, DbError> {
        let query =
            sqlx::query!("SELECT wait_s, tenant, account, password_hash FROM sec.begin_sign_in($1, $2)", slug, email);
        let found = query.fetch_one(&self.pool).await?;
        tried(found.wait_s, found.account, |account| {
            let (tenant, password_hash) = (promised(found.tenant)?, promised(found.password_hash)?);
            Ok(AccountKey { tenant, account, password_hash })
        })
    }

    /// Says that the try was wrong.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn refuse_sign_in(&self, slug: &str, email: &str) -> Result<(), DbError> {
        sqlx::query!("SELECT sec.refuse_sign_in($1, $2)", slug, email).execute(&self.pool).await?;
        Ok(())
    }

    /// Says that the password was right, and takes the try back. `rehashed`: the same password under today's parameters.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn open_session(
        &self,
        key: &AccountKey,
        rehashed: Option<&str>,
        session: Uuid,
        token_hash: &[u8; 32],
    ) -> Result<SessionOpened, DbError> {
        let query = sqlx::query!(
            r#"SELECT verdict AS "verdict!", email, name, role, must_change, school_name, slug, timezone
               FROM sec.open_session($1, $2, $3, $4, $5, $6)"#,
            key.tenant,
            key.account,
            key.password_hash,
            rehashed,
            session,
            &token_hash[..]
        );
        let opened = query.fetch_one(&self.pool).await?;
        match opened.verdict.as_str() {
            "ok" => Ok(SessionOpened::Yes {
                email: promised(opened.email)?,
                name: promised(opened.name)?,
                role: role(opened.role)?,
                must_change_password: promised(opened.must_change)?,
                school_name: promised(opened.school_name)?,
                slug: promised(opened.slug)?,
                timezone: promised(opened.timezone)?,
            }),
            "tenant_suspended" => Ok(SessionOpened::Suspended),
            _ => Ok(SessionOpened::Wrong),
        }
    }

    /// `None` for a session that the hub does not know.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn session(&self, tenant: Uuid, session: Uuid) -> Result<Option<SessionFacts>, DbError> {
        let query = sqlx::query!(
            "SELECT account, role, must_change, live, suspended FROM sec.session($1, $2)",
            tenant,
            session
        );
        let found = query.fetch_one(&self.pool).await?;
        let Some(account) = found.account else { return Ok(None) };
        Ok(Some(SessionFacts {
            account,
            role: role(found.role)?,
            must_change_password: promised(found.must_change)?,
            live: promised(found.live)?,
            suspended: promised(found.suspended)?,
        }))
    }

    /// Gives a session's token a successor.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn refresh(
        &self,
        tenant: Uuid,
        session: Uuid,
        old: &[u8; 32],
        new: &[u8; 32],
    ) -> Result<Refreshed, DbError> {
        let query = sqlx::query!(
            r#"SELECT verdict AS "verdict!", account, role FROM sec.refresh($1, $2, $3, $4)"#,
            tenant,
            session,
            &old[..],
            &new[..]
        );
        let refreshed = query.fetch_one(&self.pool).await?;
        Ok(match refreshed.verdict.as_str() {
            "ok" => Refreshed::Yes { account: promised(refreshed.account)?, role: role(refreshed.role)? },
            "tenant_suspended" => Refreshed::Suspended,
            "reuse" => Refreshed::Reused,
            _ => Refreshed::Ended,
        })
    }

    /// Ends a session. What is over stays over.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn sign_out(&self, tenant: Uuid, session: Uuid) -> Result<(), DbError> {
        sqlx::query!("SELECT sec.sign_out($1, $2)", tenant, session).execute(&self.pool).await?;
        Ok(())
    }

    /// Counts a try to say the present password again.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn begin_password_change(&self, tenant: Uuid, session: Uuid) -> Result<Try<PasswordOwner>, DbError> {
        let query = sqlx::query!(
            "SELECT wait_s, account, password_hash, email, name, slug, school_name FROM sec.begin_password_change($1, $2)",
            tenant,
            session
        );
        let found = query.fetch_one(&self.pool).await?;
        tried(found.wait_s, found.account, |account| {
            Ok(PasswordOwner {
                key: AccountKey { tenant, account, password_hash: promised(found.password_hash)? },
                slug: promised(found.slug)?,
                email: promised(found.email)?,
                name: promised(found.name)?,
                school_name: promised(found.school_name)?,
            })
        })
    }

    /// Gives an account another password and ends its sessions but `kept`. `false`: the account changed meanwhile.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn change_password(&self, key: &AccountKey, kept: Uuid, new_hash: &str) -> Result<bool, DbError> {
        let done = sqlx::query_scalar!(
            r#"SELECT sec.change_password($1, $2, $3, $4, $5) AS "done!""#,
            key.tenant,
            key.account,
            kept,
            key.password_hash,
            new_hash
        );
        Ok(done.fetch_one(&self.pool).await?)
    }
}

/// What is to be done about a try: `wait_s` comes before the person (`found`), who is read only then.
pub(super) fn tried<T>(
    wait_s: Option<i32>,
    found: Option<Uuid>,
    read: impl FnOnce(Uuid) -> Result<T, DbError>,
) -> Result<Try<T>, DbError> {
    match (wait_s, found) {
        (Some(seconds), _) => Ok(Try::Wait(u64::try_from(seconds).unwrap_or(1))),
        (None, Some(person)) => Ok(Try::Known(read(person)?)),
        (None, None) => Ok(Try::Unknown),
    }
}

fn role(name: Option<String>) -> Result<Role, DbError> {
    let name = promised(name)?;
    Role::parse(&name).ok_or_else(|| std::io::Error::other("an account has a role without a meaning").into())
}
