//! Authentication: how somebody proves to be who they say, and what follows from it.
//!
//! - [`password`]: Argon2id, bounded in memory, behind a [`queue`] that is fair to schools; which passwords will do: [`pems_model::password`]
//! - [`totp`]: the second factor of operators, [`seal`]ed in the database; [`recovery`] codes for who has lost it
//! - [`tokens`]: what a session refreshes itself with
//! - [`sign_in`], [`operators`]: the way in, for people of a school and for those who run the hub
//! - [`bearer`]: whose token a request carries; [`assertions`] of devices count once
//!
//! Invariants:
//! - a wrong password, an unknown account, a disabled one and an unknown school get the same answer after the same work;
//! - tries are counted in the database before they are made, so neither several hubs nor a restart give more of them;
//! - no secret is kept in a form that serves to sign in: passwords as Argon2id, tokens as SHA-256, second factors sealed.

pub(crate) mod assertions;
pub(crate) mod bearer;
pub(crate) mod field;
pub(crate) mod operators;
pub(crate) mod password;
mod queue;
pub(crate) mod recovery;
pub(crate) mod seal;
pub(crate) mod sign_in;
pub(crate) mod tokens;
pub(crate) mod totp;

use crate::metrics::Metrics;
use crate::rate_limit::Limits;
use crate::refusal::Refusal;
use crate::sync::tenant_state::TenantStates;
use pems_db::{AccessTokens, AuthDb, TenantDb};
use pems_model::Problem;
use std::sync::Arc;

/// What it takes to find out who somebody is.
#[derive(Debug)]
pub(crate) struct Auth {
    pub(crate) access: AccessTokens,
    pub(crate) assertions: assertions::Assertions,
    pub(crate) auth_db: AuthDb,
    pub(crate) tenant_db: TenantDb,
    pub(crate) passwords: Arc<password::Passwords>,
    /// Opens operators' second factors.
    pub(crate) seal: seal::Seal,
    pub(crate) successors: tokens::Successors,
    pub(crate) live: Arc<TenantStates>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) metrics: Arc<Metrics>,
}

/// # Errors
/// `password_weak`, with what to do about it. `field`: how who asks calls the password; `about`: what anybody
/// knows of the person.
pub(crate) fn strong(field: &str, password: &str, about: &[&str]) -> Result<(), Refusal> {
    use pems_model::password::{LONGEST, SHORTEST, check};
    check(password, about).map_err(|weak| {
        let problem = Problem::from(weak);
        let details =
            serde_json::json!({ "field": field, "weak": weak.code(), "shortest": SHORTEST, "longest": LONGEST });
        Refusal::new(problem.code, problem.message).with(details)
    })
}
