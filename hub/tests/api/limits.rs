//! Who asks too often is told when to come back, and nobody else notices.

use crate::caller::Api;
use pems_model::Role;
use reqwest::StatusCode;
use serde_json::json;
use std::num::NonZeroU32;

fn per_minute(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).expect("not zero")
}

#[tokio::test]
async fn a_user_a_school_and_an_address_have_an_allowance_each() {
    let api = Api::with(|config| config.rates.api = per_minute(3)).await;
    let a = api.world.school("a").await.id;
    let (one, other) = (api.user(a, Role::Viewer).await, api.user(a, Role::Viewer).await);
    for _ in 0..3 {
        assert_eq!(api.get("/students", &one).await.status, 200);
    }
    let refused = api.get("/students", &one).await;
    assert_eq!(refused.refused(), (429, "rate_limited"));
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(refused.body["error"]["details"]["retry_after"], wait);
    assert_eq!(api.get("/students", &other).await.status, 200);
}

#[tokio::test]
async fn a_schools_own_limit_counts_at_once() {
    let api = Api::new().await;
    let (a, b) = (api.world.school("a").await.id, api.world.school("b").await.id);
    let (ours, theirs, operator) =
        (api.user(a, Role::Viewer).await, api.user(b, Role::Viewer).await, api.operator().await);
    assert_eq!(api.get("/students", &ours).await.status, 200);
    let limit = json!({ "metadata": { "limits": { "apiRateLimit": 2 } } });
    api.patch(&format!("/tenants/{a}"), &operator, &limit).await.data();
    api.until("the new limit is known", async || {
        (api.get("/students", &ours).await.status == StatusCode::TOO_MANY_REQUESTS).then_some(())
    })
    .await;
    assert_eq!(api.get("/students", &theirs).await.status, 200);
    let more = json!({ "metadata": { "limits": { "apiRateLimit": 1000 } } });
    api.patch(&format!("/tenants/{a}"), &operator, &more).await.data();
    api.until("the newer one", async || (api.get("/students", &ours).await.status == 200).then_some(())).await;
}

#[tokio::test]
async fn an_address_is_the_one_that_a_trusted_proxy_names() {
    let trusting = |trust: &'static [&'static str]| async move {
        let api = Api::with(|config| {
            config.rates.api_address = per_minute(2);
            config.trust_proxies = trust.iter().map(|net| net.parse().expect("a network")).collect();
        });
        api.await
    };
    let ask = async |api: &Api, from: &str| {
        api.ask(reqwest::Method::GET, "/tenant", "rubbish", &[("x-forwarded-for", from)], None).await.status.as_u16()
    };
    let believing = trusting(&["127.0.0.0/8"]).await;
    assert_eq!([ask(&believing, "198.51.100.1").await, ask(&believing, "198.51.100.1").await], [401, 401]);
    assert_eq!([ask(&believing, "198.51.100.1").await, ask(&believing, "198.51.100.2").await], [429, 401]);
    let wary = trusting(&[]).await;
    assert_eq!([ask(&wary, "198.51.100.1").await, ask(&wary, "198.51.100.2").await], [401, 401]);
    assert_eq!(ask(&wary, "198.51.100.3").await, 429, "a header that anybody can send changes nothing");
}

#[tokio::test]
async fn tokens_and_pushes_are_limited_by_device() {
    let api = Api::with(|config| {
        config.rates.push = per_minute(2);
        config.rates.token_address = per_minute(2);
    })
    .await;
    api.world.school("a").await;
    let (one, other) = (api.world.device("a").await, api.world.device("a").await);
    for rev in 0..2 {
        let change = crate::world::learner(rev + 1, "Cruz");
        api.world.sync(&one, &one.push(rev, vec![change])).await.expect("an answer");
    }
    let change = crate::world::learner(3, "Cruz");
    let refused = api.world.sync(&one, &one.push(2, vec![change])).await.expect_err("too often");
    assert_eq!(refused.code, pems_model::Code::RateLimited);
    api.world.sync(&one, &one.request(2)).await.expect("asking is not limited");
    api.world.sync(&other, &other.push(0, vec![crate::world::learner(1, "Reyes")])).await.expect("another device");
    assert_eq!(api.world.ask_token(&one.assertion(|_| {})).await.status(), 200);
    let refused = api.world.ask_token(&one.assertion(|_| {})).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
}
