//! `/api/v1`: what people's programs and the console call. Devices sync elsewhere (`routes`).
//!
//! Invariants: every handler gets its caller from an extractor of `caller`, so who may call it is in its signature; every
//! answer is `{"success": true, "data": ...}` or `{"success": false, "error": {"code", "message", "details"}}`; every route is
//! added through [`OpenApiRouter`], so the served OpenAPI cannot lack it.

mod answer;
mod caller;
mod input;

pub(crate) use answer::{Answer, ApiError, ErrorAnswer};
pub(crate) use caller::{OperatorMode, SignedIn};
pub(crate) use input::{Asked, Input};

use crate::hub::Hub;
use axum::routing::get;
use axum::{Json, Router};
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(title = "PEMS hub", description = "Schools, their people and their records. docs/api.md has the words."),
    modifiers(&Bearer)
)]
struct Document;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        openapi.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// One line for each module of routes.
fn routes() -> OpenApiRouter<Arc<Hub>> {
    OpenApiRouter::new()
}

pub(crate) fn router() -> Router<Arc<Hub>> {
    let (router, document) =
        OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", routes()).split_for_parts();
    let document = Arc::new(document);
    router.route("/api/v1/openapi.json", get(async move || Json(document.clone())))
}
