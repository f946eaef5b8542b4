//! What PostgreSQL itself refuses or repairs, whoever writes: the revision rules of sync.md.

use crate::world::{World, learner};

async fn with_a_learner() -> World {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    world.sync(&device, &device.push(0, vec![learner(1, "Cruz")])).await.expect("an answer");
    world
}

fn state(result: Result<(), sqlx::Error>) -> String {
    let error = result.expect_err("it must be refused");
    error.as_database_error().and_then(|error| error.code()).map(Into::into).expect("a database error")
}

#[tokio::test]
async fn an_update_by_hand_gets_a_fresh_revision_and_a_log_entry() {
    let world = with_a_learner().await;
    world.sql("UPDATE student SET last_name = 'Reyes', rev = 1").await.expect("an update");
    assert_eq!(world.scalar::<i64>("SELECT rev FROM student").await, 2);
    assert_eq!(world.scalar::<i64>("SELECT rev FROM tenant_clock").await, 2);
    let logged = "SELECT fields = '{\"last_name\": [\"Cruz\", \"Reyes\"]}' AND kind = 'upsert' AND base_rev = 1
        FROM change_log WHERE rev = 2";
    assert!(world.scalar::<bool>(logged).await);
    world.sql("UPDATE student SET deleted_at = now()").await.expect("a deletion");
    assert!(world.scalar::<bool>("SELECT kind = 'delete' FROM change_log WHERE rev = 3").await);
    assert!(world.scalar::<bool>("SELECT digest IS NULL AND entity_rev IS NULL FROM tenant_clock").await);
}

#[tokio::test]
async fn revisions_cannot_be_made_up_and_rows_cannot_be_destroyed() {
    let world = with_a_learner().await;
    assert_eq!(state(world.sql("UPDATE student SET rev = rev + 1").await), "PM011");
    assert_eq!(state(world.sql("UPDATE student SET rev = 900").await), "PM011");
    let copy = "INSERT INTO student (tenant_id, id, rev, last_name, first_name)
        SELECT tenant_id, gen_random_uuid(), 2, 'A', 'B' FROM student";
    assert_eq!(state(world.sql(copy).await), "PM011");
    assert_eq!(state(world.sql("UPDATE student SET id = gen_random_uuid()").await), "PM010");
    assert_eq!(state(world.sql("DELETE FROM student").await), "PM012");
    assert_eq!(state(world.sql("TRUNCATE student CASCADE").await), "PM012");
    // A number taken in one transaction is nothing to the next one.
    world.sql("SELECT sync.take(id, 1) FROM tenant").await.expect("a number");
    assert_eq!(state(world.sql(copy).await), "PM011");
    let proper = format!("BEGIN; SELECT sync.take(id, 1) FROM tenant; {}; COMMIT", copy.replace(" 2,", " 3,"));
    world.sql(&proper).await.expect("a number of its own");
}
