//! What PostgreSQL expects of rows that it does not show. EXPLAIN tells any SQL how many rows the planner expects, and it expects
//! what statistics over all schools say: so a value of B can be looked for by halves, as in a guessing game, without reading a row.
//! `migrations/0017_no_statistics.sql` takes the statistics away.

use crate::caller::{FORMS, Session};
use crate::fingerprint::Fingerprints;
use crate::plant::{Whose, World};
use crate::values;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Microseconds since 1970 of the years 1700 and 2100: any planted moment is between them.
const MOMENTS: [i128; 2] = [-8_520_336_000_000_000, 4_102_444_800_000_000];
/// Half of all ids; the smallest of a table's is in it as good as surely.
const IDS: [i128; 2] = [0, i128::MAX];
/// What is planted to see that the attack works: what every table had before `0017_no_statistics.sql`.
const STATISTICS: &str = "ALTER TABLE enrolment ALTER school_year SET STATISTICS 100;
    ALTER TABLE account ALTER created_at SET STATISTICS 100; ALTER TABLE enrolment ALTER status SET STATISTICS 100;
    ANALYZE enrolment, account";

/// What one, and what two of each twelve planted enrolments are.
const FEW: &str = "c.status = 'cancelled'";
const MORE: &str = "c.status = 'enrolled'";

/// Somebody with SQL on the hub's connection: inside a request of A, or before any door was passed.
struct Intruder {
    session: Session,
}

impl Intruder {
    /// Both places from which SQL can be asked.
    async fn each(world: &World) -> [Intruder; 2] {
        let (mut inside, mut outside) = (Session::open(world, "hub_app").await, Session::open(world, "hub_app").await);
        let entry = inside.entry(world, world.a);
        inside.psql.ask(&entry).await;
        outside.psql.ask("BEGIN;").await;
        [Intruder { session: inside }, Intruder { session: outside }]
    }

    async fn ask(&mut self, sql: &str) -> String {
        self.session.psql.ask(&format!("SAVEPOINT s;\n{sql};\nROLLBACK TO s;\nRELEASE s;")).await
    }

    /// What PostgreSQL says to a question about a table's rows that it expects to hold a condition, a thousand million times
    /// over so that nothing is rounded away.
    async fn estimate(&mut self, table: &str, condition: &str) -> String {
        let game = "generate_series(1, 1000000000) g (i)";
        self.ask(&format!("EXPLAIN (FORMAT JSON) SELECT 1 FROM {table} c, {game} WHERE ({condition} OR g.i IS NULL)"))
            .await
    }

    /// The rows of such an answer.
    async fn rows(&mut self, table: &str, condition: &str) -> i128 {
        let said = self.estimate(table, condition).await;
        let rows = said.lines().find_map(|line| line.split_once("\"Plan Rows\": "));
        let rows = rows.and_then(|(_, rows)| rows.trim_end_matches(',').parse().ok());
        rows.unwrap_or_else(|| panic!("no estimate in {said}"))
    }

    /// Looks by halves for the value at which the estimate of what is below it makes its largest step. None: no value changes it.
    async fn halve(&mut self, table: &str, column: &str, between: [i128; 2], say: fn(i128) -> String) -> Option<i128> {
        let [mut low, mut high] = between;
        let below = |at: i128| format!("c.{column} < {}", say(at));
        let [mut few, mut many] = [self.rows(table, &below(low)).await, self.rows(table, &below(high)).await];
        while few != many && high - low > 1 {
            let middle = low + (high - low) / 2;
            let half = self.rows(table, &below(middle)).await;
            if half - few > many - half {
                (high, many) = (middle, half);
            } else {
                (low, few) = (middle, half);
            }
        }
        (few != many).then_some(low)
    }
}

fn as_id(number: i128) -> String {
    format!("'{}'", Uuid::from_u128(number.cast_unsigned()))
}

fn as_moment(micros: i128) -> String {
    let (seconds, rest) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    format!("timestamptz '1970-01-01 00:00+00' + interval '{seconds} s {rest} us'")
}

async fn truth(world: &World, sql: &str) -> bool {
    let mut owner = PgConnection::connect(world.url()).await.expect("a connection");
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut owner).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_id_no_moment_and_no_count_is_found_by_halves() {
    for world in World::each().await {
        for mut intruder in Intruder::each(&world).await {
            for (table, column) in [("enrolment", "school_year"), ("change_log", "device_id"), ("section", "adviser")] {
                assert_eq!(intruder.halve(table, column, IDS, as_id).await, None, "{table}.{column}");
            }
            for (table, column) in [("account", "created_at"), ("device", "enrolled_at"), ("session", "expires_at")] {
                assert_eq!(intruder.halve(table, column, MOMENTS, as_moment).await, None, "{table}.{column}");
            }
            assert_eq!(
                intruder.rows("enrolment", FEW).await,
                intruder.rows("enrolment", MORE).await,
                "how many are what"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_statistics_all_three_would_be_found() {
    for world in World::each().await {
        Fingerprints::new(&world).await.run(STATISTICS).await;
        for mut intruder in Intruder::each(&world).await {
            let id = intruder.halve("enrolment", "school_year", IDS, as_id).await.expect("an id");
            let real = format!("SELECT EXISTS (SELECT FROM enrolment WHERE school_year = {})", as_id(id));
            assert!(truth(&world, &real).await, "{} is no school year", as_id(id));
            let moment = intruder.halve("account", "created_at", MOMENTS, as_moment).await.expect("a moment");
            let real = format!("SELECT EXISTS (SELECT FROM account WHERE created_at = {})", as_moment(moment));
            assert!(truth(&world, &real).await, "at {moment} nothing was made");
            assert!(intruder.rows("enrolment", FEW).await < intruder.rows("enrolment", MORE).await);
        }
    }
}

/// A value of this type that nobody has. None: every value is somebody's.
fn nobodys(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "uuid" => "'00000000-1111-4222-8333-444444444444'",
        "text" => "'~ nobody ~'",
        "bigint" | "integer" => "'3'",
        "xid8" => "'3'",
        "date" => "'1950-01-01'",
        "timestamp with time zone" => "'1950-01-01 00:00+00'",
        "bytea" => "'\\x00'",
        "jsonb" => "'{}'",
        _ => return None,
    })
}

/// Every column of every table, by comparison with what B has and with what nobody has; and what is expected to be missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_is_expected_depends_on_a_value() {
    for world in World::each().await {
        let mut problems = Vec::new();
        for mut intruder in Intruder::each(&world).await {
            for (table, columns) in &world.tables {
                let mut missing = BTreeSet::new();
                for column in columns {
                    let name = &column.name;
                    missing.insert(intruder.estimate(table, &format!("c.{name} IS NULL")).await);
                    let Some(nobodys) = nobodys(&column.kind) else { continue };
                    let theirs = values::value(table, column, Whose::B, world.b, 4);
                    if theirs == "NULL" {
                        continue;
                    }
                    for compare in ["=", "<"] {
                        let [real, made_up] =
                            [&*theirs, nobodys].map(|value| format!("c.{name} {compare} {value}::{}", column.kind));
                        let [real, made_up] =
                            [intruder.estimate(table, &real).await, intruder.estimate(table, &made_up).await]
                                .map(shape);
                        if real != made_up {
                            problems.push(format!("{table}.{name} {compare}"));
                        }
                    }
                }
                let estimates: BTreeSet<String> =
                    missing.into_iter().filter(|said| said.contains("Plan Rows")).map(rows_alone).collect();
                if estimates.len() > 1 {
                    problems.push(format!("{table}: how many miss a value: {estimates:?}"));
                }
            }
        }
        assert_eq!(problems, Vec::<String>::new());
    }
}

/// The plan without the conditions, which quote what was asked.
fn shape(said: String) -> String {
    said.lines().filter(|line| !line.contains("Filter\"") && !line.contains("Cond\"")).collect::<Vec<_>>().join("\n")
}

/// The numbers of rows in a plan: how wide they are depends on the type of a column.
fn rows_alone(said: String) -> String {
    said.lines().filter(|line| line.contains("Plan Rows")).collect()
}

/// What the planner knows is nothing, whoever asks it to look: the hub's owner, or PostgreSQL by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_analyze_brings_statistics_back() {
    let world = World::new(FORMS[0]).await;
    Fingerprints::new(&world).await.run("VACUUM ANALYZE").await;
    let none = "SELECT count(*) = 0 FROM pg_statistic s JOIN pg_class c ON c.oid = s.starelid
        WHERE c.relnamespace IN ('public'::regnamespace, 'sec'::regnamespace, 'sync'::regnamespace)";
    assert!(truth(&world, none).await, "there are statistics");
}
