//! "Is our data at the hub?", answered from the file itself.

use super::journal::Stored;
use super::{Store, meta, rows};
use crate::Result;
use pems_model::digest::{Digest, combined};
use pems_model::{Entity, Schema};
use rusqlite::Connection;
use serde::Serialize;
use std::collections::BTreeMap;

/// What the sync line and `pems-node status` show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// In full.
    pub school: String,
    /// By which people name the school when they sign in at the hub.
    pub school_slug: String,
    /// What the school calls this PC.
    pub device: String,
    /// Its id at the hub.
    pub device_id: String,
    /// What the device may do at most: a role's name.
    pub role: &'static str,
    /// The hub's address.
    pub hub: String,
    /// Changes that wait to be sent.
    pub pending: i64,
    /// Changes that the hub refused and that wait for a person.
    pub parked: i64,
    /// Changes that are damaged in the file and wait for a person; they are never sent.
    pub damaged: i64,
    /// Open questions: conflicts, and numbers that two records have.
    pub review: i64,
    /// RFC 3339; none before the first exchange.
    pub last_contact: Option<String>,
    /// The hub's revision up to which this file has everything; 0 before the first pull.
    pub rev: i64,
    /// Over the hub's state of every row in the file, read now; equal to the hub's when level.
    pub digest: String,
    /// Whether the hub's digest at the last contact was another one: then this copy is not to be trusted.
    pub diverged: bool,
    /// Why the hub does not sync with this office, and what to do; none while it does.
    pub trouble: Option<super::Trouble>,
    /// The hub's, as of the last contact: another one after it was put back from a backup.
    pub epoch: String,
    /// The fingerprint of the kinds of records that this program knows.
    pub schema: String,
}

impl Store {
    /// Reads every row, for the digest: seconds in a large school. [`Store::sync_summary`] is the quick one.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn status(&self) -> Result<Status> {
        let enrolled = meta::read_enrolled(&self.conn)?;
        let count = |sql: &str| self.conn.query_row(sql, [], |row| row.get::<_, i64>(0));
        let last_contact = meta::moment(&self.conn, "last_contact")?;
        Ok(Status {
            school: enrolled.school_name,
            school_slug: enrolled.school_slug,
            device: enrolled.device_name,
            device_id: enrolled.device_id.to_string(),
            role: enrolled.role.name(),
            hub: enrolled.hub_url,
            pending: count("SELECT count(*) FROM op INDEXED BY op_state WHERE state = 'pending'")?,
            parked: count("SELECT count(*) FROM op INDEXED BY op_state WHERE state = 'parked'")?,
            damaged: count("SELECT count(*) FROM op INDEXED BY op_state WHERE state = 'damaged'")?,
            review: count("SELECT count(*) FROM review_item WHERE state = 'open' AND deleted_at IS NULL")?,
            last_contact: last_contact.map(pems_model::value::format_time),
            rev: meta::get_int(&self.conn, "rev")?,
            digest: self.digest()?,
            diverged: meta::get(&self.conn, "diverged")?.as_deref() == Some("1"),
            trouble: self.trouble()?,
            epoch: meta::epoch(&self.conn)?.to_string(),
            schema: self.schema.fingerprint().to_owned(),
        })
    }

    /// The digest of the hub's state as it was kept up to date by every pull, and compared with the hub's at each. Quick;
    /// [`Store::digest`] is the one that proves.
    ///
    /// # Errors
    /// If SQLite fails.
    pub(crate) fn level_digest(&self) -> Result<String> {
        let kept = read_digests(&self.conn, self.schema)?;
        Ok(combined(kept.iter().map(|(name, digest)| (name.as_str(), *digest))))
    }

    /// How many live records of a kind the hub has, as this file knows it: unsent changes taken off.
    ///
    /// # Errors
    /// If SQLite fails, or for an entity that there is not.
    pub(crate) fn count_at_hub(&self, entity: &str) -> Result<i64> {
        let name = super::entity(self.schema, entity)?.name;
        let sql = format!(
            "SELECT (SELECT count(*) FROM {name} t WHERE deleted_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM shadow s WHERE s.entity = '{name}' AND s.row_id = t.id))
              + (SELECT count(*) FROM shadow WHERE entity = '{name}' AND row ->> 'deleted_at' IS NULL AND row IS NOT NULL)"
        );
        Ok(self.conn.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
    }

    /// The digest of the hub's state as this file has it, computed from the rows (unsent changes taken off).
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn digest(&self) -> Result<String> {
        let mut digests = Vec::new();
        for entity in self.schema.entities() {
            digests.push((entity.name, digest_of(&self.conn, entity)?));
        }
        Ok(combined(digests))
    }
}

/// The digests as they are kept; one that cannot be read is made anew from the rows.
pub(super) fn read_digests(conn: &Connection, schema: &Schema) -> Result<BTreeMap<String, Digest>> {
    let mut statement = conn.prepare_cached("SELECT entity, digest FROM cursor")?;
    let mut found = statement.query([])?;
    let mut digests = BTreeMap::new();
    while let Some(row) = found.next()? {
        let name: String = row.get(0)?;
        let kept = match Stored(row).text(1, "digest") {
            Ok(hex) => Digest::from_hex(&hex),
            Err(_) => None,
        };
        let digest = match (kept, schema.entity(&name)) {
            (Some(digest), _) => digest,
            (None, Some(entity)) => digest_of(conn, entity)?,
            (None, None) => continue,
        };
        digests.insert(name, digest);
    }
    Ok(digests)
}

/// The digest of one entity, from its rows.
pub(super) fn digest_of(conn: &Connection, entity: &Entity) -> Result<Digest> {
    let mut digest = Digest::default();
    let sql = format!(
        "{} t WHERE deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM shadow s WHERE s.entity = '{}' AND s.row_id = t.id)",
        rows::select(entity),
        entity.name
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        digest.add(entity, &rows::read(entity, row)?);
    }
    let mut statement = conn.prepare_cached("SELECT row_id, row FROM shadow WHERE entity = ?1 AND row IS NOT NULL")?;
    let mut found = statement.query([entity.name])?;
    while let Some(row) = found.next()? {
        let (id, text): ([u8; 16], String) = (row.get(0)?, row.get(1)?);
        digest.add(entity, &rows::from_shadow(entity, uuid::Uuid::from_bytes(id), &text)?);
    }
    Ok(digest)
}
