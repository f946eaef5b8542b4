//! Who calls: extractors that a handler names in its signature. Without one it has no context, and without a context no door
//! opens.

use super::answer::ApiError;
use crate::auth::{Auth, bearer};
use crate::rate_limit::{Key, Limit};
use crate::refusal::Refusal;
use crate::schools::Settings;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts as Head;
use pems_db::{Caller, Mode, OperatorContext, SessionFacts, TenantContext, sys};
use pems_model::{Act, Code};
use std::sync::Arc;

/// A signed-in user of a school, and the settings of the school, which are asked for once in a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedIn {
    pub(crate) who: TenantContext,
    pub(crate) settings: Settings,
}

impl SignedIn {
    /// # Errors
    /// `role_forbidden`.
    pub(crate) fn check_may(&self, act: Act) -> Result<(), Refusal> {
        if act.allows(self.who.role()) {
            return Ok(());
        }
        let names: Vec<_> = act.roles().iter().map(|role| role.name()).collect();
        Err(Refusal::new(
            Code::RoleForbidden,
            format!("this is for: {}; ask your school's administrator", names.join(", ")),
        ))
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    S: Send + Sync,
    Arc<Auth>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(head: &mut Head, state: &S) -> Result<SignedIn, ApiError> {
        let (signed_in, session) = live_user(head, &Arc::from_ref(state)).await?;
        if session.must_change_password {
            let message = "choose another password first (POST /api/v1/auth/password)";
            return Err(Refusal::new(Code::PasswordChangeRequired, message).into());
        }
        Ok(signed_in)
    }
}

/// As [`SignedIn`], also with a one-time password: for what leads out of that, and out altogether.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnySession(pub(crate) TenantContext);

impl<S> FromRequestParts<S> for AnySession
where
    S: Send + Sync,
    Arc<Auth>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(head: &mut Head, state: &S) -> Result<AnySession, ApiError> {
        Ok(AnySession(live_user(head, &Arc::from_ref(state)).await?.0.who))
    }
}

/// The user of a token whose session goes on, with the role of now: what an administrator changes counts at once, not when the
/// token has run out.
async fn live_user(head: &Head, auth: &Auth) -> Result<(SignedIn, SessionFacts), Refusal> {
    let over = || Refusal::new(Code::Unauthorized, "this session is over; sign in again");
    let (who, session) = match bearer::caller(auth, &head.headers, sys::now())? {
        Caller::Tenant(who) if who.mode() == Mode::User => (who, who.session().ok_or_else(over)?),
        _ => return Err(Refusal::new(Code::Unauthorized, "this is for signed-in users of a school")),
    };
    auth.limits.check(Limit::Api, Key::User(who.actor()))?;
    let session = auth.live.session(&auth.auth_db, who.tenant(), session).await?;
    if !session.live || session.account != who.actor() {
        return Err(over());
    }
    if session.suspended {
        return Err(Refusal::suspended());
    }
    let settings = auth.live.settings(&auth.tenant_db, &who).await?;
    auth.limits.check_tenant(who.tenant(), settings.api_rate_limit)?;
    Ok((SignedIn { who: who.with_role(session.role), settings }, session))
}

/// Somebody who runs the hub, in operator mode.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OperatorMode(pub(crate) OperatorContext);

impl<S> FromRequestParts<S> for OperatorMode
where
    S: Send + Sync,
    Arc<Auth>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(head: &mut Head, state: &S) -> Result<OperatorMode, ApiError> {
        let auth: Arc<Auth> = Arc::from_ref(state);
        match bearer::caller(&auth, &head.headers, sys::now())? {
            Caller::Operator(who) => {
                auth.limits.check(Limit::Api, Key::User(who.operator().unwrap_or_default()))?;
                Ok(OperatorMode(who))
            }
            Caller::Tenant(_) => {
                Err(Refusal::new(Code::Unauthorized, "this is for those who run the hub; sign in as an operator")
                    .into())
            }
        }
    }
}
