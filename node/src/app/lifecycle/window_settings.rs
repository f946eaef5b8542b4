//! How this PC's window is set: its look, its language, which columns are shown. In a small file beside the records, because it is
//! wanted before they are open, and because it is about a screen and the eyes in front of it, not about the school. Nothing of
//! the records is ever put here.

use super::Place;
use crate::{NodeError, Result};
use pems_model::Code;
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(in crate::app) type Settings = BTreeMap<String, String>;

/// Settings and bytes that a window may keep: a few short words, whatever a broken page may send.
const MOST: usize = 32;
const LONGEST: usize = 2_000;

fn path(place: &Place) -> PathBuf {
    let name = place.data_dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    place.data_dir.with_file_name(format!("{name}.window.json"))
}

/// What was kept; nothing where there is no file or none that can be read: a window then looks as it does at first.
pub(super) fn read(place: &Place) -> Settings {
    let text = std::fs::read_to_string(path(place)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Keeps these beside what was kept before.
///
/// # Errors
/// `bad_request` for more than a window's settings; `io` where the disk does not take them.
pub(super) fn keep(place: &Place, settings: Settings) -> Result<Settings> {
    let mut all = read(place);
    all.extend(settings);
    if all.len() > MOST || all.iter().any(|(key, value)| key.len() + value.len() > LONGEST) {
        return Err(NodeError::new(Code::BadRequest, "these are more than a window's settings; keep fewer"));
    }
    let (path, text) = (path(place), serde_json::to_string_pretty(&all).unwrap_or_default());
    let part = path.with_extension("part");
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = folder.and_then(|()| std::fs::write(&part, text)).and_then(|()| std::fs::rename(&part, &path));
    written.map_err(|error| NodeError::io("keep the window's settings in", &path, &error))?;
    Ok(all)
}
