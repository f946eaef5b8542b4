//! The frames of an answer: `type (1 byte) | length (4 bytes, little endian) | payload`.
//!
//! Row frames carry PostgreSQL's binary COPY rows as they came, compressed, so the hub never decodes a row to send it and an
//! office can stage a frame as it is.

use crate::wire::{ChangeResult, End, ErrorBody};
use serde::{Deserialize, Serialize};

/// Largest frame an office accepts: far above what a hub sends, far below what hurts.
pub const MAX_FRAME: usize = 8 << 20;
/// Media type of an answer.
pub const MEDIA_TYPE: &str = "application/x-pems-frames";

const RESULTS: u8 = 1;
const ROWS: u8 = 2;
const END: u8 = 3;
const ERROR: u8 = 4;
const ALIVE: u8 = 5;
/// From this type on a frame is for those who know it, and passed over by all others.
const OPTIONAL: u8 = 64;

/// One frame, decoded.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    /// What became of the changes that were sent, in their order.
    Results(Vec<ChangeResult>),
    /// Rows of one entity that the office lacks.
    Rows(Rows),
    /// The answer is whole.
    End(End),
    /// The hub gives the exchange up.
    Error(ErrorBody),
    /// Nothing to say yet; keeps proxies from closing a held request.
    Alive,
}

/// Rows of one entity in revision order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// What the bytes are.
    pub head: RowsHead,
    /// zstd of concatenated binary COPY rows: `rev, id, deleted_at`, then the columns.
    pub body: Vec<u8>,
}

/// What stands before the rows of a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsHead {
    /// Wire name of the entity.
    pub entity: String,
    /// Names of the fields that follow `rev, id, deleted_at`.
    pub columns: Vec<String>,
    /// How many rows.
    pub count: u32,
    /// Revision up to which this entity is complete once this frame is stored.
    pub through: i64,
    /// Bytes after decompression.
    pub raw_len: u32,
}

/// Why bytes are not a frame. The connection is given up and the exchange tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the hub's answer is damaged: {0}")]
pub struct Damaged(pub String);

impl Frame {
    /// As it goes over the line.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Frame::Results(results) => framed(RESULTS, &[&json(results)]),
            Frame::Rows(rows) => {
                let head = json(&rows.head);
                let len = u16::try_from(head.len()).unwrap_or(u16::MAX).to_le_bytes();
                framed(ROWS, &[&len, &head, &rows.body])
            }
            Frame::End(end) => framed(END, &[&json(end)]),
            Frame::Error(error) => framed(ERROR, &[&json(error)]),
            Frame::Alive => framed(ALIVE, &[]),
        }
    }

    /// Takes the first whole frame off `buffer`; `None` while more bytes are needed. Passes over what newer hubs say beside.
    ///
    /// # Errors
    /// [`Damaged`] for a type, length or payload that no hub sends.
    pub fn take(buffer: &mut Vec<u8>) -> Result<Option<Frame>, Damaged> {
        loop {
            let Some((head, rest)) = buffer.split_first_chunk::<5>() else { return Ok(None) };
            let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
            if length > MAX_FRAME {
                return Err(Damaged(format!("a frame of {length} bytes")));
            }
            let Some(payload) = rest.get(..length) else { return Ok(None) };
            let frame = if head[0] < OPTIONAL { Some(decode(head[0], payload)?) } else { None };
            buffer.drain(..5 + length);
            if frame.is_some() {
                return Ok(frame);
            }
        }
    }
}

fn decode(kind: u8, payload: &[u8]) -> Result<Frame, Damaged> {
    match kind {
        RESULTS => Ok(Frame::Results(parse(payload)?)),
        END => Ok(Frame::End(parse(payload)?)),
        ERROR => Ok(Frame::Error(parse(payload)?)),
        ALIVE => Ok(Frame::Alive),
        ROWS => {
            let (len, rest) = payload.split_first_chunk::<2>().ok_or_else(|| Damaged("an empty row frame".into()))?;
            let len = u16::from_le_bytes(*len) as usize;
            let head = rest.get(..len).ok_or_else(|| Damaged("a row frame without its head".into()))?;
            Ok(Frame::Rows(Rows { head: parse(head)?, body: rest[len..].to_vec() }))
        }
        other => Err(Damaged(format!("a frame of unknown type {other}"))),
    }
}

fn parse<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, Damaged> {
    serde_json::from_slice(bytes).map_err(|error| Damaged(error.to_string()))
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn framed(kind: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(5 + length);
    out.push(kind);
    out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_any_cut() {
        let rows = Rows {
            head: RowsHead { entity: "student".into(), columns: vec!["sex".into()], count: 1, through: 9, raw_len: 3 },
            body: vec![1, 2, 3],
        };
        let frames = [Frame::Alive, Frame::Rows(rows), Frame::Results(vec![])];
        let bytes: Vec<u8> = frames.iter().flat_map(Frame::encode).collect();
        for cut in 0..=bytes.len() {
            let mut buffer = bytes[..cut].to_vec();
            let mut got = Vec::new();
            while let Some(frame) = Frame::take(&mut buffer).expect("no damage") {
                got.push(frame);
            }
            assert_eq!(got, frames[..got.len()]);
            buffer.extend_from_slice(&bytes[cut..]);
            while let Some(frame) = Frame::take(&mut buffer).expect("no damage") {
                got.push(frame);
            }
            assert_eq!(got, frames);
        }
    }

    #[test]
    fn what_only_newer_offices_know_is_passed_over() {
        let mut bytes = framed(200, &[b"something new"]);
        bytes.extend(Frame::Alive.encode());
        bytes.extend(framed(OPTIONAL, &[]));
        assert_eq!(Frame::take(&mut bytes), Ok(Some(Frame::Alive)));
        assert_eq!(Frame::take(&mut bytes), Ok(None));
        assert!(bytes.is_empty());
        assert!(Frame::take(&mut framed(OPTIONAL - 1, &[])).is_err(), "what everybody has to understand");
    }

    #[test]
    fn garbage_is_named() {
        assert!(Frame::take(&mut vec![9, 0, 0, 0, 0]).is_err());
        assert!(Frame::take(&mut vec![1, 255, 255, 255, 255]).is_err());
        assert!(Frame::take(&mut vec![3, 2, 0, 0, 0, b'{', b'x']).is_err());
    }
}
