//! Every route, and everything that can be wrong before its handler has anything to say: whoever refuses it, it looks the same.
//! The routes come from the served document, so a new one is walked by itself.

use crate::caller::Api;
use crate::reply::Reply;
use crate::world::new_id;
use pems_model::Role;
use pems_model::wire::MAX_BODY;
use reqwest::Method;
use serde_json::Value as Json;
use std::num::NonZeroU32;

const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

fn members(of: &Json) -> Vec<&str> {
    let mut members: Vec<&str> = of.as_object().expect("an object").keys().map(String::as_str).collect();
    members.sort_unstable();
    members
}

/// An error: code, message, and details where there are any.
fn is_error(error: &Json, code: &str, what: &str) {
    assert_eq!(error["code"], code, "{what}: {error}");
    assert!(error["message"].as_str().is_some_and(|message| message.len() > 10), "{what}: {error}");
    assert!(members(error).iter().all(|name| ["code", "message", "details"].contains(name)), "{what}: {error}");
}

fn refused(reply: &Reply, (status, code): (u16, &str), what: &str) {
    assert_eq!(reply.status, status, "{what}: {}", reply.body);
    assert_eq!(reply.header("content-type"), "application/json", "{what}");
    assert_eq!(reply.header("cache-control"), "no-store", "{what}");
    assert!(!reply.header("x-request-id").is_empty(), "{what}");
    assert_eq!(members(&reply.body), ["error", "success"], "{what}");
    is_error(&reply.body["error"], code, what);
}

struct Walk {
    api: Api,
    admin: String,
    operator: String,
}

impl Walk {
    async fn begin() -> Walk {
        let many = NonZeroU32::new(1_000_000).expect("not zero");
        let api = Api::with(|config| {
            config.rates.sign_in = many;
            config.rates.token_address = many;
        });
        let api = api.await;
        let school = api.world.school("a").await.id;
        let (admin, operator) = (api.user(school, Role::SchoolAdmin).await, api.operator().await);
        Walk { api, admin, operator }
    }

    /// Sends text as the body, JSON or not.
    async fn send(&self, method: &Method, path: &str, token: Option<&str>, body: Option<&str>) -> Reply {
        let mut request = self.api.world.client.request(method.clone(), self.api.world.url(path));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_owned());
        }
        Reply::to(request).await
    }

    /// Whose token serves there.
    fn token(&self, path: &str) -> &str {
        let for_operators = ["/api/v1/tenants", "/api/v1/operators"].iter().any(|begins| path.starts_with(begins));
        if for_operators { &self.operator } else { &self.admin }
    }

    async fn wrong_methods(&self, path: &str, operations: &Json) {
        for method in METHODS {
            if operations.get(method.as_str().to_lowercase()).is_none() {
                let reply = self.send(&method, path, Some(self.token(path)), None).await;
                refused(&reply, (405, "method_not_allowed"), &format!("{method} {path}"));
                assert!(!reply.header("allow").is_empty(), "{method} {path}");
            }
        }
    }

    async fn operation(&self, method: &Method, path: &str, operation: &Json) {
        let (what, token) = (format!("{method} {path}"), self.token(path));
        let takes_body = operation.get("requestBody").is_some();
        if operation.get("security").is_some() {
            for wrong in [None, Some("rubbish"), Some("")] {
                let body = takes_body.then_some("{}");
                refused(
                    &self.send(method, path, wrong, body).await,
                    (401, "unauthorized"),
                    &format!("{what}, {wrong:?}"),
                );
            }
        }
        if takes_body {
            for body in
                ["", "{", "[]", r#"["Mabini"]"#, "7", "null", "\u{0}", r#"{"nobody_knows": 1}"#, r#"{"name": []}"#]
            {
                let reply = self.send(method, path, Some(token), Some(body)).await;
                refused(&reply, (400, "bad_request"), &format!("{what} with {body:?}"));
            }
            let large = format!(r#"{{"name": "{}"}}"#, "x".repeat(20_000));
            refused(&self.send(method, path, Some(token), Some(&large)).await, (413, "too_large"), &what);
        } else if operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["in"] == "query")) {
            for query in ["nobody_knows=1", "limit=0", "limit=201", "limit=x", "cursor=", "cursor=%00", "cursor=x"] {
                let reply = self.send(method, &format!("{path}?{query}"), Some(token), None).await;
                refused(&reply, (400, "bad_request"), &format!("{what}?{query}"));
                let field = query.split('=').next().filter(|field| *field != "nobody_knows");
                assert_eq!(reply.body["error"]["details"]["field"].as_str(), field, "{what}?{query}");
            }
        }
    }

    /// What nobody has, and what can be no id. A log that is empty is one all the same.
    async fn unknown_ids(&self, method: &Method, path: &str) {
        let body = matches!(*method, Method::PATCH | Method::PUT).then_some("{}");
        for id in [new_id().to_string(), "x".to_owned(), "%00".to_owned()] {
            let asked = path.replace("{id}", &id);
            if asked.ends_with("/audit") && id.len() > 3 {
                continue;
            }
            let reply = self.send(method, &asked, Some(self.token(path)), body).await;
            refused(&reply, (404, "not_found"), &format!("{method} {asked}"));
        }
    }
}

#[tokio::test]
async fn every_route_refuses_in_the_same_shape_whatever_is_wrong() {
    let walk = Walk::begin().await;
    let document = walk.send(&Method::GET, "/api/v1/openapi.json", None, None).await.body;
    let (mut operations, mut lists) = (0, 0);
    for (template, here) in document["paths"].as_object().expect("paths") {
        let path = template.replace("{id}", &new_id().to_string());
        walk.wrong_methods(&path, here).await;
        // With a cookie instead of a token: hub/tests/console walks it.
        if path.starts_with("/api/v1/console/") {
            continue;
        }
        for (method, operation) in here.as_object().expect("operations") {
            operations += 1;
            let method: Method = method.to_uppercase().parse().expect("a method");
            walk.operation(&method, &path, operation).await;
            if template.contains("{id}") {
                walk.unknown_ids(&method, template).await;
            }
            let answer = operation.pointer("/responses/200/content/application~1json/schema/$ref");
            lists += usize::from(answer.is_some_and(|schema| schema.to_string().contains("Page_")));
        }
    }
    assert!(operations >= 18 && lists == 5, "{operations} operations, of which {lists} are lists");
    for path in ["/metrics", "/readyz", "/healthz", "/api/v1/openapi.json"] {
        refused(&walk.send(&Method::DELETE, path, None, None).await, (405, "method_not_allowed"), path);
    }
    refused(&walk.send(&Method::GET, "/metrics", None, None).await, (401, "unauthorized"), "/metrics");
    for path in ["/", "/api", "/api/v1", "/api/v1/", "/api/v2/users", "/users"] {
        refused(&walk.send(&Method::GET, path, Some(&walk.admin), None).await, (404, "not_found"), path);
    }
}

#[tokio::test]
async fn what_offices_call_refuses_in_theirs() {
    let walk = Walk::begin().await;
    walk.api.world.school("b").await;
    let device = walk.api.world.device("b").await;
    let bare = |reply: &Reply, (status, code): (u16, &str), what: &str| {
        assert_eq!(reply.status, status, "{what}: {}", reply.body);
        assert_eq!(reply.header("cache-control"), "no-store", "{what}");
        is_error(&reply.body, code, what);
    };
    for path in ["/v1/enrol", "/v1/token", "/v1/sync"] {
        for method in METHODS.iter().filter(|method| **method != Method::POST) {
            bare(&walk.send(method, path, None, None).await, (405, "method_not_allowed"), &format!("{method} {path}"));
        }
        for body in ["", "{", "[]", "null"] {
            let reply = walk.send(&Method::POST, path, Some(&device.token), Some(body)).await;
            bare(&reply, (400, "bad_request"), &format!("{path} with {body:?}"));
        }
        let large = "x".repeat(MAX_BODY + 1);
        bare(&walk.send(&Method::POST, path, Some(&device.token), Some(&large)).await, (413, "too_large"), path);
    }
    for wrong in [None, Some("rubbish"), Some(walk.admin.as_str())] {
        bare(&walk.send(&Method::POST, "/v1/sync", wrong, Some("{}")).await, (401, "unauthorized"), "/v1/sync");
    }
    bare(&walk.send(&Method::GET, "/v1/nothing", None, None).await, (404, "not_found"), "/v1/nothing");
}
