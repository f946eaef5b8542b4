//! A school and its own people.

use crate::town::{PASSWORD, Town, session};
use crate::world::new_id;
use pems_model::Role;
use serde_json::{Value as Json, json};
use sqlx::AssertSqlSafe;

#[tokio::test]
async fn an_administrator_adds_changes_and_disables_people() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let me = town.sign_in(&admin).await;
    let new = json!({ "email": "Ben.Cruz@Rizal.ph", "name": " Ben Cruz ", "role": "teacher" });
    let made = town.post("/users", &me.access, &new).await;
    assert_eq!(made.status, 201);
    let user = made.data()["user"].clone();
    assert_eq!((user["email"].as_str(), user["name"].as_str()), (Some("ben.cruz@rizal.ph"), Some("Ben Cruz")));
    assert_eq!(user["must_change_password"], true);
    let path = format!("/users/{}", user["id"].as_str().expect("an id"));
    assert_eq!(town.get(&path, &me.access).await.data(), &user);

    let again = town.post("/users", &me.access, &new).await;
    assert_eq!(again.refused(), (409, "conflict"));
    assert_eq!(again.body["error"]["details"]["field"], "email");

    let ben = made.data()["one_time_password"].as_str().expect("a password").to_owned();
    let ben = session(&town.try_sign_in("rizal", "ben.cruz@rizal.ph", &ben).await);
    let named = town.patch(&path, &me.access, &json!({ "name": "Benjamin Cruz", "role": "registrar" })).await;
    assert_eq!(
        (named.data()["name"].as_str(), named.data()["role"].as_str()),
        (Some("Benjamin Cruz"), Some("registrar"))
    );
    assert_eq!(town.get("/auth/me", &ben.access).await.data()["user"]["role"], "registrar");

    let disabled = town.patch(&path, &me.access, &json!({ "disabled": true })).await;
    assert!(disabled.data()["disabled_at"].is_string());
    assert_eq!(town.get("/auth/me", &ben.access).await.refused(), (401, "unauthorized"));
    assert_eq!(town.refresh(&ben.refresh).await.refused(), (401, "unauthorized"));
    let reset = format!("{path}/reset-password");
    assert_eq!(town.post(&reset, &me.access, &json!({})).await.refused(), (409, "conflict"));
    let enabled = town.patch(&path, &me.access, &json!({ "disabled": false })).await;
    assert!(enabled.data()["disabled_at"].is_null());
    assert_eq!(town.get("/auth/me", &ben.access).await.refused(), (401, "unauthorized"), "what was ended stays ended");

    for _ in 0..6 {
        town.try_sign_in("rizal", "ben.cruz@rizal.ph", "a guess").await;
    }
    let once = town.post(&reset, &me.access, &json!({})).await;
    let once = once.data()["one_time_password"].as_str().expect("a password").to_owned();
    town.try_sign_in("rizal", "ben.cruz@rizal.ph", &once).await.data();

    let log: Vec<String> = town.audit(admin.tenant).await.into_iter().map(|(action, _)| action).collect();
    for action in
        ["user.created", "user.updated", "user.disabled", "user.enabled", "account.locked", "user.password_reset"]
    {
        assert_eq!(log.iter().filter(|entry| *entry == action).count(), 1, "{action} in {log:?}");
    }
    let personal: i64 = town
        .world
        .scalar(
            "SELECT count(*) FROM audit_log WHERE tenant_id <> uuid_nil() AND details::text ~* '(ben|cruz|rizal\\.ph)'"
                .replace("uuid_nil()", "'00000000-0000-0000-0000-000000000000'")
                .as_str(),
        )
        .await;
    assert_eq!(personal, 0, "ids and roles, never a person's data");
    let events: Vec<String> =
        sqlx::query_scalar("SELECT type FROM event WHERE tenant_id = $1 AND type NOT LIKE 'TENANT%' ORDER BY seq")
            .bind(admin.tenant)
            .fetch_all(&mut town.world.owner().await)
            .await
            .expect("events");
    assert_eq!(events, ["USER_CREATED", "USER_UPDATED", "USER_DISABLED", "USER_ENABLED", "PASSWORD_RESET"]);
}

#[tokio::test]
async fn the_list_comes_in_pages() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    for n in 0..6 {
        town.person("rizal", admin.tenant, &format!("teacher{n}@rizal.ph"), Role::Teacher).await;
    }
    let other = town.school_with_admin("mabini").await;
    let me = town.sign_in(&admin).await;
    let mut seen: Vec<Json> = Vec::new();
    let mut path = "/users?limit=3".to_owned();
    for _ in 0..3 {
        let page = town.get(&path, &me.access).await;
        seen.extend(page.data()["items"].as_array().expect("items").iter().map(|user| user["id"].clone()));
        match page.data()["next_cursor"].as_str() {
            Some(cursor) => path = format!("/users?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 7);
    assert!(!seen.contains(&json!(other.id)));
    seen.dedup();
    assert_eq!(seen.len(), 7);
    for bad in ["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=%00", "other=1", "limit=9999999999999999999"] {
        let refused = town.get(&format!("/users?{bad}"), &me.access).await;
        assert_eq!(refused.refused(), (400, "bad_request"), "{bad}");
    }
}

#[tokio::test]
async fn others_see_and_name_only_themselves() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    for role in Role::ALL.into_iter().filter(|role| *role != Role::SchoolAdmin) {
        let email = format!("{}@rizal.ph", role.name());
        let person = town.person("rizal", admin.tenant, &email, role).await;
        let me = town.sign_in(&person).await;
        let (mine, theirs) = (format!("/users/{}", person.id), format!("/users/{}", admin.id));
        town.get(&mine, &me.access).await.data();
        town.patch(&mine, &me.access, &json!({ "name": "Another Name" })).await.data();
        let new = json!({ "email": "x@y.ph", "name": "x", "role": "school_admin" });
        for refused in [
            town.get("/users", &me.access).await,
            town.get(&theirs, &me.access).await,
            town.post("/users", &me.access, &new).await,
            town.patch(&mine, &me.access, &json!({ "role": "school_admin" })).await,
            town.patch(&mine, &me.access, &json!({ "disabled": false })).await,
            town.patch(&theirs, &me.access, &json!({ "name": "x" })).await,
            town.post(&format!("{theirs}/reset-password"), &me.access, &json!({})).await,
            town.post(&format!("{mine}/reset-password"), &me.access, &json!({})).await,
        ] {
            assert_eq!(refused.refused(), (403, "role_forbidden"), "{role:?}");
        }
    }
}

#[tokio::test]
async fn people_of_another_school_do_not_exist() {
    let town = Town::new().await;
    let (a, b) = (town.school_with_admin("rizal").await, town.school_with_admin("mabini").await);
    let me = town.sign_in(&a).await;
    let theirs = town.sign_in(&b).await;
    let unknown = new_id();
    for (method, rest, body) in [
        ("GET", "", None),
        ("PATCH", "", Some(json!({ "name": "x" }))),
        ("PATCH", "", Some(json!({ "role": "viewer", "disabled": true }))),
        ("POST", "/reset-password", Some(json!({}))),
    ] {
        let method: reqwest::Method = method.parse().expect("a method");
        let ask =
            async |id| town.ask(method.clone(), &format!("/users/{id}{rest}"), Some(&me.access), body.as_ref()).await;
        let (real, none) = (ask(b.id).await, ask(unknown).await);
        assert_eq!(real.refused(), (404, "not_found"));
        assert_eq!(real, none);
    }
    // The same e-mail in two schools is two people.
    let new = json!({ "email": b.email, "name": "Both", "role": "viewer" });
    town.post("/users", &me.access, &new).await.data();
    // Nothing of that has touched the other school.
    let after = town.get(&format!("/users/{}", b.id), &theirs.access).await;
    assert_eq!(
        (after.data()["name"].as_str(), after.data()["role"].as_str()),
        (Some("Somebody"), Some("school_admin"))
    );
    town.try_sign_in("mabini", &b.email, PASSWORD).await.data();
    assert!(!town.audit(b.tenant).await.iter().any(|(action, _)| action.starts_with("user.")));
}

#[tokio::test]
async fn a_school_keeps_an_administrator() {
    let town = Town::new().await;
    let first = town.school_with_admin("rizal").await;
    let me = town.sign_in(&first).await;
    let mine = format!("/users/{}", first.id);
    for leaving in [json!({ "role": "teacher" }), json!({ "disabled": true })] {
        assert_eq!(town.patch(&mine, &me.access, &leaving).await.refused(), (409, "last_admin"), "{leaving}");
    }
    // Two who remove each other, or themselves, at the same moment: one of them stays, every time.
    let second = town.person("rizal", first.tenant, "second@rizal.ph", Role::SchoolAdmin).await;
    let theirs = format!("/users/{}", second.id);
    let other = town.sign_in(&second).await;
    for round in 0..20 {
        let leave = if round % 2 == 0 { json!({ "role": "viewer" }) } else { json!({ "disabled": true }) };
        let (one, two) = match round % 4 {
            0 | 1 => tokio::join!(town.patch(&theirs, &me.access, &leave), town.patch(&mine, &other.access, &leave)),
            _ => tokio::join!(town.patch(&mine, &me.access, &leave), town.patch(&theirs, &other.access, &leave)),
        };
        let gone = [&one, &two].into_iter().filter(|reply| reply.status.is_success()).count();
        let left: i64 =
            town.world.scalar("SELECT count(*) FROM account WHERE role = 'school_admin' AND disabled_at IS NULL").await;
        assert_eq!((gone, left), (1, 1), "round {round}: {one:?} {two:?}");
        town.sql("UPDATE account SET role = 'school_admin', disabled_at = NULL; UPDATE session SET ended_at = NULL, ended_why = NULL")
            .await;
        for session in [&me, &other] {
            town.before_long("/users", &session.access, |reply| reply.status.is_success()).await;
        }
    }
}

#[tokio::test]
async fn a_role_that_was_taken_is_gone_before_long() {
    let town = Town::new().await;
    let first = town.school_with_admin("rizal").await;
    let second = town.person("rizal", first.tenant, "second@rizal.ph", Role::SchoolAdmin).await;
    let session = town.sign_in(&second).await;
    town.get("/users", &session.access).await.data();
    // As another hub would do it: this one hears of it through the database alone.
    town.sql(&format!("UPDATE account SET role = 'viewer' WHERE id = '{}'", second.id)).await;
    let refused = town.before_long("/users", &session.access, |reply| !reply.status.is_success()).await;
    assert_eq!(refused.refused(), (403, "role_forbidden"));
    town.sql(&format!("UPDATE account SET must_change_password = true WHERE id = '{}'", second.id)).await;
    let path = format!("/users/{}", second.id);
    let refused = town.before_long(&path, &session.access, |reply| !reply.status.is_success()).await;
    assert_eq!(refused.refused(), (403, "password_change_required"));
}

#[tokio::test]
async fn a_school_has_no_more_users_than_it_may() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    town.sql(&format!(
        r#"UPDATE tenant SET metadata = '{{"limits": {{"maxUsers": 2}}}}' WHERE id = '{}'"#,
        admin.tenant
    ))
    .await;
    let me = town.sign_in(&admin).await;
    let new = |n: u32| json!({ "email": format!("{n}@rizal.ph"), "name": "x", "role": "viewer" });
    let second = town.post("/users", &me.access, &new(1)).await;
    let third = town.post("/users", &me.access, &new(2)).await;
    assert_eq!(third.refused(), (409, "conflict"));
    assert_eq!(third.body["error"]["details"]["limit"], "maxUsers");
    let path = format!("/users/{}", second.data()["user"]["id"].as_str().expect("an id"));
    town.patch(&path, &me.access, &json!({ "disabled": true })).await.data();
    town.post("/users", &me.access, &new(2)).await.data();
    let back = town.patch(&path, &me.access, &json!({ "disabled": false })).await;
    assert_eq!(back.refused(), (409, "conflict"));
    let rolled_back: i64 = town
        .world
        .scalar(&format!("SELECT count(*) FROM event WHERE tenant_id = '{}' AND type = 'USER_ENABLED'", admin.tenant))
        .await;
    assert_eq!(rolled_back, 0);
    let all: i64 = sqlx::query_scalar(AssertSqlSafe("SELECT count(*) FROM account".to_owned()))
        .fetch_one(&mut town.world.owner().await)
        .await
        .expect("a count");
    assert_eq!(all, 3);
}
