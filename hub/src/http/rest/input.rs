//! What a request says, read strictly: an unknown or wrong field is named, never ignored.

use super::answer::ApiError;
use crate::http::patience::Patience;
use crate::http::{SMALL_BODY, read_body};
use crate::refusal::Refusal;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts as Head;
use pems_model::Code;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// A JSON body of 16 KiB at most. Give its type `#[serde(deny_unknown_fields)]`.
#[derive(Debug)]
pub(crate) struct Input<T>(pub(crate) T);

impl<T, S> FromRequest<S> for Input<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
    Patience: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Input<T>, ApiError> {
        let body = read_body(request.into_body(), SMALL_BODY, Patience::from_ref(state).body).await?;
        let value = serde_json::from_slice(&body)
            .map_err(|error| Refusal::new(Code::BadRequest, format!("the request's JSON: {error}")))?;
        Ok(Input(value))
    }
}

/// The query's parameters. Give its type `#[serde(deny_unknown_fields)]`.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(head: &mut Head, _: &S) -> Result<Asked<T>, ApiError> {
        let Query(value) = Query::<T>::try_from_uri(&head.uri).map_err(|error| {
            let why = error.to_string();
            let why = why.trim_start_matches("Failed to deserialize query string: ");
            Refusal::new(Code::BadRequest, format!("the address: {why}"))
        })?;
        Ok(Asked(value))
    }
}

/// The id in the address. What cannot be an id is nobody's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Id(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(head: &mut Head, state: &S) -> Result<Id, ApiError> {
        let Path(id) = Path::<Uuid>::from_request_parts(head, state)
            .await
            .map_err(|_| Refusal::new(Code::NotFound, "there is nothing with this id"))?;
        Ok(Id(id))
    }
}
