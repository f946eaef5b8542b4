//! Access tokens: short-lived, signed by this hub, checked in memory. They name the school, so a request never does.

use crate::context::{Caller, Mode, OperatorContext, TenantContext};
use crate::keys::Keys;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use pems_model::{Role, jwt};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Another signature, another form, or no token at all.
    #[error("the access token is not one of this hub; ask for a new one")]
    NotOurs,
    /// Ours, and over.
    #[error("the access token has expired; ask for a new one")]
    Expired,
}

/// To whom a token is given. Making one is for those who have just checked a signature or a password.
#[derive(Debug, Clone, Copy)]
pub enum Grant {
    /// An office's PC that has proved to hold its key.
    Device {
        /// The school that it is enrolled at.
        tenant: Uuid,
        /// Its id.
        device: Uuid,
        /// What it is enrolled as.
        role: Role,
    },
    /// Somebody of a school who has said the password of their account.
    User {
        /// The school of the account.
        tenant: Uuid,
        /// The account's id.
        user: Uuid,
        /// The account's role as of now.
        role: Role,
        /// The sign-in that the token belongs to; it is worth nothing once that is over.
        session: Uuid,
    },
    /// Somebody who runs the hub, in operator mode.
    Operator {
        /// The operator's id.
        operator: Uuid,
        /// The mode, which the database knows with its reason.
        mode_id: Uuid,
        /// The end of the mode, in microseconds since 1970 UTC; the token does not outlive it.
        ends: i64,
    },
}

/// A token as it is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// What the holder sends as `Authorization: Bearer`; letters, digits, `-`, `_` and dots.
    pub token: String,
    /// For how long it is good from now on, in seconds.
    pub expires_in: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
enum Claims {
    Dev { sub: Uuid, ten: Uuid, role: Role, exp: i64 },
    Usr { sub: Uuid, ten: Uuid, role: Role, sid: Uuid, exp: i64 },
    Opr { sub: Uuid, mid: Uuid, exp: i64 },
}

/// Signs and checks access tokens (JWT, HS256).
#[derive(Clone)]
pub struct AccessTokens {
    secret: [u8; 32],
    ttl: Duration,
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessTokens").field("ttl", &self.ttl).finish_non_exhaustive()
    }
}

impl AccessTokens {
    /// Signs with a key of its own that follows from the hub's; `ttl` is how long a device's or user's token is good.
    pub fn new(keys: &Keys, ttl: Duration) -> AccessTokens {
        jwt::use_our_ciphers();
        AccessTokens { secret: keys.derive("pems hub: access tokens"), ttl }
    }

    /// `now`: microseconds since 1970.
    ///
    /// # Errors
    /// If the claims cannot be written, which would be a mistake of ours.
    pub fn issue(&self, grant: Grant, now: i64) -> Result<Issued, jsonwebtoken::errors::Error> {
        let now = now / 1_000_000;
        let exp = now.saturating_add(i64::try_from(self.ttl.as_secs()).unwrap_or(i64::MAX));
        let (claims, exp) = match grant {
            Grant::Device { tenant, device, role } => (Claims::Dev { sub: device, ten: tenant, role, exp }, exp),
            Grant::User { tenant, user, role, session } => {
                (Claims::Usr { sub: user, ten: tenant, role, sid: session, exp }, exp)
            }
            Grant::Operator { operator, mode_id, ends } => {
                let exp = ends / 1_000_000;
                (Claims::Opr { sub: operator, mid: mode_id, exp }, exp)
            }
        };
        let token = encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(&self.secret))?;
        Ok(Issued { token, expires_in: u64::try_from(exp - now).unwrap_or(0) })
    }

    /// Who holds the token. `now`: microseconds since 1970.
    ///
    /// # Errors
    /// A token that is not ours, or has expired.
    pub fn check(&self, token: &str, now: i64) -> Result<Caller, AccessError> {
        let mut validation = Validation::new(Algorithm::HS256);
        // Expiry is ours to check, against a time that is an argument.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let claims = decode::<Claims>(token, &DecodingKey::from_secret(&self.secret), &validation)
            .map_err(|_| AccessError::NotOurs)?
            .claims;
        let (caller, exp) = match claims {
            Claims::Dev { sub, ten, role, exp } => {
                let mode = Mode::Device;
                (Caller::Tenant(TenantContext { tenant: ten, actor: sub, role, mode, session: None }), exp)
            }
            Claims::Usr { sub, ten, role, sid, exp } => {
                let mode = Mode::User;
                (Caller::Tenant(TenantContext { tenant: ten, actor: sub, role, mode, session: Some(sid) }), exp)
            }
            Claims::Opr { sub, mid, exp } => {
                let ends = exp.saturating_mul(1_000_000);
                (Caller::Operator(OperatorContext { mode_id: mid, operator: Some(sub), ends }), exp)
            }
        };
        if exp <= now / 1_000_000 { Err(AccessError::Expired) } else { Ok(caller) }
    }
}
