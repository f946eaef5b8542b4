//! Codes, keys, tokens: how a device comes to speak and how it is silenced.

use crate::world::{World, learner, new_id, new_key, sign};
use pems_model::wire::{AssertionClaims, EnrolAnswer, ErrorBody};
use pems_model::{Code, Role};
use reqwest::Response;
use serde_json::json;
use std::num::NonZeroU32;

async fn code_of(response: Response) -> Code {
    assert!(!response.status().is_success());
    response.json::<ErrorBody>().await.expect("an error body").code
}

#[tokio::test]
async fn a_code_makes_one_device() {
    let world = World::new().await;
    let school = world.school("a").await;
    let code = world.hub.admin().device_code("a", 30, Role::Teacher).await.expect("a code");
    let key = new_key();
    let first: EnrolAnswer = world.enrol(&code, &key).await.json().await.expect("an answer");
    assert_eq!((first.tenant_id, first.role), (school.id, Role::Teacher));
    let again: EnrolAnswer = world.enrol(&code.to_lowercase(), &key).await.json().await.expect("a lost answer again");
    assert_eq!(again.device_id, first.device_id);
    assert_eq!(code_of(world.enrol(&code, &new_key()).await).await, Code::CodeUsed);
    assert_eq!(code_of(world.enrol("0000-0000-0000", &key).await).await, Code::CodeUnknown);
    assert_eq!(code_of(world.enrol("what?", &key).await).await, Code::CodeUnknown);
    let old = world.hub.admin().device_code("a", 0, Role::Teacher).await.expect("a code");
    assert_eq!(code_of(world.enrol(&old, &new_key()).await).await, Code::CodeExpired);
    assert_eq!(world.scalar::<i64>("SELECT count(*) FROM device").await, 1);
    let stored = format!("SELECT count(*) FROM device_code WHERE code_hash::text LIKE '%{}%'", code.replace('-', ""));
    assert_eq!(world.scalar::<i64>(&stored).await, 0, "codes are not kept");
}

#[tokio::test]
async fn guessing_codes_is_slow() {
    let world = World::with(|config| config.enrol_per_minute = NonZeroU32::MIN).await;
    assert_eq!(code_of(world.enrol("0000-0000-0000", &new_key()).await).await, Code::CodeUnknown);
    assert_eq!(code_of(world.enrol("0000-0000-0000", &new_key()).await).await, Code::RateLimited);
}

#[tokio::test]
async fn only_a_fresh_assertion_by_the_device_earns_a_token() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let seen = format!("SELECT last_seen_at IS NOT NULL FROM device WHERE id = '{}'", device.identity.device_id);
    assert!(world.scalar::<bool>(&seen).await, "enrolling asked for a token");
    world
        .sql(&format!("UPDATE device SET last_seen_at = NULL WHERE id = '{}'", device.identity.device_id))
        .await
        .expect("forgotten");
    let good = device.assertion(|_| {});
    for (what, bad) in [
        ("expired", device.assertion(|claims| claims.exp -= 3_600)),
        ("too long", device.assertion(|claims| claims.exp += 3_600)),
        ("audience", device.assertion(|claims| claims.aud = "elsewhere".into())),
        ("device", device.assertion(|claims| claims.iss = new_id())),
        ("garbage", "a.b.c".into()),
    ] {
        assert_eq!(code_of(world.ask_token(&bad).await).await, Code::Unauthorized, "{what}");
    }
    let claims = AssertionClaims {
        iss: device.identity.device_id,
        aud: "pems-hub".into(),
        exp: crate::world::now() / 1_000_000 + 60,
        iat: 0,
        jti: new_id(),
    };
    assert_eq!(code_of(world.ask_token(&sign(&new_key(), &claims)).await).await, Code::Unauthorized, "another key");
    assert!(!world.scalar::<bool>(&seen).await, "nobody who failed to prove it was seen");
    assert!(world.ask_token(&good).await.status().is_success());
    assert!(world.scalar::<bool>(&seen).await, "the device was");
    assert_eq!(code_of(world.ask_token(&good).await).await, Code::Unauthorized, "used");
}

#[tokio::test]
async fn requests_need_a_good_token() {
    let world = World::with(|config| config.token_ttl = std::time::Duration::ZERO).await;
    world.school("a").await;
    let mut device = world.device("a").await;
    assert_eq!(world.sync(&device, &device.request(0)).await.expect_err("expired").code, Code::TokenExpired);
    device.token.push('x');
    assert_eq!(world.sync(&device, &device.request(0)).await.expect_err("forged").code, Code::Unauthorized);
    let none = world.post("/v1/sync", &json!({})).await;
    assert_eq!(code_of(none).await, Code::Unauthorized);
}

#[tokio::test]
async fn a_revoked_device_is_told_so_even_while_it_waits() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let mut held = device.request(0);
    held.wait_ms = 40_000;
    let revoke = async { world.hub.admin().revoke(device.identity.device_id).await.expect("a device") };
    let (held, ()) = tokio::join!(world.sync(&device, &held), revoke);
    assert_eq!(held.expect_err("revoked").code, Code::DeviceRevoked);
    let push = world.sync(&device, &device.push(0, vec![learner(1, "Cruz")])).await.expect_err("revoked");
    assert_eq!(push.code, Code::DeviceRevoked);
    assert_eq!(code_of(world.ask_token(&device.assertion(|_| {})).await).await, Code::DeviceRevoked);
    let listed = world.hub.admin().devices("a").await.expect("a list");
    assert!(listed[0].revoked_at.is_some());
}

/// The hint that tells a hub's memory of a revocation is on its way for a moment; here it never comes.
#[tokio::test]
async fn a_revoked_device_gets_no_rows_although_memory_has_not_heard_yet() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let other = world.device("a").await;
    world.sync(&other, &other.push(0, vec![learner(1, "Cruz")])).await.expect("a learner");
    let before = world.sync(&device, &device.request(0)).await.expect("still a device");
    assert_eq!(before.rows("student").len(), 1);
    let unheard = "SET session_replication_role = replica; UPDATE device SET revoked_at = now() WHERE id = ";
    world.sql(&format!("{unheard}'{}'", device.identity.device_id)).await.expect("revoked");
    let refused = world.sync(&device, &device.request(0)).await.expect_err("revoked");
    assert_eq!(refused.code, Code::DeviceRevoked);
}
