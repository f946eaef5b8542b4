//! A copy of the records in a file, for the day a disk dies. See docs/backup.md for the way back.

use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::keys::Passphrase;
use crate::store::RecordsFile;
use crate::{NodeError, Result};
use pems_model::value::{format_date, format_time};
use pems_model::{Act, Code};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use ts_rs::TS;

/// How a copy's name ends.
const EXTENSION: &str = "pems-backup";

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct BackupState {
    pub running: bool,
    /// Bytes of the copy that is under way; as many as `bytes` once it is being read back.
    pub copied: u64,
    /// What the last copy since the program was started became.
    pub done: Option<Backup>,
    /// Why the last try made none.
    pub failed: Option<String>,
    /// When this PC made its last copy, RFC 3339, and where.
    pub last_at: Option<String>,
    pub last_path: Option<String>,
    /// A name for the next.
    pub proposed: String,
    /// Bytes of the records now.
    pub bytes: u64,
    pub may: bool,
}

/// A copy that was read back.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Backup {
    pub path: String,
    pub bytes: u64,
    pub records: i64,
    /// RFC 3339.
    pub at: String,
}

fn records_file(desk: &Desk) -> Result<RecordsFile> {
    let none = || NodeError::new(Code::BadUsage, "these records are in no file, so there is nothing to copy");
    desk.store.file().ok_or_else(none)
}

fn name(desk: &Desk) -> Result<String> {
    Ok(format!("PEMS {} {}.{EXTENSION}", desk.store.enrolled()?.school_slug, format_date(desk.today())))
}

/// A name that nothing has yet: two copies a day are two files.
fn free(path: PathBuf) -> PathBuf {
    if !path.exists() {
        return path;
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    (2..).map(|n| path.with_file_name(format!("{stem} ({n}).{EXTENSION}"))).find(|path| !path.exists()).unwrap_or(path)
}

fn proposed(desk: &Desk) -> Result<String> {
    let before = desk.store.local("backup_path")?.map(PathBuf::from);
    let folder = before.and_then(|path| path.parent().map(Path::to_path_buf)).filter(|folder| folder.is_dir());
    let home =
        std::env::home_dir().map(|home| Some(home.join("Documents")).filter(|path| path.is_dir()).unwrap_or(home));
    let folder = folder.or(home).unwrap_or_default();
    Ok(free(folder.join(name(desk)?)).display().to_string())
}

fn begin(desk: &mut Desk, path: &str, passphrase: &str) -> Result<BackupState> {
    let refused = |message: &str| Err(super::at_field(Code::BadUsage, "path", message));
    let mut to = PathBuf::from(path.trim());
    if path.trim().is_empty() || !to.is_absolute() {
        return refused("say where the copy goes, with the whole path: a folder, or a file in a folder");
    }
    if to.is_dir() {
        to = free(to.join(name(desk)?));
    }
    if to.exists() {
        return refused("there is such a file already, and nothing is written over it; choose another name");
    }
    if !to.parent().is_some_and(Path::is_dir) {
        return refused("there is no such folder; make it first, or choose another");
    }
    let passphrase = Passphrase::new(passphrase).map_err(|error| {
        super::at_field(error.code, "passphrase", error.message)
            .with_details(serde_json::json!({ "field": "passphrase", "weak": "passphrase" }))
    })?;
    let (records, at) = (records_file(desk)?, format_time(desk.store.now()));
    let part_of = to.clone();
    let work = move || {
        let copied = records.copy_to(&to, &passphrase)?;
        Ok(Backup { path: to.display().to_string(), bytes: copied.bytes, records: copied.records, at })
    };
    desk.beside.backup_to = Some(part_of);
    desk.beside.backup.begin("backup", work)?;
    state(desk)
}

fn state(desk: &mut Desk) -> Result<BackupState> {
    let running = desk.beside.backup.running();
    let done = desk.beside.backup.last().cloned();
    if let Some(done) = done.as_ref().filter(|_| !running)
        && desk.store.local("backup_at")?.as_deref() != Some(&done.at)
    {
        desk.store.set_local("backup_at", &done.at)?;
        desk.store.set_local("backup_path", &done.path)?;
    }
    let part = desk.beside.backup_to.as_deref().filter(|_| running).map(RecordsFile::unfinished);
    let copied = part.and_then(|part| std::fs::metadata(part).ok()).map_or(0, |part| part.len());
    let failed = desk.beside.backup.failed().map(|error| error.message.clone());
    Ok(BackupState {
        running,
        copied,
        done: done.filter(|_| !running && failed.is_none()),
        failed,
        last_at: desk.store.local("backup_at")?,
        last_path: desk.store.local("backup_path")?,
        proposed: proposed(desk)?,
        bytes: desk.store.file().map_or(0, |file| file.bytes()),
        may: Act::BackUp.allows(desk.role()),
    })
}

/// Begins a copy of the records, to be opened with the passphrase; a folder gets a file with today's name.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct BackUp {
    path: String,
    passphrase: String,
}

impl Request<Desk> for BackUp {
    const NAME: &'static str = "admin.back_up";
    const ACCESS: May = May::Do(Act::BackUp);
    type Answer = BackupState;

    fn run(self, desk: &mut Desk) -> Result<BackupState> {
        let BackUp { path, passphrase } = self;
        begin(desk, &path, &passphrase)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadBackup {}

impl Request<Desk> for ReadBackup {
    const NAME: &'static str = "admin.backup";
    const ACCESS: May = May::Do(Act::SeeSetup);
    type Answer = BackupState;

    fn run(self, desk: &mut Desk) -> Result<BackupState> {
        state(desk)
    }
}
