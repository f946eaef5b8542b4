//! Worlds that differ in school B alone: copies of one database, byte for byte, before B's rows came. Two pairs share the first.
//!
//! Invariant: what is asked leaves no row behind, but dead ones, and where the machine was slow in one world alone not the same:
//! files then differ in length, and with them what plans cost. So [`Worlds::renew`] puts every world back as it was planted.

use super::psql::Psql;
use super::values::{self, Whose};
use super::vocabulary::{Table, Vocabulary};
use anyhow::Context;
use pems_hub::db::{Keys, Mode, sys};
use pems_hub::{Admin, Config, ContextForm, PrivatePg};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::ops::Range;
use tempfile::TempDir;
use uuid::Uuid;

/// How the two worlds of a pair differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Differ {
    Values,
    Number,
}

/// Each world as it was planted; nobody asks anything there.
const PLANTED: &str = "planted";
/// The databases (names of one length, because a session may know its own) and B's rows in each: the numbers say what is in them.
/// Those of `world_b` are as long, as often missing and as often true as those of `world_a`, but no value is the same.
const WORLDS: [(&str, Range<i64>); 3] = [("world_a", 13..25), ("world_b", 79..91), ("world_c", 13..37)];
const A_ROWS: Range<i64> = 0..12;
/// The schools have the same ids whenever somebody looks, so that a seed makes the same statements again.
const A: Uuid = Uuid::from_u128(0x0a00_0000_0000_4000_8000_0000_0000_0001);
const B: Uuid = Uuid::from_u128(0x0b00_0000_0000_4000_8000_0000_0000_0002);
const SCHOOLS: &str = "INSERT INTO tenant (id, name, slug, school_id, timezone) VALUES
    ('0a000000-0000-4000-8000-000000000001', 'Anna', 'anna-school', '100001', 'Asia/Manila'),
    ('0b000000-0000-4000-8000-000000000002', 'Berta', 'berta-school', '100002', 'Asia/Manila')";
/// Answers that depend on how busy the machine is: a statement that was ended, a lock that was not there in time.
const BY_TIME: [&str; 2] = ["57014", "55P03"];
/// What of `pg_class` is a total over all schools or moves as others work (docs/security.md, "Totals over all schools"). It is asked
/// about with these masked; everything else that it says must be the same.
const TOTALS: [(&str, &str); 5] = [
    ("relpages", "0::integer"),
    ("reltuples", "0::real"),
    ("relallvisible", "0::integer"),
    ("relfrozenxid", "'3'::xid"),
    ("relminmxid", "'1'::xid"),
];
/// What the planner knows of the values in the catalog's own tables: of the totals in `pg_class` too.
const OF_TOTALS: &str = "pg_stats";
/// What differs from call to call: the functions of the hub about a session's nonce, and what a session has prepared and when.
const OWN_SESSION: [&str; 4] = ["sec.hello", "sec.nonce", "sec.proved", "sec.hold"];
const OWN_TABLES: [&str; 3] = ["pg_cursors", "pg_prepared_statements", "pg_settings"];

/// What both worlds said to a statement.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) both: [String; 2],
    /// A statement before it was ended by its time, in one world perhaps later than in the other: files may differ in length.
    pub(super) after_a_cut: bool,
}

impl Said {
    pub(super) fn differs(&self) -> bool {
        self.both[0] != self.both[1]
    }
}

pub(super) struct Worlds {
    server: PrivatePg,
    keys: Keys,
    sessions: [Session; 3],
    _data_dir: TempDir,
}

struct Session {
    psql: Psql,
    database: &'static str,
    nonce: String,
}

impl Worlds {
    /// `mistake` is in all of them.
    pub(super) async fn new(form: ContextForm, mistake: &str) -> anyhow::Result<Worlds> {
        let server = PrivatePg::throw_away().await?;
        let data_dir = tempfile::tempdir()?;
        let mut config = Config::new(data_dir.path());
        config.database_url = Some(server.database("before").await?);
        config.context = Some(form);
        Admin::open(&config).await?.close().await;
        let mut owner = PgConnection::connect(&server.url("before")).await?;
        run(&mut owner, SCHOOLS).await?;
        // Nobody else may look at the tables: when PostgreSQL counts rows by itself depends on the time.
        run(&mut owner, "ALTER SYSTEM SET autovacuum = off").await?;
        run(&mut owner, "SELECT pg_reload_conf()").await?;
        if !mistake.is_empty() {
            run(&mut owner, mistake).await.context("the mistake cannot be planted")?;
        }
        plant(&mut owner, Whose::A, A, A_ROWS).await?;
        owner.close().await?;
        let mut postgres = PgConnection::connect(&server.url("postgres")).await?;
        for (name, rows) in WORLDS {
            let planted = format!("{PLANTED}_{name}");
            run(&mut postgres, &format!("CREATE DATABASE {planted} TEMPLATE before")).await?;
            let mut owner = PgConnection::connect(&server.url(&planted)).await?;
            plant(&mut owner, Whose::B, B, rows.clone()).await?;
            run(&mut owner, &what_is_there_already(rows.start)).await?;
            run(&mut owner, "ANALYZE").await?;
            owner.close().await?;
        }
        let sessions = fresh(&server).await?;
        let keys = Keys::load(data_dir.path())?;
        Ok(Worlds { server, keys, sessions, _data_dir: data_dir })
    }

    /// Makes a table of one world longer by rows that never came to be.
    #[cfg(test)]
    pub(super) async fn fill_up(&self, world: &str) -> anyhow::Result<()> {
        let mut owner = PgConnection::connect(&self.server.url(world)).await?;
        let mut tx = owner.begin().await?;
        run(&mut tx, "SET LOCAL session_replication_role = replica").await?;
        for _ in 0..50 {
            run(&mut tx, "UPDATE guardian SET id = id").await?;
        }
        tx.rollback().await?;
        Ok(())
    }

    /// Every world as it was before anything was asked.
    pub(super) async fn renew(&mut self) -> anyhow::Result<()> {
        self.sessions = fresh(&self.server).await?;
        Ok(())
    }

    /// What A's SQL can speak of, B's ids among it; without what is never the same twice.
    pub(super) async fn vocabulary(&self) -> anyhow::Result<Vocabulary> {
        let mut words = vec![A.to_string(), "anna-school".into(), "berta-school".into()];
        for (name, _) in WORLDS {
            let mut owner = PgConnection::connect(&self.server.url(name)).await?;
            let known = "SELECT unnest(ARRAY[tenant_id::text, id::text, student::text, school_year::text]) FROM enrolment
                UNION SELECT id::text FROM device UNION SELECT id::text FROM section UNION SELECT device_id::text FROM change_log
                UNION SELECT last_name FROM student ORDER BY 1";
            words.extend(
                sqlx::query_scalar::<_, Option<String>>(known).fetch_all(&mut owner).await?.into_iter().flatten(),
            );
        }
        let mut v = Vocabulary::read(&self.server.url(WORLDS[0].0), &A.to_string(), &words).await;
        let mut owner = PgConnection::connect(&self.server.url(WORLDS[0].0)).await?;
        let changing: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT format('pg_catalog.%I', proname) FROM pg_proc WHERE provolatile <> 'i' AND pronamespace = 'pg_catalog'::regnamespace",
        )
        .fetch_all(&mut owner)
        .await?;
        for functions in v.functions.values_mut() {
            functions.retain(|function| {
                !changing.contains(&function.name) && !OWN_SESSION.contains(&function.name.as_str())
            });
        }
        v.functions.retain(|_, functions| !functions.is_empty());
        v.tables.retain(|table| !OWN_TABLES.contains(&table.name.as_str()));
        for table in v.tables.iter_mut().filter(|table| table.name == "pg_class") {
            table.name = without_totals(table);
        }
        Ok(v)
    }

    /// Asks each statement in both worlds of a pair, in a request of A or before any door; gives what both said.
    pub(super) async fn ask(&mut self, differ: Differ, inside: bool, asked: &[String]) -> anyhow::Result<Vec<Said>> {
        let Worlds { keys, sessions: [one, values, number], .. } = self;
        let other = if differ == Differ::Values { values } else { number };
        let begin = |session: &Session| {
            let token = keys.context_token(A, A, Mode::Device, sys::now(), &session.nonce);
            if inside {
                format!("BEGIN;\n\\o /dev/null\nSELECT sec.enter('{token}');\n\\o\n")
            } else {
                "BEGIN;\n".into()
            }
        };
        let scripts = [script(&begin(one), differ, asked), script(&begin(other), differ, asked)];
        let (first, second) = tokio::join!(one.run(&scripts[0], asked.len()), other.run(&scripts[1], asked.len()));
        let answers = asked.iter().zip(first?.into_iter().zip(second?));
        let mut cut = false;
        let said = answers.map(|(sql, (first, second))| {
            let both = [first, second].map(|said| without_times(&said));
            let after_a_cut = cut;
            cut |= is_by_time(&both);
            Said { both: comparable(differ, sql, both), after_a_cut }
        });
        Ok(said.collect())
    }
}

impl Session {
    async fn open(server: &PrivatePg, world: usize) -> Session {
        let database = WORLDS[world].0;
        let mut session =
            Session { psql: Psql::open(&server.url(database), "hub_app"), database, nonce: String::new() };
        session.greet().await;
        session
    }

    async fn greet(&mut self) {
        self.nonce = self.psql.ask("RESET ALL;\nSELECT sec.hello();").await.lines().last().unwrap_or("").to_owned();
    }

    /// What was said to each statement of a script.
    async fn run(&mut self, script: &str, statements: usize) -> anyhow::Result<Vec<String>> {
        let said = self.psql.ask(script).await;
        let own = [(self.nonce.as_str(), "{nonce}"), (self.database, "{database}")];
        let parts: Vec<String> = said
            .split("~~next~~\n")
            .map(|part| own.iter().fold(part.to_owned(), |part, (own, name)| part.replace(own, name)))
            .collect();
        anyhow::ensure!(
            parts.len() == statements + 1,
            "{} answers to {statements} statements; the last: {:?}",
            parts.len(),
            parts.last()
        );
        self.greet().await;
        Ok(parts.into_iter().take(statements).collect())
    }
}

/// Makes the worlds from what was planted, and a session in each.
async fn fresh(server: &PrivatePg) -> anyhow::Result<[Session; 3]> {
    let mut postgres = PgConnection::connect(&server.url("postgres")).await?;
    for (name, _) in WORLDS {
        run(&mut postgres, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        run(&mut postgres, &format!("CREATE DATABASE {name} TEMPLATE {PLANTED}_{name}")).await?;
    }
    Ok([Session::open(server, 0).await, Session::open(server, 1).await, Session::open(server, 2).await])
}

/// A table to be read as a statement names it, its totals masked.
fn without_totals(table: &Table) -> String {
    let column = |(name, _): &(String, String)| match TOTALS.iter().find(|(total, _)| total == name) {
        Some((total, masked)) => format!("{masked} AS {total}"),
        None => name.clone(),
    };
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    format!("(SELECT {} FROM {})", columns.join(", "), table.name)
}

/// Each statement alone: nothing that it did reaches the next one.
fn script(begin: &str, differ: Differ, asked: &[String]) -> String {
    let mut script =
        format!("SET statement_timeout = '400ms';\nSET lock_timeout = '200ms';\n\\o /dev/null\n{begin}\\o\n");
    for sql in asked {
        let plan = if differ == Differ::Number {
            format!("SAVEPOINT s;\nEXPLAIN (COSTS OFF) {sql}\nROLLBACK TO s;\n\\echo ~~plan~~\n")
        } else {
            String::new()
        };
        script.push_str(&format!("{plan}SAVEPOINT s;\n{sql}\nROLLBACK TO s;\nRELEASE s;\n\\echo ~~next~~\n"));
    }
    script + "ROLLBACK;"
}

fn is_by_time(both: &[String; 2]) -> bool {
    both.iter().any(|said| BY_TIME.iter().any(|state| said.contains(state)))
}

/// Both answers without what may differ: how long it took; and where B's number differs, everything if PostgreSQL goes another
/// way to it, for its totals are told.
fn comparable(differ: Differ, sql: &str, both: [String; 2]) -> [String; 2] {
    let plan = |said: &String| said.split("~~plan~~").next().map(str::to_owned);
    let totals = differ == Differ::Number && (plan(&both[0]) != plan(&both[1]) || sql.contains(OF_TOTALS));
    if is_by_time(&both) || totals { [String::new(), String::new()] } else { both }
}

/// EXPLAIN ANALYZE's times, and what of memory and disk it says.
fn without_times(said: &str) -> String {
    const PASSING: [&str; 9] = [
        "Time\":",
        " Blocks\":",
        "Buffers:",
        "Timing",
        "Memory",
        "Workers Launched",
        "I/O",
        "Generation\":",
        "Optimization\":",
    ];
    let lines = said.lines().filter(|line| !PASSING.iter().any(|passing| line.contains(passing)));
    lines.collect::<Vec<_>>().join("\n")
}

async fn plant(owner: &mut PgConnection, whose: Whose, tenant: Uuid, rows: Range<i64>) -> anyhow::Result<()> {
    let tables = values::tables(owner).await;
    let mut tx = owner.begin().await?;
    // Parents need not come first, and revisions need not be taken.
    run(&mut tx, "SET LOCAL session_replication_role = replica").await?;
    for (table, columns) in &tables {
        for n in rows.clone() {
            run(&mut tx, &values::insert(table, columns, whose, tenant, n))
                .await
                .with_context(|| format!("a row of {table}"))?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// What B has of itself differs as well: its name, its revisions, the ends of its chains.
fn what_is_there_already(n: i64) -> String {
    format!(
        "SET session_replication_role = replica;
         UPDATE tenant SET name = 'Berta {n}', slug = 'berta-{n}', school_id = '9900{n}', created_at = created_at - interval '{n} days',
             metadata = '{{\"n\": {n}}}' WHERE id = '{B}';
         UPDATE tenant_clock SET rev = {n}000, entity_rev = '{{\"student\": {n}}}' WHERE tenant_id = '{B}';
         INSERT INTO sec.audit_head (tenant_id, seq, hash, event_seq) VALUES ('{B}', {n}, sha256('{n}'), {n});
         RESET session_replication_role"
    )
}

async fn run(owner: &mut PgConnection, sql: &str) -> anyhow::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(owner).await?;
    Ok(())
}
