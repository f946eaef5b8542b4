//! Who speaks: the access token that every request carries, and the assertion signed by the device's key that earns it
//! (RFC 7523). Tokens are checked in memory; they name the school, so a request never does.

use crate::live::{Live, locked};
use crate::refusal::Refusal;
use axum::http::{HeaderMap, header};
use ed25519_dalek::VerifyingKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use pems_model::wire::{ASSERTION_AUDIENCE, AssertionClaims, TokenAnswer};
use pems_model::{Code, Role};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgPool;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;
use uuid::Uuid;

/// Longest life of an assertion, and how far the device's clock may be off within it, in seconds.
const ASSERTION_TTL_S: i64 = 300;
const CLOCK_LEEWAY_S: i64 = 60;
/// Used assertions remembered; far above what honest devices send in [`ASSERTION_TTL_S`].
const REPLAYS_MAX: usize = 200_000;

/// Claims of an access token.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Caller {
    #[serde(rename = "sub")]
    pub(crate) device: Uuid,
    #[serde(rename = "ten")]
    pub(crate) tenant: Uuid,
    pub(crate) role: Role,
    pub(crate) exp: i64,
}

#[derive(Debug)]
pub(crate) struct Tokens {
    secret: [u8; 32],
    ttl: Duration,
    /// Assertions used, with their expiry: none serves twice.
    used: Mutex<HashMap<Uuid, i64>>,
}

impl Tokens {
    pub(crate) fn new(secret: [u8; 32], ttl: Duration) -> Tokens {
        Tokens { secret, ttl, used: Mutex::default() }
    }

    /// Reads the caller off a request.
    ///
    /// # Errors
    /// No token, one that is not ours, or one that has expired.
    pub(crate) fn caller(&self, headers: &HeaderMap, now: i64) -> Result<Caller, Refusal> {
        let missing = || Refusal::new(Code::Unauthorized, "send an access token: Authorization: Bearer ...");
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(missing)?;
        let token = value.strip_prefix("Bearer ").ok_or_else(missing)?;
        let key = DecodingKey::from_secret(&self.secret);
        let claims = decode::<Caller>(token, &key, &validation(Algorithm::HS256))
            .map_err(|_| {
                Refusal::new(Code::Unauthorized, "the access token is not one of this hub; ask for a new one")
            })?
            .claims;
        if claims.exp <= now / 1_000_000 {
            return Err(Refusal::new(Code::TokenExpired, "the access token has expired; ask for a new one"));
        }
        Ok(claims)
    }

    /// Turns an assertion into an access token.
    ///
    /// # Errors
    /// Anything that is wrong with the assertion (`details.hub_time` helps a device whose clock is off), a revoked device, a
    /// suspended school.
    pub(crate) async fn exchange(
        &self,
        live: &Live,
        auth: &PgPool,
        assertion: &str,
        now: i64,
    ) -> Result<TokenAnswer, Refusal> {
        let refuse = |why: &str| {
            Refusal::new(Code::Unauthorized, format!("the assertion {why}")).with(json!({ "hub_time": now }))
        };
        let claimed = jsonwebtoken::dangerous::insecure_decode::<AssertionClaims>(assertion)
            .map_err(|_| refuse("cannot be read: send an EdDSA JWT with iss, aud, exp, iat and jti"))?
            .claims;
        let device = live.device(auth, claimed.iss).await?;
        let key = VerifyingKey::try_from(&device.public_key[..]).map_err(|_| refuse("is by a device without a key"))?;
        let claims = decode::<AssertionClaims>(
            assertion,
            &DecodingKey::from_ed_der(key.as_bytes()),
            &validation(Algorithm::EdDSA),
        )
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
        device.admit()?;
        self.use_once(claims.jti, claims.exp + CLOCK_LEEWAY_S, now_s).map_err(refuse)?;
        let exp = now_s + i64::try_from(self.ttl.as_secs()).unwrap_or(i64::MAX / 2);
        let caller = Caller { device: claimed.iss, tenant: device.tenant, role: device.role, exp };
        let token = encode(&Header::new(Algorithm::HS256), &caller, &EncodingKey::from_secret(&self.secret))
            .map_err(|error| Refusal::internal("access token", &error))?;
        Ok(TokenAnswer { access_token: token, token_type: "Bearer".into(), expires_in: self.ttl.as_secs() })
    }

    fn use_once(&self, jti: Uuid, until: i64, now: i64) -> Result<(), &'static str> {
        let mut used = locked(&self.used);
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

/// Signature only: expiry is ours to check, against a time that is an argument.
fn validation(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}
