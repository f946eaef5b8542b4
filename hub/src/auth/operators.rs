//! The way in for those who run the hub: password and second factor; for operator mode a reason too, and a quarter of an hour at
//! most. The console's way in (`console::sessions`) proves people by the same [`prove`].

use super::Auth;
use super::password::Checked;
use super::sign_in::locked;
use super::{field, recovery, totp};
use crate::rate_limit::{Key, Limit};
use crate::refusal::Refusal;
use pems_db::{Factor, Grant, Issued, ModeBegun, OperatorContext, OperatorKey, Try, sys};
use pems_model::Code;
use std::net::IpAddr;
use uuid::Uuid;

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

/// Whoever said a right password and what may be a right code.
#[derive(Debug)]
pub(crate) struct Proved {
    pub(crate) key: OperatorKey,
    pub(crate) rehashed: Option<String>,
    pub(crate) factor: Factor,
}

/// # Errors
/// `wrong_credentials`, `account_locked`, `rate_limited`, `busy`; `role_forbidden` for viewers and those of a part of the hub.
pub(crate) async fn sign_in(
    auth: &Auth,
    from: IpAddr,
    said: Credentials<'_>,
) -> Result<(OperatorKey, ModeBegun, Issued), Refusal> {
    let (email, reason) = (field::email(said.email)?, field::reason(said.reason)?);
    if let Some(Proved { key, rehashed, factor: Factor::Step(step) }) =
        prove(auth, from, &email, said.password, said.code).await?
        && let Some(begun) = auth.auth_db.begin_operator(&key, rehashed.as_deref(), step, &reason).await?
    {
        let grant = Grant::Operator { operator: key.operator, mode_id: begun.mode_id, ends: begun.ends };
        let issued = auth.access.issue(grant, sys::now()).map_err(|error| Refusal::internal("access token", &error))?;
        return Ok((key, begun, issued));
    }
    Err(refuse(auth, &email).await?)
}

/// Counts a try and checks password and code, with the same work whatever is wrong; `None`: something is, and [`refuse`] says so.
/// Whether the code may still serve, the database decides when it is used.
///
/// # Errors
/// `account_locked`, `rate_limited`, `busy`.
pub(crate) async fn prove(
    auth: &Auth,
    from: IpAddr,
    email: &str,
    password: &str,
    code: &str,
) -> Result<Option<Proved>, Refusal> {
    field::tried("password", password)?;
    auth.limits.check(Limit::SignIn, Key::Address(from))?;
    // No school is called that, so nobody uses up an operator's tries.
    auth.limits.check(Limit::SignIn, Key::account("", email))?;
    let permit = auth.passwords.permit("").await?;
    let key = match auth.auth_db.begin_operator_sign_in(email).await? {
        Try::Wait(seconds) => {
            auth.metrics.failed_sign_in("operator_locked");
            return Err(locked(seconds));
        }
        Try::Unknown => None,
        Try::Known(key) => Some(key),
    };
    let hash = key.as_ref().map(|key| key.password_hash.clone());
    let checked = auth.passwords.check(permit, password, hash).await?;
    let (Some(key), Checked::Right { rehashed }) = (key, checked) else { return Ok(None) };
    let factor = factor(auth, &key, code)?;
    Ok(factor.map(|factor| Proved { key, rehashed, factor }))
}

/// Counts that something was wrong; gives the one answer to that.
///
/// # Errors
/// `busy`.
pub(crate) async fn refuse(auth: &Auth, email: &str) -> Result<Refusal, Refusal> {
    auth.metrics.failed_sign_in("operator_wrong");
    auth.auth_db.refuse_operator(email).await?;
    Ok(wrong())
}

fn factor(auth: &Auth, key: &OperatorKey, code: &str) -> Result<Option<Factor>, Refusal> {
    if let Some(hash) = recovery::hash(code) {
        return Ok(Some(Factor::Recovery(hash)));
    }
    Ok(step(auth, key.operator, &key.totp_sealed, code)?.map(Factor::Step))
}

/// The step of a code of the authenticator app, if it is one of now.
///
/// # Errors
/// `internal`, if the second factor cannot be opened.
pub(crate) fn step(auth: &Auth, operator: Uuid, sealed: &[u8], code: &str) -> Result<Option<i64>, Refusal> {
    let bad = |error: &dyn std::fmt::Display| Refusal::internal("second factor", error);
    let secret = auth.seal.open(operator, sealed).map_err(|error| bad(&error))?;
    totp::step_of(&secret, code, sys::now()).map_err(|error| bad(&error))
}

/// # Errors
/// `busy`.
pub(crate) async fn sign_out(auth: &Auth, who: &OperatorContext) -> Result<(), Refusal> {
    Ok(auth.auth_db.end_operator(who.mode_id()).await?)
}
