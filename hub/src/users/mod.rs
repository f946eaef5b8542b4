//! A school's people as accounts of the hub, and the hub's operators.
//!
//! - [`accounts`]: a school and its own people, through the wall
//! - [`admin_jobs`]: what the command line does with people

pub(crate) mod accounts;
pub(crate) mod admin_jobs;

pub use admin_jobs::{NewOperator, OneTimePassword, OperatorLine};
