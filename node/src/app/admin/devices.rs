//! The school's PCs, as far as this one knows: itself, and those that its records name.

use crate::Result;
use crate::app::Desk;
use crate::app::session::to_json;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Devices {
    pub devices: Vec<Device>,
    pub hub: String,
    pub sample: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Device {
    #[ts(type = "string")]
    pub id: Uuid,
    /// The figures by which other screens name it.
    pub short: String,
    /// Known of this PC alone.
    pub name: Option<String>,
    pub role: Option<&'static str>,
    pub here: bool,
    /// Number ranges that it may give out.
    pub ranges: i64,
    /// Conflicts that it had a part in.
    pub conflicts: i64,
    /// RFC 3339; of this PC alone.
    pub last_contact: Option<String>,
}

pub(super) fn short(id: Uuid) -> String {
    let text = id.to_string();
    text[text.len() - 4..].to_uppercase()
}

/// Every PC that is named anywhere, this one first.
pub(super) fn known(desk: &Desk) -> Result<Vec<Device>> {
    let store = &desk.store;
    let here = store.replica();
    let mut seen: BTreeMap<Uuid, (i64, i64)> = BTreeMap::from([(here, (0, 0))]);
    let sql = "SELECT device, count(*), 0 FROM number_range WHERE deleted_at IS NULL GROUP BY device
        UNION ALL SELECT kept_replica, 0, count(*) FROM review_item WHERE kept_replica IS NOT NULL GROUP BY kept_replica
        UNION ALL SELECT lost_replica, 0, count(*) FROM review_item WHERE lost_replica IS NOT NULL GROUP BY lost_replica";
    let mut statement = store.conn().prepare_cached(sql)?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let counts = seen.entry(Uuid::from_bytes(row.get(0)?)).or_default();
        counts.0 += row.get::<_, i64>(1)?;
        counts.1 += row.get::<_, i64>(2)?;
    }
    let enrolled = store.enrolled()?;
    let last_contact = store.sync_summary()?.last_contact;
    let mut devices: Vec<Device> = seen
        .into_iter()
        .map(|(id, (ranges, conflicts))| Device {
            id,
            short: short(id),
            name: (id == here).then(|| enrolled.device_name.clone()),
            role: (id == here).then(|| enrolled.role.name()),
            here: id == here,
            ranges,
            conflicts,
            last_contact: if id == here { last_contact.clone() } else { None },
        })
        .collect();
    devices.sort_by_key(|device| !device.here);
    Ok(devices)
}

pub(super) fn list(desk: &Desk) -> Result<Json> {
    let hub = desk.store.enrolled()?.hub_url;
    to_json(&Devices { devices: known(desk)?, hub, sample: desk.store.is_sample()? })
}
