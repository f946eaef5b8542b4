//! Who speaks: the access token that every request carries, and the assertion signed by the device's key that earns a device
//! one (RFC 7523). Tokens are checked in memory; they name the school, so a request never does.

use super::Auth;
use crate::rate_limit::{Key, Limit};
use crate::refusal::Refusal;
use crate::sync::tenant_state::admit;
use axum::http::{HeaderMap, header};
use ed25519_dalek::VerifyingKey;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use pems_db::{Caller, Grant, Mode, TenantContext};
use pems_model::Code;
use pems_model::wire::{ASSERTION_AUDIENCE, AssertionClaims, TokenAnswer};
use serde_json::json;
use std::net::IpAddr;

/// Longest life of an assertion, and how far the device's clock may be off within it, in seconds.
const ASSERTION_TTL_S: i64 = 300;
const CLOCK_LEEWAY_S: i64 = 60;
/// Reads the caller off a request.
///
/// # Errors
/// No token, one that is not ours, or one that has expired.
pub(crate) fn caller(auth: &Auth, headers: &HeaderMap, now: i64) -> Result<Caller, Refusal> {
    let missing = || Refusal::new(Code::Unauthorized, "send an access token: Authorization: Bearer ...");
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(missing)?;
    let token = value.strip_prefix("Bearer ").ok_or_else(missing)?;
    let caller = auth.access.check(token, now)?;
    crate::request_context::caller_is(&caller);
    Ok(caller)
}

/// As [`caller`], for what only devices do.
///
/// # Errors
/// As [`caller`]; a token of a user or an operator.
pub(crate) fn device(auth: &Auth, headers: &HeaderMap, now: i64) -> Result<TenantContext, Refusal> {
    match caller(auth, headers, now)? {
        Caller::Tenant(who) if who.mode() == Mode::Device => Ok(who),
        _ => Err(Refusal::new(Code::Unauthorized, "this is for devices; a user's token does not serve here")),
    }
}

/// Turns an assertion into an access token.
///
/// # Errors
/// Anything that is wrong with the assertion (`details.hub_time` helps a device whose clock is off), a revoked device, a
/// suspended school.
pub(crate) async fn exchange(auth: &Auth, from: IpAddr, assertion: &str, now: i64) -> Result<TokenAnswer, Refusal> {
    let refuse =
        |why: &str| Refusal::new(Code::Unauthorized, format!("the assertion {why}")).with(json!({ "hub_time": now }));
    let Ok(claimed) = jsonwebtoken::dangerous::insecure_decode::<AssertionClaims>(assertion) else {
        auth.limits.check(Limit::Token, Key::Address(from))?;
        return Err(refuse("cannot be read: send an EdDSA JWT with iss, aud, exp, iat and jti"));
    };
    let claimed = claimed.claims;
    auth.limits.check_claim(Limit::Token, from, &claimed.iss.to_string())?;
    let device = auth.live.device(&auth.auth_db, claimed.iss).await?;
    let key = VerifyingKey::try_from(&device.public_key[..]).map_err(|_| refuse("is by a device without a key"))?;
    let claims = decode::<AssertionClaims>(assertion, &DecodingKey::from_ed_der(key.as_bytes()), &signature_only())
        .map_err(|_| refuse("is not signed by the device's key"))?
        .claims;
    if claims.aud != ASSERTION_AUDIENCE {
        return Err(refuse("is for another audience"));
    }
    let now_s = now / 1_000_000;
    if claims.exp <= now_s - CLOCK_LEEWAY_S {
        return Err(refuse("has expired; check the device's clock"));
    }
    if claims.exp > now_s + ASSERTION_TTL_S + CLOCK_LEEWAY_S {
        return Err(refuse("lives too long (five minutes at most); check the device's clock"));
    }
    admit(&device)?;
    auth.limits.check(Limit::Token, Key::Device(claimed.iss))?;
    auth.assertions.use_once(device.tenant, claims.jti, claims.exp + CLOCK_LEEWAY_S, now_s).map_err(refuse)?;
    auth.auth_db.device_seen(claimed.iss).await?;
    let grant = Grant::Device { tenant: device.tenant, device: claimed.iss, role: device.role };
    let issued = auth.access.issue(grant, now).map_err(|error| Refusal::internal("access token", &error))?;
    Ok(TokenAnswer { access_token: issued.token, token_type: "Bearer".into(), expires_in: issued.expires_in })
}

/// Expiry is ours to check, against a time that is an argument.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}
