//! A hub with schools and people, and how a program talks to it.

use crate::world::{World, new_id};
use argon2::{Algorithm, Argon2, Params, Version};
use ed25519_dalek::SigningKey;
use pems_hub::Config;
use pems_model::{Role, proof};
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use sqlx::AssertSqlSafe;
use std::num::NonZeroU32;
use std::sync::OnceLock;
use uuid::Uuid;

/// Everybody's, unless chosen anew.
pub(crate) const PASSWORD: &str = "tatlong isda sa ilog";

/// Its hash, made once: what it costs is tested elsewhere.
fn hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_of(PASSWORD))
}

pub(crate) fn hash_of(password: &str) -> String {
    proof::verifier((19 * 1024, 2, 1), SALT, &derived(password))
}

/// What opens with a password of [`hash_of`].
pub(crate) fn key_of(password: &str) -> SigningKey {
    proof::key_of(&derived(password))
}

const SALT: &[u8] = b"salt of our test";

fn derived(password: &str) -> [u8; 32] {
    let params = Params::new(19 * 1024, 2, 1, None).expect("parameters");
    let mut derived = [0; 32];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(password.as_bytes(), SALT, &mut derived).expect("a hash");
    derived
}

pub(crate) struct Town {
    pub(crate) world: World,
}

/// Somebody of a school, who may sign in with [`PASSWORD`].
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) school: String,
    pub(crate) tenant: Uuid,
    pub(crate) id: Uuid,
    pub(crate) email: String,
}

/// What signing in gave.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// An answer: its status, and `data` or `error` of its body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Json,
    pub(crate) retry_after: Option<u64>,
}

impl Reply {
    /// What was asked for; panics if it was refused.
    pub(crate) fn data(&self) -> &Json {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        assert_eq!(self.body["success"], true);
        &self.body["data"]
    }

    /// The status and stable code of a refusal; panics if it was none.
    pub(crate) fn refused(&self) -> (u16, &str) {
        assert!(!self.status.is_success(), "{} {}", self.status, self.body);
        assert_eq!(self.body["success"], false, "{}", self.body);
        (self.status.as_u16(), self.body["error"]["code"].as_str().expect("a code"))
    }
}

impl Town {
    pub(crate) async fn new() -> Town {
        Town::with(|_| {}).await
    }

    /// With room for as many sign-ins as tests need; limits are tested by themselves.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Town {
        let world = World::with(|config| {
            let plenty = NonZeroU32::new(1_000_000).expect("not zero");
            config.enrol_per_minute = plenty;
            config.rates.sign_in = plenty;
            config.rates.sign_in_account = plenty;
            config.rates.token_address = plenty;
            change(config);
        })
        .await;
        Town { world }
    }

    pub(crate) async fn school(&self, slug: &str) -> Uuid {
        self.world.school(slug).await.id
    }

    /// A school with an administrator.
    pub(crate) async fn school_with_admin(&self, slug: &str) -> Person {
        let tenant = self.school(slug).await;
        self.person(slug, tenant, &format!("admin@{slug}.ph"), Role::SchoolAdmin).await
    }

    /// Put there without the API, which is what is being tested.
    pub(crate) async fn person(&self, school: &str, tenant: Uuid, email: &str, role: Role) -> Person {
        let id = new_id();
        sqlx::query(
            "INSERT INTO account (tenant_id, id, email, name, role, password_hash) VALUES ($1, $2, $3, 'Somebody', $4, $5)",
        )
        .bind(tenant)
        .bind(id)
        .bind(email)
        .bind(role.name())
        .bind(hash())
        .execute(&mut self.world.owner().await)
        .await
        .expect("an account");
        Person { school: school.into(), tenant, id, email: email.into() }
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, token: Option<&str>, body: Option<&Json>) -> Reply {
        let mut request = self.world.client.request(method, self.world.url(&format!("/api/v1{path}")));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let wait = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        Reply { status, body: response.json().await.expect("JSON"), retry_after: wait }
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Reply {
        self.ask(Method::GET, path, Some(token), None).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Json) -> Reply {
        self.ask(Method::POST, path, Some(token), Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, token: &str, body: &Json) -> Reply {
        self.ask(Method::PATCH, path, Some(token), Some(body)).await
    }

    pub(crate) async fn try_sign_in(&self, school: &str, email: &str, password: &str) -> Reply {
        let body = json!({ "school": school, "email": email, "password": password });
        self.ask(Method::POST, "/auth/sign-in", None, Some(&body)).await
    }

    pub(crate) async fn sign_in(&self, person: &Person) -> Session {
        self.sign_in_with(person, PASSWORD).await
    }

    pub(crate) async fn sign_in_with(&self, person: &Person, password: &str) -> Session {
        session(&self.try_sign_in(&person.school, &person.email, password).await)
    }

    pub(crate) async fn refresh(&self, token: &str) -> Reply {
        self.ask(Method::POST, "/auth/refresh", None, Some(&json!({ "refresh_token": token }))).await
    }

    /// Runs SQL as the database's owner: time passes, and hands of others are at work.
    pub(crate) async fn sql(&self, sql: &str) {
        self.world.sql(sql).await.expect("it runs");
    }

    /// The audit log of a school (or of the hub: the nil id), oldest first: action and subject.
    pub(crate) async fn audit(&self, tenant: Uuid) -> Vec<(String, Option<Uuid>)> {
        let sql = format!("SELECT action, subject FROM audit_log WHERE tenant_id = '{tenant}' ORDER BY seq");
        sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut self.world.owner().await).await.expect("a log")
    }

    /// Asks again until `done`: what an administrator does counts within a second where nothing else runs, and it must come at all.
    pub(crate) async fn before_long(&self, path: &str, token: &str, done: impl Fn(&Reply) -> bool) -> Reply {
        let start = tokio::time::Instant::now();
        loop {
            let reply = self.get(path, token).await;
            if done(&reply) {
                return reply;
            }
            assert!(start.elapsed().as_secs() < 60, "still {} {}", reply.status, reply.body);
        }
    }
}

pub(crate) fn session(reply: &Reply) -> Session {
    let text = |name: &str| reply.data()[name].as_str().expect(name).to_owned();
    Session { access: text("access_token"), refresh: text("refresh_token") }
}
