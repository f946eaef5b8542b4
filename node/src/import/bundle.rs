//! The files of an import: one CSV, or the tables of a folder or zip by name.

use super::table::Table;
use super::{Budget, bad_file, headers};
use crate::{NodeError, Result, files};
use pems_model::Code;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use zip::ZipArchive;

/// The tables that rosters are made of, by normal file name. Others (results, resources, …) are not even read.
const TABLES: &[&str] = &[
    "orgs",
    "academicsessions",
    "users",
    "roles",
    "demographics",
    "relationships",
    "courses",
    "classes",
    "enrollments",
    "school",
    "section",
    "student",
    "teacher",
    "studentenrollment",
    "teacherroster",
];

/// Tables by normal name, and the names of all files that were there.
#[derive(Debug)]
pub(super) struct Tables {
    tables: BTreeMap<String, Table>,
    pub(super) names: Vec<String>,
}

impl Tables {
    pub(super) fn get(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    fn add(&mut self, name: &str, input: impl Read, budget: &mut Budget) -> Result<()> {
        self.names.push(name.to_owned());
        if self.names.len() > budget.limits.files {
            let message =
                format!("more than {} files in one import; keep only the roster's CSV files", budget.limits.files);
            return Err(NodeError::new(Code::TooLarge, message));
        }
        let Some(key) = table_key(name) else { return Ok(()) };
        let table = Table::read(name, input, &is_id, budget)?;
        match self.tables.insert(key, table) {
            None => Ok(()),
            Some(_) => Err(bad_file(name, "the bundle has this file twice; keep the right one".to_owned())),
        }
    }
}

/// What every table of a roster has, and no title above one.
fn is_id(key: &str) -> bool {
    key.ends_with("sourcedid") || key.ends_with("sisid")
}

fn table_key(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let hidden = name.starts_with("__MACOSX") || file.starts_with('.');
    let key = headers::normal(file.to_lowercase().strip_suffix(".csv")?);
    (!hidden && TABLES.contains(&key.as_str())).then_some(key)
}

/// The one CSV at `source`.
pub(super) fn single(source: &Path, known: &dyn Fn(&str) -> bool, budget: &mut Budget) -> Result<Table> {
    let name = file_name(source);
    if source.is_dir() {
        return Err(bad_file(&name, "it is a folder; give one CSV file, or import it as OneRoster".to_owned()));
    }
    let file = files::open(source)?;
    Table::read(&name, file, known, budget)
}

/// The roster at `source`, a folder or a zip.
pub(super) fn open(source: &Path, budget: &mut Budget) -> Result<Tables> {
    let mut tables = Tables { tables: BTreeMap::new(), names: Vec::new() };
    if source.is_dir() {
        let entries = std::fs::read_dir(source).map_err(|error| NodeError::io("list", source, &error))?;
        let mut paths = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| NodeError::io("list", source, &error))?;
        paths.sort();
        for path in paths.iter().filter(|path| !path.is_dir()) {
            let name = file_name(path);
            // What is no table is not opened, whatever it is.
            match table_key(&name) {
                Some(_) => tables.add(&name, files::open_inside(path)?, budget)?,
                None => tables.add(&name, std::io::empty(), budget)?,
            }
        }
    } else {
        unzip(source, &mut tables, budget)?;
    }
    Ok(tables)
}

fn unzip(source: &Path, tables: &mut Tables, budget: &mut Budget) -> Result<()> {
    let name = file_name(source);
    let damaged = |error: zip::result::ZipError| {
        bad_file(
            &name,
            format!("it is no zip that can be read ({error}); give the folder or zip of the roster, in a fresh copy"),
        )
    };
    let file = files::open(source)?;
    let mut archive = ZipArchive::new(file).map_err(damaged)?;
    for i in 0..archive.len() {
        let entry = archive.by_index(i).map_err(damaged)?;
        if entry.is_file() {
            let inner = entry.name().map_err(damaged)?.into_owned();
            tables.add(&inner, entry, budget)?;
        }
    }
    Ok(())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::table_key;

    #[test]
    fn names_of_tables_in_their_spellings() {
        for (name, key) in [
            ("users.csv", Some("users")),
            ("Export 2026/Academic Sessions.CSV", Some("academicsessions")),
            ("StudentEnrollment.csv", Some("studentenrollment")),
            ("__MACOSX/._users.csv", None),
            ("manifest.csv", None),
            ("users.txt", None),
        ] {
            assert_eq!(table_key(name).as_deref(), key, "{name}");
        }
    }
}
