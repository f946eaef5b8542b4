//! `/audit`: what was done at a school beyond its records, newest first.

use super::{Answer, ApiError, Asked, Id, OperatorMode, Refusals, SignedIn, Success};
use crate::http::state::Routes;
use crate::reads::page::{Page, Paging};
use crate::refusal::Refusal;
use axum::extract::State;
use pems_db::{Access, OperatorDb, TenantDb, Tx};
use pems_model::Act;
use serde::Serialize;
use serde_json::Value as Json;
use std::num::NonZeroU64;
use time::OffsetDateTime;
use time::serde::rfc3339;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(own)).routes(routes!(of))
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

/// The own school's log. For its administrators.
#[utoipa::path(get, path = "/audit", params(Paging), tag = "audit", security(("bearer" = [])),
    responses((status = 200, body = Success<Page<AuditEntry>>), Refusals))]
async fn own(
    State(tenant_db): State<TenantDb>,
    signed_in: SignedIn,
    Asked(paging): Asked<Paging>,
) -> Result<Answer<Page<AuditEntry>>, ApiError> {
    signed_in.check_may(Act::SeeAudit)?;
    let who = signed_in.who;
    let (limit, before) = (paging.limit()?, paging.after()?);
    let found = tenant_db.in_tx(&who, Access::ReadOnly, async |tx| entries(tx, who.tenant(), before, limit).await);
    Ok(Answer::ok(found.await?))
}

/// The log of one school, or with the nil id the hub's own. For those who run the parts.
#[utoipa::path(get, path = "/tenants/{id}/audit", params(("id" = Uuid, Path), Paging), tag = "audit", security(("bearer" = [])),
    responses((status = 200, body = Success<Page<AuditEntry>>), Refusals))]
async fn of(
    State(operator_db): State<OperatorDb>,
    OperatorMode(who): OperatorMode,
    Id(id): Id,
    Asked(paging): Asked<Paging>,
) -> Result<Answer<Page<AuditEntry>>, ApiError> {
    let (limit, before) = (paging.limit()?, paging.after()?);
    let look = async |tx: &mut Tx| entries(tx, id, before, limit).await;
    Ok(Answer::ok(operator_db.in_tx(&who, Access::ReadOnly, "audit log shown", Some(id), look).await?))
}

/// `before`: the last entry of the page before.
async fn entries(
    tx: &mut Tx,
    school: Uuid,
    before: Option<NonZeroU64>,
    limit: u32,
) -> Result<Page<AuditEntry>, Refusal> {
    let query = sqlx::query!(
        "SELECT seq, at, actor_kind, actor_id, action, subject, details, hash FROM audit_log
         WHERE tenant_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
        school,
        before.and_then(|seq| i64::try_from(seq.get()).ok()).unwrap_or(i64::MAX),
        i64::from(limit) + 1
    );
    let found = query.fetch_all(tx.conn()).await?.into_iter().map(|entry| AuditEntry {
        seq: entry.seq,
        at: entry.at,
        actor_kind: entry.actor_kind,
        actor_id: entry.actor_id,
        action: entry.action,
        subject: entry.subject,
        details: entry.details,
        hash: hex::encode(entry.hash),
    });
    Ok(Page::of(found.collect(), limit, |last| Some(last.seq.to_string())))
}
