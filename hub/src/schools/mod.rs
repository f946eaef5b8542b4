//! Schools as those who run the hub see them: added, changed, suspended. The API and the command line both come through here.
//!
//! Invariants: whatever is done is done in one transaction of the operators' door, with its audit entry and its event; a
//! change names the fields that changed and nothing else.

mod settings;
mod store;

pub use settings::SettingsError;
pub(crate) use settings::{Settings, max_users};
pub(crate) use store::{audit, by_id, by_slug, change, create, list, own};

use crate::refusal::Refusal;
use pems_model::Code;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use time::OffsetDateTime;
use time::serde::rfc3339;
use utoipa::ToSchema;
use uuid::Uuid;

/// Characters of a school's name; the database checks the same.
pub const NAME_MAX: usize = 200;
/// Characters of a slug.
pub const SLUG_MAX: usize = 60;

/// A school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Tenant)]
pub struct School {
    /// Ordered by time (UUID version 7).
    pub id: Uuid,
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Short name for addresses and commands.
    #[schema(pattern = "^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$")]
    pub slug: String,
    /// DepEd's School ID.
    #[schema(pattern = "^[0-9]{6}$")]
    pub school_id: String,
    /// A name of the IANA time zone database.
    pub timezone: String,
    /// Settings: `limits`, `features`, `branding` (docs/api.md); other members are kept as they are.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Json>,
    /// Since when it is shut out.
    #[serde(with = "rfc3339::option")]
    #[schema(required)]
    pub suspended_at: Option<OffsetDateTime>,
    #[serde(with = "rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "rfc3339")]
    pub updated_at: OffsetDateTime,
}

impl School {
    /// Its version, for `ETag` and `If-Match`: two versions of a school never have the same.
    pub(crate) fn etag(&self) -> String {
        format!("{:x}", self.updated_at.unix_timestamp_nanos() / 1_000)
    }
}

/// What a new school is told by.
#[derive(Debug, Clone)]
pub struct NewSchool<'a> {
    pub name: &'a str,
    pub slug: &'a str,
    pub school_id: &'a str,
    pub timezone: &'a str,
    pub metadata: &'a Map<String, Json>,
}

/// What is to be different.
#[derive(Debug, Clone, Default)]
pub struct SchoolChange<'a> {
    pub name: Option<&'a str>,
    pub timezone: Option<&'a str>,
    pub metadata: Option<&'a Map<String, Json>>,
    pub suspended: Option<bool>,
    /// The version that the caller has seen; another one is not overwritten.
    pub if_version: Option<&'a str>,
}

/// Why a school was not added or changed.
#[derive(Debug, thiserror::Error)]
pub enum TenantError {
    #[error("there is a school '{slug}' already; choose another slug")]
    SlugTaken { slug: String },
    #[error("there is a school with the id {school_id} already")]
    SchoolIdTaken { school_id: String },
    #[error("{message}")]
    Invalid { field: String, message: String },
    #[error("there is no such school")]
    Unknown,
    #[error("the school has changed since you looked; look again and repeat the change")]
    Stale { version: String },
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl TenantError {
    fn invalid(field: &str, message: impl Into<String>) -> TenantError {
        TenantError::Invalid { field: field.into(), message: message.into() }
    }
}

impl From<sqlx::Error> for TenantError {
    fn from(error: sqlx::Error) -> TenantError {
        TenantError::Refused(error.into())
    }
}

impl From<TenantError> for Refusal {
    fn from(error: TenantError) -> Refusal {
        let message = error.to_string();
        match error {
            TenantError::Refused(refusal) => refusal,
            TenantError::SlugTaken { .. } => Refusal::new(Code::Conflict, message).with(json!({ "field": "slug" })),
            TenantError::SchoolIdTaken { .. } => {
                Refusal::new(Code::Conflict, message).with(json!({ "field": "school_id" }))
            }
            TenantError::Invalid { field, .. } => {
                Refusal::new(Code::BadRequest, message).with(json!({ "field": field }))
            }
            TenantError::Unknown => Refusal::new(Code::NotFound, message),
            TenantError::Stale { version } => Refusal::new(Code::Stale, message).with(json!({ "version": version })),
        }
    }
}

pub(crate) fn no_school(slug: &str) -> Refusal {
    Refusal::new(Code::NotFound, format!("there is no school '{slug}'; `pems-hub school list` shows them"))
}
