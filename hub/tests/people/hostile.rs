//! Requests that nobody means well with: never an error of the hub, never a change.

use crate::town::{PASSWORD, Town};
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

const ROUTES: &[(&str, &str)] = &[
    ("POST", "/auth/sign-in"),
    ("POST", "/auth/refresh"),
    ("POST", "/auth/password"),
    ("POST", "/users"),
    ("PATCH", "/users/018f0000-0000-7000-8000-000000000000"),
    ("POST", "/operators/sign-in"),
];

const BODIES: &[&str] = &[
    "",
    "{",
    "null",
    "[]",
    "0",
    "\"x\"",
    "{\"\":1}",
    "{\"email\":1}",
    "{\"email\":\"\\u0000@\\u0000\",\"password\":\"\\u0000\"}",
    "{\"school\":[],\"email\":{},\"password\":null}",
    "{\"school\":\"a\",\"school\":\"b\"}",
    "\u{feff}{}",
    "{\"new\":1e400}",
    "{\"school\":\"rizal\",\"email\":\"admin@rizal.ph\",\"password\":\"x\",\"role\":\"school_admin\"}",
];

#[tokio::test]
async fn garbage_is_refused_by_name() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let me = town.sign_in(&admin).await;
    let huge = format!("{{\"email\":\"{}\"}}", "x".repeat(20_000));
    let deep = "[".repeat(10_000);
    for (method, path) in ROUTES {
        let url = town.world.url(&format!("/api/v1{path}"));
        for body in BODIES.iter().copied().chain([huge.as_str(), deep.as_str()]) {
            let method: Method = method.parse().expect("a method");
            let request = town.world.client.request(method, &url).bearer_auth(&me.access).body(body.to_owned());
            let response = request.send().await.expect("an answer");
            let status = response.status();
            let known = [StatusCode::BAD_REQUEST, StatusCode::PAYLOAD_TOO_LARGE].contains(&status);
            let body: Json = response.json().await.expect("JSON");
            assert!(known, "{path} {status} {body}");
            assert_eq!(body["success"], false);
            let code = body["error"]["code"].as_str().expect("a code");
            assert!(["bad_request", "too_large"].contains(&code), "{path} {body}");
        }
    }
    let bytes = town.world.client.post(town.world.url("/api/v1/auth/sign-in")).body(vec![0xff; 300]);
    assert_eq!(bytes.send().await.expect("an answer").status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn sql_in_every_field_is_only_text() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let me = town.sign_in(&admin).await;
    let people: i64 = town.world.scalar("SELECT count(*) FROM account").await;
    for text in [
        "' OR 1=1 --",
        "'; DROP TABLE account; --",
        "\\'; SELECT pg_sleep(9); --",
        "$1",
        "$$",
        "admin@rizal.ph'/*",
        "%27%20OR",
        "rizal' UNION SELECT 1--",
        "\u{0}",
        "\u{202e}",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "../../etc/passwd",
    ] {
        for body in [
            json!({ "school": text, "email": admin.email, "password": PASSWORD }),
            json!({ "school": "rizal", "email": text, "password": PASSWORD }),
            json!({ "school": "rizal", "email": format!("{text}@rizal.ph"), "password": PASSWORD }),
            json!({ "school": "rizal", "email": "nobody@rizal.ph", "password": text }),
        ] {
            let reply = town.ask(Method::POST, "/auth/sign-in", None, Some(&body)).await;
            let (status, code) = reply.refused();
            assert!(
                [(400, "bad_request"), (401, "wrong_credentials"), (429, "account_locked")].contains(&(status, code)),
                "{body}"
            );
        }
        let operator = json!({ "email": "a@b.ph", "password": text, "code": text, "reason": text });
        assert!(town.ask(Method::POST, "/operators/sign-in", None, Some(&operator)).await.status.is_client_error());
        let refresh = town.refresh(text).await;
        assert_eq!(refresh.refused(), (401, "unauthorized"), "{text}");
        for path in ["/users/", "/users?cursor=", "/users?limit="] {
            let escaped: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let reply = town.get(&format!("{path}{escaped}"), &me.access).await;
            assert!(reply.status.is_client_error(), "{path}{text}: {}", reply.status);
        }
        // What may be a name is one, letter for letter.
        let made = town.post("/users", &me.access, &json!({ "email": "t@x.ph", "name": text, "role": "viewer" })).await;
        if made.status.is_success() {
            assert_eq!(made.data()["user"]["name"], text);
            town.sql("DELETE FROM account WHERE email = 't@x.ph'").await;
        } else {
            assert_eq!(made.refused(), (400, "bad_request"), "{text:?}");
        }
    }
    let after: i64 = town.world.scalar("SELECT count(*) FROM account").await;
    assert_eq!(after, people);
}
