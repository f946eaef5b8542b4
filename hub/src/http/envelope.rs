//! The face of every answer, whoever made it: what the hub refuses, and what axum refuses before a handler is asked, looks the
//! same; nothing is kept by anybody in between unless a handler said so; and a request that was not read to its end ends its
//! connection, so that the rest of it is not taken for the next request.
//!
//! Devices (`/v1/...`) get `{"code", "message", "details"}` ([docs/protocol.md](../../../docs/protocol.md)), everybody else the
//! envelope of `docs/api.md`.

use crate::metrics::Metrics;
use crate::refusal::{Refusal, Refused};
use axum::Json;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use http_body::{Frame, SizeHint};
use pems_model::Code;
use serde_json::json;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

/// Bytes of an address and of all header lines. Ours have some hundred; what is longer is kept nowhere and read by nobody.
const ADDRESS_MAX: usize = 8 << 10;
const HEADERS_MAX: usize = 16 << 10;
/// What is still read of a request that was refused before its end, and for how long: somebody who is in the middle of sending
/// hears the answer only if it is taken from the line (RFC 9112, section 9.6).
const LINGER_BYTES: usize = 2 << 20;
const LINGER: Duration = Duration::from_secs(5);

pub(super) async fn envelope(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let for_devices = request.uri().path().starts_with("/v1/");
    let read = Arc::new(AtomicBool::new(false));
    let too_long = too_long(&request);
    let request = request.map(|body| Body::new(Watched::new(body, &read)));
    let mut response = match too_long {
        Some(refused) => {
            drop(request);
            refused
        }
        None => next.run(request).await,
    };
    if response.status().is_client_error() || response.status().is_server_error() {
        let refused = response.extensions_mut().remove::<Refused>().map(|refused| refused.0);
        let refused = refused.unwrap_or_else(|| of_axum(response.status()));
        if response.status() == StatusCode::REQUEST_TIMEOUT {
            metrics.too_slow();
        }
        metrics.refused(&refused);
        put(&mut response, for_devices, &refused);
        if !read.load(Ordering::Acquire) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn too_long(request: &Request) -> Option<Response> {
    let refuse = |status: StatusCode, what: &str, most: usize| {
        let refusal = Refusal::new(Code::TooLarge, format!("{what}: more than {most} bytes"));
        let mut response = refusal.into_response();
        *response.status_mut() = status;
        Some(response)
    };
    let address = |uri: &Uri| uri.path().len() + uri.query().map_or(0, str::len);
    let lines: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if address(request.uri()) > ADDRESS_MAX {
        return refuse(StatusCode::URI_TOO_LONG, "the address", ADDRESS_MAX);
    }
    if lines > HEADERS_MAX {
        return refuse(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "the header lines", HEADERS_MAX);
    }
    None
}

/// What axum refuses by itself has a status and at most a line of text.
fn of_axum(status: StatusCode) -> Refusal {
    match status {
        StatusCode::NOT_FOUND => Refusal::new(Code::NotFound, "there is nothing at this address"),
        StatusCode::METHOD_NOT_ALLOWED => Refusal::new(
            Code::MethodNotAllowed,
            "this address does not take this method; the header Allow names those that it takes",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::new(Code::TooLarge, "the request is too large; send it in parts"),
        StatusCode::REQUEST_TIMEOUT => Refusal::too_slow(),
        status if status.is_server_error() => Refusal::internal("an answer without a reason", &status),
        status => Refusal::new(Code::BadRequest, format!("the request cannot be read ({status})")),
    }
}

/// Puts the refusal into the answer; its status and header lines stay.
fn put(response: &mut Response, for_devices: bool, refused: &Refusal) {
    let body = match for_devices {
        true => Json(&refused.0).into_response(),
        false => Json(json!({ "success": false, "error": &refused.0 })).into_response(),
    };
    let (parts, body) = body.into_parts();
    *response.body_mut() = body;
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().extend(parts.headers);
}

/// A request's body that tells whether it was read to its end.
struct Watched {
    body: Option<Body>,
    read: Arc<AtomicBool>,
}

impl Watched {
    fn new(body: Body, read: &Arc<AtomicBool>) -> Watched {
        read.store(body.is_end_stream(), Ordering::Release);
        Watched { body: Some(body), read: read.clone() }
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let Some(body) = this.body.as_mut() else { return Poll::Ready(None) };
        let polled = Pin::new(&mut *body).poll_frame(context);
        if matches!(polled, Poll::Ready(None)) || body.is_end_stream() {
            this.read.store(true, Ordering::Release);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(body) = self.body.take().filter(|_| !self.read.load(Ordering::Acquire))
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(tokio::time::timeout(LINGER, linger(body)));
        }
    }
}

async fn linger(body: Body) {
    let (mut pieces, mut left) = (body.into_data_stream(), LINGER_BYTES);
    while let Some(Ok(piece)) = pieces.next().await {
        left = left.saturating_sub(piece.len());
        if left == 0 {
            return;
        }
    }
}
