//! Work that the hub has not taken, out of a PC that cannot go on syncing and into one that can.

use crate::app::Desk;
use crate::store::{MOST_SAVED_BYTES, PutBack};
use crate::{NodeError, Result, files};
use pems_model::value::format_date;
use pems_model::{Code, Role};
use serde::Serialize;
use std::path::Path;
use ts_rs::TS;

/// Where the file is, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "SavedWork")]
pub struct Saved {
    pub path: String,
    pub changes: usize,
    /// Changes of which nothing can be read any more.
    pub unreadable: usize,
    /// Passwords that were set here and are in no file.
    pub secrets: usize,
}

pub(super) fn save(desk: &mut Desk) -> Result<Saved> {
    refuse_viewers(desk)?;
    let rescued = desk.store.rescue()?;
    let title = format!("PEMS unsent work {}", format_date(desk.today()));
    let path = desk.printed.write(&title, "jsonl", rescued.text.as_bytes())?;
    Ok(Saved {
        path: path.display().to_string(),
        changes: rescued.changes,
        unreadable: rescued.unreadable,
        secrets: rescued.secrets,
    })
}

pub(super) fn put_back(desk: &mut Desk, path: &str) -> Result<PutBack> {
    refuse_viewers(desk)?;
    let text = files::all_text(Path::new(path), MOST_SAVED_BYTES)?;
    let (act, done) = desk.store.put_saved_back(&text)?;
    if done.put_back > 0 {
        desk.did(act, format!("{} saved changes put back", done.put_back));
    }
    Ok(done)
}

/// The file has records in it that a viewer may see but not carry away, nor write.
fn refuse_viewers(desk: &Desk) -> Result<()> {
    if desk.role() != Role::Viewer {
        return Ok(());
    }
    Err(NodeError::new(Code::RoleForbidden, "the role viewer may not move unsent work; ask a school admin"))
}
