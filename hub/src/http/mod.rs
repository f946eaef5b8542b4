//! The hub's HTTP face. Every handler gets its caller from a checked token and its transactions from a door; there is no other
//! way to the database from here.

pub(crate) mod client_ip;
mod envelope;
pub(crate) mod patience;
mod request_log;
mod rest;
pub(crate) mod state;
mod sync_api;

use crate::auth::{Auth, bearer};
use crate::console::Console;
use crate::http::client_ip::ClientAddress;
use crate::http::patience::Patience;
use crate::http::state::{AtWork, Hub};
use crate::metrics::{Metrics, MetricsToken, Pools};
use crate::rate_limit::{Key, Limit};
use crate::refusal::Refusal;
use axum::body::{Body, HttpBody};
use axum::extract::{FromRef, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, body};
use http_body_util::LengthLimitError;
use pems_db::{AuthDb, Caller, OperatorDb, Shares, TenantDb, sys};
use pems_model::Code;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutError};

/// Largest body of the small requests.
pub(crate) const SMALL_BODY: usize = 16 << 10;

pub(crate) fn router(hub: Hub) -> Router {
    let patience = Patience::from_ref(&hub);
    let count_panics = panicked(Arc::from_ref(&hub));
    let counted = rest::router()
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .layer(middleware::from_fn_with_state(hub.clone(), not_too_often));
    Router::new()
        .route("/v1/enrol", post(sync_api::enrol::enrol))
        .route("/v1/token", post(sync_api::token::token))
        .route("/v1/sync", post(sync_api::sync::sync))
        .route("/healthz", get(|| async { StatusCode::NO_CONTENT }))
        .merge(counted)
        .fallback(|| async { Refusal::new(Code::NotFound, "there is nothing at this address") })
        .layer(RequestBodyTimeoutLayer::new(patience.body_piece))
        .layer(CatchPanicLayer::custom(count_panics))
        .layer(middleware::from_fn_with_state(hub.clone(), envelope::envelope))
        .layer(middleware::from_fn_with_state(hub.clone(), request_log::log))
        .with_state(hub)
}

/// Requests of one school's people that are at work at once: as many as it may have database connections. Each takes its turns on
/// the threads that all schools share, so with more of them every step of another school's request would stand behind them all.
const AT_WORK: usize = 4;
/// How long the next one waits for one of them to end.
const AT_WORK_WAIT: Duration = Duration::from_secs(10);

/// Who of a school may be at work: see [`AT_WORK`].
pub(crate) fn at_work() -> AtWork {
    AtWork(Shares::new(AT_WORK, AT_WORK_WAIT))
}

/// Counts requests of those who show no token of ours, by address. The others count by user and school: schools that share an
/// address must not use up each other's requests; and wait behind their own school's, where these are many.
async fn not_too_often(
    State(auth): State<Arc<Auth>>,
    State(AtWork(shares)): State<AtWork>,
    State(patience): State<Patience>,
    ClientAddress(from): ClientAddress,
    request: Request,
    next: Next,
) -> Result<Response, rest::ApiError> {
    match bearer::caller(&auth, request.headers(), sys::now()) {
        Ok(Caller::Tenant(who)) => {
            // Whole before it takes a place: a body that trickles in is no work, and its token may be of somebody who signed out.
            let (head, body) = request.into_parts();
            let body = read_body(body, SMALL_BODY, patience.body).await?;
            let _at_work = shares.take(who.tenant()).await?;
            Ok(next.run(Request::from_parts(head, Body::from(body))).await)
        }
        Ok(Caller::Operator(_)) => Ok(next.run(request).await),
        Err(_) => {
            auth.limits.check(Limit::Api, Key::Address(from))?;
            Ok(next.run(request).await)
        }
    }
}

/// Numbers for a Prometheus server, which shows the token that `pems-hub metrics-token` prints.
async fn metrics(
    State(metrics): State<Arc<Metrics>>,
    State(token): State<MetricsToken>,
    State(tenant_db): State<TenantDb>,
    State(operator_db): State<OperatorDb>,
    State(console): State<Arc<Console>>,
    State(auth_db): State<AuthDb>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let told = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let told = told.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if !token.is(told) {
        let message = "send the metrics token (pems-hub metrics-token): Authorization: Bearer ...";
        return Err(Refusal::new(Code::Unauthorized, message));
    }
    let console_db = &console.console_db;
    let pools = Pools { tenant_db: &tenant_db, operator_db: &operator_db, console_db, auth_db: &auth_db };
    let format = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, format)], metrics.text(&pools)?).into_response())
}

/// Whether requests can be served: the database answers.
async fn ready(State(auth_db): State<AuthDb>) -> Result<StatusCode, Refusal> {
    auth_db.ping().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A mistake of ours ends one request, not the hub.
fn panicked(metrics: Arc<Metrics>) -> impl Fn(Box<dyn Any + Send>) -> Response + Clone {
    move |panic| mistake(&metrics, panic.as_ref()).into_response()
}

/// Counts a panic and says what is said of it.
pub(crate) fn mistake(metrics: &Metrics, panic: &(dyn Any + Send)) -> Refusal {
    metrics.panicked();
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Refusal::internal("panic", &text.unwrap_or("without a text"))
}

/// The whole body, up to `limit` bytes and for as long as `patience` lasts; the layer around all routes waits for the single pieces.
pub(crate) async fn read_body(body: body::Body, limit: usize, patience: Duration) -> Result<body::Bytes, Refusal> {
    // What says that it is too large is not read first.
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large_body(limit));
    }
    let read = tokio::time::timeout(patience, body::to_bytes(body, limit)).await.map_err(|_| Refusal::too_slow())?;
    read.map_err(|error| {
        let causes = || std::iter::successors(Some(&error as &dyn std::error::Error), |cause| cause.source());
        if causes().any(|cause| cause.is::<LengthLimitError>()) {
            too_large_body(limit)
        } else if causes().any(|cause| cause.is::<TimeoutError>()) {
            Refusal::too_slow()
        } else {
            Refusal::new(Code::BadRequest, "the request's body broke off")
        }
    })
}

fn too_large_body(limit: usize) -> Refusal {
    Refusal::new(Code::TooLarge, format!("the request is larger than {limit} bytes; send it in parts"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tower::ServiceExt;

    /// A body that does not say how long it is, piece by piece.
    async fn read(pieces: Vec<Result<&'static str, std::io::Error>>) -> Code {
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        read_body(body, 8, Duration::from_secs(60)).await.expect_err("refused").code()
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_told_from_one_that_says_so() {
        assert_eq!(read(vec![Ok("12345"), Ok("6789")]).await, Code::TooLarge);
        assert_eq!(read(vec![Ok("123456789")]).await, Code::TooLarge);
        let broken = std::io::Error::other("length limit exceeded");
        assert_eq!(read(vec![Ok("1234"), Err(broken)]).await, Code::BadRequest);
        let fits = Body::from_stream(futures_util::stream::iter([Ok::<_, std::io::Error>("12345678")]));
        assert_eq!(&read_body(fits, 8, Duration::from_secs(60)).await.expect("whole")[..], b"12345678");
    }

    #[tokio::test]
    async fn a_panic_in_a_handler_is_one_refusal_and_is_counted() {
        async fn broken() -> StatusCode {
            panic!("a mistake of ours")
        }
        let metrics = Arc::new(Metrics::new());
        let router =
            Router::<()>::new().route("/broken", get(broken)).layer(CatchPanicLayer::custom(panicked(metrics.clone())));
        let ask = || Request::get("/broken").body(Body::empty()).expect("a request");
        for count in 1..=2 {
            let response = router.clone().oneshot(ask()).await.expect("an answer");
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let refused = response.extensions().get::<crate::refusal::Refused>().expect("a reason");
            assert_eq!(refused.0.code(), Code::Internal);
            assert!(!refused.0.0.message.contains("mistake"), "the cause is for the log");
            assert_eq!(metrics.panics(), count);
        }
    }
}
