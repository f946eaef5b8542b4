//! One line and one measurement for each request: who (the school's id and what kind of caller), which route, how it ended, how
//! long it took. Never names, contents, addresses with ids in them, or what somebody searched for.

use crate::metrics::Metrics;
use crate::request_context::{self, Current};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use pems_db::sys;
use std::sync::Arc;
use tokio::time::Instant;
use tracing::Instrument;

/// Whoever passes a request on names it by this; the hub does, if nobody has.
const REQUEST_ID: &str = "x-request-id";
const REQUEST_ID_MAX: usize = 64;

pub(super) async fn log(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let current = Arc::new(Current::default());
    let start = Instant::now();
    let span = tracing::info_span!("request", id);
    let mut response = request_context::during(current.clone(), next.run(request)).instrument(span.clone()).await;
    let took = start.elapsed();
    let status = response.status();
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let caller = current.caller();
    let tenant = caller.and_then(|caller| caller.tenant);
    metrics.answered(&route, method, status.as_u16(), tenant, took);
    let (tenant, actor) = (tenant.map(|tenant| tenant.to_string()), caller.map(|caller| caller.kind));
    let (status, ms) = (status.as_u16(), u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    span.in_scope(|| {
        if status >= 500 {
            tracing::warn!(method, route, tenant, actor, status, ms, "request");
        } else {
            tracing::info!(method, route, tenant, actor, status, ms, "request");
        }
    });
    response
}

/// The one that came along, if it can stand in a log line; else a new one.
fn request_id(request: &Request) -> String {
    let plain = |id: &&str| {
        (1..=REQUEST_ID_MAX).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(plain);
    given.map_or_else(|| sys::random::<8>().map_or_else(|_| "none".to_owned(), hex::encode), str::to_owned)
}

/// A label of the metrics: methods that somebody makes up are one.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
