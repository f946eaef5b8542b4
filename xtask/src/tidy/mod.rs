//! The house rules that a program can check by looking at the text.

mod guesses;
mod imports;
mod log;
mod past_rules;
mod places;
mod queries;
mod roles;

use crate::root;
use crate::steps::output;
use anyhow::{Context, Result, bail};
use std::fs;
use std::process::Command;

/// Longest source file in lines: what is longer has more than one subject.
const LONGEST: usize = 400;
/// Words that say nothing about what a type is for.
const EMPTY_WORDS: &[&str] = &["Manager", "Service", "Helper", "Helpers", "Util", "Utils"];
/// What begins the declaration of a type.
const TYPES: &[&str] = &["struct", "enum", "trait", "type", "class", "interface"];
/// Written in two parts, so that this file keeps its own rules.
const UNFINISHED: &[&str] =
    &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("unimple", "mented!"), concat!("to", "do!(")];
const SILENCED: &[&str] = &[concat!("#[al", "low("), concat!("#![al", "low(")];
/// What is compared with words. Errors have codes, types and SQLSTATEs; what they say is for people and is said otherwise one day.
const WORDS: &[&str] = &[
    ".to_string().contains(",
    ".to_string().starts_with(",
    ".to_string().ends_with(",
    ".to_string() ==",
    ".to_string() !=",
    ".to_string().as_str()",
];
/// How a test begins, or a module of tests.
const IS_TEST: &[&str] = &["#[test]", "#[tokio::test", "#[cfg(test)]"];
/// Folders of one machine or another.
const PLACES: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];
/// Written by programs.
const MADE: &[&str] = &[".sqlx/", "ui/src/generated/", "docs/entities.md", "Cargo.lock", "ui/package-lock.json"];
/// The ones a person reads and writes.
const TEXTS: &[&str] = &["rs", "ts", "svelte", "css", "html", "sql", "toml", "md", "json", "sh"];
const SOURCES: &[&str] = &["rs", "ts", "svelte", "css", "sql"];

/// What tells of another time, with the names of that time.
const HISTORY: &[&str] = &["CHANGELOG.md", "docs/adr/"];
/// The crates whose imports are looked at: what ships, and this one.
const CRATES: &[&str] =
    &["model/src", "hub/pg/src", "hub/db/src", "hub/src", "node/src", "node/forms/src", "node/shell/src", "xtask/src"];

/// # Errors
/// How many rules are broken; each is printed.
pub(crate) fn run() -> Result<()> {
    let list = output(Command::new("git").args(["ls-files", "-co", "--exclude-standard"]).current_dir(root()))
        .context("git ls-files does not work here; run this in a clone")?;
    let paths: Vec<&str> = list.lines().collect();
    let read = |path: &str| fs::read_to_string(root().join(path)).ok();
    let roles = roles::names(&read(roles::DECLARED).unwrap_or_default());
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| !MADE.iter().any(|made| path.starts_with(made))) {
        let Some(text) = read(path) else { continue };
        found.extend(findings(path, &text));
        found.extend(past_rules::findings(path, &text));
        if path.ends_with(".rs") {
            found.extend(guesses::findings(path, &text));
            found.extend(log::findings(path, &text));
        }
        found.extend(roles::findings(path, &text, &roles));
        if path.ends_with(".md") && !HISTORY.iter().any(|past| path.starts_with(past)) {
            found.extend(places::findings(path, &text, &|place| is_there(&paths, place)));
        }
    }
    let hub = paths.iter().filter(|path| path.starts_with("hub/"));
    found.extend(queries::findings(&hub.filter_map(|path| Some((*path, read(path)?))).collect::<Vec<_>>()));
    for crate_dir in CRATES {
        let inside = |path: &&str| {
            path.strip_prefix(crate_dir).is_some_and(|rest| rest.starts_with('/')) && path.ends_with(".rs")
        };
        let files: Vec<_> = paths
            .iter()
            .copied()
            .filter(inside)
            .filter_map(|path| Some((path[crate_dir.len() + 1..].to_owned(), read(path)?)))
            .collect();
        found.extend(imports::findings(crate_dir, &files));
    }
    found.iter().for_each(|finding| println!("   {finding}"));
    let found = found.len();
    if found == 0 { Ok(()) } else { bail!("{found} house rules are broken") }
}

/// Every broken rule of one file, with its line.
fn findings(path: &str, text: &str) -> Vec<String> {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let mut found = Vec::new();
    if !TEXTS.contains(&extension) {
        return found;
    }
    let lines = text.lines().count();
    if SOURCES.contains(&extension) && lines > LONGEST {
        found.push(format!("{path}: {lines} lines, {LONGEST} are the most; split it by subject"));
    }
    if extension == "rs" && !is_test_module(path) && !text.starts_with("//!") {
        found.push(format!("{path}: begins without `//!`; say why the module exists"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        let mut report = |what: &str| found.push(format!("{path}:{number}: {what}"));
        if extension != "md" {
            UNFINISHED
                .iter()
                .filter(|mark| line.contains(**mark))
                .for_each(|mark| report(&format!("{mark}: finish it, or file it")));
        }
        if SILENCED.iter().any(|mark| line.contains(mark)) {
            report("silences a lint for ever; use #[expect(.., reason = \"..\")]");
        }
        if is_program(path) && IS_TEST.iter().any(|mark| line.trim_start().starts_with(mark)) {
            report(
                "a test that nobody runs: programs are built without (their Cargo.toml says why); put it into the library",
            );
        }
        if extension == "rs" && is_of_hub(path) && goes_by_words(line) {
            report("goes by what an error says; go by its code, type or SQLSTATE");
        }
        PLACES
            .iter()
            .filter(|place| line.match_indices(**place).any(|(at, _)| is_root(line, at)))
            .for_each(|place| report(&format!("{place} is a place on one machine")));
        if let Some(name) = empty_name(line).filter(|_| SOURCES.contains(&extension)) {
            report(&format!("{name}: name it after what it does"));
        }
    }
    found
}

/// Whether a path begins here, rather than going on (`./home/Index.svelte`).
fn is_root(line: &str, at: usize) -> bool {
    !line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/'))
}

/// A file or folder of the project, or the beginning of a file's name as migrations are called (`migrations/0001`).
fn is_there(paths: &[&str], place: &str) -> bool {
    let place = place.trim_end_matches('/');
    paths
        .iter()
        .any(|path| path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '_', '.'])))
        || root().join(place).exists()
}

/// The hub and its doors, without their tests, which read what is said.
fn is_of_hub(path: &str) -> bool {
    let path = format!("/{path}");
    path.contains("/hub/") && !path.contains("/tests/") && !path.ends_with("/tests.rs")
}

/// Programs, which are built without tests of their own.
fn is_program(path: &str) -> bool {
    path.ends_with(".rs") && (path.contains("/src/bin/") || path.starts_with("node/shell/src/"))
}

/// Passing on what a database said is no decision.
fn goes_by_words(line: &str) -> bool {
    let decides = line.replace(".message().to_owned()", "").contains(".message()");
    decides || WORDS.iter().any(|words| line.contains(words))
}

/// Parts of a module in files of their own say what they are in their parent.
fn is_test_module(path: &str) -> bool {
    path.ends_with("/tests.rs")
}

/// The name of a type declared on this line, if it ends in a word that says nothing.
fn empty_name(line: &str) -> Option<&str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let words: Vec<&str> = line.split(|c| !is_word(c)).filter(|word| !word.is_empty()).collect();
    let declared = words.windows(2).filter(|pair| TYPES.contains(&pair[0])).map(|pair| pair[1]);
    declared.into_iter().find(|name| EMPTY_WORDS.iter().any(|empty| name.ends_with(empty)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> usize {
        findings(path, text).len()
    }

    #[test]
    fn clean_files_pass_and_each_broken_rule_is_found() {
        assert_eq!(rules("a/b.rs", "//! Why.\n\npub(crate) struct Journal;\n"), 0);
        assert_eq!(rules("a/b.rs", "struct Journal;\n"), 1, "no opening");
        assert_eq!(rules("a/b.rs", &format!("//! Why.\n{}", "//\n".repeat(LONGEST))), 1, "too long");
        for broken in [
            concat!("pub struct Sync", "Manager;"),
            concat!("pub(crate) trait Row", "Helper {}"),
            concat!("export class Grid", "Utils {"),
            concat!("// TO", "DO later"),
            concat!("#[al", "low(dead_code)]"),
            concat!("let dir = \"/ho", "me/me\";"),
        ] {
            assert_eq!(rules("a/b.rs", &format!("//! Why.\n{broken}\n")), 1, "{broken}");
        }
    }

    #[test]
    fn the_hub_goes_by_codes_and_never_by_words() {
        let found = |path: &str, line: &str| rules(path, &format!("//! Why.\n{line}\n"));
        for planted in [
            concat!("if error.mess", "age() == GONE {"),
            concat!("match database.mess", "age() {"),
            concat!("causes.any(|cause| cause.to_st", "ring().contains(\"length limit\"))"),
            concat!("error.to_st", "ring().starts_with(\"no\")"),
        ] {
            assert_eq!(found("hub/src/refusal.rs", planted), 1, "{planted}");
            assert_eq!(found("hub/doors/src/pool.rs", planted), 1, "{planted}");
            assert_eq!(found("hub/tests/api/face.rs", planted), 0, "{planted}");
            assert_eq!(found("node/src/error.rs", planted), 0, "{planted}");
        }
        assert_eq!(found("hub/src/push/fault.rs", "said: postgres.message().to_owned(),"), 0);
    }

    #[test]
    fn a_test_that_nobody_runs_is_found() {
        for test in ["#[test]", "#[tokio::test]", "    #[cfg(test)]"] {
            let text = format!("//! Why.\n{test}\n");
            assert_eq!(rules("hub/src/bin/pems-hub.rs", &text), 1, "{test}");
            assert_eq!(rules("node/shell/src/window.rs", &text), 1, "{test}");
            assert_eq!(rules("hub/src/hub.rs", &text), 0, "{test}");
        }
    }

    #[test]
    fn names_are_judged_only_where_they_are_declared() {
        for fine in
            ["use other::HttpService;", "impl Service for Hub {}", "// a Manager of a school", "struct Managers;"]
        {
            assert_eq!(empty_name(fine), None, "{fine}");
        }
    }
}
