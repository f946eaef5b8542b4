//! The file as a file: a second connection to it for long looks, and whole copies of it for the day a disk dies.
//!
//! Invariants: a copy is encrypted with the key of the original; it has its name only once it was read back whole; nothing is
//! ever written over a file that exists.
//!
//! The file: the database, then its keys under a passphrase, the length of these (4 bytes, little endian) and `PEMSKEYS`. So it
//! opens where the PC that made it is gone, to who knows the passphrase.

use super::turn::is_busy;
use super::{Store, Turns, connect, rows, set_key};
use crate::keys::{Passphrase, Secrets};
use crate::log::events;
use crate::{NodeError, Result, SystemEnv};
use pems_model::{Code, Schema};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// All pages in one go: one snapshot, which under WAL holds up nobody who writes meanwhile.
const ALL_PAGES: i32 = -1;
const MOST_TRIES: u32 = 100;
/// What a copy ends with.
const MAGIC: &[u8; 8] = b"PEMSKEYS";
const TAIL: u64 = 4 + MAGIC.len() as u64;
/// Sealed keys are some 200 bytes; more is no copy of ours.
const MOST_SEALED: u64 = 4_096;

/// Where the records are, and how to open them once more.
#[derive(Clone)]
pub struct RecordsFile {
    path: PathBuf,
    key: [u8; 32],
    /// The device's signing key, where the office has told it: a copy is of no use without.
    signing: Option<[u8; 32]>,
    schema: &'static Schema,
    turns: Arc<Turns>,
}

impl std::fmt::Debug for RecordsFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordsFile").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A copy that was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Size of the file.
    pub bytes: u64,
    /// Live records in the copy.
    pub records: i64,
}

impl Store {
    /// Where the file is; none for a store in memory.
    pub fn file(&self) -> Option<RecordsFile> {
        self.file.clone()
    }

    /// Tells the store the device's signing key, which goes into copies.
    #[must_use]
    pub(crate) fn with_signing(mut self, signing: &[u8; 32]) -> Store {
        if let Some(file) = &mut self.file {
            file.signing = Some(*signing);
        }
        self
    }
}

impl RecordsFile {
    pub(super) fn new(path: &Path, key: &[u8; 32], schema: &'static Schema) -> RecordsFile {
        RecordsFile { path: path.to_owned(), key: *key, signing: None, schema, turns: Arc::default() }
    }

    /// A connection of its own, for what writes much: whoever works at the desk does not wait for it.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open(&self) -> Result<Store> {
        let store = Store::open(&self.path, &self.key, self.schema, Box::new(SystemEnv))?;
        Ok(self.signing.iter().fold(store, Store::with_signing).with_turns(&self.turns))
    }

    /// The bare file, once more.
    pub(crate) fn connect(&self) -> Result<Connection> {
        connect(&self.path, &self.key)
    }

    /// Waits until nobody writes to the file, this program or another one, but no longer than that.
    ///
    /// # Errors
    /// If the file cannot be opened once more.
    pub(crate) fn until_nobody_writes(&self, at_most: Duration) -> Result<()> {
        let conn = self.connect()?;
        conn.busy_timeout(at_most)?;
        match Transaction::new_unchecked(&conn, TransactionBehavior::Immediate) {
            Err(error) if is_busy(&error) => Ok(()),
            begun => Ok(begun?.rollback()?),
        }
    }

    pub(super) fn turns(&self) -> &Arc<Turns> {
        &self.turns
    }

    pub(super) fn with_turns(self, turns: &Arc<Turns>) -> RecordsFile {
        RecordsFile { turns: Arc::clone(turns), ..self }
    }

    /// As [`RecordsFile::open`], for questions that read everything: see [`Store::open_reader`].
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_reader(&self) -> Result<Store> {
        Store::open_reader(&self.path, &self.key, self.schema, Box::new(SystemEnv))
    }

    /// The folder of the records, and of what lies beside them.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// Bytes of the records file.
    pub fn bytes(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |file| file.len())
    }

    /// Where a copy lies while it is made.
    pub(crate) fn unfinished(to: &Path) -> PathBuf {
        let mut name = to.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        to.with_file_name(name)
    }

    /// Copies the records as they are at this moment, and their keys under the passphrase. Takes seconds for a large school,
    /// without holding up anybody.
    ///
    /// # Errors
    /// `conflict` where there is such a file already, `store_corrupt` where the copy does not read back whole, or what the disk
    /// said; nothing is left behind then.
    pub(crate) fn copy_to(&self, to: &Path, passphrase: &Passphrase) -> Result<Copied> {
        let copied = self.copy_unlogged(to, passphrase);
        match &copied {
            Ok(copied) => events::backed_up(copied.bytes, copied.records),
            Err(error) => events::not_backed_up(error.code),
        }
        copied
    }

    /// As [`Place::copy_to`], of which the log says how it ended.
    fn copy_unlogged(&self, to: &Path, passphrase: &Passphrase) -> Result<Copied> {
        if to.exists() {
            let message = format!("{} exists already and is not written over; choose another name", to.display());
            return Err(NodeError::new(Code::Conflict, message));
        }
        let Some(signing) = self.signing else {
            return Err(NodeError::new(Code::KeyMissing, "the keys of this office are not at hand; start PEMS again"));
        };
        let sealed = Secrets { database: self.key, signing }.seal(passphrase)?;
        let part = RecordsFile::unfinished(to);
        clear(&part);
        let copied = self.fill(&part).and_then(|()| self.read_back(&part)).and_then(|copied| {
            let bytes = append(&part, &sealed).map_err(|error| NodeError::io("write", &part, &error))?;
            let copied = Copied { bytes, ..copied };
            if sealed_keys(&part)? != sealed {
                return Err(damaged());
            }
            let sync = std::fs::OpenOptions::new().write(true).open(&part).and_then(|file| file.sync_all());
            sync.and_then(|()| std::fs::rename(&part, to)).map_err(|error| NodeError::io("write", to, &error))?;
            Ok(copied)
        });
        if copied.is_err() {
            clear(&part);
        }
        copied
    }

    fn fill(&self, part: &Path) -> Result<()> {
        // The disk's own words say more than "cannot open".
        std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(part)
            .map_err(|error| NodeError::io("write", part, &error))?;
        let source = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        set_key(&source, &self.key)?;
        source.execute_batch("PRAGMA query_only = ON")?;
        let mut copy = Connection::open(part)?;
        set_key(&copy, &self.key)?;
        let backup = Backup::new(&source, &mut copy)?;
        for _ in 0..MOST_TRIES {
            if backup.step(ALL_PAGES)? == StepResult::Done {
                return Ok(());
            }
            std::thread::yield_now();
        }
        let message = "another program keeps the records busy; close it, or try again in a moment";
        Err(NodeError::new(Code::StoreLocked, message))
    }

    fn read_back(&self, part: &Path) -> Result<Copied> {
        let conn = Connection::open(part)?;
        set_key(&conn, &self.key)?;
        // One file, complete in itself: no log beside it that somebody forgets to take along.
        conn.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        let said: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        if said != "ok" {
            return Err(damaged());
        }
        let mut records = 0;
        for entity in self.schema.entities() {
            records += rows::count(&conn, entity)?;
        }
        conn.close().map_err(|(_, error)| error)?;
        let bytes = std::fs::metadata(part).map_err(|error| NodeError::io("read", part, &error))?.len();
        Ok(Copied { bytes, records })
    }
}

fn damaged() -> NodeError {
    let message =
        "the copy does not read back whole and was thrown away; check the disk it was to go to, or choose another";
    NodeError::new(Code::StoreCorrupt, message)
}

fn append(part: &Path, sealed: &[u8]) -> std::io::Result<u64> {
    let mut file = std::fs::OpenOptions::new().append(true).open(part)?;
    let length = u32::try_from(sealed.len()).map_err(std::io::Error::other)?;
    file.write_all(&[sealed, &length.to_le_bytes(), MAGIC].concat())?;
    Ok(file.metadata()?.len())
}

/// The file of a copy, and where its database ends and the sealed keys are.
fn parts(copy: &Path) -> Result<(std::fs::File, u64, u64)> {
    let io = |error: std::io::Error| NodeError::io("read", copy, &error);
    let none = || {
        let message = format!(
            "{} is not a copy of PEMS records, or not all of it is there; copy it again from where it was kept",
            copy.display()
        );
        NodeError::new(Code::StoreCorrupt, message)
    };
    let mut file = crate::files::open(copy)?;
    let bytes = file.metadata().map_err(io)?.len();
    let tail_at = bytes.checked_sub(TAIL).ok_or_else(none)?;
    file.seek(SeekFrom::Start(tail_at)).map_err(io)?;
    let (mut length, mut magic) = ([0; 4], [0; MAGIC.len()]);
    file.read_exact(&mut length).and_then(|()| file.read_exact(&mut magic)).map_err(io)?;
    let sealed = u64::from(u32::from_le_bytes(length));
    let ends = tail_at.checked_sub(sealed).filter(|_| &magic == MAGIC && sealed <= MOST_SEALED).ok_or_else(none)?;
    Ok((file, ends, sealed))
}

fn sealed_keys(copy: &Path) -> Result<Vec<u8>> {
    let (mut file, ends, sealed) = parts(copy)?;
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(ends))
        .and_then(|_| file.take(sealed).read_to_end(&mut bytes))
        .map_err(|error| NodeError::io("read", copy, &error))?;
    Ok(bytes)
}

/// The keys in a copy.
///
/// # Errors
/// `wrong_credentials` for another passphrase, `store_corrupt` for a file that is no copy, or what the disk said.
pub(crate) fn keys_of(copy: &Path, passphrase: &Passphrase) -> Result<Secrets> {
    Secrets::unseal(&sealed_keys(copy)?, passphrase)
}

/// Puts the database of a copy under a new name, where nothing is yet, and reads all of it.
///
/// # Errors
/// `store_corrupt` where not all of it is there, or what the disk said; nothing is left behind then.
pub(crate) fn take_out(copy: &Path, to: &Path, key: &[u8; 32], schema: &'static Schema) -> Result<Copied> {
    let (mut file, ends, _) = parts(copy)?;
    let write = || {
        let mut out = std::fs::OpenOptions::new().write(true).create_new(true).open(to)?;
        file.rewind()?;
        std::io::copy(&mut file.take(ends), &mut out)?;
        out.sync_all()
    };
    let written = write().map_err(|error| NodeError::io("write", to, &error));
    let read = written.and_then(|()| RecordsFile::new(to, key, schema).read_back(to));
    if read.is_err() {
        clear(to);
    }
    read.map_err(|error| match error.code {
        Code::Io | Code::StoreFull => error,
        code => NodeError::new(code, format!("{} does not read back whole; try another copy", copy.display())),
    })
}

/// What a broken attempt left.
fn clear(part: &Path) {
    for end in ["", "-journal", "-wal", "-shm"] {
        let mut name = part.as_os_str().to_owned();
        name.push(end);
        let _ = std::fs::remove_file(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Enrolled, Save};
    use pems_model::Role;
    use serde_json::json;

    const KEY: [u8; 32] = [5; 32];

    fn store(path: &Path) -> Store {
        let enrolled = Enrolled::made_up(Role::Registrar);
        let store = Store::create(path, &KEY, &enrolled, Schema::product(), Box::new(SystemEnv));
        store.expect("a store").with_signing(&[8; 32])
    }

    fn words(typed: &str) -> Passphrase {
        Passphrase::new(typed).expect("long enough")
    }

    fn learner(store: &mut Store, name: &str) {
        let fields = json!({ "last_name": name, "first_name": "Ana" }).as_object().cloned().unwrap_or_default();
        store.save(&Save { entity: "student".into(), id: None, fields }).expect("saved");
    }

    #[test]
    fn a_copy_opens_with_the_passphrase_alone_and_has_everything_that_was_saved() {
        let dir = tempfile::tempdir().expect("a folder");
        let (path, to) = (dir.path().join("records.db"), dir.path().join("copy.db"));
        let mut original = store(&path);
        learner(&mut original, "Reyes");
        let records = original.file().expect("a file");
        let copied = records.copy_to(&to, &words("apat na salita ito")).expect("copied");
        assert_eq!((copied.records, copied.bytes), (1, std::fs::metadata(&to).expect("a file").len()));
        learner(&mut original, "Later");
        let names: Vec<_> = std::fs::read_dir(dir.path())
            .expect("a folder")
            .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with("copy"))
            .collect();
        assert_eq!(names, ["copy.db"], "nothing lies beside it");
        let bytes = std::fs::read(&to).expect("the copy");
        assert!(!bytes.windows(5).any(|part| part == b"Reyes"), "encrypted");

        assert_eq!(keys_of(&to, &words("ibang mga salita")).expect_err("refused").code, Code::WrongCredentials);
        let keys = keys_of(&to, &words("apat na salita ito")).expect("the keys");
        assert_eq!((keys.database, keys.signing), (KEY, [8; 32]));
        let out = dir.path().join("out.db");
        let other = take_out(&to, &out, &[6; 32], Schema::product()).expect_err("another key");
        assert!(other.code == Code::StoreCorrupt && !out.exists(), "{other}");
        assert_eq!(take_out(&to, &out, &KEY, Schema::product()).expect("taken out").records, 1);
        let copy = Store::open(&out, &KEY, Schema::product(), Box::new(SystemEnv)).expect("opens");
        assert_eq!((copy.count("student").expect("a count"), copy.replica()), (1, original.replica()));
        let half = dir.path().join("half");
        std::fs::write(&half, &bytes[..bytes.len() / 2]).expect("written");
        assert_eq!(keys_of(&half, &words("apat na salita ito")).expect_err("half of it").code, Code::StoreCorrupt);
        assert_eq!(
            records.copy_to(&to, &words("apat na salita ito")).expect_err("never written over").code,
            Code::Conflict
        );
    }

    #[test]
    fn a_copy_that_cannot_be_made_leaves_nothing() {
        let dir = tempfile::tempdir().expect("a folder");
        let original = store(&dir.path().join("records.db"));
        let records = original.file().expect("a file");
        let to = dir.path().join("no such folder").join("copy.db");
        assert_eq!(records.copy_to(&to, &words("apat na salita ito")).expect_err("no folder").code, Code::Io);
        let wrong = RecordsFile { key: [9; 32], ..records };
        let to = dir.path().join("copy.db");
        assert!(wrong.copy_to(&to, &words("apat na salita ito")).is_err());
        assert!(!to.exists() && !RecordsFile::unfinished(&to).exists());
    }
}
