//! `POST /v1/sync`: one exchange. What can be refused is refused with a status before the stream begins; after that an error
//! is a frame.

use crate::auth::{Auth, bearer};
use crate::http::patience::Patience;
use crate::http::state::Hub;
use crate::http::{mistake, read_body, too_large_body};
use crate::metrics::Metrics;
use crate::rate_limit::{Key, Limit};
use crate::refusal::Refusal;
use crate::request_context;
use crate::sync::device_list::REVISION_BYTES;
use crate::sync::pull::{self, Outlet, PIECES_AHEAD, Stop};
use crate::sync::push::{self, Pushed};
use crate::sync::schema_negotiation::NegotiatedSchema;
use crate::sync::tenant_state::{STALE, TenantHead, TenantState, admit};
use crate::sync::{BODY_WAIT, Exchanges};
use axum::body::{Body, Bytes};
use axum::extract::{FromRef, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::{FutureExt, StreamExt};
use pems_db::{TenantContext, sys};
use pems_model::frame::{Frame, MEDIA_TYPE};
use pems_model::wire::{
    Cursors, DeviceList, End, ErrorBody, MAX_BODY, MAX_CHANGES, MAX_PEOPLE, MAX_WAIT_MS, OLDEST_PROTOCOL, PROTOCOL,
    SyncRequest,
};
use pems_model::{Code, Schema};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

/// What an exchange takes of the hub.
#[derive(Clone)]
pub(crate) struct Used {
    auth: Arc<Auth>,
    exchanges: Arc<Exchanges>,
    metrics: Arc<Metrics>,
    patience: Patience,
    stop: CancellationToken,
}

impl FromRef<Hub> for Used {
    fn from_ref(hub: &Hub) -> Used {
        Used {
            auth: Arc::from_ref(hub),
            exchanges: Arc::from_ref(hub),
            metrics: Arc::from_ref(hub),
            patience: Patience::from_ref(hub),
            stop: CancellationToken::from_ref(hub),
        }
    }
}

pub(crate) async fn sync(State(used): State<Used>, request: Request) -> Result<Response, Refusal> {
    let now = sys::now();
    let caller = bearer::device(&used.auth, request.headers(), now)?;
    let live = &used.exchanges.live;
    admit(&*live.device(&used.auth.auth_db, caller.actor()).await?)?;
    let exchange = Arc::new(live.line(caller.actor()).begin().await?);
    let live = live.tenant(caller.tenant());
    let in_memory = match timeout(BODY_WAIT, live.bodies.acquire()).await {
        Ok(Ok(place)) => place,
        _ => return Err(Refusal::busy()),
    };
    let (head, body) = request.into_parts();
    let body = read_body(body, MAX_BODY, used.patience.body).await?;
    let mut request = read_request(&plain(&head.headers, body)?)?;
    check(&used.exchanges, &caller, &request)?;
    let menu = used.exchanges.shapes.menu(used.exchanges.schema, caller.tenant(), &request)?;
    let pushed = if request.changes.is_empty() {
        if !request.more {
            live.saw_empty(caller.actor(), now);
        }
        None
    } else {
        used.auth.limits.check(Limit::Push, Key::Device(caller.actor()))?;
        Some(push::push(&used.exchanges, &caller, &request, now).await?)
    };
    drop(in_memory);
    slim(&mut request, used.exchanges.schema);
    let (pieces, receiver) = mpsc::channel::<Bytes>(PIECES_AHEAD);
    let (unread, alive) = (used.patience.unread, used.patience.alive);
    let out = Outlet { pieces, exchange: exchange.clone(), unread, alive };
    let answer = Answer { used, caller, request, menu, live, out };
    tokio::spawn(request_context::along(answer.run(pushed)));
    // The exchange has its place until the last piece is gone.
    let stream = ReceiverStream::new(receiver).map(move |piece| {
        let _place = &exchange;
        Ok::<Bytes, std::convert::Infallible>(piece)
    });
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], Body::from_stream(stream)).into_response())
}

/// Leaves of a request what its answer needs: it may be held for a while, and says what it pleases.
fn slim(request: &mut SyncRequest, schema: &Schema) {
    request.schema = String::new();
    request.shapes = None;
    request.changes = Vec::new();
    request.people = Vec::new();
    request.proofs = BTreeMap::new();
    // None of the hub's own: as if the office had no list.
    if request.devices.as_ref().is_some_and(|revision| revision.len() > REVISION_BYTES) {
        request.devices = Some(String::new());
    }
    if let Cursors::Each(revs) = &mut request.cursors {
        revs.retain(|name, _| schema.entity(name).is_some());
    }
}

/// The body without its compression, still within the limit.
fn plain(headers: &HeaderMap, body: Bytes) -> Result<Bytes, Refusal> {
    match headers.get(header::CONTENT_ENCODING).map(header::HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(body),
        Some(b"zstd") => {
            let damaged = |_| Refusal::new(Code::BadRequest, "the request's body is not whole zstd");
            let decoder = zstd::stream::Decoder::with_buffer(&body[..]).map_err(damaged)?;
            let mut plain = Vec::new();
            decoder.take(MAX_BODY as u64 + 1).read_to_end(&mut plain).map_err(damaged)?;
            if plain.len() > MAX_BODY { Err(too_large_body(MAX_BODY)) } else { Ok(plain.into()) }
        }
        Some(_) => Err(Refusal::new(Code::BadRequest, "content-encoding: only zstd")),
    }
}

fn read_request(body: &[u8]) -> Result<SyncRequest, Refusal> {
    #[derive(Deserialize)]
    struct Version {
        protocol: u32,
    }
    // The version first: what is unknown to us may be well known to it.
    match serde_json::from_slice::<Version>(body) {
        Ok(version) if version.protocol > PROTOCOL => {
            return Err(Refusal::new(Code::UnsupportedProtocol, "this hub is older than the app; update the hub"));
        }
        Ok(version) if version.protocol < OLDEST_PROTOCOL => {
            return Err(Refusal::new(Code::UpgradeRequired, "this app is too old for the hub; update the app"));
        }
        _ => {}
    }
    let request: SyncRequest = serde_json::from_slice(body)
        .map_err(|error| Refusal::new(Code::BadRequest, format!("the request: {error}")))?;
    if request.changes.len() > MAX_CHANGES {
        let message = format!("more than {MAX_CHANGES} changes in one request; send them in parts");
        return Err(Refusal::new(Code::TooLarge, message));
    }
    if request.people.len() > MAX_PEOPLE || request.proofs.len() > request.changes.len() {
        let message = format!("more than {MAX_PEOPLE} people, or more signatures than changes, in one request");
        return Err(Refusal::new(Code::TooLarge, message));
    }
    Ok(request)
}

fn check(exchanges: &Exchanges, caller: &TenantContext, request: &SyncRequest) -> Result<(), Refusal> {
    if request.replica.id != caller.actor() {
        let message = "replica.id is not the device that the access token was given to";
        return Err(Refusal::new(Code::Unauthorized, message).reaching_across("other_device"));
    }
    if request.epoch.is_some_and(|epoch| epoch != exchanges.epoch) {
        return Err(Refusal::new(
            Code::EpochChanged,
            "the hub was restored from a backup since this device last spoke to it",
        )
        .with(serde_json::json!({ "epoch": exchanges.epoch })));
    }
    Ok(())
}

/// The answer to one request, while it is being sent.
struct Answer {
    used: Used,
    caller: TenantContext,
    request: SyncRequest,
    menu: Arc<NegotiatedSchema>,
    live: Arc<TenantState>,
    out: Outlet,
}

impl Answer {
    async fn run(self, pushed: Option<Pushed>) {
        let sent = AssertUnwindSafe(self.send(pushed)).catch_unwind().await;
        let sent = sent.unwrap_or_else(|panic| Err(Stop::Refused(mistake(&self.used.metrics, panic.as_ref()))));
        match sent {
            Ok(()) | Err(Stop::Gone) => {}
            Err(Stop::Refused(refusal)) => {
                self.used.metrics.refused(&refusal);
                let ErrorBody { code, message, details } = refusal.0;
                let _ = self.out.send(&Frame::Error(ErrorBody { code, message, details })).await;
            }
        }
    }

    async fn send(&self, pushed: Option<Pushed>) -> Result<(), Stop> {
        let level = match pushed {
            Some(pushed) => {
                self.out.send(&Frame::Results(pushed.results.clone())).await?;
                match self.request.cursors {
                    // Level with the hub until its own changes came: those are all that it lacks.
                    Cursors::Level(rev) if rev == pushed.before => self.own_rows(pushed).await?,
                    _ => self.lacking().await?,
                }
            }
            None => self.wait().await?,
        };
        let end = End {
            rev: level.rev,
            epoch: self.used.exchanges.epoch,
            durable_rev: None,
            digest: level.digest.filter(|_| self.menu.same),
            more: self.request.more,
            hub_time: sys::now(),
            devices: self.devices().await,
        };
        self.out.send(&Frame::End(end)).await
    }

    /// The school's devices, for an office that asks and has another list. With a long outbox the last answer brings it.
    async fn devices(&self) -> Option<DeviceList> {
        let has = self.request.devices.as_deref().filter(|_| !self.request.more)?;
        match self.used.exchanges.live.device_list(&self.live, &self.used.exchanges.tenant_db, &self.caller).await {
            Ok(list) => (list.revision != has).then(|| DeviceList::clone(&list)),
            Err(refusal) => {
                self.used.metrics.refused(&refusal);
                tracing::warn!(code = %refusal.code(), "an office goes without the list of its school's devices");
                None
            }
        }
    }

    async fn own_rows(&self, pushed: Pushed) -> Result<TenantHead, Stop> {
        for (index, rows) in &pushed.rows {
            let Some(served) = self.menu.served.iter().find(|served| served.index == *index && self.menu.same) else {
                return self.lacking().await;
            };
            let rows: Vec<_> = rows.iter().collect();
            for frame in pull::frames_of(served, &rows, pushed.level.rev)? {
                self.out.send(&frame).await?;
            }
        }
        Ok(pushed.level)
    }

    async fn lacking(&self) -> Result<TenantHead, Stop> {
        pull::pull(&self.used.exchanges, &self.live, &self.caller, &self.request.cursors, &self.menu.served, &self.out)
            .await
    }

    /// The device may have been revoked meanwhile.
    async fn admit(&self) -> Result<(), Refusal> {
        admit(&*self.used.exchanges.live.device(&self.used.auth.auth_db, self.caller.actor()).await?)
    }

    /// Holds the request until there is something to say, or its time is over. Memory alone is asked while nothing happens.
    async fn wait(&self) -> Result<TenantHead, Stop> {
        let until = Instant::now() + Duration::from_millis(self.request.wait_ms.min(MAX_WAIT_MS).into());
        let mut alive_at = Instant::now() + self.out.alive;
        let mut levels = self.live.watch();
        let mut has = self.has();
        let seen = self.request.cursors.highest();
        loop {
            let known = levels.borrow_and_update().clone();
            // What the device has seen and memory has not is looked up: the hub may be older than its devices.
            let known = known.filter(|level| level.as_of.elapsed() < STALE && level.rev >= seen);
            let Some(level) = known else {
                // Unknown or too long ago: look, and admit the device anew, for that may have changed too.
                self.admit().await?;
                let level = self.lacking().await?;
                if level.rev > has || Instant::now() >= until {
                    return Ok(level);
                }
                has = has.max(level.rev);
                continue;
            };
            if level.rev > has {
                self.admit().await?;
                return self.lacking().await;
            }
            if Instant::now() >= until || self.used.stop.is_cancelled() {
                return Ok(level);
            }
            tokio::select! {
                _ = levels.changed() => {}
                () = sleep_until(until.min(level.as_of + STALE)) => {}
                () = sleep_until(alive_at) => {
                    alive_at = Instant::now() + self.out.alive;
                    self.out.send(&Frame::Alive).await?;
                }
                () = self.used.stop.cancelled() => {}
                () = self.out.exchange.is_old() => return Ok(level),
                () = self.out.pieces.closed() => return Err(Stop::Gone),
            }
        }
    }

    /// The revision up to which the device has everything that it is served.
    fn has(&self) -> i64 {
        match &self.request.cursors {
            Cursors::Level(rev) => *rev,
            each => self.menu.served.iter().map(|served| each.of(served.entity.name)).min().unwrap_or(0),
        }
    }
}
