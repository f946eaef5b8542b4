//! What the file knows about itself: whose it is, how far it has come, and when it last met the hub.

use crate::{NodeError, Result};
use pems_model::{Code, Role};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The office as the hub enrolled it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Enrolled {
    /// The school's id at the hub.
    pub tenant_id: Uuid,
    /// The device's id at the hub: the replica of what is written here.
    pub device_id: Uuid,
    /// What the school calls this PC.
    pub device_name: String,
    /// What the device may do at most.
    pub role: Role,
    /// In full.
    pub school_name: String,
    /// By which people name the school when they sign in at the hub.
    pub school_slug: String,
    /// Where the hub is, without a slash at the end.
    pub hub_url: String,
    /// The hub's epoch when the PC was enrolled; [`Store::status`](super::Store::status) has the one of the last contact.
    pub epoch: Uuid,
}

pub(super) fn write_enrolled(conn: &Connection, enrolled: &Enrolled) -> Result<()> {
    set_enrolled(conn, enrolled)?;
    set(conn, "incarnation", "1")?;
    set(conn, "rev", "0")?;
    set(conn, "next_op_no", "1")?;
    set(conn, "acked", "0")
}

pub(super) fn set_enrolled(conn: &Connection, enrolled: &Enrolled) -> Result<()> {
    let text = serde_json::to_string(enrolled).map_err(|error| NodeError::new(Code::Internal, error.to_string()))?;
    set(conn, "enrolled", &text)
}

pub(super) fn read_enrolled(conn: &Connection) -> Result<Enrolled> {
    let damaged = || {
        NodeError::new(
            Code::StoreCorrupt,
            "the records file does not say which school it belongs to; keep it and enrol this PC again in a new folder",
        )
    };
    let text = get(conn, "enrolled")?.ok_or_else(damaged)?;
    serde_json::from_str(&text).map_err(|_| damaged())
}

pub(super) fn get(conn: &Connection, key: &str) -> Result<Option<String>> {
    let mut statement = conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

/// A number; 0 where it was never set.
pub(super) fn get_int(conn: &Connection, key: &str) -> Result<i64> {
    get(conn, key)?.map_or(Ok(0), |text| parsed(key, &text))
}

/// A number that every file has.
pub(super) fn int(conn: &Connection, key: &str) -> Result<i64> {
    get(conn, key)?.map_or_else(|| Err(damaged(key)), |text| parsed(key, &text))
}

/// A moment that is only shown or waited for, and that every exchange sets anew; none where it was never set or cannot be read.
pub(super) fn moment(conn: &Connection, key: &str) -> Result<Option<i64>> {
    let Some(text) = get(conn, key)? else { return Ok(None) };
    match text.parse() {
        Ok(moment) => Ok(Some(moment)),
        Err(_) => Ok(None),
    }
}

fn parsed<T: std::str::FromStr>(key: &str, text: &str) -> Result<T> {
    text.parse().map_err(|_| damaged(key))
}

/// The hub's epoch as it was last heard of.
pub(super) fn epoch(conn: &Connection) -> Result<Uuid> {
    match get(conn, "epoch")? {
        Some(text) => parsed("epoch", &text),
        None => Ok(read_enrolled(conn)?.epoch),
    }
}

fn damaged(key: &str) -> NodeError {
    let message = format!(
        "the records file does not say its {key} any more, so nothing is sent or fetched; keep the file, save what was not sent with `pems-node rescue`, and put a copy back or enrol this PC again in a new folder"
    );
    NodeError::new(Code::StoreCorrupt, message)
}

pub(super) fn set(conn: &Connection, key: &str, value: &str) -> Result<()> {
    let mut statement =
        conn.prepare_cached("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")?;
    statement.execute([key, value])?;
    Ok(())
}
