//! Context keys change while the hub works, and nobody notices but those who should.

use crate::world::{World, learner};
use pems_hub::{Admin, Config};
use pems_model::Code;

/// The command line beside a hub that runs: another process, as far as keys are concerned.
async fn beside(world: &World) -> Admin {
    let mut config = Config::new(world.data_dir.path());
    config.database_url = Some(world.hub.database_url().to_owned());
    Admin::open(&config).await.expect("the command line")
}

#[tokio::test]
async fn a_key_is_rotated_and_retired_under_a_running_hub() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    world.sync(&device, &device.push(0, vec![learner(1, "Reyes")])).await.expect("before");
    let command = beside(&world).await;
    let first = command.context_keys().remove(0);
    let second = command.rotate_context_key().await.expect("a new key");
    assert!(second.signs && second.kid != first.kid);
    world.sync(&device, &device.push(1, vec![learner(2, "Santos")])).await.expect("signed with the old key still");
    command.retire_context_key(&first.kid).await.expect("retired");
    assert_eq!(world.scalar::<i64>("SELECT count(*) FROM sec.ctx_key").await, 1);
    world.sync(&device, &device.push(2, vec![learner(3, "Cruz")])).await.expect("signed with the new one by itself");
    let error = command.retire_context_key(&second.kid).await.expect_err("the key in use");
    assert_eq!(error.code(), Code::Conflict);
    assert_eq!(command.retire_context_key("nobody").await.expect_err("no such key").code(), Code::NotFound);
    command.close().await;
    let trace = "SELECT string_agg(action, ' ' ORDER BY seq) FROM audit_log WHERE action LIKE 'key.%'";
    assert_eq!(world.scalar::<String>(trace).await, "key.created key.created key.retired");
}

#[tokio::test]
async fn a_retired_key_is_known_by_its_state_and_not_by_what_is_said() {
    let world = World::new().await;
    world.school("a").await;
    let device = world.device("a").await;
    let said = async |from: &str, to: &str| {
        let definition = "pg_get_functiondef('sec.open_token(text)'::regprocedure)";
        let sql = format!("DO $$ BEGIN EXECUTE replace({definition}, '{from}', '{to}'); END $$");
        world.sql(&sql).await.expect("said otherwise");
    };
    let words = "the context token is not genuine";
    let command = beside(&world).await;
    let next = async || {
        let signing = command.context_keys().into_iter().find(|key| key.signs).expect("a key");
        command.rotate_context_key().await.expect("a new key");
        command.retire_context_key(&signing.kid).await.expect("retired");
    };
    said(words, "hindi tunay ang token").await;
    next().await;
    world.sync(&device, &device.push(0, vec![learner(1, "Reyes")])).await.expect("signed with the new key by itself");
    said("hindi tunay ang token", words).await;
    said("PM002", "28000").await;
    next().await;
    let refused = world.sync(&device, &device.push(1, vec![learner(2, "Santos")])).await.expect_err("words alone");
    assert_eq!(refused.code, Code::Internal);
    command.close().await;
}

#[tokio::test]
async fn a_key_that_only_the_database_has_is_retired_at_the_next_start() {
    let world = World::new().await;
    let zeros = "decode(repeat('00', 64), 'hex')";
    let planted = format!("INSERT INTO sec.ctx_key (kid, ipad, opad) VALUES ('stray', {zeros}, {zeros})");
    world.sql(&planted).await.expect("planted");
    beside(&world).await.close().await;
    assert_eq!(world.scalar::<i64>("SELECT count(*) FROM sec.ctx_key WHERE kid = 'stray'").await, 0);
}
