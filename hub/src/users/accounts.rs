//! A school and its own people: through the wall, as everything inside a school.
//!
//! Invariants:
//! - who changes people is an administrator of the school *in the transaction that does it* ([`administrators`]), whatever the
//!   token says;
//! - a school keeps an administrator: all of them are locked before one may go, so two cannot leave at once;
//! - every change is in the audit log and in the outbox, by ids and roles alone.

use super::Users;
use crate::auth::{field, password};
use crate::devices::enrolment_code;
use crate::events::{self, DomainEvent};
use crate::refusal::Refusal;
use crate::schools;
use pems_db::{Access, TenantContext, Tx, sys};
use pems_model::{Act, Code, Role};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use uuid::Uuid;

/// An account as those may see it who may see it at all.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) must_change_password: bool,
    pub(crate) disabled_at: Option<OffsetDateTime>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) updated_at: OffsetDateTime,
    pub(crate) last_sign_in_at: Option<OffsetDateTime>,
}

/// An account as it is in the database.
struct Stored {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    must_change_password: bool,
    disabled_at: Option<OffsetDateTime>,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
    last_sign_in_at: Option<OffsetDateTime>,
}

impl TryFrom<Stored> for Account {
    type Error = Refusal;

    fn try_from(stored: Stored) -> Result<Account, Refusal> {
        let unknown = || Refusal::internal("account", &"a role without a meaning");
        Ok(Account {
            id: stored.id,
            email: stored.email,
            name: stored.name,
            role: Role::parse(&stored.role).ok_or_else(unknown)?,
            must_change_password: stored.must_change_password,
            disabled_at: stored.disabled_at,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
            last_sign_in_at: stored.last_sign_in_at,
        })
    }
}

/// What is to be different; `None` stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edit {
    pub(crate) name: Option<String>,
    pub(crate) role: Option<Role>,
    pub(crate) disabled: Option<bool>,
}

/// A password that serves to choose another one, in clear this one time.
pub(crate) fn one_time() -> Result<String, Refusal> {
    Ok(enrolment_code::spell(sys::random()?))
}

async fn one_more_hash(users: &Users, who: &TenantContext, secret: &str) -> Result<String, Refusal> {
    let permit = users.passwords.permit(&who.tenant().to_string()).await?;
    users.passwords.hash(permit, secret, sys::random()?).await
}

fn forbidden() -> Refusal {
    Refusal::new(Code::RoleForbidden, "this is for administrators of your school")
}

/// The same for an id that nobody has and for one of another school.
fn nobody() -> Refusal {
    Refusal::new(Code::NotFound, "there is no such user in your school")
}

/// The school's administrators, locked until the end of the transaction; who asks must be one of them. Those are given who could
/// sign in: one whose verifier no password matches leaves the school without one.
async fn administrators(tx: &mut Tx, who: &TenantContext) -> Result<Vec<Uuid>, Refusal> {
    let all = sqlx::query!(
        r#"SELECT id, can_sign_in AS "can_sign_in!" FROM account
           WHERE tenant_id = $1 AND role = 'school_admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE"#,
        who.tenant()
    );
    let all = all.fetch_all(tx.conn()).await?;
    if all.iter().all(|admin| admin.id != who.actor()) {
        return Err(forbidden());
    }
    Ok(all.into_iter().filter(|admin| admin.can_sign_in).map(|admin| admin.id).collect())
}

/// `after`: the id of the last one that was shown. Oldest accounts first.
///
/// # Errors
/// `role_forbidden`.
pub(crate) async fn list(
    users: &Users,
    who: &TenantContext,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Account>, Refusal> {
    if !Act::ManageUsers.allows(who.role()) {
        return Err(forbidden());
    }
    users
        .tenant_db
        .in_tx(who, Access::ReadOnly, async |tx| {
            let page = sqlx::query_as!(
                Stored,
                "SELECT id, email, name, role, must_change_password, disabled_at, created_at, updated_at, last_sign_in_at
                 FROM account WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
                who.tenant(),
                after.unwrap_or_default(),
                limit
            );
            page.fetch_all(tx.conn()).await?.into_iter().map(Account::try_from).collect()
        })
        .await
}

/// # Errors
/// `not_found`; `role_forbidden` for others than oneself.
pub(crate) async fn get(users: &Users, who: &TenantContext, id: Uuid) -> Result<Account, Refusal> {
    if !Act::ManageUsers.allows(who.role()) && who.actor() != id {
        return Err(forbidden());
    }
    users
        .tenant_db
        .in_tx(who, Access::ReadOnly, async |tx| {
            let account = sqlx::query_as!(
                Stored,
                "SELECT id, email, name, role, must_change_password, disabled_at, created_at, updated_at, last_sign_in_at
                 FROM account WHERE tenant_id = $1 AND id = $2",
                who.tenant(),
                id
            );
            account.fetch_optional(tx.conn()).await?.ok_or_else(nobody)?.try_into()
        })
        .await
}

/// An account that is to be changed: nobody else changes it until the end of the transaction.
async fn locked(tx: &mut Tx, who: &TenantContext, id: Uuid) -> Result<Account, Refusal> {
    let account = sqlx::query_as!(
        Stored,
        "SELECT id, email, name, role, must_change_password, disabled_at, created_at, updated_at, last_sign_in_at
         FROM account WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
        who.tenant(),
        id
    );
    account.fetch_optional(tx.conn()).await?.ok_or_else(nobody)?.try_into()
}

/// Makes an account with a one-time password, which is given.
///
/// # Errors
/// `role_forbidden`; `conflict` for an e-mail that somebody of the school has, or where no more users are allowed.
pub(crate) async fn create(
    users: &Users,
    who: &TenantContext,
    email: &str,
    name: &str,
    role: Role,
) -> Result<(Account, String), Refusal> {
    let (email, name) = (field::new_email(email)?, field::name(name)?);
    if !Act::ManageUsers.allows(who.role()) {
        return Err(forbidden());
    }
    let secret = one_time()?;
    let hash = one_more_hash(users, who, &secret).await?;
    let id = sys::new_ordered_id(sys::now())?;
    let made = users.tenant_db.in_tx(who, Access::Write, async |tx| {
        administrators(tx, who).await?;
        room_for_one(tx, who).await?;
        let insert = sqlx::query_as!(
            Stored,
            "INSERT INTO account (tenant_id, id, email, name, role, password_hash, must_change_password)
             VALUES ($1, $2, $3, $4, $5, $6, true)
             RETURNING id, email, name, role, must_change_password, disabled_at, created_at, updated_at, last_sign_in_at",
            who.tenant(),
            id,
            email,
            name,
            role.name(),
            hash
        );
        let made = insert.fetch_one(tx.conn()).await.map_err(why_no_account)?;
        note(tx, "user.created", id, json!({ "role": role.name() })).await?;
        events::emit(tx, &DomainEvent::UserCreated { user: id, role }).await?;
        made.try_into()
    });
    Ok((made.await?, secret))
}

/// Whether the school's configuration allows one more active user.
async fn room_for_one(tx: &mut Tx, who: &TenantContext) -> Result<(), Refusal> {
    let Some(most) = schools::max_users(tx, who).await? else { return Ok(()) };
    let active = sqlx::query_scalar!(
        r#"SELECT count(*) AS "active!" FROM account WHERE tenant_id = $1 AND disabled_at IS NULL"#,
        who.tenant()
    );
    if active.fetch_one(tx.conn()).await? < i64::from(most) {
        return Ok(());
    }
    let message = format!("this school may have {most} active users; disable one, or ask who runs the hub");
    Err(Refusal::new(Code::Conflict, message).with(json!({ "limit": "maxUsers" })))
}

/// # Errors
/// `not_found`, `role_forbidden`; `last_admin` if the school would be left without an administrator.
pub(crate) async fn update(users: &Users, who: &TenantContext, id: Uuid, edit: Edit) -> Result<Account, Refusal> {
    let name = edit.name.as_deref().map(field::name).transpose()?;
    // People may correct how they are called; the rest is for administrators.
    let own_name_only = who.actor() == id && edit.role.is_none() && edit.disabled.is_none();
    if !Act::ManageUsers.allows(who.role()) && !own_name_only {
        return Err(forbidden());
    }
    let after = users.tenant_db.in_tx(who, Access::Write, async |tx| {
        let admins = if own_name_only { None } else { Some(administrators(tx, who).await?) };
        change(tx, who, id, (name.as_deref(), &edit), admins.as_deref()).await
    });
    let after = after.await?;
    users.live.forget_people(who.tenant());
    Ok(after)
}

/// `admins`: who they are, where it is not only about how somebody is called.
async fn change(
    tx: &mut Tx,
    who: &TenantContext,
    id: Uuid,
    (name, edit): (Option<&str>, &Edit),
    admins: Option<&[Uuid]>,
) -> Result<Account, Refusal> {
    let before = locked(tx, who, id).await?;
    let role = edit.role.unwrap_or(before.role);
    let disabled = edit.disabled.unwrap_or(before.disabled_at.is_some());
    let leaves = before.role == Role::SchoolAdmin && (role != Role::SchoolAdmin || disabled);
    if leaves && admins.is_some_and(|admins| admins.iter().all(|admin| *admin == id)) {
        let message = "this is the school's only administrator; make somebody else one first";
        return Err(Refusal::new(Code::LastAdmin, message));
    }
    if !disabled && before.disabled_at.is_some() {
        room_for_one(tx, who).await?;
    }
    let update = sqlx::query_as!(
        Stored,
        "UPDATE account SET name = coalesce($3, name), role = $4,
             disabled_at = CASE WHEN $5 THEN coalesce(disabled_at, now()) END, updated_at = now()
         WHERE tenant_id = $1 AND id = $2
         RETURNING id, email, name, role, must_change_password, disabled_at, created_at, updated_at, last_sign_in_at",
        who.tenant(),
        id,
        name,
        role.name(),
        disabled
    );
    let after: Account = update.fetch_one(tx.conn()).await?.try_into()?;
    note_changes(tx, who, &before, &after).await?;
    Ok(after)
}

async fn note_changes(tx: &mut Tx, who: &TenantContext, before: &Account, after: &Account) -> Result<(), Refusal> {
    let user = after.id;
    if before.name != after.name || before.role != after.role {
        let role = (before.role != after.role).then(|| json!([before.role.name(), after.role.name()]));
        note(tx, "user.updated", user, json!({ "name": before.name != after.name, "role": role })).await?;
        events::emit(tx, &DomainEvent::UserUpdated { user }).await?;
    }
    match (before.disabled_at.is_some(), after.disabled_at.is_some()) {
        (false, true) => {
            end_sessions(tx, who, user, "disabled").await?;
            note(tx, "user.disabled", user, json!({})).await?;
            events::emit(tx, &DomainEvent::UserDisabled { user }).await
        }
        (true, false) => {
            note(tx, "user.enabled", user, json!({})).await?;
            events::emit(tx, &DomainEvent::UserEnabled { user }).await
        }
        _ => Ok(()),
    }
}

/// Gives an account a one-time password, ends its sessions and forgets its wrong tries.
///
/// # Errors
/// `not_found`, `role_forbidden`; `conflict` for a disabled account.
pub(crate) async fn reset_password(users: &Users, who: &TenantContext, id: Uuid) -> Result<String, Refusal> {
    if !Act::ManageUsers.allows(who.role()) {
        return Err(forbidden());
    }
    let secret = one_time()?;
    let hash = one_more_hash(users, who, &secret).await?;
    let reset = users.tenant_db.in_tx(who, Access::Write, async |tx| {
        administrators(tx, who).await?;
        if locked(tx, who, id).await?.disabled_at.is_some() {
            return Err(Refusal::new(Code::Conflict, "this account is disabled; enable it first"));
        }
        let update = sqlx::query!(
            "UPDATE account SET password_hash = $3, must_change_password = true, updated_at = now()
             WHERE tenant_id = $1 AND id = $2",
            who.tenant(),
            id,
            hash
        );
        update.execute(tx.conn()).await?;
        end_sessions(tx, who, id, "reset").await?;
        sqlx::query!("SELECT sec.forgive($1)", id).execute(tx.conn()).await?;
        note(tx, "user.password_reset", id, json!({})).await?;
        events::emit(tx, &DomainEvent::PasswordReset { user: id }).await
    });
    reset.await?;
    users.live.forget_people(who.tenant());
    Ok(secret)
}

async fn end_sessions(tx: &mut Tx, who: &TenantContext, id: Uuid, why: &str) -> Result<(), Refusal> {
    let end = sqlx::query!(
        "UPDATE session SET ended_at = now(), ended_why = $3
         WHERE tenant_id = $1 AND account_id = $2 AND ended_at IS NULL",
        who.tenant(),
        id,
        why
    );
    end.execute(tx.conn()).await?;
    Ok(())
}

async fn note(tx: &mut Tx, action: &str, subject: Uuid, details: Json) -> Result<(), Refusal> {
    sqlx::query!("SELECT sec.audit($1, $2, $3)", action, subject, details).execute(tx.conn()).await?;
    Ok(())
}

/// The refusal behind a failed INSERT into account.
pub(crate) fn why_no_account(error: sqlx::Error) -> Refusal {
    let constraint = error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default();
    let (code, field, message) = match constraint {
        "account_tenant_id_email_key" => (Code::Conflict, "email", "somebody of this school has this e-mail already"),
        "account_email_check" => (Code::BadRequest, "email", "email: this address cannot be used"),
        "account_name_check" => (Code::BadRequest, "name", "name: this name cannot be used"),
        _ => return error.into(),
    };
    Refusal::new(code, message).with(json!({ "field": field }))
}

/// Hashes on this thread, for the command line.
pub(crate) fn hash_now(secret: &str) -> Result<String, Refusal> {
    password::hash_now(secret, &sys::random()?).map_err(|error| Refusal::internal("password", &error))
}
