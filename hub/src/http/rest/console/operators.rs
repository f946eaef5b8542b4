//! `/console/operators`: who is an operator. For owners; what is about an owner waits for a second one.

use super::caller::AtConsole;
use super::{Because, Reason, ScopeShape, role};
use crate::console::Console;
use crate::console::operators::{self, Change, Operator, Outcome};
use crate::http::rest::{Answer, ApiError, Id, Input, Refusals, Success};
use crate::http::state::Routes;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list, invite)).routes(routes!(change)).routes(routes!(reset))
}

/// The operators of one's scope.
#[utoipa::path(get, path = "/console/operators", tag = "console", security(("console" = [])),
    responses((status = 200, body = Success<Vec<Operator>>), Refusals))]
async fn list(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
) -> Result<Answer<Vec<Operator>>, ApiError> {
    Ok(Answer::ok(operators::list(&console, &who).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invite {
    #[schema(format = "email", min_length = 3, max_length = 254)]
    email: String,
    #[schema(min_length = 1, max_length = 128)]
    name: String,
    #[schema(pattern = "^(owner|support|viewer)$")]
    role: String,
    scope: ScopeShape,
    reason: Reason,
}

/// With the code that the operator begins with.
#[derive(Debug, Serialize, ToSchema)]
struct WithCode {
    #[serde(flatten)]
    outcome: Outcome,
    /// Shown this once, good for three days from when it is done: for the console's page of invitations.
    code: String,
}

/// Invite an operator.
#[utoipa::path(post, path = "/console/operators", tag = "console", request_body = Invite, security(("console" = [])),
    params(("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 201, body = Success<WithCode>), Refusals))]
async fn invite(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
    Input(said): Input<Invite>,
) -> Result<Answer<WithCode>, ApiError> {
    let (role, scope, reason) = (role(&said.role)?, said.scope.checked()?, said.reason.checked()?);
    let (outcome, code) = operators::invite(&console, &who, &said.email, &said.name, role, &scope, &reason).await?;
    Ok(Answer::ok(WithCode { outcome, code }).created())
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OperatorChange {
    #[schema(pattern = "^(owner|support|viewer)$")]
    role: Option<String>,
    scope: Option<ScopeShape>,
    /// true shuts the operator out at once.
    disabled: Option<bool>,
    reason: Reason,
}

/// Change an operator's role or scope, or shut one out. What the operator was doing ends.
#[utoipa::path(patch, path = "/console/operators/{id}", tag = "console", request_body = OperatorChange, security(("console" = [])),
    params(("id" = Uuid, Path), ("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 200, body = Success<Outcome>), Refusals))]
async fn change(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
    Id(id): Id,
    Input(said): Input<OperatorChange>,
) -> Result<Answer<Outcome>, ApiError> {
    let change = Change {
        role: said.role.as_deref().map(role).transpose()?,
        scope: said.scope.map(|scope| scope.checked()).transpose()?,
        disabled: said.disabled,
    };
    let reason = said.reason.checked()?;
    Ok(Answer::ok(operators::change(&console, &who, id, &change, &reason).await?))
}

/// Make an operator's password, second factor and recovery codes worthless; the code serves to choose new ones.
#[utoipa::path(post, path = "/console/operators/{id}/reset", tag = "console", request_body = Because, security(("console" = [])),
    params(("id" = Uuid, Path), ("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 200, body = Success<WithCode>), Refusals))]
async fn reset(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
    Id(id): Id,
    Input(said): Input<Because>,
) -> Result<Answer<WithCode>, ApiError> {
    let (outcome, code) = operators::reset(&console, &who, id, &said.reason.checked()?).await?;
    Ok(Answer::ok(WithCode { outcome, code }))
}
