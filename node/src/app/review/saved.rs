//! Work that the hub has not taken, out of a PC that cannot go on syncing and into one that can.

use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::store::{MOST_SAVED_BYTES, PutBack};
use crate::{Result, files};
use pems_model::Act;
use pems_model::value::format_date;
use serde::{Deserialize, Serialize};
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
    let text = files::all_text(Path::new(path), MOST_SAVED_BYTES)?;
    let (act, done) = desk.store.put_saved_back(&text)?;
    if done.put_back > 0 {
        desk.did(act, format!("{} saved changes put back", done.put_back));
    }
    Ok(done)
}

/// Files what the hub has not taken, to be put back at another PC.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SaveUnsent {}

impl Request<Desk> for SaveUnsent {
    const NAME: &'static str = "review.save_unsent";
    const ACCESS: May = May::Do(Act::DecideReviews);
    type Answer = Saved;

    fn run(self, desk: &mut Desk) -> Result<Saved> {
        save(desk)
    }
}

/// Puts back what another PC saved.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct PutSavedBack {
    path: String,
}

impl Request<Desk> for PutSavedBack {
    const NAME: &'static str = "review.put_back";
    const ACCESS: May = May::Do(Act::DecideReviews);
    type Answer = PutBack;

    fn run(self, desk: &mut Desk) -> Result<PutBack> {
        let PutSavedBack { path } = self;
        put_back(desk, &path)
    }
}
