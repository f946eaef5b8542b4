//! What SQL meets that somebody has smuggled in as `hub_console`: no table, no name, nothing without a session, and of what a
//! session may do no more than its operator.

use crate::desk::{Browser, Desk, Person, because, division, everywhere, state};
use crate::world::now;
use pems_hub::db::ConsoleRole;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// Every function of the console's role but those of the door, as a statement.
fn calls(school: Uuid) -> Vec<String> {
    let reason = because()["reason"].to_string();
    vec![
        "SELECT * FROM fleet.schools(NULL, 10)".to_owned(),
        format!("SELECT * FROM fleet.school('{school}')"),
        "SELECT * FROM sec.console_sessions()".to_owned(),
        "SELECT sec.end_console(gen_random_uuid())".to_owned(),
        format!("SELECT sec.suspend_school('{school}', true, '{reason}', gen_random_uuid())"),
        "SELECT * FROM sec.console_operators()".to_owned(),
        "SELECT * FROM sec.console_invitations()".to_owned(),
        "SELECT sec.withdraw_invitation(gen_random_uuid())".to_owned(),
        "SELECT * FROM sec.console_requests()".to_owned(),
        format!("SELECT sec.operator_act(gen_random_uuid(), 'change', '{{\"role\": \"owner\"}}', '{reason}')"),
        "SELECT sec.decide_request(gen_random_uuid(), true)".to_owned(),
    ]
}

/// The same, in a savepoint: what was refused does not end the transaction.
async fn tried(conn: &mut PgConnection, sql: &str) -> String {
    sqlx::raw_sql("SAVEPOINT before").execute(&mut *conn).await.expect("a savepoint");
    let found = state(conn, sql).await;
    sqlx::raw_sql("ROLLBACK TO SAVEPOINT before").execute(conn).await.expect("a savepoint");
    found
}

#[tokio::test]
async fn the_consoles_role_reads_no_table_and_runs_what_is_listed() {
    let desk = Desk::new().await;
    let ana = desk.owner("ana@division.ph").await;
    let school = desk.school("rizal", &everywhere()).await;
    let here = desk.sign_in(&ana).await;
    let mut inside = desk.inside(&here, school).await;
    let relations: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname IN ('public', 'sec', 'sync', 'fleet')",
    )
    .fetch_all(&mut desk.world.owner().await)
    .await
    .expect("the catalog");
    assert!(relations.len() > 30, "{relations:?}");
    for relation in &relations {
        for sql in
            [format!("TABLE {relation}"), format!("DELETE FROM {relation}"), format!("SELECT count(*) FROM {relation}")]
        {
            assert_eq!(tried(&mut inside, &sql).await, "42501", "{sql}");
        }
    }
    let runs: Vec<String> = sqlx::query_scalar(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname IN ('public', 'sec', 'sync', 'fleet') AND has_function_privilege('hub_console', p.oid, 'EXECUTE') ORDER BY 1",
    )
    .fetch_all(&mut desk.world.owner().await)
    .await
    .expect("the catalog");
    assert_eq!(runs.len(), calls(school).len() + 3, "besides hello, announce and enter, each is tried below: {runs:?}");
}

#[tokio::test]
async fn without_a_session_nothing_is_done() {
    let desk = Desk::new().await;
    let ana = desk.owner("ana@division.ph").await;
    let school = desk.school("rizal", &everywhere()).await;
    let here = desk.sign_in(&ana).await;
    let mut bare = desk.world.role("hub_console").await;
    for sql in calls(school) {
        assert_eq!(state(&mut bare, &sql).await, "28000", "{sql}");
    }
    let announced = async |at: i64, session: Uuid| {
        let mut conn = desk.world.role("hub_console").await;
        let token = desk.token(&mut conn, session, school, at).await;
        state(&mut conn, &format!("SELECT sec.announce_console('{token}', 'a test')")).await
    };
    assert_eq!(announced(now(), here.session).await, "done");
    for (moved, what) in [(-120_000_000, "behind"), (120_000_000, "ahead")] {
        assert_eq!(announced(now() + moved, here.session).await, "28000", "the hub's clock is two minutes {what}");
    }
    assert_eq!(announced(now(), Uuid::from_u128(7)).await, "PM004", "nobody's session");
    let mut conn = desk.world.role("hub_console").await;
    let token = desk.token(&mut conn, here.session, school, now()).await;
    assert_eq!(state(&mut conn, &format!("SELECT sec.enter('{token}')")).await, "28000", "it was not announced");
    let forged = token.replace(&here.session.simple().to_string(), &Uuid::from_u128(7).simple().to_string());
    assert_eq!(state(&mut conn, &format!("SELECT sec.announce_console('{forged}', 'a test')")).await, "PM002");
    assert_eq!(
        state(&mut bare, &format!("SELECT sec.announce_console('{token}', 'a test')")).await,
        "28000",
        "another connection"
    );
    let mut app = desk.world.role("hub_app").await;
    for sql in calls(school) {
        assert_eq!(state(&mut app, &sql).await, "42501", "fleet is closed to hub_app: {sql}");
    }
}

async fn each(desk: &Desk, who: &Browser, school: Uuid) -> Vec<String> {
    let mut inside = desk.inside(who, school).await;
    let mut found = Vec::new();
    for sql in calls(school) {
        found.push(tried(&mut inside, &sql).await);
    }
    found
}

async fn signed_in(desk: &Desk, who: &Person) -> Browser {
    desk.sign_in(who).await
}

#[tokio::test]
async fn the_database_asks_for_role_scope_code_and_reason_itself() {
    let desk = Desk::new().await;
    let school = desk.school("rizal", &division("VII", "Bohol")).await;
    let vic = desk.person("vic@division.ph", ConsoleRole::Viewer, &everywhere()).await;
    let sam = desk.person("sam@division.ph", ConsoleRole::Support, &division("VII", "Cebu Province")).await;
    let ana = desk.owner("ana@division.ph").await;
    let viewer = signed_in(&desk, &vic).await;
    let expected = ["done", "done", "done", "PM007", "42501", "42501", "42501", "42501", "42501", "42501", "42501"]
        .map(String::from);
    assert_eq!(each(&desk, &viewer, school).await, expected);
    let support = signed_in(&desk, &sam).await;
    assert_eq!(each(&desk, &support, school).await[4], "PM007", "the school is of another division");
    let mut inside = desk.inside(&support, school).await;
    for sql in [
        "SELECT count(*) FROM fleet.schools(NULL, 10)".to_owned(),
        format!("SELECT count(*) FROM fleet.school('{school}')"),
    ] {
        let seen: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut inside).await.expect("a number");
        assert_eq!(seen, 0);
    }
    let owner = signed_in(&desk, &ana).await;
    assert_eq!(each(&desk, &owner, school).await[4], "done");
    let mut inside = desk.inside(&owner, school).await;
    for reason in [
        r#"{"kind": "incident", "ticket": "HD-1", "text": "...................."}"#,
        r#"{"kind": "incident", "ticket": "HD-1", "text": "……………………………………………………"}"#,
        r#"{"kind": "incident", "ticket": "HD-1", "text": "\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b"}"#,
        r#"{"kind": "incident", "ticket": "HD-1", "text": "aaaaaaaaaaaaaaaaaaaa"}"#,
        r#"{"kind": "incident", "ticket": " ", "text": "the school called about a stolen PC"}"#,
        r#"{"kind": "boredom", "ticket": "HD-1", "text": "the school called about a stolen PC"}"#,
        "{}",
        "null",
    ] {
        let sql = format!("SELECT sec.suspend_school('{school}', true, '{reason}', gen_random_uuid())");
        assert_eq!(tried(&mut inside, &sql).await, "PM006", "{reason}");
    }
    let another = format!("SELECT * FROM fleet.school('{}')", desk.school("mabini", &everywhere()).await);
    let seen = sqlx::raw_sql(AssertSqlSafe(another)).fetch_all(&mut inside).await.expect("an answer");
    assert_eq!(seen.len(), 0, "only the school that was announced, so that it is told");
    drop(inside);
    desk.codes_are_old().await;
    let acts = each(&desk, &owner, school).await;
    assert_eq!((acts[4].as_str(), acts[9].as_str(), acts[10].as_str()), ("PM005", "PM005", "PM005"));
    let mut inside = desk.inside(&owner, school).await;
    desk.sql("UPDATE sec.console_session SET ended_at = now()").await;
    for sql in calls(school) {
        assert_eq!(tried(&mut inside, &sql).await, "PM004", "ended while its transaction was open: {sql}");
    }
}
