//! `POST /v1/token`: an assertion signed by the device's key against a short-lived access token (RFC 7523, section 2.1).

use crate::auth::{Auth, bearer};
use crate::http::client_ip::ClientAddress;
use crate::http::patience::Patience;
use crate::http::{SMALL_BODY, read_body};
use crate::refusal::Refusal;
use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::{Form, Json};
use pems_db::sys;
use pems_model::Code;
use pems_model::wire::{JWT_BEARER, TokenAnswer};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize)]
struct Grant {
    grant_type: String,
    assertion: String,
}

pub(crate) async fn token(
    State(auth): State<Arc<Auth>>,
    State(patience): State<Patience>,
    ClientAddress(from): ClientAddress,
    request: Request,
) -> Result<Json<TokenAnswer>, Refusal> {
    let (head, body) = request.into_parts();
    let body = read_body(body, SMALL_BODY, patience.body).await?;
    let request = Request::from_parts(head, Body::from(body));
    let Form(grant) = Form::<Grant>::from_request(request, &()).await.map_err(|_| {
        Refusal::new(Code::BadRequest, "send a form with grant_type and assertion (application/x-www-form-urlencoded)")
    })?;
    if grant.grant_type != JWT_BEARER {
        return Err(Refusal::new(Code::BadRequest, format!("grant_type: only {JWT_BEARER}")));
    }
    Ok(Json(bearer::exchange(&auth, from, &grant.assertion, sys::now()).await?))
}
