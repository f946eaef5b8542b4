//! What a reviewer should not have to look for: format, lints, licences, stale files, house rules.

use crate::setup::npm;
use crate::steps::{Steps, cargo, must, output, step};
use crate::{generate, setup, tidy};
use anyhow::{Result, bail};

/// The version that `deny.toml` is written for.
const CARGO_DENY: &str = "^0.20";

/// # Errors
/// Names the checks that failed; all of them are run.
pub(crate) fn run() -> Result<()> {
    setup::run()?;
    let mut steps = Steps::new();
    texts(&mut steps);
    steps.run("lints", || {
        must(&mut cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    });
    steps.run("generated files", generate::check);
    steps.run("user interface: lints", || must(&mut npm(&["run", "--silent", "lint"])));
    steps.run("user interface: nothing unused", || must(&mut npm(&["run", "--silent", "unused"])));
    steps.run("user interface: types", || must(&mut npm(&["run", "--silent", "check"])));
    steps.run("licences, sources and advisories of dependencies", dependencies);
    steps.finish()
}

/// What is seen by reading alone: seconds, so every test run begins with it.
pub(crate) fn texts(steps: &mut Steps) {
    steps.run("house rules", tidy::run);
    steps.run("format", || must(&mut cargo(&["fmt", "--all", "--check"])));
    steps.run("user interface: format", || must(&mut npm(&["run", "--silent", "format"])));
}

fn dependencies() -> Result<()> {
    if output(&mut cargo(&["deny", "--version"])).is_none() {
        step("cargo install cargo-deny (takes minutes, once)", || {
            must(&mut cargo(&["install", "--quiet", "--locked", "cargo-deny", "--version", CARGO_DENY]))
        })?;
    }
    must(&mut cargo(&["deny", "--log-level", "error", "check", "licenses", "bans", "sources"]))?;
    if output(&mut cargo(&["deny", "fetch", "db"])).is_none() {
        println!("   NOT CHECKED: known vulnerabilities. The advisory database cannot be fetched from here.");
        return Ok(());
    }
    match must(&mut cargo(&["deny", "--log-level", "error", "check", "advisories"])) {
        Ok(()) => Ok(()),
        Err(error) => bail!("{error}; update the dependency, or explain in deny.toml why it does not concern PEMS"),
    }
}
