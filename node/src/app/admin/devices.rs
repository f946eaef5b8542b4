//! The school's PCs: as the hub last told them, and those that nothing but this PC's records name.

use crate::Result;
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::store::{SchoolDevice, called, short};
use pems_model::Act;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Devices {
    /// This PC first, those that were revoked last.
    pub devices: Vec<Device>,
    /// Whether the hub has told which PCs the school has. Otherwise they are those that the records name.
    pub told: bool,
    pub hub: String,
    pub sample: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Device {
    #[ts(type = "string")]
    pub id: Uuid,
    /// The figures by which those who run the hub find it.
    pub short: String,
    /// Its name, or `…6AF2` of one that the hub has not told of.
    pub called: String,
    pub role: Option<String>,
    pub here: bool,
    pub revoked: bool,
    /// The day on which the hub last heard of it, `2026-11-30`; none where it has not told.
    pub seen: Option<String>,
    /// Number ranges that it may give out.
    pub ranges: i64,
    /// Conflicts that it had a part in.
    pub conflicts: i64,
    /// RFC 3339; of this PC alone.
    pub last_contact: Option<String>,
}

/// Number ranges and conflicts of every PC that a record names, and of this one.
fn named(desk: &Desk) -> Result<BTreeMap<Uuid, (i64, i64)>> {
    let store = &desk.store;
    let mut named: BTreeMap<Uuid, (i64, i64)> = BTreeMap::from([(store.replica(), (0, 0))]);
    let sql = "SELECT device, count(*), 0 FROM number_range WHERE deleted_at IS NULL GROUP BY device
        UNION ALL SELECT kept_replica, 0, count(*) FROM review_item WHERE kept_replica IS NOT NULL GROUP BY kept_replica
        UNION ALL SELECT lost_replica, 0, count(*) FROM review_item WHERE lost_replica IS NOT NULL GROUP BY lost_replica";
    let mut statement = store.conn().prepare_cached(sql)?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let counts = named.entry(Uuid::from_bytes(row.get(0)?)).or_default();
        counts.0 += row.get::<_, i64>(1)?;
        counts.1 += row.get::<_, i64>(2)?;
    }
    Ok(named)
}

/// Every PC of the school, this one first, then by name.
pub(super) fn known(desk: &Desk) -> Result<Vec<Device>> {
    let store = &desk.store;
    let (here, enrolled) = (store.replica(), store.enrolled()?);
    let last_contact = store.sync_summary()?.last_contact;
    let mut names = store.device_names()?;
    names.entry(here).or_insert_with(|| enrolled.device_name.clone());
    let told: BTreeMap<Uuid, SchoolDevice> =
        store.school_devices()?.into_iter().map(|device| (device.id, device)).collect();
    let mut counts = named(desk)?;
    told.keys().for_each(|id| _ = counts.entry(*id).or_default());
    let mut devices: Vec<Device> = counts
        .into_iter()
        .map(|(id, (ranges, conflicts))| {
            let told = told.get(&id);
            let own = (id == here).then(|| enrolled.role.name().to_owned());
            Device {
                id,
                short: short(id),
                called: called(&names, id),
                role: own.or_else(|| told.map(|device| device.role.clone())),
                here: id == here,
                revoked: told.is_some_and(|device| device.revoked),
                seen: told.and_then(|device| device.seen.clone()),
                ranges,
                conflicts,
                last_contact: last_contact.clone().filter(|_| id == here),
            }
        })
        .collect();
    devices.sort_by_cached_key(|device| (!device.here, device.revoked, device.called.to_lowercase()));
    Ok(devices)
}

fn list(desk: &Desk) -> Result<Devices> {
    let hub = desk.store.enrolled()?.hub_url;
    let told = !desk.store.school_devices()?.is_empty();
    Ok(Devices { devices: known(desk)?, told, hub, sample: desk.store.is_sample()? })
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ListDevices {}

impl Request<Desk> for ListDevices {
    const NAME: &'static str = "admin.devices";
    const ACCESS: May = May::Do(Act::SeeSetup);
    type Answer = Devices;

    fn run(self, desk: &mut Desk) -> Result<Devices> {
        list(desk)
    }
}
