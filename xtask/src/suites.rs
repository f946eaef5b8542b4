//! The test programs, each as cargo built it. Cargo would run one after the other, each on as many threads as there are cores; but
//! some wait more than they compute (a window, a stranger), so two of them run at once.
//!
//! Invariant: what runs is what cargo says it built, all of it.

use crate::beside::{Beside, shown};
use crate::steps::{Steps, cargo, program};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// A test program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Suite {
    /// `hub wall`, `node unit tests`.
    pub name: String,
    program: PathBuf,
    /// The crate's folder, in which cargo runs its tests.
    folder: PathBuf,
}

impl Suite {
    pub(crate) fn command(&self) -> Command {
        let mut command = program(&self.program);
        // Tests that can write what they check only check here.
        command.current_dir(&self.folder).env_remove("PEMS_GEN");
        command
    }
}

/// Builds everything: the programs that people start, and the tests. One selection for all, because features follow from it.
///
/// # Errors
/// What the compiler says, on the screen; or if it built no tests.
pub(crate) fn build() -> Result<Vec<Suite>> {
    let mut command = cargo(&["build", "--workspace", "--all-targets", "--message-format=json-render-diagnostics"]);
    let line = shown(&command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start `{line}`"))?;
    let mut suites = Vec::new();
    for told in BufReader::new(child.stdout.take().context("no pipe")?).lines() {
        suites.extend(suite(&told.context("cargo is not understood")?)?);
    }
    let status = child.wait().with_context(|| format!("`{line}` cannot be waited for"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    if suites.is_empty() {
        bail!("`{line}` told of no test program");
    }
    Ok(suites)
}

/// The test program that a line of cargo's tells of, if it does.
fn suite(line: &str) -> Result<Option<Suite>> {
    let Some((target, rest)) = line.split_once("\"profile\":{").filter(|_| line.contains("\"compiler-artifact\""))
    else {
        return Ok(None);
    };
    let (profile, rest) = rest.split_once('}').context("cargo tells of a profile without an end")?;
    let Some(program) = text(rest, "executable")?.filter(|_| profile.contains("\"test\":true")) else {
        return Ok(None);
    };
    let manifest = PathBuf::from(text(line, "manifest_path")?.context("cargo names no manifest")?);
    let folder = manifest.parent().context("a manifest lies in a folder")?.to_owned();
    let of = folder.strip_prefix(crate::root()).unwrap_or(&folder).display().to_string();
    let (_, target) = target.split_once("\"target\":").context("cargo names no target")?;
    let name = match target.contains("\"kind\":[\"test\"]") {
        true => text(target, "name")?.context("a target without a name")?.to_owned(),
        false => "unit tests".to_owned(),
    };
    Ok(Some(Suite { name: format!("{of} {name}"), program: Path::new(program).to_owned(), folder }))
}

/// A text of one of cargo's lines, which are JSON without blanks. None where it is null.
fn text<'a>(line: &'a str, name: &str) -> Result<Option<&'a str>> {
    let Some((_, rest)) = line.split_once(&format!("\"{name}\":\"")) else { return Ok(None) };
    let (text, _) = rest.split_once('"').with_context(|| format!("{name} has no end: {line}"))?;
    if text.contains('\\') {
        bail!("{text}: move the project to a folder whose name has neither quotes nor backslashes");
    }
    Ok(Some(text))
}

/// Something to run, and its name.
pub(crate) type Job = (String, Command);

/// Runs two at once, in their order.
pub(crate) fn two_at_once(steps: &Steps, jobs: Vec<Job>) {
    let jobs = Mutex::new(jobs.into_iter());
    let next = || jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || {
        while let Some((what, command)) = next() {
            println!("-- {what}");
            steps.wait(Beside::start(&what, command));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(run);
        scope.spawn(run);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: &str, test: bool, executable: &str) -> String {
        let root = crate::root().display();
        format!(
            "{{\"reason\":\"compiler-artifact\",\"package_id\":\"path+file://{root}/hub#pems-hub@0.1.0\",\
             \"manifest_path\":\"{root}/hub/Cargo.toml\",\"target\":{{\"kind\":[\"{kind}\"],\"crate_types\":[\"bin\"],\
             \"name\":\"wall\",\"src_path\":\"{root}/hub/tests/wall/main.rs\",\"edition\":\"2024\",\"doc\":false,\
             \"doctest\":false,\"test\":true}},\"profile\":{{\"opt_level\":\"0\",\"debuginfo\":1,\"debug_assertions\":true,\
             \"overflow_checks\":true,\"test\":{test}}},\"features\":[],\"filenames\":[\"x\"],\"executable\":{executable},\
             \"fresh\":true}}"
        )
    }

    #[test]
    fn test_programs_are_told_from_all_else() {
        let known = |line: &str| suite(line).expect("understood").map(|suite| suite.name);
        let wall = suite(&line("test", true, "\"/t/deps/wall-1\"")).expect("understood").expect("a test");
        assert_eq!((wall.name.as_str(), wall.program.to_str()), ("hub wall", Some("/t/deps/wall-1")));
        assert_eq!(wall.folder, crate::root().join("hub"));
        assert_eq!(known(&line("lib", true, "\"/t/deps/pems_hub-1\"")).as_deref(), Some("hub unit tests"));
        assert_eq!(known(&line("bin", false, "\"/t/pems-hub\"")), None, "a program that people start");
        assert_eq!(known(&line("lib", false, "null")), None);
        assert_eq!(known("{\"reason\":\"build-finished\",\"success\":true}"), None);
        assert!(suite(&line("test", true, "\"C:\\\\t\\\\wall.exe\"")).is_err(), "never half of a path");
    }
}
