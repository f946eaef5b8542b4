//! Commands that are programs of the `tests` crate: built with the whole workspace's settings, then run from where cargo put
//! them.

use crate::steps::{cargo, must, program, step};
use crate::{programs, root, session, setup};
use anyhow::Result;
use std::process::Command;

/// Worlds of offices under consecutive seeds.
pub(crate) fn simulate(args: &[String]) -> Result<()> {
    build(&["--bin", "simulate"])?;
    run("debug", "simulate", args)
}

/// Worlds of offices, by the program that is built.
///
/// # Errors
/// If nobody knows where it lies.
pub(crate) fn worlds(args: &[&str]) -> Result<Command> {
    let mut command = program(programs("debug")?.join("simulate"));
    command.args(args).current_dir(root());
    Ok(command)
}

/// Strangers, on the programs as they ship and with a screen and a keyring of their own.
pub(crate) fn stranger(args: &[String]) -> Result<()> {
    setup::run()?;
    build(&["--bins"])?;
    step("strangers", || visit(args))
}

/// Strangers, on the programs that are built.
///
/// # Errors
/// If one found something or could not work.
pub(crate) fn visit(args: &[String]) -> Result<()> {
    let mut command = program(programs("debug")?.join("stranger"));
    must(&mut session::inside(command.args(args).current_dir(root())))
}

/// The story of two offices; with a window unless `--headless`.
pub(crate) fn demo(args: &[String]) -> Result<()> {
    setup::run()?;
    let headless = args.iter().any(|arg| arg == "--headless");
    build(if headless { &["--bin", "demo"] } else { &["--bin", "demo", "--bin", "pems"] })?;
    run("debug", "demo", args)
}

/// The hub's API, fuzzed.
pub(crate) fn fuzz_api(args: &[String]) -> Result<()> {
    build(&["--bin", "fuzz_api"])?;
    run("debug", "fuzz_api", args)
}

/// Measurements, of the code as it ships.
pub(crate) fn bench(args: &[String]) -> Result<()> {
    if args.iter().any(|arg| arg == "--office") {
        setup::run()?;
    }
    build(&["--release", "--bin", "bench", "--bin", "pems"])?;
    run("release", "bench", args)
}

/// Prints nothing but the SQL, so that it can be sent into a file.
pub(crate) fn migration(entity: &str) -> Result<()> {
    must(&mut cargo(&["build", "--quiet", "--workspace", "--bin", "migration"]))?;
    must(Command::new(programs("debug")?.join("migration")).arg(entity))
}

/// `--workspace`, because features follow from the selection, and another selection would build the dependencies again.
fn build(what: &[&str]) -> Result<()> {
    step("build", || must(cargo(&["build", "--workspace"]).args(what)))
}

fn run(profile: &str, program: &str, args: &[String]) -> Result<()> {
    let mut command = Command::new(programs(profile)?.join(program));
    step(program, || must(command.args(args).current_dir(root())))
}
