//! Files that follow from something else. What is in them is decided by tests, which also fail when one of them is stale; here
//! they are asked to write instead: `hub/pg/tests/queries` what PostgreSQL says of the hub's queries (`.sqlx`),
//! `tests/tests/generated.rs` what follows from the declarations.

use crate::forward;
use crate::steps::{cargo, must, step};
use anyhow::{Result, bail};

/// What is written, and the test that knows how.
const TESTS: &[(&str, &str)] = &[("checked queries of the hub", "queries"), ("generated files", "generated")];

/// # Errors
/// Bad usage, or what the test said.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        // The queries first: without what is said of them the hub does not compile, nor what is made of it.
        [] => TESTS.iter().try_for_each(|(what, test)| step(what, || must(made_by(test).env("PEMS_GEN", "1")))),
        ["--check"] => check(),
        ["migration", entity] => forward::migration(entity),
        _ => bail!("gen wants nothing, --check, or: migration ENTITY"),
    }
}

/// # Errors
/// If a generated file is stale.
pub(crate) fn check() -> Result<()> {
    let current = |(what, test): &(&str, &str)| {
        step(&format!("{what} are current"), || must(made_by(test).env_remove("PEMS_GEN")))
    };
    TESTS.iter().try_for_each(current)
}

fn made_by(test: &str) -> std::process::Command {
    cargo(&["test", "--workspace", "--quiet", "--test", test])
}
