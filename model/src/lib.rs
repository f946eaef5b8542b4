//! The pure core of PEMS: what a record is, when it is valid, who may write it, how copies merge and what travels.
//!
//! Nothing here reads a clock, draws a random number, touches a disk or a socket: time, ids and bytes are arguments. That is
//! what lets the simulation run twenty thousand worlds of offices through the very code that ships.

#![warn(missing_docs)]

pub mod access;
pub mod code;
pub mod ddl;
pub mod digest;
pub mod domain;
pub mod edit_time;
pub mod engine;
pub mod entities;
pub mod entity;
pub mod fold;
pub mod frame;
pub mod history;
pub mod injected_fault;
pub mod jwt;
pub mod markdown;
pub mod natural;
pub mod password;
pub mod pgcopy;
pub mod proof;
pub mod push;
pub mod review;
pub mod role;
pub mod row;
pub mod schema;
pub mod school_day;
pub mod text;
pub mod typescript;
pub mod value;
pub mod verifier;
pub mod wire;
pub mod written_by;

pub use access::Act;
pub use code::{Code, Problem};
pub use entity::{Entity, Field, Kind};
pub use role::Role;
pub use row::Row;
pub use schema::Schema;
pub use value::Value;
pub use written_by::WrittenBy;
