//! The command line's jobs with devices: one-time codes, who is enrolled, who may no longer speak.

use crate::devices::{checked_name, enrolment_code};
use crate::events::{self, DomainEvent};
use crate::refusal::Refusal;
use crate::schools::no_school;
use crate::server::admin::Admin;
use pems_db::sys;
use pems_model::{Code, Role};
use serde::Serialize;
use time::OffsetDateTime;
use time::serde::rfc3339;
use uuid::Uuid;

/// Longest life of an enrolment code: a day, for a code that has to travel to an island.
pub const CODE_MINUTES_MAX: u32 = 24 * 60;

fn no_device(id: Uuid) -> Refusal {
    let message = format!("there is no device {id}; `pems-hub device list` shows them");
    Refusal::new(Code::NotFound, message)
}

#[derive(Debug, Clone, Serialize)]
pub struct Device {
    pub id: Uuid,
    pub name: String,
    pub role: Role,
    #[serde(with = "rfc3339")]
    pub enrolled_at: OffsetDateTime,
    #[serde(with = "rfc3339::option")]
    pub last_seen_at: Option<OffsetDateTime>,
    #[serde(with = "rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
    /// Changes answered, and hub time minus office time in microseconds; null before its first sync.
    pub last_op_no: Option<i64>,
    pub clock_offset: Option<i64>,
}

impl Admin {
    /// A code with which one device can join the school, once, within `minutes`.
    ///
    /// # Errors
    /// `not_found`; `bad_usage` for more than a day.
    pub async fn device_code(&self, slug: &str, minutes: u32, role: Role) -> Result<String, Refusal> {
        if minutes > CODE_MINUTES_MAX {
            let message = format!("a code lives {CODE_MINUTES_MAX} minutes at most");
            return Err(Refusal::new(Code::BadUsage, message));
        }
        let text = enrolment_code::spell(sys::random()?);
        let hash = enrolment_code::hash(&text).ok_or_else(|| Refusal::internal("code", &"it cannot be read back"))?;
        let made = self.in_tx("device code", async |tx| {
            let insert = sqlx::query!(
                "INSERT INTO device_code (tenant_id, code_hash, role, expires_at)
                 SELECT id, $2, $3, now() + make_interval(mins => $4) FROM tenant WHERE slug = $1",
                slug,
                &hash[..],
                role.name(),
                i32::try_from(minutes).unwrap_or(i32::MAX)
            );
            let done = insert.execute(tx.conn()).await?;
            if done.rows_affected() == 1 { Ok(()) } else { Err(no_school(slug)) }
        });
        made.await.map(|()| text)
    }

    /// # Errors
    /// `not_found`.
    pub async fn devices(&self, slug: &str) -> Result<Vec<Device>, Refusal> {
        let listed = self.look("device list", async |tx| {
            let school = sqlx::query_scalar!("SELECT id FROM tenant WHERE slug = $1", slug);
            let school = school.fetch_optional(tx.conn()).await?.ok_or_else(|| no_school(slug))?;
            let devices = sqlx::query!(
                r#"SELECT d.id, d.name, d.role, d.enrolled_at, greatest(d.last_seen_at, r.last_seen_at) AS last_seen_at,
                     d.revoked_at, r.last_op_no AS "last_op_no?", r.clock_offset AS "clock_offset?"
                 FROM device d LEFT JOIN replica r ON r.tenant_id = d.tenant_id AND r.id = d.id
                 WHERE d.tenant_id = $1 ORDER BY d.enrolled_at, d.id"#,
                school
            );
            let device = devices.fetch_all(tx.conn()).await?.into_iter().map(|device| {
                let unknown = || Refusal::internal("device", &"a role without a meaning");
                Ok(Device {
                    id: device.id,
                    name: device.name,
                    role: Role::parse(&device.role).ok_or_else(unknown)?,
                    enrolled_at: device.enrolled_at,
                    last_seen_at: device.last_seen_at,
                    revoked_at: device.revoked_at,
                    last_op_no: device.last_op_no,
                    clock_offset: device.clock_offset,
                })
            });
            device.collect()
        });
        listed.await
    }

    /// Gives a device another name. The offices of its school hear of it with their next exchange.
    ///
    /// # Errors
    /// `not_found`; `bad_request` for a name that cannot be.
    pub async fn rename_device(&self, device: Uuid, name: &str) -> Result<String, Refusal> {
        let name = checked_name(name)?;
        let done = self.in_tx("device rename", async |tx| {
            let rename = sqlx::query!(
                "UPDATE device d SET name = $2 FROM device old
                 WHERE d.id = $1 AND old.tenant_id = d.tenant_id AND old.id = d.id
                 RETURNING d.tenant_id, old.name AS before",
                device,
                name
            );
            let renamed = rename.fetch_optional(tx.conn()).await?.ok_or_else(|| no_device(device))?;
            if renamed.before != name {
                let school = renamed.tenant_id;
                let details = serde_json::json!({ "name": name, "before": renamed.before });
                let note = sqlx::query!("SELECT sec.audit_of($1, 'device.renamed', $2, $3)", school, device, details);
                note.execute(tx.conn()).await?;
            }
            Ok(name.to_owned())
        });
        done.await
    }

    /// Takes a device's right to speak, at once. Its records stay.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn revoke(&self, device: Uuid) -> Result<(), Refusal> {
        let done = self.in_tx("device revoke", async |tx| {
            let revoke = sqlx::query!(
                r#"UPDATE device d SET revoked_at = coalesce(d.revoked_at, now())
                 FROM device old WHERE d.id = $1 AND old.tenant_id = d.tenant_id AND old.id = d.id
                 RETURNING d.tenant_id, old.revoked_at IS NULL AS "newly!""#,
                device
            );
            let revoked = revoke.fetch_optional(tx.conn()).await?.ok_or_else(|| no_device(device))?;
            if revoked.newly {
                let school = revoked.tenant_id;
                let note = sqlx::query!("SELECT sec.audit_of($1, 'device.revoked', $2, '{}')", school, device);
                note.execute(tx.conn()).await?;
                events::emit_of(tx, school, &DomainEvent::DeviceRevoked { device }).await?;
            }
            Ok(())
        });
        done.await
    }
}
