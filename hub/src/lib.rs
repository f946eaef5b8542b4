//! The hub: the referee of all schools' records, on axum and PostgreSQL.
//!
//! [`start`] runs one (in a process of its own or inside a test); [`Admin`] is what the people who run it do. A request goes
//! `http` -> `auth` (who speaks) -> a capability (`sync`, `schools`, `users`, ...) -> [`db`] (the only way to PostgreSQL). What
//! a change means is decided by `pems_model`; here it is carried out. `server` puts the parts together.

pub mod archive;
pub mod audit;
pub mod auth;
pub mod cli;
mod console;
mod devices;
pub mod events;
mod http;
pub mod lint;
mod metrics;
mod rate_limit;
mod reads;
pub mod refusal;
mod request_context;
pub mod schools;
pub mod server;
mod sync;
pub mod users;

pub use pems_db as db;

pub use refusal::Refusal;
pub use server::{Admin, Config, ContextForm, ContextKey, PrivatePg, Running, StartError, metrics_token, start};
