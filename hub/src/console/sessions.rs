//! Signed in at the console: eight hours at most, half an hour without being used. Proved like operator mode, by the same code,
//! so a wrong password, a wrong code and nobody at all are the same answer after the same work.

use super::Console;
use super::secret::Cookie;
use crate::auth::sign_in::locked;
use crate::auth::{field, operators};
use crate::rate_limit::{Key, Limit};
use crate::refusal::Refusal;
use crate::request_context;
use pems_db::{Access, ConsoleContext, Try, Tx, sys};
use std::net::IpAddr;
use time::OffsetDateTime;
use uuid::Uuid;

/// A living session, as its owner sees it.
#[derive(Debug, Clone)]
pub(crate) struct Living {
    pub(crate) id: Uuid,
    pub(crate) begun_at: OffsetDateTime,
    pub(crate) seen_at: OffsetDateTime,
    pub(crate) ends_at: OffsetDateTime,
}

/// `code`: of the authenticator app, or a recovery code.
///
/// # Errors
/// `wrong_credentials`, `account_locked`, `rate_limited`, `busy`.
pub(crate) async fn sign_in(
    console: &Console,
    from: IpAddr,
    email: &str,
    password: &str,
    code: &str,
) -> Result<(Cookie, ConsoleContext), Refusal> {
    let (auth, email) = (&console.auth, field::email(email)?);
    if let Some(proved) = operators::prove(auth, from, &email, password, code).await? {
        let (cookie, rehashed) = (Cookie::new(sys::new_id()?, sys::random()?), proved.rehashed.as_deref());
        let hash = cookie.hash();
        let open = auth.auth_db.open_console(&proved.key, rehashed, proved.factor, cookie.session, &hash);
        if open.await? {
            let who = caller(console, &cookie).await?;
            return Ok((cookie, who));
        }
    }
    Err(operators::refuse(auth, &email).await?)
}

/// Whose cookie this is.
///
/// # Errors
/// `unauthorized` for a session that is over, or is none; `rate_limited`.
pub(crate) async fn caller(console: &Console, cookie: &Cookie) -> Result<ConsoleContext, Refusal> {
    let found = console.auth.auth_db.console_caller(cookie.session, &cookie.hash()).await?;
    let who = found.ok_or_else(Refusal::session_over)?;
    request_context::console_is_calling();
    console.auth.limits.check(Limit::Api, Key::User(who.operator()))?;
    Ok(who)
}

/// A code typed again, which lets act for five minutes. Tries are counted with those to sign in.
///
/// # Errors
/// `wrong_credentials`, `account_locked`, `rate_limited`, `busy`.
pub(crate) async fn step_up(console: &Console, from: IpAddr, who: &ConsoleContext, code: &str) -> Result<(), Refusal> {
    let auth = &console.auth;
    auth.limits.check(Limit::SignIn, Key::Address(from))?;
    auth.limits.check(Limit::SignIn, Key::account("", who.email()))?;
    let key = match auth.auth_db.begin_step_up(who).await? {
        Try::Wait(seconds) => {
            auth.metrics.failed_sign_in("operator_locked");
            return Err(locked(seconds));
        }
        Try::Unknown => return Err(Refusal::session_over()),
        Try::Known(key) => key,
    };
    if let Some(step) = operators::step(auth, key.operator, &key.totp_sealed, code)?
        && auth.auth_db.step_up(who, step).await?
    {
        return Ok(());
    }
    Err(operators::refuse(auth, &key.email).await?)
}

/// Keeps the session awake.
///
/// # Errors
/// `unauthorized`.
pub(crate) async fn me(console: &Console, who: &ConsoleContext) -> Result<(), Refusal> {
    console.console_db.in_tx(who, Access::ReadOnly, "oneself shown", None, async |_: &mut Tx| Ok(())).await
}

/// One's own, the newest first.
///
/// # Errors
/// `unauthorized`.
pub(crate) async fn list(console: &Console, who: &ConsoleContext) -> Result<Vec<Living>, Refusal> {
    let look = async |tx: &mut Tx| {
        let query = sqlx::query_as!(
            Living,
            r#"SELECT id AS "id!", begun_at AS "begun_at!", seen_at AS "seen_at!", ends_at AS "ends_at!" FROM sec.console_sessions()"#
        );
        Ok::<_, Refusal>(query.fetch_all(tx.conn()).await?)
    };
    console.console_db.in_tx(who, Access::ReadOnly, "own sessions listed", None, look).await
}

/// Ends one of one's own: this one, or another.
///
/// # Errors
/// `not_found`, `unauthorized`.
pub(crate) async fn end(console: &Console, who: &ConsoleContext, session: Uuid) -> Result<(), Refusal> {
    let end = async |tx: &mut Tx| {
        sqlx::query!("SELECT sec.end_console($1)", session).execute(tx.conn()).await?;
        Ok::<_, Refusal>(())
    };
    console.console_db.in_tx(who, Access::Write, "own session ended", None, end).await
}
