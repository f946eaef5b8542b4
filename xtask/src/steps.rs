//! One step of a chore: a line when it begins, a line with its time when it ends. A chore goes on after a failed step, so one
//! run shows everything that is wrong, and fails at the end.

use anyhow::{Context, Result, bail};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// The steps of one chore and which of them failed.
#[derive(Debug)]
pub(crate) struct Steps {
    began: Instant,
    failed: Vec<String>,
}

impl Steps {
    pub(crate) fn new() -> Steps {
        Steps { began: Instant::now(), failed: Vec::new() }
    }

    /// Runs one step; says whether it went well.
    pub(crate) fn run(&mut self, what: &str, work: impl FnOnce() -> Result<()>) -> bool {
        let done = step(what, work);
        if let Err(error) = &done {
            eprintln!("   {error:#}");
            self.failed.push(what.to_owned());
        }
        done.is_ok()
    }

    /// # Errors
    /// Names the steps that failed.
    pub(crate) fn finish(self) -> Result<()> {
        let seconds = self.began.elapsed().as_secs();
        if self.failed.is_empty() {
            println!("== all of it went well, in {} min {} s", seconds / 60, seconds % 60);
            return Ok(());
        }
        bail!("after {} min {} s, failed: {}", seconds / 60, seconds % 60, self.failed.join("; "))
    }
}

/// Runs one step that the rest depends on.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("-- {what}");
    let began = Instant::now();
    let done = work();
    let seconds = began.elapsed().as_secs_f32();
    println!("-- {what}: {}, {seconds:.1} s", if done.is_ok() { "done" } else { "FAILED" });
    done
}

/// Runs a program with its output on the screen.
///
/// # Errors
/// If it cannot be started or fails, with its command line.
pub(crate) fn must(command: &mut Command) -> Result<()> {
    let line = shown(command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if status.success() { Ok(()) } else { bail!("`{line}` ended with {status}") }
}

/// A program that runs while something else does; what it prints waits until it is asked for, so that two do not talk at once.
#[derive(Debug)]
pub(crate) struct Beside {
    line: String,
    child: Child,
    said: std::thread::JoinHandle<String>,
}

impl Beside {
    /// # Errors
    /// If it cannot be started.
    pub(crate) fn start(mut command: Command) -> Result<Beside> {
        let line = shown(&command);
        let (mut reader, writer) = std::io::pipe().context("no pipe")?;
        let both = writer.try_clone().context("no pipe")?;
        let child = command.stdin(Stdio::null()).stdout(writer).stderr(both).spawn();
        let child = child.with_context(|| format!("cannot start `{line}`"))?;
        // The command holds the writing ends: while it lives, the reader waits for more.
        drop(command);
        let said = std::thread::spawn(move || {
            let mut said = Vec::new();
            let read = std::io::Read::read_to_end(&mut reader, &mut said);
            let mut text = String::from_utf8_lossy(&said).into_owned();
            if let Err(error) = read {
                text.push_str(&format!("(the rest could not be read: {error})\n"));
            }
            text
        });
        Ok(Beside { line, child, said })
    }

    /// Waits for its end and prints what it said.
    ///
    /// # Errors
    /// If it failed, with its command line.
    pub(crate) fn finish(mut self) -> Result<()> {
        let said = self.said.join();
        print!("{}", said.as_deref().unwrap_or("(what it said was lost)\n"));
        let line = self.line;
        let status = self.child.wait().with_context(|| format!("`{line}` cannot be waited for"))?;
        if status.success() { Ok(()) } else { bail!("`{line}` ended with {status}") }
    }
}

/// What a program prints, if it can be started and goes well.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// What `cargo run` tells us about ourselves. Passed on, it looks like a change to build scripts that ask for it (ring's), and
/// half of the dependencies would be built again with every turn between `cargo` and `cargo xtask`.
const ABOUT_US: &[&str] = &["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_", "OUT_DIR"];

/// Cargo, the one that runs us, in the workspace.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| ABOUT_US.iter().any(|about| name.starts_with(about))) {
            command.env_remove(name);
        }
    }
    command.args(args).current_dir(crate::root());
    command
}
