//! Files that follow from the declarations. What is in them is decided by `tests/tests/generated.rs`, which also fails when
//! one of them is stale; here it is asked to write instead.

use crate::forward;
use crate::steps::{cargo, must, step};
use anyhow::{Result, bail};

/// # Errors
/// Bad usage, or what the test said.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => step("generated files", || must(generated().env("PEMS_GEN", "1"))),
        ["--check"] => check(),
        ["migration", entity] => forward::migration(entity),
        _ => bail!("gen wants nothing, --check, or: migration ENTITY"),
    }
}

/// # Errors
/// If a generated file is stale.
pub(crate) fn check() -> Result<()> {
    step("generated files are current", || must(generated().env_remove("PEMS_GEN")))
}

fn generated() -> std::process::Command {
    cargo(&["test", "--workspace", "--quiet", "--test", "generated"])
}
