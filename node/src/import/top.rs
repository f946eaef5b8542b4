//! The top of a CSV file: what separates its cells, and which row is the header. Excel puts `sep=;` into the first line; schools put
//! their name above the table.

use super::headers;
use csv::StringRecord;

/// How many rows may stand at the top, the header among them.
pub(crate) const HEADER_WITHIN: usize = 20;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter that a `sep=` line tells; such a line is no row.
pub(super) fn told_delimiter(head: &[u8]) -> Option<u8> {
    let line = head.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    let line = line.strip_prefix(b"\"").map_or(line, |line| line.strip_suffix(b"\"").unwrap_or(line));
    let (name, told) = line.split_at_checked(4)?;
    let delimiter =
        told.first().copied().filter(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'"')?;
    (name.eq_ignore_ascii_case(b"sep=") && told.len() == 1).then_some(delimiter)
}

/// The delimiter by which one of the first lines names the most known columns; of the first line the one that it has most of,
/// where none is known.
pub(super) fn delimiter(head: &[u8], known: &dyn Fn(&str) -> bool) -> u8 {
    let lines = || head.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty());
    let named =
        |delimiter: u8| lines().take(HEADER_WITHIN).map(|line| names(line, delimiter, known)).max().unwrap_or(0);
    let most = |count: &dyn Fn(u8) -> usize| {
        // On a tie the first, the comma, stays.
        DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter)).filter(|delimiter| count(*delimiter) > 0)
    };
    let first = |delimiter: u8| lines().next().map_or(0, |line| cells(line, delimiter).len() - 1);
    most(&named).or_else(|| most(&first)).unwrap_or(b',')
}

fn names(line: &[u8], delimiter: u8, known: &dyn Fn(&str) -> bool) -> usize {
    let keys = cells(line, delimiter).into_iter().map(|cell| headers::normal(&String::from_utf8_lossy(cell)));
    keys.filter(|key| known(key)).count()
}

/// The cells of a line, split outside quotation marks.
fn cells(line: &[u8], delimiter: u8) -> Vec<&[u8]> {
    let mut quoted = false;
    line.split(|byte| {
        quoted ^= *byte == b'"';
        *byte == delimiter && !quoted
    })
    .collect()
}

/// Position of the header: the first row with two known columns, or with one, or the first that has anything in it.
pub(super) fn header_at(rows: &[&StringRecord], known: &dyn Fn(&str) -> bool) -> Option<usize> {
    let count = |row: &StringRecord| row.iter().filter(|cell| known(&headers::normal(cell))).count();
    let at_least = |least: usize| rows.iter().position(|row| count(row) >= least);
    let filled = || rows.iter().position(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    at_least(2).or_else(|| at_least(1)).or_else(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_told_or_found() {
        let known = |key: &str| matches!(key, "lrn" | "lastname" | "firstname");
        for (head, told, found) in [
            ("sep=;\nx", Some(b';'), b';'),
            ("\"sep=,\"\nx", Some(b','), b','),
            ("SEP=|\r\n", Some(b'|'), b'|'),
            ("sep=\nx", None, b','),
            ("separate,x", None, b','),
            ("Name: A; B; C; D\nLRN,Last name\n", None, b','),
            ("A, B, C, D, E\nLRN;Last name\n", None, b';'),
            ("x;y\n", None, b';'),
            ("x\n", None, b','),
        ] {
            assert_eq!((told_delimiter(head.as_bytes()), delimiter(head.as_bytes(), &known)), (told, found), "{head}");
        }
    }
}
