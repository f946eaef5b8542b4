//! `POST /v1/enrol`: a one-time code and a public key against a device identity.

use super::{SMALL_BODY, read_body};
use crate::address::ClientAddress;
use crate::code;
use crate::devices::checked_name;
use crate::hub::Hub;
use crate::limits::{Key, Limit};
use crate::refusal::Refusal;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use pems_doors::{Redeemed, edge};
use pems_model::wire::{EnrolAnswer, EnrolRequest};
use pems_model::{Code, Role};
use std::sync::Arc;
use uuid::Uuid;

pub(super) async fn enrol(
    State(hub): State<Arc<Hub>>,
    ClientAddress(from): ClientAddress,
    body: Body,
) -> Result<Json<EnrolAnswer>, Refusal> {
    hub.limits.check(Limit::Enrol, Key::Address(from))?;
    let body = read_body(body, SMALL_BODY, hub.patience.body).await?;
    let request: EnrolRequest = serde_json::from_slice(&body)
        .map_err(|error| Refusal::new(Code::BadRequest, format!("the request: {error}")))?;
    let bad = |what: &str| Refusal::new(Code::BadRequest, what);
    let name = checked_name(&request.device_name)?;
    let key = URL_SAFE_NO_PAD.decode(&request.public_key).ok().and_then(|key| <[u8; 32]>::try_from(key).ok());
    let key = key.filter(|key| VerifyingKey::from_bytes(key).is_ok_and(|key| !key.is_weak()));
    let key = key.ok_or_else(|| bad("public_key: an Ed25519 public key, base64url without padding"))?;
    let unknown = || Refusal::new(Code::CodeUnknown, "there is no such code; check it, or ask for a new one");
    let hash = code::hash(&request.code).ok_or_else(unknown)?;
    let redeemed = hub.lobby.redeem(&hash, edge::new_ordered_id(edge::now())?, &key, name).await?;
    match redeemed.verdict.as_str() {
        "ok" => {}
        "code_unknown" => return Err(unknown()),
        "code_expired" => return Err(Refusal::new(Code::CodeExpired, "this code is too old; ask for a new one")),
        "code_used" => return Err(Refusal::new(Code::CodeUsed, "this code was used already; ask for a new one")),
        _ => return Err(Refusal::suspended()),
    }
    answer(redeemed, hub.epoch).map(Json).ok_or_else(|| Refusal::internal("enrolment", &"an answer with gaps"))
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
