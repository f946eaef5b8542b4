//! The sync line, explained: who this PC is, what waits, when the hub was met, whether the copies are equal.

use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::store::{Trouble, short};
use crate::{Result, Store};
use pems_model::Act;
use pems_model::value::format_time;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Everything about this PC and the hub. Cheap: no row of a record is read for it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SyncDetails {
    pub school: String,
    pub device: String,
    pub device_id: String,
    /// The figures by which other PCs of the school name this one.
    pub device_short: String,
    pub device_role: &'static str,
    pub hub: String,
    pub sample: bool,
    pub app_version: &'static str,
    pub schema: String,
    /// Changes that wait to be sent, by kind of record, most first.
    pub pending: Vec<Waiting>,
    pub pending_total: i64,
    /// When the change was made that waits longest, RFC 3339.
    pub oldest: Option<String>,
    pub parked: i64,
    pub damaged: i64,
    pub review: i64,
    pub last_contact: Option<String>,
    /// Seconds by which the hub's clock was ahead of this PC's at the last contact.
    pub clock_offset: Option<i64>,
    /// How far this copy is in the hub's order of changes.
    pub rev: i64,
    /// The digest that was compared with the hub's at the last contact.
    pub digest: String,
    pub diverged: bool,
    /// Why the hub does not sync with this PC, and what to do.
    pub trouble: Option<Trouble>,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Waiting {
    pub entity: String,
    pub label: String,
    pub count: i64,
}

pub(super) fn details(desk: &Desk) -> Result<SyncDetails> {
    let store = &desk.store;
    let (enrolled, sync_summary) = (store.enrolled()?, store.sync_summary()?);
    let pending = waiting(store)?;
    let contact = store.contact()?;
    Ok(SyncDetails {
        school: enrolled.school_name,
        device: enrolled.device_name,
        device_id: enrolled.device_id.to_string(),
        device_short: short(enrolled.device_id),
        device_role: enrolled.role.name(),
        hub: enrolled.hub_url,
        sample: store.is_sample()?,
        app_version: VERSION,
        schema: store.schema().fingerprint().to_owned(),
        pending_total: pending.iter().map(|waiting| waiting.count).sum(),
        pending,
        oldest: oldest(store)?.map(format_time),
        parked: sync_summary.parked,
        damaged: sync_summary.damaged,
        review: sync_summary.review,
        last_contact: sync_summary.last_contact,
        clock_offset: contact.clock_offset.map(|micros| micros.div_euclid(1_000_000)),
        rev: contact.rev,
        digest: store.level_digest()?,
        diverged: sync_summary.diverged,
        trouble: sync_summary.trouble,
    })
}

fn waiting(store: &Store) -> Result<Vec<Waiting>> {
    let sql = "SELECT entity, count(*) FROM op INDEXED BY op_state WHERE state = 'pending' GROUP BY entity ORDER BY 2 DESC, 1";
    let mut statement = store.conn().prepare_cached(sql)?;
    let found = statement.query_map([], |row| {
        let entity: String = row.get(0)?;
        let label = store.schema().entity(&entity).map_or(entity.as_str(), |entity| entity.label).to_owned();
        Ok(Waiting { entity, label, count: row.get(1)? })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// When the change was made that waits longest, in microseconds.
fn oldest(store: &Store) -> Result<Option<i64>> {
    let sql = "SELECT min(at) FROM op INDEXED BY op_state WHERE state = 'pending'";
    Ok(store.conn().prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ReadSync {}

impl Request<Desk> for ReadSync {
    const NAME: &'static str = "review.sync";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = SyncDetails;

    fn run(self, desk: &mut Desk) -> Result<SyncDetails> {
        details(desk)
    }
}
