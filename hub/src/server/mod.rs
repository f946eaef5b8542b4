//! A hub as a whole: its settings, its database, its connections, its start and stop. The one place that knows every part.

pub mod admin;
pub mod config;
pub(crate) mod connections;
pub(crate) mod context_keys;
pub mod database;
mod listen;
mod run;
pub(crate) mod start_error;
mod subscribers;

pub use admin::Admin;
pub use config::{Config, ContextForm};
pub use context_keys::ContextKey;
pub use pems_pg::{DATABASE, PrivatePg};
pub use run::{Running, start};
pub use start_error::StartError;

/// The token that opens `/metrics` of the hub with this data directory.
///
/// # Errors
/// If its key cannot be read or made.
pub fn metrics_token(config: &Config) -> Result<String, StartError> {
    let at = |source| StartError::Io { what: config.data_dir.display().to_string(), source };
    std::fs::create_dir_all(&config.data_dir).map_err(at)?;
    Ok(crate::metrics::token(&pems_db::Keys::load(&config.data_dir).map_err(at)?))
}
