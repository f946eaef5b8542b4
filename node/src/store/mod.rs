//! The office's records: one encrypted SQLite file, and the only code that reads or writes it.
//!
//! Invariants:
//! - an entity table holds *hub state overlaid with unsent changes*; wherever a change is unsent, `shadow` keeps the hub's
//!   state of the row, so the overlay can be taken off again;
//! - a row and its outbox entry are written in one transaction;
//! - rows of a pull become visible all at once, together with the cursors;
//! - nothing else writes: who only reads has a connection that cannot ([`Store::open_reader`]), and the SQL of screens, rules and
//!   imports only reads, which a test asks SQLite of every statement (`node/src/store/tests`).

#![warn(missing_docs, clippy::missing_docs_in_private_items)]

mod act;
mod again;
mod apply;
mod by_domain;
pub(crate) mod copy;
mod damage;
mod devices;
pub(crate) mod inbound_log;
mod inbox;
mod journal;
mod layout;
mod meta;
mod numbers;
mod overlay;
mod read;
mod rescue;
mod restore;
mod review;
mod rows;
mod save;
mod staging;
mod standing;
mod status;
pub(crate) mod stays;
mod sync_summary;
mod trouble;
mod turn;
mod undo;
mod vouch;

pub use act::{Actor, Work};
pub use apply::Applied;
pub(crate) use by_domain::{ByDomain, Records};
pub use copy::{Copied, RecordsFile};
#[cfg(test)]
pub(crate) use damage::tests::DAMAGES;
pub use devices::SchoolDevice;
pub(crate) use devices::{called, short};
pub use inbox::ReviewEntry;
pub(crate) use journal::HIDDEN;
pub use journal::JournalEntry;
pub use meta::Enrolled;
pub use read::ListQuery;
pub(crate) use read::as_json;
pub(crate) use rescue::MOST_SAVED_BYTES;
pub use rescue::{Left, PutBack, Rescued};
pub use review::Choice;
pub(crate) use save::stops_everything;
pub use save::{Save, Saved};
pub use standing::Effect;
pub use status::Status;
pub use sync_summary::{Contact, SyncSummary};
pub use trouble::Trouble;
pub(crate) use trouble::explained;
pub(crate) use turn::{GiveWay, Turn, Turns};
pub use undo::Undone;

use crate::log::events;
use crate::{Env, NodeError, Result};
use ed25519_dalek::SigningKey;
use pems_model::wire::MAX_CHANGES;
use pems_model::{Code, Role, Schema};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// How long a write waits for another one on this PC before it says `store_locked`.
pub(crate) const BUSY: Duration = Duration::from_secs(5);
/// What it says then.
pub(crate) const IN_THE_WAY: &str =
    "the records are being written to at this moment, by PEMS or by another program; try again in a moment";

/// An open store.
pub struct Store {
    conn: Connection,
    schema: &'static Schema,
    env: Box<dyn Env>,
    tenant: Uuid,
    replica: Uuid,
    role: Role,
    actor: Option<Actor>,
    /// The key of whoever works here, if they have one.
    key: Option<SigningKey>,
    wrote: bool,
    unstaged: staging::Unstaged,
    batch: usize,
    /// See [`restore`]: what was taken from the numbers of the last request.
    sent_base: i64,
    /// Where the file is; none for a store in memory.
    file: Option<RecordsFile>,
    waits: turn::Waits,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("tenant", &self.tenant).field("replica", &self.replica).finish_non_exhaustive()
    }
}

impl Store {
    /// How records of a kind are declared.
    ///
    /// # Errors
    /// `unknown_entity`, with the kinds that there are.
    pub fn declared(&self, name: &str) -> Result<&'static pems_model::Entity> {
        entity(self.schema, name)
    }

    /// Makes the file of a newly enrolled office.
    ///
    /// # Errors
    /// If the file exists, cannot be written, or cannot be encrypted.
    pub fn create(
        path: &Path,
        key: &[u8; 32],
        enrolled: &Enrolled,
        schema: &'static Schema,
        env: Box<dyn Env>,
    ) -> Result<Store> {
        if path.exists() {
            let message =
                format!("{} exists already; it is never overwritten: choose another data folder", path.display());
            return Err(NodeError::new(Code::AlreadyEnrolled, message));
        }
        let conn = Connection::open(path)?;
        unlock(&conn, key)?;
        let store = Store::found(conn, enrolled, schema, env)?;
        Ok(Store { file: Some(RecordsFile::new(path, key, schema)), ..store })
    }

    /// A store that lives in memory and dies with it, for simulations and tests. Not encrypted.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn in_memory(enrolled: &Enrolled, schema: &'static Schema, env: Box<dyn Env>) -> Result<Store> {
        Store::found(Connection::open_in_memory()?, enrolled, schema, env)
    }

    fn found(conn: Connection, enrolled: &Enrolled, schema: &'static Schema, env: Box<dyn Env>) -> Result<Store> {
        layout::create(&conn, schema)?;
        meta::write_enrolled(&conn, enrolled)?;
        Store::with(conn, schema, env)
    }

    /// Opens the file of an enrolled office and brings its tables up to this program's entities.
    ///
    /// # Errors
    /// `store_corrupt` for a damaged file or another key, `store_newer` for a file of a newer program.
    pub fn open(path: &Path, key: &[u8; 32], schema: &'static Schema, env: Box<dyn Env>) -> Result<Store> {
        let began = env.now();
        let opened = Store::open_unlogged(path, key, schema, env);
        match &opened {
            Ok(store) => events::opened(began, store.now()),
            Err(error) => events::not_opened(error.code),
        }
        opened
    }

    /// As [`Store::open`], of which the log says how it ended.
    fn open_unlogged(path: &Path, key: &[u8; 32], schema: &'static Schema, env: Box<dyn Env>) -> Result<Store> {
        // SQLite would take an empty file (as a crashed copy leaves one) for a new database and begin to write to it.
        if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
            let message = "the records file is empty; look for the real one, or enrol this PC again in a new folder";
            return Err(NodeError::new(Code::StoreCorrupt, message));
        }
        let conn = connect(path, key)?;
        layout::upgrade(&conn, schema)?;
        let store = Store::with(conn, schema, env)?;
        Ok(Store { file: Some(RecordsFile::new(path, key, schema)), ..store })
    }

    /// Opens the file for reading alone: whatever would write is refused by SQLite itself (`store_read_only`). An older program's
    /// tables are brought up to date first.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_reader(path: &Path, key: &[u8; 32], schema: &'static Schema, env: Box<dyn Env>) -> Result<Store> {
        let store = Store::open(path, key, schema, env)?;
        store.conn.execute_batch("PRAGMA query_only = ON")?;
        Ok(store)
    }

    fn with(conn: Connection, schema: &'static Schema, env: Box<dyn Env>) -> Result<Store> {
        conn.set_prepared_statement_cache_capacity(128);
        let enrolled = meta::read_enrolled(&conn)?;
        let sent_base = restore::base(&conn)?;
        Ok(Store {
            conn,
            schema,
            env,
            tenant: enrolled.tenant_id,
            replica: enrolled.device_id,
            role: enrolled.role,
            actor: None,
            key: None,
            wrote: false,
            unstaged: staging::Unstaged::default(),
            batch: MAX_CHANGES,
            sent_base,
            file: None,
            waits: turn::Waits::default(),
        })
    }

    /// What a killed process leaves behind: the file. For simulations, which kill offices that live in memory.
    #[must_use]
    pub fn after_kill(self) -> Store {
        Store { unstaged: staging::Unstaged::default(), ..self }
    }

    /// Sends at most `changes` in one exchange, for simulations.
    #[must_use]
    pub fn with_batch(self, changes: usize) -> Store {
        Store { batch: changes, ..self }
    }

    /// The kinds of records that this program knows.
    pub fn schema(&self) -> &'static Schema {
        self.schema
    }

    /// The school's id at the hub.
    pub fn tenant(&self) -> Uuid {
        self.tenant
    }

    /// The id of this copy, which is the device's id at the hub.
    pub fn replica(&self) -> Uuid {
        self.replica
    }

    /// Microseconds since 1970 UTC, by this PC's clock.
    pub fn now(&self) -> i64 {
        self.env.now()
    }

    /// A new id, for whoever makes rows that refer to each other before they are saved.
    pub fn new_id(&self) -> Uuid {
        self.env.new_id()
    }

    /// What this device may do at most, whoever works at it.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether rows of this entity may be written here and now: by the device, and by whoever is signed in.
    pub fn may_write(&self, entity: &pems_model::Entity) -> bool {
        entity.may_write(self.role) && self.actor.is_none_or(|actor| entity.may_write(actor.role))
    }

    /// Whether somebody else wrote to the file since the last call (another window, the headless command).
    ///
    /// # Errors
    /// If SQLite fails.
    pub(crate) fn data_version(&self) -> Result<i64> {
        Ok(self.conn.pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// One durable step.
    fn transaction<T>(&mut self, step: impl FnOnce(&mut Step<'_>) -> Result<T>) -> Result<T> {
        let tx = self.begin()?;
        let mut inside = Step {
            tx: &tx,
            schema: self.schema,
            env: &*self.env,
            tenant: self.tenant,
            replica: self.replica,
            role: self.role,
            actor: self.actor,
            key: self.key.as_ref(),
            last_op_no: None,
            touched: stays::Touched::new(),
        };
        let out = step(&mut inside)?;
        inside.check_signed()?;
        let wrote = inside.last_op_no;
        if let Some(last) = wrote {
            meta::set(&tx, "next_op_no", &(last + 1).to_string())?;
        }
        tx.commit()?;
        if wrote.is_some() {
            self.note_written();
        }
        Ok(out)
    }
}

/// What the code inside one durable step works with.
struct Step<'a> {
    tx: &'a rusqlite::Transaction<'a>,
    schema: &'static Schema,
    env: &'a dyn Env,
    tenant: Uuid,
    replica: Uuid,
    role: Role,
    actor: Option<Actor>,
    key: Option<&'a SigningKey>,
    /// The last `op_no` that this step handed out; stored when it commits, so the counter has no gaps.
    last_op_no: Option<i64>,
    touched: stays::Touched,
}

impl Step<'_> {
    fn next_op_no(&mut self) -> Result<i64> {
        let next = match self.last_op_no {
            Some(last) => last + 1,
            None => meta::int(self.tx, "next_op_no")?,
        };
        self.last_op_no = Some(next);
        Ok(next)
    }

    fn entity(&self, name: &str) -> Result<&'static pems_model::Entity> {
        entity(self.schema, name)
    }
}

fn entity(schema: &Schema, name: &str) -> Result<&'static pems_model::Entity> {
    schema.entity(name).ok_or_else(|| {
        let names: Vec<_> = schema.entities().iter().map(|entity| entity.name).collect();
        let message = format!("there are no records of the kind '{name}'; known kinds: {}", names.join(", "));
        NodeError::new(Code::UnknownEntity, message)
    })
}

/// Opens the file. SQLite keeps an index of the log beside it, for all programs at once, and makes it when the first one comes: on
/// a disk that is full it cannot. Then this program keeps that index in its memory and the file to itself, so that people can
/// still be found and forms printed; saving says that the disk is full, until there is room.
fn connect(path: &Path, key: &[u8; 32]) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let conn = Connection::open_with_flags(path, flags)?;
        unlock(&conn, key).map(|()| conn)
    };
    let alone = || {
        let conn = Connection::open_with_flags_and_vfs(path, flags, ALONE)?;
        unlock(&conn, key).map(|()| conn)
    };
    match open() {
        Err(error) if cfg!(unix) && matches!(error.code, Code::Io | Code::StoreFull) => alone().map_err(|_| error),
        opened => opened,
    }
}

/// SQLite's way to files where the connections of one program share what others would need a file for.
const ALONE: &str = "unix-excl";

/// Sets the key and the ways of writing. WAL with full sync: a save is on the disk when it returns.
fn unlock(conn: &Connection, key: &[u8; 32]) -> Result<()> {
    set_key(conn, key)?;
    conn.busy_timeout(BUSY)?;
    conn.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000;",
    )?;
    Ok(())
}

fn set_key(conn: &Connection, key: &[u8; 32]) -> Result<()> {
    // SQLCipher writes to stderr by itself, where scripts read our errors; what it has to say comes back as an error too.
    conn.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    conn.execute_batch(&format!("PRAGMA key = \"x'{hex}'\";"))?;
    let cipher: Option<String> = conn.query_row("PRAGMA cipher_version", [], |row| row.get(0)).optional()?;
    if cipher.is_none() {
        return Err(NodeError::new(Code::Internal, "this build has no encryption; it will not write records"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
