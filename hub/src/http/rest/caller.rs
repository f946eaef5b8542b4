//! Who calls: extractors that a handler names in its signature. Without one it has no context, and without a context no door
//! opens.

use super::answer::ApiError;
use crate::auth::bearer;
use crate::http::state::Parts;
use crate::rate_limit::{Key, Limit};
use crate::refusal::Refusal;
use axum::extract::FromRequestParts;
use axum::http::request::Parts as Head;
use pems_db::{Caller, Mode, OperatorContext, SessionFacts, TenantContext, sys};
use pems_model::{Act, Code};
use std::sync::Arc;

/// A signed-in user of a school.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedIn(pub(crate) TenantContext);

impl SignedIn {
    /// # Errors
    /// `role_forbidden`.
    pub(crate) fn check_may(&self, act: Act) -> Result<(), Refusal> {
        if act.allows(self.0.role()) {
            return Ok(());
        }
        let names: Vec<_> = act.roles().iter().map(|role| role.name()).collect();
        Err(Refusal::new(
            Code::RoleForbidden,
            format!("this is for: {}; ask your school's administrator", names.join(", ")),
        ))
    }
}

impl FromRequestParts<Arc<Parts>> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(head: &mut Head, parts: &Arc<Parts>) -> Result<SignedIn, ApiError> {
        let (who, session) = live_user(head, parts).await?;
        if session.must_change_password {
            let message = "choose another password first (POST /api/v1/auth/password)";
            return Err(Refusal::new(Code::PasswordChangeRequired, message).into());
        }
        Ok(SignedIn(who))
    }
}

/// As [`SignedIn`], also with a one-time password: for what leads out of that, and out altogether.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnySession(pub(crate) TenantContext);

impl FromRequestParts<Arc<Parts>> for AnySession {
    type Rejection = ApiError;

    async fn from_request_parts(head: &mut Head, parts: &Arc<Parts>) -> Result<AnySession, ApiError> {
        Ok(AnySession(live_user(head, parts).await?.0))
    }
}

/// The user of a token whose session goes on, with the role of now: what an administrator changes counts at once, not when the
/// token has run out.
async fn live_user(head: &Head, parts: &Parts) -> Result<(TenantContext, SessionFacts), Refusal> {
    let over = || Refusal::new(Code::Unauthorized, "this session is over; sign in again");
    let (who, session) = match bearer::caller(&parts.auth, &head.headers, sys::now())? {
        Caller::Tenant(who) if who.mode() == Mode::User => (who, who.session().ok_or_else(over)?),
        _ => return Err(Refusal::new(Code::Unauthorized, "this is for signed-in users of a school")),
    };
    parts.limits.check(Limit::Api, Key::User(who.actor()))?;
    let session = parts.live.session(&parts.auth_db, who.tenant(), session).await?;
    if !session.live || session.account != who.actor() {
        return Err(over());
    }
    if session.suspended {
        return Err(Refusal::suspended());
    }
    let settings = parts.live.settings(&parts.tenant_db, &who).await?;
    parts.limits.check_tenant(who.tenant(), settings.api_rate_limit)?;
    Ok((who.with_role(session.role), session))
}

/// Somebody who runs the parts, in operator mode.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OperatorMode(pub(crate) OperatorContext);

impl FromRequestParts<Arc<Parts>> for OperatorMode {
    type Rejection = ApiError;

    async fn from_request_parts(head: &mut Head, parts: &Arc<Parts>) -> Result<OperatorMode, ApiError> {
        match bearer::caller(&parts.auth, &head.headers, sys::now())? {
            Caller::Operator(who) => {
                parts.limits.check(Limit::Api, Key::User(who.operator().unwrap_or_default()))?;
                Ok(OperatorMode(who))
            }
            Caller::Tenant(_) => {
                Err(Refusal::new(Code::Unauthorized, "this is for those who run the hub; sign in as an operator")
                    .into())
            }
        }
    }
}
