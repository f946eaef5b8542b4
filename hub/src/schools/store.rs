//! Schools in the database.

use super::settings::Settings;
use super::{NAME_MAX, NewSchool, SLUG_MAX, School, SchoolChange, TenantError};
use crate::events::{self, DomainEvent};
use crate::refusal::Refusal;
use pems_db::{TenantContext, Tx};
use pems_model::text;
use serde_json::{Map, Value as Json, json};
use time::OffsetDateTime;
use uuid::Uuid;

/// A school as it is in the database.
struct Stored {
    id: Uuid,
    name: String,
    slug: String,
    school_id: String,
    timezone: String,
    metadata: Json,
    suspended_at: Option<OffsetDateTime>,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

impl From<Stored> for School {
    fn from(stored: Stored) -> School {
        School {
            id: stored.id,
            name: stored.name,
            slug: stored.slug,
            school_id: stored.school_id,
            timezone: stored.timezone,
            metadata: if let Json::Object(metadata) = stored.metadata { metadata } else { Map::new() },
            suspended_at: stored.suspended_at,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        }
    }
}

/// Adds a school. `id`: ordered by time.
pub(crate) async fn create(tx: &mut Tx, id: Uuid, new: &NewSchool<'_>) -> Result<School, TenantError> {
    let name = valid_name(new.name)?;
    if !is_slug(new.slug) {
        let message = format!("slug: lower case letters, digits and hyphens, {SLUG_MAX} at most, not '{}'", new.slug);
        return Err(TenantError::invalid("slug", message));
    }
    if new.school_id.len() != 6 || !new.school_id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(TenantError::invalid("school_id", "school_id: a DepEd School ID is six digits"));
    }
    Settings::check(new.metadata).map_err(|error| TenantError::invalid(&error.field, error.to_string()))?;
    known_timezone(tx, new.timezone).await?;
    let insert = sqlx::query_as!(
        Stored,
        "INSERT INTO tenant (id, name, slug, school_id, timezone, metadata) VALUES ($1, $2, $3, $4, $5, $6)
         RETURNING id, name, slug, school_id, timezone, metadata, suspended_at, created_at, updated_at",
        id,
        name,
        new.slug,
        new.school_id,
        new.timezone,
        Json::Object(new.metadata.clone())
    );
    let school: School = insert.fetch_one(tx.conn()).await.map_err(|error| taken(error, new))?.into();
    audit(tx, id, "tenant.created", json!({ "slug": new.slug, "school_id": new.school_id })).await?;
    let event = DomainEvent::TenantCreated { name: school.name.clone(), slug: school.slug.clone() };
    events::emit_of(tx, id, &event).await?;
    Ok(school)
}

/// Schools by id (that is, by age) after `after`, at most `limit`.
pub(crate) async fn list(tx: &mut Tx, after: Option<Uuid>, limit: i64) -> Result<Vec<School>, Refusal> {
    let page = sqlx::query_as!(
        Stored,
        "SELECT id, name, slug, school_id, timezone, metadata, suspended_at, created_at, updated_at FROM tenant
         WHERE id > $1 ORDER BY id LIMIT $2",
        after.unwrap_or_default(),
        limit
    );
    Ok(page.fetch_all(tx.conn()).await?.into_iter().map(School::from).collect())
}

pub(crate) async fn by_id(tx: &mut Tx, id: Uuid) -> Result<School, TenantError> {
    let query = sqlx::query_as!(
        Stored,
        "SELECT id, name, slug, school_id, timezone, metadata, suspended_at, created_at, updated_at FROM tenant
         WHERE id = $1",
        id
    );
    query.fetch_optional(tx.conn()).await?.map(School::from).ok_or(TenantError::Unknown)
}

pub(crate) async fn by_slug(tx: &mut Tx, slug: &str) -> Result<Option<School>, Refusal> {
    let query = sqlx::query_as!(
        Stored,
        "SELECT id, name, slug, school_id, timezone, metadata, suspended_at, created_at, updated_at FROM tenant
         WHERE slug = $1",
        slug
    );
    Ok(query.fetch_optional(tx.conn()).await?.map(School::from))
}

/// The school of a transaction of its own people.
pub(crate) async fn own(tx: &mut Tx, who: &TenantContext) -> Result<School, TenantError> {
    by_id(tx, who.tenant()).await
}

/// Changes a school; what is to be as it is already is no change, and leaves no trace.
pub(crate) async fn change(tx: &mut Tx, id: Uuid, change: &SchoolChange<'_>) -> Result<School, TenantError> {
    let now = sqlx::query_as!(
        Stored,
        "SELECT id, name, slug, school_id, timezone, metadata, suspended_at, created_at, updated_at FROM tenant
         WHERE id = $1 FOR UPDATE",
        id
    );
    let now: School = now.fetch_optional(tx.conn()).await?.ok_or(TenantError::Unknown)?.into();
    let mut changed = Vec::new();
    let name = change.name.map(valid_name).transpose()?.filter(|name| *name != now.name);
    changed.extend(name.map(|_| "name"));
    let timezone = change.timezone.filter(|timezone| *timezone != now.timezone);
    if let Some(timezone) = timezone {
        known_timezone(tx, timezone).await?;
        changed.push("timezone");
    }
    let metadata = change.metadata.filter(|metadata| **metadata != now.metadata);
    if let Some(metadata) = metadata {
        Settings::check(metadata).map_err(|error| TenantError::invalid(&error.field, error.to_string()))?;
        changed.push("metadata");
    }
    // What cannot be is said first: looking again would not help it.
    if change.if_version.is_some_and(|version| version != now.etag()) {
        return Err(TenantError::Stale { version: now.etag() });
    }
    let suspended = change.suspended.filter(|suspended| *suspended != now.suspended_at.is_some());
    if changed.is_empty() && suspended.is_none() {
        return Ok(now);
    }
    let update = sqlx::query_as!(
        Stored,
        "UPDATE tenant SET name = coalesce($2, name), timezone = coalesce($3, timezone), metadata = coalesce($4, metadata),
             suspended_at = CASE WHEN $5 THEN now() WHEN NOT $5 THEN NULL ELSE suspended_at END,
             updated_at = greatest(now(), updated_at + interval '1 microsecond')
         WHERE id = $1
         RETURNING id, name, slug, school_id, timezone, metadata, suspended_at, created_at, updated_at",
        id,
        name,
        timezone,
        metadata.map(|metadata| Json::Object(metadata.clone())),
        suspended
    );
    let school: School = update.fetch_one(tx.conn()).await?.into();
    tell(tx, id, changed, suspended).await?;
    Ok(school)
}

async fn tell(tx: &mut Tx, id: Uuid, changed: Vec<&str>, suspended: Option<bool>) -> Result<(), Refusal> {
    if !changed.is_empty() {
        audit(tx, id, "tenant.updated", json!({ "changed": changed })).await?;
        let changed = changed.into_iter().map(str::to_owned).collect();
        events::emit_of(tx, id, &DomainEvent::TenantUpdated { changed }).await?;
    }
    let (action, event) = match suspended {
        Some(true) => ("tenant.suspended", DomainEvent::TenantSuspended {}),
        Some(false) => ("tenant.resumed", DomainEvent::TenantResumed {}),
        None => return Ok(()),
    };
    audit(tx, id, action, json!({})).await?;
    events::emit_of(tx, id, &event).await
}

/// Writes into a school's audit log what an operator has done.
pub(crate) async fn audit(tx: &mut Tx, school: Uuid, action: &str, details: Json) -> Result<(), Refusal> {
    sqlx::query!("SELECT sec.audit_of($1, $2, $1, $3)", school, action, details).execute(tx.conn()).await?;
    Ok(())
}

fn valid_name(name: &str) -> Result<&str, TenantError> {
    let name = text::trimmed(name);
    if name.is_empty() || name.chars().count() > NAME_MAX || text::bad_character(name).is_some() {
        return Err(TenantError::invalid("name", format!("name: 1 to {NAME_MAX} characters")));
    }
    Ok(name)
}

fn is_slug(slug: &str) -> bool {
    let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=SLUG_MAX).contains(&slug.len()) && slug.bytes().all(inner) && !slug.starts_with('-') && !slug.ends_with('-')
}

async fn known_timezone(tx: &mut Tx, timezone: &str) -> Result<(), TenantError> {
    // Asked by name, for a text with a NUL character would fail as such.
    let printable = timezone.len() <= 64 && timezone.chars().all(|c| c.is_ascii_graphic());
    if printable {
        let known = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1) AS "known!""#,
            timezone
        );
        if known.fetch_one(tx.conn()).await? {
            return Ok(());
        }
    }
    let message = format!("timezone: '{}' is none; for example Asia/Manila", timezone.escape_debug());
    Err(TenantError::invalid("timezone", message))
}

fn taken(error: sqlx::Error, new: &NewSchool<'_>) -> TenantError {
    match error.as_database_error().and_then(|error| error.constraint()) {
        Some("tenant_slug_key") => TenantError::SlugTaken { slug: new.slug.to_owned() },
        Some("tenant_school_id_key") => TenantError::SchoolIdTaken { school_id: new.school_id.to_owned() },
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_what_the_database_accepts() {
        for good in ["a", "mabini", "a-1", &"a".repeat(60)] {
            assert!(is_slug(good), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "ñ", "a b", "a_b", &"a".repeat(61)] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
