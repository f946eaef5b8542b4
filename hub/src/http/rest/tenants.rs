//! `/tenants`: schools, for those who run the hub; and `/tenant`, the own school of whoever is signed in.

use super::{Answer, ApiError, Asked, Id, Input, OperatorMode, Refusals, SignedIn, Success};
use crate::http::state::Routes;
use crate::reads::page::{Page, Paging};
use crate::refusal::Refusal;
use crate::schools::{self, NewSchool, School, SchoolChange};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use pems_db::{Access, OperatorDb, TenantDb, Tx, sys};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list, create)).routes(routes!(get, change)).routes(routes!(own))
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

/// All schools, oldest first.
#[utoipa::path(get, path = "/tenants", params(Paging), tag = "tenants", security(("bearer" = [])),
    responses((status = 200, body = Success<Page<School>>), Refusals))]
async fn list(
    State(operator_db): State<OperatorDb>,
    OperatorMode(who): OperatorMode,
    Asked(paging): Asked<Paging>,
) -> Result<Answer<Page<School>>, ApiError> {
    let (limit, after) = (paging.limit()?, paging.after()?);
    let look = async |tx: &mut Tx| schools::list(tx, after, i64::from(limit) + 1).await;
    let found = operator_db.in_tx(&who, Access::ReadOnly, "tenants listed", None, look).await?;
    Ok(Answer::ok(Page::of(found, limit, |last| Some(last.id.to_string()))))
}

/// A school, with its version.
fn shown(school: School) -> Answer<School> {
    let etag = school.etag();
    Answer::ok(school).with_etag(etag)
}

/// Adds a school.
#[utoipa::path(post, path = "/tenants", request_body = NewTenant, tag = "tenants", security(("bearer" = [])),
    responses((status = 201, body = Success<School>, headers(("ETag" = String))), Refusals))]
async fn create(
    State(operator_db): State<OperatorDb>,
    OperatorMode(who): OperatorMode,
    Input(new): Input<NewTenant>,
) -> Result<Answer<School>, ApiError> {
    let id = sys::new_ordered_id(sys::now())?;
    let NewTenant { name, slug, school_id, timezone, metadata } = &new;
    let new = NewSchool { name, slug, school_id, timezone, metadata };
    let create = async |tx: &mut Tx| Ok::<_, Refusal>(schools::create(tx, id, &new).await?);
    let school = operator_db.in_tx(&who, Access::Write, "tenant created", None, create).await?;
    Ok(shown(school).created())
}

/// One school.
#[utoipa::path(get, path = "/tenants/{id}", params(("id" = Uuid, Path)), tag = "tenants", security(("bearer" = [])),
    responses((status = 200, body = Success<School>, headers(("ETag" = String))), Refusals))]
async fn get(
    State(operator_db): State<OperatorDb>,
    OperatorMode(who): OperatorMode,
    Id(id): Id,
) -> Result<Answer<School>, ApiError> {
    let look = async |tx: &mut Tx| Ok::<_, Refusal>(schools::by_id(tx, id).await?);
    Ok(shown(operator_db.in_tx(&who, Access::ReadOnly, "tenant shown", Some(id), look).await?))
}

/// Changes a school: what the request does not name stays. With `If-Match` only the version that was looked at.
#[utoipa::path(patch, path = "/tenants/{id}", request_body = TenantChange, tag = "tenants", security(("bearer" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = Success<School>, headers(("ETag" = String))),
        (status = 412, description = "It has changed since it was looked at", body = super::ErrorAnswer), Refusals))]
async fn change(
    State(operator_db): State<OperatorDb>,
    OperatorMode(who): OperatorMode,
    Id(id): Id,
    headers: HeaderMap,
    Input(wanted): Input<TenantChange>,
) -> Result<Answer<School>, ApiError> {
    let seen = headers.get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default().trim());
    let seen = seen.filter(|seen| *seen != "*").map(|seen| seen.trim_matches('"'));
    let change = SchoolChange {
        name: wanted.name.as_deref(),
        timezone: wanted.timezone.as_deref(),
        metadata: wanted.metadata.as_ref(),
        suspended: wanted.suspended,
        if_version: seen,
    };
    let change = async |tx: &mut Tx| Ok::<_, Refusal>(schools::change(tx, id, &change).await?);
    Ok(shown(operator_db.in_tx(&who, Access::Write, "tenant changed", Some(id), change).await?))
}

/// The school of whoever is signed in.
#[utoipa::path(get, path = "/tenant", tag = "tenants", security(("bearer" = [])),
    responses((status = 200, body = Success<School>, headers(("ETag" = String))), Refusals))]
async fn own(State(tenant_db): State<TenantDb>, SignedIn { who, .. }: SignedIn) -> Result<Answer<School>, ApiError> {
    let look = async |tx: &mut Tx| Ok::<_, Refusal>(schools::own(tx, &who).await?);
    Ok(shown(tenant_db.in_tx(&who, Access::ReadOnly, look).await?))
}
