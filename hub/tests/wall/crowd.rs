//! Many schools on few connections: 20,000 requests of 50 schools through one door with ten connections (100,000 in
//! `cargo xtask soak`; `PEMS_CROWD_REQUESTS`). Half of them misuse their session as stolen SQL would, some are given up half-way.
//! Each looks at all it can see, and must see its own school alone, in a session that nobody has touched.

use crate::caller::{FORMS, context};
use crate::chance::{Chance, from_environment};
use crate::plant::World;
use futures_util::future::join_all;
use pems_hub::ContextForm;
use pems_hub::db::{Access, DbError, TenantContext, TenantDb, Tx};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

const SCHOOLS: usize = 50;
const CONNECTIONS: usize = 10;
/// At once: four for each connection, so that somebody always waits for one.
const CLIENTS: u64 = 40;
const REQUESTS: u64 = 20_000;
/// Learners of each school.
const LEARNERS: i64 = 5;
/// Longest for all of it, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(900);

/// What a request can see, and what another could have left in its session.
const LOOK: &str = "SELECT sec.tenant(), (SELECT array_agg(DISTINCT last_name) FROM student), (SELECT count(*) FROM student),
    concat_ws(' ', current_setting('search_path'), current_setting('row_security'), current_setting('statement_timeout'),
        current_setting('default_transaction_read_only'), nullif(current_setting('left.behind', true), ''),
        (SELECT count(*) FROM pg_cursors WHERE is_holdable), (SELECT count(*) FROM pg_listening_channels()),
        (SELECT count(*) FROM pg_prepared_statements WHERE from_sql))";
const UNTOUCHED: &str = "\"$user\", public on 0 off 0 0 0";

/// What stolen SQL does to a session. Some of it fails and ends the transaction; some ends it in other ways.
const MISUSE: &[&str] = &[
    "SET search_path = sec, pg_temp",
    "SET row_security = off",
    "SET default_transaction_read_only = on",
    "SET left.behind = 'a note for the next one'",
    "SET statement_timeout = '1ms'",
    "DECLARE kept CURSOR WITH HOLD FOR SELECT last_name FROM student",
    "PREPARE kept AS SELECT last_name FROM student",
    "LISTEN hub; NOTIFY hub, 'a note'",
    "SELECT 1 / 0",
    "SET LOCAL backtrace_functions = 'x'",
    "SELECT set_config('backtrace_functions', 'x', false)",
    "SET LOCAL pems.context = 'x'; SET pems.context = 'x'; SET pems.nonce = 'x'",
    "SELECT sec.hello()",
    "RESET ALL",
    "COMMIT",
    "ROLLBACK; BEGIN",
    "COMMIT AND CHAIN",
    "SAVEPOINT s; SET search_path = ''; RELEASE s",
    "DEALLOCATE ALL",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
];

struct School {
    id: Uuid,
    secret: String,
    context: TenantContext,
}

#[derive(Default)]
struct Tally {
    answered: AtomicU64,
    misused: AtomicU64,
    given_up: AtomicU64,
}

/// A request whose client goes away: dropped after so many steps, wherever it is then.
struct GivenUp<F> {
    request: F,
    steps: usize,
}

impl<F: Future + Unpin> Future for GivenUp<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.steps == 0 {
            return Poll::Ready(None);
        }
        self.steps -= 1;
        Pin::new(&mut self.request).poll(cx).map(Some)
    }
}

async fn look(school: &School, tx: &mut Tx) -> Result<(), sqlx::Error> {
    let row = sqlx::query(LOOK).fetch_one(tx.conn()).await?;
    let seen: (Option<Uuid>, Option<Vec<String>>, i64, String) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
    assert_eq!(
        seen,
        (Some(school.id), Some(vec![school.secret.clone()]), LEARNERS, UNTOUCHED.to_owned()),
        "not its own school alone"
    );
    Ok(())
}

async fn request(door: &TenantDb, school: &School, chance: &mut Chance, tally: &Tally) -> Result<(), DbError> {
    let access = if chance.is(30) { Access::ReadOnly } else { Access::Write };
    let (mut looked, half_way) = (false, Notify::new());
    let work = door.in_tx(&school.context, access, async |tx| {
        look(school, tx).await?;
        looked = true;
        if chance.is(50) {
            tally.misused.fetch_add(1, Ordering::Relaxed);
            let misuse = sqlx::raw_sql(AssertSqlSafe(*chance.of(&MISUSE.iter().collect::<Vec<_>>())));
            // Refused or not: the next request must not notice.
            let _ = misuse.execute(tx.conn()).await;
        } else if chance.is(20) {
            look(school, tx).await?;
        }
        match chance.below(50) {
            0 => {
                half_way.notify_one();
                std::future::pending().await
            }
            1..10 => Err(DbError::Busy),
            _ => Ok(()),
        }
    });
    let done = tokio::select! {
        done = work => done,
        () = half_way.notified() => Ok(()),
    };
    match done {
        Err(error) if !looked => return Err(error),
        // Taken back; or it failed, or was over, and nobody expects more of it.
        _ => {}
    }
    tally.answered.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

async fn client(door: TenantDb, schools: Arc<Vec<School>>, seed: u64, requests: u64, tally: Arc<Tally>) {
    let mut chance = Chance::new(seed);
    for _ in 0..requests {
        let school = &schools[chance.below(schools.len())];
        let steps = if chance.is(3) { Some(chance.below(12)) } else { None };
        let request = pin!(request(&door, school, &mut chance, &tally));
        let outcome = match steps {
            Some(steps) => GivenUp { request, steps }.await,
            None => Some(request.await),
        };
        match outcome {
            None => drop(tally.given_up.fetch_add(1, Ordering::Relaxed)),
            Some(outcome) => outcome.expect("a request that did nothing wrong before its look is answered"),
        }
    }
}

async fn schools(world: &World) -> Vec<School> {
    let mut owner = PgConnection::connect(world.url()).await.expect("a connection");
    let sql = format!(
        "BEGIN; INSERT INTO tenant (id, name, slug, school_id, timezone)
             SELECT gen_random_uuid(), 'School ' || i, 'crowd-' || i, (200000 + i)::text, 'Asia/Manila' FROM generate_series(1, {SCHOOLS}) i;
         SET LOCAL session_replication_role = replica;
         INSERT INTO student (tenant_id, id, rev, last_name, first_name)
             SELECT t.id, gen_random_uuid(), 1, 'secret of ' || slug, 'x' FROM tenant t, generate_series(1, {LEARNERS}) WHERE slug LIKE 'crowd-%';
         COMMIT"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut owner).await.expect("schools");
    let rows: Vec<(Uuid, String)> =
        sqlx::query_as("SELECT id, 'secret of ' || slug FROM tenant WHERE slug LIKE 'crowd-%'")
            .fetch_all(&mut owner)
            .await
            .expect("schools");
    rows.into_iter().map(|(id, secret)| School { id, secret, context: context(world, id) }).collect()
}

async fn crowd(form: ContextForm, requests: u64) {
    let seed = from_environment("PEMS_CROWD_SEED", 1);
    println!("PEMS_CROWD_SEED={seed}, {requests} requests, context {}", form.name());
    let world = World::new(form).await;
    let schools = Arc::new(schools(&world).await);
    assert_eq!(schools.len(), SCHOOLS);
    let options = world.url().replace("user=postgres", "user=hub_app").parse().expect("a url");
    let door = TenantDb::new(options, CONNECTIONS, world.keys.clone()).expect("a door");
    let tally = Arc::new(Tally::default());
    let clients = (0..CLIENTS).map(|n| {
        let client = client(door.clone(), schools.clone(), seed * 1_000 + n, requests / CLIENTS, tally.clone());
        tokio::spawn(client)
    });
    let done = tokio::time::timeout(PATIENCE, join_all(clients)).await.expect("nobody waits for ever");
    for outcome in done {
        outcome.expect("every request saw its own school alone");
    }
    let [answered, misused, given_up] =
        [&tally.answered, &tally.misused, &tally.given_up].map(|n| n.load(Ordering::Relaxed));
    println!("{answered} answered, {misused} misused their session, {given_up} were given up");
    assert!(answered + given_up >= requests / CLIENTS * CLIENTS, "none is missing");
    assert!(misused > requests * 4 / 10 && given_up > requests / 100, "the crowd is as rough as it says");
    door.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_schools_on_ten_connections_stay_apart() {
    let requests = from_environment("PEMS_CROWD_REQUESTS", REQUESTS);
    crowd(FORMS[0], requests).await;
    // The other form differs in the database alone; the door is the same.
    crowd(FORMS[1], requests / 20).await;
}
