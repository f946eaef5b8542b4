//! Finds the rows in PostgreSQL's binary COPY stream, whatever pieces it comes in, without decoding them.

use pems_model::pgcopy::{self, BadRows};

/// Collects bytes of a COPY and knows where the last complete row ends.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    raw: Vec<u8>,
    /// End of the last complete row in `raw`.
    end: usize,
    rows: u32,
    last_rev: i64,
    started: bool,
    finished: bool,
}

/// Complete rows, cut off the stream.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) raw: Vec<u8>,
    pub(crate) rows: u32,
    pub(crate) last_rev: i64,
}

impl Cutter {
    /// Takes the next bytes of the stream.
    ///
    /// # Errors
    /// If they are not what PostgreSQL's manual promises.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), BadRows> {
        self.raw.extend_from_slice(bytes);
        if !self.started {
            let Some(head) = self.raw.get(..pgcopy::HEADER.len()) else { return Ok(()) };
            if head != pgcopy::HEADER {
                return Err(BadRows("not a binary COPY"));
            }
            self.raw.drain(..pgcopy::HEADER.len());
            self.started = true;
        }
        while !self.finished {
            let rest = &self.raw[self.end..];
            if rest.get(..2) == Some(&pgcopy::TRAILER[..]) {
                self.raw.truncate(self.end);
                self.finished = true;
                break;
            }
            let Some(length) = row_length(rest)? else { break };
            self.last_rev = pgcopy::peek_rev(rest).ok_or(BadRows("a row without a revision"))?;
            self.end += length;
            self.rows = self.rows.saturating_add(1);
        }
        Ok(())
    }

    /// Bytes of complete rows that wait to be taken.
    pub(crate) fn ready(&self) -> usize {
        self.end
    }

    /// Takes the complete rows.
    pub(crate) fn take(&mut self) -> Piece {
        let tail = self.raw.split_off(self.end);
        let raw = std::mem::replace(&mut self.raw, tail);
        self.end = 0;
        Piece { raw, rows: std::mem::take(&mut self.rows), last_rev: self.last_rev }
    }

    /// Whether the stream was read to its trailer.
    pub(crate) fn is_whole(&self) -> bool {
        self.finished
    }
}

/// Length of the first row, `None` while it is not all there.
fn row_length(bytes: &[u8]) -> Result<Option<usize>, BadRows> {
    let Some(count) = bytes.first_chunk::<2>() else { return Ok(None) };
    let count =
        u16::try_from(i16::from_be_bytes(*count)).map_err(|_| BadRows("a row with a negative number of columns"))?;
    let mut at = 2;
    for _ in 0..count {
        let Some(length) = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()) else { return Ok(None) };
        // -1 is null: no bytes follow.
        at += 4 + usize::try_from(i32::from_be_bytes(*length)).unwrap_or(0);
    }
    Ok((at <= bytes.len()).then_some(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pems_model::{Row, entities};
    use uuid::Uuid;

    #[test]
    fn rows_are_found_in_any_pieces() {
        let mut bytes = pgcopy::HEADER.to_vec();
        for rev in 1..=3 {
            pgcopy::write(&Row { rev, ..Row::empty(&entities::STUDENT, Uuid::from_u128(7)) }, &mut bytes);
        }
        let rows = bytes[pgcopy::HEADER.len()..].to_vec();
        bytes.extend_from_slice(&pgcopy::TRAILER);
        for size in 1..bytes.len() {
            let mut cutter = Cutter::default();
            let mut found = Vec::new();
            let mut count = 0;
            for piece in bytes.chunks(size) {
                cutter.feed(piece).expect("a good stream");
                let piece = cutter.take();
                assert!(piece.rows == 0 || piece.last_rev == i64::from(count + piece.rows));
                count += piece.rows;
                found.extend(piece.raw);
            }
            assert!(cutter.is_whole());
            assert_eq!((count, &found), (3, &rows));
        }
        assert!(Cutter::default().feed(&[0; 30]).is_err());
    }
}
