//! The hub over real HTTP against a real PostgreSQL: one throw-away server for the run, a database of its own for each test.

mod context;
mod crowd;
mod devices;
mod enrolment;
mod greedy;
mod guards;
mod keys;
mod managed;
mod operators;
mod requests;
mod running;
mod settings;
mod slow;
mod syncing;
mod world;
