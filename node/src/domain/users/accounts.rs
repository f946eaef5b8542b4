//! Making and changing the school's users.
//!
//! Invariants: once a school has users, one of them is an administrator who can sign in; an address is one person's; passwords are
//! made here and kept nowhere; users are disabled, never deleted: what they did stays theirs.

use super::verifier;
use crate::domain::written;
use crate::store::{Saved, Work};
use crate::{NodeError, Result};
use pems_model::entities::SCHOOL_USER;
use pems_model::verifier::is_verifier;
use pems_model::{Code, Role, password, text};
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value as Json, json};
use uuid::Uuid;

const LAST: &str = "this is the school's last administrator and stays one; make another administrator first";

fn at_field(code: Code, field: &str, message: impl Into<String>) -> NodeError {
    NodeError::new(code, message).with_details(json!({ "field": field }))
}

/// A password that somebody is to have, as it is kept. Made before the transaction that writes it: it takes its time.
#[derive(Debug)]
pub(crate) struct Password {
    verifier: String,
    /// To be handed over; none where its owner chose it.
    pub one_time: Option<String>,
}

impl Password {
    /// To sign in with once.
    ///
    /// # Errors
    /// If the system has no randomness or memory.
    pub(crate) fn one_time() -> Result<Password> {
        let one_time = verifier::one_time()?;
        Ok(Password { verifier: verifier::make(&one_time)?, one_time: Some(one_time) })
    }

    /// Of a new user with these fields: the school's first chooses it, the others get one to sign in with once.
    ///
    /// # Errors
    /// `last_admin` where the first is no administrator; what is wrong with what was chosen.
    pub(crate) fn of_new(conn: &Connection, fields: &Json, chosen: Option<&str>, school: &str) -> Result<Password> {
        if any(conn)? {
            return Password::one_time();
        }
        if fields["role"].as_str() != Some(Role::SchoolAdmin.name()) {
            let message = "the first user has to be a school administrator: from then on this PC asks who is there";
            return Err(at_field(Code::LastAdmin, "role", message));
        }
        let said = |field: &str| fields[field].as_str().unwrap_or_default();
        let chosen = chosen.unwrap_or_default();
        password::check(chosen, &[said("name"), said("email"), school])
            .map_err(|weak| NodeError::from(weak).with_details(json!({ "field": "password", "weak": weak.code() })))?;
        Ok(Password { verifier: verifier::make(chosen)?, one_time: None })
    }

    fn fields(&self) -> Json {
        json!({ "verifier": self.verifier, "must_change": self.one_time.is_some() })
    }
}

/// Makes a user.
///
/// # Errors
/// As [`put`].
pub(crate) fn make(work: &mut Work<'_, '_>, mut fields: Json, password: &Password) -> Result<Saved> {
    if let (Some(fields), Json::Object(kept)) = (fields.as_object_mut(), password.fields()) {
        fields.extend(kept);
    }
    put(work, None, fields)
}

/// Makes a user or changes one: what a form or a list says of them, without a password.
///
/// # Errors
/// `last_admin`; `bad_usage` for who would disable themselves; `bad_format` and `conflict` about the e-mail.
pub(crate) fn put(work: &mut Work<'_, '_>, id: Option<Uuid>, mut fields: Json) -> Result<Saved> {
    let none_before = !any(work.conn())?;
    if let Some(id) = id {
        let disabled = fields["disabled"] == json!(true);
        let demoted = fields["role"].as_str().is_some_and(|role| role != Role::SchoolAdmin.name());
        if disabled || demoted {
            check_not_last(work.conn(), id)?;
        }
        if disabled && work.actor().is_some_and(|actor| actor.id == id) {
            let message = "you cannot disable yourself; ask another school administrator";
            return Err(NodeError::new(Code::BadUsage, message));
        }
    }
    if let Some(address) = fields["email"].as_str() {
        fields["email"] = json!(address_of(work.conn(), id, address)?);
    }
    let saved = written::save(work, SCHOOL_USER.name, id, fields)?;
    if none_before {
        check_administered(work.conn())?;
    }
    Ok(saved)
}

/// Gives somebody another password.
///
/// # Errors
/// What the store refuses.
pub(crate) fn reset(work: &mut Work<'_, '_>, id: Uuid, password: &Password) -> Result<Saved> {
    written::save(work, SCHOOL_USER.name, Some(id), password.fields())
}

/// Somebody chose a password of their own; `verifier` is made of it.
///
/// # Errors
/// What the store refuses.
pub(crate) fn choose(work: &mut Work<'_, '_>, id: Uuid, verifier: &str) -> Result<Saved> {
    written::save(work, SCHOOL_USER.name, Some(id), json!({ "verifier": verifier, "must_change": false }))
}

fn any(conn: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM school_user WHERE deleted_at IS NULL)";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Whether the school would still have an administrator who can sign in.
///
/// # Errors
/// `last_admin` as long as nobody could sign in to administer the school.
pub(crate) fn check_administered(conn: &Connection) -> Result<()> {
    let sql = "SELECT verifier FROM school_user
        WHERE role = 'school_admin' AND coalesce(disabled, 0) = 0 AND deleted_at IS NULL AND verifier IS NOT NULL";
    let mut statement = conn.prepare_cached(sql)?;
    let kept = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    if kept.iter().any(|verifier| is_verifier(verifier)) {
        return Ok(());
    }
    let message = "the first user has to be a school administrator who chose a password, or nobody could sign in here any more; \
        make that user in Settings, Users, then import the others";
    Err(at_field(Code::LastAdmin, "role", message))
}

/// Whether another administrator than this one is left.
///
/// # Errors
/// `last_admin`, if nobody else could administer the school without this user.
fn check_not_last(conn: &Connection, id: Uuid) -> Result<()> {
    let sql = "SELECT id = ?1, verifier FROM school_user WHERE role = 'school_admin' AND coalesce(disabled, 0) = 0
        AND (deleted_at IS NULL OR id = ?1)";
    let mut statement = conn.prepare_cached(sql)?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?));
    let admins = statement.query_map([id.as_bytes()], read)?.collect::<rusqlite::Result<Vec<(bool, _)>>>()?;
    // Whoever has no verifier of ours cannot come in.
    let can_come_in = |verifier: &Option<String>| verifier.as_deref().is_some_and(is_verifier);
    let is_one = admins.iter().any(|(this, _)| *this);
    if is_one && !admins.iter().any(|(this, verifier)| !this && can_come_in(verifier)) {
        return Err(at_field(Code::LastAdmin, "role", LAST));
    }
    Ok(())
}

/// An address as it is kept, once it looks like one and is nobody else's.
fn address_of(conn: &Connection, id: Option<Uuid>, typed: &str) -> Result<String> {
    let own = |id: Uuid| -> Result<Option<String>> {
        let sql = "SELECT email FROM school_user WHERE id = ?1";
        Ok(conn.prepare_cached(sql)?.query_row([id.as_bytes()], |row| row.get(0)).optional()?.flatten())
    };
    let address = match text::entered_email(typed) {
        Ok(address) => address,
        // Unchanged, it stays whatever it looks like.
        Err(_) if id.map(own).transpose()?.flatten().as_deref() == Some(typed) => text::caseless(typed),
        Err(why) => return Err(at_field(Code::BadFormat, "email", format!("an e-mail {why}"))),
    };
    let mut statement =
        conn.prepare_cached("SELECT id, name, email FROM school_user WHERE email IS NOT NULL AND deleted_at IS NULL")?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok((Uuid::from_bytes(row.get(0)?), row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    };
    for other in statement.query_map([], read)? {
        let (other, name, theirs) = other?;
        if Some(other) != id && text::caseless(&theirs) == address {
            let message = format!("this is the e-mail of {name}; type another");
            return Err(at_field(Code::Conflict, "email", message));
        }
    }
    Ok(address)
}
