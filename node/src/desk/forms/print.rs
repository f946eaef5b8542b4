//! Filing forms: as PDF, many in one, or as the official workbook.

use super::{Asked, Form, Format, Gathered};
use crate::desk::Desk;
use crate::{NodeError, Result};
use pems_forms::{FormError, Missing, Severity};
use pems_model::Code;
use serde::Serialize;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use ts_rs::TS;

/// Most forms of one batch: every section of the largest schools.
const MOST: usize = 600;
/// The folder of the school's papers, in the documents of whoever uses this PC.
const FOLDER: &str = "PEMS";
/// Longest name of a file, in bytes: what every file system takes, with room for a number and the ending.
const NAME_MAX: usize = 180;

/// A file that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "FormPrinted")]
pub struct Printed {
    pub path: String,
    pub pages: usize,
}

/// Where forms are filed, and what was filed since the window opened.
#[derive(Debug, Default)]
pub struct Files {
    /// Another folder than that of the documents.
    pub folder: Option<PathBuf>,
    made: Vec<PathBuf>,
}

pub(super) fn is_ready(missing: &[Missing]) -> bool {
    missing.iter().all(|one| one.severity != Severity::Must)
}

impl Files {
    /// Opens a file that was made here; the window may open no other.
    pub(super) fn open(&self, path: &Path) -> Result<()> {
        if !self.made.iter().any(|made| made == path) {
            return Err(NodeError::new(Code::NotFound, "this file was not made here; open it from its folder"));
        }
        opener::open(path).map_err(|error| {
            let message = format!("{} cannot be opened ({error}); open it from its folder", path.display());
            NodeError::new(Code::Io, message)
        })
    }

    fn folder(&self) -> Result<PathBuf> {
        let documents = || dirs::document_dir().or_else(|| Some(dirs::home_dir()?.join("Documents")));
        let folder = self.folder.clone().or_else(|| Some(documents()?.join(FOLDER)));
        let folder = folder.ok_or_else(|| NodeError::new(Code::Io, "this PC has no folder for documents; make one"))?;
        fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
        Ok(folder)
    }

    /// Writes a whole file under a name that is free: beside it first, then moved into place.
    pub(in crate::desk) fn write(&mut self, title: &str, ending: &str, bytes: &[u8]) -> Result<PathBuf> {
        let folder = self.folder()?;
        let name = file_name(title);
        let free = (1..=999).map(|number| {
            let number = if number == 1 { String::new() } else { format!(" ({number})") };
            folder.join(format!("{name}{number}.{ending}"))
        });
        let taken = |folder: &Path| {
            NodeError::new(Code::Io, format!("{} is full of files called '{name}'; move some", folder.display()))
        };
        let path = free.into_iter().find(|path| !path.exists()).ok_or_else(|| taken(&folder))?;
        let part = path.with_extension(format!("{ending}.part"));
        let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, &path));
        if let Err(error) = written {
            let _ = fs::remove_file(&part);
            return Err(failed(&path, &error));
        }
        self.made.push(path.clone());
        Ok(path)
    }
}

fn failed(path: &Path, error: &std::io::Error) -> NodeError {
    NodeError::new(
        Code::Io,
        format!("{} cannot be written ({error}); look at the disk's space and rights", path.display()),
    )
}

/// A title as the name of a file on any system.
fn file_name(title: &str) -> String {
    let safe: String =
        title.chars().map(|c| if c.is_control() || "<>:\"/\\|?*".contains(c) { '-' } else { c }).collect();
    let mut name = safe.trim_matches([' ', '.']).to_owned();
    while name.len() > NAME_MAX {
        name.pop();
    }
    name
}

fn broken(error: &FormError) -> NodeError {
    NodeError::new(Code::Internal, error.to_string()).with_details(json!({ "form": error.code() }))
}

impl Desk {
    /// Files forms in one file.
    ///
    /// # Errors
    /// `rule` where a form lacks what it must say, with what; nothing is written then.
    pub(super) fn print(&mut self, asked: &[Asked], format: Format) -> Result<Printed> {
        if asked.is_empty() || asked.len() > MOST {
            let message = format!("1 to {MOST} forms are printed at a time, not {}", asked.len());
            return Err(NodeError::new(Code::BadRequest, message));
        }
        let gathered = asked.iter().map(|one| self.gather(one)).collect::<Result<Vec<_>>>()?;
        let lacking: Vec<Missing> =
            gathered.iter().flat_map(Gathered::missing).filter(|one| one.severity == Severity::Must).collect();
        if let Some(first) = lacking.first() {
            let message = format!(
                "{} of {} is missing, without which the form is not printed; type it first",
                first.label, first.who
            );
            return Err(NodeError::new(Code::Rule, message).with_details(json!({ "missing": lacking })));
        }
        let first = &gathered[0];
        let title = match gathered.len() {
            1 => first.title.clone(),
            many => format!("{} and {} more", first.title, many - 1),
        };
        let (ending, pages, bytes) = match format {
            Format::Pdf => {
                let pages: Vec<_> = gathered.iter().flat_map(Gathered::pages).collect();
                let bytes = pems_forms::pdf(&pages, &title).map_err(|error| broken(&error))?;
                ("pdf", pages.len(), bytes)
            }
            Format::Xlsx => match (&first.form, gathered.len()) {
                (Form::Sf2(form), 1) => ("xlsx", 1, pems_forms::sf2::xlsx(form).map_err(|error| broken(&error))?),
                _ => {
                    return Err(NodeError::new(Code::BadRequest, "workbooks are made of School Form 2, one at a time"));
                }
            },
        };
        let path = self.printed.write(&title, ending, &bytes)?;
        Ok(Printed { path: path.display().to_string(), pages })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_names_that_any_system_takes_and_none_is_overwritten() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut files = Files { folder: Some(dir.path().join("new")), made: Vec::new() };
        let first = files.write("SF2: 7/Rizal?", "pdf", b"one").expect("a file");
        let second = files.write("SF2: 7/Rizal?", "pdf", b"two").expect("a file");
        assert!(
            first.ends_with("SF2- 7-Rizal-.pdf") && second.ends_with("SF2- 7-Rizal- (2).pdf"),
            "{first:?} {second:?}"
        );
        assert_eq!(
            (fs::read(first).expect("read"), fs::read(second).expect("read")),
            (b"one".to_vec(), b"two".to_vec())
        );
        assert_eq!(fs::read_dir(dir.path().join("new")).expect("a folder").count(), 2, "nothing half-written");
        assert!(file_name(&"Ñ".repeat(400)).len() <= NAME_MAX);
        assert!(files.open(Path::new("/etc/passwd")).is_err(), "only what was made here is opened");
    }
}
