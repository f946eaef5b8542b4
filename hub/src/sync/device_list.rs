//! What an office is told of the other devices of its school: id, name, role, state, and the day on which each was last heard of.
//!
//! Invariants:
//! - it is read through the school's own door, like its records, and is in memory from then on: an exchange with nothing to say
//!   asks the database nothing for it. What changes a device gives a hint (`migrations/0027_device_list.sql`);
//! - it is an addition to an answer and no part of it: where it cannot be read, the records travel all the same;
//! - only an office that asks gets it, and only when it has another one.

use crate::refusal::Refusal;
use pems_db::{Access, TenantContext, TenantDb};
use pems_model::value::format_date;
use pems_model::wire::{DeviceList, KnownDevice};

/// Most devices in a list, those that still speak first, then the latest: bounds what an answer carries beside its rows.
const MOST: i64 = 500;
/// Longest revision that a request may name: the hub's own are shorter.
pub(crate) const REVISION_BYTES: usize = 64;

/// # Errors
/// A suspended school; a database that is busy or away.
pub(crate) async fn load(door: &TenantDb, who: &TenantContext) -> Result<DeviceList, Refusal> {
    let devices = door.in_tx(who, Access::ReadOnly, async |tx| {
        let devices = sqlx::query!(
            r#"SELECT d.id, d.name, d.role, d.revoked_at IS NOT NULL AS "revoked!",
                 (greatest(d.last_seen_at, r.last_seen_at) AT TIME ZONE t.timezone)::date - date '1970-01-01' AS seen
             FROM device d JOIN tenant t ON t.id = d.tenant_id
                 LEFT JOIN replica r ON r.tenant_id = d.tenant_id AND r.id = d.id
             WHERE d.tenant_id = $1 ORDER BY d.revoked_at IS NOT NULL, d.enrolled_at DESC, d.id LIMIT $2"#,
            who.tenant(),
            MOST
        );
        devices.fetch_all(tx.conn()).await.map_err(Refusal::from)
    });
    let known = devices.await?.into_iter().map(|device| KnownDevice {
        id: device.id,
        name: device.name,
        role: device.role,
        state: if device.revoked { "revoked" } else { "active" }.to_owned(),
        seen: device.seen.map(format_date),
    });
    let list: Vec<KnownDevice> = known.collect();
    let said = serde_json::to_vec(&list).map_err(|error| Refusal::internal("device list", &error))?;
    Ok(DeviceList { revision: blake3::hash(&said).to_hex()[..32].to_owned(), list })
}
