//! What the quiet sync line shows, cheap enough to be asked for every few seconds: counts over partial indexes, no digest.

use super::{Store, meta};
use crate::Result;
use serde::Serialize;

/// The office at a glance. [`Store::status`] says more, and reads every row for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct SyncSummary {
    /// In full.
    pub school: String,
    /// What the school calls this PC.
    pub device: String,
    /// Address of the hub.
    pub hub: String,
    /// Changes that wait to be sent.
    pub pending: i64,
    /// Changes that the hub refused and that wait for a person.
    pub parked: i64,
    /// Changes that are damaged in the file and wait for a person.
    pub damaged: i64,
    /// Open questions: conflicts, and numbers that two records have. The fields of one change are one question.
    pub review: i64,
    /// RFC 3339; none before the first exchange.
    pub last_contact: Option<String>,
    /// Whether this copy differed from the hub's at the last contact.
    pub diverged: bool,
    /// Why the hub does not sync with this PC, if that is so; work goes on here.
    pub trouble: Option<super::Trouble>,
    /// Another number whenever another program wrote to the records: then what a screen shows is read again.
    pub version: i64,
}

/// Fields that two changes contest are told apart by nothing but the field (`app/review/together.rs` puts them together the same way).
const QUESTIONS: &str = "SELECT count(*) FROM (SELECT DISTINCT entity, row_id, kept_replica, kept_user, kept_at,
    lost_replica, lost_user, lost_at, CASE kind WHEN 'conflict' THEN NULL ELSE id END
    FROM review_item WHERE state = 'open' AND deleted_at IS NULL)";

impl Store {
    /// Milliseconds, however large the school is.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn sync_summary(&self) -> Result<SyncSummary> {
        let enrolled = meta::read_enrolled(&self.conn)?;
        let count = |sql: &str| self.conn.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0));
        let last_contact = meta::moment(&self.conn, "last_contact")?;
        Ok(SyncSummary {
            school: enrolled.school_name,
            device: enrolled.device_name,
            hub: enrolled.hub_url,
            pending: count("SELECT count(*) FROM op INDEXED BY op_state WHERE state = 'pending'")?,
            parked: count("SELECT count(*) FROM op INDEXED BY op_state WHERE state = 'parked'")?,
            damaged: count("SELECT count(*) FROM op INDEXED BY op_state WHERE state = 'damaged'")?,
            review: count(QUESTIONS)?,
            last_contact: last_contact.map(pems_model::value::format_time),
            diverged: meta::get(&self.conn, "diverged")?.as_deref() == Some("1"),
            trouble: self.trouble()?,
            version: self.data_version()?,
        })
    }

    /// How many numbers two records have, as the hub has noticed.
    ///
    /// # Errors
    /// If SQLite fails.
    pub(crate) fn same_numbers(&self) -> Result<i64> {
        let sql = "SELECT count(*) FROM review_item WHERE state = 'open' AND kind = 'duplicate' AND deleted_at IS NULL";
        Ok(self.conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
    }

    /// How far this copy is and what the last contact with the hub said.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn contact(&self) -> Result<Contact> {
        Ok(Contact { rev: meta::get_int(&self.conn, "rev")?, clock_offset: meta::moment(&self.conn, "clock_offset")? })
    }
}

/// What the last contact with the hub left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// The hub's revision up to which this file has everything.
    pub rev: i64,
    /// Microseconds by which the hub's clock was ahead; none before the first contact.
    pub clock_offset: Option<i64>,
}
