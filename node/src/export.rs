//! Tables for other programs: CSV as Excel opens it, without ever being a formula there.

use crate::{NodeError, Result};
use pems_model::Code;

/// What makes a spreadsheet take a text for a formula, or end a cell.
const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r'];

/// Rows as CSV, the names of the columns first. Begins with a byte order mark, without which Excel shows `PeÃ±a`.
///
/// # Errors
/// If there is no memory for it.
pub(crate) fn csv<R, C>(head: &[impl AsRef<str>], rows: impl IntoIterator<Item = R>) -> Result<Vec<u8>>
where
    R: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let failed = |error: String| NodeError::new(Code::Internal, format!("cannot write CSV: {error}"));
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(head.iter().map(|name| plain(name.as_ref()))).map_err(|error| failed(error.to_string()))?;
    for row in rows {
        let cells = row.into_iter().map(|cell| plain(cell.as_ref()));
        writer.write_record(cells).map_err(|error| failed(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| failed(error.to_string()))
}

/// A text that no spreadsheet calculates: an apostrophe before what would be a formula, as Excel itself marks text.
fn plain(text: &str) -> String {
    let inner = text.strip_prefix('\'').unwrap_or(text);
    if inner.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_a_formula_and_excel_sees_that_it_is_unicode() {
        let rows = [["=cmd|' /C calc'!A0", "Peña"], ["'=as it is", "-1"], ["plain", "a=b"]];
        let bytes = csv(&["name", "@note"], rows).expect("a file");
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert_eq!(text, "\u{feff}name,'@note\n'=cmd|' /C calc'!A0,Peña\n''=as it is,'-1\nplain,a=b\n");
    }
}
