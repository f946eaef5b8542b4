//! Operators sign in here: password and second factor are checked by the hub, operator mode is begun by the database.

use super::accounts::{Try, tried};
use super::{AuthDb, promised};
use crate::error::DbError;
use crate::sys;
use uuid::Uuid;

/// An operator that somebody says to be, and what password and code are checked against.
#[derive(Clone, PartialEq, Eq)]
pub struct OperatorKey {
    /// Their id.
    pub operator: Uuid,
    /// PHC string.
    pub password_hash: String,
    /// The second factor's secret, sealed.
    pub totp_sealed: Vec<u8>,
}

impl std::fmt::Debug for OperatorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OperatorKey").field("operator", &self.operator).finish_non_exhaustive()
    }
}

/// Operator mode that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeBegun {
    /// Its id, which the audit log names with every act.
    pub mode_id: Uuid,
    /// When it ends by itself, in microseconds since 1970 UTC.
    pub ends: i64,
    /// The operator's name.
    pub name: String,
}

impl AuthDb {
    /// Counts a try to sign in as an operator. `email` folded, as stored.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn begin_operator_sign_in(&self, email: &str) -> Result<Try<OperatorKey>, DbError> {
        let query = sqlx::query!(
            "SELECT wait_s, operator, password_hash, totp_sealed FROM sec.begin_operator_sign_in($1)",
            email
        );
        let found = query.fetch_one(&self.pool).await?;
        tried(found.wait_s, found.operator, |operator| {
            let (password_hash, totp_sealed) = (promised(found.password_hash)?, promised(found.totp_sealed)?);
            Ok(OperatorKey { operator, password_hash, totp_sealed })
        })
    }

    /// Says that the try was wrong.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn refuse_operator(&self, email: &str) -> Result<(), DbError> {
        sqlx::query!("SELECT sec.refuse_operator($1)", email).execute(&self.pool).await?;
        Ok(())
    }

    /// Begins operator mode for 15 minutes. `step` is that of the code; `None`: it has served before, or the operator changed.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn begin_operator(
        &self,
        key: &OperatorKey,
        rehashed: Option<&str>,
        step: i64,
        reason: &str,
    ) -> Result<Option<ModeBegun>, DbError> {
        let mode_id = sys::new_ordered_id(sys::now())?;
        let query = sqlx::query!(
            "SELECT (extract(epoch FROM ends) * 1000000)::bigint AS ends, name FROM sec.begin_operator($1, $2, $3, $4, $5, $6)",
            key.operator,
            key.password_hash,
            rehashed,
            step,
            mode_id,
            reason
        );
        let begun = query.fetch_one(&self.pool).await?;
        let Some(ends) = begun.ends else { return Ok(None) };
        Ok(Some(ModeBegun { mode_id, ends, name: promised(begun.name)? }))
    }

    /// Ends operator mode; the database refuses its token from now on.
    ///
    /// # Errors
    /// A database that is busy or away.
    pub async fn end_operator(&self, mode_id: Uuid) -> Result<(), DbError> {
        sqlx::query!("SELECT sec.end_operator($1)", mode_id).execute(&self.pool).await?;
        Ok(())
    }
}
