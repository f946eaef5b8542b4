//! `/console/sign-in` and what follows from it: who one is, a code typed again, one's own sessions.

use super::ScopeShape;
use super::caller::{self, AtConsole, OwnPage};
use crate::console::Console;
use crate::console::sessions::{self, Living};
use crate::http::client_ip::ClientAddress;
use crate::http::rest::people::{DONE, Done};
use crate::http::rest::{Answer, ApiError, Id, Input, Refusals, Success};
use crate::http::state::Routes;
use axum::extract::State;
use axum::http::HeaderName;
use pems_db::ConsoleContext;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use time::OffsetDateTime;
use time::serde::rfc3339;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> Routes {
    Routes::new()
        .routes(routes!(sign_in))
        .routes(routes!(sign_out))
        .routes(routes!(step_up))
        .routes(routes!(me))
        .routes(routes!(list))
        .routes(routes!(end))
}

/// An answer that sets or takes away the cookie.
type WithCookie<T> = ([(HeaderName, String); 1], Answer<T>);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConsoleSignIn {
    #[schema(format = "email", min_length = 3, max_length = 254)]
    email: String,
    #[schema(format = "password", min_length = 1, max_length = 128)]
    password: String,
    /// Six digits of the authenticator app, or a recovery code. Each serves once.
    #[schema(example = "492039")]
    code: String,
}

/// Who is signed in at the console.
#[derive(Debug, Serialize, ToSchema)]
struct ConsoleMe {
    id: Uuid,
    email: String,
    name: String,
    /// `owner`, `support` or `viewer`.
    role: &'static str,
    scope: ScopeShape,
    session: Uuid,
    /// When the session is over, used or not.
    #[serde(with = "rfc3339")]
    ends_at: OffsetDateTime,
    /// Until when a code was typed recently enough to act; null after a recovery code.
    #[serde(with = "rfc3339::option")]
    #[schema(required)]
    fresh_until: Option<OffsetDateTime>,
}

impl From<ConsoleContext> for ConsoleMe {
    fn from(of: ConsoleContext) -> ConsoleMe {
        ConsoleMe {
            id: of.operator(),
            email: of.email().to_owned(),
            name: of.name().to_owned(),
            role: of.role().name(),
            scope: of.scope().clone().into(),
            session: of.session(),
            ends_at: of.ends(),
            fresh_until: of.fresh_until(),
        }
    }
}

/// Sign in at the console: eight hours at most, half an hour without a request.
///
/// Sets the cookie that all else here asks for. Whatever is wrong gets the same answer; after five wrong tries within 15 minutes it is
/// `account_locked` for a minute, then longer.
#[utoipa::path(post, path = "/console/sign-in", tag = "console", request_body = ConsoleSignIn,
    params(("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 200, body = Success<ConsoleMe>, headers(("Set-Cookie" = String))), Refusals))]
async fn sign_in(
    State(console): State<Arc<Console>>,
    ClientAddress(from): ClientAddress,
    _: OwnPage,
    Input(said): Input<ConsoleSignIn>,
) -> Result<WithCookie<ConsoleMe>, ApiError> {
    let (cookie, who) = sessions::sign_in(&console, from, &said.email, &said.password, &said.code).await?;
    Ok((caller::set(&cookie), Answer::ok(who.into())))
}

/// End this session.
#[utoipa::path(post, path = "/console/sign-out", tag = "console", security(("console" = [])),
    params(("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 200, body = Success<Done>, headers(("Set-Cookie" = String))), Refusals))]
async fn sign_out(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
) -> Result<WithCookie<Done>, ApiError> {
    sessions::end(&console, &who, who.session()).await?;
    Ok((caller::clear(), Answer::ok(DONE)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepUp {
    /// Six digits of the authenticator app; no recovery code. Each serves once.
    #[schema(example = "492039")]
    code: String,
}

/// Type a code again: lets act for five minutes.
#[utoipa::path(post, path = "/console/step-up", tag = "console", request_body = StepUp, security(("console" = [])),
    params(("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 200, body = Success<Done>), Refusals))]
async fn step_up(
    State(console): State<Arc<Console>>,
    ClientAddress(from): ClientAddress,
    AtConsole(who): AtConsole,
    Input(said): Input<StepUp>,
) -> Result<Answer<Done>, ApiError> {
    sessions::step_up(&console, from, &who, &said.code).await?;
    Ok(Answer::ok(DONE))
}

/// Who is signed in, as of now.
#[utoipa::path(get, path = "/console/me", tag = "console", security(("console" = [])),
    responses((status = 200, body = Success<ConsoleMe>), Refusals))]
async fn me(State(console): State<Arc<Console>>, AtConsole(who): AtConsole) -> Result<Answer<ConsoleMe>, ApiError> {
    sessions::me(&console, &who).await?;
    Ok(Answer::ok(who.into()))
}

/// One of one's own sessions. Neither browser nor address is kept.
#[derive(Debug, Serialize, ToSchema)]
struct OwnSession {
    id: Uuid,
    /// Whether it is the one that asks.
    current: bool,
    #[serde(with = "rfc3339")]
    begun_at: OffsetDateTime,
    /// When it was used last, to the minute.
    #[serde(with = "rfc3339")]
    seen_at: OffsetDateTime,
    #[serde(with = "rfc3339")]
    ends_at: OffsetDateTime,
}

/// One's own sessions, the newest first.
#[utoipa::path(get, path = "/console/sessions", tag = "console", security(("console" = [])),
    responses((status = 200, body = Success<Vec<OwnSession>>), Refusals))]
async fn list(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
) -> Result<Answer<Vec<OwnSession>>, ApiError> {
    let shown = |Living { id, begun_at, seen_at, ends_at }: Living| OwnSession {
        current: id == who.session(),
        id,
        begun_at,
        seen_at,
        ends_at,
    };
    Ok(Answer::ok(sessions::list(&console, &who).await?.into_iter().map(shown).collect()))
}

/// End one of one's own sessions.
#[utoipa::path(delete, path = "/console/sessions/{id}", tag = "console", security(("console" = [])),
    params(("id" = Uuid, Path), ("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 200, body = Success<Done>), Refusals))]
async fn end(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
    Id(id): Id,
) -> Result<Answer<Done>, ApiError> {
    sessions::end(&console, &who, id).await?;
    Ok(Answer::ok(DONE))
}
