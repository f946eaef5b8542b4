//! Connections: taken in, counted, bounded, and ended when nothing comes or goes any more.
//!
//! Invariants: an address (a customer's network in version 6) holds so many connections at most and all together so many; a
//! connection on which a head does not come, or from which an answer is not read, ends by itself ([`Patience`]).

use crate::http::patience::Patience;
use crate::metrics::Metrics;
use crate::rate_limit::network;
use crate::refusal::Refusal;
use crate::server::connections::Crowd;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use ipnet::IpNet;
use serde_json::json;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Bytes that a connection reads ahead, and holds back of an answer that is not being read.
const BUFFER: usize = 64 << 10;
/// After the system could not give us a connection (too many open files), before the next try.
const OUT_OF_FILES: Duration = Duration::from_millis(200);

/// What connections are taken in by.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) crowd: Crowd,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) patience: Patience,
    pub(crate) trust_proxies: Vec<IpNet>,
}

/// One connection among them.
struct Seat {
    door: Arc<Door>,
    address: IpAddr,
}

impl Seat {
    /// A proxy that is trusted counts its own clients.
    fn take(door: &Arc<Door>, from: IpAddr) -> Result<Seat, &'static str> {
        let from = from.to_canonical();
        let proxy = door.trust_proxies.iter().any(|net| net.contains(&from));
        let address = network(from);
        let all = door.crowd.enter(address, proxy)?;
        door.metrics.connected(all);
        Ok(Seat { door: door.clone(), address })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.door.metrics.connected(self.door.crowd.leave(self.address));
    }
}

/// Serves until the hub stops; then lets those end who are in the middle of something.
pub(crate) async fn serve(listener: TcpListener, door: Arc<Door>, router: Router, stop: CancellationToken) {
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((tcp, peer)) => match Seat::take(&door, peer.ip()) {
                Ok(seat) => talk(tcp, peer, seat, router.clone(), &graceful),
                Err(why) => turn_away(&door, tcp, why),
            },
            Err(error) if is_theirs(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken in for now");
                tokio::time::sleep(OUT_OF_FILES).await;
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

/// The other side went away before it was taken in.
fn is_theirs(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

fn talk(tcp: TcpStream, peer: SocketAddr, seat: Seat, router: Router, graceful: &GracefulShutdown) {
    // Small frames must not wait for each other's acknowledgement.
    if let Err(error) = tcp.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let patience = seat.door.patience;
    let mut tcp = TimeoutStream::new(tcp);
    tcp.set_write_timeout(Some(patience.unread));
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(Box::pin(tcp)), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(seat);
    });
}

/// Says so and hangs up, without waiting for anything: a new connection has room for a line.
fn turn_away(door: &Door, tcp: TcpStream, why: &'static str) {
    door.metrics.turned_away(why);
    let body = json!({ "success": false, "error": Refusal::busy().0 }).to_string();
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncache-control: no-store\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let told = tcp.into_std().and_then(|mut tcp| io::Write::write_all(&mut tcp, answer.as_bytes()));
    if let Err(error) = told {
        tracing::debug!(%error, "somebody was turned away without a word");
    }
}
