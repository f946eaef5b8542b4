//! A role may set with what its next sessions begin, and PostgreSQL lets nobody forbid it: SQL of one request could so stop all
//! schools. Whatever it sets, schools are served.

use crate::world::{Device, World, learner};
use pems_hub::{PrivatePg, start};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Every parameter that a role may set for itself, at its worst: (parameter, value).
const WORST: &str = "SELECT name, value FROM pg_settings s, LATERAL (SELECT unnest(CASE s.vartype
        WHEN 'bool' THEN ARRAY[(NOT s.reset_val::boolean)::text]
        WHEN 'enum' THEN array_remove(s.enumvals, s.reset_val)
        WHEN 'string' THEN ARRAY['nowhere']
        ELSE ARRAY[s.min_val, s.max_val] END)) v (value)
    WHERE s.context = 'user' AND s.name NOT LIKE 'transaction\\_%' ORDER BY name, value";

async fn run(conn: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(drop)
}

/// The hub's connections end, as in a restart of PostgreSQL, and a school writes and reads.
async fn is_served(world: &World, device: &Device, op_no: i64) -> Result<(), String> {
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'hub_app'";
    world.sql(end).await.expect("ended");
    let pushed = world.sync(device, &device.push(op_no - 1, vec![learner(op_no, "Cruz")])).await;
    match pushed {
        Ok(answer) if answer.end().rev == op_no && answer.rows("student").len() == 1 => Ok(()),
        Ok(answer) => Err(format!("revision {} with {} rows", answer.end().rev, answer.rows("student").len())),
        Err(error) => Err(format!("{error:?}")),
    }
}

#[tokio::test]
async fn whatever_a_role_sets_for_itself_schools_are_served() {
    // Roles belong to a whole server, and other tests have theirs.
    let server = PrivatePg::throw_away().await.expect("a private PostgreSQL");
    let url = server.database("settings").await.expect("a database");
    let world = World::with(|config| config.database_url = Some(url.clone())).await;
    world.school("a").await;
    let device = world.device("a").await;
    let worst: Vec<(String, String)> =
        sqlx::query_as(WORST).fetch_all(&mut world.owner().await).await.expect("parameters");
    assert!(worst.len() > 150, "{} settings", worst.len());
    let (mut op_no, mut problems) = (0, Vec::new());
    for (n, (name, value)) in worst.iter().enumerate() {
        let whose = if n % 2 == 0 { "hub_app".to_owned() } else { "hub_app IN DATABASE settings".to_owned() };
        // As stolen SQL would. What it may not set is no danger.
        let mut stolen = world.role("hub_app").await;
        if run(&mut stolen, format!("ALTER ROLE {whose} SET \"{name}\" = '{value}'")).await.is_err() {
            continue;
        }
        drop(stolen);
        op_no += 1;
        if let Err(problem) = is_served(&world, &device, op_no).await {
            problems.push(format!("{name} = {value}: {problem}"));
            world
                .sql("ALTER ROLE hub_app RESET ALL; ALTER ROLE hub_app IN DATABASE settings RESET ALL")
                .await
                .expect("reset");
            op_no -= 1;
        }
        let left = "SELECT count(*) FROM pg_db_role_setting WHERE setrole = 'hub_app'::regrole";
        assert_eq!(world.scalar::<i64>(left).await, 0, "{name} was not taken back");
    }
    assert_eq!(problems, Vec::<String>::new(), "{op_no} settings did no harm");
    world.hub.stop().await;
}

#[tokio::test]
async fn a_hub_starts_in_spite_of_them_and_takes_them_back() {
    let server = PrivatePg::throw_away().await.expect("a private PostgreSQL");
    let data_dir = tempfile::tempdir().expect("a directory");
    let mut config = pems_hub::Config::new(data_dir.path());
    config.database_url = Some(server.database("settings").await.expect("a database"));
    start(config.clone()).await.expect("a hub").stop().await;
    let url = config.database_url.clone().expect("a url").replace("user=postgres", "user=hub_app");
    let mut stolen = PgConnection::connect(&url).await.expect("a connection");
    run(
        &mut stolen,
        "ALTER ROLE hub_app SET search_path = nowhere; ALTER ROLE hub_app IN DATABASE settings SET jit_above_cost = 0"
            .into(),
    )
    .await
    .expect("a role may");
    start(config.clone()).await.expect("it starts").stop().await;
    let findings = pems_hub::Admin::verify(&config).await.expect("a report").findings;
    assert_eq!(findings, []);
}
