//! A PostgreSQL whose owner is no superuser, as rented ones are: the context takes its other form, the wall is the same.

use crate::world::{World, database, learner, new_id};
use pems_hub::ContextForm;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

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
    })
    .await;
    assert_eq!(world.scalar::<String>("SELECT sec.form()").await, "hmac");
    for slug in ["a", "b"] {
        world.school(slug).await;
        let device = world.device(slug).await;
        let pushed = world.sync(&device, &device.push(0, vec![learner(1, slug)])).await.expect("an answer");
        assert_eq!(pushed.end().rev, 1);
        let read = world.sync(&device, &device.request(0)).await.expect("an answer");
        assert_eq!(read.rows("student").len(), 1, "its own learner and nobody else's");
    }
}
