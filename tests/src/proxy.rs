//! A line between an office and the hub that can be cut at an exact byte or after an exact frame, as a storm would.
//!
//! Invariants: up to the cut every byte arrives, after it none does; a cut line stays dead (new connections end at once)
//! until it is mended. Bytes and frames are counted since the last [`Proxy::mend`].

use pems_model::frame::{Frame, RowsHead};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Bytes read off a socket at a time.
const PIECE: usize = 16 << 10;
/// What ends an HTTP chunk.
const LINE_BREAK: usize = 2;

/// Where the line breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Never,
    /// After so many bytes from the office to the hub.
    Up(u64),
    /// After so many bytes from the hub to the office.
    Down(u64),
    /// Right after so many frames from the hub.
    Frames(u32),
}

#[derive(Debug)]
struct Line {
    cut: Cut,
    up: u64,
    down: u64,
    frames: Vec<Passed>,
    dead: bool,
}

/// A frame that got through whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passed {
    /// Rows, and how many bytes their body has.
    Rows(RowsHead, usize),
    Other,
}

/// A running proxy; it ends with its runtime.
#[derive(Debug, Clone)]
pub struct Proxy {
    address: SocketAddr,
    line: Arc<Mutex<Line>>,
    dead: watch::Sender<bool>,
}

impl Proxy {
    /// Listens on a free port and forwards to `hub`.
    ///
    /// # Panics
    /// If this machine has no free port.
    pub async fn start(hub: SocketAddr) -> Proxy {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let line = Line { cut: Cut::Never, up: 0, down: 0, frames: Vec::new(), dead: false };
        let proxy = Proxy { address, line: Arc::new(Mutex::new(line)), dead: watch::Sender::new(false) };
        let accepting = proxy.clone();
        tokio::spawn(async move {
            while let Ok((office, _)) = listener.accept().await {
                let proxy = accepting.clone();
                tokio::spawn(async move { proxy.connect(office, hub).await });
            }
        });
        proxy
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes the line whole again, counts from zero, and cuts it at `cut`.
    pub fn mend(&self, cut: Cut) {
        *self.line() = Line { cut, up: 0, down: 0, frames: Vec::new(), dead: false };
        self.dead.send_replace(false);
    }

    /// Ends when the line is cut.
    pub async fn is_cut(&self) {
        let mut dead = self.dead.subscribe();
        // The sender lives in `self`, so this only ends with a cut.
        let _ = dead.wait_for(|dead| *dead).await;
    }

    /// Whether the cut was reached.
    pub fn was_cut(&self) -> bool {
        self.line().dead
    }

    /// Bytes towards the hub and towards the office.
    pub fn counted(&self) -> (u64, u64) {
        let line = self.line();
        (line.up, line.down)
    }

    /// The frames that got through whole.
    pub fn passed(&self) -> Vec<Passed> {
        self.line().frames.clone()
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(self, office: TcpStream, hub: SocketAddr) {
        if self.was_cut() {
            return;
        }
        let Ok(hub) = TcpStream::connect(hub).await else { return };
        let mut dead = self.dead.subscribe();
        for socket in [&office, &hub] {
            let _ = socket.set_nodelay(true);
        }
        let ((office_in, office_out), (hub_in, hub_out)) = (office.into_split(), hub.into_split());
        // Whichever side ends first, or a cut, ends both: dropping the halves closes the sockets.
        tokio::select! {
            () = self.forward(office_in, hub_out, None) => {}
            () = self.forward(hub_in, office_out, Some(Chunks::default())) => {}
            _ = dead.wait_for(|dead| *dead) => {}
        }
    }

    async fn forward(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut chunks: Option<Chunks>) {
        let mut piece = vec![0; PIECE];
        while let Ok(length) = from.read(&mut piece).await {
            if length == 0 {
                return;
            }
            let (pass, cut) = self.pass(&piece[..length], chunks.as_mut());
            let written = to.write_all(&piece[..pass]).await;
            if cut {
                let _ = to.shutdown().await;
                self.dead.send_replace(true);
            }
            if cut || written.is_err() {
                return;
            }
        }
    }

    /// How many of these bytes still get through, and whether the line breaks after them.
    fn pass(&self, piece: &[u8], chunks: Option<&mut Chunks>) -> (usize, bool) {
        let mut line = self.line();
        if line.dead {
            return (0, true);
        }
        let length = piece.len() as u64;
        let mut pass = length;
        match chunks {
            None => {
                if let Cut::Up(at) = line.cut {
                    pass = pass.min(at.saturating_sub(line.up));
                    line.dead = line.up + length >= at;
                }
                line.up += pass;
            }
            Some(chunks) => {
                let found = chunks.frames(piece);
                if let Cut::Down(at) = line.cut {
                    pass = pass.min(at.saturating_sub(line.down));
                    line.dead = line.down + length >= at;
                }
                if let Cut::Frames(at) = line.cut
                    && let Some((end, _)) = found.get((at.max(1) as usize) - line.frames.len() - 1)
                {
                    pass = *end as u64;
                    line.dead = true;
                }
                line.down += pass;
                line.frames.extend(found.into_iter().filter(|(end, _)| *end as u64 <= pass).map(|(_, frame)| frame));
            }
        }
        (usize::try_from(pass).unwrap_or(usize::MAX), line.dead)
    }
}

/// Finds the frames in a stream of answers. The hub sends a frame in one HTTP chunk or several, never two in one.
#[derive(Debug, Default)]
struct Chunks {
    /// The head of an answer or the length of a chunk, while it is not whole.
    text: Vec<u8>,
    /// Bytes of a body or chunk that are to come.
    skip: usize,
    inside: Inside,
    /// A frame, while it is not whole.
    frame: Vec<u8>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Inside {
    #[default]
    Head,
    Body,
    Length,
    Chunk,
}

impl Chunks {
    /// The frames that become whole in `piece`, and the positions after them.
    fn frames(&mut self, piece: &[u8]) -> Vec<(usize, Passed)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < piece.len() {
            if self.skip > 0 {
                let step = self.skip.min(piece.len() - at);
                if self.inside == Inside::Chunk {
                    let content = &piece[at..at + step.min(self.skip.saturating_sub(LINE_BREAK))];
                    found.extend(self.content(content).map(|frame| (at + content.len(), frame)));
                }
                (self.skip, at) = (self.skip - step, at + step);
                if self.skip == 0 {
                    self.inside = if self.inside == Inside::Chunk { Inside::Length } else { Inside::Head };
                }
                continue;
            }
            self.text.push(piece[at]);
            at += 1;
            match self.inside {
                Inside::Head if self.text.ends_with(b"\r\n\r\n") => self.head(),
                Inside::Length if self.text.ends_with(b"\r\n") => self.length(),
                _ => {}
            }
        }
        found
    }

    /// The frame that these bytes complete.
    fn content(&mut self, bytes: &[u8]) -> Option<Passed> {
        self.frame.extend_from_slice(bytes);
        match Frame::take(&mut self.frame).expect("a frame of the hub's")? {
            Frame::Rows(rows) => Some(Passed::Rows(rows.head, rows.body.len())),
            _ => Some(Passed::Other),
        }
    }

    fn head(&mut self) {
        let head = String::from_utf8_lossy(&std::mem::take(&mut self.text)).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        if head.contains("transfer-encoding: chunked") {
            self.inside = Inside::Length;
        } else if let Some(length @ 1..) = length {
            (self.inside, self.skip) = (Inside::Body, length);
        }
    }

    fn length(&mut self) {
        let text = String::from_utf8_lossy(&std::mem::take(&mut self.text)).trim().to_owned();
        let length = usize::from_str_radix(&text, 16).unwrap_or(0);
        // Each chunk ends with a line break of its own.
        (self.skip, self.inside) = (length + LINE_BREAK, if length > 0 { Inside::Chunk } else { Inside::Body });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_in_any_pieces() {
        let frame = Frame::Results(Vec::new()).encode();
        let (first, second) = frame.split_at(3);
        let mut answers =
            b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                .to_vec();
        for chunk in [&Frame::Alive.encode()[..], first, second] {
            answers.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
            answers.extend_from_slice(chunk);
            answers.extend_from_slice(b"\r\n");
        }
        let last = answers.len() - LINE_BREAK;
        answers.extend_from_slice(b"0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
        let whole = Chunks::default().frames(&answers);
        assert_eq!((whole.len(), whole[1].0), (2, last));
        for size in 1..answers.len() {
            let mut chunks = Chunks::default();
            let mut found = Vec::new();
            for (i, piece) in answers.chunks(size).enumerate() {
                found.extend(chunks.frames(piece).into_iter().map(|(end, frame)| (i * size + end, frame)));
            }
            assert_eq!(found, whole, "pieces of {size}");
        }
    }
}
