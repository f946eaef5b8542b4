//! What a command says: one answer, for scripts or for people.

use super::Failed;
use crate::server::start_error::StartError;
use serde::Serialize;
use serde_json::Value as Json;
use std::io::{self, Write};
use time::OffsetDateTime;

/// A time as people read it.
pub(super) fn moment(at: OffsetDateTime) -> String {
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}

/// Where answers go: JSON for scripts, text for people.
pub(super) struct Out {
    pub(super) json: bool,
}

impl Out {
    /// Prints one answer, and at once: whoever waits for it reads a pipe.
    pub(super) fn object<T: Serialize>(&self, value: &T, text: impl FnOnce(&T) -> String) -> Result<(), Failed> {
        let line = if self.json { serde_json::to_value(value).unwrap_or(Json::Null).to_string() } else { text(value) };
        let mut stdout = io::stdout().lock();
        let printed = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
        // Whoever closed the pipe (`| head`) has read enough; the work is done.
        let printed =
            printed.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) });
        printed.map_err(|error| Failed::from(StartError::Io { what: "stdout".into(), source: error }))
    }
}
