//! The tables that an entity becomes: in the office's SQLite file and at the hub's PostgreSQL.

pub mod postgres;
pub mod sqlite;
