//! `/api/v1`: what people's programs and the console call. Devices sync elsewhere (`sync_api`).
//!
//! Invariants: every handler gets its caller from an extractor of `caller`, so who may call it is in its signature; every
//! answer is `{"success": true, "data": ...}` or `{"success": false, "error": {"code", "message", "details"}}`; every route is
//! added through [`Routes`], so the served OpenAPI cannot lack it.

mod answer;
mod audit;
mod auth;
mod caller;
mod console;
mod document;
mod input;
mod operators;
mod people;
mod students;
mod tenants;
mod users;

pub(crate) use answer::{Answer, ApiError, ErrorAnswer};
pub(crate) use caller::{AnySession, OperatorMode, SignedIn};
pub(crate) use document::{Refusals, Success};
pub(crate) use input::{Asked, Id, Input};

use crate::http::state::{Hub, Routes};
use axum::routing::get;
use axum::{Json, Router};
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

#[derive(OpenApi)]
#[openapi(
    info(title = "PEMS hub", description = "Schools, their people and their records. docs/api.md has the words."),
    modifiers(&Proofs)
)]
struct Document;

/// How requests show who sends them: an access token, or at the console a cookie.
struct Proofs;

impl utoipa::Modify for Proofs {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-pems_console"));
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
        components.add_security_scheme("console", SecurityScheme::ApiKey(cookie));
    }
}

/// One line for each module of routes.
fn routes() -> Routes {
    Routes::new()
        .merge(auth::router())
        .merge(users::router())
        .merge(operators::router())
        .merge(tenants::router())
        .merge(students::router())
        .merge(audit::router())
        .merge(console::router())
}

pub(crate) fn router() -> Router<Hub> {
    let (router, document) = Routes::with_openapi(Document::openapi()).nest("/api/v1", routes()).split_for_parts();
    let document = Arc::new(document);
    router.route("/api/v1/openapi.json", get(async move || Json(document.clone())))
}
