//! Who speaks: the access token that every request carries, and the assertion signed by the device's key that earns a device
//! one (RFC 7523). Tokens are checked in memory; they name the school, so a request never does.

use crate::hub::Hub;
use crate::limits::{Key, Limit};
use crate::live::{admit, locked};
use crate::refusal::Refusal;
use axum::http::{HeaderMap, header};
use ed25519_dalek::VerifyingKey;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use pems_doors::{Caller, Grant, Mode, TenantContext};
use pems_model::Code;
use pems_model::wire::{ASSERTION_AUDIENCE, AssertionClaims, TokenAnswer};
use serde_json::json;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use uuid::Uuid;

/// Longest life of an assertion, and how far the device's clock may be off within it, in seconds.
const ASSERTION_TTL_S: i64 = 300;
const CLOCK_LEEWAY_S: i64 = 60;
/// Used assertions of one school that are remembered; far above what honest devices send in [`ASSERTION_TTL_S`]. Beyond it that
/// school waits, and no other one.
const REPLAYS_MAX: usize = 20_000;

/// Reads the caller off a request.
///
/// # Errors
/// No token, one that is not ours, or one that has expired.
pub(crate) fn caller(hub: &Hub, headers: &HeaderMap, now: i64) -> Result<Caller, Refusal> {
    let missing = || Refusal::new(Code::Unauthorized, "send an access token: Authorization: Bearer ...");
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(missing)?;
    let token = value.strip_prefix("Bearer ").ok_or_else(missing)?;
    let caller = hub.access.check(token, now)?;
    crate::trace::caller_is(&caller);
    Ok(caller)
}

/// As [`caller`], for what only devices do.
///
/// # Errors
/// As [`caller`]; a token of a user or an operator.
pub(crate) fn device(hub: &Hub, headers: &HeaderMap, now: i64) -> Result<TenantContext, Refusal> {
    match caller(hub, headers, now)? {
        Caller::Tenant(who) if who.mode() == Mode::Device => Ok(who),
        _ => Err(Refusal::new(Code::Unauthorized, "this is for devices; a user's token does not serve here")),
    }
}

/// Assertions used, by school and with their expiry: none serves twice.
#[derive(Debug, Default)]
pub(crate) struct Assertions {
    used: Mutex<HashMap<Uuid, HashMap<Uuid, i64>>>,
}

impl Assertions {
    /// Turns an assertion into an access token.
    ///
    /// # Errors
    /// Anything that is wrong with the assertion (`details.hub_time` helps a device whose clock is off), a revoked device, a
    /// suspended school.
    pub(crate) async fn exchange(
        &self,
        hub: &Hub,
        from: IpAddr,
        assertion: &str,
        now: i64,
    ) -> Result<TokenAnswer, Refusal> {
        let refuse = |why: &str| {
            Refusal::new(Code::Unauthorized, format!("the assertion {why}")).with(json!({ "hub_time": now }))
        };
        let Ok(claimed) = jsonwebtoken::dangerous::insecure_decode::<AssertionClaims>(assertion) else {
            hub.limits.check(Limit::Token, Key::Address(from))?;
            return Err(refuse("cannot be read: send an EdDSA JWT with iss, aud, exp, iat and jti"));
        };
        let claimed = claimed.claims;
        hub.limits.check_claim(Limit::Token, from, &claimed.iss.to_string())?;
        let device = hub.live.device(&hub.lobby, claimed.iss).await?;
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
        hub.limits.check(Limit::Token, Key::Device(claimed.iss))?;
        self.use_once(device.tenant, claims.jti, claims.exp + CLOCK_LEEWAY_S, now_s).map_err(refuse)?;
        hub.lobby.device_seen(claimed.iss).await?;
        let grant = Grant::Device { tenant: device.tenant, device: claimed.iss, role: device.role };
        let issued = hub.access.issue(grant, now).map_err(|error| Refusal::internal("access token", &error))?;
        Ok(TokenAnswer { access_token: issued.token, token_type: "Bearer".into(), expires_in: issued.expires_in })
    }

    /// Forgets those that have expired. `now`: microseconds since 1970.
    pub(crate) fn tidy(&self, now: i64) {
        let now = now / 1_000_000;
        locked(&self.used).retain(|_, used| {
            used.retain(|_, expires| *expires > now);
            !used.is_empty()
        });
    }

    fn use_once(&self, school: Uuid, jti: Uuid, until: i64, now: i64) -> Result<(), &'static str> {
        let mut schools = locked(&self.used);
        let used = schools.entry(school).or_default();
        if used.len() >= REPLAYS_MAX {
            used.retain(|_, expires| *expires > now);
            if used.len() >= REPLAYS_MAX {
                return Err("comes while too many others do; try again in a minute");
            }
        }
        match used.insert(jti, until) {
            Some(_) => Err("was used already; sign a new one"),
            None => Ok(()),
        }
    }
}

/// Expiry is ours to check, against a time that is an argument.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_school_does_not_use_up_another_ones_assertions() {
        let used = Assertions::default();
        let (greedy, quiet) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for jti in 0..REPLAYS_MAX as u128 {
            used.use_once(greedy, Uuid::from_u128(jti), 300, 0).expect("room");
        }
        assert!(used.use_once(greedy, Uuid::max(), 300, 0).is_err(), "bounded");
        used.use_once(quiet, Uuid::max(), 300, 0).expect("another school");
        assert!(used.use_once(quiet, Uuid::max(), 300, 0).is_err(), "once");
        used.use_once(greedy, Uuid::max(), 600, 301).expect("what has expired makes room");
        used.tidy(601_000_000);
        assert!(locked(&used.used).is_empty(), "and does not stay");
    }
}
