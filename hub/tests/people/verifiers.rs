//! What a password is checked against is made by this system alone: anything else is refused where it comes in, and never run where
//! it lies already.

use crate::proofs::signed;
use crate::town::{PASSWORD, Town, hash_of, key_of};
use crate::world::{Answer, edit, learner, new_id};
use pems_model::wire::{Change, Outcome};
use pems_model::{Code, Role};
use serde_json::{Value as Json, json};
use uuid::Uuid;

const SALT: &str = "MDEyMzQ1Njc4OWFiY2RlZg";
const HASH: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Texts that are no verifier of ours: other costs, other algorithms, other forms, nothing at all.
fn foreign() -> Vec<String> {
    let costs = |costs: &str| format!("$argon2id$v=19${costs}${SALT}${HASH}");
    vec![
        costs("m=524288,t=2,p=1"),
        costs("m=19456,t=400,p=1"),
        costs("m=19456,t=2,p=4"),
        costs("m=8,t=1,p=1"),
        costs("t=2,m=19456,p=1"),
        costs("m=019456,t=2,p=1"),
        costs("m=19456,t=2,p=1,keyid=AAAA"),
        costs("m=19456,t=2,p=1,data=AAAA"),
        format!("$argon2i$v=19$m=19456,t=2,p=1${SALT}${HASH}"),
        format!("$argon2d$v=19$m=19456,t=2,p=1${SALT}${HASH}"),
        format!("$argon2id$v=16$m=19456,t=2,p=1${SALT}${HASH}"),
        format!("$argon2id$m=19456,t=2,p=1${SALT}${HASH}"),
        format!("$argon2id$v=19$m=19456,t=2,p=1${SALT}"),
        format!("$argon2id$v=19$m=19456,t=2,p=1$AAAA${HASH}"),
        format!("$argon2id$v=19$m=19456,t=2,p=1${SALT}$AAAA"),
        format!("$argon2id$v=19$m=19456,t=2,p=1${SALT}${HASH}$"),
        format!("$argon2id$v=19$m=19456,t=2,p=1${SALT}${}", HASH.replace('A', "_")),
        "$argon2id$garbage".into(),
        "$argon2id$".into(),
        "abc".into(),
        "$2b$12$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into(),
    ]
}

fn told(answer: &Answer) -> Vec<Option<(Code, Option<String>)>> {
    let problem = |outcome: &Outcome| match outcome {
        Outcome::Refused { problem } => Some((problem.code, problem.field.clone())),
        _ => None,
    };
    answer.results.iter().map(|result| problem(&result.outcome)).collect()
}

fn user(op_no: i64, id: Uuid, base_rev: i64, fields: Json) -> Change {
    Change { entity: "school_user".into(), ..edit(op_no, id, base_rev, fields) }
}

#[tokio::test]
async fn a_push_brings_no_foreign_verifier_and_the_rest_of_it_flows() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let device = town.world.device_as("rizal", Role::SchoolAdmin).await;
    let there = town.world.sync(&device, &device.request(0)).await.expect("an answer").rows("school_user");
    let rev = there.iter().find(|row| row.id == admin.id).expect("the administrator").rev;

    let mut changes = Vec::new();
    let mut wanted = Vec::new();
    let bad = Some((Code::BadFormat, Some("verifier".to_owned())));
    for verifier in foreign() {
        let op_no = i64::try_from(changes.len()).expect("few") + 1;
        let made =
            json!({ "name": "Eve", "email": format!("eve{op_no}@rizal.ph"), "role": "viewer", "verifier": verifier });
        changes.push(user(op_no, new_id(), 0, made));
        // The one on an account that is there wedged an office for good.
        changes.push(user(op_no + 1, admin.id, rev, json!({ "verifier": verifier })));
        changes.push(learner(op_no + 2, "Behind"));
        wanted.extend([bad.clone(), bad.clone(), None]);
    }
    let push = device.push(0, changes);
    let answer = town.world.sync(&device, &push).await.expect("an answer");
    assert_eq!(told(&answer), wanted);
    let again = town.world.sync(&device, &push).await.expect("an answer");
    assert_eq!(again.results, answer.results);
    let learners = foreign().len();
    assert_eq!(answer.rows("student").len(), learners);
    let accounts: i64 = town.world.scalar("SELECT count(*) FROM account").await;
    assert_eq!(accounts, 1, "nobody but the administrator");
    town.sign_in(&admin).await;

    let ours = json!({ "name": "Cora", "email": "cora@rizal.ph", "role": "viewer", "verifier": hash_of(PASSWORD) });
    let next = i64::try_from(3 * learners).expect("few") + 1;
    let made = Change { user_id: Some(admin.id), ..user(next, new_id(), 0, ours) };
    let push = signed(&device, admin.id, &key_of(PASSWORD), vec![made]);
    let answer = town.world.sync(&device, &push).await.expect("an answer");
    assert_eq!(told(&answer), [None]);
    assert!(town.try_sign_in("rizal", "cora@rizal.ph", PASSWORD).await.status.is_success());
}

#[tokio::test]
async fn a_verifier_at_rest_that_is_not_ours_is_a_wrong_password_at_the_usual_cost() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let me = town.sign_in(&admin).await;
    for verifier in foreign().into_iter().filter(|text| text.starts_with("$argon2id$")) {
        town.sql(&format!(
            "ALTER TABLE account DISABLE TRIGGER USER;
             UPDATE account SET password_hash = '{verifier}' WHERE id = '{}';
             ALTER TABLE account ENABLE TRIGGER USER;
             DELETE FROM sec.attempt",
            admin.id
        ))
        .await;
        let before = town.world.hub.password_runs();
        let reply = town.try_sign_in("rizal", &admin.email, PASSWORD).await;
        assert_eq!(reply.refused(), (401, "wrong_credentials"), "{verifier}");
        let unknown = town.try_sign_in("rizal", "nobody@rizal.ph", PASSWORD).await;
        assert_eq!(reply.body["error"]["message"], unknown.body["error"]["message"], "{verifier}");
        assert_eq!(town.world.hub.password_runs(), before + 2, "one for each: {verifier}");
        let change = json!({ "current": PASSWORD, "new": "limang ibon sa bubong" });
        assert_eq!(town.post("/auth/password", &me.access, &change).await.refused(), (401, "wrong_credentials"));
    }
}

#[tokio::test]
async fn an_administrator_whose_verifier_nobody_can_match_is_not_the_one_who_stays() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let other = town.person("rizal", admin.tenant, "second@rizal.ph", Role::SchoolAdmin).await;
    let me = town.sign_in(&admin).await;
    town.sql(&format!("UPDATE account SET password_hash = '$argon2id$garbage' WHERE id = '{}'", other.id)).await;
    for leaving in [json!({ "role": "teacher" }), json!({ "disabled": true })] {
        let reply = town.patch(&format!("/users/{}", admin.id), &me.access, &leaving).await;
        assert_eq!(reply.refused(), (409, "last_admin"), "{leaving}");
    }
    // A new password makes the other one count again.
    town.post(&format!("/users/{}/reset-password", other.id), &me.access, &json!({})).await.data();
    town.patch(&format!("/users/{}", admin.id), &me.access, &json!({ "role": "teacher" })).await.data();
}
