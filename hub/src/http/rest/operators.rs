//! `/operators`: operator mode, for those who run the parts.

use super::people::{DONE, Done};
use super::{Answer, ApiError, Input, OperatorMode, Refusals, Success};
use crate::auth::Auth;
use crate::auth::operators::{self, Credentials};
use crate::http::client_ip::ClientAddress;
use crate::http::state::Routes;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn router() -> Routes {
    Routes::new().routes(routes!(sign_in)).routes(routes!(sign_out))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperatorSignIn {
    #[schema(format = "email", min_length = 3, max_length = 254)]
    email: String,
    #[schema(format = "password", min_length = 1, max_length = 128)]
    password: String,
    /// Six digits of the authenticator app. Each serves once.
    #[schema(example = "492039")]
    code: String,
    /// What it is for; it stands in the audit log of every school that is looked at.
    #[schema(min_length = 1, max_length = 500, pattern = "^[!-~]([ -~]*[!-~])?$")]
    reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModeAnswer {
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until operator mode is over: 15 minutes at most. There is no refreshing: sign in with another reason.
    expires_in: u64,
    /// The audit log names it.
    mode_id: Uuid,
    operator: OperatorPerson,
}

#[derive(Debug, Serialize, ToSchema)]
struct OperatorPerson {
    id: Uuid,
    name: String,
}

/// Begin operator mode, for a reason and for 15 minutes at most.
#[utoipa::path(post, path = "/operators/sign-in", tag = "operators", request_body = OperatorSignIn,
    responses((status = 200, body = Success<ModeAnswer>), Refusals))]
async fn sign_in(
    State(auth): State<Arc<Auth>>,
    ClientAddress(from): ClientAddress,
    Input(said): Input<OperatorSignIn>,
) -> Result<Answer<ModeAnswer>, ApiError> {
    let said = Credentials { email: &said.email, password: &said.password, code: &said.code, reason: &said.reason };
    let (key, begun, issued) = operators::sign_in(&auth, from, said).await?;
    Ok(Answer::ok(ModeAnswer {
        access_token: issued.token,
        token_type: "Bearer",
        expires_in: issued.expires_in,
        mode_id: begun.mode_id,
        operator: OperatorPerson { id: key.operator, name: begun.name },
    }))
}

/// End operator mode at once.
#[utoipa::path(post, path = "/operators/sign-out", tag = "operators", security(("bearer" = [])),
    responses((status = 200, body = Success<Done>), Refusals))]
async fn sign_out(State(auth): State<Arc<Auth>>, OperatorMode(who): OperatorMode) -> Result<Answer<Done>, ApiError> {
    operators::sign_out(&auth, &who).await?;
    Ok(Answer::ok(DONE))
}
