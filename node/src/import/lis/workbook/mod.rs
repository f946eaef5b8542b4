//! A workbook of any origin to plain cells, within limits: what the register is read from.
//!
//! LIS gives an old `.xls`; whoever opens it in a newer Excel saves an `.xlsx`. Both readers are ours and read values only: the
//! usual libraries reserve memory for what the file *claims* to hold, and one flipped byte of a file that was carried on a
//! bad memory stick would end the whole app. Invariant: no file can make this take more than its limits, hang or stop.

mod biff;
mod cfb;
mod package;
mod strings;
mod xlsx;

use crate::import::bad_file;
use crate::{NodeError, Result};
use pems_model::Code;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Bytes of a file, and of its texts. The export of a section of 60 learners has about 60,000.
pub(super) const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Cells of one sheet. A section of 60 learners has about 1,500.
const MOST_CELLS: usize = 200_000;
/// Cells of all sheets together.
const MOST_CELLS_IN_ALL: usize = 3 * MOST_CELLS;
/// Sheets of one file. LIS writes one; many that all point to the same megabytes would keep a clerk waiting.
const MOST_SHEETS: usize = 100;
/// Letters of one cell, as in Excel itself.
const MOST_LETTERS: usize = 32_767;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    Text(Rc<str>),
    /// A number; for a date, days since 1899-12-30 (or since 1904-01-01).
    Number(f64),
    /// Something that cannot be read, and what: whoever takes it for an empty cell loses it.
    Broken(Rc<str>),
}

/// A formula that a program wrote which does not reckon.
const NO_VALUE: &str = "a formula whose value is not in the file; open it in Excel, save it, and import that";

/// One sheet; rows and columns count from 0.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) date_1904: bool,
    pub(super) hidden: bool,
    cells: BTreeMap<(u32, u32), Content>,
    /// Most cells that it may have.
    room: usize,
}

impl Sheet {
    fn new(name: String, date_1904: bool, room: usize) -> Sheet {
        Sheet { name, date_1904, hidden: false, cells: BTreeMap::new(), room: room.min(MOST_CELLS) }
    }

    /// Takes a cell in; white space alone is none.
    fn put(&mut self, place: (u32, u32), content: Content) -> Result<(), String> {
        match &content {
            Content::Text(text) if text.trim().is_empty() => return Ok(()),
            Content::Text(text) if text.len() > MOST_LETTERS * 4 => {
                return Err("one of its cells is longer than Excel allows".to_owned());
            }
            _ => {}
        }
        self.cells.insert(place, content);
        if self.cells.len() > self.room {
            let (name, room) = (&self.name, self.room);
            return Err(format!("its sheet '{name}' has more than {room} cells; a register has far fewer"));
        }
        Ok(())
    }

    pub(super) fn get(&self, row: u32, column: u32) -> Option<&Content> {
        self.cells.get(&(row, column))
    }

    /// The first cell of a row within the columns, and its place: merged cells have their value in the first.
    pub(super) fn first(&self, row: u32, from: u32, to: u32) -> Option<(u32, &Content)> {
        self.cells.range((row, from)..=(row, to)).next().map(|(place, content)| (place.1, content))
    }

    /// The cells of a row that hold something.
    pub(super) fn row(&self, row: u32) -> impl Iterator<Item = (u32, &Content)> {
        self.cells.range((row, 0)..=(row, u32::MAX)).map(|(place, content)| (place.1, content))
    }

    /// Rows that hold something, in order.
    pub(super) fn rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.cells.keys().map(|place| place.0).collect();
        rows.dedup();
        rows
    }
}

impl Content {
    pub(super) fn text(&self) -> String {
        match self {
            Content::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Content::Number(number) => number.to_string(),
            Content::Broken(_) => String::new(),
        }
    }
}

/// The name that people see of a place: row 6, column 2 is `C7`.
pub(super) fn cell_name(row: u32, column: u32) -> String {
    let (mut letters, mut left) = (String::new(), u64::from(column) + 1);
    while left > 0 {
        let letter = u8::try_from((left - 1) % 26).unwrap_or_default();
        letters.insert(0, char::from(b'A' + letter));
        left = (left - 1) / 26;
    }
    format!("{letters}{}", u64::from(row) + 1)
}

/// The sheets of a file. `file` is its name for messages.
///
/// # Errors
/// `too_large`, or `bad_file` with what the file is instead and what to do.
pub(super) fn open(file: &str, bytes: &[u8]) -> Result<Vec<Sheet>> {
    if bytes.len() > MOST_BYTES {
        let message = format!(
            "{file}: it has more than {MOST_BYTES} bytes; an SF1 register has far fewer: choose the file that LIS gave"
        );
        return Err(NodeError::new(Code::TooLarge, message));
    }
    let sheets = if bytes.starts_with(cfb::SIGNATURE) {
        cfb::workbook(bytes).and_then(|stream| biff::sheets(&stream))
    } else if bytes.starts_with(package::SIGNATURE) {
        contained(|| xlsx::sheets(bytes))
    } else {
        Err(what_else(bytes).to_owned())
    };
    sheets.map_err(|why| bad_file(file, why))
}

/// Zip and XML come from libraries; if one of them panics over a broken file, the clerk gets an answer and the app goes on.
fn contained<T>(work: impl FnOnce() -> Result<T, String> + std::panic::UnwindSafe) -> Result<T, String> {
    std::panic::catch_unwind(work)
        .unwrap_or_else(|_| Err("it is damaged in a way that cannot be read; get a fresh copy of it".to_owned()))
}

/// What a file is that is no workbook, and what to do about it.
fn what_else(bytes: &[u8]) -> &'static str {
    if bytes.is_empty() {
        return "it is empty; download the register from LIS again";
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_lowercase();
    let head = head.trim_start_matches('\u{feff}').trim_start();
    if head.starts_with('<') {
        return "it is a web page with the name of a workbook; open it in Excel, save it as .xlsx, and import that";
    }
    let plain = !bytes.contains(&0);
    if plain && head.lines().next().is_some_and(|line| line.contains(',') || line.contains(';') || line.contains('\t'))
    {
        return "it is CSV text with the name of a workbook; download the register (SF1) from LIS again, or import it as a list (CSV)";
    }
    "it is no Excel workbook; choose the School Register (SF1) that LIS gave, .xls or .xlsx"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_the_names_that_people_see() {
        assert_eq!([cell_name(0, 0), cell_name(6, 25), cell_name(6, 26), cell_name(6, 45)], ["A1", "Z7", "AA7", "AT7"]);
    }

    #[test]
    fn what_is_no_workbook_says_what_it_is() {
        for (bytes, says) in [
            (&b""[..], "empty"),
            (b"\xEF\xBB\xBF<html><table>", "web page"),
            (b"LRN,Name\n1,2\n", "CSV"),
            (b"hello", "no Excel workbook"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "damaged"),
            (b"PK\x03\x04", "damaged"),
        ] {
            let error = open("x.xls", bytes).expect_err("a refusal");
            assert!(error.code == Code::BadFile && error.message.contains(says), "{}", error.message);
        }
        assert_eq!(open("x.xls", &vec![0; MOST_BYTES + 1]).expect_err("a refusal").code, Code::TooLarge);
    }

    #[test]
    fn a_panic_of_a_library_is_an_answer() {
        assert!(contained::<()>(|| Err("why".to_owned())).is_err());
        let all: Vec<u8> = Vec::new();
        assert!(contained(|| Ok(all[3])).is_err_and(|why| why.contains("damaged")));
    }
}
