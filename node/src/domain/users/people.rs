//! The school's users as this PC knows them.

use crate::{Result, Store};
use pems_model::Role;
use rusqlite::OptionalExtension;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Person {
    /// The `school_user`.
    #[ts(type = "string")]
    pub id: Uuid,
    /// The whole name in one text.
    pub name: String,
    /// By which they sign in at the hub; left out before anybody has signed in here.
    pub email: Option<String>,
    /// What they may do, as far as the PC may.
    #[ts(type = "string")]
    pub role: Role,
    /// The record of this person among the staff: an adviser sees the own sections first.
    #[ts(type = "string | null")]
    pub staff: Option<Uuid>,
    /// Signed in with a one-time password, which is to be replaced.
    pub must_change: bool,
}

const COLUMNS: &str = "SELECT id, name, email, role, staff, coalesce(must_change, 0) FROM school_user";
const ACTIVE: &str = "deleted_at IS NULL AND coalesce(disabled, 0) = 0";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Person>> {
    let role: String = row.get(3)?;
    // A role that this version does not know may do nothing here.
    let Some(role) = Role::parse(&role) else { return Ok(None) };
    Ok(Some(Person {
        id: Uuid::from_bytes(row.get(0)?),
        name: row.get(1)?,
        email: row.get(2)?,
        role,
        staff: row.get::<_, Option<[u8; 16]>>(4)?.map(Uuid::from_bytes),
        must_change: row.get(5)?,
    }))
}

/// Who may sign in, without their addresses: this is shown before anybody has.
pub(crate) fn active(store: &Store) -> Result<Vec<Person>> {
    let mut statement = store.conn().prepare_cached(&format!("{COLUMNS} WHERE {ACTIVE} ORDER BY search_key"))?;
    let found = statement.query_map([], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(found.into_iter().flatten().map(|person| Person { email: None, ..person }).collect())
}

/// A user who may sign in now; none for one who was deleted or disabled, or has a role that only a newer program knows.
pub(crate) fn find(store: &Store, id: Uuid) -> Result<Option<Person>> {
    let mut statement = store.conn().prepare_cached(&format!("{COLUMNS} WHERE id = ?1 AND {ACTIVE}"))?;
    Ok(statement.query_row([id.as_bytes()], read).optional()?.flatten())
}

/// Whether the school has users at all, also such as may not sign in: then nobody works here unnamed.
pub(crate) fn any(store: &Store) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM school_user WHERE deleted_at IS NULL)";
    Ok(store.conn().prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// What a user's password is checked against (`model/src/verifier.rs`); none before they have one.
pub(crate) fn verifier(store: &Store, id: Uuid) -> Result<Option<String>> {
    let mut statement = store.conn().prepare_cached("SELECT verifier FROM school_user WHERE id = ?1")?;
    Ok(statement.query_row([id.as_bytes()], |row| row.get(0)).optional()?.flatten())
}
