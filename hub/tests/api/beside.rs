//! A school that asks for much at once, and another one beside it.

use crate::caller::Api;
use futures_util::future::{Either, join_all, select};
use pems_model::Role;
use serde_json::json;
use sqlx::Connection;
use std::pin::pin;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Requests of one school that are at work at once (`hub/src/http`).
const AT_WORK: usize = 4;

#[tokio::test]
async fn what_a_school_asks_beyond_its_share_waits_for_itself_and_for_nobody_else() {
    let api = Api::with(|config| config.app_connections = 64).await;
    let (greedy, quiet) = (api.world.school("greedy").await.id, api.world.school("quiet").await.id);
    let (admin, theirs) = (api.user(greedy, Role::SchoolAdmin).await, api.user(quiet, Role::Viewer).await);
    // Answered from memory from now on: nothing of it depends on the database.
    api.get("/students", &admin).await.data();
    api.get("/students", &admin).await.data();
    let somebody = api.get("/auth/me", &admin).await.data()["user"]["id"].as_str().expect("an id").to_owned();
    let mut owner = sqlx::PgConnection::connect(api.world.hub.database_url()).await.expect("the owner");
    let mut lock = owner.begin().await.expect("a transaction");
    sqlx::query("SELECT FROM account WHERE tenant_id = $1 FOR UPDATE")
        .bind(greedy)
        .execute(&mut *lock)
        .await
        .expect("a lock");

    let (path, body) = (format!("/users/{somebody}"), json!({ "name": "Ana" }));
    let at_work = pin!(join_all((0..AT_WORK).map(|_| api.patch(&path, &admin, &body))));
    let sql = format!(
        "SELECT count(*) = {AT_WORK} FROM pg_stat_activity WHERE usename = 'hub_app' AND wait_event_type = 'Lock'
             AND datname = current_database()"
    );
    let all_wait = pin!(api.until("its share is at work", async || api.world.scalar::<bool>(&sql).await.then_some(())));
    let Either::Right((_, at_work)) = select(at_work, all_wait).await else { panic!("the lock holds them") };
    // One more, of the kind that needs no connection, does not get by; the other school does, again and again.
    let one_more = pin!(api.get("/students", &admin));
    let beside = pin!(async {
        for _ in 0..20 {
            api.get("/students", &theirs).await.data();
        }
    });
    let Either::Right((_, one_more)) = select(one_more, beside).await else { panic!("it was not to be served yet") };
    lock.rollback().await.expect("unlocked");
    let (done, more) = tokio::join!(at_work, one_more);
    for reply in &done {
        reply.data();
    }
    more.data();
}

#[tokio::test]
async fn bodies_that_trickle_in_take_no_place_from_their_school() {
    let api = Api::new().await;
    let school = api.world.school("a").await.id;
    let user = api.user(school, Role::SchoolAdmin).await;
    // A token that is good for some minutes yet, of somebody who is not signed in any more.
    let gone = api.user(school, Role::Registrar).await;
    api.world
        .sql("DELETE FROM session WHERE account_id IN (SELECT id FROM account WHERE role = 'registrar')")
        .await
        .expect("out");
    let head = format!(
        "POST /api/v1/auth/sign-in HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {gone}\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n"
    );
    let mut slow = Vec::new();
    for _ in 0..AT_WORK {
        let mut tcp = TcpStream::connect(api.world.hub.address()).await.expect("a connection");
        tcp.write_all(head.as_bytes()).await.expect("sent");
        let mut said = [0; 12];
        tcp.read_exact(&mut said).await.expect("an answer");
        assert_eq!(&said, b"HTTP/1.1 100", "the hub waits for the body");
        slow.push(tcp);
    }
    api.get("/students", &user).await.data();
    drop(slow);
}
