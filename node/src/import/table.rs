//! Reading one CSV file of unknown habits into memory, within limits, with the line of every row kept.
//!
//! Invariants: nothing is read beyond the limits, whatever the file claims; a byte that is not text stops the file, with its
//! place; the header is the first row that names known columns, and lines count as an editor counts them.

use super::capped::{CHUNK, Capped, Gauge};
use super::dates::{self, DateOrder};
use super::shown::shown;
use super::text::{Decoder, Encoding};
use super::{Budget, Limits, bad_file, headers, quotes, top};
use crate::{NodeError, Result, cells};
use csv::{ByteRecord, StringRecord};
use pems_model::Code;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::io::{Cursor, Read};
use std::rc::Rc;

/// One file in memory.
#[derive(Debug)]
pub(super) struct Table {
    /// Name as the report gives it.
    pub(super) file: String,
    pub(super) headers: Vec<String>,
    /// The headers without case, spaces and punctuation.
    keys: Vec<String>,
    records: Vec<(u64, StringRecord)>,
    orders: Vec<OnceCell<Option<DateOrder>>>,
    pub(super) warnings: Vec<String>,
}

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rec<'a> {
    pub(super) table: &'a Table,
    pub(super) line: u64,
    cells: &'a StringRecord,
}

/// One cell that has something in it, and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) rec: Rec<'a>,
    pub(super) column: usize,
    pub(super) text: &'a str,
}

impl Table {
    /// Reads a file. `known` says whether a (normal) header is one that this kind of file has: by it the header row is told from
    /// titles above it.
    pub(super) fn read(
        file: &str,
        mut input: impl Read,
        known: &dyn Fn(&str) -> bool,
        budget: &mut Budget,
    ) -> Result<Table> {
        let mut head = Vec::new();
        input.by_ref().take(CHUNK as u64).read_to_end(&mut head).map_err(|error| bad_file(file, error.to_string()))?;
        if head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) {
            return Err(bad_file(file, "it is UTF-16 text; save it as 'CSV UTF-8'".to_owned()));
        }
        let skip = if head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let told = top::told_delimiter(&head[skip..]);
        let delimiter = told.unwrap_or_else(|| top::delimiter(&head[skip..], known));
        let (capped, gauge) = Capped::new(Cursor::new(head.split_off(skip)).chain(input), delimiter, budget);
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(CHUNK)
            .from_reader(capped);
        let mut rows = Rows {
            file,
            limits: budget.limits,
            skipped: skip as u64,
            reader,
            gauge,
            delimiter,
            columns: 0,
            decoder: Decoder::new(),
            raw: ByteRecord::new(),
        };
        if told.is_some() {
            rows.next()?;
        }
        let (header, mut warnings, first) = rows.header(known)?;
        let headers: Vec<String> = header.iter().map(|name| one_line(name.trim()).into_owned()).collect();
        rows.columns = headers.len();
        let mut records = Vec::new();
        let mut first = first.into_iter();
        while let Some((line, record)) = first.next().map_or_else(|| rows.next(), |row| Ok(Some(row)))? {
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            budget.rows_left =
                budget.rows_left.checked_sub(1).ok_or_else(|| too_many(file, line, budget.limits.rows))?;
            records.push((line, rows.finished(line, record)?));
        }
        if rows.decoder.encoding == Encoding::Windows1252 {
            warnings.push(format!(
                "{file} was read as Windows-1252 text; check names with ñ, and save as 'CSV UTF-8' next time"
            ));
        }
        if records.is_empty() {
            warnings.push(format!("{file} has a header but no rows"));
        }
        let keys = headers.iter().map(|name| headers::normal(name)).collect();
        let orders = headers.iter().map(|_| OnceCell::new()).collect();
        Ok(Table { file: file.to_owned(), headers, keys, records, orders, warnings })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Rec<'_>> {
        self.records.iter().map(|(line, cells)| Rec { table: self, line: *line, cells })
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Position of the first of these columns that the file has; the names are without case and punctuation.
    pub(super) fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.keys.iter().position(|key| key == name))
    }

    /// In which order the file writes day and month: as the dates of the column prove it, or else the other dates of the file.
    pub(super) fn date_order(&self, column: usize) -> Option<DateOrder> {
        self.proven(column).or_else(|| {
            let is_date = |key: &String| key.contains("date") || key.contains("birth") || key.contains("dob");
            let others =
                self.keys.iter().enumerate().filter(|(_, key)| is_date(key)).filter_map(|(i, _)| self.proven(i));
            let found: Vec<DateOrder> = others.collect();
            found.first().copied().filter(|first| found.iter().all(|order| order == first))
        })
    }

    fn proven(&self, column: usize) -> Option<DateOrder> {
        let cells = || self.records.iter().filter_map(|(_, cells)| cells.get(column));
        *self.orders.get(column)?.get_or_init(|| dates::proven_order(cells()))
    }
}

impl<'a> Rec<'a> {
    /// A cell by position, if it holds anything.
    pub(super) fn at(self, column: usize) -> Option<Cell<'a>> {
        let text = self.cells.get(column)?.trim();
        (!text.is_empty()).then_some(Cell { rec: self, column, text })
    }

    /// The first of these columns that holds anything in this row.
    pub(super) fn cell(self, names: &[&str]) -> Option<Cell<'a>> {
        names.iter().find_map(|name| self.at(self.table.keys.iter().position(|key| key == name)?))
    }

    pub(super) fn text(self, names: &[&str]) -> &'a str {
        self.cell(names).map_or("", |cell| cell.text)
    }

    /// How many cells the row has beyond the header that are not empty.
    pub(super) fn surplus(self) -> usize {
        self.cells.iter().skip(self.table.headers.len()).filter(|cell| !cell.trim().is_empty()).count()
    }
}

impl<'a> Cell<'a> {
    pub(super) fn header(self) -> &'a str {
        &self.rec.table.headers[self.column]
    }

    /// The parts of a list cell, `a,b` or `a;b`.
    pub(super) fn parts(self) -> impl Iterator<Item = &'a str> {
        self.text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty())
    }
}

fn too_many(file: &str, line: u64, most: u64) -> NodeError {
    let message = format!(
        "{file}, line {line}: an import takes at most {most} rows; split the file and import the parts one by one"
    );
    NodeError::new(Code::TooLarge, message)
}

/// A row and its line.
type Numbered = (u64, StringRecord);

struct Rows<'a, R> {
    file: &'a str,
    limits: Limits,
    /// Bytes of a byte order mark.
    skipped: u64,
    reader: csv::Reader<R>,
    gauge: Rc<Gauge>,
    delimiter: u8,
    /// Columns of the header, once it is known.
    columns: usize,
    decoder: Decoder,
    raw: ByteRecord,
}

impl<R: Read> Rows<'_, R> {
    /// The header row, what is to be said about the rows above it, and the rows that were read after it.
    fn header(&mut self, known: &dyn Fn(&str) -> bool) -> Result<(StringRecord, Vec<String>, Vec<Numbered>)> {
        let mut rows: Vec<Numbered> = Vec::new();
        while rows.len() < top::HEADER_WITHIN
            && let Some(row) = self.next()?
        {
            rows.push(row);
        }
        let cells: Vec<&StringRecord> = rows.iter().map(|(_, record)| record).collect();
        let Some(at) = top::header_at(&cells, known) else {
            return Err(bad_file(self.file, "it is empty; the first line must name the columns".to_owned()));
        };
        let mut above = rows;
        let mut after = above.split_off(at);
        let warnings = above.iter().filter_map(|(line, record)| {
            let text = record.iter().map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ");
            (!text.is_empty()).then(|| {
                format!(
                    "{}, line {line}: '{}' stands above the header and was passed over",
                    self.file,
                    shown(&one_line(&text))
                )
            })
        });
        let warnings = warnings.collect();
        let (_, header) = after.remove(0);
        Ok((header, warnings, after))
    }

    /// A row below the header as it is kept, unless a forgotten quotation mark has swallowed others into it.
    fn finished(&self, line: u64, record: StringRecord) -> Result<StringRecord> {
        if !record.iter().any(|cell| cell.contains(BREAKS)) {
            return Ok(record);
        }
        let swallows = |cell: &str| quotes::swallows_rows(cell.as_bytes(), self.delimiter, record.len(), self.columns);
        if record.iter().any(swallows) {
            let why = "a quotation mark is opened on this line and closed on another, with whole rows between; close it, or delete it";
            return Err(bad_file(self.file, format!("line {line}: {why}")));
        }
        Ok(record.iter().map(one_line).collect())
    }

    fn next(&mut self) -> Result<Option<Numbered>> {
        self.gauge.begin_row();
        let start = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.raw) {
            Ok(false) => return Ok(None),
            Ok(true) => {}
            Err(error) => {
                if let Some(why) = self.gauge.broken() {
                    return Err(bad_file(self.file, why));
                }
                return Err(match self.gauge.stopped(&self.limits) {
                    Some(why) => NodeError::new(Code::TooLarge, format!("{}, line {start}: {why}", self.file)),
                    None => bad_file(
                        self.file,
                        format!("it cannot be read after line {start}: {error}; get a fresh copy of it"),
                    ),
                });
            }
        }
        // The position of a record does not see the blank lines before it; the line after it is right, so count back.
        let inside = self.raw.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        let line = self.reader.position().line().saturating_sub(inside + 1);
        let byte = self.raw.position().map_or(0, |at| at.byte()) + self.skipped;
        let mut record = StringRecord::with_capacity(self.raw.as_slice().len(), self.raw.len());
        for (i, bytes) in self.raw.iter().enumerate() {
            match self.decoder.decode(bytes) {
                Ok(text) => record.push_field(cells::plain(&text)),
                Err(why) => {
                    let message = format!(
                        "line {line}, cell {} (after byte {byte}): {why}; save it as 'CSV UTF-8' and import again",
                        i + 1
                    );
                    return Err(bad_file(self.file, message));
                }
            }
        }
        Ok(Some((line, record)))
    }
}

/// White space that is not a space.
const BREAKS: [char; 5] = ['\n', '\r', '\t', '\u{b}', '\u{c}'];

/// A line break or tab inside a cell is white space, as in School Form 1.
fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(BREAKS) { text.split_whitespace().collect::<Vec<_>>().join(" ").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Table> {
        Table::read("t.csv", bytes, &|key| key.ends_with("name"), &mut Budget::new(Limits::OFFICE))
    }

    #[test]
    fn habits_of_real_files() {
        for text in [
            "\u{feff}Last Name;GIVEN_name\r\nCruz;Ana\r\n",
            "lastname\tgiven name\nCruz\tAna",
            "LASTNAME,GivenName\n\nCruz,Ana\n,\n",
        ] {
            let table = read(text.as_bytes()).expect("a table");
            let rec = table.rows().next().expect("a row");
            assert_eq!((rec.text(&["lastname"]), rec.text(&["givenname"])), ("Cruz", "Ana"), "{text:?}");
            assert_eq!(table.len(), 1);
        }
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let table = read(b"a,b\n1,\"two\nlines\"\n\n3,4\n").expect("a table");
        assert_eq!(table.rows().map(|rec| rec.line).collect::<Vec<_>>(), [2, 5]);
        for end in ["\r\n", "\r", "\n"] {
            for last in ["", end] {
                let text = format!("{}{last}", ["a,b", "1,2", "", "\"3\",\"4\"", "5,6"].join(end));
                let table = read(text.as_bytes()).expect("a table");
                let found: Vec<_> = table.rows().map(|rec| (rec.line, rec.text(&["a"]), rec.text(&["b"]))).collect();
                assert_eq!(found, [(2, "1", "2"), (4, "3", "4"), (5, "5", "6")], "{text:?}");
            }
        }
    }

    #[test]
    fn what_is_no_table_says_so() {
        assert_eq!(read(b"").expect_err("empty").code, Code::BadFile);
        assert_eq!(read(b"\xFF\xFEa\0").expect_err("UTF-16").code, Code::BadFile);
        let error = read(b"name\nok\nb\x81d\n").expect_err("not text");
        assert!(error.message.contains("t.csv") && error.message.contains("line 3"), "{}", error.message);
        assert_eq!(read(b"name\n").expect("a header").warnings.len(), 1);
    }

    #[test]
    fn limits_hold_against_endless_files() {
        let endless = |text: &'static [u8]| Cursor::new(&b"a,b\n"[..]).chain(Repeat { text, at: 0 });
        let error =
            Table::read("t.csv", endless(b"x,y\n"), &|_| false, &mut Budget::new(Limits::OFFICE)).expect_err("rows");
        assert_eq!(error.code, Code::TooLarge);
        assert!(error.message.contains("split"), "{}", error.message);
        let open = Cursor::new(&b"a,b\n\""[..]).chain(std::io::repeat(b'x'));
        let error = Table::read("t.csv", open, &|_| false, &mut Budget::new(Limits::OFFICE)).expect_err("a row");
        assert!(error.code == Code::TooLarge && error.message.contains("quotation"), "{}", error.message);
        let small = Limits { bytes: 100_000, ..Limits::OFFICE };
        let error = Table::read("t.csv", endless(b"\n"), &|_| false, &mut Budget::new(small)).expect_err("bytes");
        assert_eq!(error.code, Code::TooLarge);
    }

    struct Repeat {
        text: &'static [u8],
        at: usize,
    }

    impl Read for Repeat {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            for byte in buffer.iter_mut() {
                *byte = self.text[self.at % self.text.len()];
                self.at += 1;
            }
            Ok(buffer.len())
        }
    }
}
