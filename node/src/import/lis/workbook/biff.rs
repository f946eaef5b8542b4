//! The workbook inside an `.xls`: records of BIFF8 ([MS-XLS]) to cells. Only values are read; formats, formulas' texts and
//! pictures are passed over.
//!
//! [MS-XLS]: https://learn.microsoft.com/openspecs/office_file_formats/ms-xls

use super::strings::Parts;
use super::{Content, MOST_CELLS_IN_ALL, MOST_SHEETS, NO_VALUE, Sheet};
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
const BOOL_OR_ERROR: u16 = 0x0205;
/// In the list of sheets: a sheet of cells, not a chart.
const WORKSHEET: u8 = 0;

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
            BOUND_SHEET => names.push(Bound::read(&record).ok_or_else(|| damaged("its list of sheets"))?),
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
    let (mut sheets, mut room) = (Vec::new(), MOST_CELLS_IN_ALL);
    for bound in names {
        if bound.at >= stream.len() {
            return Err(damaged("the place of a sheet"));
        }
        if bound.kind != WORKSHEET {
            continue;
        }
        let empty = Sheet { hidden: bound.hidden, ..Sheet::new(bound.name, date_1904, room) };
        let sheet = sheet(empty, Records { bytes: stream, at: bound.at }, &texts)?;
        room -= sheet.cells.len();
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// A sheet in the workbook's list.
struct Bound {
    name: String,
    at: usize,
    hidden: bool,
    kind: u8,
}

impl Bound {
    fn read(record: &Record<'_>) -> Option<Bound> {
        let at = u32::from_le_bytes(record.data.get(..4)?.try_into().ok()?) as usize;
        let (state, kind) = (*record.data.get(4)?, *record.data.get(5)?);
        let (count, wide) = (usize::from(*record.data.get(6)?), record.data.get(7)? & 1 != 0);
        let letters = record.data.get(8..)?;
        let units: Vec<u16> = if wide {
            letters.as_chunks::<2>().0.iter().take(count).map(|unit| u16::from_le_bytes(*unit)).collect()
        } else {
            letters.iter().take(count).map(|byte| u16::from(*byte)).collect()
        };
        Some(Bound { name: String::from_utf16_lossy(&units), at, hidden: state & 3 != 0, kind })
    }
}

fn sheet(mut sheet: Sheet, mut records: Records<'_>, texts: &[Rc<str>]) -> Result<Sheet, String> {
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
                if let (Some(place), Some(content)) = (formula, result(&record)) {
                    sheet.put(place, content)?;
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

/// What a formula came to. A text follows in a record of its own; until then its value is not in the file.
fn result(record: &Record<'_>) -> Option<Content> {
    if record.u16(12) != Some(0xFFFF) {
        return record.f64(6).map(Content::Number);
    }
    match record.data.get(6)? {
        0 => Some(Content::Broken(NO_VALUE.into())),
        1 => Some(truth(*record.data.get(8)?)),
        2 => Some(error(*record.data.get(8)?)),
        _ => None,
    }
}

fn truth(value: u8) -> Content {
    Content::Text(if value == 0 { "FALSE" } else { "TRUE" }.into())
}

fn error(code: u8) -> Content {
    let name = match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    };
    Content::Broken(format!("the error {name}").into())
}

fn content(record: &Record<'_>, texts: &[Rc<str>]) -> Option<Content> {
    match record.kind {
        NUMBER => record.f64(6).map(Content::Number),
        RK => record.rk(6).map(Content::Number),
        LABEL | RICH_LABEL => Parts::new(vec![record.data.get(6..)?]).text().map(|text| Content::Text(text.into())),
        LABEL_SST => {
            let number = u32::from_le_bytes(record.data.get(6..10)?.try_into().ok()?);
            let found = texts.get(number as usize).cloned().map(Content::Text);
            Some(found.unwrap_or_else(|| Content::Broken("a text that is not in the file: it is damaged".into())))
        }
        BOOL_OR_ERROR => {
            let value = *record.data.get(6)?;
            Some(if record.data.get(7) == Some(&1) { error(value) } else { truth(value) })
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
    fn results_of_formulas() {
        let of = |value: [u8; 8]| result(&Record { kind: FORMULA, data: &[&[0; 6][..], &value].concat() });
        assert_eq!(of(1.5_f64.to_le_bytes()), Some(Content::Number(1.5)));
        assert_eq!(of([0, 0, 0, 0, 0, 0, 0xFF, 0xFF]), Some(Content::Broken(NO_VALUE.into())));
        assert_eq!(of([2, 0, 0x2A, 0, 0, 0, 0xFF, 0xFF]), Some(Content::Broken("the error #N/A".into())));
        assert_eq!(of([3, 0, 0, 0, 0, 0, 0xFF, 0xFF]), None, "an empty text");
    }

    #[test]
    fn packed_numbers() {
        let rk = |raw: u32| Record { kind: RK, data: &raw.to_le_bytes() }.rk(0);
        assert_eq!(rk(0x3FF0_0000), Some(1.0));
        assert_eq!(rk((41_403 << 2) | 2), Some(41_403.0));
        assert_eq!(rk((1_234 << 2) | 3), Some(12.34));
        assert_eq!(rk(0xFFFF_FFFE), Some(-1.0));
    }
}
