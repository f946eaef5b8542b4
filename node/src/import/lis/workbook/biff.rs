//! The workbook inside an `.xls`: records of BIFF8 ([MS-XLS]) to cells. Only values are read; formats, formulas' texts and
//! pictures are passed over.
//!
//! [MS-XLS]: https://learn.microsoft.com/openspecs/office_file_formats/ms-xls

use super::strings::Parts;
use super::{Content, Sheet};
use std::rc::Rc;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const BOUND_SHEET: u16 = 0x0085;
const FILE_PASS: u16 = 0x002F;
const DATE_1904: u16 = 0x0022;
const SST: u16 = 0x00FC;
const CONTINUE: u16 = 0x003C;
const NUMBER: u16 = 0x0203;
const RK: u16 = 0x027E;
const MUL_RK: u16 = 0x00BD;
const LABEL: u16 = 0x0204;
const RICH_LABEL: u16 = 0x00D6;
const LABEL_SST: u16 = 0x00FD;
const FORMULA: u16 = 0x0006;
const FORMULA_TEXT: u16 = 0x0207;
const BIFF8: u16 = 0x0600;
/// Sheets of one file. LIS writes one; many that all point to the same megabytes would keep a clerk waiting.
const MOST_SHEETS: usize = 20;

/// The sheets of a workbook's stream, in their order.
pub(super) fn sheets(stream: &[u8]) -> Result<Vec<Sheet>, String> {
    let mut names = Vec::new();
    let mut texts = Vec::new();
    let mut date_1904 = false;
    let mut records = Records { bytes: stream, at: 0 };
    let first = records.next()?.filter(|record| record.kind == BOF && record.u16(0) == Some(BIFF8));
    if first.is_none() {
        return Err("it was written by an Excel older than 97, or is damaged; open it and save it as .xlsx".to_owned());
    }
    while let Some(record) = records.next()?.filter(|record| record.kind != EOF) {
        match record.kind {
            FILE_PASS => return Err("it is protected by a password; save it without one".to_owned()),
            DATE_1904 => date_1904 = record.u16(0) == Some(1),
            BOUND_SHEET => names.push(bound_sheet(&record).ok_or_else(|| damaged("its list of sheets"))?),
            SST => {
                let parts = records.with_continues(record.data)?;
                texts = Parts::new(parts).table().ok_or_else(|| damaged("its table of texts"))?;
            }
            _ => {}
        }
    }
    if names.len() > MOST_SHEETS {
        return Err(format!("it has more than {MOST_SHEETS} sheets; keep only the register"));
    }
    let mut sheets = Vec::new();
    for (name, at) in names {
        if at >= stream.len() {
            return Err(damaged("the place of a sheet"));
        }
        sheets.push(sheet(name, Records { bytes: stream, at }, &texts, date_1904)?);
    }
    Ok(sheets)
}

/// Name and place of a sheet.
fn bound_sheet(record: &Record<'_>) -> Option<(String, usize)> {
    let at = u32::from_le_bytes(record.data.get(..4)?.try_into().ok()?) as usize;
    let (count, wide) = (usize::from(*record.data.get(6)?), record.data.get(7)? & 1 != 0);
    let letters = record.data.get(8..)?;
    let units: Vec<u16> = if wide {
        letters.as_chunks::<2>().0.iter().take(count).map(|unit| u16::from_le_bytes(*unit)).collect()
    } else {
        letters.iter().take(count).map(|byte| u16::from(*byte)).collect()
    };
    Some((String::from_utf16_lossy(&units), at))
}

fn sheet(name: String, mut records: Records<'_>, texts: &[Rc<str>], date_1904: bool) -> Result<Sheet, String> {
    let mut sheet = Sheet::new(name, date_1904);
    let mut depth = 0_u32;
    let mut formula = None;
    while let Some(record) = records.next()? {
        match record.kind {
            // Charts inside a sheet are sheets of their own, and their cells none of ours.
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            _ if depth > 1 => {}
            FORMULA => {
                formula = record.place();
                // A text result has FFFF at the end and follows in a record of its own.
                if let (Some(place), Some(value)) = (formula, record.f64(6).filter(|_| record.u16(12) != Some(0xFFFF)))
                {
                    sheet.put(place, Content::Number(value))?;
                }
            }
            FORMULA_TEXT => {
                if let (Some(place), Some(text)) = (formula.take(), Parts::new(vec![record.data]).text()) {
                    sheet.put(place, Content::Text(text.into()))?;
                }
            }
            MUL_RK => many_numbers(&record, &mut sheet)?,
            _ => {
                if let (Some(place), Some(content)) = (record.place(), content(&record, texts)) {
                    sheet.put(place, content)?;
                }
            }
        }
    }
    Ok(sheet)
}

fn content(record: &Record<'_>, texts: &[Rc<str>]) -> Option<Content> {
    match record.kind {
        NUMBER => record.f64(6).map(Content::Number),
        RK => record.rk(6).map(Content::Number),
        LABEL | RICH_LABEL => Parts::new(vec![record.data.get(6..)?]).text().map(|text| Content::Text(text.into())),
        LABEL_SST => {
            let number = u32::from_le_bytes(record.data.get(6..10)?.try_into().ok()?);
            texts.get(number as usize).cloned().map(Content::Text)
        }
        _ => None,
    }
}

/// Several numbers of one row: row, first column, then format and number of each, then the last column.
fn many_numbers(record: &Record<'_>, sheet: &mut Sheet) -> Result<(), String> {
    let Some((row, first)) = record.place() else { return Ok(()) };
    let count = record.data.len().saturating_sub(6) / 6;
    for (i, column) in (0..count).zip(first..) {
        if let Some(number) = record.rk(4 + i * 6 + 2) {
            sheet.put((row, column), Content::Number(number))?;
        }
    }
    Ok(())
}

struct Record<'a> {
    kind: u16,
    data: &'a [u8],
}

impl Record<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(self.data.get(at..at + 2)?.try_into().ok()?))
    }

    fn f64(&self, at: usize) -> Option<f64> {
        Some(f64::from_le_bytes(self.data.get(at..at + 8)?.try_into().ok()?))
    }

    /// Row and column, from 0.
    fn place(&self) -> Option<(u32, u32)> {
        Some((u32::from(self.u16(0)?), u32::from(self.u16(2)?)))
    }

    /// A number in 30 bits and two flags: a hundredth, and whole.
    fn rk(&self, at: usize) -> Option<f64> {
        let raw = u32::from_le_bytes(self.data.get(at..at + 4)?.try_into().ok()?);
        let number =
            if raw & 2 != 0 { f64::from(raw.cast_signed() >> 2) } else { f64::from_bits(u64::from(raw & !3) << 32) };
        Some(if raw & 1 != 0 { number / 100.0 } else { number })
    }
}

struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    /// The next record; `None` at the end.
    fn next(&mut self) -> Result<Option<Record<'a>>, String> {
        let Some(&[a, b, c, d]) = self.bytes.get(self.at..self.at + 4).and_then(|head| head.first_chunk()) else {
            return Ok(None);
        };
        let (start, length) = (self.at + 4, usize::from(u16::from_le_bytes([c, d])));
        let cut = || "it is cut off inside; get a fresh copy of it".to_owned();
        let data = self.bytes.get(start..start + length).ok_or_else(cut)?;
        self.at = start + length;
        Ok(Some(Record { kind: u16::from_le_bytes([a, b]), data }))
    }

    /// A record's data and that of the records that continue it.
    fn with_continues(&mut self, data: &'a [u8]) -> Result<Vec<&'a [u8]>, String> {
        let mut parts = vec![data];
        loop {
            let before = self.at;
            match self.next()? {
                Some(record) if record.kind == CONTINUE => parts.push(record.data),
                _ => {
                    self.at = before;
                    return Ok(parts);
                }
            }
        }
    }
}

fn damaged(what: &str) -> String {
    format!("it is damaged ({what} cannot be read); get a fresh copy of it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers() {
        let rk = |raw: u32| Record { kind: RK, data: &raw.to_le_bytes() }.rk(0);
        assert_eq!(rk(0x3FF0_0000), Some(1.0));
        assert_eq!(rk((41_403 << 2) | 2), Some(41_403.0));
        assert_eq!(rk((1_234 << 2) | 3), Some(12.34));
        assert_eq!(rk(0xFFFF_FFFE), Some(-1.0));
    }
}
