//! The window's log: begun before the records are opened, so that it says why they do not open.

use pems_node::log::{Level, Log, Program, start, unknown_level};
use std::path::Path;

/// Nothing here keeps the window from opening: where no log can be written there is none, and a level that there is not is the usual one,
/// which the log says.
pub(crate) fn begin(data_dir: &Path, level: Option<&str>) -> Option<Log> {
    // The app's own folder, which is not there before the first office. Where it cannot be made, that is said where an office is begun.
    let _ = std::fs::create_dir_all(data_dir);
    let asked = level.filter(|level| !level.is_empty()).map(Level::parse);
    let used = asked.as_ref().and_then(|level| level.as_ref().ok()).copied().unwrap_or_default();
    let log = start(data_dir, Program::Window, used);
    if let Some(Err(_)) = asked {
        unknown_level(used);
    }
    log
}
