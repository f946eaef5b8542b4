//! The way in: what a right password gives, and that a wrong one tells nothing.

use crate::town::{PASSWORD, Town, session};
use futures_util::future::join_all;
use pems_model::Role;
use reqwest::Method;
use serde_json::json;
use std::num::NonZeroU32;
use std::time::Duration;

#[tokio::test]
async fn a_right_password_opens_a_session() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let reply = town.try_sign_in("rizal", " Admin@RIZAL.ph ", PASSWORD).await;
    let data = reply.data();
    assert_eq!(data["token_type"], "Bearer");
    assert_eq!(data["expires_in"], 300);
    assert_eq!(data["user"]["id"], admin.id.to_string());
    assert_eq!(data["user"]["role"], "school_admin");
    assert_eq!(data["user"]["must_change_password"], false);
    assert_eq!(data["school"]["slug"], "rizal");
    assert_eq!(data["school"]["timezone"], "Asia/Manila");
    let me = town.get("/auth/me", &session(&reply).access).await;
    assert_eq!(me.data()["user"], data["user"]);
    assert_eq!(me.data()["school"], data["school"]);
    assert_eq!(town.audit(admin.tenant).await.last().expect("an entry").0, "session.started");
}

#[tokio::test]
async fn whatever_is_wrong_gets_the_same_answer_after_the_same_work() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let gone = town.person("rizal", admin.tenant, "gone@rizal.ph", Role::Teacher).await;
    town.sql(&format!("UPDATE account SET disabled_at = now() WHERE id = '{}'", gone.id)).await;
    let mut answers = Vec::new();
    for (school, email, password) in [
        ("rizal", admin.email.as_str(), "not this one"),
        ("rizal", "nobody@rizal.ph", PASSWORD),
        ("rizal", gone.email.as_str(), PASSWORD),
        ("mabini", admin.email.as_str(), PASSWORD),
    ] {
        let before = town.world.hub.password_runs();
        answers.push(town.try_sign_in(school, email, password).await);
        assert_eq!(town.world.hub.password_runs() - before, 1, "{email} at {school}");
    }
    assert_eq!(answers[0].refused(), (401, "wrong_credentials"));
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:#?}");
}

#[tokio::test]
async fn that_a_school_is_suspended_is_told_to_its_own_people_only() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let before = town.sign_in(&admin).await;
    town.world.hub.admin().suspend("rizal").await.expect("a school");
    let wrong = town.try_sign_in("rizal", &admin.email, "not this one").await;
    assert_eq!(wrong.refused(), (401, "wrong_credentials"));
    let right = town.try_sign_in("rizal", &admin.email, PASSWORD).await;
    assert_eq!(right.refused(), (403, "tenant_suspended"));
    let asked = town.before_long("/auth/me", &before.access, |reply| !reply.status.is_success()).await;
    assert_eq!(asked.refused(), (403, "tenant_suspended"));
    assert_eq!(town.refresh(&before.refresh).await.refused(), (403, "tenant_suspended"));
    town.world.hub.admin().resume("rizal").await.expect("a school");
    town.before_long("/auth/me", &before.access, |reply| reply.status.is_success()).await;
}

#[tokio::test]
async fn twenty_guesses_at_once_are_five_guesses() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    for email in [admin.email.as_str(), "nobody@rizal.ph"] {
        let before = town.world.hub.password_runs();
        let guesses: Vec<String> = (0..20).map(|n| format!("guess number {n}")).collect();
        let answers = join_all(guesses.iter().map(|guess| town.try_sign_in("rizal", email, guess))).await;
        assert_eq!(town.world.hub.password_runs() - before, 5, "{email}");
        let wrong = answers.iter().filter(|answer| answer.refused() == (401, "wrong_credentials")).count();
        let locked: Vec<_> = answers.iter().filter(|answer| answer.refused() == (429, "account_locked")).collect();
        assert_eq!((wrong, locked.len()), (5, 15), "{email}");
        let wait = locked[0].body["error"]["details"]["retry_after"].as_u64().expect("seconds");
        assert!((50..=60).contains(&wait), "{wait}");
        assert_eq!(locked[0].retry_after, Some(wait));
        // Also the right one, unseen.
        let before = town.world.hub.password_runs();
        assert_eq!(town.try_sign_in("rizal", email, PASSWORD).await.refused(), (429, "account_locked"));
        assert_eq!(town.world.hub.password_runs(), before);
    }
    let locks = town.audit(admin.tenant).await;
    let locks: Vec<_> = locks.iter().filter(|(action, _)| action == "account.locked").collect();
    assert_eq!(locks, [&("account.locked".to_owned(), Some(admin.id))], "told once, of who is there");

    town.sql("UPDATE sec.attempt SET locked_until = now()").await;
    town.sign_in(&admin).await;
    // The right one took everything back: five more before the next lock, which is short again.
    for _ in 0..5 {
        let wrong = town.try_sign_in("rizal", &admin.email, "still not this one").await;
        assert_eq!(wrong.refused(), (401, "wrong_credentials"));
    }
    let locked = town.try_sign_in("rizal", &admin.email, PASSWORD).await;
    assert!(locked.retry_after.expect("seconds") <= 60);
    // Who never existed got nothing right: the next lock comes at once, and is longer.
    assert_eq!(town.try_sign_in("rizal", "nobody@rizal.ph", "x").await.refused(), (401, "wrong_credentials"));
    let longer = town.try_sign_in("rizal", "nobody@rizal.ph", "x").await.retry_after.expect("seconds");
    assert!((110..=120).contains(&longer), "{longer}");
}

#[tokio::test]
async fn too_many_from_one_address_wait() {
    let town = Town::with(|config| config.rates.sign_in = NonZeroU32::new(2).expect("not zero")).await;
    let admin = town.school_with_admin("rizal").await;
    town.sign_in(&admin).await;
    town.sign_in(&admin).await;
    let refused = town.try_sign_in("rizal", &admin.email, PASSWORD).await;
    assert_eq!(refused.refused(), (429, "rate_limited"));
    assert!(refused.retry_after.is_some());
}

#[tokio::test]
async fn a_token_that_is_forged_over_or_somebody_elses_opens_nothing() {
    let town = Town::with(|config| config.token_ttl = Duration::ZERO).await;
    let admin = town.school_with_admin("rizal").await;
    let session = town.sign_in(&admin).await;
    assert_eq!(town.get("/auth/me", &session.access).await.refused(), (401, "token_expired"));

    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let session = town.sign_in(&admin).await;
    let mut parts: Vec<String> = session.access.split('.').map(str::to_owned).collect();
    let good = parts.clone();
    parts[2] = parts[2].chars().rev().collect();
    let none = good[0].replace('.', "");
    for (what, bad) in [
        ("another signature", parts.join(".")),
        ("no signature", format!("{}.{}.", good[0], good[1])),
        ("no algorithm", format!("eyJhbGciOiJub25lIn0.{}.", good[1])),
        ("half", none),
        ("a refresh token", session.refresh.clone()),
        ("nothing", String::new()),
    ] {
        assert_eq!(town.get("/auth/me", &bad).await.refused(), (401, "unauthorized"), "{what}");
    }
    assert_eq!(town.ask(Method::GET, "/auth/me", None, None).await.refused(), (401, "unauthorized"));
    // A device's token is no user's.
    let device = town.world.device("rizal").await;
    assert_eq!(town.get("/auth/me", &device.token).await.refused(), (401, "unauthorized"));
    // A good token of a session that the database does not have.
    town.sql("DELETE FROM refresh_token; DELETE FROM session").await;
    town.sql("NOTIFY people").await;
    let gone = town.before_long("/auth/me", &session.access, |reply| !reply.status.is_success()).await;
    assert_eq!(gone.refused(), (401, "unauthorized"));
}

#[tokio::test]
async fn a_one_time_password_serves_to_choose_another_and_nothing_else() {
    let town = Town::new().await;
    town.school("rizal").await;
    let made = town.world.hub.admin().add_user("rizal", "ana@rizal.ph", Some("Ana Reyes"), Role::SchoolAdmin);
    let made = made.await.expect("an account");
    let signed_in = town.try_sign_in("rizal", "ana@rizal.ph", &made.one_time_password).await;
    assert_eq!(signed_in.data()["user"]["must_change_password"], true);
    let (here, there) = (session(&signed_in), town.try_sign_in("rizal", "ana@rizal.ph", &made.one_time_password).await);
    let there = session(&there);
    town.get("/auth/me", &here.access).await.data();
    for path in ["/users".to_owned(), format!("/users/{}", made.user)] {
        assert_eq!(town.get(&path, &here.access).await.refused(), (403, "password_change_required"), "{path}");
    }
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    for weak in ["short", "ana@rizal.ph", "Ana Reyes", "School rizal", "password1234", &made.one_time_password] {
        let body = change(&made.one_time_password, weak);
        let refused = town.post("/auth/password", &here.access, &body).await;
        assert_eq!(refused.refused(), (422, "password_weak"), "{weak}");
        assert_eq!(refused.body["error"]["details"]["field"], "new");
    }
    let wrong = town.post("/auth/password", &here.access, &change("not this one", "kalabaw bakal ulap")).await;
    assert_eq!(wrong.refused(), (401, "wrong_credentials"), "six weak ones have cost no try");
    let body = change(&made.one_time_password, "kalabaw bakal ulap");
    town.post("/auth/password", &here.access, &body).await.data();
    town.get("/users", &here.access).await.data();
    assert_eq!(town.get("/auth/me", &there.access).await.refused(), (401, "unauthorized"), "other sessions are over");
    assert_eq!(town.refresh(&there.refresh).await.refused(), (401, "unauthorized"));
    town.refresh(&here.refresh).await.data();
    let old = town.try_sign_in("rizal", "ana@rizal.ph", &made.one_time_password).await;
    assert_eq!(old.refused(), (401, "wrong_credentials"));
    town.try_sign_in("rizal", "ana@rizal.ph", "kalabaw bakal ulap").await.data();
}

#[tokio::test]
async fn an_open_screen_gives_no_more_guesses_than_the_door() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let session = town.sign_in(&admin).await;
    let guess = json!({ "current": "a guess", "new": "kalabaw bakal ulap" });
    let answers = join_all((0..8).map(|_| town.post("/auth/password", &session.access, &guess))).await;
    let wrong = answers.iter().filter(|answer| answer.refused() == (401, "wrong_credentials")).count();
    assert_eq!(wrong, 5);
    assert_eq!(town.try_sign_in("rizal", &admin.email, PASSWORD).await.refused(), (429, "account_locked"));
}

#[tokio::test]
async fn signing_out_ends_it_at_once() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let (here, there) = (town.sign_in(&admin).await, town.sign_in(&admin).await);
    town.ask(Method::POST, "/auth/sign-out", Some(&here.access), None).await.data();
    assert_eq!(town.get("/auth/me", &here.access).await.refused(), (401, "unauthorized"));
    assert_eq!(town.refresh(&here.refresh).await.refused(), (401, "unauthorized"));
    town.get("/auth/me", &there.access).await.data();
}

#[tokio::test]
async fn letters_of_every_kind_and_the_longest_of_everything_work() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let admin = town.sign_in(&admin).await;
    let long_name = "Ñ".repeat(128);
    let long_email = format!("{}@x.ph", "é".repeat(249));
    for (email, name) in [("josé.peña@bágo.ph", "José Peña ñ 山田 🎓"), (long_email.as_str(), long_name.as_str())]
    {
        let made = town.post("/users", &admin.access, &json!({ "email": email, "name": name, "role": "viewer" })).await;
        let made = made.data();
        assert_eq!((made["user"]["email"].as_str(), made["user"]["name"].as_str()), (Some(email), Some(name)));
        let once = made["one_time_password"].as_str().expect("a password");
        // As a Mac would type it: accents on their own.
        let typed = email.replace('é', "e\u{301}").replace('ñ', "n\u{303}").to_uppercase();
        let person = session(&town.try_sign_in("rizal", &typed, once).await);
        let longest: String = "isda ñ ulap ".chars().cycle().take(128).collect();
        let change = json!({ "current": once, "new": longest });
        town.post("/auth/password", &person.access, &change).await.data();
        town.try_sign_in("rizal", email, &longest.replace('ñ', "n\u{303}")).await.data();
    }
}
