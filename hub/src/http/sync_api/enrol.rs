//! `POST /v1/enrol`: a one-time code and a public key against a device identity.

use crate::devices::{checked_name, enrolment_code};
use crate::http::client_ip::ClientAddress;
use crate::http::patience::Patience;
use crate::http::{SMALL_BODY, read_body};
use crate::rate_limit::{Key, Limit, Limits};
use crate::refusal::Refusal;
use crate::sync::Exchanges;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use pems_db::{AuthDb, Redeemed, sys};
use pems_model::wire::{EnrolAnswer, EnrolRequest};
use pems_model::{Code, Role};
use std::sync::Arc;
use uuid::Uuid;

pub(crate) async fn enrol(
    State(limits): State<Arc<Limits>>,
    State(auth_db): State<AuthDb>,
    State(exchanges): State<Arc<Exchanges>>,
    State(patience): State<Patience>,
    ClientAddress(from): ClientAddress,
    body: Body,
) -> Result<Json<EnrolAnswer>, Refusal> {
    limits.check(Limit::Enrol, Key::Address(from))?;
    let body = read_body(body, SMALL_BODY, patience.body).await?;
    let request: EnrolRequest = serde_json::from_slice(&body)
        .map_err(|error| Refusal::new(Code::BadRequest, format!("the request: {error}")))?;
    let bad = |what: &str| Refusal::new(Code::BadRequest, what);
    let name = checked_name(&request.device_name)?;
    let key = URL_SAFE_NO_PAD.decode(&request.public_key).ok().and_then(|key| <[u8; 32]>::try_from(key).ok());
    let key = key.filter(|key| VerifyingKey::from_bytes(key).is_ok_and(|key| !key.is_weak()));
    let key = key.ok_or_else(|| bad("public_key: an Ed25519 public key, base64url without padding"))?;
    let unknown = || Refusal::new(Code::CodeUnknown, "there is no such code; check it, or ask for a new one");
    let hash = enrolment_code::hash(&request.code).ok_or_else(unknown)?;
    let redeemed = auth_db.redeem(&hash, sys::new_ordered_id(sys::now())?, &key, name).await?;
    match redeemed.verdict.as_str() {
        "ok" => {}
        "code_unknown" => return Err(unknown()),
        "code_expired" => return Err(Refusal::new(Code::CodeExpired, "this code is too old; ask for a new one")),
        "code_used" => return Err(Refusal::new(Code::CodeUsed, "this code was used already; ask for a new one")),
        _ => return Err(Refusal::suspended()),
    }
    answer(redeemed, exchanges.epoch).map(Json).ok_or_else(|| Refusal::internal("enrolment", &"an answer with gaps"))
}

fn answer(of: Redeemed, epoch: Uuid) -> Option<EnrolAnswer> {
    Some(EnrolAnswer {
        device_id: of.device?,
        tenant_id: of.tenant?,
        school_name: of.school_name?,
        school_slug: of.slug?,
        school_id: of.school_id?,
        timezone: of.timezone?,
        role: Role::parse(&of.role?)?,
        epoch,
    })
}
