//! Getting in, staying in, getting out.

use crate::desk::{Browser, COOKIE, Desk, PASSWORD, because, browser, code, division, everywhere};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use pems_hub::db::ConsoleRole;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

const EMAIL: &str = "ana@division.ph";

#[tokio::test]
async fn password_and_code_give_a_cookie_that_only_this_page_sends() {
    let desk = Desk::new().await;
    let ana = desk.owner(EMAIL).await;
    let reply = desk.try_sign_in(EMAIL, PASSWORD, &code(&ana.totp, 0)).await;
    assert_eq!(reply.data()["role"], "owner");
    assert_eq!(reply.header("cache-control"), "no-store");
    let set = reply.header("set-cookie");
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age=28800"] {
        assert!(set.split("; ").any(|part| part == attribute), "{attribute} in {set}");
    }
    assert!(!set.contains("Domain"), "of this host alone: {set}");
    let here = browser(&reply);
    assert!(!reply.body.to_string().contains(&here.cookie), "scripts of the page never see it");
    let me = desk.get("/me", &here).await;
    assert_eq!((me.data()["email"].as_str(), me.header("cache-control")), (Some(EMAIL), "no-store"));
    assert_eq!(desk.logged(Uuid::nil(), "console.signed_in").await, 1);
    let kept: i64 = desk
        .world
        .scalar(&format!("SELECT count(*) FROM sec.console_session s WHERE s::text LIKE '%{}%'", here.cookie))
        .await;
    assert_eq!(kept, 0, "the database has no cookie, only its hash");
}

#[tokio::test]
async fn whatever_is_wrong_gets_the_same_answer_after_the_same_work() {
    let desk = Desk::new().await;
    let ana = desk.owner(EMAIL).await;
    let gone = desk.owner("gone@division.ph").await;
    desk.world.hub.admin().disable_operator(&gone.email).await.expect("an operator");
    let right = code(&ana.totp, 0);
    let mut answers = Vec::new();
    for (email, password, typed) in [
        (EMAIL, "not this one", right.as_str()),
        (EMAIL, PASSWORD, "000000"),
        (EMAIL, PASSWORD, "0000-0000-0000"),
        (EMAIL, PASSWORD, gone.recovery_codes[0].as_str()),
        ("nobody@division.ph", PASSWORD, right.as_str()),
        (gone.email.as_str(), PASSWORD, gone.recovery_codes[0].as_str()),
    ] {
        let before = desk.world.hub.password_runs();
        let reply = desk.try_sign_in(email, password, typed).await;
        assert_eq!(desk.world.hub.password_runs() - before, 1, "{email} {typed}");
        assert_eq!(reply.header("set-cookie"), "");
        answers.push((reply.status, reply.body));
    }
    assert_eq!(answers[0].1["error"]["code"], "wrong_credentials");
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:#?}");
}

#[tokio::test]
async fn guesses_lock_the_console_and_typing_a_code_again_alike() {
    let desk = Desk::new().await;
    let ana = desk.owner(EMAIL).await;
    let here = desk.sign_in(&ana).await;
    let guesses = (0..20).map(|n| {
        let (desk, here) = (&desk, &here);
        async move {
            let guess = if n % 2 == 0 { "000000" } else { "111111" };
            desk.post("/step-up", here, &json!({ "code": guess })).await
        }
    });
    let answers = join_all(guesses).await;
    assert_eq!(answers.iter().filter(|answer| answer.refused() == (429, "account_locked")).count(), 15);
    assert_eq!(desk.try_sign_in(EMAIL, PASSWORD, &code(&ana.totp, 1)).await.refused(), (429, "account_locked"));
    assert_eq!(desk.get("/me", &here).await.data()["email"], EMAIL, "whoever is signed in stays so");
}

#[tokio::test]
async fn a_code_serves_once_for_whatever_it_is_typed() {
    let desk = Desk::new().await;
    let ana = desk.owner(EMAIL).await;
    let now = code(&ana.totp, 0);
    // Three, so that with what is wrong below nobody is locked out whichever of them was served first.
    let answers = join_all((0..3).map(|_| desk.try_sign_in(EMAIL, PASSWORD, &now))).await;
    let inside: Vec<_> = answers.iter().filter(|answer| answer.status.is_success()).collect();
    assert_eq!(inside.len(), 1, "{answers:#?}");
    let here = browser(inside[0]);
    assert_eq!(desk.post("/step-up", &here, &json!({ "code": now })).await.refused(), (401, "wrong_credentials"));
    let next = code(&ana.totp, 1);
    desk.post("/step-up", &here, &json!({ "code": next })).await.data();
    assert_eq!(desk.try_sign_in(EMAIL, PASSWORD, &next).await.refused(), (401, "wrong_credentials"));
}

#[tokio::test]
async fn a_recovery_code_lets_in_once_and_does_not_act() {
    let desk = Desk::new().await;
    let ana = desk.owner(EMAIL).await;
    let school = desk.school("rizal", &everywhere()).await;
    let typed = ana.recovery_codes[3].to_lowercase().replace('-', " ");
    let reply = desk.try_sign_in(EMAIL, PASSWORD, &typed).await;
    assert!(reply.data()["fresh_until"].is_null());
    let here = browser(&reply);
    let suspend = desk.post(&format!("/schools/{school}/suspend"), &here, &because()).await;
    assert_eq!(suspend.refused(), (403, "step_up_required"));
    let again = desk.post("/step-up", &here, &json!({ "code": ana.recovery_codes[4] })).await;
    assert_eq!(again.refused(), (401, "wrong_credentials"), "no recovery code is a code of the app");
    assert_eq!(desk.try_sign_in(EMAIL, PASSWORD, &typed).await.refused(), (401, "wrong_credentials"), "twice");
    desk.try_sign_in(EMAIL, PASSWORD, &ana.recovery_codes[5]).await.data();
    let ben = desk.owner("ben@division.ph").await;
    assert_eq!(desk.try_sign_in(EMAIL, PASSWORD, &ben.recovery_codes[0]).await.refused(), (401, "wrong_credentials"));
}

#[tokio::test]
async fn a_forged_cookie_opens_nothing() {
    let desk = Desk::new().await;
    let (ana, ben) = (desk.owner(EMAIL).await, desk.owner("ben@division.ph").await);
    let (hers, his) = (desk.sign_in(&ana).await, desk.sign_in(&ben).await);
    let (ours, theirs) = (format!("{COOKIE}={}", hers.cookie), format!("{COOKIE}={}", his.cookie));
    let flipped = hers.cookie.strip_suffix(|_: char| true).expect("a cookie").to_owned()
        + if hers.cookie.ends_with('A') { "B" } else { "A" };
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base 64");
    // The id of one session with the secret of another.
    let crossed = URL_SAFE_NO_PAD.encode([&bytes(&hers.cookie)[..16], &bytes(&his.cookie)[16..]].concat());
    for cookie in [
        String::new(),
        "pems_console=x".to_owned(),
        format!("{COOKIE}="),
        format!("{COOKIE}={flipped}"),
        format!("{COOKIE}={crossed}"),
        format!("{COOKIE}={}", hers.session),
        format!("{ours}; {theirs}"),
        format!("{ours}; {ours}"),
    ] {
        let reply = desk.send(Method::GET, "/me", &[("cookie", &cookie)], None).await;
        assert_eq!(reply.refused(), (401, "unauthorized"), "{cookie}");
    }
    desk.send(Method::GET, "/me", &[("cookie", &ours)], None).await.data();
}

#[tokio::test]
async fn a_cookie_opens_no_records_and_a_token_no_console() {
    let desk = Desk::new().await;
    let ana = desk.owner(EMAIL).await;
    let here = desk.sign_in(&ana).await;
    let cookie = format!("{COOKIE}={}", here.cookie);
    for path in ["/tenants", "/students", "/users", "/auth/me", "/audit"] {
        for token in [None, Some(here.cookie.as_str())] {
            let mut request =
                desk.world.client.get(desk.world.url(&format!("/api/v1{path}"))).header("cookie", &cookie);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            assert_eq!(request.send().await.expect("an answer").status(), 401, "{path} {token:?}");
        }
    }
    desk.forget_codes().await;
    let said = json!({ "email": EMAIL, "password": PASSWORD, "code": code(&ana.totp, 0), "reason": "a test of doors" });
    let mode =
        desk.world.post("/api/v1/operators/sign-in", &said).await.json::<serde_json::Value>().await.expect("JSON");
    let token = mode["data"]["access_token"].as_str().expect("a token");
    for (name, value) in [("authorization", format!("Bearer {token}")), ("cookie", format!("{COOKIE}={token}"))] {
        let reply = desk.send(Method::GET, "/me", &[(name, &value)], None).await;
        assert_eq!(reply.refused(), (401, "unauthorized"), "{name}");
    }
}

#[tokio::test]
async fn what_is_over_is_over() {
    let desk = Desk::new().await;
    let ana = desk.owner(EMAIL).await;
    let admin = desk.world.hub.admin();
    for how in ["expired", "idle", "signed out", "disabled", "another role", "reset"] {
        let here = desk.sign_in(&ana).await;
        desk.get("/me", &here).await.data();
        match how {
            "expired" => {
                desk.sql("UPDATE sec.console_session SET begun_at = begun_at - interval '8 hours', ends_at = ends_at - interval '8 hours'")
                    .await;
            }
            "idle" => desk.sql("UPDATE sec.console_session SET seen_at = seen_at - interval '30 minutes'").await,
            "signed out" => {
                let out = desk.ask(Method::POST, "/sign-out", Some(&here), None).await;
                out.data();
                assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
            }
            "disabled" => admin.disable_operator(EMAIL).await.expect("an operator"),
            "another role" => {
                admin.set_operator_role(EMAIL, ConsoleRole::Viewer, &everywhere()).await.expect("an operator");
            }
            _ => drop(admin.reset_operator(EMAIL, PASSWORD).await.expect("an operator")),
        }
        assert_eq!(desk.get("/me", &here).await.refused(), (401, "unauthorized"), "{how}");
        let typed = json!({ "code": code(&ana.totp, 1) });
        assert_eq!(desk.post("/step-up", &here, &typed).await.refused(), (401, "unauthorized"), "{how}");
        desk.sql("UPDATE sec.operator SET disabled_at = NULL").await;
        assert_eq!(desk.get("/me", &here).await.refused(), (401, "unauthorized"), "{how}, and let in again");
    }
}

#[tokio::test]
async fn who_works_stays_in_and_the_database_keeps_the_time() {
    let desk = Desk::new().await;
    let ana = desk.owner(EMAIL).await;
    let here = desk.sign_in(&ana).await;
    for _ in 0..4 {
        desk.sql("UPDATE sec.console_session SET seen_at = seen_at - interval '20 minutes'").await;
        desk.get("/schools", &here).await.data();
    }
    desk.sql("UPDATE sec.console_session SET seen_at = seen_at - interval '31 minutes'").await;
    assert_eq!(desk.get("/schools", &here).await.refused(), (401, "unauthorized"));
}

#[tokio::test]
async fn one_sees_and_ends_ones_own_sessions_and_nobody_elses() {
    let desk = Desk::new().await;
    let (ana, ben) = (desk.owner(EMAIL).await, desk.owner("ben@division.ph").await);
    let (first, second, his) = (desk.sign_in(&ana).await, desk.sign_in(&ana).await, desk.sign_in(&ben).await);
    let listed = desk.get("/sessions", &second).await;
    let ids: Vec<_> =
        listed.data().as_array().expect("a list").iter().map(|one| (&one["id"], &one["current"])).collect();
    assert_eq!(ids, [(&json!(second.session), &json!(true)), (&json!(first.session), &json!(false))]);
    let end = async |whose: Uuid| desk.ask(Method::DELETE, &format!("/sessions/{whose}"), Some(&second), None).await;
    assert_eq!(end(his.session).await.refused(), (404, "not_found"));
    end(first.session).await.data();
    assert_eq!(end(first.session).await.refused(), (404, "not_found"), "it is over");
    assert_eq!(desk.get("/me", &first).await.refused(), (401, "unauthorized"));
    desk.get("/me", &his).await.data();
}

#[tokio::test]
async fn nobody_has_more_than_ten_sessions() {
    let desk = Desk::new().await;
    let ana = desk.owner(EMAIL).await;
    let mut browsers: Vec<Browser> = Vec::new();
    for _ in 0..11 {
        browsers.push(desk.sign_in(&ana).await);
    }
    assert_eq!(desk.get("/me", &browsers[0]).await.refused(), (401, "unauthorized"), "the oldest gives way");
    desk.get("/me", &browsers[1]).await.data();
}

#[tokio::test]
async fn records_are_not_for_viewers_nor_for_a_part_of_the_hub() {
    let desk = Desk::new().await;
    let viewer = desk.person("vic@division.ph", ConsoleRole::Viewer, &everywhere()).await;
    let support = desk.person("sam@division.ph", ConsoleRole::Support, &division("VII", "Cebu Province")).await;
    let whole = desk.person("sue@division.ph", ConsoleRole::Support, &everywhere()).await;
    for (who, status) in [(&viewer, 403), (&support, 403), (&whole, 200)] {
        let said = json!({ "email": who.email, "password": PASSWORD, "code": code(&who.totp, 0), "reason": "a test of roles" });
        let reply = desk.world.post("/api/v1/operators/sign-in", &said).await;
        assert_eq!(reply.status(), status, "{}", who.email);
    }
}
