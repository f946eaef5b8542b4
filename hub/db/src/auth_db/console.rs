//! The way to the console: who has a cookie, who signs in, who types a code again, who takes an invitation. Password and second
//! factor are checked by the hub; whether they may still serve, the database decides.

use super::accounts::{Try, tried};
use super::operators::OperatorKey;
use super::{AuthDb, promised};
use crate::context::{ConsoleContext, ConsoleRole, Scope};
use crate::error::DbError;
use uuid::Uuid;

/// What was typed beside the password, and was right as far as the hub can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// A code of the authenticator app, of this step. Each serves once.
    Step(i64),
    /// The SHA-256 of a recovery code. Each serves once.
    Recovery([u8; 32]),
}

/// Who types a code again.
#[derive(Clone, PartialEq, Eq)]
pub struct StepUpKey {
    /// Their id.
    pub operator: Uuid,
    /// Folded, as stored.
    pub email: String,
    /// The second factor's secret, sealed.
    pub totp_sealed: Vec<u8>,
}

impl std::fmt::Debug for StepUpKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StepUpKey").field("operator", &self.operator).finish_non_exhaustive()
    }
}

/// Who may choose a password and a second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// Their id, new or old.
    pub operator: Uuid,
    /// Folded, as stored.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// What they are to be.
    pub role: ConsoleRole,
    /// Of which schools.
    pub scope: Scope,
}

impl AuthDb {
    /// Whose cookie this is; `None` for a session that is over, or never was. `hash`: SHA-256 of the cookie.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn console_caller(&self, session: Uuid, hash: &[u8; 32]) -> Result<Option<ConsoleContext>, DbError> {
        let query = sqlx::query!(
            "SELECT operator, email, name, role, region, division, ends, fresh_until FROM sec.console_caller($1, $2)",
            session,
            &hash[..]
        );
        let found = query.fetch_one(&self.pool).await?;
        let Some(operator) = found.operator else { return Ok(None) };
        Ok(Some(ConsoleContext {
            session,
            operator,
            email: promised(found.email)?,
            name: promised(found.name)?,
            role: role(found.role)?,
            scope: Scope { region: found.region, division: found.division },
            ends: promised(found.ends)?,
            fresh_until: found.fresh_until,
        }))
    }

    /// Opens a session for whom password and code were right; `false`: the code has served before, or the operator changed.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn open_console(
        &self,
        key: &OperatorKey,
        rehashed: Option<&str>,
        factor: Factor,
        session: Uuid,
        cookie_hash: &[u8; 32],
    ) -> Result<bool, DbError> {
        let (step, recovery) = match &factor {
            Factor::Step(step) => (Some(*step), None),
            Factor::Recovery(hash) => (None, Some(&hash[..])),
        };
        let open = sqlx::query_scalar!(
            r#"SELECT sec.open_console($1, $2, $3, $4, $5, $6, $7) AS "opened!""#,
            key.operator,
            key.password_hash,
            rehashed,
            step,
            recovery,
            session,
            &cookie_hash[..]
        );
        Ok(open.fetch_one(&self.pool).await?)
    }

    /// Counts a try to type a code again.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn begin_step_up(&self, who: &ConsoleContext) -> Result<Try<StepUpKey>, DbError> {
        let query = sqlx::query!("SELECT wait_s, operator, email, totp_sealed FROM sec.begin_step_up($1)", who.session);
        let found = query.fetch_one(&self.pool).await?;
        tried(found.wait_s, found.operator, |operator| {
            Ok(StepUpKey { operator, email: promised(found.email)?, totp_sealed: promised(found.totp_sealed)? })
        })
    }

    /// The code was right; `false`: it has served before.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn step_up(&self, who: &ConsoleContext, step: i64) -> Result<bool, DbError> {
        let done = sqlx::query_scalar!(r#"SELECT sec.step_up($1, $2) AS "done!""#, who.session, step);
        Ok(done.fetch_one(&self.pool).await?)
    }

    /// Who an invitation is for; `None`: there is none such, or not any more. `hash`: SHA-256 of its code.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn open_invitation(&self, hash: &[u8; 32]) -> Result<Option<Invited>, DbError> {
        let query = sqlx::query!(
            "SELECT operator, email, name, role, region, division FROM sec.open_invitation($1)",
            &hash[..]
        );
        let found = query.fetch_one(&self.pool).await?;
        let Some(operator) = found.operator else { return Ok(None) };
        let scope = Scope { region: found.region, division: found.division };
        let (email, name) = (promised(found.email)?, promised(found.name)?);
        Ok(Some(Invited { operator, email, name, role: role(found.role)?, scope }))
    }

    /// Takes an invitation, once. `false`: there is none such any more.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn accept_invitation(
        &self,
        hash: &[u8; 32],
        password_hash: &str,
        totp_sealed: &[u8],
        step: i64,
        recovery: &[Vec<u8>],
    ) -> Result<bool, DbError> {
        let accept = sqlx::query_scalar!(
            r#"SELECT sec.accept_invitation($1, $2, $3, $4, $5) AS "accepted!""#,
            &hash[..],
            password_hash,
            totp_sealed,
            step,
            recovery
        );
        Ok(accept.fetch_one(&self.pool).await?)
    }
}

fn role(name: Option<String>) -> Result<ConsoleRole, DbError> {
    let unknown = || std::io::Error::other("an operator has a role without a meaning").into();
    ConsoleRole::parse(&promised(name)?).ok_or_else(unknown)
}
