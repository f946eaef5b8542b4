//! People over real HTTP against a real PostgreSQL: signing in, staying signed in, a school's users, operators.

mod claims;
mod command;
mod crowded;
mod hostile;
mod lockout;
mod numbers;
mod offices;
mod operators;
mod proofs;
mod refreshing;
mod secrets;
mod signed;
mod signing_in;
mod town;
mod users;
mod verifiers;
#[path = "../hub/world.rs"]
#[expect(dead_code, reason = "shared with the test target hub")]
mod world;
