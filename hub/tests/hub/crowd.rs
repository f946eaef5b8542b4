//! Many requests of two schools on very few connections, many of them cut off half-way: nobody ever sees the other school,
//! nothing that was answered is lost, and the hub still works afterwards.

use crate::world::{Device, World, edit, new_id};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::json;
use std::time::Duration;

const ROUNDS: u64 = 60;

/// A device that pushes and pulls; every third request is given up after a moment that depends on the seed.
async fn work(world: &World, slug: &str, device: &Device, seed: u64) -> usize {
    let (mut op_no, mut rev, mut answered) = (1, 0, 0);
    let mut waiting = None;
    for round in 0..ROUNDS {
        // A change stays the same until it is answered, as an office's outbox has it.
        let change =
            waiting.take().unwrap_or_else(|| edit(op_no, new_id(), 0, json!({ "last_name": slug, "first_name": "M" })));
        let request = device.push(rev, vec![change.clone()]);
        let exchange = world.sync(device, &request);
        let mix =
            seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(round.wrapping_mul(1_442_695_040_888_963_407))
                >> 33;
        let patience = if mix % 3 == 0 { Duration::from_micros(mix % 4_000) } else { Duration::from_secs(60) };
        match tokio::time::timeout(patience, exchange).await {
            Ok(answer) => {
                let answer = answer.expect("an answer");
                assert!(
                    answer.rows("student").iter().all(|row| row.values[0].as_text() == Some(slug)),
                    "another school's rows"
                );
                assert_eq!(answer.results.len(), 1);
                rev = answer.end().rev;
                op_no += 1;
                answered += 1;
            }
            Err(_) => waiting = Some(change),
        }
    }
    if let Some(change) = waiting {
        world.sync(device, &device.push(rev, vec![change])).await.expect("an answer");
        answered += 1;
    }
    answered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_on_three_connections_stays_apart() {
    let world = World::with(|config| config.app_connections = 3).await;
    let mut devices = Vec::new();
    for slug in ["a", "b"] {
        world.school(slug).await;
        for _ in 0..6 {
            devices.push((slug, world.device(slug).await));
        }
    }
    let crowd = devices.iter().enumerate().map(|(seed, (slug, device))| work(&world, slug, device, seed as u64 + 1));
    let crowd = crowd.collect::<FuturesUnordered<_>>().collect();
    let answered: Vec<usize> =
        tokio::time::timeout(Duration::from_secs(120), crowd).await.expect("nobody waits forever");
    let answered: usize = answered.iter().sum();
    assert_eq!(world.scalar::<i64>("SELECT count(*) FROM student").await, i64::try_from(answered).expect("a number"));
    for (slug, device) in [&devices[0], &devices[6]] {
        let response = world.sync(device, &device.request(0)).await.expect("the hub still works");
        let shown = world.hub.admin().school(slug).await.expect("a school");
        assert_eq!(
            (response.end().rev, response.rows("student").len()),
            (shown.rev, usize::try_from(shown.rows["student"]).expect("a number"))
        );
        assert_eq!(response.end().digest, Some(shown.digest));
        // Nobody who went away half-way still holds the clock.
        let forget = world.sql("SET lock_timeout = '5s'; UPDATE tenant_clock SET digest = NULL, entity_rev = NULL");
        forget.await.expect("forgotten");
        let scanned = world.hub.admin().school(slug).await.expect("a school");
        assert_eq!(response.end().digest, Some(scanned.digest), "the digest kept along the way is the true one");
    }
}
