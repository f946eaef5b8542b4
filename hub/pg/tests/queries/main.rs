//! The hub's SQL is checked before it runs. `sqlx::query!` and its kin compare each query with what `.sqlx` says of it, so a
//! build needs no database; here a real PostgreSQL, migrated with `migrations/`, says it: every query of the sources is prepared,
//! and `.sqlx` must hold just that, query by query, column by column. With `PEMS_GEN=1` (as `cargo xtask gen` runs it) the files
//! are written instead of compared.
//!
//! It knows the hub by its text only: while a new query is not in `.sqlx`, the hub does not compile.

mod sources;

use pems_pg::PrivatePg;
use serde_json::json;
use sha2::{Digest, Sha256};
use sources::Query;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The crates that speak to PostgreSQL.
const CRATES: [&str; 2] = ["hub/db", "hub"];
const REMEDY: &str = "run `cargo xtask gen` and commit `.sqlx`";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A database of the shape that the hub's has, asked as its owner.
async fn migrated() -> PgConnection {
    let server = PrivatePg::throw_away().await.expect("a private PostgreSQL");
    let url = server.database("queries").await.expect("a database");
    let mut conn = PgConnection::connect(&url).await.expect("a connection");
    let migrations = root().join("migrations");
    let roles = fs::read_to_string(migrations.join("roles.sql")).expect("the roles");
    sqlx::raw_sql(AssertSqlSafe(roles)).execute(&mut conn).await.expect("roles");
    Migrator::new(migrations).await.expect("migrations").run(&mut conn).await.expect("a migrated database");
    // What may be null is read from the plan: not from one for certain values (the macros ask for this too), and with the side
    // that may be missing always the inner one, whatever this PostgreSQL thinks is fastest.
    let plans = "SET plan_cache_mode = force_generic_plan; SET enable_hashjoin = off; SET enable_mergejoin = off";
    sqlx::raw_sql(plans).execute(&mut conn).await.expect("settings");
    conn
}

/// What `.sqlx` is to hold of a query: the name of its file, and the text, as `cargo sqlx prepare` would write it.
async fn described(conn: &mut PgConnection, sql: &str) -> Result<(String, String), sqlx::Error> {
    let describe = conn.describe(AssertSqlSafe(sql.to_owned()).into_sql_str()).await?;
    let hash: String = Sha256::digest(sql.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let file = json!({ "db_name": "PostgreSQL", "query": sql, "describe": describe, "hash": hash });
    let text = serde_json::to_string_pretty(&file).expect("JSON");
    Ok((format!("query-{hash}.json"), text + "\n"))
}

/// What `.sqlx` is to hold, or what the database said against it.
async fn expected(queries: &[Query]) -> Result<BTreeMap<String, String>, Vec<String>> {
    let mut conn = migrated().await;
    let (mut files, mut refused) = (BTreeMap::new(), Vec::new());
    for Query { place, sql } in queries {
        match described(&mut conn, sql).await {
            Ok((name, text)) => drop(files.insert(name, text)),
            Err(error) => refused.push(format!("{place}: {error}\n{sql}")),
        }
    }
    if refused.is_empty() { Ok(files) } else { Err(refused) }
}

#[tokio::test]
async fn every_query_of_the_hub_is_what_the_migrated_database_says_it_is() {
    let queries: Vec<Query> = CRATES.iter().flat_map(|dir| sources::queries(&root(), dir)).collect();
    assert!(!queries.is_empty(), "no query was found in {CRATES:?}");
    let expected = expected(&queries).await.unwrap_or_else(|refused| panic!("{}", refused.join("\n\n")));
    let dir = root().join(".sqlx");
    let there = || -> BTreeSet<String> {
        let files = fs::read_dir(&dir).expect(".sqlx is there");
        files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect()
    };
    if std::env::var_os("PEMS_GEN").is_some() {
        for gone in there().iter().filter(|name| !expected.contains_key(*name)) {
            fs::remove_file(dir.join(gone)).expect("a file that goes");
        }
        for (name, text) in &expected {
            // What is written anew is compiled anew.
            if fs::read_to_string(dir.join(name)).ok().as_ref() != Some(text) {
                fs::write(dir.join(name), text).expect("a file that is written");
            }
        }
    }
    let found = there();
    assert_eq!(found, expected.keys().cloned().collect(), ".sqlx is not what the sources ask; {REMEDY}");
    for (name, text) in &expected {
        let is = fs::read_to_string(dir.join(name)).expect("a file");
        assert_eq!(&is, text, ".sqlx/{name} is stale; {REMEDY}");
    }
}

#[tokio::test]
async fn a_query_that_the_database_does_not_know_is_named_with_its_place() {
    let planted = |sql: &str| Query { place: "hub/src/planted.rs".into(), sql: sql.into() };
    let refused = expected(&[planted("SELECT id FROM tenant"), planted("SELECT grade FROM tenant")]).await;
    let refused = refused.expect_err("there is no such column");
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].starts_with("hub/src/planted.rs: ") && refused[0].contains("\"grade\""), "{refused:?}");
}
