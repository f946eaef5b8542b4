//! The wall between schools, attacked: whoever can run any SQL in a request of school A learns and changes nothing of school B.
//! Real PostgreSQL, the application's own role, a valid context of A. docs/isolation.md has the promise, docs/security.md what is
//! left.

mod attack;
mod attacks;
mod caller;
mod chance;
mod crowd;
mod estimates;
mod fingerprint;
mod fuzz;
mod merge;
mod plant;
mod psql;
mod residuals;
mod sweep;
mod values;
