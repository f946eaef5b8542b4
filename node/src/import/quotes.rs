//! Where the quotation marks of a CSV file open and close. A mark that was never closed swallows the rows after it, so the row
//! that a reader is at says nothing: what must be named is the line on which it was opened.

/// Follows the marks of a file, byte by byte; line endings are `\n`.
#[derive(Debug)]
pub(super) struct Quotes {
    delimiter: u8,
    state: State,
    line: u64,
    /// The line on which the last quoted cell began.
    opened: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    CellBegins,
    Plain,
    Quoted,
    /// A mark inside a quoted cell: the first of two, or the end.
    Mark,
    /// White space after the end of a quoted cell.
    Ended,
}

impl Quotes {
    pub(super) fn new(delimiter: u8) -> Quotes {
        Quotes { delimiter, state: State::CellBegins, line: 1, opened: 1 }
    }

    /// Why the file cannot be read on, if so.
    pub(super) fn see(&mut self, bytes: &[u8]) -> Option<String> {
        for byte in bytes {
            let ends = *byte == self.delimiter || *byte == b'\n';
            self.state = match (self.state, byte) {
                (State::CellBegins, b'"') => {
                    self.opened = self.line;
                    State::Quoted
                }
                (State::Quoted, b'"') => State::Mark,
                (State::Mark, b'"') | (State::Quoted, _) => State::Quoted,
                _ if ends => State::CellBegins,
                (State::CellBegins | State::Plain, _) => State::Plain,
                (State::Mark | State::Ended, b' ') => State::Ended,
                (State::Mark | State::Ended, _) => return Some(self.broken()),
            };
            self.line += u64::from(*byte == b'\n');
        }
        None
    }

    /// Why the file cannot end here, if so.
    pub(super) fn end(&self) -> Option<String> {
        let opened = self.opened;
        (self.state == State::Quoted).then(|| {
            format!("line {opened}: a quotation mark is opened on this line and never closed; close it, or delete it")
        })
    }

    fn broken(&self) -> String {
        let (opened, line) = (self.opened, self.line);
        format!(
            "line {opened}: a quotation mark is opened on this line and the next one is in the middle of a cell, on line {line}; close it, delete it, or write two where a text has one"
        )
    }
}

/// Whether a quoted cell is rows that a forgotten mark swallowed: with the row that it stands in, it has exactly the cells of
/// that many rows, and no white space after its delimiters, which a text has.
pub(super) fn swallows_rows(cell: &[u8], delimiter: u8, cells_of_row: usize, cells_of_header: usize) -> bool {
    let breaks = cell.iter().filter(|byte| **byte == b'\n').count();
    let delimiters = cell.iter().filter(|byte| **byte == delimiter).count();
    let spaced = cell.windows(3).any(|three| three[..2] == [delimiter, b' '] && three[2] != b'\n');
    breaks > 0
        && cells_of_header > 1
        && !spaced
        && delimiters + cells_of_row.saturating_sub(1) == (breaks + 1) * (cells_of_header - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_followed_over_lines() {
        let says = |text: &str| {
            let mut quotes = Quotes::new(b',');
            quotes.see(text.as_bytes()).or_else(|| quotes.end())
        };
        for fine in ["a,\"b\n\nc\",d\n", "\"a \"\"b\"\" c\"\n", "5\" x,y\"z\n", "\"a\" ,b\n", "\"\"\n", "a,\"\",b"] {
            assert_eq!(says(fine), None, "{fine}");
        }
        for (broken, line) in [("a\nb,\"c\nd\n", 2), ("\"a\nb\"c\n", 1), ("x\n\"a\" \"b\"\n", 2)] {
            assert!(says(broken).is_some_and(|why| why.starts_with(&format!("line {line}:"))), "{broken}");
        }
    }

    #[test]
    fn swallowed_rows_are_told_from_texts() {
        assert!(swallows_rows(b"Ana,,x\nReyes,Ben", b',', 4, 4));
        assert!(!swallows_rows(b"Purok 1, Sitio A,\nBrgy B, Town", b',', 4, 4));
        assert!(!swallows_rows(b"line one\nline two", b',', 4, 4));
        assert!(!swallows_rows(b"a,b,c", b',', 4, 4));
    }
}
