//! Who may sign in at the school's PCs.
//!
//! Nothing here can be undone with Ctrl+Z: a password that was replaced must not come back, and a user who did something stays.

use super::{at_field, check_there, edit, typed, why_not};
use crate::app::Desk;
use crate::app::session::to_json;
use crate::domain::users::verifier;
use crate::{NodeError, Result, Store};
use pems_model::verifier::is_verifier;
use pems_model::{Code, Role, password, text};
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

pub(super) fn list(desk: &Desk) -> Result<Json> {
    to_json(&users(desk)?)
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

fn check_admin(desk: &Desk) -> Result<()> {
    desk.check_role(super::ADMINS, "change users")
}

pub(super) fn make(desk: &mut Desk, draft: UserDraft) -> Result<Json> {
    check_admin(desk)?;
    let first = desk.store.count(ENTITY)? == 0;
    let (kept, one_time) = if first {
        if draft.role != Role::SchoolAdmin.name() {
            let message = "the first user has to be a school administrator: from then on this PC asks who is there";
            return Err(at_field(Code::LastAdmin, "role", message));
        }
        let chosen = draft.password.clone().unwrap_or_default();
        let school = desk.store.enrolled()?.school_name;
        password::check(&chosen, &[&draft.name, draft.email.as_deref().unwrap_or_default(), &school])
            .map_err(|weak| NodeError::from(weak).with_details(json!({ "field": "password", "weak": weak.code() })))?;
        (verifier::make(&chosen)?, None)
    } else {
        let one_time = verifier::one_time()?;
        (verifier::make(&one_time)?, Some(one_time))
    };
    let mut fields = fields(desk, &draft, None)?;
    fields["verifier"] = json!(kept);
    fields["must_change"] = json!(one_time.is_some());
    let saved = desk.store.save(&edit(ENTITY, None, fields))?;
    let name = draft.name.trim().to_owned();
    // With the first user this PC begins to ask who is there; the answer is still for who made it.
    to_json(&MadeUser { id: saved.row.id, name, one_time, users: users(desk)? })
}

pub(super) fn change(desk: &mut Desk, id: Uuid, draft: UserDraft) -> Result<Json> {
    check_admin(desk)?;
    check_there(&desk.store, ENTITY, id)?;
    if draft.role != Role::SchoolAdmin.name() {
        check_not_last(&desk.store, id)?;
    }
    let fields = fields(desk, &draft, Some(id))?;
    desk.store.save(&edit(ENTITY, Some(id), fields))?;
    to_json(&MadeUser { id, name: draft.name.trim().to_owned(), one_time: None, users: users(desk)? })
}

pub(super) fn disable(desk: &mut Desk, id: Uuid, disabled: bool) -> Result<Json> {
    check_admin(desk)?;
    check_there(&desk.store, ENTITY, id)?;
    if disabled {
        check_not_last(&desk.store, id)?;
        if desk.person().is_some_and(|person| person.id == id) {
            let message = "you cannot disable yourself; ask another school administrator";
            return Err(NodeError::new(Code::BadUsage, message));
        }
    }
    desk.store.save(&edit(ENTITY, Some(id), json!({ "disabled": disabled })))?;
    list(desk)
}

pub(super) fn reset(desk: &mut Desk, id: Uuid) -> Result<Json> {
    check_admin(desk)?;
    check_there(&desk.store, ENTITY, id)?;
    let one_time = verifier::one_time()?;
    let fields = json!({ "verifier": verifier::make(&one_time)?, "must_change": true });
    desk.store.save(&edit(ENTITY, Some(id), fields))?;
    let users = users(desk)?;
    let name = users.users.iter().find(|user| user.id == id).map(|user| user.name.clone()).unwrap_or_default();
    to_json(&MadeUser { id, name, one_time: Some(one_time), users })
}

fn fields(desk: &Desk, draft: &UserDraft, id: Option<Uuid>) -> Result<Json> {
    let mut email = typed(draft.email.as_deref());
    if let Some(address) = email.as_str() {
        // Unchanged, it stays whatever it looks like.
        let known = |other: &UserRow| Some(other.id) == id && other.email.as_deref() == Some(address);
        let users = users(desk)?.users;
        let address = match text::entered_email(address) {
            Ok(address) => address,
            Err(_) if users.iter().any(known) => text::caseless(address),
            Err(why) => return Err(at_field(Code::BadFormat, "email", format!("an e-mail {why}"))),
        };
        let is_it = |other: &UserRow| {
            Some(other.id) != id && other.email.as_deref().map(text::caseless).as_ref() == Some(&address)
        };
        if let Some(taken) = users.iter().find(|other| is_it(other)) {
            let message = format!("this is the e-mail of {}; type another", taken.name);
            return Err(at_field(Code::Conflict, "email", message));
        }
        email = address.into();
    }
    Ok(json!({ "name": draft.name.trim(), "email": email, "role": draft.role, "staff": typed(draft.staff.as_deref()) }))
}

/// # Errors
/// `last_admin`, if nobody else could administer the school without this user.
fn check_not_last(store: &Store, id: Uuid) -> Result<()> {
    let sql = "SELECT id = ?1, verifier FROM school_user WHERE role = 'school_admin' AND coalesce(disabled, 0) = 0
        AND (deleted_at IS NULL OR id = ?1)";
    let mut statement = store.conn().prepare_cached(sql)?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?));
    let admins = statement.query_map([id.as_bytes()], read)?.collect::<rusqlite::Result<Vec<(bool, _)>>>()?;
    // Whoever has no verifier of ours cannot come in.
    let can_come_in = |verifier: &Option<String>| verifier.as_deref().is_some_and(is_verifier);
    let is_one = admins.iter().any(|(this, _)| *this);
    if is_one && !admins.iter().any(|(this, verifier)| !this && can_come_in(verifier)) {
        let message = "this is the school's last administrator and stays one; make another administrator first";
        return Err(at_field(Code::LastAdmin, "role", message));
    }
    Ok(())
}
