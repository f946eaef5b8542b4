//! How answers look that no handler made, and what everybody in between must not keep.

use crate::caller::Api;
use crate::reply::Reply;
use pems_model::Role;
use reqwest::{Method, StatusCode};
use serde_json::json;

fn in_the_envelope(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.refused(), (status, code), "{}", reply.body);
    assert!(reply.message().len() > 10, "{}", reply.body);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("cache-control"), "no-store");
    let mut members: Vec<_> = reply.body.as_object().expect("an object").keys().collect();
    members.sort();
    assert_eq!(members, ["error", "success"]);
}

#[tokio::test]
async fn what_is_not_there_and_what_cannot_be_done_is_refused_in_the_envelope() {
    let api = Api::new().await;
    let school = api.world.school("a").await.id;
    let token = api.user(school, Role::SchoolAdmin).await;
    for path in ["/students/", "/nothing", "/students/x/y", "/users/%00", "/%ff", "//students"] {
        in_the_envelope(&api.get(path, &token).await, 404, "not_found");
    }
    for (method, path) in [
        (Method::PUT, "/students"),
        (Method::DELETE, "/users"),
        (Method::GET, "/auth/sign-in"),
        (Method::POST, "/openapi.json"),
        (Method::PATCH, "/audit"),
    ] {
        let reply = api.ask(method, path, &token, &[], None).await;
        in_the_envelope(&reply, 405, "method_not_allowed");
        assert!(!reply.header("allow").is_empty(), "{path}: it says which method it takes");
    }
    let elsewhere = api.world.client.get(api.world.url("/students")).send().await.expect("an answer");
    let body: serde_json::Value = elsewhere.json().await.expect("JSON");
    assert_eq!(body["error"]["code"], "not_found");
}

#[tokio::test]
async fn requests_refused_before_they_were_read_end_their_connection() {
    let api = Api::new().await;
    let school = api.world.school("a").await.id;
    let token = api.user(school, Role::SchoolAdmin).await;
    let large = json!({ "email": "x".repeat(40_000) });
    let reply = api.post("/users", &token, &large).await;
    in_the_envelope(&reply, 413, "too_large");
    assert_eq!(reply.header("connection"), "close");
    let reply = api.post("/users", "no token", &json!({ "email": "a@b" })).await;
    in_the_envelope(&reply, 401, "unauthorized");
    assert_eq!(reply.header("connection"), "close");
    let reply = api.post("/users", &token, &json!({ "email": 1 })).await;
    in_the_envelope(&reply, 400, "bad_request");
    assert_eq!(reply.header("connection"), "", "it was read, so the next request may follow");
    let reply = api.get("/nothing", &token).await;
    assert_eq!(reply.header("connection"), "", "there was nothing to read");
}

#[tokio::test]
async fn endless_addresses_and_header_lines_are_refused_in_the_envelope() {
    let api = Api::new().await;
    let school = api.world.school("a").await.id;
    let token = api.user(school, Role::SchoolAdmin).await;
    let reply = api.get(&format!("/students?q={}", "a".repeat(9_000)), &token).await;
    in_the_envelope(&reply, 414, "too_large");
    let long = "a".repeat(20_000);
    let reply = api.ask(Method::GET, "/students", &token, &[("x-long", &long)], None).await;
    in_the_envelope(&reply, 431, "too_large");
}

#[tokio::test]
async fn nobody_in_between_keeps_an_answer_that_did_not_allow_it() {
    let api = Api::new().await;
    let school = api.world.school("a").await.id;
    let token = api.user(school, Role::SchoolAdmin).await;
    let new = json!({ "email": "ana@a.ph", "name": "Ana", "role": "teacher" });
    let made = api.post("/users", &token, &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    assert_eq!(made.header("cache-control"), "no-store", "it carries a one-time password");
    let said = json!({ "school": "a", "email": "ana@a.ph", "password": made.data()["one_time_password"] });
    let signed_in = api.post("/auth/sign-in", "", &said).await;
    assert_eq!(signed_in.header("cache-control"), "no-store");
    let refresh = json!({ "refresh_token": signed_in.data()["refresh_token"] });
    let refreshed = api.post("/auth/refresh", "", &refresh).await;
    assert_eq!((refreshed.status.as_u16(), refreshed.header("cache-control")), (200, "no-store"));
    let device = api.world.device("a").await;
    let given = api.world.ask_token(&device.assertion(|_| {})).await;
    assert_eq!((given.status().as_u16(), given.headers()["cache-control"].to_str().ok()), (200, Some("no-store")));
    // What has a version of its own may be kept by its reader, and is asked about each time.
    let read = api.get("/students", &token).await;
    assert!(!read.header("etag").is_empty());
    assert_eq!(read.header("cache-control"), "private, no-cache");
}

#[tokio::test]
async fn schools_at_one_address_do_not_use_up_each_others_requests() {
    let plenty = |n| std::num::NonZeroU32::new(n).expect("not zero");
    let api = Api::with(|config| {
        config.rates.api_address = plenty(5);
        config.rates.api = plenty(200);
        config.rates.sign_in = plenty(3);
    })
    .await;
    let (greedy, quiet) = (api.world.school("greedy").await.id, api.world.school("quiet").await.id);
    let (theirs, ours) = (api.user(greedy, Role::Viewer).await, api.user(quiet, Role::Viewer).await);
    for _ in 0..100 {
        assert_eq!(api.get("/tenant", &theirs).await.status, 200);
    }
    assert_eq!(api.get("/tenant", &ours).await.status, 200);
    let wrong = |school: &str, n: usize| json!({ "school": school, "email": format!("{n}@x.ph"), "password": "wrong" });
    let mut last = 0;
    for n in 0..4 {
        last = api.post("/auth/sign-in", "", &wrong("greedy", n)).await.status.as_u16();
    }
    assert_eq!(last, 429);
    assert_eq!(api.post("/auth/sign-in", "", &wrong("quiet", 0)).await.refused(), (401, "wrong_credentials"));
}
