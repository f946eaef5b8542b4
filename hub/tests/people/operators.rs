//! Those who run the hub: two factors, a reason, a quarter of an hour.

use crate::town::{PASSWORD, Reply, Town};
use crate::world::now;
use futures_util::future::join_all;
use pems_hub::db::{Access, AccessTokens, Caller, DbError, Keys, OperatorContext, OperatorDb, Tx};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;
use totp_rs::Totp;
use uuid::Uuid;

const EMAIL: &str = "ana@division.ph";

async fn with_operator() -> (Town, Totp) {
    let town = Town::new().await;
    let made = town.world.hub.admin().add_operator(EMAIL, Some("Ana Reyes"), PASSWORD).await.expect("an operator");
    let totp = Totp::from_url(&made.otpauth).expect("an address for authenticator apps");
    assert_eq!(totp.secret().to_base32(), made.secret);
    (town, totp)
}

/// The code of the step that is `steps` from now.
fn code(totp: &Totp, steps: i64) -> String {
    let seconds = now() / 1_000_000 + steps * 30;
    totp.generate(seconds.unsigned_abs()).to_string()
}

async fn sign_in(town: &Town, password: &str, code: &str, reason: &str) -> Reply {
    let body = json!({ "email": EMAIL, "password": password, "code": code, "reason": reason });
    town.ask(Method::POST, "/operators/sign-in", None, Some(&body)).await
}

/// Signed in, whatever codes have served before.
async fn token(town: &Town, totp: &Totp) -> String {
    town.sql("UPDATE sec.operator SET totp_last_step = 0").await;
    let reply = sign_in(town, PASSWORD, &code(totp, 0), "a test").await;
    reply.data()["access_token"].as_str().expect("a token").to_owned()
}

/// What the token says, as the hub reads it.
fn context(town: &Town, token: &str) -> OperatorContext {
    let keys = Keys::load(town.world.data_dir.path()).expect("the hub's keys");
    match AccessTokens::new(&keys, Duration::from_secs(300)).check(token, now()).expect("a good token") {
        Caller::Operator(who) => who,
        Caller::Tenant(_) => panic!("an operator is of no school"),
    }
}

fn door(town: &Town) -> OperatorDb {
    let keys = Keys::load(town.world.data_dir.path()).expect("the hub's keys");
    let options = town.world.hub.database_url().replace("user=postgres", "user=hub_operator").parse().expect("a url");
    OperatorDb::new(options, 2, keys).expect("a door")
}

fn state(error: &DbError) -> String {
    match error {
        DbError::Database(sqlx::Error::Database(error)) => error.code().unwrap_or_default().into_owned(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn password_code_and_reason_open_operator_mode() {
    let (town, totp) = with_operator().await;
    let reply = sign_in(&town, PASSWORD, &code(&totp, 0), "school rizal called about a lost laptop").await;
    let data = reply.data();
    let expires = data["expires_in"].as_u64().expect("seconds");
    assert!((890..=900).contains(&expires), "{expires}");
    assert_eq!(data["operator"]["name"], "Ana Reyes");
    let log: Vec<(String, String)> = sqlx::query_as(
        "SELECT action, coalesce(details->>'reason', '') FROM audit_log WHERE tenant_id = $1 AND action = 'operator.signed_in'",
    )
    .bind(Uuid::nil())
    .fetch_all(&mut town.world.owner().await)
    .await
    .expect("a log");
    assert_eq!(log, [("operator.signed_in".into(), "school rizal called about a lost laptop".into())]);
    // It is no sign-in at a school, and what a school gives is no operator mode.
    let token = data["access_token"].as_str().expect("a token");
    for path in ["/auth/me", "/users"] {
        assert_eq!(town.get(path, token).await.refused(), (401, "unauthorized"), "{path}");
    }
    let admin = town.school_with_admin("rizal").await;
    let user = town.sign_in(&admin).await;
    let out = town.ask(Method::POST, "/operators/sign-out", Some(&user.access), None).await;
    assert_eq!(out.refused(), (401, "unauthorized"));
}

#[tokio::test]
async fn whatever_is_wrong_gets_the_same_answer_after_the_same_work() {
    let (town, totp) = with_operator().await;
    town.world.hub.admin().add_operator("gone@division.ph", None, PASSWORD).await.expect("an operator");
    town.world.hub.admin().disable_operator("gone@division.ph").await.expect("an operator");
    let right = code(&totp, 0);
    let body = |email: &str, password: &str, code: &str| json!({ "email": email, "password": password, "code": code, "reason": "a test" });
    let mut answers = Vec::new();
    for said in [
        body(EMAIL, "not this one", &right),
        body(EMAIL, PASSWORD, "000000"),
        body(EMAIL, PASSWORD, "12345"),
        body("nobody@division.ph", PASSWORD, &right),
        body("gone@division.ph", PASSWORD, &right),
    ] {
        let before = town.world.hub.password_runs();
        answers.push(town.ask(Method::POST, "/operators/sign-in", None, Some(&said)).await);
        assert_eq!(town.world.hub.password_runs() - before, 1, "{said}");
    }
    assert_eq!(answers[0].refused(), (401, "wrong_credentials"));
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:#?}");
    for reason in ["", "   ", "a\u{0}b", &"x".repeat(501)] {
        assert_eq!(sign_in(&town, PASSWORD, &right, reason).await.refused(), (400, "bad_request"), "{reason:?}");
    }
}

#[tokio::test]
async fn a_code_serves_once_also_when_it_is_sent_twice_at_once() {
    let (town, totp) = with_operator().await;
    let now = code(&totp, 0);
    // Three, so that with the two below nobody is locked out whichever of them was served first.
    let answers = join_all((0..3).map(|_| sign_in(&town, PASSWORD, &now, "a test"))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1, "{answers:#?}");
    assert_eq!(sign_in(&town, PASSWORD, &now, "again").await.refused(), (401, "wrong_credentials"));
    assert_eq!(sign_in(&town, PASSWORD, &code(&totp, -1), "an older one").await.refused(), (401, "wrong_credentials"));
    assert!(sign_in(&town, PASSWORD, &code(&totp, 1), "the next one").await.status.is_success());
}

#[tokio::test]
async fn guesses_lock_operators_out_as_anybody() {
    let (town, totp) = with_operator().await;
    let before = town.world.hub.password_runs();
    let answers =
        join_all((0..20).map(|n| sign_in(&town, PASSWORD, if n % 2 == 0 { "000000" } else { "111111" }, "guess")))
            .await;
    assert_eq!(town.world.hub.password_runs() - before, 5);
    assert_eq!(answers.iter().filter(|answer| answer.refused() == (429, "account_locked")).count(), 15);
    assert_eq!(sign_in(&town, PASSWORD, &code(&totp, 0), "a test").await.refused(), (429, "account_locked"));
    let told = town.audit(Uuid::nil()).await.into_iter().filter(|(action, _)| action == "operator.locked").count();
    assert_eq!(told, 1);
    // A school's account of the same name is somebody else.
    let admin = town.school("rizal").await;
    let same = town.person("rizal", admin, EMAIL, pems_model::Role::Viewer).await;
    town.sign_in(&same).await;
}

#[tokio::test]
async fn a_mode_that_was_ended_is_refused_by_the_database_itself() {
    let (town, totp) = with_operator().await;
    let door = door(&town);
    for end in ["sign-out", "disable", "time", "reset"] {
        let token = token(&town, &totp).await;
        let who = context(&town, &token);
        let nothing = async |_: &mut Tx| Ok::<_, DbError>(());
        door.in_tx(&who, Access::ReadOnly, "looking", None, nothing).await.expect("operator mode");
        match end {
            "sign-out" => {
                town.ask(Method::POST, "/operators/sign-out", Some(&token), None).await.data();
            }
            "disable" => {
                town.world.hub.admin().disable_operator(EMAIL).await.expect("an operator");
            }
            "reset" => {
                town.world.hub.admin().reset_operator(EMAIL, PASSWORD).await.expect("an operator");
            }
            _ => {
                town.sql("UPDATE sec.operator_mode SET begun_at = begun_at - interval '15 minutes', ends_at = ends_at - interval '15 minutes'
                     WHERE operator_id IS NOT NULL")
                    .await;
            }
        }
        let refused = door.in_tx(&who, Access::ReadOnly, "looking", None, nothing).await.expect_err(end);
        assert_eq!(state(&refused), "PM003", "{end}");
        let tenants = town.get("/tenants", &token).await;
        assert_eq!(tenants.refused(), (401, "unauthorized"), "{end}");
        town.sql("UPDATE sec.operator SET disabled_at = NULL").await;
    }
}

#[tokio::test]
async fn a_mode_that_is_over_is_known_by_its_state_and_not_by_what_is_said() {
    let (town, totp) = with_operator().await;
    let said = async |from: &str, to: &str| {
        let definition = "pg_get_functiondef('sec.announce(text, text)'::regprocedure)";
        town.sql(&format!("DO $$ BEGIN EXECUTE replace({definition}, '{from}', '{to}'); END $$")).await;
    };
    let words = "this is not an operator with a reason and time left";
    let token = token(&town, &totp).await;
    town.ask(Method::POST, "/operators/sign-out", Some(&token), None).await.data();
    said(words, "tapos na ang oras").await;
    assert_eq!(town.get("/tenants", &token).await.refused(), (401, "unauthorized"));
    said("tapos na ang oras", words).await;
    said("PM003", "28000").await;
    assert_eq!(town.get("/tenants", &token).await.refused(), (500, "internal"), "words alone mean nothing");
}

#[tokio::test]
async fn who_runs_the_hub_is_not_decided_over_the_network() {
    let (town, totp) = with_operator().await;
    let who = context(&town, &token(&town, &totp).await);
    let door = door(&town);
    for attempt in [
        "SELECT sec.add_operator(gen_random_uuid(), 'eve@x.ph', 'Eve', 'owner', NULL, NULL, '$argon2id$x', '', '{}')",
        "SELECT * FROM sec.operators()",
        "SELECT sec.disable_operator('ana@division.ph')",
        "SELECT sec.operator_id('ana@division.ph')",
        "SELECT sec.set_operator_role('ana@division.ph', 'viewer', NULL, NULL)",
        "SELECT sec.reset_operator(gen_random_uuid(), '$argon2id$x', '', '{}')",
    ] {
        let tried = door.in_tx(&who, Access::Write, "trying", None, async |tx| {
            Ok::<_, DbError>(sqlx::query(attempt).execute(tx.conn()).await.map(drop)?)
        });
        assert_eq!(state(&tried.await.expect_err(attempt)), "28000", "{attempt}");
    }
    for secret in [
        "SELECT * FROM sec.operator",
        "SELECT * FROM sec.attempt",
        "SELECT password_hash FROM account",
        "SELECT * FROM refresh_token",
    ] {
        let tried = door.in_tx(&who, Access::Write, "trying", None, async |tx| {
            Ok::<_, DbError>(sqlx::query(secret).execute(tx.conn()).await.map(drop)?)
        });
        assert_eq!(state(&tried.await.expect_err(secret)), "42501", "{secret}");
    }
}
