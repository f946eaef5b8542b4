//! The two shapes of an answer.

use crate::refusal::Refusal;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// `{"success": true, "data": ...}`, with 200 unless said otherwise.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    status: StatusCode,
    etag: Option<String>,
    data: T,
}

impl<T> Answer<T> {
    pub(crate) const fn ok(data: T) -> Answer<T> {
        Answer { status: StatusCode::OK, etag: None, data }
    }

    /// With 201: it was made by this request.
    pub(crate) fn created(self) -> Answer<T> {
        Answer { status: StatusCode::CREATED, ..self }
    }

    /// `etag` without quotation marks.
    pub(crate) fn with_etag(mut self, etag: impl Into<String>) -> Answer<T> {
        self.etag = Some(etag.into());
        self
    }
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(json!({ "success": true, "data": self.data }))).into_response();
        let etag = self.etag.and_then(|etag| HeaderValue::from_str(&format!("\"{etag}\"")).ok());
        if let Some(etag) = etag {
            response.headers_mut().insert(header::ETAG, etag);
        }
        response
    }
}

/// A refusal of the API; [`crate::http`] gives it its shape. `?` makes one of a [`Refusal`], a door's error or a database error.
#[derive(Debug)]
pub(crate) struct ApiError(pub(crate) Refusal);

impl<E: Into<Refusal>> From<E> for ApiError {
    fn from(error: E) -> ApiError {
        ApiError(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// `{"success": false, "error": {...}}`, as the OpenAPI document describes it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only the document uses it; `routes` puts every refusal into this shape")]
pub(crate) struct ErrorAnswer {
    #[schema(example = false)]
    success: bool,
    /// `code` is stable (docs/api.md), `message` is for people, `details` depends on the code.
    #[schema(value_type = ErrorShape)]
    error: pems_model::wire::ErrorBody,
}

/// How an error looks; only the document uses it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes ErrorBody, which lives in a crate that knows no OpenAPI")]
pub(crate) struct ErrorShape {
    #[schema(example = "not_found")]
    code: String,
    message: String,
    details: Option<serde_json::Value>,
}
