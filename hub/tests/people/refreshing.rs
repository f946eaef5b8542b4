//! Staying signed in: each token serves once, and one that was copied ends the session.

use crate::town::{Session, Town, session};
use crate::world::new_id;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use pems_model::Role;

/// The pair that a refresh gave.
async fn next(town: &Town, token: &str) -> Session {
    session(&town.refresh(token).await)
}

/// As if the first use of every token were eleven seconds ago.
async fn later(town: &Town) {
    town.sql("UPDATE refresh_token SET used_at = used_at - interval '11 seconds'").await;
}

#[tokio::test]
async fn each_token_gives_the_next() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let mut now = town.sign_in(&admin).await;
    for _ in 0..5 {
        let then = next(&town, &now.refresh).await;
        assert_ne!(then.refresh, now.refresh);
        town.get("/auth/me", &then.access).await.data();
        now = then;
        later(&town).await;
    }
    let kept: i64 = town.world.scalar("SELECT count(*) FROM refresh_token").await;
    assert_eq!(kept, 2, "no more than two generations are kept");
    let in_clear: i64 = town
        .world
        .scalar(&format!(
            "SELECT count(*) FROM refresh_token WHERE encode(token_hash, 'escape') LIKE '%{}%'",
            now.refresh
        ))
        .await;
    assert_eq!(in_clear, 0);
}

#[tokio::test]
async fn a_token_that_was_copied_ends_the_session_for_everybody() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    for generations in [1, 3] {
        let first = town.sign_in(&admin).await;
        let mut thief = first.clone();
        for _ in 0..generations {
            thief = next(&town, &thief.refresh).await;
            later(&town).await;
        }
        assert_eq!(town.refresh(&first.refresh).await.refused(), (401, "unauthorized"));
        assert_eq!(town.refresh(&thief.refresh).await.refused(), (401, "unauthorized"));
        assert_eq!(town.get("/auth/me", &thief.access).await.refused(), (401, "unauthorized"));
    }
    let log = town.audit(admin.tenant).await;
    assert_eq!(log.iter().filter(|(action, _)| action == "session.reuse_detected").count(), 2);
}

#[tokio::test]
async fn an_answer_that_was_lost_costs_no_session() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let first = town.sign_in(&admin).await;
    let lost = next(&town, &first.refresh).await;
    let again = next(&town, &first.refresh).await;
    assert_eq!(lost.refresh, again.refresh, "the same one: there is never more than one that lives");
    let on = next(&town, &again.refresh).await;
    town.get("/auth/me", &on.access).await.data();
    // Whoever still uses the one before has copied something.
    later(&town).await;
    assert_eq!(town.refresh(&lost.refresh).await.refused(), (401, "unauthorized"));
    assert_eq!(town.refresh(&on.refresh).await.refused(), (401, "unauthorized"));
}

#[tokio::test]
async fn twenty_at_once_get_one_successor() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let first = town.sign_in(&admin).await;
    let answers = join_all((0..20).map(|_| town.refresh(&first.refresh))).await;
    let successors: Vec<_> = answers.iter().map(|answer| session(answer).refresh).collect();
    assert!(successors.iter().all(|successor| *successor == successors[0]));
    let live: i64 = town.world.scalar("SELECT count(*) FROM refresh_token WHERE used_at IS NULL").await;
    assert_eq!(live, 1, "one successor, not twenty");
    let on = next(&town, &successors[0]).await;
    later(&town).await;
    next(&town, &on.refresh).await;
}

#[tokio::test]
async fn what_is_no_token_of_the_session_refreshes_nothing() {
    let town = Town::new().await;
    let a = town.school_with_admin("rizal").await;
    let b = town.school_with_admin("mabini").await;
    let session = town.sign_in(&a).await;
    let bytes = URL_SAFE_NO_PAD.decode(&session.refresh).expect("base64");
    let with = |at: usize, id: uuid::Uuid| {
        let mut other = bytes.clone();
        other[at..at + 16].copy_from_slice(id.as_bytes());
        URL_SAFE_NO_PAD.encode(other)
    };
    for (what, bad) in [
        ("garbage", "garbage".to_owned()),
        ("nothing", String::new()),
        ("SQL", "' OR 1=1 --".to_owned()),
        ("another school", with(0, b.tenant)),
        ("no school", with(0, new_id())),
        ("another session", with(16, new_id())),
        ("an access token", session.access.clone()),
    ] {
        assert_eq!(town.refresh(&bad).await.refused(), (401, "unauthorized"), "{what}");
    }
    // None of that has hurt the session; a wrong secret with its very name does, for nobody else knows that name.
    let session = next(&town, &session.refresh).await;
    let mut bytes = URL_SAFE_NO_PAD.decode(&session.refresh).expect("base64");
    bytes[63] ^= 1;
    assert_eq!(town.refresh(&URL_SAFE_NO_PAD.encode(bytes)).await.refused(), (401, "unauthorized"));
    assert_eq!(town.refresh(&session.refresh).await.refused(), (401, "unauthorized"));
}

#[tokio::test]
async fn thirty_days_of_silence_or_ninety_in_all_end_it() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let ends: f64 = {
        town.sign_in(&admin).await;
        town.world.scalar("SELECT extract(epoch FROM expires_at - created_at)::float8 / 86400 FROM session").await
    };
    assert!((89.99..=90.01).contains(&ends), "{ends}");
    let idle = town.sign_in(&admin).await;
    town.sql("UPDATE refresh_token SET expires_at = now()").await;
    assert_eq!(town.refresh(&idle.refresh).await.refused(), (401, "unauthorized"));
    let old = town.sign_in(&admin).await;
    town.sql("UPDATE session SET expires_at = now(), ended_at = ended_at").await;
    assert_eq!(town.refresh(&old.refresh).await.refused(), (401, "unauthorized"));
    town.before_long("/auth/me", &old.access, |reply| reply.status == 401).await;
    // A refresh never reaches beyond the session's end.
    let last = town.sign_in(&admin).await;
    town.sql("UPDATE session SET expires_at = now() + interval '1 hour' WHERE expires_at > now()").await;
    next(&town, &last.refresh).await;
    let beyond: i64 = town
        .world
        .scalar(
            "SELECT count(*) FROM refresh_token r JOIN session s ON s.tenant_id = r.tenant_id AND s.id = r.session_id
             WHERE r.generation > 1 AND r.expires_at > s.expires_at",
        )
        .await;
    assert_eq!(beyond, 0);
}

#[tokio::test]
async fn a_disabled_account_refreshes_nothing() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let clerk = town.person("rizal", admin.tenant, "clerk@rizal.ph", Role::Registrar).await;
    let session = town.sign_in(&clerk).await;
    town.sql(&format!("UPDATE account SET disabled_at = now() WHERE id = '{}'", clerk.id)).await;
    assert_eq!(town.refresh(&session.refresh).await.refused(), (401, "unauthorized"));
    let refused = town.before_long("/auth/me", &session.access, |reply| !reply.status.is_success()).await;
    assert_eq!(refused.refused(), (401, "unauthorized"));
}

#[tokio::test]
async fn nobody_has_more_than_twenty_sessions() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let first = town.sign_in(&admin).await;
    for _ in 0..19 {
        town.sign_in(&admin).await;
    }
    town.get("/auth/me", &first.access).await.data();
    let newest = town.sign_in(&admin).await;
    town.before_long("/auth/me", &first.access, |reply| reply.status == 401).await;
    town.get("/auth/me", &newest.access).await.data();
    let live: i64 = town.world.scalar("SELECT count(*) FROM session WHERE ended_at IS NULL").await;
    assert_eq!(live, 20);
}
