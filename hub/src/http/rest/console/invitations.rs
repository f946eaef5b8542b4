//! `/console/invitation`: how an invited person begins; `/console/invitations`: what owners have given and nobody has taken yet.

use super::caller::{AtConsole, OwnPage};
use crate::console::operators::{self, Invitation};
use crate::console::{Console, enrolment};
use crate::http::client_ip::ClientAddress;
use crate::http::rest::people::{DONE, Done};
use crate::http::rest::{Answer, ApiError, Id, Input, Refusals, Success};
use crate::http::state::Routes;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(look)).routes(routes!(accept)).routes(routes!(list)).routes(routes!(withdraw))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invited {
    /// As the owner who invites was shown it.
    #[schema(min_length = 43, max_length = 43)]
    code: String,
}

/// Who is invited, and what goes into the authenticator app.
#[derive(Debug, Serialize, ToSchema)]
struct Offer {
    email: String,
    name: String,
    /// `owner`, `support` or `viewer`.
    role: &'static str,
    scope: super::ScopeShape,
    /// The address behind the QR code.
    #[schema(example = "otpauth://totp/...")]
    otpauth: String,
    /// The same secret for typing, base 32.
    secret: String,
}

/// What an invitation offers. The same as often as one looks, until it is taken.
#[utoipa::path(post, path = "/console/invitation", tag = "console", request_body = Invited,
    params(("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 200, body = Success<Offer>), Refusals))]
async fn look(
    State(console): State<Arc<Console>>,
    ClientAddress(from): ClientAddress,
    _: OwnPage,
    Input(said): Input<Invited>,
) -> Result<Answer<Offer>, ApiError> {
    let enrolment::Offer { invited, otpauth, secret } = enrolment::look(&console, from, &said.code).await?;
    Ok(Answer::ok(Offer {
        email: invited.email,
        name: invited.name,
        role: invited.role.name(),
        scope: invited.scope.into(),
        otpauth,
        secret,
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Accept {
    #[schema(min_length = 43, max_length = 43)]
    code: String,
    /// Ten characters or more; not one's name or e-mail, nor what everybody takes.
    #[schema(format = "password", min_length = 10, max_length = 128)]
    password: String,
    /// Six digits of the authenticator app: it is set up.
    #[schema(example = "492039")]
    app_code: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct Enrolled {
    /// Ten, shown this once: each lets in once, for who has lost the app.
    recovery_codes: Vec<String>,
}

/// Take an invitation: choose a password, with the app set up. Sign in afterwards.
#[utoipa::path(post, path = "/console/accept", tag = "console", request_body = Accept,
    params(("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 201, body = Success<Enrolled>), Refusals))]
async fn accept(
    State(console): State<Arc<Console>>,
    ClientAddress(from): ClientAddress,
    _: OwnPage,
    Input(said): Input<Accept>,
) -> Result<Answer<Enrolled>, ApiError> {
    let codes = enrolment::accept(&console, from, &said.code, &said.password, &said.app_code).await?;
    Ok(Answer::ok(Enrolled { recovery_codes: codes }).created())
}

/// Invitations that nobody has taken yet. For owners.
#[utoipa::path(get, path = "/console/invitations", tag = "console", security(("console" = [])),
    responses((status = 200, body = Success<Vec<Invitation>>), Refusals))]
async fn list(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
) -> Result<Answer<Vec<Invitation>>, ApiError> {
    Ok(Answer::ok(operators::invitations(&console, &who).await?))
}

/// Make an invitation worthless; the id is the operator's. For owners.
#[utoipa::path(delete, path = "/console/invitations/{id}", tag = "console", security(("console" = [])),
    params(("id" = Uuid, Path), ("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 200, body = Success<Done>), Refusals))]
async fn withdraw(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
    Id(id): Id,
) -> Result<Answer<Done>, ApiError> {
    operators::withdraw(&console, &who, id).await?;
    Ok(Answer::ok(DONE))
}
