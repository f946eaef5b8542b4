//! Texts of an `.xls`, in particular its table of shared ones, which runs over record borders in the middle of a letter's row.

use std::rc::Rc;

/// Bytes of one record and of the `CONTINUE` records after it.
pub(super) struct Parts<'a> {
    parts: Vec<&'a [u8]>,
    part: usize,
    at: usize,
}

impl<'a> Parts<'a> {
    pub(super) fn new(parts: Vec<&'a [u8]>) -> Parts<'a> {
        Parts { parts, part: 0, at: 0 }
    }

    fn byte(&mut self) -> Option<u8> {
        loop {
            let part = self.parts.get(self.part)?;
            if let Some(byte) = part.get(self.at) {
                self.at += 1;
                return Some(*byte);
            }
            self.part += 1;
            self.at = 0;
        }
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes([self.byte()?, self.byte()?, self.byte()?, self.byte()?]))
    }

    /// Passes over as many bytes, part by part: a claim of four billion costs nothing.
    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let left = self.parts.get(self.part)?.len() - self.at;
            if count <= left {
                self.at += count;
                return Some(());
            }
            count -= left;
            self.part += 1;
            self.at = 0;
        }
        Some(())
    }

    /// `XLUnicodeRichExtendedString`: 16-bit count, flags, perhaps runs of fonts and phonetics.
    pub(super) fn text(&mut self) -> Option<String> {
        let count = usize::from(self.u16()?);
        let flags = self.byte()?;
        let runs = if flags & 0x08 != 0 { usize::from(self.u16()?) } else { 0 };
        let phonetic = if flags & 0x04 != 0 { self.u32()? as usize } else { 0 };
        let text = self.letters(count, flags & 1 != 0)?;
        self.skip(runs * 4)?;
        self.skip(phonetic)?;
        Some(text)
    }

    /// Letters of one or two bytes; a part that begins among them says anew which.
    fn letters(&mut self, count: usize, mut wide: bool) -> Option<String> {
        let mut units = Vec::new();
        for _ in 0..count {
            if self.at >= self.parts.get(self.part)?.len() {
                wide = self.byte()? & 1 != 0;
            }
            units.push(if wide { self.u16()? } else { u16::from(self.byte()?) });
        }
        Some(String::from_utf16_lossy(&units))
    }

    /// The shared texts of a workbook: two counts, then the texts. `None` if they are not all there.
    pub(super) fn table(mut self) -> Option<Vec<Rc<str>>> {
        self.u32()?;
        let count = self.u32()?;
        // No capacity from the count: it is only a claim.
        let mut table = Vec::new();
        for _ in 0..count {
            table.push(Rc::from(self.text()?));
        }
        Some(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_crosses_a_record_says_its_width_anew() {
        // "PEÑA" in one-byte letters up to the border, in two-byte letters after it.
        let first = [4, 0, 0, b'P', b'E'];
        let second = [1, 0xD1, 0x00, b'A', 0x00];
        assert_eq!(Parts::new(vec![&first, &second]).text().as_deref(), Some("PEÑA"));
        assert_eq!(Parts::new(vec![&first]).text(), None, "cut off");
    }

    #[test]
    fn fonts_and_phonetics_are_passed_over() {
        let rich = [1, 0, 0x0C, 1, 0, 2, 0, 0, 0, b'A', 9, 9, 9, 9, 8, 8, 1, 0, 0, b'B'];
        let mut parts = Parts::new(vec![&rich]);
        assert_eq!((parts.text().as_deref(), parts.text().as_deref()), (Some("A"), Some("B")));
        let lie = [1, 0, 0, 0, 255, 255, 255, 255];
        assert!(Parts::new(vec![&lie]).table().is_none(), "four billion texts that are not there");
    }
}
