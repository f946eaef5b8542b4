//! Those who run the hub, asked at the database: whatever they look at leaves a trace, and their time ends by itself.

use crate::world::{World, now};
use pems_hub::db::{Access, AuthDb, DbError, Keys, Mode, OperatorContext, OperatorDb, Tx};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, PgConnection};
use std::str::FromStr;
use tokio::sync::Notify;
use uuid::Uuid;

struct Doors {
    world: World,
    keys: Keys,
    operator: OperatorDb,
    auth_db: AuthDb,
}

impl Doors {
    async fn new() -> Doors {
        let world = World::new().await;
        let keys = Keys::load(world.data_dir.path()).expect("the hub's keys");
        let login = |role| PgConnectOptions::from_str(world.hub.database_url()).expect("a url").username(role);
        let operator = OperatorDb::new(login("hub_operator"), 1, keys.clone()).expect("a door");
        let auth_db = AuthDb::new(login("hub_auth"), 1);
        Doors { world, keys, operator, auth_db }
    }

    async fn begin(&self, reason: &str) -> OperatorContext {
        self.auth_db.begin_console(reason).await.expect("operator mode")
    }

    /// Entries of the audit log that say that this was done.
    async fn traces(&self, doing: &str) -> i64 {
        let sql = format!(
            "SELECT count(*) FROM audit_log WHERE action = 'operator.entered' AND details ->> 'doing' = '{doing}'"
        );
        self.world.scalar(&sql).await
    }
}

async fn state(conn: &mut PgConnection, sql: &str) -> String {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await;
    let error = done.err().and_then(|error| error.into_database_error());
    error.and_then(|error| error.code().map(Into::into)).unwrap_or_default()
}

#[tokio::test]
async fn a_look_leaves_its_trace_even_if_it_is_taken_back() {
    let doors = Doors::new().await;
    let school = doors.world.school("a").await.id;
    let who = doors.begin("a complaint by the school head").await;
    let mut seen = 0_i64;
    let taken_back = doors.operator.in_tx(&who, Access::Write, "look and roll back", Some(school), async |tx| {
        seen = sqlx::query_scalar("SELECT count(*) FROM tenant").fetch_one(tx.conn()).await?;
        Err::<(), _>(DbError::Busy)
    });
    taken_back.await.expect_err("taken back");
    assert_eq!((seen, doors.traces("look and roll back").await), (1, 1));
    let here = Notify::new();
    let look = doors.operator.in_tx(&who, Access::ReadOnly, "look and vanish", Some(school), async |_| {
        here.notify_one();
        std::future::pending::<Result<(), DbError>>().await
    });
    tokio::select! {
        _ = look => unreachable!("it never ends by itself"),
        () = here.notified() => {}
    }
    assert_eq!(doors.traces("look and vanish").await, 1, "a client that went away was here all the same");
    let reason = "SELECT details ->> 'reason' FROM audit_log WHERE details ->> 'doing' = 'look and vanish'";
    assert_eq!(doors.world.scalar::<String>(reason).await, "a complaint by the school head");
    let chain = format!("SELECT count(*) FROM audit_log WHERE tenant_id = '{school}' AND action = 'operator.entered'");
    assert_eq!(doors.world.scalar::<i64>(&chain).await, 2, "in the log of the school that it is about");
}

#[tokio::test]
async fn an_announcement_must_be_committed_before_what_it_announces() {
    let doors = Doors::new().await;
    let who = doors.begin("curiosity").await;
    let mut conn = doors.world.role("hub_operator").await;
    let nonce: String = sqlx::query_scalar("SELECT sec.hello()").fetch_one(&mut conn).await.expect("a nonce");
    let token = doors.keys.context_token(Uuid::nil(), who.mode_id(), Mode::Operator, now(), &nonce);
    let (announce, enter) = (format!("SELECT sec.announce('{token}', 'x')"), format!("SELECT sec.enter('{token}')"));
    assert_eq!(state(&mut conn, &format!("BEGIN; {enter}")).await, "28000", "not announced");
    assert_eq!(state(&mut conn, "ROLLBACK").await, "");
    for together in [format!("BEGIN; {announce}; {enter}"), format!("{announce}; BEGIN; {enter}")] {
        assert_eq!(state(&mut conn, &together).await, "28000", "{together}");
        assert_eq!(state(&mut conn, "ROLLBACK").await, "");
    }
    assert_eq!(state(&mut conn, &announce).await, "");
    assert_eq!(state(&mut conn, &format!("BEGIN; {enter}")).await, "", "announced first");
}

#[tokio::test]
async fn operator_mode_is_short_and_ends_at_once_when_it_is_ended() {
    let doors = Doors::new().await;
    let who = doors.begin("until somebody ends it").await;
    let nothing = async |_: &mut Tx| Ok::<_, DbError>(());
    doors.operator.in_tx(&who, Access::Write, "in time", None, nothing).await.expect("a transaction");
    let end = format!("UPDATE sec.operator_mode SET ended_at = now() WHERE id = '{}'", who.mode_id());
    doors.world.sql(&end).await.expect("ended");
    assert!(doors.operator.in_tx(&who, Access::Write, "too late", None, nothing).await.is_err());
    assert_eq!(doors.traces("too late").await, 0);
    let long = "INSERT INTO sec.operator_mode (id, reason, ends_at) VALUES (gen_random_uuid(), 'x', clock_timestamp() + interval '16 minutes')";
    assert!(doors.world.sql(long).await.is_err(), "a quarter of an hour is the most");
    assert!(doors.auth_db.begin_console(" ").await.is_err(), "and there is a reason");
}
