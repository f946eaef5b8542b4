//! Talking to the hub: enrolment, tokens, and the one exchange, as a stream of frames.

use crate::log::events;
use crate::{NodeError, Result};
use ed25519_dalek::SigningKey;
use futures_util::stream::{BoxStream, StreamExt};
use pems_model::frame::Frame;
use pems_model::wire::{
    ASSERTION_AUDIENCE, AssertionClaims, EnrolAnswer, EnrolRequest, ErrorBody, JWT_BEARER, SILENCE, SyncRequest,
    TokenAnswer,
};
use pems_model::{Code, jwt};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use uuid::Uuid;

const CONNECT: Duration = Duration::from_secs(10);
/// Lifetime of a signed assertion in seconds.
const ASSERTION_LIFE: i64 = 60;
/// From how many bytes on a request is compressed: below, the saving is smaller than a packet.
const COMPRESS_FROM: usize = 4 << 10;

/// Why an exchange did not get to its end.
#[derive(Debug, Clone, PartialEq)]
pub enum ExchangeError {
    /// The hub answered with a refusal.
    Refused(ErrorBody),
    /// No network, a cut stream, a damaged frame.
    Broken(String),
}

/// The frames of one answer as they come.
pub(super) type Frames = BoxStream<'static, std::result::Result<Frame, ExchangeError>>;

/// A hub by its address.
#[derive(Debug, Clone)]
pub struct HubClient {
    base: String,
    http: reqwest::Client,
    received: Arc<AtomicU64>,
}

impl HubClient {
    /// # Errors
    /// `bad_usage` for an address that is not `http://` or `https://`.
    pub fn new(base: &str) -> Result<HubClient> {
        let base = base.trim().trim_end_matches('/').to_owned();
        if !(base.starts_with("http://") || base.starts_with("https://")) {
            return Err(NodeError::new(
                Code::BadUsage,
                format!("'{base}' is not a hub address; it begins with https://"),
            ));
        }
        let _ = rustls::crypto::ring::default_provider().install_default();
        jwt::use_our_ciphers();
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .tcp_nodelay(true)
            .build()
            .map_err(|error| NodeError::new(Code::Internal, format!("no HTTP client: {error}")))?;
        Ok(HubClient { base, http, received: Arc::default() })
    }

    /// Bytes of answers so far, as they came over the line.
    pub fn bytes_received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// `POST /v1/enrol`.
    ///
    /// # Errors
    /// What the hub said of the code, or `hub_unreachable`.
    pub async fn enrol(&self, request: &EnrolRequest) -> Result<EnrolAnswer> {
        let sent = self.http.post(format!("{}/v1/enrol", self.base)).json(request).send().await;
        answer(sent.map_err(|error| self.unreachable(&error))?).await
    }

    /// `POST /v1/token`: an assertion signed by the device key for a short-lived access token. `now` in seconds since 1970.
    ///
    /// # Errors
    /// `device_revoked`, `tenant_suspended`, or `hub_unreachable`.
    pub async fn token(&self, device: Uuid, key: &SigningKey, now: i64, jti: Uuid) -> Result<TokenAnswer> {
        let claims =
            AssertionClaims { iss: device, aud: ASSERTION_AUDIENCE.into(), exp: now + ASSERTION_LIFE, iat: now, jti };
        let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
        let assertion = jsonwebtoken::encode(&header, &claims, &jsonwebtoken::EncodingKey::from_ed_der(&pkcs8(key)))
            .map_err(|error| NodeError::new(Code::Internal, format!("cannot sign: {error}")))?;
        let form = [("grant_type", JWT_BEARER), ("assertion", &assertion)];
        let sent = self.http.post(format!("{}/v1/token", self.base)).form(&form).send().await;
        answer(sent.map_err(|error| self.unreachable(&error))?).await
    }

    /// `POST /v1/sync`. The request is sent when the stream is first polled; dropping the stream ends the exchange.
    pub fn exchange(&self, token: &str, request: &SyncRequest) -> Frames {
        let body = match serde_json::to_vec(request) {
            Ok(body) => body,
            Err(error) => {
                let broken = ExchangeError::Broken(format!("the request cannot be written: {error}"));
                return futures_util::stream::iter([Err(broken)]).boxed();
            }
        };
        let mut post = self
            .http
            .post(format!("{}/v1/sync", self.base))
            .bearer_auth(token)
            .header("content-type", "application/json");
        post = match zstd::bulk::compress(&body, 1) {
            Ok(packed) if body.len() >= COMPRESS_FROM => post.header("content-encoding", "zstd").body(packed),
            _ => post.body(body),
        };
        let received = Arc::clone(&self.received);
        let opening = async move {
            let response = post.send().await.map_err(|error| ExchangeError::Broken(reason(&error)))?;
            if !response.status().is_success() {
                return Err(ExchangeError::Refused(refusal(response).await));
            }
            Ok(frames(response, received))
        };
        futures_util::stream::once(opening)
            .flat_map(|opened| match opened {
                Ok(frames) => frames,
                Err(error) => futures_util::stream::iter([Err(error)]).boxed(),
            })
            .boxed()
    }

    fn unreachable(&self, error: &reqwest::Error) -> NodeError {
        let message = format!(
            "the hub at {} does not answer ({}); check the network, work goes on without it",
            self.base,
            reason(error)
        );
        NodeError::new(Code::HubUnreachable, message)
    }
}

fn frames(response: reqwest::Response, received: Arc<AtomicU64>) -> Frames {
    let state = (response.bytes_stream(), Vec::new(), received);
    futures_util::stream::try_unfold(state, |(mut bytes, mut buffer, received)| async move {
        loop {
            match Frame::take(&mut buffer) {
                Ok(Some(frame)) => return Ok(Some((frame, (bytes, buffer, received)))),
                Ok(None) => {}
                Err(damaged) => {
                    events::line_broke("damaged frame");
                    return Err(ExchangeError::Broken(damaged.to_string()));
                }
            }
            match bytes.next().await {
                Some(Ok(more)) => {
                    received.fetch_add(more.len() as u64, Ordering::Relaxed);
                    buffer.extend_from_slice(&more);
                }
                Some(Err(error)) => return Err(ExchangeError::Broken(reason(&error))),
                None if buffer.is_empty() => return Ok(None),
                None => {
                    events::line_broke("cut off");
                    return Err(ExchangeError::Broken("the answer was cut off".into()));
                }
            }
        }
    })
    .boxed()
}

async fn answer<T: serde::de::DeserializeOwned>(response: reqwest::Response) -> Result<T> {
    if !response.status().is_success() {
        return Err(refusal(response).await.into());
    }
    response.json().await.map_err(|error| {
        NodeError::new(
            Code::HubUnreachable,
            format!("the hub's answer cannot be read ({}); is the address right?", reason(&error)),
        )
    })
}

/// The refusal in a response; something in between (a proxy, a sign-in page) counts as an unreachable hub.
async fn refusal(response: reqwest::Response) -> ErrorBody {
    let status = response.status();
    let unreachable = |message: String| ErrorBody { code: Code::HubUnreachable, message, details: None };
    let bytes = match response.bytes().await {
        Ok(bytes) => bytes,
        Err(error) => {
            return unreachable(format!(
                "the hub refused (status {status}), and why was cut off ({}); check the network, it is tried again",
                reason(&error)
            ));
        }
    };
    match serde_json::from_slice(&bytes) {
        Ok(refusal) => refusal,
        Err(_) => unreachable(format!(
            "something that is not the hub answered with status {status}; check the address and the network"
        )),
    }
}

/// The private key in the form that signers read: RFC 8410, section 7, a fixed head and the seed.
fn pkcs8(key: &SigningKey) -> Vec<u8> {
    const HEAD: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    [&HEAD[..], &key.to_bytes()].concat()
}

/// The innermost cause: what a person can act on ("connection refused"), without the address noise around it.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &(dyn std::error::Error + 'static) = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    events::line_broke(kind(error, cause));
    cause.to_string()
}

/// What of the line broke, in words that stand here: what an error says may name the address.
fn kind(error: &reqwest::Error, cause: &(dyn std::error::Error + 'static)) -> &'static str {
    use std::io::ErrorKind;
    match cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => "connection refused",
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe) => "connection cut",
        Some(ErrorKind::UnexpectedEof) => "cut off",
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown) => "no network",
        _ if error.is_timeout() => "timeout",
        _ if cause.is::<rustls::Error>() => "certificate",
        _ if error.is_connect() => "no connection",
        _ if error.is_decode() => "unreadable answer",
        _ => "other",
    }
}
