//! One school office's copy of its records: an encrypted SQLite file that answers everything offline, and the hands of the
//! sync machine that bring it level with the hub.
//!
//! Invariants: what a caller was told is saved is on disk together with its outbox entry; nothing but [`store`] writes the
//! file; nothing here is written in plaintext.

pub mod app;
mod cells;
pub mod cli;
pub mod domain;
pub mod env;
pub mod error;
mod files;
pub mod identity;
pub mod import;
pub mod keys;
pub mod log;
pub mod sample;
pub mod store;
pub mod sync;

pub use env::{Env, SystemEnv};
pub use error::{NodeError, Result};
pub use identity::Office;
pub use store::Store;
