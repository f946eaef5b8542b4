//! `/tenants`: schools, for those who run the hub; and `/tenant`, the own school of whoever is signed in.

use super::{Answer, ApiError, Asked, Id, Input, OperatorMode, Refusals, SignedIn, Success};
use crate::http::state::Parts;
use crate::refusal::Refusal;
use crate::schools::{self, NewSchool, School, SchoolChange};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use pems_db::{Access, sys};
use pems_model::Code;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const PAGE: i64 = 50;
const PAGE_MAX: i64 = 200;

pub(super) fn router() -> OpenApiRouter<Arc<Parts>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, change)).routes(routes!(own))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTenant {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[schema(pattern = "^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$")]
    slug: String,
    /// DepEd's School ID.
    #[schema(pattern = "^[0-9]{6}$")]
    school_id: String,
    /// A name of the IANA time zone database.
    #[serde(default = "manila")]
    #[schema(default = "Asia/Manila", min_length = 1, max_length = 64)]
    timezone: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    metadata: Map<String, Json>,
}

fn manila() -> String {
    "Asia/Manila".to_owned()
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantChange {
    #[serde(default, deserialize_with = "said")]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    #[serde(default, deserialize_with = "said")]
    #[schema(nullable = false, min_length = 1, max_length = 64)]
    timezone: Option<String>,
    /// Replaces all settings.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Object, nullable = false)]
    metadata: Option<Map<String, Json>>,
    /// True shuts the school out at once; its records stay.
    #[serde(default, deserialize_with = "said")]
    #[schema(nullable = false)]
    suspended: Option<bool>,
}

/// A member that is there has a value: null is no way to leave it out.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// `next_cursor` of the page before.
    cursor: Option<Uuid>,
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tenants {
    /// Oldest first.
    items: Vec<School>,
    #[schema(required)]
    next_cursor: Option<Uuid>,
}

/// All schools.
#[utoipa::path(get, path = "/tenants", params(Page), tag = "tenants", security(("bearer" = [])),
    responses((status = 200, body = Success<Tenants>), Refusals))]
async fn list(
    State(parts): State<Arc<Parts>>,
    OperatorMode(who): OperatorMode,
    Asked(page): Asked<Page>,
) -> Result<Answer<Tenants>, ApiError> {
    let limit = within(page.limit.unwrap_or(PAGE))?;
    let mut tx = parts.operator_db.look(&who, "tenants listed", None).await?;
    let mut items = schools::list(&mut tx, page.cursor, limit + 1).await?;
    tx.commit().await?;
    let more = i64::try_from(items.len()).is_ok_and(|count| count > limit);
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next_cursor = items.last().filter(|_| more).map(|last| last.id);
    Ok(Answer::ok(Tenants { items, next_cursor }))
}

pub(super) fn within(limit: i64) -> Result<i64, Refusal> {
    if (1..=PAGE_MAX).contains(&limit) {
        return Ok(limit);
    }
    let message = format!("limit: from 1 to {PAGE_MAX}");
    Err(Refusal::new(Code::BadRequest, message).with(json!({ "field": "limit" })))
}

/// Adds a school.
#[utoipa::path(post, path = "/tenants", request_body = NewTenant, tag = "tenants", security(("bearer" = [])),
    responses((status = 201, body = Success<School>, headers(("ETag" = String))), Refusals))]
async fn create(
    State(parts): State<Arc<Parts>>,
    OperatorMode(who): OperatorMode,
    Input(new): Input<NewTenant>,
) -> Result<Answer<School>, ApiError> {
    let id = sys::new_ordered_id(sys::now())?;
    let mut tx = parts.operator_db.begin(&who, "tenant created", None).await?;
    let NewTenant { name, slug, school_id, timezone, metadata } = &new;
    let new = NewSchool { name, slug, school_id, timezone, metadata };
    let school = schools::create(&mut tx, id, &new).await?;
    tx.commit().await?;
    let etag = school.etag();
    Ok(Answer::created(school).with_etag(etag))
}

/// One school.
#[utoipa::path(get, path = "/tenants/{id}", params(("id" = Uuid, Path)), tag = "tenants", security(("bearer" = [])),
    responses((status = 200, body = Success<School>, headers(("ETag" = String))), Refusals))]
async fn get(
    State(parts): State<Arc<Parts>>,
    OperatorMode(who): OperatorMode,
    Id(id): Id,
) -> Result<Answer<School>, ApiError> {
    let mut tx = parts.operator_db.look(&who, "tenant shown", Some(id)).await?;
    let school = schools::by_id(&mut tx, id).await?;
    tx.commit().await?;
    let etag = school.etag();
    Ok(Answer::ok(school).with_etag(etag))
}

/// Changes a school: what the request does not name stays. With `If-Match` only the version that was looked at.
#[utoipa::path(patch, path = "/tenants/{id}", request_body = TenantChange, tag = "tenants", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = Success<School>, headers(("ETag" = String))),
        (status = 412, description = "It has changed since it was looked at", body = super::ErrorAnswer), Refusals))]
async fn change(
    State(parts): State<Arc<Parts>>,
    OperatorMode(who): OperatorMode,
    Id(id): Id,
    headers: HeaderMap,
    Input(wanted): Input<TenantChange>,
) -> Result<Answer<School>, ApiError> {
    let seen = headers.get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default().trim());
    let seen = seen.filter(|seen| *seen != "*").map(|seen| seen.trim_matches('"'));
    let mut tx = parts.operator_db.begin(&who, "tenant changed", Some(id)).await?;
    let change = SchoolChange {
        name: wanted.name.as_deref(),
        timezone: wanted.timezone.as_deref(),
        metadata: wanted.metadata.as_ref(),
        suspended: wanted.suspended,
        if_version: seen,
    };
    let school = schools::change(&mut tx, id, &change).await?;
    tx.commit().await?;
    let etag = school.etag();
    Ok(Answer::ok(school).with_etag(etag))
}

/// The school of whoever is signed in.
#[utoipa::path(get, path = "/tenant", tag = "tenants", security(("bearer" = [])),
    responses((status = 200, body = Success<School>, headers(("ETag" = String))), Refusals))]
async fn own(State(parts): State<Arc<Parts>>, SignedIn(who): SignedIn) -> Result<Answer<School>, ApiError> {
    let mut tx = parts.tenant_db.begin(&who, Access::ReadOnly).await?;
    let school = schools::own(&mut tx, &who).await?;
    tx.commit().await?;
    let etag = school.etag();
    Ok(Answer::ok(school).with_etag(etag))
}
