//! What can stand in the way of a transaction.

use std::io;

/// Why a transaction was not opened, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database refused or could not be reached. SQLSTATE PM001: the school is suspended; PM002: no key of the
    /// database made the token; PM003: the operator mode is over; PM004: the console session is over; 28000: the token was not accepted.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// All connections are in use and none came free in time.
    #[error("no database connection came free in time")]
    Busy,
    /// The pool itself could not be made, or is closed.
    #[error("the connection pool: {0}")]
    Pool(String),
    /// The hub's own files or randomness: the keys, most of the time.
    #[error(transparent)]
    Machine(#[from] io::Error),
}

impl From<deadpool::managed::PoolError<sqlx::Error>> for DbError {
    fn from(error: deadpool::managed::PoolError<sqlx::Error>) -> DbError {
        match error {
            deadpool::managed::PoolError::Backend(error) => error.into(),
            deadpool::managed::PoolError::Timeout(_) => DbError::Busy,
            other => DbError::Pool(other.to_string()),
        }
    }
}
