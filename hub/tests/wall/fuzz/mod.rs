//! Generated SQL in a request of school A: whatever it says, it brings out nothing of B and changes nothing of B.
//!
//! The statements come from a grammar over the catalog as A sees it (`grammar.rs`): all tables and all functions that the role
//! may run. B's ids are among the constants; B's secrets never are, so a secret in an answer is a leak whatever led to it. And some
//! statements count what is not A's, in whatever roundabout way: the answer is 0 or an error.
//!
//! The grammar and its vocabulary also serve the stranger `sql` (tests/src/strangers/sql), which has another oracle.
//!
//! `PEMS_FUZZ_SEED` repeats a run, `PEMS_FUZZ_STATEMENTS` makes it longer.

mod expressions;
mod grammar;
mod vocabulary;

use crate::attack::words;
use crate::caller::{FORMS, Session};
use crate::chance::{Chance, from_environment};
use crate::fingerprint::Fingerprints;
use crate::plant::World;
use grammar::{KINDS, statement};
use pems_hub::db::sys;
use std::collections::BTreeMap;
use vocabulary::Vocabulary;

/// Statements of the gate; `cargo xtask soak` runs five times as many.
const STATEMENTS: u64 = 20_000;
/// Statements of one transaction: as many as run within a token's life on a slow machine.
const BATCH: u64 = 250;
/// One batch in so many is committed, whatever it did to A; then B's rows are hashed. The others leave A as it was.
const KEEP_EVERY: u64 = 8;
/// What shows a secret of B, also turned round, in hexadecimal or in other letters.
const SIGNS: [&str; 7] = ["zx9q", "q9xz", "5ec2e7b0", "0b7e2ce5", "5a783951", "1801-06-1", "9182736450"];
/// Before a number that must be 0.
pub(crate) const FOREIGN: &str = "~foreign~";

/// Kinds that the role has no right to: none of them ever runs.
const REFUSED: [&str; 3] = ["block", "delete", "merge"];

/// How often each kind of statement was tried, and how often it ran.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, (u64, u64)>);

impl Tally {
    fn share(&self) -> f64 {
        let (tried, ran) = self.0.values().fold((0, 0), |(tried, ran), (t, r)| (tried + t, ran + r));
        #[expect(clippy::cast_precision_loss, reason = "a share to look at")]
        let share = ran as f64 / (tried as f64).max(1.0);
        share
    }

    fn print(&self) {
        for (kind, (tried, ran)) in &self.0 {
            println!("{kind:<12} {tried:>7} tried, {ran:>7} ran");
        }
        println!("{:.0} % ran", 100.0 * self.share());
    }
}

/// A statement and what it brought out.
fn leak(answer: &str) -> Option<String> {
    let small = answer.to_lowercase();
    if let Some(sign) = SIGNS.iter().find(|sign| small.contains(**sign)) {
        return Some(format!("a secret of B ({sign})"));
    }
    let counts = answer.lines().filter_map(|line| line.split(FOREIGN).nth(1));
    let foreign = counts.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    foreign
        .into_iter()
        .find(|count| !count.is_empty() && count != "0")
        .map(|count| format!("{count} rows that are not A's"))
}

/// Runs so many statements; gives the first one that brought something out, with what.
async fn fuzz(world: &World, seed: u64, statements: u64) -> (Tally, Option<String>) {
    let words: Vec<String> = words(world, true).await.into_values().collect();
    let vocabulary = Vocabulary::read(world.url(), &world.a.to_string(), &words).await;
    let mut prints = Fingerprints::new(world).await;
    let (b, catalog) = (prints.school(world.b).await, prints.catalog().await);
    let mut chance = Chance::new(seed);
    let mut tally = Tally::default();
    let mut session = Session::open(world, "hub_app").await;
    for batch in 0..statements.div_ceil(BATCH) {
        let mut said: Vec<(&'static str, String)> = Vec::new();
        let keeps = batch % KEEP_EVERY == KEEP_EVERY - 1;
        let mut script =
            format!("SET statement_timeout = '400ms';\nSET lock_timeout = '200ms';\n{}", session.entry(world, world.a));
        for n in 0..BATCH {
            let kind = KINDS[chance.below(KINDS.len())];
            let sql = statement(kind, &vocabulary, &mut chance);
            let end = if keeps { "\\if :ERROR\nROLLBACK TO s;\n\\endif\nRELEASE s;" } else { "ROLLBACK TO s;" };
            script.push_str(&format!("SAVEPOINT s;\n{sql}\n\\echo ~~ {n} :ERROR\n{end}\n"));
            said.push((kind, sql));
        }
        script.push_str(if keeps { "COMMIT;\nRESET ALL;" } else { "ROLLBACK;\nRESET ALL;" });
        let answer = session.psql.ask(&script).await;
        if let Some(what) = leak(&answer) {
            let culprit = answer.split("~~ ").zip(&said).find(|(part, _)| leak(part).is_some());
            let (part, sql) = culprit.map_or((answer.as_str(), "?"), |(part, (_, sql))| (part, sql.as_str()));
            return (
                tally,
                Some(format!("PEMS_FUZZ_SEED={seed}: {what} by:\n{sql}\nsaid: {}", &part[..part.len().min(2_000)])),
            );
        }
        for line in answer.lines().filter_map(|line| line.strip_prefix("~~ ")) {
            let (n, error) = line.split_once(' ').expect("a number and whether it failed");
            let (kind, _) = said[n.parse::<usize>().expect("its number")];
            let entry = tally.0.entry(kind).or_default();
            entry.0 += 1;
            entry.1 += u64::from(error == "false");
        }
        if answer.contains("~~gone~~") {
            session = Session::open(world, "hub_app").await;
        }
        session.greet().await;
        if keeps && prints.school(world.b).await != b {
            let sent: Vec<&str> = said.iter().map(|(_, sql)| sql.as_str()).collect();
            return (
                tally,
                Some(format!("PEMS_FUZZ_SEED={seed}: B was changed, perhaps by one of:\n{}", sent.join("\n"))),
            );
        }
    }
    assert_eq!(prints.school(world.b).await, b, "PEMS_FUZZ_SEED={seed}: B was changed");
    assert_eq!(prints.catalog().await, catalog, "PEMS_FUZZ_SEED={seed}: the catalog was changed");
    (tally, None)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_at_random_bring_out_nothing() {
    let seed = from_environment("PEMS_FUZZ_SEED", u64::from_le_bytes(sys::random().expect("randomness")) >> 40);
    let statements = from_environment("PEMS_FUZZ_STATEMENTS", STATEMENTS);
    println!("PEMS_FUZZ_SEED={seed} PEMS_FUZZ_STATEMENTS={statements}");
    for (form, statements) in FORMS.into_iter().zip([statements * 4 / 5, statements / 5]) {
        let world = World::new(form).await;
        let (tally, found) = fuzz(&world, seed, statements).await;
        tally.print();
        assert!(found.is_none(), "{}", found.unwrap_or_default());
        assert!(tally.share() > 1.0 / 3.0, "PEMS_FUZZ_SEED={seed}: the grammar is too weak");
        for (kind, (_, ran)) in &tally.0 {
            assert_eq!(*ran == 0, REFUSED.contains(kind), "PEMS_FUZZ_SEED={seed}: {kind} ran {ran} times");
        }
    }
}

/// Holes as a careless migration could make them.
const HOLES: &[&str] = &[
    "ALTER POLICY wall ON guardian USING (tenant_id IS NOT NULL); ALTER POLICY own ON guardian USING (tenant_id IS NOT NULL)",
    "CREATE FUNCTION public.run(query text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
         $$ DECLARE said text; BEGIN EXECUTE query INTO said; RETURN said; END $$;
     GRANT EXECUTE ON FUNCTION public.run(text) TO hub_app",
    "CREATE VIEW public.names AS SELECT tenant_id, id, last_name FROM student; GRANT SELECT ON public.names TO hub_app",
    "ALTER TABLE enrolment DISABLE ROW LEVEL SECURITY",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_finds_a_hole_where_there_is_one() {
    for hole in HOLES {
        let world = World::new(FORMS[0]).await;
        Fingerprints::new(&world).await.run(hole).await;
        let (_, found) = fuzz(&world, 7, 10_000).await;
        assert!(found.is_some(), "never found: {hole}");
    }
}
