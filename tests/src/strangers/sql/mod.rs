//! The stranger `sql`: any SQL on the hub's own connection, in a request of school A and before any door, asked in two worlds that
//! differ in school B alone. Lists of attacks forget; this oracle does not: whatever PostgreSQL answers (rows, errors, notices,
//! plans with their estimates) must be the same to the letter, for otherwise it tells of B.
//!
//! - *values*: B has as many rows in both worlds, and no value in common. Everything is compared, EXPLAIN without its times.
//! - *number*: B has twice as many rows in one of them. Totals over all schools then differ, which docs/security.md names: what is
//!   planned in the same way must answer the same.
//!
//! Whatever differs is asked again, with what was asked before it, in worlds as they were planted: dead rows of earlier statements
//! are many, and where a slow moment ended one statement in one world alone, not the same.
//!
//! The statements come from the grammar of `hub/tests/wall/fuzz`, and from `estimates`, which asks the planner. Left out is what
//! differs from call to call (times, randomness, the session's own nonce), and nothing else.

#[path = "../../../../hub/tests/wall/chance.rs"]
#[expect(dead_code, reason = "the hub's tests read their sizes from the environment with it")]
mod chance;
mod estimates;
#[path = "../../../../hub/tests/wall/fuzz/expressions.rs"]
mod expressions;
#[path = "../../../../hub/tests/wall/fuzz/grammar.rs"]
mod grammar;
#[path = "../../../../hub/tests/wall/psql.rs"]
mod psql;
#[path = "../../../../hub/tests/wall/values.rs"]
#[expect(dead_code, reason = "the hub's tests have a third school")]
mod values;
#[path = "../../../../hub/tests/wall/fuzz/vocabulary.rs"]
mod vocabulary;
mod worlds;

use super::Stay;
use chance::Chance;
use pems_hub::ContextForm;
use vocabulary::Vocabulary;
use worlds::{Differ, Said, Worlds};

/// The grammar puts it before a number of rows that are not A's.
const FOREIGN: &str = "~foreign~";
/// Statements of one transaction: as many as run within a token's life on a slow machine.
const BATCH: usize = 100;

pub(super) fn visit(stay: &mut Stay) -> anyhow::Result<()> {
    visit_with(stay, "")
}

/// As [`visit`], with a mistake planted in the database beside the product: SQL of its owner.
pub(super) fn visit_with(stay: &mut Stay, mistake: &str) -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(look_around(stay, mistake))
}

async fn look_around(stay: &mut Stay, mistake: &str) -> anyhow::Result<()> {
    let mut chance = Chance::new(stay.rng.draw());
    let form = if chance.is(50) { ContextForm::Parameter } else { ContextForm::Hmac };
    let mut worlds = Worlds::new(form, mistake).await?;
    let vocabulary = worlds.vocabulary().await?;
    // However short the stay: both ways in, both pairs. A mistake that was planted is to be found once.
    for batch in 0.. {
        let found_it = !mistake.is_empty() && !stay.findings().is_empty();
        if batch >= 4 && (found_it || !stay.goes_on()) {
            return Ok(());
        }
        let inside = batch % 2 == 0;
        let differ = if batch % 4 < 3 { Differ::Values } else { Differ::Number };
        let asked = (0..BATCH).map(|_| statement(differ, &vocabulary, &mut chance)).collect::<Vec<_>>();
        let mut answers = worlds.ask(differ, inside, &asked).await?;
        if answers.iter().any(Said::differs) {
            // What B shows it shows again, in worlds where nothing else was asked before.
            worlds.renew().await?;
            let again = worlds.ask(differ, inside, &asked).await?;
            for ((sql, first), second) in asked.iter().zip(&mut answers).zip(again) {
                if !first.differs() {
                    continue;
                }
                *first = if second.differs() && second.after_a_cut {
                    // The same slow statement was ended before it again. Alone it has nothing before it.
                    worlds.renew().await?;
                    worlds.ask(differ, inside, std::slice::from_ref(sql)).await?.remove(0)
                } else {
                    second
                };
            }
        }
        for (sql, said) in asked.iter().zip(answers) {
            stay.tries();
            if said.differs() {
                let [one, other] = said.both;
                let place = if inside { "in a request of A" } else { "before any door" };
                stay.found(format!("B shows ({differ:?}, {form:?}, {place}) by:\n{sql}\n{}", difference(&one, &other)));
            }
        }
    }
    Ok(())
}

/// The same in both worlds, whenever it is asked.
fn statement(differ: Differ, v: &Vocabulary, chance: &mut Chance) -> String {
    let sql = match differ {
        Differ::Values if chance.is(40) => estimates::statement(v, chance),
        Differ::Values => grammar::statement(grammar::KINDS[chance.below(grammar::KINDS.len())], v, chance),
        // What can be planned beforehand.
        Differ::Number => loop {
            let kind = grammar::KINDS[chance.below(grammar::KINDS.len())];
            if ["select", "foreign", "functions", "aggregate", "window", "set", "cte", "lateral", "join", "update"]
                .contains(&kind)
            {
                break grammar::statement(kind, v, chance);
            }
        },
    };
    let id = format!("md5('{}')::uuid", chance.below(1_000_000));
    sql.replace("gen_random_uuid()", &id)
        .replace("now()", "'2026-06-01 00:00+00'::timestamptz")
        .replace("current_date", "'2026-06-01'::date")
}

/// The first lines that differ.
fn difference(one: &str, other: &str) -> String {
    let (mut a, mut b) = (one.lines(), other.lines());
    loop {
        match (a.next(), b.next()) {
            (Some(x), Some(y)) if x == y => {}
            (x, y) => {
                let cut = |line: Option<&str>| line.unwrap_or("(nothing)").chars().take(400).collect::<String>();
                return format!("one world:   {}\nother world: {}", cut(x), cut(y));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::worlds::{Differ, Said, Worlds};
    use super::{ContextForm, Stay, visit_with};
    use std::time::Duration;

    /// What every table had before `migrations/0017_no_statistics.sql`: fault A1 of the hunt that this stranger comes from.
    const STATISTICS: &str = "DO $$ DECLARE old record; BEGIN
        FOR old IN SELECT a.attrelid::regclass AS name, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
            AND a.atttypid IN ('uuid'::regtype, 'timestamptz'::regtype, 'bigint'::regtype) AND a.attname <> 'tenant_id' LOOP
            EXECUTE format('ALTER TABLE %s ALTER %I SET STATISTICS -1', old.name, old.attname);
        END LOOP; END $$";

    /// `sign`: what a finding shows if it is this mistake's.
    fn finds(mistake: &str, sign: &str) {
        let mut stay = Stay::new(7, Duration::from_secs(300));
        visit_with(&mut stay, mistake).expect("it could work");
        let found = stay.findings().iter().find(|finding| finding.contains(sign));
        println!("{} tried: {}", stay.tried(), found.map_or("nothing", String::as_str));
        assert!(found.is_some(), "not found in {} statements: {mistake}\n{}", stay.tried(), stay.findings().join("\n"));
    }

    #[test]
    fn statistics_are_found() {
        finds(STATISTICS, "rows=");
    }

    #[test]
    fn an_open_policy_is_found() {
        let open = "ALTER POLICY wall ON guardian USING (tenant_id IS NOT NULL);
            ALTER POLICY own ON guardian USING (tenant_id IS NOT NULL)";
        finds(open, "guardian");
    }

    #[test]
    fn a_view_with_its_owners_rights_is_found() {
        let view = "CREATE VIEW public.names AS SELECT tenant_id, id, last_name FROM student;
            GRANT SELECT ON public.names TO hub_app";
        finds(view, "names");
    }

    /// Something of B's in a name: a sequence for each of its guardians.
    const NAMED: &str = "CREATE FUNCTION public.count_for() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
            EXECUTE format('CREATE SEQUENCE IF NOT EXISTS public.%I', 'of_' || left(md5(NEW.last_name), 8)); RETURN NULL;
        END $f$;
        CREATE TRIGGER count_for AFTER INSERT ON guardian FOR EACH ROW EXECUTE FUNCTION public.count_for();
        ALTER TABLE guardian ENABLE ALWAYS TRIGGER count_for";

    #[tokio::test]
    async fn of_the_catalog_the_totals_are_masked_and_nothing_else() {
        let mut worlds = Worlds::new(ContextForm::Parameter, NAMED).await.expect("worlds");
        let vocabulary = worlds.vocabulary().await.expect("words");
        let masked = &vocabulary.tables.iter().find(|table| table.name.contains("pg_class")).expect("pg_class").name;
        let of = |table: &str, what: &str| format!("SELECT {what} FROM {table} t0 WHERE relname = 'guardian';");
        let asked = [
            of("pg_class", "reltuples"),
            of(masked, "reltuples"),
            of(masked, "relpages, relallvisible, relfrozenxid, relminmxid"),
            of(masked, "relname, relkind, reltuples"),
            format!("SELECT max(relname) FROM {masked} t0 WHERE relname LIKE 'of%';"),
        ];
        for (differ, right) in
            [(Differ::Values, &[true, true, true, true, false][..]), (Differ::Number, &[false, true, true, true])]
        {
            for _ in 0..2 {
                let answers = worlds.ask(differ, true, &asked).await.expect("answers");
                let same: Vec<bool> = answers.iter().map(|said| !said.differs()).collect();
                assert_eq!(&same[..right.len()], right, "{differ:?}: {answers:?}");
                assert!(answers[3].both[0].contains("guardian|r|0"), "{answers:?}");
                worlds.renew().await.expect("new worlds");
            }
        }
    }

    /// Dead rows in one world alone, as a statement leaves them that was ended in the other: plans then cost something else.
    #[tokio::test]
    async fn what_was_left_behind_by_statements_is_gone_in_new_worlds() {
        let mut worlds = Worlds::new(ContextForm::Parameter, "").await.expect("worlds");
        let asked = ["EXPLAIN SELECT 1 FROM guardian t0;".to_owned()];
        let mut same = Vec::new();
        for step in 0..3 {
            match step {
                1 => worlds.fill_up("world_b").await.expect("dead rows"),
                2 => worlds.renew().await.expect("new worlds"),
                _ => {}
            }
            let [one, other] = worlds.ask(Differ::Values, true, &asked).await.expect("an answer").remove(0).both;
            assert!(one.contains("cost="), "{one}");
            same.push(one == other);
        }
        assert_eq!(same, [true, false, true]);
    }

    /// Sleeps beyond the time that the stranger gives a statement (400 ms), so that both are cut.
    /// Rows that one world wrote and the other did not come to: both were ended by their time, one a little later.
    const SLOW_IN_B: &str = "CREATE FUNCTION public.slowly() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN
            IF current_database() = 'world_b' THEN
                SET LOCAL session_replication_role = replica;
                FOR at IN 1..50 LOOP UPDATE guardian SET id = id; END LOOP;
                RESET session_replication_role;
            END IF;
            PERFORM pg_sleep(5); RETURN 1;
        END $f$; ALTER FUNCTION public.slowly() SECURITY DEFINER; GRANT EXECUTE ON FUNCTION public.slowly() TO hub_app";

    #[tokio::test]
    async fn what_comes_after_a_statement_that_was_cut_is_known_for_it() {
        let mut worlds = Worlds::new(ContextForm::Parameter, SLOW_IN_B).await.expect("worlds");
        let asked = ["SELECT slowly();", "EXPLAIN SELECT 1 FROM guardian t0;"].map(str::to_owned);
        let said = worlds.ask(Differ::Values, true, &asked).await.expect("answers");
        let of = |said: &[Said]| said.iter().map(|one| (one.differs(), one.after_a_cut)).collect::<Vec<_>>();
        assert_eq!(of(&said), [(false, false), (true, true)], "{said:?}");
        worlds.renew().await.expect("new worlds");
        let alone = worlds.ask(Differ::Values, true, &asked[1..]).await.expect("an answer");
        assert_eq!(of(&alone), [(false, false)], "{alone:?}");
    }

    #[test]
    fn without_a_mistake_there_is_nothing_to_be_found() {
        let mut stay = Stay::new(11, Duration::from_secs(5));
        visit_with(&mut stay, "").expect("it could work");
        assert_eq!(stay.findings(), Vec::<String>::new());
    }
}
