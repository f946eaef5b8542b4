//! `/audit`: what was done at a school beyond its records, newest first.

use super::tenants::within;
use super::{Answer, ApiError, Asked, Id, OperatorMode, Refusals, SignedIn, Success};
use crate::http::state::Parts;
use crate::refusal::Refusal;
use axum::extract::State;
use pems_db::{Access, Tx, sys};
use pems_model::{Code, Role};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::sync::Arc;
use time::OffsetDateTime;
use time::serde::rfc3339;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const PAGE: i64 = 50;

pub(super) fn router() -> OpenApiRouter<Arc<Parts>> {
    OpenApiRouter::new().routes(routes!(own)).routes(routes!(of))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    /// Its place in the chain.
    #[schema(minimum = 1)]
    seq: i64,
    #[serde(with = "rfc3339")]
    at: OffsetDateTime,
    /// `device`, `user`, `operator`, `console` (the hub's command line) or `hub`.
    actor_kind: String,
    #[schema(required)]
    actor_id: Option<Uuid>,
    /// For example `tenant.suspended`.
    action: String,
    #[schema(required)]
    subject: Option<Uuid>,
    #[schema(value_type = Object)]
    details: Json,
    /// SHA-256 over the hash before it and this entry, in hex.
    hash: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntries {
    items: Vec<AuditEntry>,
    #[schema(required)]
    next_cursor: Option<i64>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// `next_cursor` of the page before.
    #[param(minimum = 1)]
    cursor: Option<i64>,
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
}

impl Page {
    /// Entries below this number are shown.
    fn before(&self) -> Result<i64, Refusal> {
        match self.cursor {
            None => Ok(i64::MAX),
            Some(seq) if seq >= 1 => Ok(seq),
            Some(_) => Err(Refusal::new(Code::BadRequest, "cursor: next_cursor of the page before")),
        }
    }
}

/// The own school's log. For its administrators.
#[utoipa::path(get, path = "/audit", params(Page), tag = "audit", security(("bearer" = [])),
    responses((status = 200, body = Success<AuditEntries>), Refusals))]
async fn own(
    State(parts): State<Arc<Parts>>,
    signed_in: SignedIn,
    Asked(page): Asked<Page>,
) -> Result<Answer<AuditEntries>, ApiError> {
    signed_in.must_be(&[Role::SchoolAdmin])?;
    let who = signed_in.0;
    let (limit, before) = (within(page.limit.unwrap_or(PAGE))?, page.before()?);
    let mut tx = parts.tenant_db.begin(&who, Access::ReadOnly).await?;
    let entries = entries(&mut tx, who.tenant(), before, limit).await?;
    tx.commit().await?;
    Ok(Answer::ok(entries))
}

/// The log of one school, or with the nil id the hub's own. For those who run the parts.
#[utoipa::path(get, path = "/tenants/{id}/audit", params(("id" = Uuid, Path), Page), tag = "audit", security(("bearer" = [])),
    responses((status = 200, body = Success<AuditEntries>), Refusals))]
async fn of(
    State(parts): State<Arc<Parts>>,
    OperatorMode(who): OperatorMode,
    Id(id): Id,
    Asked(page): Asked<Page>,
) -> Result<Answer<AuditEntries>, ApiError> {
    let (limit, before) = (within(page.limit.unwrap_or(PAGE))?, page.before()?);
    let mut tx = parts.operator_db.look(&who, "audit log shown", Some(id)).await?;
    let entries = entries(&mut tx, id, before, limit).await?;
    tx.commit().await?;
    Ok(Answer::ok(entries))
}

async fn entries(tx: &mut Tx, school: Uuid, before: i64, limit: i64) -> Result<AuditEntries, Refusal> {
    let page = sqlx::query!(
        "SELECT seq, at, actor_kind, actor_id, action, subject, details, hash FROM audit_log
         WHERE tenant_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
        school,
        before,
        limit
    );
    let shown = page.fetch_all(tx.conn()).await?.into_iter().map(|entry| AuditEntry {
        seq: entry.seq,
        at: entry.at,
        actor_kind: entry.actor_kind,
        actor_id: entry.actor_id,
        action: entry.action,
        subject: entry.subject,
        details: entry.details,
        hash: sys::hex(&entry.hash),
    });
    let items: Vec<AuditEntry> = shown.collect();
    // The first entry has the number 1: below it is nothing.
    let next_cursor = items.last().map(|last| last.seq).filter(|seq| *seq > 1);
    Ok(AuditEntries { items, next_cursor })
}
