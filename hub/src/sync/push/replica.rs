//! Where a replica stands: may it write, which change is its next, when was its outbox last empty.

use crate::refusal::Refusal;
use crate::sync::clock::{self, Clock};
use pems_db::TenantContext;
use pems_model::edit_time::ClockReading;
use pems_model::wire::SyncRequest;
use pems_model::{Code, Role};
use serde_json::json;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) role: Role,
    /// Hub time, microseconds; nothing this replica sends was made earlier.
    pub(super) drained_at: i64,
    incarnation: i64,
    last_op_no: i64,
}

/// Locks the school's clock and reads it, then the device and its replica (after the lock, so that both are current).
pub(super) fn preamble(tenant: Uuid, device: Uuid) -> String {
    format!(
        "SELECT {} FROM tenant_clock WHERE tenant_id = '{tenant}' FOR UPDATE; \
         SELECT d.role, d.revoked_at IS NOT NULL, \
             (extract(epoch FROM coalesce(r.drained_at, d.enrolled_at)) * 1000000)::bigint, r.incarnation, r.last_op_no \
         FROM device d LEFT JOIN replica r ON r.tenant_id = d.tenant_id AND r.id = d.id \
         WHERE d.tenant_id = '{tenant}' AND d.id = '{device}'",
        clock::COLUMNS
    )
}

impl Standing {
    pub(super) fn read(rows: &[PgRow]) -> Result<(Clock, Standing), Refusal> {
        let [clock, device] = rows else {
            return Err(Refusal::new(Code::Unauthorized, "the hub does not know this device; enrol it again"));
        };
        if device.try_get(1)? {
            return Err(Refusal::revoked());
        }
        let role: String = device.try_get(0)?;
        let role = Role::parse(&role).ok_or_else(|| Refusal::internal("device", &"a role without a meaning"))?;
        let standing = Standing {
            role,
            drained_at: device.try_get(2)?,
            incarnation: device.try_get::<Option<i64>, _>(3)?.unwrap_or(0),
            last_op_no: device.try_get::<Option<i64>, _>(4)?.unwrap_or(0),
        };
        Ok((Clock::read(clock)?, standing))
    }

    /// With what the hub's memory knows beyond the database.
    pub(super) fn seen_empty(mut self, at: Option<i64>) -> Standing {
        self.drained_at = self.drained_at.max(at.unwrap_or(i64::MIN));
        self
    }

    /// The last change that was answered in this incarnation. A new incarnation counts from 1 again.
    pub(super) fn continue_from(&self, incarnation: u32) -> Result<i64, Refusal> {
        match i64::from(incarnation).cmp(&self.incarnation) {
            std::cmp::Ordering::Equal => Ok(self.last_op_no),
            std::cmp::Ordering::Greater => Ok(0),
            std::cmp::Ordering::Less => Err(forked("a later copy of this device has spoken already", self.last_op_no)),
        }
    }
}

pub(super) fn forked(why: &str, last_op_no: i64) -> Refusal {
    let message = format!("this copy's history is not the one that the hub knows ({why}): it was copied or restored");
    Refusal::new(Code::ReplicaForked, message).with(json!({ "last_op_no": last_op_no }))
}

/// The statement that moves the replica on. `more`: changes wait behind those that were answered.
pub(super) fn advance(
    caller: &TenantContext,
    request: &SyncRequest,
    last_op_no: i64,
    more: bool,
    reading: ClockReading,
) -> String {
    let moment = |micros: i64| format!("timestamptz 'epoch' + interval '{micros} microseconds'");
    let drained = if more { reading.last_drained } else { reading.now };
    format!(
        "INSERT INTO replica (tenant_id, id, incarnation, last_op_no, drained_at, last_seen_at, clock_offset) \
         VALUES ('{}', '{}', {}, {last_op_no}, {}, {}, {}) \
         ON CONFLICT (tenant_id, id) DO UPDATE SET incarnation = excluded.incarnation, last_op_no = excluded.last_op_no, \
         drained_at = excluded.drained_at, last_seen_at = excluded.last_seen_at, clock_offset = excluded.clock_offset",
        caller.tenant(),
        caller.actor(),
        request.replica.incarnation,
        moment(drained),
        moment(reading.now),
        reading.offset
    )
}
