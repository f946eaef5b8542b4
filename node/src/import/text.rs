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
            (Err(_), _) => {
                Err("its letters are not UTF-8, and whether they are those of Windows, DOS or a Mac is a guess")
            }
        }
    }
}

/// Accented letters of Philippine names. Where old code pages of Mac and DOS have letters too, [`is_windows_1252`] looks at
/// what stands beside them.
const LETTERS: &[u8] = b"\xC1\xC9\xCD\xD1\xD3\xDA\xDC\xE1\xE9\xED\xF1\xF3\xFA\xFC";
/// Quotation marks and dashes of typographers: letters on a Mac, so they count only where no letter is beside them.
const MARKS: std::ops::RangeInclusive<u8> = 0x91..=0x97;

/// Whether the bytes can be read in no other way than as Windows-1252: the accented letters of names, where names have them.
/// `MAR\xD6A` is `MARÍA` of a DOS program and `MARÖA` here, `Pe\x96a` is `Peña` of a Mac: those are not read.
fn is_windows_1252(bytes: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    let beside = |at: usize| [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|at| bytes.get(at));
    let marks = (0..).zip(bytes).filter(|(_, byte)| MARKS.contains(byte)).all(|(at, _)| !beside(at).any(is_letter));
    let words = bytes.split(|byte| !is_letter(byte) || MARKS.contains(byte)).all(is_word);
    marks && words
}

/// A word that is plain, or whose accents are those of names. A small letter among capitals, or `é` in front of small ones, are
/// what other code pages make of capitals; `ñ` among capitals is what a keyboard without `Ñ` types.
fn is_word(word: &[u8]) -> bool {
    if word.is_ascii() {
        return true;
    }
    let capitals = word.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let shouted = capitals >= 2 && !word.iter().any(u8::is_ascii_lowercase);
    let fits = |byte: &u8| byte.is_ascii() || (LETTERS.contains(byte) && (!shouted || *byte < 0xE0 || *byte == 0xF1));
    word.iter().all(fits)
        && word.first() != Some(&0xE9)
        && word.iter().filter(|byte| !byte.is_ascii()).count() <= word.len() / 2 + 1
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
        for other in [&b"Pe\x96a"[..], b"Pe\xA4a", b"MAR\xD6A", b"P\xE7EZ", b"O\x92Hara", b"\xE9rsula"] {
            assert!(Decoder::new().decode(other).is_err(), "{other:?}");
        }
        assert_eq!(Decoder::new().decode(b"PE\xF1A \x96 LUNA"), Ok("PEñA – LUNA".into()));
        assert!(Decoder::new().decode(b"a\0b").is_err());
    }

    #[test]
    fn utf8_does_not_turn_into_something_else_halfway() {
        let mut decoder = Decoder::new();
        assert_eq!(decoder.decode("Ñoño".as_bytes()), Ok("Ñoño".into()));
        assert!(decoder.decode(b"Pe\xF1a").is_err());
    }
}
