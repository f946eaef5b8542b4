//! One school in one encrypted file: to keep, to move to another hub, to restore beside the living one; and the end of a school.
//!
//! A file is an age file (passphrase) around zstd around JSON lines ([`Line`]): the school, its rows in PostgreSQL's binary form,
//! its history, its audit entries, and a last line that says what came before, so a file that was cut is noticed.
//!
//! Invariants:
//! - an export is one snapshot; the file appears under its name only when it is whole and on disk;
//! - an import is one transaction and ends with a digest that must be the expected one, or nothing of it stays;
//! - people and devices do not travel: their secrets belong to one hub. A moved school gets a new administrator and new codes.

mod database;
mod erase;
mod export;
mod file;
mod import;
mod remap_ids;

pub use export::Exported;
pub use import::Imported;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Version of the format.
const FORMAT: u32 = 1;
/// Bytes of rows in one line, before they become text.
const CHUNK: usize = 256 << 10;

/// What protects a file: whoever has it can read the school.
#[derive(Clone)]
pub struct Passphrase(pub String);

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum Line {
    School(Header),
    /// `columns` after rev, id and deleted_at; `data` base64 of the rows as COPY has them.
    Rows {
        entity: String,
        columns: Vec<String>,
        data: String,
    },
    /// An entry of the change log, as JSON of its columns.
    Log {
        entry: Json,
    },
    /// An entry of the school's audit chain. It stays with its hub; here it is for people to read.
    Audit {
        entry: Json,
    },
    End(End),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Header {
    format: u32,
    id: Uuid,
    name: String,
    slug: String,
    school_id: String,
    timezone: String,
    metadata: Map<String, Json>,
    /// The school's revision; no row has a higher one.
    rev: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct End {
    rows: BTreeMap<String, i64>,
    log: i64,
    audit: i64,
    digest: String,
}
