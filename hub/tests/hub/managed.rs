//! A PostgreSQL whose owner is no superuser, as rented ones are: the context takes its other form, the wall is the same.

use crate::world::{World, database, learner, new_id};
use pems_hub::ContextForm;
use pems_hub::lint::lint;
use pems_model::Schema;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::collections::BTreeSet;

async fn managed_database() -> String {
    let url = database().await;
    let name = format!("managed_{}", new_id().simple());
    let mut owner = PgConnection::connect(&url).await.expect("a connection");
    let database: String = sqlx::query_scalar("SELECT current_database()").fetch_one(&mut owner).await.expect("a name");
    let sql = format!("CREATE ROLE {name} LOGIN CREATEROLE; ALTER DATABASE {database} OWNER TO {name}");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut owner).await.expect("a role that is not superuser");
    url.replace("user=postgres", &format!("user={name}"))
}

#[tokio::test]
async fn a_hub_runs_where_its_database_owner_is_no_superuser() {
    let url = managed_database().await;
    let world = World::with(|config| {
        config.database_url = Some(url.clone());
        // Parameter privileges belong to the whole server, and other tests of this run have granted it.
        config.context = Some(ContextForm::Hmac);
        // What only a superuser can close is told, and stops the start unless somebody decides otherwise.
        config.allow_findings = true;
    })
    .await;
    assert_eq!(world.scalar::<String>("SELECT sec.form()").await, "hmac");
    let mut owner = PgConnection::connect(&url).await.expect("a connection");
    let findings = lint(&mut owner, Schema::product()).await.expect("a catalog");
    let rules: BTreeSet<_> = findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, BTreeSet::from(["definitions_open", "function_open", "granted_to_public", "wall_undercut"]));
    let languages = findings
        .iter()
        .filter(|finding| finding.rule == "granted_to_public")
        .all(|finding| finding.object.starts_with("language "));
    assert!(languages, "{findings:?}");
    for slug in ["a", "b"] {
        world.school(slug).await;
        let device = world.device(slug).await;
        let pushed = world.sync(&device, &device.push(0, vec![learner(1, slug)])).await.expect("an answer");
        assert_eq!(pushed.end().rev, 1);
        let read = world.sync(&device, &device.request(0)).await.expect("an answer");
        assert_eq!(read.rows("student").len(), 1, "its own learner and nobody else's");
    }
}
