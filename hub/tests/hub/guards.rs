//! What PostgreSQL itself refuses or repairs, whoever writes: the revision rules of sync.md.

use crate::world::{World, learner};
use pems_hub::schema_check;
use pems_model::Schema;

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

#[tokio::test]
async fn the_check_of_the_schema_finds_what_was_changed() {
    let world = World::new().await;
    let mut owner = world.owner().await;
    let check = async |owner: &mut sqlx::PgConnection| {
        schema_check(owner, Schema::product())
            .await
            .expect("a catalog")
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(check(&mut owner).await, Vec::<String>::new());
    for (change, undo, told) in [
        ("ALTER TABLE student NO FORCE ROW LEVEL SECURITY", "ALTER TABLE student FORCE ROW LEVEL SECURITY", "forced"),
        ("ALTER TABLE student DISABLE TRIGGER renew", "ALTER TABLE student ENABLE TRIGGER renew", "trigger renew"),
        ("ALTER TABLE student RENAME COLUMN email TO mail", "ALTER TABLE student RENAME COLUMN mail TO email", "email"),
        (
            "ALTER TABLE student ALTER first_name DROP NOT NULL",
            "ALTER TABLE student ALTER first_name SET NOT NULL",
            "first_name",
        ),
        (
            "ALTER INDEX student_rev RENAME TO x; DROP INDEX x",
            "CREATE INDEX student_rev ON student (tenant_id, rev)",
            "index (tenant_id, rev)",
        ),
        ("CREATE POLICY open ON student TO hub_app USING (true)", "DROP POLICY open ON student", "policy open"),
        (
            "ALTER TABLE device DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE device ENABLE ROW LEVEL SECURITY",
            "device: row-level",
        ),
        ("CREATE TABLE loose (id int)", "DROP TABLE loose", "loose: row-level"),
    ] {
        world.sql(change).await.expect(change);
        let findings = check(&mut owner).await;
        assert!(findings.iter().any(|finding| finding.contains(told)), "{change}: {findings:?}");
        world.sql(undo).await.expect(undo);
    }
    assert_eq!(check(&mut owner).await, Vec::<String>::new());
}
