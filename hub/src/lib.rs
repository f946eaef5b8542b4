//! The hub: the referee of all schools' records, on axum and PostgreSQL.
//!
//! [`start`] runs one (in a process of its own or inside a test); [`Admin`] is what the people who run it do. A request goes
//! `routes` -> `bearer` (who speaks) -> `push` and `pull` -> [`doors`] (the only way to the database). What a change means is
//! decided by `pems_model`; here it is carried out.

mod address;
pub mod admin;
mod api;
pub mod archive;
mod assertions;
pub mod audit;
mod bearer;
pub mod cli;
mod clock;
mod code;
pub mod config;
mod context_keys;
mod crowd;
pub mod database;
mod device_list;
mod devices;
pub mod events;
mod hub;
mod limits;
mod lines;
pub mod lint;
mod listen;
mod live;
mod metrics;
pub mod people;
pub mod private_pg;
mod pull;
mod push;
mod read;
pub mod refusal;
mod routes;
mod serve;
mod shapes;
mod start_error;
pub mod tenants;
mod trace;

pub use pems_doors as doors;

pub use admin::Admin;
pub use config::{Config, ContextForm};
pub use context_keys::ContextKey;
pub use private_pg::PrivatePg;
pub use refusal::Refusal;
pub use serve::{Running, start};
pub use start_error::StartError;

/// The token that opens `/metrics` of the hub with this data directory.
///
/// # Errors
/// If its key cannot be read or made.
pub fn metrics_token(config: &Config) -> Result<String, StartError> {
    let at = |source| StartError::Io { what: config.data_dir.display().to_string(), source };
    std::fs::create_dir_all(&config.data_dir).map_err(at)?;
    Ok(metrics::token(&pems_doors::Keys::load(&config.data_dir).map_err(at)?))
}
