//! `/users`: a school's own people. For its administrators; everybody else sees and names only oneself.

use super::people::RoleShape;
use super::{Answer, ApiError, Asked, Id, Input, Refusals, SignedIn, Success};
use crate::http::state::Routes;
use crate::reads::page::{Page, Paging};
use crate::users::Users;
use crate::users::accounts::{self, Account, Edit};
use axum::extract::State;
use pems_model::Role;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use time::OffsetDateTime;
use time::serde::rfc3339;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(list, create)).routes(routes!(get, update)).routes(routes!(reset_password))
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

/// The school's users, oldest accounts first.
#[utoipa::path(get, path = "/users", tag = "users", params(Paging), security(("bearer" = [])),
    responses((status = 200, body = Success<Page<User>>), Refusals))]
async fn list(
    State(users): State<Arc<Users>>,
    SignedIn { who, .. }: SignedIn,
    Asked(paging): Asked<Paging>,
) -> Result<Answer<Page<User>>, ApiError> {
    let (limit, after) = (paging.limit()?, paging.after()?);
    let found = accounts::list(&users, &who, after, i64::from(limit) + 1).await?;
    Ok(Answer::ok(Page::of(found, limit, |last| Some(last.id.to_string())).map(User::from)))
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
    State(users): State<Arc<Users>>,
    SignedIn { who, .. }: SignedIn,
    Input(new): Input<NewUser>,
) -> Result<Answer<UserMade>, ApiError> {
    let (made, one_time_password) = accounts::create(&users, &who, &new.email, &new.name, new.role).await?;
    Ok(Answer::ok(UserMade { user: made.into(), one_time_password }).created())
}

/// One user.
#[utoipa::path(get, path = "/users/{id}", tag = "users", params(("id" = Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, body = Success<User>), Refusals))]
async fn get(
    State(users): State<Arc<Users>>,
    SignedIn { who, .. }: SignedIn,
    Id(id): Id,
) -> Result<Answer<User>, ApiError> {
    Ok(Answer::ok(accounts::get(&users, &who, id).await?.into()))
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
    State(users): State<Arc<Users>>,
    SignedIn { who, .. }: SignedIn,
    Id(id): Id,
    Input(edit): Input<UserEdit>,
) -> Result<Answer<User>, ApiError> {
    let edit = Edit { name: edit.name, role: edit.role, disabled: edit.disabled };
    Ok(Answer::ok(accounts::update(&users, &who, id, edit).await?.into()))
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
    State(users): State<Arc<Users>>,
    SignedIn { who, .. }: SignedIn,
    Id(id): Id,
) -> Result<Answer<OneTime>, ApiError> {
    Ok(Answer::ok(OneTime { one_time_password: accounts::reset_password(&users, &who, id).await? }))
}
