//! What can stand in the way of a hub that starts, each with what to do about it.

use crate::refusal::Refusal;
use crate::server::database::PrepareError;
use pems_pg::PgError;
use std::io;

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Pg(#[from] PgError),
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    #[error("{0}")]
    Database(#[from] sqlx::Error),
    #[error("{0}")]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Audit(#[from] crate::audit::AuditError),
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
    #[error("another hub serves {0} already; stop it first, or choose another data directory")]
    Serving(String),
}

impl From<pems_db::DbError> for StartError {
    fn from(error: pems_db::DbError) -> StartError {
        StartError::Refused(error.into())
    }
}
