//! A program that runs while something else does; what it prints waits until it is asked for, so that two do not talk at once.

use anyhow::{Context, Result, bail};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program that runs.
#[derive(Debug)]
pub(crate) struct Beside {
    what: String,
    line: String,
    child: Child,
    said: std::thread::JoinHandle<(String, Duration)>,
}

/// What became of it.
#[derive(Debug)]
pub(crate) struct Over {
    pub what: String,
    pub said: String,
    /// From its start to its own end, however late it was asked for.
    pub took: Duration,
    /// An error has the command line.
    pub outcome: Result<()>,
}

impl Beside {
    /// # Errors
    /// If it cannot be started.
    pub(crate) fn start(what: &str, mut command: Command) -> Result<Beside> {
        let line = shown(&command);
        let (mut reader, writer) = std::io::pipe().context("no pipe")?;
        let both = writer.try_clone().context("no pipe")?;
        let child = command.stdin(Stdio::null()).stdout(writer).stderr(both).spawn();
        let child = child.with_context(|| format!("{what}: cannot start `{line}`"))?;
        let began = Instant::now();
        // The command holds the writing ends: while it lives, the reader waits for more.
        drop(command);
        let said = std::thread::spawn(move || {
            let mut said = Vec::new();
            let read = std::io::Read::read_to_end(&mut reader, &mut said);
            let mut text = String::from_utf8_lossy(&said).into_owned();
            if let Err(error) = read {
                text.push_str(&format!("(the rest could not be read: {error})\n"));
            }
            (text, began.elapsed())
        });
        Ok(Beside { what: what.to_owned(), line, child, said })
    }

    /// Waits for its end.
    pub(crate) fn finish(mut self) -> Over {
        let lost = |_| ("(what it said was lost)\n".to_owned(), Duration::ZERO);
        let (said, took) = self.said.join().unwrap_or_else(lost);
        let line = self.line;
        let ended = self.child.wait().with_context(|| format!("`{line}` cannot be waited for"));
        let outcome =
            ended.and_then(|status| if status.success() { Ok(()) } else { bail!("`{line}` ended with {status}") });
        Over { what: self.what, said, took, outcome }
    }
}

/// A command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
