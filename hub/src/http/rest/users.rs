//! `/users`: a school's own people. For its administrators; everybody else sees and names only oneself.

use super::people::RoleShape;
use super::{Answer, ApiError, Asked, Id, Input, Refusals, SignedIn, Success};
use crate::http::state::Parts;
use crate::refusal::Refusal;
use crate::users::accounts::{self, Account, Edit};
use axum::extract::State;
use pems_model::{Code, Role};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use time::OffsetDateTime;
use time::serde::rfc3339;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const PAGE: i64 = 50;
/// What one answer may hold.
const PAGE_MAX: i64 = 200;

pub(super) fn router() -> OpenApiRouter<Arc<Parts>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update)).routes(routes!(reset_password))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    id: Uuid,
    email: String,
    name: String,
    #[schema(value_type = RoleShape)]
    role: Role,
    must_change_password: bool,
    /// Null for who may sign in. Accounts are never deleted.
    #[serde(with = "rfc3339::option")]
    disabled_at: Option<OffsetDateTime>,
    #[serde(with = "rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "rfc3339")]
    updated_at: OffsetDateTime,
    #[serde(with = "rfc3339::option")]
    last_sign_in_at: Option<OffsetDateTime>,
}

impl From<Account> for User {
    fn from(of: Account) -> User {
        User {
            id: of.id,
            email: of.email,
            name: of.name,
            role: of.role,
            must_change_password: of.must_change_password,
            disabled_at: of.disabled_at,
            created_at: of.created_at,
            updated_at: of.updated_at,
            last_sign_in_at: of.last_sign_in_at,
        }
    }
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
pub(crate) struct Users {
    items: Vec<User>,
    /// Null on the last page.
    next_cursor: Option<Uuid>,
}

/// The school's users, oldest accounts first.
#[utoipa::path(get, path = "/users", tag = "users", params(Page), security(("bearer" = [])),
    responses((status = 200, body = Success<Users>), Refusals))]
async fn list(
    State(parts): State<Arc<Parts>>,
    SignedIn(who): SignedIn,
    Asked(page): Asked<Page>,
) -> Result<Answer<Users>, ApiError> {
    let limit = page.limit.unwrap_or(PAGE);
    if !(1..=PAGE_MAX).contains(&limit) {
        let message = format!("limit: 1 to {PAGE_MAX}");
        return Err(Refusal::new(Code::BadRequest, message).with(json!({ "field": "limit" })).into());
    }
    // One more than asked for tells whether there are more.
    let mut found = accounts::list(&parts.users, &who, page.cursor, limit + 1).await?;
    let shown = usize::try_from(limit).unwrap_or(0);
    let more = found.len() > shown;
    found.truncate(shown);
    let next_cursor = found.last().filter(|_| more).map(|last| last.id);
    Ok(Answer::ok(Users { items: found.into_iter().map(User::from).collect(), next_cursor }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    #[schema(format = "email", min_length = 3, max_length = 254)]
    email: String,
    #[schema(min_length = 1, max_length = 128)]
    name: String,
    #[schema(value_type = RoleShape)]
    role: Role,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserMade {
    user: User,
    /// Shown this once. Signing in with it serves to choose another.
    one_time_password: String,
}

/// Add a user, with a one-time password.
#[utoipa::path(post, path = "/users", tag = "users", request_body = NewUser, security(("bearer" = [])),
    responses((status = 201, body = Success<UserMade>), Refusals))]
async fn create(
    State(parts): State<Arc<Parts>>,
    SignedIn(who): SignedIn,
    Input(new): Input<NewUser>,
) -> Result<Answer<UserMade>, ApiError> {
    let (made, one_time_password) = accounts::create(&parts.users, &who, &new.email, &new.name, new.role).await?;
    Ok(Answer::created(UserMade { user: made.into(), one_time_password }))
}

/// One user.
#[utoipa::path(get, path = "/users/{id}", tag = "users", params(("id" = Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, body = Success<User>), Refusals))]
async fn get(State(parts): State<Arc<Parts>>, SignedIn(who): SignedIn, Id(id): Id) -> Result<Answer<User>, ApiError> {
    Ok(Answer::ok(accounts::get(&parts.users, &who, id).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserEdit {
    #[schema(min_length = 1, max_length = 128)]
    name: Option<String>,
    #[schema(value_type = Option<RoleShape>)]
    role: Option<Role>,
    /// true ends the user's sessions.
    disabled: Option<bool>,
}

/// Change a user. Takes effect on whoever is signed in within a second.
#[utoipa::path(patch, path = "/users/{id}", tag = "users", params(("id" = Uuid, Path)), request_body = UserEdit,
    security(("bearer" = [])), responses((status = 200, body = Success<User>), Refusals))]
async fn update(
    State(parts): State<Arc<Parts>>,
    SignedIn(who): SignedIn,
    Id(id): Id,
    Input(edit): Input<UserEdit>,
) -> Result<Answer<User>, ApiError> {
    let edit = Edit { name: edit.name, role: edit.role, disabled: edit.disabled };
    Ok(Answer::ok(accounts::update(&parts.users, &who, id, edit).await?.into()))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneTime {
    /// Shown this once. Signing in with it serves to choose another.
    one_time_password: String,
}

/// Give a user a one-time password; ends the user's sessions.
#[utoipa::path(post, path = "/users/{id}/reset-password", tag = "users", params(("id" = Uuid, Path)),
    security(("bearer" = [])), responses((status = 200, body = Success<OneTime>), Refusals))]
async fn reset_password(
    State(parts): State<Arc<Parts>>,
    SignedIn(who): SignedIn,
    Id(id): Id,
) -> Result<Answer<OneTime>, ApiError> {
    Ok(Answer::ok(OneTime { one_time_password: accounts::reset_password(&parts.users, &who, id).await? }))
}
