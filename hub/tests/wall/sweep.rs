//! Every table, by every verb, from every place where nobody may be: no context, another school's, a suspended school's, an
//! expired, forged or replayed token, a token of another role, an operator who announced nothing. The tables and what may be
//! tried on them come from the catalog: a new table is swept by itself.

use crate::attack::secrets;
use crate::caller::Session;
use crate::fingerprint::Fingerprints;
use crate::plant::{Whose, World};
use crate::values;
use pems_hub::db::{Mode, sys};
use sqlx::{Connection, PgConnection};

/// Microseconds that make a token too old.
const LONG_AGO: i64 = 120_000_000;

/// A table and what is tried on it; `{t}` is the school that is not ours.
struct Target {
    name: String,
    verbs: Vec<(&'static str, String)>,
}

async fn targets(world: &World, whose: Whose) -> Vec<Target> {
    let mut owner = PgConnection::connect(world.url()).await.expect("a connection");
    let tables: Vec<(String, Vec<String>)> = sqlx::query_as(
        "SELECT c.oid::regclass::text, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
         AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
         GROUP BY c.oid ORDER BY 1",
    )
    .fetch_all(&mut owner)
    .await
    .expect("the catalog");
    assert!(tables.iter().filter(|(name, _)| world.tables.contains_key(name)).count() >= 16, "the product's tables");
    tables.into_iter().map(|(name, columns)| target(world, whose, name, &columns)).collect()
}

fn target(world: &World, whose: Whose, name: String, columns: &[String]) -> Target {
    let school = world.id(whose);
    let key = columns.iter().find(|column| *column == "tenant_id" || (name == "tenant" && *column == "id"));
    let theirs = key.map_or("true".to_owned(), |key| format!("{key} = '{school}'"));
    let first = &columns[0];
    let mut verbs = vec![
        ("select", format!("SELECT * FROM {name} WHERE {theirs};")),
        (
            "select each column",
            columns.iter().map(|c| format!("SELECT {c} FROM {name} WHERE {theirs} LIMIT 1;\n")).collect(),
        ),
        ("count", format!("SELECT 'rows ' || count(*) FROM {name} WHERE {theirs};")),
        ("exists", format!("SELECT 'rows ' || EXISTS (SELECT FROM {name} WHERE {theirs})::int;")),
        ("update", format!("UPDATE {name} SET {first} = {first} WHERE {theirs} RETURNING 'rows 1';")),
        (
            "update each column",
            columns.iter().map(|c| format!("UPDATE {name} SET {c} = {c} WHERE {theirs} AND true;\n")).collect(),
        ),
        ("delete", format!("DELETE FROM {name} WHERE {theirs} RETURNING 'rows 1';")),
        ("truncate", format!("TRUNCATE {name};")),
        ("copy out", format!("COPY (SELECT * FROM {name} WHERE {theirs}) TO STDOUT;")),
        ("copy in", format!("COPY {name} FROM STDIN;\n\\.")),
        ("lock rows", format!("SELECT 'rows 1' FROM {name} WHERE {theirs} FOR UPDATE NOWAIT;")),
        ("refer to it", format!("CREATE TABLE mine ({first} uuid REFERENCES {name});")),
        ("merge", format!("MERGE INTO {name} t USING (VALUES (1)) v (x) ON t.{} WHEN MATCHED THEN DELETE;", theirs)),
    ];
    if let Some(columns) = world.tables.get(&name) {
        verbs.push((
            "insert",
            values::insert(&name, columns, whose, school, 900).replace(" ON CONFLICT DO NOTHING", ";"),
        ));
        verbs.push(("upsert", values::insert(&name, columns, whose, school, 0).replace("NOTHING", "NOTHING;")));
    }
    Target { name, verbs }
}

/// Whether what was said is a refusal or nothing at all.
fn is_nothing(said: &str) -> bool {
    said.lines().all(|line| {
        ["SELECT 0", "UPDATE 0", "DELETE 0", "INSERT 0 0", "MERGE 0", "COPY 0", "rows 0", "ERROR:", "DETAIL:", "HINT:", "CONTEXT:"]
            .iter()
            .any(|nothing| line.starts_with(nothing))
            || ["LOCATION:", "LINE ", "SQL statement", "SQL function", "PL/pgSQL"].iter().any(|more| line.starts_with(more))
            || line.trim_start().starts_with('^')
            || line.trim() == "\\."
            || line == "invalid command \\."
            || line.is_empty()
            // What follows in a quoted statement of a function.
            || line.starts_with(' ')
    })
}

/// Tries everything in a session. Gives what came out.
async fn sweep(session: &mut Session, targets: &[Target], place: &str) -> Vec<String> {
    let mut script = String::from("SET lock_timeout = '2s';\n\\set ON_ERROR_ROLLBACK on\n");
    for target in targets {
        for (verb, sql) in &target.verbs {
            script.push_str(&format!("\\echo ~~ {verb} of {}\n{sql}\n\\echo ~~ -\n", target.name));
        }
    }
    let said = session.psql.ask(&script).await;
    assert!(!said.contains("~~gone~~"), "{place}: the session ended: {said}");
    let mut problems: Vec<String> = secrets(&said).iter().map(|secret| format!("{place}: {secret}")).collect();
    // What stands before the first mark answers no verb: it is what the settings above said.
    let parts: Vec<&str> = said.split("~~ ").skip(1).collect();
    let asked: usize = targets.iter().map(|target| target.verbs.len()).sum();
    assert_eq!(parts.len(), 2 * asked, "{place}: every verb was answered");
    for part in parts {
        let (what, answer) = part.split_once('\n').unwrap_or((part, ""));
        if what != "-" && !is_nothing(answer) {
            problems.push(format!("{place}: {what}: {answer}"));
        }
    }
    problems
}

/// The places where nobody may be, each as the script that leads there (which may fail).
async fn lead_to(world: &World, place: &str, session: &mut Session) -> String {
    let enter = |token: String| format!("BEGIN;\n\\o /dev/null\nSELECT sec.enter('{token}');\n\\o\n");
    match place {
        "no context" => String::new(),
        "suspended" => enter(session.token(world, world.suspended, Mode::Device)),
        "expired" => enter(session.token_at(world, world.b, Mode::Device, sys::now() - LONG_AGO)),
        "from the future" => enter(session.token_at(world, world.b, Mode::Device, sys::now() + LONG_AGO)),
        "forged" => {
            let token = session.token(world, world.a, Mode::Device);
            enter(token.replace(&world.a.simple().to_string(), &world.b.simple().to_string()))
        }
        "of another connection" => {
            let other = Session::open(world, "hub_app").await;
            enter(other.token(world, world.b, Mode::Device))
        }
        "of the request before" => {
            let token = session.token(world, world.b, Mode::Device);
            session.psql.ask(&format!("{}ROLLBACK;", enter(token.clone()))).await;
            session.greet().await;
            enter(token)
        }
        "in a transaction that has a context" => {
            format!(
                "{}{}",
                session.entry(world, world.a),
                enter(session.token(world, world.b, Mode::Device)).replace("BEGIN;\n", "")
            )
        }
        "an operator's" => enter(session.token(world, world.b, Mode::Operator)),
        "another school's records" => session.entry(world, world.a),
        other => panic!("nobody knows the place {other}"),
    }
}

const PLACES: [&str; 10] = [
    "no context",
    "suspended",
    "expired",
    "from the future",
    "forged",
    "of another connection",
    "of the request before",
    "in a transaction that has a context",
    "an operator's",
    "another school's records",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_by_every_verb_from_everywhere() {
    for world in World::each().await {
        let mut prints = Fingerprints::new(&world).await;
        let mut before = Vec::new();
        for whose in [Whose::A, Whose::B, Whose::C] {
            before.push(prints.school(world.id(whose)).await);
        }
        let catalog = prints.catalog().await;
        let mut problems = Vec::new();
        for place in PLACES {
            let whose = if place == "suspended" { Whose::C } else { Whose::B };
            let targets = targets(&world, whose).await;
            // In the transaction where it was tried, and afterwards.
            for open in [true, false] {
                let mut session = Session::open(&world, "hub_app").await;
                let lead = lead_to(&world, place, &mut session).await;
                if open {
                    // A refused token must not be what keeps us out: the transaction goes on.
                    session.psql.ask(&format!("\\set ON_ERROR_ROLLBACK on\n{lead}")).await;
                    problems.extend(sweep(&mut session, &targets, place).await);
                } else {
                    session.psql.ask(&format!("{lead}ROLLBACK;")).await;
                    problems.extend(sweep(&mut session, &targets, &format!("after {place}")).await);
                }
            }
        }
        for place in
            ["an operator without a context", "an operator who announced nothing", "an operator with a device's token"]
        {
            let mut session = Session::open(&world, "hub_operator").await;
            let mode = if place.contains("device") { Mode::Device } else { Mode::Operator };
            if !place.contains("without") {
                session
                    .psql
                    .ask(&format!("BEGIN;\nSELECT sec.enter('{}');", session.token(&world, world.b, mode)))
                    .await;
            }
            problems.extend(sweep(&mut session, &targets(&world, Whose::B).await, place).await);
        }
        for role in ["hub_auth", "hub_console"] {
            let mut session = Session { psql: crate::psql::Psql::open(world.url(), role), nonce: String::new() };
            problems.extend(sweep(&mut session, &targets(&world, Whose::B).await, role).await);
        }
        for (whose, before) in [Whose::A, Whose::B, Whose::C].into_iter().zip(before) {
            assert_eq!(prints.school(world.id(whose)).await, before, "{whose:?} was changed");
        }
        assert_eq!(prints.catalog().await, catalog, "the catalog was changed");
        assert!(problems.is_empty(), "{} answers:\n{}", problems.len(), problems.join("\n"));
    }
}

/// With the right token the same sweep does bring out rows, or it would prove nothing.
#[tokio::test]
async fn the_sweep_can_find_something() {
    let world = World::new(crate::caller::FORMS[0]).await;
    let mut session = Session::open(&world, "hub_app").await;
    let entry = session.entry(&world, world.b);
    session.psql.ask(&entry).await;
    let found = sweep(&mut session, &targets(&world, Whose::B).await, "B itself").await;
    for verb in ["select", "count", "exists", "copy out", "lock rows"] {
        assert!(
            found.iter().any(|line| line.contains(&format!("{verb} of student"))),
            "{verb} finds nothing even in B: {found:?}"
        );
    }
}
