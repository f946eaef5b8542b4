//! What the wall costs: statements and transactions of the application's role, through its door, against hand-written
//! `WHERE tenant_id = $1` on a connection that has no row-level security. Same server, same tables, same plans, in turns.

use super::parties::Hub;
use super::report::{Report, median};
use super::round_trips;
use super::school::School;
use anyhow::{Context, Result, bail};
use pems_hub::db::{Access, AccessTokens, Caller, Grant, Keys, TenantContext, TenantDb, Tx};
use pems_model::Role;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};
use uuid::Uuid;

const POINT: &str =
    "SELECT last_name, first_name, lrn FROM student WHERE tenant_id = $1 AND id = md5('student' || $2)::uuid";
const SCAN: &str =
    "SELECT id, student, day, code FROM bench_mark WHERE tenant_id = $1 AND rev > $2 AND rev <= $2 + 1000";
const INSERT: &str = "INSERT INTO bench_mark (tenant_id, id, rev, student, day, session, code)
    SELECT $1, gen_random_uuid(), $2 + n, md5('student' || n)::uuid, date '2030-01-01', 'pm', 'A' FROM generate_series(1, 100) n";
/// Statements in one measurement of each kind: enough that one takes tens of milliseconds.
const POINTS: i32 = 400;
const SCANS: i32 = 40;
const INSERTS: i32 = 20;
const TRANSACTIONS: i32 = 200;

/// One side of the comparison, in a transaction that it has opened in its own way.
struct Side {
    point: Vec<Duration>,
    scan: Vec<Duration>,
    insert: Vec<Duration>,
    of_one: Vec<Duration>,
    of_five: Vec<Duration>,
}

impl Side {
    const fn new() -> Side {
        Side { point: vec![], scan: vec![], insert: vec![], of_one: vec![], of_five: vec![] }
    }
}

pub async fn measure(hub: &Hub, school: &School, dir: &Path, rounds: usize, report: &mut Report) -> Result<()> {
    let mut owner = PgConnection::connect(hub.admin.database_url()).await?;
    let keys = Keys::load(dir)?;
    let who = inside(&keys, school.id)?;
    let app = PgConnectOptions::from_str(hub.admin.database_url())?.username("hub_app").disable_statement_logging();
    for form in ["parameter", "hmac"] {
        sqlx::raw_sql(AssertSqlSafe(format!("CALL sec.use_form('{form}')"))).execute(&mut owner).await?;
        let door = TenantDb::new(app.clone(), 1, keys.clone())?;
        let (mut walled, mut bare) = (Side::new(), Side::new());
        // The first round warms caches and prepares statements; it does not count.
        for round in 0..=rounds * 3 {
            let (mut w, mut b) = (Side::new(), Side::new());
            with_wall(&door, &who, &mut w).await?;
            without(&mut owner, school.id, &mut b).await?;
            if round > 0 {
                keep(&mut walled, w);
                keep(&mut bare, b);
            }
        }
        door.close();
        let name = |what: &str| format!("wall ({form}): {what}");
        report.ratio(&name("point reads"), median(walled.point), median(bare.point));
        report.ratio(&name("scans of 1,000 rows"), median(walled.scan), median(bare.scan));
        report.ratio(&name("inserts of 100 rows"), median(walled.insert), median(bare.insert));
        report.ratio(&name("transactions of one point read"), median(walled.of_one), median(bare.of_one));
        report.ratio(&name("transactions of five point reads"), median(walled.of_five), median(bare.of_five));
    }
    sqlx::raw_sql("CALL sec.use_form('parameter')").execute(&mut owner).await?;
    let (through_door, by_hand) = trips(&app, hub.admin.database_url(), &keys, &who).await?;
    report.line(
        "wall: round trips of a transaction with one statement",
        &through_door.to_string(),
        &format!("(by hand {by_hand})"),
    );
    owner.close().await?;
    Ok(())
}

fn keep(all: &mut Side, one: Side) {
    all.point.extend(one.point);
    all.scan.extend(one.scan);
    all.insert.extend(one.insert);
    all.of_one.extend(one.of_one);
    all.of_five.extend(one.of_five);
}

fn inside(keys: &Keys, tenant: Uuid) -> Result<TenantContext> {
    let now = i64::try_from(time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000)?;
    let tokens = AccessTokens::new(keys, Duration::from_secs(3_600));
    let grant = Grant::Device { tenant, device: Uuid::from_u128(7), role: Role::Registrar };
    match tokens.check(&tokens.issue(grant, now)?.token, now)? {
        Caller::Tenant(who) => Ok(who),
        Caller::Operator(_) => bail!("a device is no operator"),
    }
}

/// What was done in a transaction is not to be kept.
#[derive(Debug)]
struct TakenBack;

impl std::fmt::Display for TakenBack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("taken back")
    }
}

impl std::error::Error for TakenBack {}

async fn with_wall(door: &TenantDb, who: &TenantContext, side: &mut Side) -> Result<()> {
    door.in_tx(who, Access::ReadOnly, async |tx| reads(tx.conn(), who.tenant(), side).await).await?;
    let inserted = door.in_tx(who, Access::Write, async |tx| {
        inserts(tx.conn(), who.tenant(), side).await?;
        // Not to be kept: the next round begins as this one.
        Err::<(), _>(anyhow::Error::new(TakenBack))
    });
    match inserted.await {
        Err(error) if error.is::<TakenBack>() => {}
        other => other?,
    }
    for (statements, times) in [(1, &mut side.of_one), (5, &mut side.of_five)] {
        let started = Instant::now();
        for n in 0..TRANSACTIONS {
            let look = async |tx: &mut Tx| points(tx.conn(), who.tenant(), n..n + statements).await;
            door.in_tx(who, Access::ReadOnly, look).await?;
        }
        times.push(started.elapsed());
    }
    Ok(())
}

/// The same on a superuser's connection, which row-level security does not bind.
async fn without(conn: &mut PgConnection, tenant: Uuid, side: &mut Side) -> Result<()> {
    sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut *conn).await?;
    reads(conn, tenant, side).await?;
    sqlx::raw_sql("COMMIT; BEGIN").execute(&mut *conn).await?;
    inserts(conn, tenant, side).await?;
    sqlx::raw_sql("ROLLBACK").execute(&mut *conn).await?;
    for (statements, times) in [(1, &mut side.of_one), (5, &mut side.of_five)] {
        let started = Instant::now();
        for n in 0..TRANSACTIONS {
            sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut *conn).await?;
            points(conn, tenant, n..n + statements).await?;
            sqlx::raw_sql("COMMIT").execute(&mut *conn).await?;
        }
        times.push(started.elapsed());
    }
    Ok(())
}

async fn points(conn: &mut PgConnection, tenant: Uuid, which: std::ops::Range<i32>) -> Result<()> {
    for n in which {
        let found =
            sqlx::query(POINT).bind(tenant).bind((1 + n % 2_000).to_string()).fetch_optional(&mut *conn).await?;
        found.context("a learner")?;
    }
    Ok(())
}

async fn reads(conn: &mut PgConnection, tenant: Uuid, side: &mut Side) -> Result<()> {
    let started = Instant::now();
    points(conn, tenant, 0..POINTS).await?;
    side.point.push(started.elapsed());
    let started = Instant::now();
    for n in 0..SCANS {
        let rows = sqlx::query(SCAN).bind(tenant).bind(i64::from(5_000 + n * 1_000)).fetch_all(&mut *conn).await?;
        anyhow::ensure!(rows.len() == 1_000, "{} rows", rows.len());
    }
    side.scan.push(started.elapsed());
    Ok(())
}

async fn inserts(conn: &mut PgConnection, tenant: Uuid, side: &mut Side) -> Result<()> {
    let count = i64::from(INSERTS) * 100;
    let last: i64 =
        sqlx::query_scalar("SELECT sync.take($1, $2)").bind(tenant).bind(count).fetch_one(&mut *conn).await?;
    let started = Instant::now();
    for n in 0..i64::from(INSERTS) {
        sqlx::query(INSERT).bind(tenant).bind(last - count + n * 100).execute(&mut *conn).await?;
    }
    side.insert.push(started.elapsed());
    Ok(())
}

/// Counted on the wire, the second time: the first also connects and prepares.
async fn trips(app: &PgConnectOptions, url: &str, keys: &Keys, who: &TenantContext) -> Result<(usize, usize)> {
    let relay = round_trips::Relay::start(app.get_socket().context("no socket")?, app.get_port()).await?;
    let door = TenantDb::new(app.clone().socket(relay.dir()).ssl_mode(PgSslMode::Disable), 1, keys.clone())?;
    let mut through_door = 0;
    for _ in 0..2 {
        let before = relay.count();
        door.in_tx(who, Access::ReadOnly, async |tx| points(tx.conn(), who.tenant(), 0..1).await).await?;
        through_door = relay.count() - before;
    }
    door.close();
    let mut conn = PgConnectOptions::from_str(url)?.socket(relay.dir()).ssl_mode(PgSslMode::Disable).connect().await?;
    let mut by_hand = 0;
    for _ in 0..2 {
        let before = relay.count();
        let mut tx = conn.begin().await?;
        points(&mut tx, who.tenant(), 0..1).await?;
        tx.commit().await?;
        by_hand = relay.count() - before;
    }
    conn.close().await?;
    Ok((through_door, by_hand))
}
