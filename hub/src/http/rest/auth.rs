//! `/auth`: signing in, staying signed in, one's own password.

use super::people::{DONE, Done, Me};
use super::{Answer, AnySession, ApiError, Input, Refusals, Success};
use crate::auth::Auth;
use crate::auth::sign_in::{self, Tokens};
use crate::http::client_ip::ClientAddress;
use crate::http::state::Routes;
use crate::refusal::Refusal;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(sign_in))
        .routes(routes!(refresh))
        .routes(routes!(sign_out))
        .routes(routes!(change_password))
        .routes(routes!(me))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The school's short name.
    #[schema(min_length = 1, max_length = 60, pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
    school: String,
    #[schema(format = "email", min_length = 3, max_length = 254)]
    email: String,
    #[schema(format = "password", min_length = 1, max_length = 128)]
    password: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedInAnswer {
    #[serde(flatten)]
    tokens: TokenPair,
    #[serde(flatten)]
    me: Me,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenPair {
    /// For `Authorization: Bearer ...`.
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds for which the access token is good.
    expires_in: u64,
    /// Serves once, for the next pair.
    refresh_token: String,
}

impl From<Tokens> for TokenPair {
    fn from(of: Tokens) -> TokenPair {
        let (access_token, expires_in) = (of.access.token, of.access.expires_in);
        TokenPair { access_token, token_type: "Bearer", expires_in, refresh_token: of.refresh }
    }
}

/// Sign in at a school.
///
/// A wrong password, an unknown e-mail, a disabled account and an unknown school get the same answer. After five wrong tries
/// within 15 minutes the answer is `account_locked` for a minute, then longer.
#[utoipa::path(post, path = "/auth/sign-in", tag = "auth", request_body = SignIn,
    responses((status = 200, body = Success<SignedInAnswer>), Refusals))]
async fn sign_in(
    State(auth): State<Arc<Auth>>,
    ClientAddress(from): ClientAddress,
    Input(said): Input<SignIn>,
) -> Result<Answer<SignedInAnswer>, ApiError> {
    let mut welcome = sign_in::sign_in(&auth, from, &said.school, &said.email, &said.password).await?;
    let tokens = welcome.tokens.take().ok_or_else(|| Refusal::internal("sign-in", &"no tokens"))?;
    Ok(Answer::ok(SignedInAnswer { tokens: tokens.into(), me: welcome.into() }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    refresh_token: String,
}

/// A refresh token against the next pair of tokens.
///
/// Each serves once (again within ten seconds, in case an answer was lost). One that comes later was copied: the session ends.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", request_body = Refresh,
    responses((status = 200, body = Success<TokenPair>), Refusals))]
async fn refresh(
    State(auth): State<Arc<Auth>>,
    ClientAddress(from): ClientAddress,
    Input(said): Input<Refresh>,
) -> Result<Answer<TokenPair>, ApiError> {
    Ok(Answer::ok(sign_in::refresh(&auth, from, &said.refresh_token).await?.into()))
}

/// End this session.
#[utoipa::path(post, path = "/auth/sign-out", tag = "auth", security(("bearer" = [])),
    responses((status = 200, body = Success<Done>), Refusals))]
async fn sign_out(State(auth): State<Arc<Auth>>, AnySession(who): AnySession) -> Result<Answer<Done>, ApiError> {
    sign_in::sign_out(&auth, &who).await?;
    Ok(Answer::ok(DONE))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    #[schema(format = "password", min_length = 1, max_length = 128)]
    current: String,
    /// Ten characters or more; not one's name, e-mail or school, nor what everybody takes.
    #[schema(format = "password", min_length = 10, max_length = 128)]
    new: String,
}

/// Choose another password; ends one's other sessions.
#[utoipa::path(post, path = "/auth/password", tag = "auth", request_body = NewPassword, security(("bearer" = [])),
    responses((status = 200, body = Success<Done>), Refusals))]
async fn change_password(
    State(auth): State<Arc<Auth>>,
    AnySession(who): AnySession,
    Input(said): Input<NewPassword>,
) -> Result<Answer<Done>, ApiError> {
    sign_in::change_password(&auth, &who, &said.current, &said.new).await?;
    Ok(Answer::ok(DONE))
}

/// Who is signed in, as of now.
#[utoipa::path(get, path = "/auth/me", tag = "auth", security(("bearer" = [])),
    responses((status = 200, body = Success<Me>), Refusals))]
async fn me(State(auth): State<Arc<Auth>>, AnySession(who): AnySession) -> Result<Answer<Me>, ApiError> {
    Ok(Answer::ok(sign_in::me(&auth, &who).await?.into()))
}
