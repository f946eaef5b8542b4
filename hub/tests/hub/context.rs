//! The wall, asked as the application's own database role: whatever SQL runs there, it is one school's.

use crate::world::{World, learner, new_id};
use futures_util::FutureExt;
use pems_hub::db::{Access, AccessTokens, Caller, DbError, Grant, Keys, Mode, TenantContext, TenantDb, Tx};
use pems_model::Code;
use sqlx::{AssertSqlSafe, PgConnection};
use std::panic::AssertUnwindSafe;
use tokio::sync::Notify;
use uuid::Uuid;

struct TwoSchools {
    world: World,
    a: Uuid,
    b: Uuid,
    keys: Keys,
}

async fn two_schools() -> TwoSchools {
    let world = World::new().await;
    let (a, b) = (world.school("a").await.id, world.school("b").await.id);
    for slug in ["a", "b"] {
        let device = world.device(slug).await;
        world.sync(&device, &device.push(0, vec![learner(1, slug)])).await.expect("an answer");
    }
    let keys = Keys::load(world.data_dir.path()).expect("the hub's key");
    TwoSchools { world, a, b, keys }
}

/// What a device of the school is given with its access token.
fn inside(keys: &Keys, tenant: Uuid) -> TenantContext {
    let tokens = AccessTokens::new(keys, std::time::Duration::from_secs(60));
    let grant = Grant::Device { tenant, device: new_id(), role: pems_model::Role::Registrar };
    let issued = tokens.issue(grant, crate::world::now()).expect("a token");
    match tokens.check(&issued.token, crate::world::now()).expect("a good token") {
        Caller::Tenant(who) => who,
        Caller::Operator(_) => panic!("a device is no operator"),
    }
}

async fn run(conn: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await.map(drop)
}

async fn names(conn: &mut PgConnection) -> Vec<String> {
    sqlx::query_scalar("SELECT last_name FROM student").persistent(false).fetch_all(conn).await.expect("a query")
}

fn state(error: &sqlx::Error) -> String {
    error.as_database_error().and_then(|error| error.code()).map(Into::into).unwrap_or_default()
}

#[tokio::test]
async fn without_a_context_there_are_no_rows_and_no_writes() {
    let TwoSchools { world, a, .. } = two_schools().await;
    let mut app = world.role("hub_app").await;
    assert!(names(&mut app).await.is_empty());
    let write = format!(
        "INSERT INTO student (tenant_id, id, rev, last_name, first_name) VALUES ('{a}', gen_random_uuid(), 9, 'x', 'y')"
    );
    assert_eq!(state(&run(&mut app, &write).await.expect_err("no context")), "42501");
    let mut operator = world.role("hub_operator").await;
    assert!(names(&mut operator).await.is_empty());
    let mut auth = world.role("hub_auth").await;
    for table in ["student", "tenant", "device", "device_code", "sec.ctx_key"] {
        let read = run(&mut auth, &format!("SELECT * FROM {table}")).await.expect_err("functions only");
        assert_eq!(state(&read), "42501", "{table}");
    }
}

#[tokio::test]
async fn a_token_serves_one_school_on_one_connection_once() {
    let TwoSchools { world, a, b, keys } = two_schools().await;
    let mut app = world.role("hub_app").await;
    let mut other = world.role("hub_app").await;
    let hello = "SELECT sec.hello()";
    let nonce: String = sqlx::query_scalar(hello).fetch_one(&mut app).await.expect("a nonce");
    run(&mut other, hello).await.expect("a nonce");
    let token = keys.context_token(a, new_id(), Mode::Device, crate::world::now(), &nonce);
    let enter = format!("SELECT sec.enter('{token}')");
    assert_eq!(state(&run(&mut other, &enter).await.expect_err("another connection")), "28000");
    run(&mut app, "BEGIN").await.expect("a transaction");
    run(&mut app, &enter).await.expect("the right one");
    assert_eq!(names(&mut app).await, ["a"]);
    let to_b = keys.context_token(b, new_id(), Mode::Device, crate::world::now(), &nonce);
    let switch = run(&mut app, &format!("SELECT sec.enter('{to_b}')")).await.expect_err("once for each transaction");
    assert_eq!(state(&switch), "28000");
    run(&mut app, "ROLLBACK").await.expect("an end");
    assert!(names(&mut app).await.is_empty(), "the context ends with the transaction");
    let old = keys.context_token(a, new_id(), Mode::Device, crate::world::now() - 60_000_000, &nonce);
    assert_eq!(state(&run(&mut app, &format!("SELECT sec.enter('{old}')")).await.expect_err("too old")), "28000");
    let forged = to_b.replace(&b.simple().to_string(), &a.simple().to_string());
    assert_eq!(state(&run(&mut app, &format!("SELECT sec.enter('{forged}')")).await.expect_err("forged")), "PM002");
    let operator = keys.context_token(Uuid::nil(), new_id(), Mode::Operator, crate::world::now(), &nonce);
    let become_operator = format!("SELECT sec.enter('{operator}')");
    assert_eq!(state(&run(&mut app, &become_operator).await.expect_err("another role")), "28000");
}

#[tokio::test]
async fn sql_inside_one_school_cannot_reach_another() {
    let TwoSchools { world, a, b, keys } = two_schools().await;
    let mut app = world.role("hub_app").await;
    let nonce: String = sqlx::query_scalar("SELECT sec.hello()").fetch_one(&mut app).await.expect("a nonce");
    let context = format!("{nonce}_dev_{}_{}", b.simple(), b.simple());
    for attack in [
        format!("SELECT set_config('backtrace_functions', '{context}', true)"),
        format!("SET LOCAL backtrace_functions = '{context}'"),
        "SET ROLE hub_operator".into(),
        "SET SESSION AUTHORIZATION postgres".into(),
        "ALTER TABLE student DISABLE ROW LEVEL SECURITY".into(),
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'".into(),
        "CREATE TEMP TABLE t ()".into(),
        "SELECT * FROM sec.ctx_key".into(),
        "SELECT query_to_xml('SELECT 1', true, true, '')".into(),
        "SELECT lo_create(7)".into(),
        "SELECT pg_advisory_lock(7)".into(),
        "DELETE FROM student".into(),
        "DELETE FROM change_log".into(),
        "UPDATE change_log SET outcome = 'applied'".into(),
        "UPDATE device SET revoked_at = NULL".into(),
        format!("UPDATE student SET tenant_id = '{b}'"),
    ] {
        let token = keys.context_token(a, new_id(), Mode::Device, crate::world::now(), &nonce);
        run(&mut app, &format!("BEGIN; SELECT sec.enter('{token}')")).await.expect("school a");
        assert!(run(&mut app, &attack).await.is_err(), "{attack}");
        run(&mut app, "ROLLBACK").await.expect("an end");
        let token = keys.context_token(a, new_id(), Mode::Device, crate::world::now(), &nonce);
        run(&mut app, &format!("BEGIN; SELECT sec.enter('{token}')")).await.expect("school a");
        assert_eq!(names(&mut app).await, ["a"], "after {attack}");
        run(&mut app, "ROLLBACK").await.expect("an end");
    }
}

#[tokio::test]
async fn a_suspended_school_is_out_at_once_and_back_at_once() {
    let TwoSchools { world, .. } = two_schools().await;
    let device = world.device("a").await;
    let mut held = device.request(1);
    held.wait_ms = 40_000;
    let suspend = async {
        world.hub.admin().suspend("a").await.expect("a school");
    };
    let (held, ()) = tokio::join!(world.sync(&device, &held), suspend);
    assert_eq!(held.expect_err("suspended").code, Code::TenantSuspended);
    let push = world.sync(&device, &device.push(1, vec![learner(1, "Lim")])).await.expect_err("suspended");
    assert_eq!(push.code, Code::TenantSuspended);
    world.hub.admin().resume("a").await.expect("a school");
    // The hint to forget travels beside us: until it has arrived the hub may still believe the old state.
    let mut tries = 0;
    while let Err(error) = world.sync(&device, &device.push(1, vec![learner(1, "Lim")])).await {
        assert_eq!(error.code, Code::TenantSuspended);
        tries += 1;
        assert!(tries < 10_000, "it never came back");
    }
}

/// Which connection this is.
async fn pid(tx: &mut Tx) -> Result<i32, DbError> {
    Ok(sqlx::query_scalar("SELECT pg_catalog.pg_backend_pid()").fetch_one(tx.conn()).await?)
}

#[tokio::test]
async fn a_door_leaves_nothing_of_a_session_to_the_next() {
    let TwoSchools { world, a, b, keys } = two_schools().await;
    let options = world.hub.database_url().replace("user=postgres", "user=hub_app").parse().expect("a url");
    let door = TenantDb::new(options, 1, keys.clone()).expect("a door");
    let mess = async |tx: &mut Tx| {
        run(tx.conn(), "SET search_path = sec; DECLARE c CURSOR WITH HOLD FOR SELECT 1; LISTEN hub")
            .await
            .expect("a mess");
        pid(tx).await
    };
    let look = async |tx: &mut Tx| {
        let left: (i32, String, i64) = sqlx::query_as(
            "SELECT pg_backend_pid(), current_setting('search_path'), (SELECT count(*) FROM pg_cursors WHERE is_holdable)",
        )
        .fetch_one(tx.conn())
        .await?;
        assert_eq!(names(tx.conn()).await, ["b"]);
        Ok::<_, DbError>(left)
    };
    let (a, b) = (inside(&keys, a), inside(&keys, b));
    let first = door.in_tx(&a, Access::Write, mess).await.expect("school a");
    let left = door.in_tx(&b, Access::Write, look).await.expect("school b");
    assert_eq!(left, (first, "\"$user\", public".to_owned(), 0), "same connection, clean");

    // Taken back it serves as well as committed, and is as clean: whatever happened in it, and whether a statement failed.
    let refused = door.in_tx(&a, Access::Write, async |tx| {
        mess(tx).await?;
        Err::<(), _>(DbError::Busy)
    });
    assert!(matches!(refused.await, Err(DbError::Busy)));
    let failed = door.in_tx(&a, Access::Write, async |tx| {
        mess(tx).await?;
        Ok::<_, DbError>(sqlx::query("SELECT 1 / 0").execute(tx.conn()).await.map(drop)?)
    });
    assert!(matches!(failed.await, Err(DbError::Database(_))));
    let left = door.in_tx(&b, Access::Write, look).await.expect("school b");
    assert_eq!(left, (first, "\"$user\", public".to_owned(), 0), "same connection, clean");

    // A ROLLBACK takes back only what was done since BEGIN: SQL that ended the transaction itself has left more.
    let escaped = door.in_tx(&a, Access::Write, async |tx| {
        run(tx.conn(), "COMMIT; SET search_path = sec; DECLARE c CURSOR WITH HOLD FOR SELECT 1; BEGIN").await?;
        Err::<(), _>(DbError::Busy)
    });
    assert!(matches!(escaped.await, Err(DbError::Busy)));
    let left = door.in_tx(&b, Access::Write, look).await.expect("school b");
    assert_eq!((left.1.as_str(), left.2), ("\"$user\", public", 0), "clean, on whichever connection");
    let first = left.0;

    // What failed and is called a success is none, and nobody is told that it was kept.
    let swallowed = door.in_tx(&a, Access::Write, async |tx| {
        mess(tx).await?;
        let _ = sqlx::query("SELECT 1 / 0").execute(tx.conn()).await;
        Ok::<_, DbError>(())
    });
    assert!(matches!(swallowed.await, Err(DbError::Database(_))), "nothing of it was kept");
    let left = door.in_tx(&b, Access::Write, look).await.expect("school b");
    assert_eq!(left.0, first, "it was taken back properly");
}

#[tokio::test]
async fn a_connection_of_which_nobody_knows_what_is_on_it_is_not_used_again() {
    let TwoSchools { world, a, b, keys } = two_schools().await;
    let options = world.hub.database_url().replace("user=postgres", "user=hub_app").parse().expect("a url");
    let door = TenantDb::new(options, 1, keys.clone()).expect("a door");
    let (a, b) = (inside(&keys, a), inside(&keys, b));
    let first = door.in_tx(&b, Access::Write, pid).await.expect("school b");
    let poison = async |tx: &mut Tx| run(tx.conn(), "PREPARE poison AS SELECT 1").await.map_err(DbError::from);
    door.in_tx(&b, Access::Write, poison).await.expect("a statement");
    let second = door.in_tx(&a, Access::ReadOnly, pid).await.expect("school a");
    assert_ne!(first, second, "a connection with statements of its own is not reused");

    // Statements outlive a ROLLBACK.
    let poisoned = door.in_tx(&a, Access::ReadOnly, async |tx| {
        poison(tx).await?;
        Err::<(), _>(DbError::Busy)
    });
    assert!(matches!(poisoned.await, Err(DbError::Busy)));
    let fresh = door.in_tx(&a, Access::ReadOnly, pid).await.expect("school a");
    assert_ne!(second, fresh, "nor is one where the transaction was taken back");
    let second = fresh;

    // Cancelled half-way, and after a panic, nobody knows what is under way on it.
    let here = Notify::new();
    let half_way = door.in_tx(&a, Access::ReadOnly, async |tx: &mut Tx| {
        assert_eq!(pid(tx).await?, second);
        here.notify_one();
        std::future::pending::<Result<(), DbError>>().await
    });
    tokio::select! {
        _ = half_way => unreachable!("it never ends by itself"),
        () = here.notified() => {}
    }
    let third = door.in_tx(&a, Access::ReadOnly, pid).await.expect("school a");
    assert_ne!(second, third, "one that was dropped half-way");
    let mistake = async |tx: &mut Tx| -> Result<(), DbError> {
        assert_eq!(pid(tx).await?, third);
        panic!("a mistake of ours")
    };
    assert!(AssertUnwindSafe(door.in_tx(&a, Access::ReadOnly, mistake)).catch_unwind().await.is_err());
    let fourth = door.in_tx(&a, Access::ReadOnly, pid).await.expect("school a");
    assert_ne!(third, fourth, "one that was left by a panic");
}
