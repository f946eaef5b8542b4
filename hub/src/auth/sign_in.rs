//! The way in for people of a school, and how they stay in.

use super::Auth;
use super::field;
use super::password::Checked;
use super::tokens::RefreshToken;
use crate::rate_limit::{Key, Limit};
use crate::refusal::Refusal;
use pems_db::{Access, AccountKey, Grant, Issued, PasswordOwner, Refreshed, SessionOpened, TenantContext, Try, sys};
use pems_model::{Code, Role};
use serde_json::json;
use std::net::IpAddr;
use uuid::Uuid;

/// What keeps somebody signed in: an access token for minutes, a refresh token for its successor.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) access: Issued,
    pub(crate) refresh: String,
}

/// Who has signed in, and where.
#[derive(Debug)]
pub(crate) struct Welcome {
    pub(crate) tokens: Option<Tokens>,
    pub(crate) account: Uuid,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) must_change_password: bool,
    pub(crate) tenant: Uuid,
    pub(crate) school_name: String,
    pub(crate) slug: String,
    pub(crate) timezone: String,
}

/// The one answer to whatever is not right.
pub(super) fn wrong() -> Refusal {
    Refusal::new(Code::WrongCredentials, "the e-mail or the password is not right, or there is no such account")
}

pub(crate) fn locked(seconds: u64) -> Refusal {
    let message =
        format!("too many wrong tries; try again in {seconds} s, or ask your administrator for a new password");
    Refusal::new(Code::AccountLocked, message).with(json!({ "retry_after": seconds }))
}

fn over() -> Refusal {
    Refusal::new(Code::Unauthorized, "this session is over; sign in again")
}

/// # Errors
/// `wrong_credentials`, `account_locked`, `rate_limited`, `busy`; `tenant_suspended` after a right password alone.
pub(crate) async fn sign_in(
    auth: &Auth,
    from: IpAddr,
    school: &str,
    email: &str,
    password: &str,
) -> Result<Welcome, Refusal> {
    let (slug, email) = (field::slug(school)?, field::email(email)?);
    field::tried("password", password)?;
    auth.limits.check_claim(Limit::SignIn, from, &slug)?;
    auth.limits.check(Limit::SignIn, Key::account(&slug, &email))?;
    let permit = auth.passwords.permit(&slug).await?;
    let key = match auth.auth_db.begin_sign_in(&slug, &email).await? {
        Try::Wait(seconds) => {
            auth.metrics.failed_sign_in("locked");
            return Err(locked(seconds));
        }
        Try::Unknown => None,
        Try::Known(key) => Some(key),
    };
    let hash = key.as_ref().map(|key| key.password_hash.clone());
    let checked = auth.passwords.check(permit, password, hash).await?;
    let opened = match (&key, checked) {
        (Some(key), Checked::Right { rehashed }) => open(auth, key, rehashed.as_deref()).await?,
        _ => None,
    };
    if let Some(welcome) = opened {
        return Ok(welcome);
    }
    auth.metrics.failed_sign_in("wrong");
    auth.auth_db.refuse_sign_in(&slug, &email).await?;
    Err(wrong())
}

/// Opens a session for somebody whose password was right; `None` if the account changed meanwhile.
async fn open(auth: &Auth, key: &AccountKey, rehashed: Option<&str>) -> Result<Option<Welcome>, Refusal> {
    let session = sys::new_id()?;
    let refresh = RefreshToken::new(key.tenant, session, sys::random()?);
    match auth.auth_db.open_session(key, rehashed, session, &refresh.hash()).await? {
        SessionOpened::Wrong => Ok(None),
        SessionOpened::Suspended => Err(Refusal::suspended()),
        SessionOpened::Yes { email, name, role, must_change_password, school_name, slug, timezone } => {
            let tokens = Some(tokens(auth, key.account, role, &refresh)?);
            let (account, tenant) = (key.account, key.tenant);
            let welcome = Welcome {
                tokens,
                account,
                email,
                name,
                role,
                must_change_password,
                tenant,
                school_name,
                slug,
                timezone,
            };
            Ok(Some(welcome))
        }
    }
}

fn tokens(auth: &Auth, user: Uuid, role: Role, refresh: &RefreshToken) -> Result<Tokens, Refusal> {
    let grant = Grant::User { tenant: refresh.tenant, user, role, session: refresh.session };
    let access = auth.access.issue(grant, sys::now()).map_err(|error| Refusal::internal("access token", &error))?;
    Ok(Tokens { access, refresh: refresh.text() })
}

/// A refresh token against its successor and a fresh access token. docs/adr/0010-sessions.md has the rules.
///
/// # Errors
/// `unauthorized` for whatever does not refresh: sign in again. `tenant_suspended`, `rate_limited`, `busy`.
pub(crate) async fn refresh(auth: &Auth, from: IpAddr, text: &str) -> Result<Tokens, Refusal> {
    let old = RefreshToken::parse(text).ok_or_else(over)?;
    auth.limits.check_claim(Limit::Token, from, &old.tenant.to_string())?;
    auth.limits.check(Limit::Token, Key::Session(old.session))?;
    let new = auth.successors.of(&old);
    match auth.auth_db.refresh(old.tenant, old.session, &old.hash(), &new.hash()).await? {
        Refreshed::Yes { account, role } => tokens(auth, account, role, &new),
        Refreshed::Suspended => Err(Refusal::suspended()),
        Refreshed::Ended => Err(over()),
        Refreshed::Reused => {
            auth.metrics.refresh_reused();
            auth.live.forget_people(old.tenant);
            Err(over())
        }
    }
}

/// # Errors
/// `busy`.
pub(crate) async fn sign_out(auth: &Auth, who: &TenantContext) -> Result<(), Refusal> {
    let session = who.session().ok_or_else(over)?;
    auth.auth_db.sign_out(who.tenant(), session).await?;
    // The database says so too; this one need not wait.
    auth.live.forget_people(who.tenant());
    Ok(())
}

/// Gives the signed-in user another password and ends the other sessions.
///
/// # Errors
/// `password_weak`; `wrong_credentials` and `account_locked` as in [`sign_in`].
pub(crate) async fn change_password(auth: &Auth, who: &TenantContext, current: &str, new: &str) -> Result<(), Refusal> {
    field::tried("current", current)?;
    let session = who.session().ok_or_else(over)?;
    // A weak choice must not cost a try, so it is refused before one is counted.
    let me = me(auth, who).await?;
    super::strong("new", new, &[&me.email, &me.name, &me.school_name, &me.slug])?;
    if new == current {
        let details = json!({ "field": "new" });
        return Err(Refusal::new(Code::PasswordWeak, "choose a password that is not the present one").with(details));
    }
    let permit = auth.passwords.permit(&me.slug).await?;
    let owner: PasswordOwner = match auth.auth_db.begin_password_change(who.tenant(), session).await? {
        Try::Wait(seconds) => {
            auth.metrics.failed_sign_in("locked");
            return Err(locked(seconds));
        }
        Try::Unknown => return Err(over()),
        Try::Known(owner) => owner,
    };
    let checked = auth.passwords.check(permit, current, Some(owner.key.password_hash.clone())).await?;
    if checked == Checked::Wrong {
        auth.metrics.failed_sign_in("wrong");
        auth.auth_db.refuse_sign_in(&owner.slug, &owner.email).await?;
        return Err(Refusal::new(Code::WrongCredentials, "the present password is not right"));
    }
    let hash = auth.passwords.hash(auth.passwords.permit(&me.slug).await?, new, sys::random()?).await?;
    if !auth.auth_db.change_password(&owner.key, session, &hash).await? {
        return Err(over());
    }
    auth.live.forget_people(who.tenant());
    Ok(())
}

/// Who is signed in, as of now.
///
/// # Errors
/// `tenant_suspended`, `busy`.
pub(crate) async fn me(auth: &Auth, who: &TenantContext) -> Result<Welcome, Refusal> {
    let found = auth.tenant_db.in_tx(who, Access::ReadOnly, async |tx| {
        let account = sqlx::query!(
            "SELECT a.email, a.name, a.role, a.must_change_password, t.name AS school_name, t.slug, t.timezone
             FROM account a JOIN tenant t ON t.id = a.tenant_id WHERE a.tenant_id = $1 AND a.id = $2",
            who.tenant(),
            who.actor()
        );
        account.fetch_one(tx.conn()).await.map_err(Refusal::from)
    });
    let found = found.await?;
    let unknown = || Refusal::internal("account", &"a role without a meaning");
    Ok(Welcome {
        tokens: None,
        account: who.actor(),
        email: found.email,
        name: found.name,
        role: Role::parse(&found.role).ok_or_else(unknown)?,
        must_change_password: found.must_change_password,
        tenant: who.tenant(),
        school_name: found.school_name,
        slug: found.slug,
        timezone: found.timezone,
    })
}
