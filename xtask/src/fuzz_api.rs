//! `cargo xtask fuzz-api`: schemathesis in a folder of its own below target/, then the program that runs it.

use crate::steps::{must, output, step};
use crate::{forward, programs};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// Newer ones find other things: raise it on purpose.
const SCHEMATHESIS: &str = "4.32.5";

pub(crate) fn run(args: &[String]) -> Result<()> {
    let schemathesis = step("schemathesis", installed)?;
    let path = schemathesis.to_str().context("the target folder's path is no text")?;
    let mut all = vec!["--schemathesis".to_owned(), path.to_owned()];
    all.extend(args.iter().cloned());
    forward::fuzz_api(&all)
}

fn installed() -> Result<PathBuf> {
    let folder = programs("debug")?.parent().context("no target folder")?.join(format!("schemathesis-{SCHEMATHESIS}"));
    let program = folder.join("bin/schemathesis");
    if output(Command::new(&program).arg("--version")).is_some_and(|version| version.contains(SCHEMATHESIS)) {
        return Ok(program);
    }
    if output(Command::new("python3").args(["-m", "venv", "--help"])).is_none() {
        bail!("this needs Python 3 with venv (Debian: apt install python3-venv)");
    }
    must(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let wanted = format!("schemathesis=={SCHEMATHESIS}");
    must(Command::new(folder.join("bin/pip")).args(["install", "--quiet", &wanted]))
        .with_context(|| format!("{wanted} cannot be had from the package index that pip knows"))?;
    Ok(program)
}
