//! What the hub says of itself, and to whom.

use crate::caller::Api;
use crate::world::{World, learner, new_id};
use pems_hub::{Config, start};
use pems_model::Role;
use reqwest::Method;

async fn text(api: &Api) -> String {
    let token = pems_hub::metrics_token(&Config::new(api.world.data_dir.path())).expect("a token");
    let response = api.world.client.get(api.world.url("/metrics")).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    response.text().await.expect("text")
}

/// The value of a line, 0 where there is none.
fn value(text: &str, line: &str) -> f64 {
    let found = text.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(' '));
    found.map_or(0.0, |value| value.parse().expect("a number"))
}

#[tokio::test]
async fn without_the_token_there_are_no_numbers() {
    let api = Api::new().await;
    let operator = api.operator().await;
    for token in ["", "rubbish", operator.as_str()] {
        let response =
            api.world.client.get(api.world.url("/metrics")).bearer_auth(token).send().await.expect("an answer");
        assert_eq!(response.status(), 401);
    }
}

#[tokio::test]
async fn requests_attempts_and_schools_are_counted() {
    let api = Api::new().await;
    let (a, b) = (api.world.school("a").await.id, api.world.school("b").await.id);
    let device = api.world.device("a").await;
    let secret = "Unrepeatable-Name";
    api.world.sync(&device, &device.push(0, vec![learner(1, secret)])).await.expect("an answer");
    let token = api.user(a, Role::Viewer).await;
    // The user was a change of the school; what it made of the digest is found out at the next exchange.
    api.world.sync(&device, &device.request(0)).await.expect("an answer");
    for _ in 0..2 {
        assert_eq!(api.get(&format!("/students?q={secret}"), &token).await.status, 200);
    }
    let theirs = api.user(b, Role::Viewer).await;
    assert_eq!(api.get(&format!("/students/{}", new_id()), &theirs).await.status, 404);
    assert_eq!(api.get("/students?cursor=AAAA", &theirs).await.status, 400);
    let odd = Method::from_bytes(b"BREW").expect("a method");
    api.ask(odd, "/students", &token, &[], None).await;
    let told = text(&api).await;
    for (line, at_least) in [
        (r#"pems_requests_total{route="/api/v1/students",method="GET",status="200"}"#, 2.0),
        (r#"pems_requests_total{route="/api/v1/students/{id}",method="GET",status="404"}"#, 1.0),
        (r#"pems_requests_total{route="/api/v1/students",method="other",status="405"}"#, 1.0),
        (r#"pems_requests_total{route="/v1/sync",method="POST",status="200"}"#, 1.0),
        (r#"pems_request_seconds_count{route="/api/v1/students",class="small"}"#, 3.0),
        (r#"pems_cross_tenant_attempts_total{reason="unknown_id"}"#, 1.0),
        (r#"pems_cross_tenant_attempts_total{reason="cursor"}"#, 1.0),
        (r#"pems_reads_total{reason="hit"}"#, 1.0),
        (r#"pems_pool_connections{pool="app",state="most"}"#, 16.0),
        ("pems_transactions_total", 2.0),
        ("pems_entering_seconds_total", 0.000_1),
        ("pems_transaction_seconds_total", 0.000_1),
    ] {
        assert!(value(&told, line) >= at_least, "{line}\n{told}");
    }
    assert!(value(&told, "pems_entering_seconds_total") < value(&told, "pems_transaction_seconds_total"));
    assert!(!told.contains(secret) && !told.contains("School a"), "no name, no query");
    api.until("the new schools are told of", async || {
        (value(&text(&api).await, "pems_tenants_created_total") >= 2.0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_postgresql_refuses_is_counted() {
    let api = Api::new().await;
    let a = api.world.school("a").await.id;
    let token = api.user(a, Role::Viewer).await;
    api.world.sql("REVOKE SELECT ON student FROM hub_app").await.expect("revoked");
    let refused = api.get("/students", &token).await;
    assert_eq!(refused.refused(), (500, "internal"));
    assert!(!refused.message().contains("student"), "{}", refused.message());
    let told = text(&api).await;
    assert_eq!(value(&told, r#"pems_policy_violations_total{state="42501"}"#), 1.0);
    assert_eq!(value(&told, r#"pems_cross_tenant_attempts_total{reason="policy"}"#), 1.0);
}

#[tokio::test]
async fn records_of_each_school_are_sampled_and_the_look_is_in_the_log() {
    let mut api = Api::new().await;
    let a = api.world.school("a").await.id;
    api.world.school("b").await;
    let device = api.world.device("a").await;
    api.world.sync(&device, &device.push(0, vec![learner(1, "Cruz"), learner(2, "Reyes")])).await.expect("an answer");
    api.world.sql(&format!("UPDATE tenant SET metadata = '{{\"limits\": {{\"storageQuota\": 1}}}}', suspended_at = NULL WHERE id = '{a}'")).await.expect("settings");
    api.world.hub.admin().suspend("b").await.expect("suspended");
    // A hub samples when it starts.
    let mut config = Config::new(api.world.data_dir.path());
    config.database_url = Some(api.world.hub.database_url().to_owned());
    let aside = std::mem::replace(&mut api.world.hub, World::new().await.hub);
    aside.stop().await;
    let scratch = std::mem::replace(&mut api.world.hub, start(config).await.expect("a hub"));
    scratch.stop().await;
    let told = api
        .until("the sample", async || {
            let told = text(&api).await;
            (value(&told, &format!(r#"pems_tenant_rows{{tenant="{a}"}}"#)) == 2.0).then_some(told)
        })
        .await;
    assert_eq!(value(&told, &format!(r#"pems_tenant_over_quota{{tenant="{a}"}}"#)), 1.0);
    assert_eq!(value(&told, r#"pems_tenants{state="active"}"#), 1.0);
    assert_eq!(value(&told, r#"pems_tenants{state="suspended"}"#), 1.0);
    assert_eq!(value(&told, "pems_devices_seen"), 1.0);
    let looks: i64 = api
        .world
        .scalar("SELECT count(*) FROM audit_log WHERE details ->> 'doing' LIKE 'metrics: count the records of 1 %'")
        .await;
    assert_eq!(looks, 1);
}

#[tokio::test]
async fn each_request_has_an_id() {
    let api = Api::new().await;
    let given = api.ask(Method::GET, "/tenant", "x", &[("x-request-id", "from-the-proxy_1.2")], None).await;
    assert_eq!(given.header("x-request-id"), "from-the-proxy_1.2");
    for bad in ["a b", "", &"x".repeat(65), "a\"b"] {
        let made = api.ask(Method::GET, "/tenant", "x", &[("x-request-id", bad)], None).await;
        let id = made.header("x-request-id");
        assert!(id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{bad}: {id}");
    }
}
