//! The hub's HTTP face. Every handler gets its caller from a checked token and its transactions from a door; there is no other
//! way to the database from here.

mod enrol;
mod log;
mod sync;
mod token;

use crate::address::ClientAddress;
use crate::api;
use crate::hub::Hub;
use crate::limits::{Key, Limit};
use crate::refusal::Refusal;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, body};
use pems_model::Code;
use std::sync::Arc;

/// Largest body of the small requests.
pub(crate) const SMALL_BODY: usize = 16 << 10;

pub(crate) fn router(hub: Arc<Hub>) -> Router {
    let api = api::router().layer(middleware::from_fn_with_state(hub.clone(), not_too_often));
    Router::new()
        .route("/v1/enrol", post(enrol::enrol))
        .route("/v1/token", post(token::token))
        .route("/v1/sync", post(sync::sync))
        .route("/healthz", get(|| async { StatusCode::NO_CONTENT }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .merge(api)
        .fallback(|| async { Refusal::new(Code::NotFound, "there is nothing at this address") })
        .layer(middleware::from_fn_with_state(hub.clone(), log::log))
        .with_state(hub)
}

/// Counts requests to the API by address, before anything is known about who sends them.
async fn not_too_often(
    State(hub): State<Arc<Hub>>,
    ClientAddress(from): ClientAddress,
    request: Request,
    next: Next,
) -> Result<Response, api::ApiError> {
    hub.limits.check(Limit::Api, Key::Address(from))?;
    Ok(next.run(request).await)
}

/// Numbers for a Prometheus server, which shows the token that `pems-hub metrics-token` prints.
async fn metrics(State(hub): State<Arc<Hub>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let told = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let told = told.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    // Hashes compare in the same time wherever they differ.
    if blake3::hash(told.as_bytes()) != blake3::hash(hub.metrics_token.as_bytes()) {
        let message = "send the metrics token (pems-hub metrics-token): Authorization: Bearer ...";
        return Err(Refusal::new(Code::Unauthorized, message));
    }
    let format = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, format)], hub.metrics.text(&hub)?).into_response())
}

/// Whether requests can be served: the database answers.
async fn ready(State(hub): State<Arc<Hub>>) -> Result<StatusCode, Refusal> {
    hub.lobby.ping().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The whole body, up to `limit`.
pub(crate) async fn read_body(body: body::Body, limit: usize) -> Result<body::Bytes, Refusal> {
    body::to_bytes(body, limit).await.map_err(|error| {
        use std::error::Error;
        let too_large = error.source().is_some_and(|cause| cause.to_string().contains("length limit"));
        if too_large { too_large_body(limit) } else { Refusal::new(Code::BadRequest, "the request's body broke off") }
    })
}

fn too_large_body(limit: usize) -> Refusal {
    Refusal::new(Code::TooLarge, format!("the request is larger than {limit} bytes; send it in parts"))
}
