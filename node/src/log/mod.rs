//! The log of this office: what its programs did and how it ended, in a few files in the folder `logs` beside the records, for the
//! day on which somebody has to find out why.
//!
//! Invariants: it holds nothing of a record and of no person ([`events`] has all that it can say, and takes no text); it never makes a clerk
//! wait (a thread of its own writes, and lines are dropped rather than waited for); a full disk or a folder that cannot be
//! written stops nothing and is told where the log is shown ([`status`]); its files are bounded in number and size ([`files`]).

pub(crate) mod events;
mod files;
mod level;
mod noted;
mod panics;
mod reference;
#[cfg(test)]
mod tests;

pub use files::Line;
pub(crate) use files::{all, last};
pub use level::Level;
pub(crate) use noted::note;
pub use noted::noted;

use files::Files;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

/// What our own events are named after. Nothing of a library is written: it may log what it is given.
const OURS: &str = "office";
/// Lines that may wait for the disk: more than a slow one falls behind in minutes, and less than a megabyte.
const MOST_WAITING: usize = 4_096;

/// Which program writes; each has files of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    Window,
    Command,
}

impl Program {
    const ALL: [Program; 2] = [Program::Window, Program::Command];

    const fn name(self) -> &'static str {
        match self {
            Program::Window => "pems",
            Program::Command => "pems-node",
        }
    }
}

/// Why the last line could not be written; none where it could.
type Trouble = Arc<Mutex<Option<ErrorKind>>>;

/// How the log of this process stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    pub level: Level,
    /// Why the last line could not be written: the disk is full, the folder may not be written. Nothing else suffers from it.
    pub trouble: Option<ErrorKind>,
}

static LOG: OnceLock<(Level, Trouble)> = OnceLock::new();

/// The log goes on as long as this lives; what waits is written when it goes.
#[derive(Debug)]
pub struct Log {
    _writer: WorkerGuard,
}

impl Drop for Log {
    fn drop(&mut self) {
        events::stopped();
    }
}

/// Begins the log of this process in the folder `logs` of `data_dir`, which has to be there; and writes panics into it. None where this
/// process has begun one already, or none is wanted.
pub fn start(data_dir: &Path, program: Program, level: Level) -> Option<Log> {
    let trouble = Trouble::default();
    if level == Level::Off || LOG.set((level, Arc::clone(&trouble))).is_err() {
        return None;
    }
    let mut files = Files::new(files::folder(data_dir), program, trouble);
    // Now and not with the first line, so that a command can say that there is no log.
    files.open();
    let (lines, writer) =
        NonBlockingBuilder::default().buffered_lines_limit(MOST_WAITING).thread_name("log").finish(files);
    let written = tracing_subscriber::fmt::layer().with_writer(lines).with_ansi(false);
    let ours = Targets::new().with_target(OURS, level.filter());
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(ours).with(written)).ok()?;
    panics::log();
    events::started(program.name());
    Some(Log { _writer: writer })
}

/// How the log of this process stands; none where there is none.
pub fn status() -> Option<Status> {
    let (level, trouble) = LOG.get()?;
    Some(Status { level: *level, trouble: *trouble.lock().unwrap_or_else(PoisonError::into_inner) })
}

/// Says in the log that the settings name no level that there is, and which one is used.
pub fn unknown_level(used: Level) {
    events::unknown_level(used.name());
}
