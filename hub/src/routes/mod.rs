//! The hub's HTTP face. Every handler gets its caller from a checked token and its transactions from a door; there is no other
//! way to the database from here.

mod enrol;
mod sync;
mod token;

use crate::api;
use crate::hub::Hub;
use crate::refusal::Refusal;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, body};
use pems_model::Code;
use std::sync::Arc;
use tokio::time::Instant;
use uuid::Uuid;

/// Largest body of the small requests.
pub(crate) const SMALL_BODY: usize = 16 << 10;

/// The school of a request, for the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoggedTenant(Uuid);

pub(crate) fn router(hub: Arc<Hub>) -> Router {
    Router::new()
        .route("/v1/enrol", post(enrol::enrol))
        .route("/v1/token", post(token::token))
        .route("/v1/sync", post(sync::sync))
        .route("/healthz", get(|| async { StatusCode::NO_CONTENT }))
        .route("/readyz", get(ready))
        .merge(api::router())
        .fallback(|| async { Refusal::new(Code::NotFound, "there is nothing at this address") })
        .layer(middleware::from_fn(log))
        .with_state(hub)
}

/// Whether requests can be served: the database answers.
async fn ready(State(hub): State<Arc<Hub>>) -> Result<StatusCode, Refusal> {
    hub.lobby.ping().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One line for each request: who (the school's id), what, how it ended, how long. Never names or contents.
async fn log(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let start = Instant::now();
    let response = next.run(request).await;
    let status = response.status();
    let tenant = response.extensions().get::<LoggedTenant>().map(|tenant| tenant.0.to_string());
    let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    if status.is_server_error() {
        tracing::warn!(%method, path, tenant, status = status.as_u16(), ms, "request");
    } else {
        tracing::info!(%method, path, tenant, status = status.as_u16(), ms, "request");
    }
    response
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
