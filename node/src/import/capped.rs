//! Reading bytes of a file that may be hostile or broken: never more than the limits, and with one kind of line ending.

use super::quotes::Quotes;
use super::{Budget, Limits};
use std::cell::{Cell, RefCell};
use std::io::Read;
use std::rc::Rc;

/// How much the CSV reader asks for at once: it reads ahead of the row that it is at by at most so much.
pub(super) const CHUNK: usize = 64 * 1024;

/// Which limit stopped a reader.
#[derive(Debug, Clone, Copy)]
enum Stop {
    Row,
    Bytes,
}

impl Stop {
    fn why(self, limits: &Limits) -> String {
        match self {
            Stop::Row => {
                let most = limits.row_bytes;
                format!("this row is longer than {most} bytes; a quotation mark in it is probably never closed")
            }
            Stop::Bytes => {
                let most = limits.bytes;
                format!(
                    "an import takes at most {most} bytes, unpacked; split the file and import the parts one by one"
                )
            }
        }
    }
}

/// What a reader and whoever reads rows from it have in common.
#[derive(Debug, Default)]
pub(super) struct Gauge {
    /// Bytes since the last row began.
    since: Cell<u64>,
    stopped: Cell<Option<Stop>>,
    broken: RefCell<Option<String>>,
}

impl Gauge {
    pub(super) fn begin_row(&self) {
        self.since.set(0);
    }

    /// The limit that stopped the reader, in words.
    pub(super) fn stopped(&self, limits: &Limits) -> Option<String> {
        self.stopped.get().map(|stop| stop.why(limits))
    }

    /// The quotation mark that stopped the reader, with its line.
    pub(super) fn broken(&self) -> Option<String> {
        self.broken.borrow().clone()
    }
}

/// Stops at the limits: of bytes since the last row (a quotation mark that never closes would otherwise take the whole file
/// into memory), and of bytes in all.
pub(super) struct Capped<R> {
    inner: R,
    gauge: Rc<Gauge>,
    limits: Limits,
    bytes_left: Rc<Cell<u64>>,
    quotes: Quotes,
    /// A byte that was read to see what follows a `\r`.
    ahead: Option<u8>,
    ended: bool,
}

impl<R: Read> Capped<R> {
    pub(super) fn new(inner: R, delimiter: u8, budget: &Budget) -> (Capped<R>, Rc<Gauge>) {
        let gauge = Rc::new(Gauge::default());
        let (limits, bytes_left) = (budget.limits, budget.bytes_left.clone());
        let quotes = Quotes::new(delimiter);
        (Capped { inner, gauge: gauge.clone(), limits, bytes_left, quotes, ahead: None, ended: false }, gauge)
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let was_ended = self.ended;
        let read = self.plain_lines(buffer)?;
        // The line ending that the last line gets closes no quotation mark.
        let closes = self.ended && !was_ended;
        let broken = if closes { self.quotes.end() } else { self.quotes.see(&buffer[..read]) };
        if broken.is_some() {
            self.gauge.broken.replace(broken);
            return Err(std::io::Error::other("a quotation mark is not closed"));
        }
        let since = self.gauge.since.get() + read as u64;
        self.gauge.since.set(since);
        let left = self.bytes_left.get().checked_sub(read as u64);
        self.bytes_left.set(left.unwrap_or(0));
        let stop = match left {
            None => Stop::Bytes,
            Some(_) if since > self.limits.row_bytes + CHUNK as u64 => Stop::Row,
            Some(_) => return Ok(read),
        };
        self.gauge.stopped.set(Some(stop));
        Err(std::io::Error::other("beyond the limits of an import"))
    }
}

impl<R: Read> Capped<R> {
    /// Reads with every line ending made `\n`, byte for byte, so that lines and bytes count as they do in the file: of `\r\n`
    /// the first becomes a space (which cells lose), a lone `\r` is the line ending of an old Mac.
    fn plain_lines(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some(first) = buffer.first_mut() else { return Ok(0) };
        let mut read = match self.ahead.take() {
            Some(byte) => {
                *first = byte;
                1
            }
            None => self.inner.read(buffer)?,
        };
        if read > 0 && buffer[read - 1] == b'\r' {
            let mut next = [0];
            let found = self.inner.read(&mut next)?;
            self.ahead = next.first().copied().filter(|_| found == 1);
        }
        for i in 0..read {
            if buffer[i] == b'\r' {
                let next = if i + 1 < read { Some(buffer[i + 1]) } else { self.ahead };
                buffer[i] = if next == Some(b'\n') { b' ' } else { b'\n' };
            }
        }
        if read == 0 && !self.ended {
            // A last line without an ending gets one.
            self.ended = true;
            buffer[0] = b'\n';
            read = 1;
        }
        Ok(read)
    }
}
