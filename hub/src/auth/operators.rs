//! The way in for those who run the hub: password, second factor, reason; a quarter of an hour at most.

use super::Auth;
use super::password::Checked;
use super::sign_in::locked;
use super::{field, totp};
use crate::rate_limit::{Key, Limit};
use crate::refusal::Refusal;
use pems_db::{Grant, Issued, ModeBegun, OperatorContext, OperatorKey, Try, sys};
use pems_model::Code;
use std::net::IpAddr;

/// What somebody says who wants to run the hub for a while.
#[derive(Debug)]
pub(crate) struct Credentials<'a> {
    pub(crate) email: &'a str,
    pub(crate) password: &'a str,
    pub(crate) code: &'a str,
    /// Why; every school that is looked at has it in its audit log.
    pub(crate) reason: &'a str,
}

/// The one answer to whatever is not right.
fn wrong() -> Refusal {
    Refusal::new(
        Code::WrongCredentials,
        "the e-mail, the password or the code is not right, or the code has served before; wait for the next one",
    )
}

/// # Errors
/// `wrong_credentials`, `account_locked`, `rate_limited`, `busy`.
pub(crate) async fn sign_in(
    auth: &Auth,
    from: IpAddr,
    said: Credentials<'_>,
) -> Result<(OperatorKey, ModeBegun, Issued), Refusal> {
    let (email, reason) = (field::email(said.email)?, field::reason(said.reason)?);
    field::tried("password", said.password)?;
    auth.limits.check(Limit::SignIn, Key::Address(from))?;
    // No school is called that, so nobody uses up an operator's tries.
    auth.limits.check(Limit::SignIn, Key::account("", &email))?;
    let permit = auth.passwords.permit("").await?;
    let key = match auth.auth_db.begin_operator_sign_in(&email).await? {
        Try::Wait(seconds) => {
            auth.metrics.failed_sign_in("operator_locked");
            return Err(locked(seconds));
        }
        Try::Unknown => None,
        Try::Known(key) => Some(key),
    };
    let hash = key.as_ref().map(|key| key.password_hash.clone());
    let checked = auth.passwords.check(permit, said.password, hash).await?;
    let begun = match (&key, checked) {
        (Some(key), Checked::Right { rehashed }) => begin(auth, key, rehashed.as_deref(), said.code, &reason).await?,
        _ => None,
    };
    if let (Some(key), Some(begun)) = (key, begun) {
        let grant = Grant::Operator { operator: key.operator, mode_id: begun.mode_id, ends: begun.ends };
        let issued = auth.access.issue(grant, sys::now()).map_err(|error| Refusal::internal("access token", &error))?;
        return Ok((key, begun, issued));
    }
    auth.metrics.failed_sign_in("operator_wrong");
    auth.auth_db.refuse_operator(&email).await?;
    Err(wrong())
}

/// Checks the code and begins operator mode; `None` if the code is not right or has served.
async fn begin(
    auth: &Auth,
    key: &OperatorKey,
    rehashed: Option<&str>,
    code: &str,
    reason: &str,
) -> Result<Option<ModeBegun>, Refusal> {
    let bad = |error: &dyn std::fmt::Display| Refusal::internal("second factor", error);
    let secret = auth.seal.open(key.operator, &key.totp_sealed).map_err(|error| bad(&error))?;
    match totp::step_of(&secret, code, sys::now()).map_err(|error| bad(&error))? {
        Some(step) => Ok(auth.auth_db.begin_operator(key, rehashed, step, reason).await?),
        None => Ok(None),
    }
}

/// # Errors
/// `busy`.
pub(crate) async fn sign_out(auth: &Auth, who: &OperatorContext) -> Result<(), Refusal> {
    Ok(auth.auth_db.end_operator(who.mode_id()).await?)
}
