//! The screens in a browser, over a real office: for whoever works on them. The app that ships needs none of this.
//!
//! `cargo run -p pems-node --example bridge -- DATA_DIR KEY_FILE PORT`, then open `http://127.0.0.1:PORT/office.html`.

use pems_node::app::lifecycle::{Front, Place};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

const TAURI: &str = "window.__TAURI_INTERNALS__ = { invoke: async (_, { request }) => {
  const answer = await fetch('/call', { method: 'POST', body: JSON.stringify(request) });
  const json = await answer.json();
  if (!answer.ok) throw json;
  return json;
} };";

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let mut next = |what: &str| args.next().unwrap_or_else(|| panic!("bridge DATA_DIR KEY_FILE PORT: no {what}"));
    let place = Place { data_dir: PathBuf::from(next("DATA_DIR")), key_file: Some(PathBuf::from(next("KEY_FILE"))) };
    let listener = TcpListener::bind(format!("127.0.0.1:{}", next("PORT")))?;
    let mut front = Front::at(place);
    for stream in listener.incoming() {
        if let Err(error) = serve(&mut stream?, &mut front) {
            eprintln!("{error}");
        }
    }
    Ok(())
}

fn serve(stream: &mut TcpStream, front: &mut Front) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let path = first.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/").to_owned();
    if path == "/call" {
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let request = serde_json::from_slice(&body).unwrap_or_default();
        return match front.answer(request) {
            Ok(answer) => send(stream, "200 OK", "application/json", answer.to_string().as_bytes()),
            Err(error) => {
                let body = serde_json::to_vec(&error.to_body()).unwrap_or_default();
                send(stream, "409 Conflict", "application/json", &body)
            }
        };
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist").join(path.trim_start_matches('/'));
    match std::fs::read(&file) {
        Ok(bytes) if path.ends_with(".html") => {
            let page = String::from_utf8_lossy(&bytes).replace("<head>", &format!("<head><script>{TAURI}</script>"));
            send(stream, "200 OK", "text/html", page.as_bytes())
        }
        Ok(bytes) => send(stream, "200 OK", kind(&path), &bytes),
        Err(_) => send(stream, "404 Not Found", "text/plain", b"there is no such file; build the screens first"),
    }
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("ttf") => "font/ttf",
        _ => "application/octet-stream",
    }
}

fn send(stream: &mut TcpStream, status: &str, kind: &str, body: &[u8]) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}
