//! A hub with operators, and a browser at its console.

use crate::reply::Reply;
use crate::world::{World, now};
use pems_hub::Config;
use pems_hub::db::{ConsoleRole, Keys, Mode, Scope};
use pems_hub::server::admin::Place;
use reqwest::Method;
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, PgConnection};
use std::num::NonZeroU32;
use totp_rs::Totp;
use uuid::Uuid;

/// Every operator's, unless chosen anew.
pub(crate) const PASSWORD: &str = "tatlong isda sa ilog";
pub(crate) const COOKIE: &str = "__Host-pems_console";

pub(crate) struct Desk {
    pub(crate) world: World,
}

/// An operator and what they have in hand.
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) totp: Totp,
    pub(crate) recovery_codes: Vec<String>,
}

/// A browser that is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    pub(crate) cookie: String,
    pub(crate) session: Uuid,
}

pub(crate) fn everywhere() -> Scope {
    Scope::default()
}

pub(crate) fn division(region: &str, division: &str) -> Scope {
    Scope { region: Some(region.into()), division: Some(division.into()) }
}

/// A reason that will do.
pub(crate) fn because() -> Json {
    json!({ "reason": { "kind": "incident", "ticket": "HD-4711", "text": "the school called about a stolen PC" } })
}

impl Desk {
    pub(crate) async fn new() -> Desk {
        Desk::with(|_| {}).await
    }

    /// With room for as many sign-ins as tests need.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Desk {
        let world = World::with(|config| {
            let plenty = NonZeroU32::new(1_000_000).expect("not zero");
            config.enrol_per_minute = plenty;
            config.rates.sign_in = plenty;
            config.rates.sign_in_account = plenty;
            change(config);
        });
        Desk { world: world.await }
    }

    pub(crate) async fn person(&self, email: &str, role: ConsoleRole, scope: &Scope) -> Person {
        let made =
            self.world.hub.admin().add_operator_as(email, None, PASSWORD, role, scope).await.expect("an operator");
        let totp = Totp::from_url(&made.otpauth).expect("an address for authenticator apps");
        Person { id: made.id, email: made.email, totp, recovery_codes: made.recovery_codes }
    }

    pub(crate) async fn owner(&self, email: &str) -> Person {
        self.person(email, ConsoleRole::Owner, &everywhere()).await
    }

    /// A school at a place.
    pub(crate) async fn school(&self, slug: &str, of: &Scope) -> Uuid {
        let id = self.world.school(slug).await.id;
        let place = Place { region: of.region.clone(), division: of.division.clone(), ..Place::default() };
        self.world.hub.admin().place(slug, place).await.expect("a place");
        id
    }

    pub(crate) async fn try_sign_in(&self, email: &str, password: &str, code: &str) -> Reply {
        let body = json!({ "email": email, "password": password, "code": code });
        self.ask(Method::POST, "/sign-in", None, Some(&body)).await
    }

    /// Signed in, whatever codes have served before.
    pub(crate) async fn sign_in(&self, who: &Person) -> Browser {
        self.forget_codes().await;
        browser(&self.try_sign_in(&who.email, PASSWORD, &code(&who.totp, 0)).await)
    }

    /// As if no code had served yet: a test has no half minute to wait for the next one.
    pub(crate) async fn forget_codes(&self) {
        self.sql("UPDATE sec.operator SET totp_last_step = 0").await;
    }

    /// As the console's own page sends it.
    pub(crate) async fn ask(&self, method: Method, path: &str, who: Option<&Browser>, body: Option<&Json>) -> Reply {
        let origin = self.world.hub.url();
        let cookie = who.map(|who| format!("{COOKIE}={}", who.cookie));
        let mut headers = vec![("origin", origin.as_str()), ("x-pems-console", "1")];
        headers.extend(cookie.as_deref().map(|cookie| ("cookie", cookie)));
        self.send(method, path, &headers, body.map(Json::to_string)).await
    }

    /// A request with these header lines and no others.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Reply {
        let mut request = self.world.client.request(method, self.world.url(&format!("/api/v1/console{path}")));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        Reply::to(request).await
    }

    pub(crate) async fn get(&self, path: &str, who: &Browser) -> Reply {
        self.ask(Method::GET, path, Some(who), None).await
    }

    pub(crate) async fn post(&self, path: &str, who: &Browser, body: &Json) -> Reply {
        self.ask(Method::POST, path, Some(who), Some(body)).await
    }

    /// Runs SQL as the database's owner: time passes, and hands of others are at work.
    pub(crate) async fn sql(&self, sql: &str) {
        self.world.sql(sql).await.expect("it runs");
    }

    /// As if the last code of everybody had been typed six minutes ago.
    pub(crate) async fn codes_are_old(&self) {
        self.sql("UPDATE sec.console_session SET code_at = code_at - interval '6 minutes'").await;
    }

    /// The audit log of a school (or of the hub: the nil id), oldest first: actions.
    pub(crate) async fn log(&self, of: Uuid) -> Vec<String> {
        let sql = format!("SELECT action FROM audit_log WHERE tenant_id = '{of}' ORDER BY seq");
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut self.world.owner().await).await.expect("a log")
    }

    /// How often an action stands there.
    pub(crate) async fn logged(&self, of: Uuid, action: &str) -> usize {
        self.log(of).await.iter().filter(|known| *known == action).count()
    }

    /// A connection of the console's own role, in a transaction of this session's: what SQL that somebody has smuggled in could use.
    pub(crate) async fn inside(&self, who: &Browser, about: Uuid) -> PgConnection {
        let mut conn = self.world.role("hub_console").await;
        let token = self.token(&mut conn, who.session, about, now()).await;
        for sql in [
            format!("SELECT sec.announce_console('{token}', 'a test')"),
            "BEGIN".to_owned(),
            format!("SELECT sec.enter('{token}')"),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.expect("inside");
        }
        conn
    }

    /// A token that the hub could have made for this connection. `at`: what its clock said.
    pub(crate) async fn token(&self, conn: &mut PgConnection, session: Uuid, about: Uuid, at: i64) -> String {
        let nonce: String = sqlx::query_scalar("SELECT sec.hello()").fetch_one(conn).await.expect("a nonce");
        let keys = Keys::load(self.world.data_dir.path()).expect("the hub's keys");
        keys.context_token(about, session, Mode::Console, at, &nonce)
    }
}

/// The code of the step that is `steps` from now.
pub(crate) fn code(totp: &Totp, steps: i64) -> String {
    let seconds = now() / 1_000_000 + steps * 30;
    totp.generate(seconds.unsigned_abs()).to_string()
}

/// Who has signed in.
pub(crate) fn browser(reply: &Reply) -> Browser {
    let session = reply.data()["session"].as_str().expect("a session").parse().expect("an id");
    let set = reply.header("set-cookie");
    let value = set.strip_prefix(&format!("{COOKIE}=")).and_then(|set| set.split(';').next()).expect("a cookie");
    Browser { cookie: value.to_owned(), session }
}

/// The SQLSTATE with which the database refuses.
pub(crate) async fn state(conn: &mut PgConnection, sql: &str) -> String {
    match sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await {
        Ok(_) => "done".to_owned(),
        Err(sqlx::Error::Database(error)) => error.code().unwrap_or_default().into_owned(),
        Err(other) => panic!("{sql}: {other}"),
    }
}
