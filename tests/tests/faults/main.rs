//! The promises of syncing (`docs/protocol.md`) on the real thing: a hub that runs, PostgreSQL, encrypted files, sockets,
//! and everything that can go wrong between them.

mod authors;
mod concurrent;
mod cut;
mod devices;
mod first_sync;
mod killed;
mod logged;
mod offline;
mod review;
mod same_number;
mod secrets;
mod signed;
mod unsent;
