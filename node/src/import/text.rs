//! Bytes of a file to text. School files come as UTF-8, or as Windows-1252 from an older Excel, where `Peña` is one byte short
//! of valid. The second is read only where it cannot be anything else; otherwise the file is refused: a name is never guessed.

use std::borrow::Cow;

/// Windows-1252 from 0x80 to 0x9F; `\0` where it has nothing.
const HIGH: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•',
    '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Nothing but ASCII so far.
    Ascii,
    Utf8,
    Windows1252,
}

/// What the cells of one file have shown so far.
#[derive(Debug)]
pub(super) struct Decoder {
    pub(super) encoding: Encoding,
}

impl Decoder {
    pub(super) fn new() -> Decoder {
        Decoder { encoding: Encoding::Ascii }
    }

    /// The text of a cell, or why it is none.
    pub(super) fn decode<'a>(&mut self, bytes: &'a [u8]) -> Result<Cow<'a, str>, &'static str> {
        if bytes.contains(&0) {
            return Err("it has NUL bytes, so it is no CSV text (a workbook or a picture?)");
        }
        if bytes.is_ascii() {
            return Ok(String::from_utf8_lossy(bytes));
        }
        match (std::str::from_utf8(bytes), self.encoding) {
            (Ok(_), Encoding::Windows1252) => Err("it mixes UTF-8 and Windows-1252 text"),
            (Ok(text), _) => {
                self.encoding = Encoding::Utf8;
                Ok(Cow::Borrowed(text))
            }
            (Err(_), Encoding::Utf8) => Err("it is UTF-8 text up to here, but not here"),
            (Err(_), _) if is_windows_1252(bytes) => {
                self.encoding = Encoding::Windows1252;
                Ok(Cow::Owned(bytes.iter().map(|byte| windows_1252(*byte)).collect()))
            }
            (Err(_), _) => Err("its text is neither UTF-8 nor Windows-1252"),
        }
    }
}

/// Letters and curly quotation marks only, and fewer of them than of plain characters: a name, not noise.
fn is_windows_1252(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|byte| **byte >= 0x80);
    let letters =
        high.clone().filter(|byte| matches!(byte, 0x91..=0x94 | 0x96 | 0x97 | 0xC0..=0xD6 | 0xD8..=0xF6 | 0xF8..));
    let plain = bytes.iter().filter(|byte| (0x20..0x7F).contains(*byte)).count();
    high.clone().count() == letters.count() && high.count() <= plain.max(1)
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_windows_1252_is_read_and_noise_is_not() {
        let mut decoder = Decoder::new();
        assert_eq!(decoder.decode(b"Pe\xF1a"), Ok("Peña".into()));
        assert_eq!(decoder.decode(b"\xD1o\xF1o"), Ok("Ñoño".into()));
        assert_eq!(decoder.encoding, Encoding::Windows1252);
        assert!(decoder.decode("Peña".as_bytes()).is_err());
        assert!(Decoder::new().decode(b"\x81\x8d\xfe\xff").is_err());
        assert!(Decoder::new().decode(b"a\0b").is_err());
    }

    #[test]
    fn utf8_does_not_turn_into_something_else_halfway() {
        let mut decoder = Decoder::new();
        assert_eq!(decoder.decode("Ñoño".as_bytes()), Ok("Ñoño".into()));
        assert!(decoder.decode(b"Pe\xF1a").is_err());
    }
}
