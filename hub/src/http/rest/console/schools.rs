//! `/console/schools`: schools without their people, those of one's scope.

use super::Because;
use super::caller::AtConsole;
use crate::console::Console;
use crate::console::schools::{self, FleetSchool};
use crate::http::rest::{Answer, ApiError, Asked, Id, Input, Refusals, Success};
use crate::http::state::Routes;
use crate::reads::page::{Page, Paging};
use axum::extract::State;
use std::sync::Arc;
use utoipa_axum::routes;

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list)).routes(routes!(get)).routes(routes!(suspend)).routes(routes!(resume))
}

/// The schools of one's scope, oldest first.
#[utoipa::path(get, path = "/console/schools", params(Paging), tag = "console", security(("console" = [])),
    responses((status = 200, body = Success<Page<FleetSchool>>), Refusals))]
async fn list(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
    Asked(paging): Asked<Paging>,
) -> Result<Answer<Page<FleetSchool>>, ApiError> {
    let (limit, after) = (paging.limit()?, paging.after()?);
    let found = schools::list(&console, &who, after, limit + 1).await?;
    Ok(Answer::ok(Page::of(found, limit, |last| Some(last.id.to_string()))))
}

/// One school. That it was looked at stands in its own audit log.
#[utoipa::path(get, path = "/console/schools/{id}", params(("id" = Uuid, Path)), tag = "console", security(("console" = [])),
    responses((status = 200, body = Success<FleetSchool>), Refusals))]
async fn get(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
    Id(id): Id,
) -> Result<Answer<FleetSchool>, ApiError> {
    Ok(Answer::ok(schools::get(&console, &who, id).await?))
}

/// Shut a school out at once; its records stay. For owners and support.
#[utoipa::path(post, path = "/console/schools/{id}/suspend", tag = "console", request_body = Because, security(("console" = [])),
    params(("id" = Uuid, Path), ("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 200, body = Success<FleetSchool>), Refusals))]
async fn suspend(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
    Id(id): Id,
    Input(said): Input<Because>,
) -> Result<Answer<FleetSchool>, ApiError> {
    Ok(Answer::ok(schools::suspend(&console, &who, id, true, &said.reason.checked()?).await?))
}

/// Let a school in again. For owners and support.
#[utoipa::path(post, path = "/console/schools/{id}/resume", tag = "console", request_body = Because, security(("console" = [])),
    params(("id" = Uuid, Path), ("Origin" = String, Header), ("x-pems-console" = String, Header)),
    responses((status = 200, body = Success<FleetSchool>), Refusals))]
async fn resume(
    State(console): State<Arc<Console>>,
    AtConsole(who): AtConsole,
    Id(id): Id,
    Input(said): Input<Because>,
) -> Result<Answer<FleetSchool>, ApiError> {
    Ok(Answer::ok(schools::suspend(&console, &who, id, false, &said.reason.checked()?).await?))
}
