//! What is done to schools: by whom, with which reason, how soon after a code, and where.

use crate::desk::{Browser, Desk, because, code, division, everywhere};
use crate::reply::Reply;
use crate::world::now;
use pems_hub::db::ConsoleRole;
use pems_hub::server::admin::Place;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Twenty characters that nobody sees.
const INVISIBLE: &str = concat!(
    "\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}",
    "\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}"
);

async fn suspend(desk: &Desk, who: &Browser, school: Uuid) -> Reply {
    desk.post(&format!("/schools/{school}/suspend"), who, &because()).await
}

#[tokio::test]
async fn support_shuts_a_school_out_and_the_school_is_told() {
    let desk = Desk::new().await;
    let sam = desk.person("sam@division.ph", ConsoleRole::Support, &everywhere()).await;
    let here = desk.sign_in(&sam).await;
    let school = desk.school("rizal", &everywhere()).await;
    let device = desk.world.device("rizal").await;
    assert!(suspend(&desk, &here, school).await.data()["suspended_at"].is_string());
    let is_shut_out = format!("SELECT suspended FROM sec.device('{}')", device.identity.device_id);
    assert!(desk.world.scalar::<bool>(&is_shut_out).await);
    suspend(&desk, &here, school).await.data();
    assert_eq!(desk.logged(school, "tenant.suspended").await, 1, "what is so already is no change");
    let told: Json = desk
        .world
        .scalar(&format!("SELECT details FROM audit_log WHERE tenant_id = '{school}' AND action = 'tenant.suspended' AND actor_id = '{}'", sam.id))
        .await;
    assert_eq!(told["reason"], because()["reason"]);
    let back = desk.post(&format!("/schools/{school}/resume"), &here, &because()).await;
    assert!(back.data()["suspended_at"].is_null());
    assert!(!desk.world.scalar::<bool>(&is_shut_out).await);
    let events: Vec<String> =
        sqlx::query_scalar("SELECT type FROM event WHERE tenant_id = $1 AND type <> 'TENANT_CREATED' ORDER BY seq")
            .bind(school)
            .fetch_all(&mut desk.world.owner().await)
            .await
            .expect("events");
    assert_eq!(events, ["TENANT_SUSPENDED", "TENANT_RESUMED"]);
}

#[tokio::test]
async fn a_code_counts_for_five_minutes() {
    let desk = Desk::new().await;
    let ana = desk.owner("ana@division.ph").await;
    let here = desk.sign_in(&ana).await;
    let school = desk.school("rizal", &everywhere()).await;
    desk.codes_are_old().await;
    assert_eq!(suspend(&desk, &here, school).await.refused(), (403, "step_up_required"));
    assert_eq!(desk.logged(school, "tenant.suspended").await, 0);
    desk.get(&format!("/schools/{school}"), &here).await.data();
    desk.post("/step-up", &here, &json!({ "code": code(&ana.totp, 1) })).await.data();
    suspend(&desk, &here, school).await.data();
    let elsewhere = desk.sign_in(&ana).await;
    desk.codes_are_old().await;
    desk.post("/step-up", &elsewhere, &json!({ "code": code(&ana.totp, 1) })).await.data();
    let other = desk.school("mabini", &everywhere()).await;
    assert_eq!(suspend(&desk, &here, other).await.refused(), (403, "step_up_required"), "the code was typed elsewhere");
    suspend(&desk, &elsewhere, other).await.data();
}

#[tokio::test]
async fn viewers_look() {
    let desk = Desk::new().await;
    let vic = desk.person("vic@division.ph", ConsoleRole::Viewer, &everywhere()).await;
    let here = desk.sign_in(&vic).await;
    let school = desk.school("rizal", &everywhere()).await;
    desk.get(&format!("/schools/{school}"), &here).await.data();
    assert_eq!(suspend(&desk, &here, school).await.refused(), (403, "role_forbidden"));
    for path in ["/operators", "/invitations", "/requests"] {
        assert_eq!(desk.get(path, &here).await.refused(), (403, "role_forbidden"), "{path}");
    }
}

#[tokio::test]
async fn another_divisions_school_does_not_exist() {
    let desk = Desk::new().await;
    let (ours, theirs) = (division("VII", "Cebu Province"), division("VII", "Bohol"));
    let sam = desk.person("sam@division.ph", ConsoleRole::Support, &ours).await;
    let here = desk.sign_in(&sam).await;
    let (a, b) = (desk.school("danao", &ours).await, desk.school("tagbilaran", &theirs).await);
    let (nowhere, namesake) =
        (desk.school("nowhere", &everywhere()).await, desk.school("far", &division("VIII", "Cebu Province")).await);
    let listed = desk.get("/schools", &here).await;
    let ids: Vec<&str> =
        listed.data()["items"].as_array().expect("a list").iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids, [a.to_string()]);
    let nobodys = Uuid::from_u128(u128::try_from(now()).expect("a time"));
    for school in [b, nowhere, namesake, nobodys] {
        let looked = desk.get(&format!("/schools/{school}"), &here).await;
        assert_eq!(looked.refused(), (404, "not_found"));
        assert_eq!(
            looked.body["error"]["message"],
            desk.get(&format!("/schools/{nobodys}"), &here).await.body["error"]["message"]
        );
        assert_eq!(suspend(&desk, &here, school).await.refused(), (404, "not_found"));
        let traces = desk.log(school).await.into_iter().filter(|action| action.starts_with("console.")).count();
        assert_eq!(traces, 0, "nobody looked at it");
    }
    suspend(&desk, &here, a).await.data();
    let region = desk
        .person(
            "ria@region.ph",
            ConsoleRole::Viewer,
            &pems_hub::db::Scope { region: Some("VII".into()), division: None },
        )
        .await;
    let there = desk.sign_in(&region).await;
    assert_eq!(desk.get("/schools", &there).await.data()["items"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_school_that_moves_out_of_a_scope_is_gone_with_the_next_request() {
    let desk = Desk::new().await;
    let ours = division("VII", "Cebu Province");
    let sam = desk.person("sam@division.ph", ConsoleRole::Support, &ours).await;
    let here = desk.sign_in(&sam).await;
    let school = desk.school("danao", &ours).await;
    desk.get(&format!("/schools/{school}"), &here).await.data();
    let elsewhere = Place { region: Some("VI".into()), division: Some("Iloilo".into()), ..Place::default() };
    desk.world.hub.admin().place("danao", elsewhere).await.expect("a place");
    assert_eq!(desk.get(&format!("/schools/{school}"), &here).await.refused(), (404, "not_found"));
}

#[tokio::test]
async fn dots_are_no_reason() {
    let desk = Desk::new().await;
    let ana = desk.owner("ana@division.ph").await;
    let here = desk.sign_in(&ana).await;
    let school = desk.school("rizal", &everywhere()).await;
    for (kind, ticket, text) in [
        ("incident", "HD-1", "...................."),
        ("incident", "HD-1", INVISIBLE),
        ("incident", "HD-1", "aaaaaaaaaaaaaaaaaaaaaaaa"),
        ("incident", "HD-1", "too short"),
        ("incident", " ", "the school called about a stolen PC"),
        ("boredom", "HD-1", "the school called about a stolen PC"),
    ] {
        let body = json!({ "reason": { "kind": kind, "ticket": ticket, "text": text } });
        let reply = desk.post(&format!("/schools/{school}/suspend"), &here, &body).await;
        assert_eq!(reply.refused(), (400, "bad_request"), "{body}");
        assert_eq!(reply.body["error"]["details"]["field"], "reason");
    }
    assert_eq!(desk.logged(school, "tenant.suspended").await, 0);
}

#[tokio::test]
async fn each_school_that_is_looked_at_is_told_once_in_a_quarter_of_an_hour() {
    let desk = Desk::new().await;
    let (ana, ben) = (desk.owner("ana@division.ph").await, desk.owner("ben@division.ph").await);
    let (hers, his) = (desk.sign_in(&ana).await, desk.sign_in(&ben).await);
    let school = desk.school("rizal", &everywhere()).await;
    let path = format!("/schools/{school}");
    for _ in 0..3 {
        desk.get(&path, &hers).await.data();
    }
    assert_eq!(desk.logged(school, "console.entered").await, 1);
    desk.get(&path, &his).await.data();
    assert_eq!(desk.logged(school, "console.entered").await, 2, "another person");
    desk.sql("UPDATE sec.console_look SET at = at - interval '16 minutes'").await;
    desk.get(&path, &hers).await.data();
    assert_eq!(desk.logged(school, "console.entered").await, 3);
}
