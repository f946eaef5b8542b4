//! People with tokens. How they get them is tested elsewhere (`hub/tests/people`).

use crate::reply::Reply;
use crate::world::{World, new_id, now};
use pems_hub::Config;
use pems_hub::db::{AccessTokens, Grant, Keys};
use pems_model::Role;
use reqwest::Method;
use serde_json::Value as Json;
use std::num::NonZeroU32;
use std::time::Duration;
use uuid::Uuid;

pub(crate) struct Api {
    pub(crate) world: World,
    tokens: AccessTokens,
}

impl Reply {
    /// What a refusal says for people.
    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }
}

impl Api {
    pub(crate) async fn new() -> Api {
        Api::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Api {
        let world = World::with(|config| {
            config.enrol_per_minute = NonZeroU32::new(1_000_000).expect("not zero");
            change(config);
        })
        .await;
        let keys = Keys::load(world.data_dir.path()).expect("the hub's key");
        let tokens = AccessTokens::new(&keys, Duration::from_secs(600));
        Api { world, tokens }
    }

    /// The token of somebody signed in at the school.
    pub(crate) async fn user(&self, tenant: Uuid, role: Role) -> String {
        let (user, session) = (new_id(), new_id());
        let sql = format!(
            "INSERT INTO account (tenant_id, id, email, name, role, password_hash)
                 VALUES ('{tenant}', '{user}', '{user}@school.ph', 'Somebody', '{}', '$argon2id$none');
             INSERT INTO session (tenant_id, id, account_id, expires_at)
                 VALUES ('{tenant}', '{session}', '{user}', now() + interval '1 hour')",
            role.name()
        );
        self.world.sql(&sql).await.expect("an account");
        let grant = Grant::User { tenant, user, role, session };
        self.tokens.issue(grant, now()).expect("a token").token
    }

    /// The token of somebody in operator mode.
    pub(crate) async fn operator(&self) -> String {
        self.operator_until("now() + interval '10 minutes'").await
    }

    pub(crate) async fn operator_until(&self, ends: &str) -> String {
        let (operator, mode_id) = (new_id(), new_id());
        let sql = format!(
            "INSERT INTO sec.operator_mode (id, reason, begun_at, ends_at)
             VALUES ('{mode_id}', 'a test', {ends} - interval '10 minutes', {ends})"
        );
        self.world.sql(&sql).await.expect("operator mode");
        let grant = Grant::Operator { operator, mode_id, ends: now() + 600_000_000 };
        self.tokens.issue(grant, now()).expect("a token").token
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: Option<&Json>,
    ) -> Reply {
        let mut request =
            self.world.client.request(method, self.world.url(&format!("/api/v1{path}"))).bearer_auth(token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Reply::to(request).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Reply {
        self.ask(Method::GET, path, token, &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Json) -> Reply {
        self.ask(Method::POST, path, token, &[], Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, token: &str, body: &Json) -> Reply {
        self.ask(Method::PATCH, path, token, &[], Some(body)).await
    }

    /// Asks until it is so; fails after half a minute.
    pub(crate) async fn until<T>(&self, what: &str, mut asked: impl AsyncFnMut() -> Option<T>) -> T {
        let waited = tokio::time::timeout(Duration::from_secs(30), async {
            loop {
                if let Some(found) = asked().await {
                    return found;
                }
            }
        });
        waited.await.unwrap_or_else(|_| panic!("not within half a minute: {what}"))
    }
}
