//! What is refused costs no connection: the one that it was found out on serves the next request.

use crate::caller::Api;
use crate::world::{learner, new_id};
use futures_util::StreamExt;
use pems_model::{Code, Role};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;
use std::num::NonZeroU32;

const REQUESTS: usize = 1_000;
const AT_ONCE: usize = 4;

/// The hub's connections, by the processes that serve them.
async fn processes(api: &Api) -> BTreeSet<i32> {
    let sql = "SELECT array_agg(pid) FROM pg_stat_activity WHERE usename IN ('hub_app', 'hub_operator', 'hub_auth')
        AND datname = current_database()";
    api.world.scalar::<Vec<i32>>(sql).await.into_iter().collect()
}

async fn api() -> Api {
    let many = NonZeroU32::new(10_000_000).expect("not zero");
    Api::with(|config| {
        config.rates.api = many;
        config.rates.api_tenant = many;
        config.rates.api_address = many;
    })
    .await
}

#[tokio::test]
async fn a_thousand_requests_for_what_is_not_there_open_no_connection() {
    let api = api().await;
    let school = api.world.school("a").await.id;
    let (admin, operator) = (api.user(school, Role::SchoolAdmin).await, api.operator().await);
    let edit = json!({ "name": "Ana" });
    let ask = async |n: usize| {
        let id = new_id();
        let (method, path, token, body) = match n % 6 {
            0 => (Method::GET, format!("/users/{id}"), &admin, None),
            1 => (Method::PATCH, format!("/users/{id}"), &admin, Some(&edit)),
            2 => (Method::POST, format!("/users/{id}/reset-password"), &admin, None),
            3 => (Method::GET, format!("/students/{id}"), &admin, None),
            4 => (Method::GET, format!("/tenants/{id}"), &operator, None),
            _ => (Method::PATCH, format!("/tenants/{id}"), &operator, Some(&edit)),
        };
        // A password is hashed before it is known whose: some of these are enough.
        if n % 6 == 2 && n > 60 {
            return;
        }
        assert_eq!(api.ask(method, &path, token, &[], body).await.refused(), (404, "not_found"), "{path}");
    };
    let all = async |numbers: std::ops::Range<usize>| {
        futures_util::stream::iter(numbers).for_each_concurrent(AT_ONCE, &ask).await;
    };
    // As many connections as it takes at once, then none is added and none is lost.
    all(0..60).await;
    let before = processes(&api).await;
    all(0..REQUESTS).await;
    let after = processes(&api).await;
    let opened = after.difference(&before).count();
    assert!(opened <= AT_ONCE, "{opened} connections were opened for {REQUESTS} refusals");
    assert!(before.is_subset(&after), "those that there were serve still: {before:?}, {after:?}");
}

#[tokio::test]
async fn an_exchange_that_is_refused_opens_none_either() {
    let api = api().await;
    api.world.school("a").await;
    let device = api.world.device("a").await;
    api.world.sync(&device, &device.push(0, vec![learner(1, "Reyes")])).await.expect("an answer");
    let before = processes(&api).await;
    for n in 0..100 {
        // A number that leaves a gap, and a revision that this hub has never had.
        let gap = api.world.sync(&device, &device.push(1, vec![learner(50 + n, "Lim")])).await.expect_err("forked");
        assert_eq!(gap.code, Code::ReplicaForked);
        let behind = api.world.sync(&device, &device.request(1_000_000)).await.expect_err("older than its device");
        assert_eq!(behind.code, Code::HubBehind);
    }
    assert_eq!(processes(&api).await, before);
}
