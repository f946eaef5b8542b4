//! Schools over the API.

use crate::caller::Api;
use pems_model::Role;
use reqwest::Method;
use serde_json::{Value as Json, json};
use uuid::Uuid;

fn new(slug: &str, school_id: &str) -> Json {
    json!({ "name": " Mabini Elementary ", "slug": slug, "school_id": school_id })
}

#[tokio::test]
async fn a_school_is_added_shown_changed_and_suspended() {
    let api = Api::new().await;
    let operator = api.operator().await;
    let made = api.post("/tenants", &operator, &new("mabini", "123456")).await;
    assert_eq!(made.status, 201);
    let school = made.data().clone();
    assert_eq!((&school["name"], &school["timezone"]), (&json!("Mabini Elementary"), &json!("Asia/Manila")));
    let id = Uuid::parse_str(school["id"].as_str().expect("an id")).expect("a UUID");
    assert_eq!(id.get_version_num(), 7);
    let path = format!("/tenants/{id}");
    let shown = api.get(&path, &operator).await;
    assert_eq!((shown.data(), shown.header("etag")), (&school, made.header("etag")));

    let settings = json!({ "metadata": { "limits": { "maxUsers": 5 }, "ours": [1] }, "timezone": "Asia/Tokyo" });
    let changed =
        api.ask(Method::PATCH, &path, &operator, &[("if-match", shown.header("etag"))], Some(&settings)).await;
    assert_eq!(changed.data()["metadata"], settings["metadata"]);
    assert_ne!(changed.header("etag"), shown.header("etag"));
    let late = api.ask(Method::PATCH, &path, &operator, &[("if-match", shown.header("etag"))], Some(&settings)).await;
    assert_eq!(late.refused(), (412, "stale"));
    let same = api.patch(&path, &operator, &settings).await;
    assert_eq!(same.header("etag"), changed.header("etag"), "what changes nothing is no change");

    let suspended = api.patch(&path, &operator, &json!({ "suspended": true })).await;
    assert!(suspended.data()["suspended_at"].is_string());
    let resumed = api.patch(&path, &operator, &json!({ "suspended": false })).await;
    assert!(resumed.data()["suspended_at"].is_null());

    let log = api.get(&format!("{path}/audit"), &operator).await;
    let actions: Vec<&str> =
        log.data()["items"].as_array().expect("a list").iter().filter_map(|entry| entry["action"].as_str()).collect();
    let told: Vec<&str> = actions.into_iter().rev().filter(|action| *action != "operator.entered").collect();
    assert_eq!(told, ["tenant.created", "tenant.updated", "tenant.suspended", "tenant.resumed"]);
}

#[tokio::test]
async fn what_is_taken_or_cannot_be_is_named() {
    let api = Api::new().await;
    let operator = api.operator().await;
    let made = api.post("/tenants", &operator, &new("mabini", "123456")).await;
    let path = format!("/tenants/{}", made.data()["id"].as_str().expect("an id"));
    for (body, status, field) in [
        (new("mabini", "123457"), 409, "slug"),
        (new("rizal", "123456"), 409, "school_id"),
        (new("Rizal", "123457"), 400, "slug"),
        (new("-", "123457"), 400, "slug"),
        (new("rizal", "12345"), 400, "school_id"),
        (new("rizal", "１２３４５６"), 400, "school_id"),
        (json!({ "name": " ", "slug": "x", "school_id": "123457" }), 400, "name"),
        (json!({ "name": "a\u{0}b", "slug": "x", "school_id": "123457" }), 400, "name"),
        (json!({ "name": "n".repeat(201), "slug": "x", "school_id": "123457" }), 400, "name"),
        (json!({ "name": "n", "slug": "x", "school_id": "123457", "timezone": "Manila\u{0}" }), 400, "timezone"),
        (json!({ "name": "n", "slug": "x", "school_id": "123457", "timezone": "Mars/Base" }), 400, "timezone"),
        (
            json!({ "name": "n", "slug": "x", "school_id": "123457", "metadata": { "limits": 1 } }),
            400,
            "metadata.limits",
        ),
    ] {
        let reply = api.post("/tenants", &operator, &body).await;
        assert_eq!(reply.refused().0, status, "{body} {}", reply.body);
        assert_eq!(reply.body["error"]["details"]["field"], field, "{body}");
    }
    for body in
        [json!([]), json!({}), json!({ "name": 1 }), json!({ "name": "n", "slug": "x", "school_id": "1", "x": 1 })]
    {
        assert_eq!(api.post("/tenants", &operator, &body).await.refused(), (400, "bad_request"), "{body}");
    }
    for body in [json!({ "suspended": null }), json!({ "slug": "other" }), json!({ "metadata": "x" })] {
        assert_eq!(api.patch(&path, &operator, &body).await.refused(), (400, "bad_request"), "{body}");
    }
    let nobody = Uuid::from_u128(7);
    assert_eq!(api.get(&format!("/tenants/{nobody}"), &operator).await.refused(), (404, "not_found"));
    assert_eq!(api.get("/tenants/x", &operator).await.refused(), (404, "not_found"));
    let chains: i64 = api.world.scalar(&format!("SELECT count(*) FROM audit_log WHERE tenant_id = '{nobody}'")).await;
    assert_eq!(chains, 0, "a look at nothing begins no log");
}

#[tokio::test]
async fn pages_hold_every_school_once() {
    let api = Api::new().await;
    let operator = api.operator().await;
    for number in 0..5 {
        api.world.school(&format!("school-{number}")).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("/tenants?limit=2{cursor}"), &operator).await;
        seen.extend(page.data()["items"].as_array().expect("a list").iter().map(|school| school["slug"].clone()));
        match page.data()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, (0..5).map(|n| json!(format!("school-{n}"))).collect::<Vec<_>>());
    for bad in ["limit=0", "limit=201", "limit=x", "cursor=x", "page=2"] {
        let reply = api.get(&format!("/tenants?{bad}"), &operator).await;
        assert_eq!(reply.refused(), (400, "bad_request"), "{bad}");
        assert!(reply.message().contains(bad.split('=').next().expect("a name")), "{bad}: {}", reply.message());
    }
}

#[tokio::test]
async fn only_those_who_run_the_hub_see_other_schools() {
    let api = Api::new().await;
    let (a, b) = (api.world.school("a").await, api.world.school("b").await);
    let (admin, device) = (api.user(a.id, Role::SchoolAdmin).await, api.world.device("a").await.token);
    assert_eq!(api.get("/tenant", &admin).await.data()["slug"], "a");
    for path in [
        "/tenants".to_owned(),
        format!("/tenants/{}", a.id),
        format!("/tenants/{}", b.id),
        format!("/tenants/{}/audit", b.id),
    ] {
        for token in [&admin, &device, &"rubbish".to_owned()] {
            assert_eq!(api.get(&path, token).await.refused(), (401, "unauthorized"), "{path}");
        }
    }
    assert_eq!(api.get("/tenant", &device).await.refused(), (401, "unauthorized"));
    let over = api.operator_until("now() - interval '1 second'").await;
    assert_eq!(api.get("/tenants", &over).await.refused(), (401, "unauthorized"));
    let teacher = api.user(a.id, Role::Teacher).await;
    assert_eq!(api.get("/audit", &teacher).await.refused(), (403, "role_forbidden"));
    api.world.hub.admin().suspend("a").await.expect("suspended");
    api.until("the hub refuses", async || (api.get("/tenant", &admin).await.status == 403).then_some(())).await;
}
