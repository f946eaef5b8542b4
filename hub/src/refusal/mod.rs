//! Everything that the hub says no with: a stable code and a text that helps. Database texts never leave; they go to the log
//! under an id that the answer names.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pems_db::{AccessError, DbError, sys};
use pems_model::Code;
use pems_model::wire::ErrorBody;
use serde_json::json;
use std::time::Duration;

/// SQLSTATE with which `sec.enter` refuses a suspended school.
const SUSPENDED: &str = "PM001";
/// A policy or a privilege said no; a context was not accepted, or its token was made up.
const FORBIDDEN: &str = "42501";
const NO_CONTEXT: &str = "28000";
const NOT_GENUINE: &str = "PM002";
/// SQLSTATE with which `sec.announce` refuses an operator whose time is up, or was ended: no attack, only late.
const MODE_OVER: &str = "PM003";
/// What the console's functions refuse (`migrations/0031_console.sql`).
const SESSION_OVER: &str = "PM004";
const NOT_FRESH: &str = "PM005";
const NO_REASON: &str = "PM006";
const NOT_THERE: &str = "PM007";
const AGAINST: &str = "PM008";
const LAST_OWNER: &str = "PM009";
const NOT_FOR_MODE: &str = "PM014";

#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub ErrorBody, Option<Alarm>);

/// Of a refusal that somebody should look at, what happened: whoever sends it counts it ([`crate::metrics`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// PostgreSQL refused for want of right: SQLSTATE 42501 (policies, privileges) or 28000, PM002 (contexts).
    Wall(String),
    /// Somebody asked for what their school does not have, or what does not exist (the hub cannot tell, and must not).
    AcrossSchools(&'static str),
}

impl Refusal {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Refusal {
        Refusal(ErrorBody { code, message: message.into(), details: None }, None)
    }

    pub(crate) fn with(mut self, details: serde_json::Value) -> Refusal {
        self.0.details = Some(details);
        self
    }

    /// `how`: one of our own words.
    pub(crate) fn reaching_across(mut self, how: &'static str) -> Refusal {
        self.1 = Some(Alarm::AcrossSchools(how));
        self
    }

    pub(crate) fn alarm(&self) -> Option<&Alarm> {
        self.1.as_ref()
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    pub(crate) fn suspended() -> Refusal {
        Refusal::new(Code::TenantSuspended, "this school is suspended at the hub; ask who runs the hub")
    }

    pub(crate) fn revoked() -> Refusal {
        Refusal::new(Code::DeviceRevoked, "this device was revoked; ask your school's administrator for a new code")
    }

    pub(crate) fn busy() -> Refusal {
        Refusal::new(Code::Busy, "the hub is busy; it is tried again by itself")
    }

    /// Of the console.
    pub(crate) fn session_over() -> Refusal {
        Refusal::new(Code::Unauthorized, "nobody is signed in at the console, or no longer; sign in again")
    }

    /// Of what is done at the console.
    pub(crate) fn no_reason() -> Refusal {
        let message = "reason: kind is help, incident, request or upkeep; a ticket of 40 characters at most; and in fifteen letters or more, not one \
             and the same, what it is for";
        Refusal::new(Code::BadRequest, message).with(json!({ "field": "reason" }))
    }

    /// The line is slow, and others wait.
    pub(crate) fn gave_way() -> Refusal {
        Refusal::new(Code::Busy, "the hub is busy and lets another office go first; it goes on from here by itself")
    }

    pub(crate) fn too_slow() -> Refusal {
        Refusal::new(Code::TooSlow, "the request came in too slowly; it is tried again by itself")
    }

    /// `limit` is the name of what was asked for too often.
    pub(crate) fn rate_limited(limit: &'static str, wait: Duration) -> Refusal {
        let seconds = wait.as_secs() + 1;
        Refusal::new(Code::RateLimited, format!("too many requests; try again in {seconds} s"))
            .with(json!({ "limit": limit, "retry_after": seconds }))
    }

    /// What goes into the answer's head beside the body.
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let wait = self.0.details.as_ref().and_then(|details| details["retry_after"].as_u64());
        if let (Code::RateLimited | Code::AccountLocked, Some(seconds)) = (self.0.code, wait) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        headers
    }

    /// Something that should not happen: the cause goes to the log, its id to the caller.
    pub(crate) fn internal(what: &str, cause: &dyn std::fmt::Display) -> Refusal {
        let id = sys::random::<6>().map_or_else(|_| "none".to_owned(), hex::encode);
        tracing::error!(id, what, cause = %cause, "internal error");
        let message = format!("the hub could not do it; its log has the reason under {id}");
        Refusal::new(Code::Internal, message).with(json!({ "id": id }))
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Refusal {
        if let sqlx::Error::Database(database) = &error {
            let state = database.code().unwrap_or_default();
            return match &*state {
                SUSPENDED => Refusal::suspended(),
                // Serialization, deadlock, a lock that did not come, an idle transaction that was ended, too many connections, shutting down: another try helps.
                "40001" | "40P01" | "55P03" | "25P03" | "53300" | "57P01" | "57P02" | "57P03" => {
                    tracing::warn!(%state, "the database is busy");
                    Refusal::busy()
                }
                MODE_OVER => {
                    Refusal::new(Code::Unauthorized, "the operator mode is over; sign in again, with a reason")
                }
                SESSION_OVER | NOT_FRESH | NO_REASON | NOT_THERE | AGAINST | LAST_OWNER | NOT_FOR_MODE => {
                    of_console(&state, database.constraint().unwrap_or_default())
                }
                FORBIDDEN | NO_CONTEXT | NOT_GENUINE => {
                    let mut refusal = Refusal::internal("the database's wall", &error);
                    refusal.1 = Some(Alarm::Wall(state.into_owned()));
                    refusal
                }
                _ => Refusal::internal("database", &error),
            };
        }
        if matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) {
            tracing::warn!(%error, "the database cannot be reached");
            return Refusal::busy();
        }
        Refusal::internal("database", &error)
    }
}

/// What the database says no to at the console, in words.
fn of_console(state: &str, constraint: &str) -> Refusal {
    match (state, constraint) {
        (SESSION_OVER, _) => Refusal::session_over(),
        (NOT_FRESH, _) => Refusal::new(
            Code::StepUpRequired,
            "type a code of the authenticator app first (POST /api/v1/console/step-up); it counts for five minutes",
        ),
        (NO_REASON, _) => Refusal::no_reason(),
        (LAST_OWNER, _) => Refusal::new(Code::LastAdmin, "the hub keeps an owner; make another one first"),
        (NOT_FOR_MODE, _) => Refusal::new(
            Code::RoleForbidden,
            "operator mode is for owners and support of the whole hub; ask an owner for another role or scope",
        ),
        (AGAINST, "operator_email_key") => {
            Refusal::new(Code::Conflict, "there is an operator with this e-mail already; change or reset that one")
                .with(json!({ "field": "email" }))
        }
        (AGAINST, "console_request_second") => Refusal::new(
            Code::Conflict,
            "the second owner is another person than the one who asked; until then it can only be taken back",
        ),
        (AGAINST, _) => Refusal::new(
            Code::Conflict,
            "the request is over: decided, older than a day, or whoever asked is no owner any more; ask anew",
        ),
        _ => Refusal::new(Code::NotFound, "there is nothing with this id, or not within your scope"),
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Refusal {
        match error {
            DbError::Database(error) => error.into(),
            DbError::Busy => Refusal::busy(),
            other => Refusal::internal("door", &other),
        }
    }
}

impl From<AccessError> for Refusal {
    fn from(error: AccessError) -> Refusal {
        let code = match error {
            AccessError::NotOurs => Code::Unauthorized,
            AccessError::Expired => Code::TokenExpired,
        };
        Refusal::new(code, error.to_string())
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Refusal {
        Refusal::internal("machine", &error)
    }
}

/// Travels with the answer to [`crate::http`], which knows whom it is for and gives it its shape.
#[derive(Debug, Clone)]
pub(crate) struct Refused(pub(crate) Refusal);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (status(self.0.code), self.headers()).into_response();
        response.extensions_mut().insert(Refused(self));
        response
    }
}

const fn status(code: Code) -> StatusCode {
    match code {
        Code::BadRequest | Code::UnsupportedProtocol | Code::CodeUnknown => StatusCode::BAD_REQUEST,
        Code::Unauthorized | Code::TokenExpired | Code::WrongCredentials => StatusCode::UNAUTHORIZED,
        Code::DeviceRevoked
        | Code::TenantSuspended
        | Code::WrongTenant
        | Code::RoleForbidden
        | Code::PasswordChangeRequired
        | Code::StepUpRequired => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::ReplicaForked
        | Code::EpochChanged
        | Code::HubBehind
        | Code::SchemaUnknown
        | Code::Conflict
        | Code::LastAdmin => StatusCode::CONFLICT,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Code::CodeExpired | Code::CodeUsed => StatusCode::GONE,
        Code::Stale => StatusCode::PRECONDITION_FAILED,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UpgradeRequired => StatusCode::UPGRADE_REQUIRED,
        Code::RateLimited | Code::AccountLocked => StatusCode::TOO_MANY_REQUESTS,
        Code::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
