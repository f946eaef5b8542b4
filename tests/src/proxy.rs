//! A line between an office and the hub that can be cut at an exact byte or after an exact frame, as a storm would.
//!
//! Invariants: up to the cut every byte arrives, after it none does; a cut line stays dead (new connections end at once)
//! until it is mended. Bytes are counted for each direction since the last [`Proxy::mend`].

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Bytes read off a socket at a time.
const PIECE: usize = 16 << 10;

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
    frames: u32,
    dead: bool,
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
        let line = Line { cut: Cut::Never, up: 0, down: 0, frames: 0, dead: false };
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
        *self.line() = Line { cut, up: 0, down: 0, frames: 0, dead: false };
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

    /// Bytes towards the hub and towards the office, and whole frames of answers.
    pub fn counted(&self) -> (u64, u64, u32) {
        let line = self.line();
        (line.up, line.down, line.frames)
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
                let ends = chunks.ends(piece);
                if let Cut::Down(at) = line.cut {
                    pass = pass.min(at.saturating_sub(line.down));
                    line.dead = line.down + length >= at;
                }
                if let Cut::Frames(at) = line.cut
                    && let Some(end) = ends.get((at.max(1) - line.frames - 1) as usize)
                {
                    pass = *end as u64;
                    line.dead = true;
                }
                line.down += pass;
                line.frames += u32::try_from(ends.iter().filter(|end| **end as u64 <= pass).count()).unwrap_or(0);
            }
        }
        (usize::try_from(pass).unwrap_or(usize::MAX), line.dead)
    }
}

/// Finds the ends of HTTP chunks in a stream of answers. The hub sends each frame as one chunk.
#[derive(Debug, Default)]
struct Chunks {
    /// The head of an answer or the length of a chunk, while it is not whole.
    text: Vec<u8>,
    /// Bytes of a body or chunk that are to come.
    skip: usize,
    inside: Inside,
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
    /// Positions in `piece` after which a chunk with content is complete.
    fn ends(&mut self, piece: &[u8]) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut at = 0;
        while at < piece.len() {
            if self.skip > 0 {
                let step = self.skip.min(piece.len() - at);
                (self.skip, at) = (self.skip - step, at + step);
                if self.skip == 0 && self.inside == Inside::Chunk {
                    ends.push(at);
                    self.inside = Inside::Length;
                } else if self.skip == 0 {
                    self.inside = Inside::Head;
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
        ends
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
        (self.skip, self.inside) = (length + 2, if length > 0 { Inside::Chunk } else { Inside::Body });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_found_in_any_pieces() {
        let answers =
            b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
            3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
        let whole = Chunks::default().ends(answers);
        assert_eq!(whole.len(), 2);
        assert_eq!(&answers[..whole[1]][whole[1] - 12..], b"0123456789\r\n");
        for size in 1..answers.len() {
            let mut chunks = Chunks::default();
            let mut found = Vec::new();
            for (i, piece) in answers.chunks(size).enumerate() {
                found.extend(chunks.ends(piece).iter().map(|end| i * size + end));
            }
            assert_eq!(found, whole, "pieces of {size}");
        }
    }
}
