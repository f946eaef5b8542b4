//! Who does not go on: heads, bodies and connections that stay would otherwise stay for ever.

use crate::world::World;
use serde_json::Value as Json;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SHORT: Duration = Duration::from_millis(300);

async fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.hub.address()).await.expect("a connection")
}

/// Everything that comes until the hub hangs up.
async fn rest(tcp: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    tcp.read_to_end(&mut bytes).await.expect("until it hangs up");
    String::from_utf8(bytes).expect("text")
}

fn body_of(answer: &str) -> Json {
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
    serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {answer}"))
}

#[tokio::test]
async fn a_head_that_does_not_end_ends_its_connection() {
    let world = World::with(|config| config.patience.head = SHORT).await;
    for begun in ["", "GET /hea", "GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let mut tcp = connect(&world).await;
        tcp.write_all(begun.as_bytes()).await.expect("sent");
        assert!(!rest(&mut tcp).await.contains("200 OK"), "{begun:?}");
    }
    // So does one on which nothing comes after a good request.
    let mut tcp = connect(&world).await;
    tcp.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("sent");
    assert!(rest(&mut tcp).await.starts_with("HTTP/1.1 204"));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_refused_and_its_connection_ends() {
    let world = World::with(|config| config.patience.body_piece = SHORT).await;
    world.school("a").await;
    let token = world.device("a").await.token;
    for (path, in_envelope) in [("/v1/enrol", false), ("/v1/sync", false), ("/api/v1/auth/sign-in", true)] {
        let mut tcp = connect(&world).await;
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: 100\r\n\r\n{{"
        );
        tcp.write_all(head.as_bytes()).await.expect("sent");
        let answer = rest(&mut tcp).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
        let body = body_of(&answer);
        let error = if in_envelope { &body["error"] } else { &body };
        assert_eq!(error["code"], "too_slow", "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_comes_piece_by_piece_has_a_limit_in_all() {
    let world = World::with(|config| config.patience.body = SHORT).await;
    let mut tcp = connect(&world).await;
    tcp.write_all(b"POST /v1/enrol HTTP/1.1\r\nhost: x\r\ncontent-length: 10000\r\n\r\n").await.expect("sent");
    let (mut reader, mut writer) = tcp.split();
    let mut answer = Vec::new();
    let trickle = async {
        // A piece whenever the runtime comes round to it, for as long as anybody listens.
        while writer.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        read = reader.read_to_end(&mut answer) => drop(read.expect("until it hangs up")),
        () = trickle => {}
    }
    let answer = String::from_utf8(answer).expect("text");
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("too_slow"), "{answer}");
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_gets_one_back_when_one_ends() {
    let world = World::with(|config| config.connections_address = 3).await;
    let held = [connect(&world).await, connect(&world).await, connect(&world).await];
    let answer = rest(&mut connect(&world).await).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("connection: close"), "{answer}");
    assert_eq!(body_of(&answer)["error"]["code"], "busy");
    drop(held);
    let served = async {
        loop {
            let mut tcp = connect(&world).await;
            // Sending may fail where the hub has hung up already.
            let _ = tcp.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
            let mut answer = Vec::new();
            if tcp.read_to_end(&mut answer).await.is_ok() && answer.starts_with(b"HTTP/1.1 204") {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), served).await.expect("there is room again");
}
