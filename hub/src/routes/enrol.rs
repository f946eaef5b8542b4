//! `POST /v1/enrol`: a one-time code and a public key against a device identity.

use super::{SMALL_BODY, read_body};
use crate::hub::Hub;
use crate::refusal::Refusal;
use crate::{code, edge};
use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use pems_model::wire::{EnrolAnswer, EnrolRequest};
use pems_model::{Code, Role};
use sqlx::Row;
use std::net::SocketAddr;
use std::sync::Arc;

/// Characters of a device's name; the database checks the same.
const NAME_MAX: usize = 100;

pub(super) async fn enrol(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    body: Body,
) -> Result<Json<EnrolAnswer>, Refusal> {
    hub.limits.check(from.ip())?;
    let body = read_body(body, SMALL_BODY).await?;
    let request: EnrolRequest = serde_json::from_slice(&body)
        .map_err(|error| Refusal::new(Code::BadRequest, format!("the request: {error}")))?;
    let bad = |what: &str| Refusal::new(Code::BadRequest, what);
    let name = request.device_name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(bad("device_name: 1 to 100 characters, for example 'Registrar PC 1'"));
    }
    let key = URL_SAFE_NO_PAD.decode(&request.public_key).ok().and_then(|key| <[u8; 32]>::try_from(key).ok());
    let key = key.filter(|key| VerifyingKey::from_bytes(key).is_ok_and(|key| !key.is_weak()));
    let key = key.ok_or_else(|| bad("public_key: an Ed25519 public key, base64url without padding"))?;
    let unknown = || Refusal::new(Code::CodeUnknown, "there is no such code; check it, or ask for a new one");
    let hash = code::hash(&request.code).ok_or_else(unknown)?;
    let row = sqlx::query("SELECT * FROM sec.redeem_code($1, $2, $3, $4)")
        .bind(&hash[..])
        .bind(edge::new_id()?)
        .bind(&key[..])
        .bind(name)
        .fetch_one(&hub.auth)
        .await?;
    let verdict: String = row.try_get("verdict")?;
    match verdict.as_str() {
        "ok" => {}
        "code_unknown" => return Err(unknown()),
        "code_expired" => return Err(Refusal::new(Code::CodeExpired, "this code is too old; ask for a new one")),
        "code_used" => return Err(Refusal::new(Code::CodeUsed, "this code was used already; ask for a new one")),
        _ => return Err(Refusal::suspended()),
    }
    let role: String = row.try_get("role")?;
    Ok(Json(EnrolAnswer {
        device_id: row.try_get("device")?,
        tenant_id: row.try_get("tenant")?,
        school_name: row.try_get("school_name")?,
        school_slug: row.try_get("slug")?,
        school_id: row.try_get("school_id")?,
        timezone: row.try_get("timezone")?,
        role: Role::parse(&role).ok_or_else(|| Refusal::internal("enrolment", &"a role without a meaning"))?,
        epoch: hub.epoch,
    }))
}
