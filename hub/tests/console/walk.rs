//! Every route of the console, from the served document, so that a new one is walked by itself: what refuses it before its handler
//! has anything to say, and the trace that it leaves in the audit log.

use crate::desk::{Browser, COOKIE, Desk, Person, because, browser, code, everywhere};
use pems_hub::db::ConsoleRole;
use reqwest::Method;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use uuid::Uuid;

const BEGINS: &str = "/api/v1/console";

/// What comes before anybody is signed in.
const OPEN: [&str; 3] = ["/sign-in", "/invitation", "/accept"];

/// (method, address without its beginning, operation) of the document.
async fn operations(desk: &Desk) -> Vec<(Method, String, Json)> {
    let document: Json = desk
        .world
        .client
        .get(desk.world.url("/api/v1/openapi.json"))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let mut found = Vec::new();
    for (path, here) in document["paths"].as_object().expect("paths") {
        let Some(path) = path.strip_prefix(BEGINS) else { continue };
        for (method, operation) in here.as_object().expect("operations") {
            found.push((method.to_uppercase().parse().expect("a method"), path.to_owned(), operation.clone()));
        }
    }
    assert!(found.len() >= 21, "{} operations", found.len());
    found
}

#[tokio::test]
async fn what_does_not_come_from_the_consoles_own_page_writes_nothing() {
    let desk = Desk::new().await;
    let ana = desk.owner("ana@division.ph").await;
    let here = desk.sign_in(&ana).await;
    let (origin, cookie) = (desk.world.hub.url(), format!("{COOKIE}={}", here.cookie));
    let before = desk.log(Uuid::nil()).await;
    for (method, path, _) in operations(&desk).await.into_iter().filter(|(method, ..)| *method != Method::GET) {
        let path = path.replace("{id}", &ana.id.to_string());
        for (headers, field) in [
            (vec![("x-pems-console", "1")], "origin"),
            (vec![("x-pems-console", "1"), ("origin", "null")], "origin"),
            (vec![("x-pems-console", "1"), ("origin", "https://evil.example")], "origin"),
            (vec![("x-pems-console", "1"), ("origin", "http://127.0.0.1")], "origin"),
            (vec![("x-pems-console", "1"), ("referer", origin.as_str())], "origin"),
            (vec![("origin", origin.as_str())], "x-pems-console"),
            (vec![("origin", origin.as_str()), ("x-pems-console", "")], "x-pems-console"),
            (vec![("origin", origin.as_str()), ("x-pems-console", "0")], "x-pems-console"),
        ] {
            let headers = [headers, vec![("cookie", cookie.as_str())]].concat();
            let reply = desk.send(method.clone(), &path, &headers, Some(because().to_string())).await;
            assert_eq!(reply.refused(), (400, "bad_request"), "{method} {path} {headers:?}");
            assert_eq!(reply.body["error"]["details"]["field"], field, "{method} {path}");
        }
    }
    assert_eq!(desk.log(Uuid::nil()).await, before);
}

#[tokio::test]
async fn without_a_cookie_every_route_refuses_in_the_same_shape() {
    let desk = Desk::new().await;
    let ana = desk.owner("ana@division.ph").await;
    let here = desk.sign_in(&ana).await;
    let origin = desk.world.hub.url();
    for (method, path, operation) in operations(&desk).await {
        let what = format!("{method} {path}");
        let asked = path.replace("{id}", &Uuid::from_u128(7).to_string());
        let open = OPEN.contains(&path.as_str());
        assert_eq!(operation.get("security").is_none(), open, "{what}");
        let forged = format!("{COOKIE}={}", "A".repeat(64));
        for headers in [vec![], vec![("cookie", forged.as_str())], vec![("authorization", "Bearer x")]] {
            let headers = [headers, vec![("origin", origin.as_str()), ("x-pems-console", "1")]].concat();
            let reply = desk.send(method.clone(), &asked, &headers, Some("{}".into())).await;
            assert_eq!(reply.refused(), if open { (400, "bad_request") } else { (401, "unauthorized") }, "{what}");
            assert_eq!(reply.header("cache-control"), "no-store", "{what}");
        }
        if operation.get("requestBody").is_some() {
            for body in ["", "{", "[]", "7", "null", r#"{"nobody_knows": 1}"#] {
                let cookie = format!("{COOKIE}={}", here.cookie);
                let headers = [("origin", origin.as_str()), ("x-pems-console", "1"), ("cookie", cookie.as_str())];
                let reply = desk.send(method.clone(), &asked, &headers, Some(body.into())).await;
                assert_eq!(reply.refused(), (400, "bad_request"), "{what} with {body:?}");
            }
        }
        if path.contains("{id}") {
            for id in [Uuid::from_u128(7).to_string(), "x".into()] {
                let body = (operation.get("requestBody").is_some()).then(because);
                let reply = desk.ask(method.clone(), &path.replace("{id}", &id), Some(&here), body.as_ref()).await;
                assert_eq!(reply.refused(), (404, "not_found"), "{what} of {id}");
            }
        }
    }
}

/// A walk in which everything succeeds, and what it has left behind.
struct Walk {
    desk: Desk,
    walked: BTreeSet<String>,
}

impl Walk {
    /// Asks, and demands a trace: an entry in the log of `about` (nil: the hub's) with this action, or, for what only looks, with
    /// these words of what was done.
    async fn step(
        &mut self,
        method: Method,
        path: &str,
        who: Option<&Browser>,
        body: Option<Json>,
        about: Uuid,
        trace: &str,
    ) -> Json {
        let template: Vec<&str> =
            path.split('/').map(|part| if part.parse::<Uuid>().is_ok() { "{id}" } else { part }).collect();
        let what = format!("{method} {}", template.join("/"));
        let count = format!(
            "SELECT count(*) FROM audit_log WHERE tenant_id = '{about}' AND (action = '{trace}' OR details ->> 'doing' = '{trace}')"
        );
        let before: i64 = self.desk.world.scalar(&count).await;
        let reply = self.desk.ask(method, path, who, body.as_ref()).await;
        assert!(reply.status.is_success(), "{what}: {} {}", reply.status, reply.body);
        let after: i64 = self.desk.world.scalar(&count).await;
        assert!(after > before || trace.is_empty(), "{what}: no entry {trace}");
        self.walked.insert(what);
        if path == "/sign-in" { json!({ "cookie": browser(&reply).cookie }) } else { reply.data().clone() }
    }
}

fn id_of(answer: &Json, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("{name} in {answer}")).to_owned()
}

#[tokio::test]
async fn every_act_and_every_look_is_in_the_audit_log() {
    let desk = Desk::new().await;
    let (ana, ben) = (desk.owner("ana@division.ph").await, desk.owner("ben@division.ph").await);
    let sam: Person = desk.person("sam@division.ph", ConsoleRole::Support, &everywhere()).await;
    let school = desk.school("rizal", &everywhere()).await;
    let (hers, old, his) = (desk.sign_in(&ana).await, desk.sign_in(&ana).await, desk.sign_in(&ben).await);
    let operations = operations(&desk).await;
    let mut walk = Walk { desk, walked: BTreeSet::new() };
    let (get, post, hub) = (Method::GET, Method::POST, Uuid::nil());
    for (path, doing) in [
        ("/me", "oneself shown"),
        ("/sessions", "own sessions listed"),
        ("/operators", "operators listed"),
        ("/invitations", "invitations listed"),
        ("/requests", "requests listed"),
        ("/schools", "schools listed"),
    ] {
        walk.step(get.clone(), path, Some(&hers), None, hub, doing).await;
    }
    let at = |rest: &str| format!("/schools/{school}{rest}");
    walk.step(get.clone(), &at(""), Some(&hers), None, school, "school shown").await;
    walk.step(post.clone(), &at("/suspend"), Some(&hers), Some(because()), school, "tenant.suspended").await;
    walk.step(post.clone(), &at("/resume"), Some(&hers), Some(because()), school, "tenant.resumed").await;

    let with = |more: Json| {
        let (mut all, Json::Object(more)) = (because(), more) else { panic!("an object") };
        all.as_object_mut().expect("an object").extend(more);
        Some(all)
    };
    let new = |email: &str, role: &str| with(json!({ "email": email, "name": "Eve Cruz", "role": role, "scope": {} }));
    let made =
        walk.step(post.clone(), "/operators", Some(&hers), new("eve@x.ph", "viewer"), hub, "operator.invited").await;
    let code_of = json!({ "code": made["code"] });
    let offer = walk.step(post.clone(), "/invitation", None, Some(code_of), hub, "").await;
    let totp = totp_rs::Totp::from_url(offer["otpauth"].as_str().expect("an address")).expect("of an app");
    let taken = json!({ "code": made["code"], "password": "apat na ibon sa puno", "app_code": code(&totp, 0) });
    walk.step(post.clone(), "/accept", None, Some(taken), hub, "operator.enrolled").await;
    walk.step(post.clone(), "/operators", Some(&hers), new("tim@x.ph", "viewer"), hub, "operator.invited").await;
    let waiting = walk.desk.get("/invitations", &hers).await;
    let tim = id_of(&waiting.data()[0], "operator");
    walk.step(Method::DELETE, &format!("/invitations/{tim}"), Some(&hers), None, hub, "operator.uninvited").await;
    let change = with(json!({ "role": "viewer" }));
    walk.step(Method::PATCH, &format!("/operators/{}", sam.id), Some(&hers), change, hub, "operator.changed").await;
    walk.step(
        post.clone(),
        &format!("/operators/{}/reset", sam.id),
        Some(&hers),
        Some(because()),
        hub,
        "operator.reset",
    )
    .await;
    for (how, trace) in [("approve", "console.approved"), ("refuse", "console.refused")] {
        let asked = walk
            .step(post.clone(), "/operators", Some(&hers), new(&format!("{how}@x.ph"), "owner"), hub, "console.asked")
            .await;
        let path = format!("/requests/{}/{how}", id_of(&asked, "request"));
        walk.step(post.clone(), &path, Some(&his), None, hub, trace).await;
    }
    walk.step(
        post.clone(),
        "/step-up",
        Some(&hers),
        Some(json!({ "code": code(&ana.totp, 1) })),
        hub,
        "console.code_typed",
    )
    .await;
    walk.step(Method::DELETE, &format!("/sessions/{}", old.session), Some(&hers), None, hub, "console.signed_out")
        .await;
    walk.step(post.clone(), "/sign-out", Some(&hers), None, hub, "console.signed_out").await;
    walk.desk.forget_codes().await;
    let again = json!({ "email": ana.email, "password": crate::desk::PASSWORD, "code": code(&ana.totp, 0) });
    walk.step(post, "/sign-in", None, Some(again), hub, "console.signed_in").await;

    let all: BTreeSet<String> = operations.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(walk.walked, all, "a new route is walked here too");
    let report: i64 =
        walk.desk.world.scalar("SELECT count(*) FROM audit_log WHERE details::text ~* '(eve|tim|cruz|@)'").await;
    assert_eq!(report, 0, "the log has no names and no addresses");
}
