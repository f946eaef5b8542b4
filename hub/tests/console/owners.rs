//! Who becomes an operator, and what one owner alone cannot do.

use crate::desk::{Browser, Desk, PASSWORD, Person, because, browser, code, division, everywhere};
use crate::reply::Reply;
use pems_hub::db::{ConsoleRole, Scope};
use reqwest::Method;
use serde_json::{Value as Json, json};
use totp_rs::Totp;

const CHOSEN: &str = "apat na ibon sa puno";

/// What is said with the reason.
fn with_reason(more: Json) -> Json {
    let (Json::Object(mut all), Json::Object(more)) = (because(), more) else { panic!("objects") };
    all.extend(more);
    Json::Object(all)
}

async fn invite(desk: &Desk, who: &Browser, email: &str, role: &str, scope: Json) -> Reply {
    let said = with_reason(json!({ "email": email, "name": "Ben Cruz", "role": role, "scope": scope }));
    desk.post("/operators", who, &said).await
}

async fn change(desk: &Desk, who: &Browser, whom: &Person, what: Json) -> Reply {
    desk.ask(Method::PATCH, &format!("/operators/{}", whom.id), Some(who), Some(&with_reason(what))).await
}

async fn reset(desk: &Desk, who: &Browser, whom: &Person) -> Reply {
    desk.post(&format!("/operators/{}/reset", whom.id), who, &because()).await
}

async fn look(desk: &Desk, invitation: &str) -> Reply {
    desk.ask(Method::POST, "/invitation", None, Some(&json!({ "code": invitation }))).await
}

async fn accept(desk: &Desk, invitation: &str, password: &str, typed: &str) -> Reply {
    let said = json!({ "code": invitation, "password": password, "app_code": typed });
    desk.ask(Method::POST, "/accept", None, Some(&said)).await
}

/// Takes an invitation as its holder would: app first, then a password.
async fn take(desk: &Desk, invitation: &str) -> (Totp, Vec<String>) {
    let offer = look(desk, invitation).await;
    let totp = Totp::from_url(offer.data()["otpauth"].as_str().expect("an address")).expect("of an app");
    let taken = accept(desk, invitation, CHOSEN, &code(&totp, 0)).await;
    let codes = taken.data()["recovery_codes"].as_array().expect("codes").iter();
    (totp, codes.map(|code| code.as_str().expect("a text").to_owned()).collect())
}

fn text<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply.data()[name].as_str().unwrap_or_else(|| panic!("{name} in {}", reply.body))
}

async fn decide(desk: &Desk, who: &Browser, asked: &Reply, how: &str) -> Reply {
    let path = format!("/requests/{}/{how}", text(asked, "request"));
    desk.ask(Method::POST, &path, Some(who), None).await
}

#[tokio::test]
async fn an_owner_invites_and_the_invited_person_chooses() {
    let desk = Desk::new().await;
    let ana = desk.owner("ana@division.ph").await;
    let here = desk.sign_in(&ana).await;
    let made =
        invite(&desk, &here, "Ben@Division.ph", "support", json!({ "region": "VII", "division": "Bohol" })).await;
    assert_eq!((made.data()["done"].as_bool(), made.data()["request"].is_null()), (Some(true), true));
    let invitation = text(&made, "code");
    let offer = look(&desk, invitation).await;
    assert_eq!((text(&offer, "email"), text(&offer, "role")), ("ben@division.ph", "support"));
    assert_eq!(offer.body, look(&desk, invitation).await.body, "as often as one looks");
    let listed = desk.get("/invitations", &here).await;
    assert!(listed.body.to_string().contains("ben@division.ph") && !listed.body.to_string().contains(invitation));
    let totp = Totp::from_url(text(&offer, "otpauth")).expect("of an app");
    let weak = accept(&desk, invitation, "password12", &code(&totp, 0)).await;
    assert_eq!(weak.refused(), (422, "password_weak"));
    assert_eq!(weak.body["error"]["details"]["field"], "password", "as the request calls it");
    assert_eq!(accept(&desk, invitation, CHOSEN, "000000").await.refused(), (401, "wrong_credentials"));
    let typed = code(&totp, 0);
    let taken = accept(&desk, invitation, CHOSEN, &typed).await;
    let codes = taken.data()["recovery_codes"].as_array().expect("codes");
    assert_eq!(codes.len(), 10);
    assert_eq!(accept(&desk, invitation, CHOSEN, &typed).await.refused(), (400, "code_unknown"), "once");
    let served = desk.try_sign_in("ben@division.ph", CHOSEN, &typed).await;
    assert_eq!(served.refused(), (401, "wrong_credentials"), "the code has served");
    let there = browser(&desk.try_sign_in("ben@division.ph", CHOSEN, &code(&totp, 1)).await);
    let me = desk.get("/me", &there).await;
    assert_eq!(me.data()["scope"], json!({ "region": "VII", "division": "Bohol" }));
    desk.try_sign_in("ben@division.ph", CHOSEN, codes[0].as_str().expect("a text")).await.data();
    assert_eq!(invite(&desk, &here, "ben@division.ph", "viewer", json!({})).await.refused(), (409, "conflict"));
}

#[tokio::test]
async fn an_invitation_is_worth_nothing_once_it_is_old_withdrawn_or_its_giver_is_gone() {
    let desk = Desk::new().await;
    let (ana, ben) = (desk.owner("ana@division.ph").await, desk.owner("ben@division.ph").await);
    let here = desk.sign_in(&ana).await;
    for how in ["old", "withdrawn", "given anew", "giver disabled", "giver no owner"] {
        let made = invite(&desk, &here, "eve@division.ph", "viewer", json!({})).await;
        let invitation = text(&made, "code").to_owned();
        let offer = look(&desk, &invitation).await;
        let totp = Totp::from_url(text(&offer, "otpauth")).expect("of an app");
        match how {
            "old" => desk.sql("UPDATE sec.invitation SET expires_at = expires_at - interval '3 days'").await,
            "withdrawn" => {
                let listed = desk.get("/invitations", &here).await;
                let id = listed.data()[0]["operator"].as_str().expect("an id").to_owned();
                desk.ask(Method::DELETE, &format!("/invitations/{id}"), Some(&here), None).await.data();
                assert_eq!(
                    desk.ask(Method::DELETE, &format!("/invitations/{id}"), Some(&here), None).await.refused(),
                    (404, "not_found")
                );
            }
            "given anew" => {
                invite(&desk, &here, "eve@division.ph", "viewer", json!({})).await.data();
            }
            "giver disabled" => {
                desk.sql(&format!("UPDATE sec.operator SET disabled_at = now() WHERE id = '{}'", ana.id)).await
            }
            _ => {
                desk.sql(&format!(
                    "UPDATE sec.operator SET disabled_at = NULL, role = 'support' WHERE id = '{}'",
                    ana.id
                ))
                .await
            }
        }
        assert_eq!(look(&desk, &invitation).await.refused(), (400, "code_unknown"), "{how}");
        assert_eq!(accept(&desk, &invitation, CHOSEN, &code(&totp, 0)).await.refused(), (400, "code_unknown"), "{how}");
        desk.sql(&format!("UPDATE sec.operator SET disabled_at = NULL, role = 'owner' WHERE id = '{}'", ana.id)).await;
    }
    assert_eq!(look(&desk, "made up").await.refused(), (400, "code_unknown"));
    assert_ne!(ana.id, ben.id);
}

#[tokio::test]
async fn one_owner_makes_another_and_two_do_it_together() {
    let desk = Desk::new().await;
    let ana = desk.owner("ana@division.ph").await;
    let hers = desk.sign_in(&ana).await;
    let alone = invite(&desk, &hers, "ben@division.ph", "owner", json!({})).await;
    assert_eq!(alone.data()["done"], true, "there is no second owner yet");
    let (totp, _) = take(&desk, text(&alone, "code")).await;
    let his = browser(&desk.try_sign_in("ben@division.ph", CHOSEN, &code(&totp, 1)).await);

    let asked = invite(&desk, &hers, "eve@division.ph", "owner", json!({})).await;
    assert_eq!(asked.data()["done"], false);
    let invitation = text(&asked, "code").to_owned();
    assert_eq!(look(&desk, &invitation).await.refused(), (400, "code_unknown"), "it waits");
    assert_eq!(decide(&desk, &hers, &asked, "approve").await.refused(), (409, "conflict"), "the same person");
    assert_eq!(look(&desk, &invitation).await.refused(), (400, "code_unknown"));
    let waiting = desk.get("/requests", &his).await;
    assert_eq!(
        (&waiting.data()[0]["state"], &waiting.data()[0]["email"]),
        (&json!("waiting"), &json!("eve@division.ph"))
    );
    assert!(!waiting.body.to_string().contains("code_hash"));
    desk.codes_are_old().await;
    assert_eq!(decide(&desk, &his, &asked, "approve").await.refused(), (403, "step_up_required"));
    desk.sql("UPDATE sec.console_session SET code_at = clock_timestamp()").await;
    decide(&desk, &his, &asked, "approve").await.data();
    assert_eq!(decide(&desk, &his, &asked, "approve").await.refused(), (409, "conflict"), "it is decided");
    take(&desk, &invitation).await;
    assert_eq!(desk.logged(uuid::Uuid::nil(), "operator.invited").await, 2);
}

#[tokio::test]
async fn a_request_is_over_after_a_day_after_a_no_and_without_who_asked() {
    let desk = Desk::new().await;
    let (ana, ben) = (desk.owner("ana@division.ph").await, desk.owner("ben@division.ph").await);
    let (hers, his) = (desk.sign_in(&ana).await, desk.sign_in(&ben).await);
    for how in ["lapsed", "refused", "taken back", "asker demoted"] {
        let asked = invite(&desk, &hers, "eve@division.ph", "owner", json!({})).await;
        match how {
            "lapsed" => desk.sql("UPDATE sec.console_request SET asked_at = asked_at - interval '24 hours'").await,
            "refused" => {
                decide(&desk, &his, &asked, "refuse").await.data();
            }
            "taken back" => {
                decide(&desk, &hers, &asked, "refuse").await.data();
            }
            _ => desk.sql(&format!("UPDATE sec.operator SET role = 'support' WHERE id = '{}'", ana.id)).await,
        }
        assert_eq!(decide(&desk, &his, &asked, "approve").await.refused(), (409, "conflict"), "{how}");
        assert_eq!(look(&desk, text(&asked, "code")).await.refused(), (400, "code_unknown"), "{how}");
        let state = desk.get("/requests", &his).await.data()[0]["state"].clone();
        assert_eq!(
            state,
            if how == "lapsed" {
                "lapsed"
            } else if how.starts_with("asker") {
                "waiting"
            } else {
                "refused"
            },
            "{how}"
        );
    }
}

#[tokio::test]
async fn whoever_is_changed_stops_at_once() {
    let desk = Desk::new().await;
    let ana = desk.owner("ana@division.ph").await;
    let sam = desk.person("sam@division.ph", ConsoleRole::Support, &everywhere()).await;
    let hers = desk.sign_in(&ana).await;
    for (what, shown) in [
        (json!({ "role": "viewer" }), ("role", json!("viewer"))),
        (json!({ "scope": { "region": "VII" } }), ("region", json!("VII"))),
        (json!({ "disabled": false }), ("region", json!("VII"))),
    ] {
        let his = desk.sign_in(&sam).await;
        assert_eq!(change(&desk, &hers, &sam, what.clone()).await.data()["done"], true, "{what}");
        assert_eq!(desk.get("/me", &his).await.refused(), (401, "unauthorized"), "{what}");
        let listed = desk.get("/operators", &hers).await;
        let found = listed
            .data()
            .as_array()
            .expect("a list")
            .iter()
            .find(|one| one["id"] == json!(sam.id))
            .expect("him")
            .clone();
        assert_eq!(found[shown.0], shown.1, "{what}");
    }
    let his = desk.sign_in(&sam).await;
    change(&desk, &hers, &sam, json!({ "disabled": true })).await.data();
    assert_eq!(desk.get("/me", &his).await.refused(), (401, "unauthorized"));
    desk.forget_codes().await;
    assert_eq!(desk.try_sign_in(&sam.email, PASSWORD, &code(&sam.totp, 0)).await.refused(), (401, "wrong_credentials"));
}

#[tokio::test]
async fn the_hub_keeps_an_owner() {
    let desk = Desk::new().await;
    let ana = desk.owner("ana@division.ph").await;
    let regional =
        desk.person("ria@region.ph", ConsoleRole::Owner, &Scope { region: Some("VII".into()), division: None }).await;
    let here = desk.sign_in(&ana).await;
    for what in [json!({ "role": "support" }), json!({ "disabled": true }), json!({ "scope": { "region": "VII" } })] {
        assert_eq!(change(&desk, &here, &ana, what.clone()).await.refused(), (409, "last_admin"), "{what}");
    }
    desk.get("/me", &here).await.data();
    assert_ne!(regional.id, ana.id);
}

#[tokio::test]
async fn a_reset_makes_everything_old_worthless() {
    let desk = Desk::new().await;
    let ana = desk.owner("ana@division.ph").await;
    let sam = desk.person("sam@division.ph", ConsoleRole::Support, &everywhere()).await;
    let (hers, his) = (desk.sign_in(&ana).await, desk.sign_in(&sam).await);
    let done = reset(&desk, &hers, &sam).await;
    assert_eq!(done.data()["done"], true);
    assert_eq!(desk.get("/me", &his).await.refused(), (401, "unauthorized"));
    desk.forget_codes().await;
    for old in [code(&sam.totp, 0), sam.recovery_codes[0].clone()] {
        assert_eq!(desk.try_sign_in(&sam.email, PASSWORD, &old).await.refused(), (401, "wrong_credentials"), "{old}");
    }
    let (totp, codes) = take(&desk, text(&done, "code")).await;
    assert_ne!(totp.secret().to_base32(), sam.totp.secret().to_base32());
    assert_eq!(
        desk.try_sign_in(&sam.email, CHOSEN, &sam.recovery_codes[1]).await.refused(),
        (401, "wrong_credentials")
    );
    let back = desk.try_sign_in(&sam.email, CHOSEN, &codes[0]).await;
    assert_eq!((text(&back, "role"), text(&back, "id")), ("support", sam.id.to_string().as_str()));
    let ben = desk.owner("ben@division.ph").await;
    assert_eq!(reset(&desk, &hers, &ben).await.data()["done"], false, "or one owner could sign in as the second");
}

#[tokio::test]
async fn nobody_gives_or_touches_what_is_beyond_their_scope() {
    let desk = Desk::new().await;
    let ana = desk.owner("ana@division.ph").await;
    let region = Scope { region: Some("VII".into()), division: None };
    let ria = desk.person("ria@region.ph", ConsoleRole::Owner, &region).await;
    let hers = desk.sign_in(&ria).await;
    let elsewhere = desk.person("eli@division.ph", ConsoleRole::Viewer, &division("VIII", "Leyte")).await;
    let within = desk.person("bo@division.ph", ConsoleRole::Viewer, &division("VII", "Bohol")).await;
    for scope in [json!({}), json!({ "region": "VIII" })] {
        assert_eq!(
            invite(&desk, &hers, "eve@x.ph", "viewer", scope.clone()).await.refused(),
            (403, "role_forbidden"),
            "{scope}"
        );
        assert_eq!(change(&desk, &hers, &within, json!({ "scope": scope })).await.refused(), (403, "role_forbidden"));
    }
    assert_eq!(
        invite(&desk, &hers, "eve@x.ph", "viewer", json!({ "division": "Bohol" })).await.refused(),
        (400, "bad_request")
    );
    for whom in [&ana, &elsewhere] {
        assert_eq!(change(&desk, &hers, whom, json!({ "disabled": true })).await.refused(), (404, "not_found"));
        assert_eq!(reset(&desk, &hers, whom).await.refused(), (404, "not_found"));
    }
    let listed = desk.get("/operators", &hers).await;
    let seen: Vec<_> =
        listed.data().as_array().expect("a list").iter().filter_map(|one| one["email"].as_str()).collect();
    assert_eq!(seen, ["bo@division.ph", "ria@region.ph"]);
    change(&desk, &hers, &within, json!({ "role": "support" })).await.data();
    let sam = desk.person("sam@division.ph", ConsoleRole::Support, &everywhere()).await;
    let his = desk.sign_in(&sam).await;
    assert_eq!(change(&desk, &his, &within, json!({ "role": "owner" })).await.refused(), (403, "role_forbidden"));
}
