//! MERGE, which PostgreSQL 15 lets look at its target without the policies for SELECT, as long as it reads no column of it.

use crate::caller::{FORMS, Session};
use crate::plant::World;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Answers "is there a row of anybody": how many rows it would have touched.
const ANY_ROW: &str = "MERGE INTO review_item s USING (VALUES (1)) v ON true
    WHEN MATCHED AND false THEN UPDATE SET field = 'x'
    WHEN NOT MATCHED THEN INSERT (tenant_id, id, rev, kind, entity, row_id, state) VALUES (sec.tenant(), gen_random_uuid(),
        (SELECT sync.take(sec.tenant(), 1)), 'conflict', 'student', gen_random_uuid(), 'open');";

async fn owner(world: &World) -> PgConnection {
    PgConnection::connect(world.url()).await.expect("a connection")
}

async fn as_owner(world: &World, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut owner(world).await).await.expect("done");
}

async fn in_a(world: &World, sql: &str) -> String {
    let mut session = Session::open(world, "hub_app").await;
    let entry = session.entry(world, world.a);
    let answer = session.psql.ask(&format!("{entry}{sql}")).await;
    session.psql.ask("ROLLBACK;").await;
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_table_takes_a_merge() {
    for form in FORMS {
        let world = World::new(form).await;
        let walled =
            "SELECT string_agg(p.polrelid::regclass::text, ' ' ORDER BY 1) FROM pg_policy p WHERE p.polname = 'wall'";
        let tables: String = sqlx::query_scalar(walled).fetch_one(&mut owner(&world).await).await.expect("tables");
        for table in tables.split(' ') {
            let sql = format!("MERGE INTO {table} USING (VALUES (1)) v ON true WHEN MATCHED THEN DO NOTHING;");
            let answer = in_a(&world, &sql).await;
            assert!(answer.contains("MERGE is not supported for relations with rules"), "{table}: {answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_rule_it_would_tell_of_others() {
    let world = World::new(FORMS[0]).await;
    let only_others = format!(
        "ALTER TABLE review_item DISABLE TRIGGER USER; DELETE FROM review_item WHERE tenant_id = '{}'",
        world.a
    );
    as_owner(&world, &only_others).await;
    assert!(in_a(&world, ANY_ROW).await.contains("MERGE is not supported"));
    as_owner(&world, "DROP RULE no_merge ON review_item").await;
    let with_others = in_a(&world, ANY_ROW).await;
    as_owner(&world, "DELETE FROM review_item").await;
    let without = in_a(&world, ANY_ROW).await;
    assert_ne!(with_others, without, "PostgreSQL has closed it: the rule may go");
}
