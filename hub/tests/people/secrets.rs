//! What the hub's own roles can learn of passwords and tokens: nothing, whatever SQL they run.

use crate::town::{PASSWORD, Town};
use pems_hub::db::{Access, AccessTokens, Caller, DbError, Keys, TenantContext, TenantDb};
use pems_model::Role;
use serde_json::json;
use std::time::Duration;

fn inside(town: &Town, token: &str) -> (TenantDb, TenantContext) {
    let keys = Keys::load(town.world.data_dir.path()).expect("the hub's keys");
    let who = match AccessTokens::new(&keys, Duration::from_secs(300)).check(token, crate::world::now()) {
        Ok(Caller::Tenant(who)) => who,
        other => panic!("{other:?}"),
    };
    let options = town.world.hub.database_url().replace("user=postgres", "user=hub_app").parse().expect("a url");
    (TenantDb::new(options, 2, keys).expect("a door"), who)
}

#[tokio::test]
async fn sql_inside_a_school_reads_no_secret_and_nobody_elses_people() {
    let town = Town::new().await;
    let (a, b) = (town.school_with_admin("rizal").await, town.school_with_admin("mabini").await);
    town.sign_in(&b).await;
    let session = town.sign_in(&a).await;
    let (door, who) = inside(&town, &session.access);
    for (sql, state) in [
        ("SELECT password_hash FROM account", "42501"),
        ("SELECT a FROM account a", "42501"),
        ("SELECT 1 FROM account WHERE password_hash ^@ '$'", "42501"),
        ("SELECT 1 FROM account ORDER BY password_hash", "42501"),
        ("UPDATE account SET name = password_hash", "42501"),
        ("UPDATE account SET name = 'x' RETURNING password_hash", "42501"),
        ("UPDATE account SET email = 'x@y'", "42501"),
        ("UPDATE account SET tenant_id = tenant_id", "42501"),
        ("DELETE FROM account", "42501"),
        ("DELETE FROM session", "42501"),
        ("SELECT * FROM refresh_token", "42501"),
        ("SELECT count(*) FROM refresh_token", "42501"),
        ("UPDATE session SET expires_at = now()", "42501"),
        (
            "INSERT INTO session (tenant_id, id, account_id, expires_at) SELECT tenant_id, id, id, now() FROM account",
            "42501",
        ),
        ("SELECT * FROM sec.operator", "42501"),
        ("SELECT * FROM sec.attempt", "42501"),
        ("SELECT sec.begin_sign_in('mabini', 'admin@mabini.ph')", "42501"),
        ("SELECT sec.open_session(NULL, NULL, NULL, NULL, NULL, NULL)", "42501"),
        ("SELECT sec.session(NULL, NULL)", "42501"),
        ("SELECT sec.begin_operator(NULL, NULL, NULL, NULL, NULL, NULL)", "42501"),
        ("SELECT sec.add_account_of(NULL, NULL, NULL, NULL, NULL, NULL)", "42501"),
        ("SELECT sec.begin_attempt(NULL)", "42501"),
    ] {
        let tried = door.in_tx(&who, Access::Write, async |tx| {
            Ok::<_, DbError>(sqlx::query(sql).execute(tx.conn()).await.map(drop)?)
        });
        let Err(DbError::Database(refused)) = tried.await else { panic!("it was done: {sql}") };
        assert_eq!(refused.as_database_error().and_then(|error| error.code()).as_deref(), Some(state), "{sql}");
    }
    let looked = door.in_tx(&who, Access::Write, async |tx| {
        let seen: (i64, i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM session), (SELECT count(*) FROM account WHERE tenant_id = $1)",
        )
        .bind(b.tenant)
        .fetch_one(tx.conn())
        .await?;
        assert_eq!(seen, (1, 1, 0));
        for sql in [
            "UPDATE account SET password_hash = '$argon2id$x', must_change_password = true WHERE tenant_id <> $1",
            "UPDATE session SET ended_at = now(), ended_why = 'reset' WHERE tenant_id <> $1",
        ] {
            let done = sqlx::query(sql).bind(a.tenant).execute(tx.conn()).await?;
            assert_eq!(done.rows_affected(), 0, "{sql}");
        }
        // Wrong tries of another school's people are not one's to forgive.
        for _ in 0..5 {
            town.try_sign_in("mabini", &b.email, "a guess").await;
        }
        sqlx::query("SELECT sec.forgive($1)").bind(b.id).execute(tx.conn()).await?;
        Ok::<_, DbError>(())
    });
    looked.await.expect("a look");
    assert_eq!(town.try_sign_in("mabini", &b.email, PASSWORD).await.refused(), (429, "account_locked"));
}

#[tokio::test]
async fn no_secret_is_anywhere_in_the_database() {
    let town = Town::new().await;
    let admin = town.school_with_admin("rizal").await;
    let me = town.sign_in(&admin).await;
    let new = json!({ "email": "ben@rizal.ph", "name": "Ben", "role": Role::Teacher });
    let made = town.post("/users", &me.access, &new).await;
    let once = made.data()["one_time_password"].as_str().expect("a password").to_owned();
    let operator = town.world.hub.admin().add_operator("ana@division.ph", None, PASSWORD).await.expect("an operator");
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'r' AND n.nspname IN ('public', 'sec', 'sync')",
    )
    .fetch_all(&mut town.world.owner().await)
    .await
    .expect("tables");
    assert!(tables.len() > 10, "{tables:?}");
    for (what, secret) in [
        ("a password", PASSWORD),
        ("a one-time password", &once),
        ("a refresh token", &me.refresh),
        ("an access token", &me.access),
        ("a second factor", &operator.secret),
        ("a second factor's first bytes", "otpauth"),
    ] {
        for table in &tables {
            let sql = format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%{secret}%'");
            let found: i64 = town.world.scalar(&sql).await;
            assert_eq!(found, 0, "{what} is in {table}");
        }
    }
}
