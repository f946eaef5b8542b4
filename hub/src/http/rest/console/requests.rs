//! `/console/requests`: what waits for a second owner. For owners.

use super::caller::AtConsole;
use crate::console::Console;
use crate::console::operators::{self, Request};
use crate::http::rest::people::{DONE, Done};
use crate::http::rest::{Answer, ApiError, Id, Refusals, Success};
use crate::http::state::Routes;
use axum::extract::State;
use std::sync::Arc;
use utoipa_axum::routes;

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list)).routes(routes!(approve)).routes(routes!(refuse))
}

/// What owners have asked for in the last month, the newest first.
#[utoipa::path(get, path = "/console/requests", tag = "console", security(("console" = [])),
    responses((status = 200, body = Success<Vec<Request>>), Refusals))]
async fn list(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
) -> Result<Answer<Vec<Request>>, ApiError> {
    Ok(Answer::ok(operators::requests(&console, &who).await?))
}

/// Agree: it is done at once. Another owner than the one who asked, within a day.
#[utoipa::path(post, path = "/console/requests/{id}/approve", tag = "console", security(("console" = [])),
    params(("id" = Uuid, Path), ("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 200, body = Success<Done>), Refusals))]
async fn approve(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
    Id(id): Id,
) -> Result<Answer<Done>, ApiError> {
    operators::decide(&console, &who, id, true).await?;
    Ok(Answer::ok(DONE))
}

/// Refuse, or take back what one has asked for.
#[utoipa::path(post, path = "/console/requests/{id}/refuse", tag = "console", security(("console" = [])),
    params(("id" = Uuid, Path), ("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 200, body = Success<Done>), Refusals))]
async fn refuse(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
    Id(id): Id,
) -> Result<Answer<Done>, ApiError> {
    operators::decide(&console, &who, id, false).await?;
    Ok(Answer::ok(DONE))
}
