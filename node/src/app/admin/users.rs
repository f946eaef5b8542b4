//! Who may sign in at the school's PCs.
//!
//! Nothing here can be undone with Ctrl+Z: a password that was replaced must not come back, and a user who did something stays.

use super::{check_there, typed, why_not};
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::domain::users::accounts::{self, Password};
use crate::{Result, Store};
use pems_model::Act;
use pems_model::verifier::is_verifier;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use ts_rs::TS;
use uuid::Uuid;

const ENTITY: &str = "school_user";

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Users {
    pub users: Vec<UserRow>,
    /// Staff whom a user can be linked with, by name.
    #[ts(type = "{ id: string; text: string }[]")]
    pub staff: Vec<Json>,
    /// Why nothing can be changed here: `device` (this PC may not) or `role`.
    pub locked: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct UserRow {
    #[ts(type = "string")]
    pub id: Uuid,
    pub name: String,
    pub email: Option<String>,
    pub role: String,
    #[ts(type = "string | null")]
    pub staff: Option<Uuid>,
    pub staff_name: Option<String>,
    pub disabled: bool,
    /// Has a one-time password that was not replaced yet.
    pub must_change: bool,
    /// Can sign in at a PC: has any password.
    pub has_password: bool,
    /// The one who asks.
    pub you: bool,
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct UserDraft {
    pub name: String,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub email: Option<String>,
    pub role: String,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub staff: Option<String>,
    /// For the very first user alone, who chooses it at once: from then on this PC asks who is there.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub password: Option<String>,
}

/// A user as made or changed.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct MadeUser {
    #[ts(type = "string")]
    pub id: Uuid,
    pub name: String,
    /// To be handed over now: it is kept nowhere and cannot be shown again.
    pub one_time: Option<String>,
    pub users: Users,
}

fn list(desk: &Desk) -> Result<Users> {
    users(desk)
}

fn users(desk: &Desk) -> Result<Users> {
    let you = desk.person().map(|person| person.id);
    let sql =
        "SELECT u.id, u.name, u.email, u.role, s.id, s.last_name || ', ' || s.first_name, coalesce(u.disabled, 0),
            coalesce(u.must_change, 0), u.verifier
        FROM school_user u LEFT JOIN staff s ON s.id = u.staff AND s.deleted_at IS NULL
        WHERE u.deleted_at IS NULL ORDER BY coalesce(u.disabled, 0), u.search_key";
    let mut statement = desk.store.conn().prepare_cached(sql)?;
    let found = statement.query_map([], |row| {
        let id = Uuid::from_bytes(row.get(0)?);
        Ok(UserRow {
            id,
            name: row.get(1)?,
            email: row.get(2)?,
            role: row.get(3)?,
            staff: row.get::<_, Option<[u8; 16]>>(4)?.map(Uuid::from_bytes),
            staff_name: row.get(5)?,
            disabled: row.get(6)?,
            must_change: row.get(7)?,
            has_password: row.get::<_, Option<String>>(8)?.as_deref().is_some_and(is_verifier),
            you: you == Some(id),
        })
    })?;
    let users = found.collect::<rusqlite::Result<_>>()?;
    Ok(Users { users, staff: staff(&desk.store)?, locked: why_not(desk, ENTITY) })
}

fn staff(store: &Store) -> Result<Vec<Json>> {
    let sql = "SELECT id, last_name || ', ' || first_name FROM staff WHERE deleted_at IS NULL ORDER BY search_key";
    let mut statement = store.conn().prepare_cached(sql)?;
    let found = statement.query_map([], |row| {
        let text: String = row.get(1)?;
        Ok(json!({ "id": Uuid::from_bytes(row.get(0)?), "text": text }))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn make(desk: &mut Desk, draft: UserDraft) -> Result<MadeUser> {
    let school = desk.store.enrolled()?.school_name;
    let fields = fields(&draft);
    let password = Password::of_new(desk.store.conn(), &fields, draft.password.as_deref(), &school)?;
    let (_, saved) = desk.store.act(|work| accounts::make(work, fields, &password))?;
    let one_time = password.one_time;
    let name = draft.name.trim().to_owned();
    // With the first user this PC begins to ask who is there; the answer is still for who made it.
    Ok(MadeUser { id: saved.row.id, name, one_time, users: users(desk)? })
}

fn change(desk: &mut Desk, id: Uuid, draft: UserDraft) -> Result<MadeUser> {
    check_there(&desk.store, ENTITY, id)?;
    desk.store.act(|work| accounts::put(work, Some(id), fields(&draft)))?;
    Ok(MadeUser { id, name: draft.name.trim().to_owned(), one_time: None, users: users(desk)? })
}

fn disable(desk: &mut Desk, id: Uuid, disabled: bool) -> Result<Users> {
    check_there(&desk.store, ENTITY, id)?;
    desk.store.act(|work| accounts::put(work, Some(id), json!({ "disabled": disabled })))?;
    list(desk)
}

fn reset(desk: &mut Desk, id: Uuid) -> Result<MadeUser> {
    check_there(&desk.store, ENTITY, id)?;
    let password = Password::one_time()?;
    desk.store.act(|work| accounts::reset(work, id, &password))?;
    let users = users(desk)?;
    let name = users.users.iter().find(|user| user.id == id).map(|user| user.name.clone()).unwrap_or_default();
    Ok(MadeUser { id, name, one_time: password.one_time, users })
}

fn fields(draft: &UserDraft) -> Json {
    let (email, staff) = (typed(draft.email.as_deref()), typed(draft.staff.as_deref()));
    json!({ "name": draft.name.trim(), "email": email, "role": draft.role, "staff": staff })
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ListUsers {}

impl Request<Desk> for ListUsers {
    const NAME: &'static str = "admin.users";
    const ACCESS: May = May::Do(Act::SeeSetup);
    type Answer = Users;

    fn run(self, desk: &mut Desk) -> Result<Users> {
        list(desk)
    }
}

/// Without `id` a new user, who gets a one-time password.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SaveUser {
    #[serde(default)]
    #[ts(optional, type = "string")]
    id: Option<Uuid>,
    draft: UserDraft,
}

impl Request<Desk> for SaveUser {
    const NAME: &'static str = "admin.save_user";
    const ACCESS: May = May::Do(Act::ManageUsers);
    type Answer = MadeUser;

    fn run(self, desk: &mut Desk) -> Result<MadeUser> {
        let SaveUser { id, draft } = self;
        match id {
            None => make(desk, draft),
            Some(id) => change(desk, id, draft),
        }
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct DisableUser {
    #[ts(type = "string")]
    id: Uuid,
    disabled: bool,
}

impl Request<Desk> for DisableUser {
    const NAME: &'static str = "admin.disable_user";
    const ACCESS: May = May::Do(Act::ManageUsers);
    type Answer = Users;

    fn run(self, desk: &mut Desk) -> Result<Users> {
        let DisableUser { id, disabled } = self;
        disable(desk, id, disabled)
    }
}

/// Another one-time password.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct ResetPassword {
    #[ts(type = "string")]
    id: Uuid,
}

impl Request<Desk> for ResetPassword {
    const NAME: &'static str = "admin.reset_password";
    const ACCESS: May = May::Do(Act::ManageUsers);
    type Answer = MadeUser;

    fn run(self, desk: &mut Desk) -> Result<MadeUser> {
        let ResetPassword { id } = self;
        reset(desk, id)
    }
}
