//! One step of a chore: a line when it begins, a line with its time when it ends, and at the end of the chore where its time went. A
//! chore goes on after a failed step, so one run shows everything that is wrong, and fails at the end.

use crate::beside::{Beside, shown};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The steps of one chore. Several threads may have steps of the same chore.
#[derive(Debug)]
pub(crate) struct Steps {
    began: Instant,
    ended: Mutex<Vec<Ended>>,
    /// What a step said of itself that it could not do.
    unchecked: Mutex<BTreeSet<String>>,
}

/// How a line begins that says what was not looked at. It is said again at the end: nobody shall take it for green.
pub(crate) const NOT_CHECKED: &str = "   NOT CHECKED: ";

/// A step that is over.
#[derive(Debug)]
struct Ended {
    what: String,
    took: Duration,
    /// Whether something else ran at the same time: its seconds are not all of them seconds of the chore.
    beside: bool,
    well: bool,
}

impl Steps {
    pub(crate) fn new() -> Steps {
        Steps { began: Instant::now(), ended: Mutex::default(), unchecked: Mutex::default() }
    }

    /// Runs one step; what it made, if it went well.
    pub(crate) fn run<T>(&self, what: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        println!("-- {what}");
        let began = Instant::now();
        let done = work();
        self.note(what, began.elapsed(), false, "", done)
    }

    /// Waits for what runs beside; whether it went well. What it printed is printed in one piece.
    pub(crate) fn wait(&self, beside: Result<Beside>) -> bool {
        match beside {
            Ok(beside) => {
                let over = beside.finish();
                self.note(&over.what, over.took, true, &over.said, over.outcome).is_some()
            }
            Err(error) => self.note("a program", Duration::ZERO, true, "", Err::<(), _>(error)).is_some(),
        }
    }

    fn note<T>(&self, what: &str, took: Duration, beside: bool, said: &str, done: Result<T>) -> Option<T> {
        let why = done.as_ref().err().map(|error| format!("   {error:#}\n")).unwrap_or_default();
        println!("{said}{why}{}", closing(what, done.is_ok(), took));
        let unchecked = said.lines().filter(|line| line.starts_with(NOT_CHECKED)).map(str::to_owned);
        self.unchecked.lock().unwrap_or_else(PoisonError::into_inner).extend(unchecked);
        let ended = Ended { what: what.to_owned(), took, beside, well: done.is_ok() };
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(ended);
        done.ok()
    }

    /// Prints where the time went.
    ///
    /// # Errors
    /// Names the steps that failed.
    pub(crate) fn finish(self) -> Result<()> {
        let seconds = self.began.elapsed().as_secs();
        let mut ended = self.ended.into_inner().unwrap_or_else(PoisonError::into_inner);
        print!("{}", table(&mut ended));
        let failed: Vec<_> = ended.iter().filter(|step| !step.well).map(|step| step.what.as_str()).collect();
        let unchecked = self.unchecked.into_inner().unwrap_or_else(PoisonError::into_inner);
        unchecked.iter().for_each(|line| println!("{line}"));
        if failed.is_empty() {
            println!("== all of it went well, in {} min {} s", seconds / 60, seconds % 60);
            return Ok(());
        }
        bail!("after {} min {} s, failed: {}", seconds / 60, seconds % 60, failed.join("; "))
    }
}

/// The longest steps first.
fn table(ended: &mut [Ended]) -> String {
    ended.sort_by_key(|step| std::cmp::Reverse(step.took));
    let mut text = "== where the time went, in seconds; + ran beside something else\n".to_owned();
    for step in ended {
        let (beside, failed) = (if step.beside { '+' } else { ' ' }, if step.well { "" } else { " (FAILED)" });
        text.push_str(&format!("{:>8.1} {beside} {}{failed}\n", step.took.as_secs_f32(), step.what));
    }
    text
}

fn closing(what: &str, well: bool, took: Duration) -> String {
    format!("-- {what}: {}, {:.1} s", if well { "done" } else { "FAILED" }, took.as_secs_f32())
}

/// Runs one step that the rest depends on.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("-- {what}");
    let began = Instant::now();
    let done = work();
    println!("{}", closing(what, done.is_ok(), began.elapsed()));
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

/// What a program prints, if it can be started and goes well.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What `cargo run` tells us about ourselves. Passed on, it looks like a change to build scripts that ask for it (ring's), and
/// half of the dependencies would be built again with every turn between `cargo` and `cargo xtask`.
const ABOUT_US: &[&str] = &["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_", "OUT_DIR"];

/// A program that is told nothing about us.
pub(crate) fn program(path: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(path);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| ABOUT_US.iter().any(|about| name.starts_with(about))) {
            command.env_remove(name);
        }
    }
    command
}

/// Cargo, the one that runs us, in the workspace.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(crate::root());
    command
}

/// A command as the end of another one (`nice`, a session), with its own folder and surroundings.
pub(crate) fn inside(mut outer: Command, command: &Command) -> Command {
    outer.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    if let Some(dir) = command.get_current_dir() {
        outer.current_dir(dir);
    }
    outer
}

/// This program once more, as a program of its own: to run beside something else, or inside something.
///
/// # Errors
/// If the system does not say where it is.
pub(crate) fn ourselves(args: &[&str]) -> Result<Command> {
    let mut command = program(std::env::current_exe().context("where is xtask?")?);
    command.args(args).current_dir(crate::root());
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(what: &str) -> Command {
        let mut command = Command::new("echo");
        command.arg(what);
        command
    }

    #[test]
    fn the_longest_stand_first_and_what_failed_is_named() {
        let steps = Steps::new();
        assert_eq!(steps.run("short", || Ok(7)), Some(7));
        assert_eq!(steps.run::<()>("wrong", || bail!("it is wrong")), None);
        assert!(steps.wait(Beside::start("beside", Command::new("true"))));
        assert!(!steps.wait(Beside::start("wrong beside", Command::new("false"))));
        steps.note("long", Duration::from_secs(90), true, "", Ok(()));
        let said = table(&mut steps.ended.lock().expect("whole"));
        let mut lines = said.lines().skip(1);
        assert_eq!(lines.next(), Some("    90.0 + long"), "{said}");
        assert!(said.contains(" 0.0   wrong (FAILED)\n") && said.contains(" + beside\n"), "{said}");
        assert!(steps.wait(Beside::start("honest", say(&format!("{NOT_CHECKED}the moon")))));
        assert_eq!(steps.unchecked.lock().expect("whole").len(), 1);
        let failed = steps.finish().expect_err("two are wrong").to_string();
        assert!(failed.contains("wrong") && failed.contains("wrong beside") && !failed.contains("short"), "{failed}");
    }
}
