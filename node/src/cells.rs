//! Cells of the CSV files that we write: safe to open in a spreadsheet, and read back as they were.
//!
//! A spreadsheet takes a cell that begins with one of these characters for a formula, and a formula can start programs. An
//! apostrophe before it makes it a text. Whoever reads our files (and the import does) takes one apostrophe away again; a text that
//! began with apostrophes and such a character gets one more, so nothing is ever ambiguous.

use crate::{NodeError, Result};
use pems_model::Code;
use std::borrow::Cow;

/// What Excel tells UTF-8 by; without it `Peña` is shown as `PeÃ±a`.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Whether a spreadsheet would calculate what follows the apostrophes. Full-width signs count: some take them for the plain ones.
fn calculates(text: &str) -> bool {
    let rest = text.trim_start_matches('\'');
    rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

/// A cell as it is written.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    if calculates(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text of a cell that was written by [`guarded`], or by somebody who guards phone numbers by hand.
pub(crate) fn plain(cell: &str) -> &str {
    if calculates(cell) { cell.strip_prefix('\'').unwrap_or(cell) } else { cell }
}

/// A table as a CSV file.
///
/// # Errors
/// `internal`, if it cannot be written at all.
pub(crate) fn csv<R, C>(rows: R) -> Result<Vec<u8>>
where
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item: AsRef<str>>,
{
    let failed = |error: &dyn std::fmt::Display| NodeError::new(Code::Internal, format!("cannot write CSV: {error}"));
    let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.to_vec());
    for row in rows {
        for cell in row {
            writer.write_field(guarded(cell.as_ref()).as_bytes()).map_err(|error| failed(&error))?;
        }
        writer.write_record(None::<&[u8]>).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_texts_and_come_back_as_they_were() {
        for text in [
            "=cmd|' /C calc'!A0",
            "+639171234567",
            "-1",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "'=1",
            "''+2",
            "'",
            "'quoted'",
            "",
            "Peña",
            "a=b",
            "＝1",
            "O'Neil",
            "--",
            "'-",
        ] {
            let cell = guarded(text);
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']), "{cell:?}");
            assert_eq!(plain(&cell), text, "{cell:?}");
        }
        assert_eq!((guarded("a=b"), guarded("=1")), ("a=b".into(), "'=1".into()));
        assert_eq!(plain("'+639171234567"), "+639171234567", "as people guard phone numbers");
    }

    #[test]
    fn a_file_says_that_it_is_utf8() {
        let bytes = csv([vec!["name", "phone"], vec!["Peña, \"Ana\"", "+63"]]).expect("a file");
        assert_eq!(String::from_utf8(bytes).expect("text"), "\u{feff}name,phone\n\"Peña, \"\"Ana\"\"\",'+63\n");
    }
}
