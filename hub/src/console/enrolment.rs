//! An invitation is taken: whoever holds its code chooses a password, sets up an authenticator app, and is shown the recovery
//! codes. Nothing half chosen is kept: the second factor follows from the code and the hub's key until it is proved.

use super::Console;
use super::secret::InvitationCode;
use crate::auth::{recovery, strong, totp};
use crate::rate_limit::{Key, Limit};
use crate::refusal::Refusal;
use pems_db::{Invited, sys};
use pems_model::Code;
use std::net::IpAddr;

/// Who is invited, and what goes into the authenticator app.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) invited: Invited,
    /// `otpauth://...`, behind a QR code.
    pub(crate) otpauth: String,
    /// The same secret for typing, base 32.
    pub(crate) secret: String,
}

fn none() -> Refusal {
    let message = "there is no such invitation: it was used or withdrawn, or is older than three days; ask for another";
    Refusal::new(Code::CodeUnknown, message)
}

async fn open(console: &Console, from: IpAddr, code: &str) -> Result<(InvitationCode, Invited), Refusal> {
    console.auth.limits.check(Limit::SignIn, Key::Address(from))?;
    let code = InvitationCode::parse(code).ok_or_else(none)?;
    let invited = console.auth.auth_db.open_invitation(&code.hash()).await?.ok_or_else(none)?;
    Ok((code, invited))
}

/// # Errors
/// `code_unknown`, `rate_limited`.
pub(crate) async fn look(console: &Console, from: IpAddr, code: &str) -> Result<Offer, Refusal> {
    let (code, invited) = open(console, from, code).await?;
    let secret = console.auth.seal.of_invitation(code.bytes());
    let enrolment = totp::enrolment(&secret, &invited.email);
    let (otpauth, secret) = enrolment.map_err(|error| Refusal::internal("second factor", &error))?;
    Ok(Offer { invited, otpauth, secret })
}

/// Gives the recovery codes, this once.
///
/// # Errors
/// `code_unknown`, `password_weak`, `rate_limited`, `busy`; `wrong_credentials` for a code that the app does not show now.
pub(crate) async fn accept(
    console: &Console,
    from: IpAddr,
    code: &str,
    password: &str,
    typed: &str,
) -> Result<Vec<String>, Refusal> {
    let auth = &console.auth;
    let (code, invited) = open(console, from, code).await?;
    strong("password", password, &[&invited.email, &invited.name])?;
    let internal = |error: &dyn std::fmt::Display| Refusal::internal("second factor", error);
    let secret = auth.seal.of_invitation(code.bytes());
    let step = totp::step_of(&secret, typed, sys::now()).map_err(|error| internal(&error))?;
    let step = step.ok_or_else(|| {
        let message = "the authenticator app does not show this code now; look at its clock, and take the next one";
        Refusal::new(Code::WrongCredentials, message)
    })?;
    let sealed = auth.seal.seal(invited.operator, &secret, sys::random()?).map_err(|error| internal(&error))?;
    let (codes, hashes) = recovery::codes()?;
    let permit = auth.passwords.permit("").await?;
    let hash = auth.passwords.hash(permit, password, sys::random()?).await?;
    match auth.auth_db.accept_invitation(&code.hash(), &hash, &sealed, step, &hashes).await? {
        true => Ok(codes),
        false => Err(none()),
    }
}
