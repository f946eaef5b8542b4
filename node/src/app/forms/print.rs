//! Filing forms: as PDF, many in one, or as official workbooks, many in a folder.

use super::form::{Gathered, PAPER};
use super::{Asked, Format, Preview};
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::{NodeError, Result};
use pems_forms::{FormError, Missing, Severity};
use pems_model::{Act, Code};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use ts_rs::TS;

/// Most forms of one batch: every section of the largest schools.
const MOST: usize = 600;
/// The folder of the school's papers, in the documents of whoever uses this PC.
const FOLDER: &str = "PEMS";
/// Longest name of a file, in bytes: what every file system takes, with room for a number and the ending.
const NAME_MAX: usize = 180;

/// A file that was made, or the folder of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "FormPrinted")]
pub struct Printed {
    pub path: String,
    pub files: usize,
    /// Of paper: 0 for workbooks, which Excel divides.
    pub pages: usize,
}

/// What is to be in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub title: String,
    pub pages: usize,
    pub bytes: Vec<u8>,
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
        check_program(path)?;
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
    pub(in crate::app) fn write(&mut self, title: &str, ending: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = free(&self.folder()?, title, &format!(".{ending}"))?;
        let part = path.with_extension(format!("{ending}.part"));
        let written = whole(&part, bytes).and_then(|()| fs::rename(&part, &path));
        if let Err(error) = written {
            let _ = fs::remove_file(&part);
            return Err(failed(&path, &error));
        }
        self.made.push(path.clone());
        Ok(path)
    }

    /// Writes files into a folder of their own, all or none: a folder beside it first, then moved into place.
    fn write_all(&mut self, title: &str, ending: &str, files: &[Made]) -> Result<PathBuf> {
        let folder = free(&self.folder()?, title, "")?;
        let part = free(&self.folder()?, title, ".part")?;
        let written = write_into(&part, ending, files)
            .and_then(|()| fs::rename(&part, &folder).map_err(|error| failed(&folder, &error)));
        if let Err(error) = written {
            let _ = fs::remove_dir_all(&part);
            return Err(error);
        }
        self.made.push(folder.clone());
        Ok(folder)
    }
}

/// Whether this PC has a program for the file: where there is none, the desktop says nothing and opens nothing.
#[cfg(target_os = "linux")]
fn check_program(path: &Path) -> Result<()> {
    let ask = |what: &[&str]| {
        let asked = std::process::Command::new("xdg-mime").arg("query").args(what).output().ok()?;
        Some(String::from_utf8_lossy(&asked.stdout).trim().to_owned())
    };
    let Some(path_text) = path.to_str() else { return Ok(()) };
    // A PC without this question is one whose desktop answers for itself.
    let Some(kind) = ask(&["filetype", path_text]) else { return Ok(()) };
    match ask(&["default", &kind]) {
        Some(program) if program.is_empty() => {
            let what = if kind.is_empty() { "this kind of file" } else { &kind };
            let message = format!(
                "this PC has no program that opens {what}; install one (a PDF viewer, LibreOffice), or take the file along from {}",
                path.display()
            );
            Err(NodeError::new(Code::Io, message))
        }
        _ => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "these systems ask which program it shall be")]
fn check_program(_path: &Path) -> Result<()> {
    Ok(())
}

/// On the disk before it has its name: after a power cut a form is whole or not there.
fn whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn write_into(folder: &Path, ending: &str, files: &[Made]) -> Result<()> {
    fs::create_dir(folder).map_err(|error| failed(folder, &error))?;
    for file in files {
        let path = free(folder, &file.title, &format!(".{ending}"))?;
        whole(&path, &file.bytes).map_err(|error| failed(&path, &error))?;
    }
    Ok(())
}

/// A name in a folder that nothing has yet.
fn free(folder: &Path, title: &str, ending: &str) -> Result<PathBuf> {
    let name = file_name(title);
    let mut numbered = (1..=999).map(|number| {
        let number = if number == 1 { String::new() } else { format!(" ({number})") };
        folder.join(format!("{name}{number}{ending}"))
    });
    numbered.find(|path| !path.exists()).ok_or_else(|| {
        NodeError::new(Code::Io, format!("{} is full of files called '{name}'; move some", folder.display()))
    })
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
    /// The forms as files: one PDF of all of them, or a workbook of each.
    ///
    /// # Errors
    /// `rule` where a form lacks what it must say, with all that is missing; a draft may.
    pub(crate) fn make(&mut self, asked: &[Asked], format: Format) -> Result<Vec<Made>> {
        if asked.is_empty() || asked.len() > MOST {
            let message = format!("1 to {MOST} forms are printed at a time, not {}", asked.len());
            return Err(NodeError::new(Code::BadRequest, message));
        }
        let gathered = asked.iter().map(|one| one.gather(self)).collect::<Result<Vec<_>>>()?;
        if format != Format::Draft {
            check_ready(&gathered)?;
        }
        match format {
            Format::Pdf | Format::Draft => Ok(vec![on_paper(&gathered, format == Format::Draft)?]),
            Format::Xlsx => gathered.into_iter().map(workbook).collect(),
            Format::Csv => gathered.into_iter().map(text).collect(),
        }
    }

    /// Files forms in one file, several workbooks in one folder.
    ///
    /// # Errors
    /// As [`Desk::make`], or what the disk said; nothing is written then.
    pub(super) fn print(&mut self, asked: &[Asked], format: Format) -> Result<Printed> {
        let made = self.make(asked, format)?;
        let ending = match format {
            Format::Pdf | Format::Draft => "pdf",
            Format::Xlsx => "xlsx",
            Format::Csv => "csv",
        };
        let path = match made.as_slice() {
            [one] => self.printed.write(&one.title, ending, &one.bytes)?,
            many => self.printed.write_all(&title_of(many.iter().map(|one| one.title.as_str())), ending, many)?,
        };
        let pages = made.iter().map(|one| one.pages).sum();
        Ok(Printed { path: path.display().to_string(), files: made.len(), pages })
    }
}

/// All of them in one PDF.
fn on_paper(gathered: &[Gathered], draft: bool) -> Result<Made> {
    gathered.iter().try_for_each(check_paper)?;
    let mut title = title_of(gathered.iter().map(|one| one.title.as_str()));
    let mut pages: Vec<_> = gathered.iter().flat_map(|one| one.form.pages()).collect();
    if draft {
        title.push_str(" (draft)");
        pages = pems_forms::as_draft(pages);
    }
    let bytes = pems_forms::pdf(&pages, &title).map_err(|error| broken(&error))?;
    Ok(Made { title, pages: pages.len(), bytes })
}

fn workbook(gathered: Gathered) -> Result<Made> {
    match gathered.form.workbook() {
        Some(bytes) => Ok(Made { bytes: bytes.map_err(|error| broken(&error))?, title: gathered.title, pages: 0 }),
        None => {
            let message = format!("{}: School Forms and lists are workbooks; print this one as PDF", gathered.title);
            Err(NodeError::new(Code::BadRequest, message))
        }
    }
}

fn text(gathered: Gathered) -> Result<Made> {
    let Some(table) = gathered.form.table() else {
        let message = format!("{}: only lists are saved as CSV; print this one as PDF", gathered.title);
        return Err(NodeError::new(Code::BadRequest, message));
    };
    let head: Vec<String> = table.columns.iter().map(|column| column.label.clone()).collect();
    let bytes = crate::cells::csv(std::iter::once(&head).chain(&table.rows))?;
    Ok(Made { bytes, title: gathered.title, pages: 0 })
}

/// # Errors
/// `rule` for more rows than anybody reads on paper.
fn check_paper(gathered: &Gathered) -> Result<()> {
    let Some(rows) = gathered.form.too_long() else { return Ok(()) };
    let message = format!(
        "a list of {rows} rows is too long for paper (at most {PAPER}); narrow it by grade or section, or save it for Excel"
    );
    Err(NodeError::new(Code::Rule, message))
}

/// What several forms are called together.
fn title_of<'a>(mut titles: impl ExactSizeIterator<Item = &'a str>) -> String {
    let others = titles.len().saturating_sub(1);
    let first = titles.next().unwrap_or_default();
    if others == 0 { first.to_owned() } else { format!("{first} and {others} more") }
}

fn check_ready(gathered: &[Gathered]) -> Result<()> {
    let lacking: Vec<Missing> =
        gathered.iter().flat_map(|one| one.form.missing()).filter(|one| one.severity == Severity::Must).collect();
    let Some(first) = lacking.first() else { return Ok(()) };
    let message =
        format!("{} of {} is missing, without which the form is not printed; type it first", first.label, first.who);
    Err(NodeError::new(Code::Rule, message).with_details(json!({ "missing": lacking })))
}

/// A form to look at, and what it lacks.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct PreviewForm {
    asked: Asked,
}

impl Request<Desk> for PreviewForm {
    const NAME: &'static str = "forms.preview";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Preview;

    fn run(self, desk: &mut Desk) -> Result<Preview> {
        let PreviewForm { asked } = self;
        let gathered = asked.gather(desk)?;
        let missing = gathered.form.missing();
        Ok(Preview {
            ready: is_ready(&missing),
            formats: gathered.form.formats(),
            too_long: gathered.form.too_long(),
            pages: gathered.form.pages(),
            title: gathered.title,
            missing,
        })
    }
}

/// Files forms, one after the other in one PDF, or as workbooks, of which several are in a folder of their own.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Print {
    asked: Vec<Asked>,
    format: Format,
}

impl Request<Desk> for Print {
    const NAME: &'static str = "forms.print";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Printed;

    fn run(self, desk: &mut Desk) -> Result<Printed> {
        let Print { asked, format } = self;
        desk.print(&asked, format)
    }
}

/// Opens a file that was made here with the program that this PC has for it.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Open {
    path: String,
}

impl Request<Desk> for Open {
    const NAME: &'static str = "forms.open";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = ();

    fn run(self, desk: &mut Desk) -> Result<()> {
        let Open { path } = self;
        desk.printed.open(Path::new(&path))
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
        let book = |title: &str| Made { title: title.into(), pages: 0, bytes: title.into() };
        for folder in ["SF1 and 2 more", "SF1 and 2 more (2)"] {
            let made = files.write_all("SF1 and 2 more", "xlsx", &[book("a/b"), book("a:b"), book("c")]);
            let made = made.expect("a folder");
            assert!(made.ends_with(folder), "{made:?}");
            let mut names: Vec<_> =
                fs::read_dir(&made).expect("it").map(|one| one.expect("a file").file_name()).collect();
            names.sort();
            assert_eq!(names, ["a-b (2).xlsx", "a-b.xlsx", "c.xlsx"]);
        }
        assert_eq!(fs::read_dir(dir.path().join("new")).expect("a folder").count(), 4, "nothing half-written");
        assert!(file_name(&"Ñ".repeat(400)).len() <= NAME_MAX);
        assert!(files.open(Path::new("/etc/passwd")).is_err(), "only what was made here is opened");
    }
}
