//! The log's files: `pems.log` of the window and `pems-node.log` of the command, and before each what came before it, `pems.1.log` to
//! `pems.4.log`. Lines of text that anybody can read before sending them.
//!
//! Invariants: five files of a program, of a megabyte each, are the most; what cannot be written is dropped, and the next line
//! tries anew; the folder is made here, the one above it never.

use super::{Program, Trouble};
use serde::Serialize;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use ts_rs::TS;

/// A file that is full is put before the others. A school's PC fills one in some weeks.
const MOST_BYTES: u64 = 1 << 20;
/// Full files that are kept.
const KEPT: u32 = 4;

/// A line of the log as screens show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "LogLine")]
pub struct Line {
    /// RFC 3339, UTC.
    pub at: String,
    /// `ERROR`, `WARN`, `INFO` or `DEBUG`.
    pub level: String,
    pub text: String,
}

pub(super) fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("logs")
}

/// The newest file has no number.
fn path(folder: &Path, program: Program, before: u32) -> PathBuf {
    folder.join(match before {
        0 => format!("{}.log", program.name()),
        n => format!("{}.{n}.log", program.name()),
    })
}

/// Where the lines go.
pub(super) struct Files {
    folder: PathBuf,
    program: Program,
    newest: Option<File>,
    trouble: Trouble,
}

impl Files {
    pub(super) fn new(folder: PathBuf, program: Program, trouble: Trouble) -> Files {
        Files { folder, program, newest: None, trouble }
    }

    /// Opens the newest file, to know at once whether there is a log.
    pub(super) fn open(&mut self) {
        let opened = self.newest().map(drop);
        self.note(opened);
    }

    fn newest(&mut self) -> io::Result<&mut File> {
        if self.newest.is_none() {
            match fs::create_dir(&self.folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            let mut options = OpenOptions::new();
            options.append(true).create(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            self.newest = Some(options.open(path(&self.folder, self.program, 0))?);
        }
        self.newest.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let bytes = self.newest()?.metadata()?.len();
        if bytes > 0 && bytes + line.len() as u64 > MOST_BYTES {
            self.put_before_the_others()?;
        }
        self.newest()?.write_all(line)
    }

    fn put_before_the_others(&mut self) -> io::Result<()> {
        // An open file keeps its name on some systems.
        self.newest = None;
        for before in (0..KEPT).rev() {
            let (from, to) = (path(&self.folder, self.program, before), path(&self.folder, self.program, before + 1));
            match fs::rename(from, to) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn note(&mut self, outcome: io::Result<()>) {
        let trouble = outcome.err().map(|error| error.kind());
        if trouble.is_some() {
            self.newest = None;
        }
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

/// One call is one line, and always goes well: nobody who hears of a line that cannot be written could do anything about it.
impl Write for Files {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let outcome = self.append(line);
        self.note(outcome);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Every file of the log that there is, by its name.
pub(crate) fn all(data_dir: &Path) -> Vec<(String, Vec<u8>)> {
    read(data_dir, KEPT)
}

/// The last lines of all programs of this office, oldest first.
pub(crate) fn last(data_dir: &Path, most: usize) -> Vec<Line> {
    let files = read(data_dir, 1);
    let texts: Vec<_> = files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
    // Each begins with its time, so that their order is that of their texts.
    let mut lines: Vec<&str> = texts.iter().flat_map(|text| text.lines()).filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    lines[lines.len().saturating_sub(most)..].iter().map(|line| taken_apart(line)).collect()
}

fn read(data_dir: &Path, most_before: u32) -> Vec<(String, Vec<u8>)> {
    let folder = folder(data_dir);
    let paths = Program::ALL.iter().flat_map(|program| (0..=most_before).map(|n| path(&folder, *program, n)));
    let there = |path: PathBuf| {
        let mut bytes = Vec::new();
        // A link may lead anywhere, and what is read here is sent to others.
        crate::files::open_inside(&path).ok()?.take(2 * MOST_BYTES).read_to_end(&mut bytes).ok()?;
        Some((path.file_name()?.to_string_lossy().into_owned(), bytes))
    };
    paths.filter_map(there).collect()
}

/// `2026-11-30T08:00:00.000000Z  INFO office::sync: level rev=7`
fn taken_apart(line: &str) -> Line {
    let mut rest = line;
    let mut word = || {
        let trimmed = rest.trim_start();
        let (word, after) = trimmed.split_once(' ').unwrap_or((trimmed, ""));
        rest = after;
        word.to_owned()
    };
    let (at, level) = (word(), word());
    let own = format!("{}::", super::OURS);
    Line { at, level, text: rest.trim_start().trim_start_matches(&own).to_owned() }
}
