//! What leaves the office on paper, read back by programs that are not ours: text by `pdftotext`, cells by a reader of workbooks.

use calamine::{Data, Reader, Xlsx};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The only file of this kind that the app filed in the documents of whoever uses the PC.
pub(crate) fn filed(home: &Path, ending: &str) -> PathBuf {
    let folder = home.join("Documents/PEMS");
    let all = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let found: Vec<PathBuf> = all
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|one| one == ending))
        .collect();
    assert_eq!(found.len(), 1, "one .{ending}: {found:?}");
    found[0].clone()
}

/// The text of a PDF, page by page, as it stands on the paper.
pub(crate) fn text(pdf: &Path) -> Vec<String> {
    let done = Command::new("pdftotext").arg("-layout").arg(pdf).arg("-").output().expect("pdftotext (poppler-utils)");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = String::from_utf8(done.stdout).expect("UTF-8");
    text.split('\u{c}').filter(|page| !page.trim().is_empty()).map(str::to_owned).collect()
}

/// The first sheet of a workbook.
pub(crate) struct Sheet(calamine::Range<Data>);

impl Sheet {
    pub(crate) fn read(path: &Path) -> Sheet {
        let mut book: Xlsx<_> = calamine::open_workbook(path).expect("a workbook");
        Sheet(book.worksheet_range_at(0).expect("a sheet").expect("readable"))
    }

    /// What stands in a cell, such as `AC35`; empty where nothing does.
    pub(crate) fn cell(&self, place: &str) -> String {
        let letters = place.chars().take_while(char::is_ascii_alphabetic);
        let column = letters.fold(0, |sum, letter| sum * 26 + u32::from(letter.to_ascii_uppercase()) - 64) - 1;
        let row: u32 = place.trim_start_matches(|one: char| one.is_ascii_alphabetic()).parse().expect("a row");
        match self.0.get_value((row - 1, column)) {
            None | Some(Data::Empty) => String::new(),
            Some(found) => found.to_string(),
        }
    }

    /// The row (1 and up) whose cell in a column says this.
    pub(crate) fn row_of(&self, column: &str, text: &str) -> u32 {
        let rows = 1..=u32::try_from(self.0.height() + 20).expect("a sheet");
        let found = rows.into_iter().find(|row| self.cell(&format!("{column}{row}")) == text);
        found.unwrap_or_else(|| panic!("no cell in {column} says {text}"))
    }
}
