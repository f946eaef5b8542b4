//! How an attack is tried. As data it is a name, SQL, and what it would tell where schools are kept apart in the usual way.
//!
//! Each runs twice in a request of school A: against what is really B's, and against ids and names that nobody has. It has
//! failed if, both times alike, it brought out none of B's secrets, got the same answer, changed nothing of B and nothing that
//! the wall rests on, and left the transaction A's or dead.

use crate::caller::Session;
use crate::fingerprint::Fingerprints;
use crate::plant::{MARKS, Whose, World};
use crate::values;
use pems_hub::db::sys;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    /// psql script. `{b}`, `{b_student}`... are what the attacker knows of B; `{a}`, `{a_student}`... is the attacker's own.
    pub(crate) sql: &'static str,
    /// What it would tell or do without this wall.
    pub(crate) would: &'static str,
    pub(crate) compare: Compare,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    /// Letter by letter.
    Exact,
    /// Numbers differ from run to run (times, transaction ids): the rest is compared.
    ButNumbers,
}

pub(crate) const fn attack(name: &'static str, sql: &'static str, would: &'static str) -> Attack {
    Attack { name, sql, would, compare: Compare::Exact }
}

impl Attack {
    pub(crate) const fn but_numbers(mut self) -> Attack {
        self.compare = Compare::ButNumbers;
        self
    }
}

/// What an attacker says of a victim, by placeholder.
pub(crate) type Words = BTreeMap<&'static str, String>;

/// What the attacker knows of B (row 0 of everything), or the same of nobody.
pub(crate) async fn words(world: &World, real: bool) -> Words {
    let known = |table: &str, whose| values::id(table, whose, world.id(whose), 0);
    let mut words = Words::new();
    words.insert("{a}", world.a.to_string());
    words.insert("{a_hex}", world.a.simple().to_string());
    words.insert("{actor}", world.actor.simple().to_string());
    for (name, table) in [("{a_student}", "student"), ("{a_year}", "school_year"), ("{a_device}", "device")] {
        words.insert(name, known(table, Whose::A).to_string());
    }
    let or_random = |id: Uuid| if real { id } else { sys::new_id().expect("an id") };
    let b = or_random(world.b);
    words.insert("{b}", b.to_string());
    words.insert("{b_hex}", b.simple().to_string());
    for (name, table) in [
        ("{b_student}", "student"),
        ("{b_guardian}", "guardian"),
        ("{b_staff}", "staff"),
        ("{b_year}", "school_year"),
        ("{b_section}", "section"),
        ("{b_enrolment}", "enrolment"),
        ("{b_device}", "device"),
        ("{b_account}", "account"),
        ("{b_session}", "session"),
    ] {
        words.insert(name, or_random(known(table, Whose::B)).to_string());
    }
    for (name, table, column) in [
        ("{b_last_name}", "student", "last_name"),
        ("{b_student_no}", "student", "student_no"),
        ("{b_code_hash}", "device_code", "code_hash"),
        ("{b_key}", "device", "public_key"),
        ("{b_token_hash}", "refresh_token", "token_hash"),
    ] {
        let planted = world.planted(table, column, Whose::B, 0).await;
        let mut random = hex::encode(sys::random::<64>().expect("randomness")).into_bytes().into_iter().map(char::from);
        // As long and as spaced, so that nothing but its existence can make a difference.
        let other: String = match planted.strip_prefix("\\x") {
            Some(digits) => format!("\\x{}", random.take(digits.len()).collect::<String>()),
            None => planted.chars().map(|c| if c == ' ' { c } else { random.next().expect("enough") }).collect(),
        };
        words.insert(name, if real { planted } else { other });
    }
    words.insert("{b_email}", if real { "kx9q0@example.ph" } else { "kx9q0@example.th" }.into());
    words.insert("{b_slug}", if real { "kx9q-b" } else { "kx9q-q" }.into());
    words.insert("{b_school_id}", if real { "990772" } else { "990773" }.into());
    words
}

pub(crate) fn spell(sql: &str, words: &Words) -> String {
    words.iter().fold(sql.to_owned(), |sql, (name, word)| sql.replace(name, word))
}

/// The answer with whatever the attacker said replaced by its name.
fn unspell(answer: &str, words: &Words, session: &Session, compare: Compare) -> String {
    // Where PostgreSQL quotes the statement it cuts it, so that a word may be cut as well.
    let lines = answer.lines().filter(|line| !line.starts_with("LINE ") && !line.trim_start().starts_with('^'));
    let mut text = lines.collect::<Vec<_>>().join("\n").replace(&session.nonce, "{nonce}");
    for (name, word) in words {
        text = text.replace(word.as_str(), name);
        text = text.replace(word.trim_start_matches("\\x"), name);
    }
    if compare == Compare::ButNumbers {
        text = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        while text.contains("00") {
            text = text.replace("00", "0");
        }
    }
    text
}

/// Which secrets of B an answer holds.
pub(crate) fn secrets(answer: &str) -> Vec<&str> {
    let secret = |line: &&str| MARKS.iter().any(|mark| line.contains(mark)) || line.contains("Kx9Q");
    answer.lines().filter(secret).take(5).collect()
}

/// One session, one attack: what it said (as the attacker's words) and what became of the context.
async fn run(world: &World, attack: &Attack, words: &Words, problems: &mut Vec<String>) -> String {
    let mut session = Session::open(world, "hub_app").await;
    let script = spell(attack.sql, words);
    let entry = session.entry(world, world.a);
    // A statement that fails does not spare us those that follow.
    let careful = "SET lock_timeout = '2s';\n\\set ON_ERROR_ROLLBACK on\n";
    let answer = session.psql.ask(&format!("{careful}{entry}{script}\n\\set ON_ERROR_ROLLBACK off")).await;
    // What the attacker said is no secret.
    let unsaid = unspell(&answer, words, &session, Compare::Exact);
    for line in secrets(&unsaid) {
        problems.push(format!("{}: brought out: {line}", attack.name));
    }
    let after = session.psql.ask("SELECT coalesce(sec.tenant()::text, 'nobody');").await;
    if !after.contains("25P02")
        && !after.contains("~~gone~~")
        && !["nobody", &world.a.to_string()].contains(&after.trim())
    {
        problems.push(format!("{}: afterwards the context is {after}", attack.name));
    }
    let rest = session.psql.ask("ROLLBACK;\nSELECT count(*) FROM public.student;").await;
    if !rest.trim_end().ends_with('0') && !rest.contains("ERROR") && !rest.contains("~~gone~~") {
        problems.push(format!("{}: a context outlived its transaction: {rest}", attack.name));
    }
    unspell(&answer, words, &session, attack.compare)
}

/// Tries every attack; gives what succeeded.
pub(crate) async fn try_all(world: &World, attacks: &[Attack]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut prints = Fingerprints::new(world).await;
    let (b, catalog) = (prints.school(world.b).await, prints.catalog().await);
    let (real, nobody) = (words(world, true).await, words(world, false).await);
    for attack in attacks {
        let against_b = run(world, attack, &real, &mut problems).await;
        let against_nobody = run(world, attack, &nobody, &mut problems).await;
        if against_b != against_nobody {
            problems.push(format!(
                "{}: tells ({})\n  B exists: {against_b}\n  nobody:   {against_nobody}",
                attack.name, attack.would
            ));
        }
        if prints.school(world.b).await != b {
            problems.push(format!("{}: changed B", attack.name));
        }
        if prints.catalog().await != catalog {
            problems.push(format!("{}: changed the catalog", attack.name));
        }
    }
    problems
}
