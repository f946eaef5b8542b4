//! What a reviewer should not have to look for: format, lints, licences, stale files, house rules.

use crate::beside::Beside;
use crate::setup::npm;
use crate::steps::{NOT_CHECKED, Steps, cargo, must, ourselves, output, step};
use crate::{generate, setup, tidy};
use anyhow::{Result, bail};
use std::process::Command;

/// The version that `deny.toml` is written for.
const CARGO_DENY: &str = "^0.20";

/// # Errors
/// Names the checks that failed; all of them are run.
pub(crate) fn run() -> Result<()> {
    setup::run()?;
    let steps = Steps::new();
    let dependencies = beside_dependencies();
    texts(&steps);
    steps.run("lints", || must(&mut lints()));
    steps.run("generated files", generate::check);
    for (what, script) in SCREENS {
        steps.run(what, || must(&mut npm(&["run", "--silent", script])));
    }
    steps.wait(dependencies);
    steps.finish()
}

/// What looks at the screens, and the script in `ui/package.json` that does.
pub(crate) const SCREENS: [(&str, &str); 4] = [
    ("user interface: format", "format"),
    ("user interface: types", "check"),
    ("user interface: lints", "lint"),
    ("user interface: nothing unused", "unused"),
];

/// Every crate with its tests; a warning is as good as an error.
pub(crate) fn lints() -> Command {
    cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"])
}

/// [`dependencies`], beside what else there is to do: where the tool has to be built first, that takes minutes.
pub(crate) fn beside_dependencies() -> Result<Beside> {
    Beside::start("licences, sources and advisories of dependencies", ourselves(&["licences"])?)
}

/// What is seen by reading alone: seconds, so every test run begins with it.
pub(crate) fn texts(steps: &Steps) {
    steps.run("house rules", tidy::run);
    steps.run("format", || must(&mut cargo(&["fmt", "--all", "--check"])));
}

/// # Errors
/// What `cargo deny` found, or why it cannot be had.
pub(crate) fn dependencies() -> Result<()> {
    if output(&mut cargo(&["deny", "--version"])).is_none() {
        step("cargo install cargo-deny (takes minutes, once)", || {
            must(&mut cargo(&["install", "--quiet", "--locked", "cargo-deny", "--version", CARGO_DENY]))
        })?;
    }
    must(&mut cargo(&["deny", "--log-level", "error", "check", "licenses", "bans", "sources"]))?;
    if output(&mut cargo(&["deny", "fetch", "db"])).is_none() {
        println!("{NOT_CHECKED}known vulnerabilities. The advisory database cannot be fetched from here.");
        return Ok(());
    }
    match must(&mut cargo(&["deny", "--log-level", "error", "check", "advisories"])) {
        Ok(()) => Ok(()),
        Err(error) => bail!("{error}; update the dependency, or explain in deny.toml why it does not concern PEMS"),
    }
}
