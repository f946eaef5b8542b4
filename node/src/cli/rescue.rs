//! `rescue` and `save --from`: work that the hub has not taken, out of an office that cannot go on and into one that does.

use super::Session;
use crate::{Result, files};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct RescueArgs {
    /// File to write. Whoever has it can read the records in it.
    #[arg(long)]
    out: PathBuf,
}

pub(super) fn rescue(session: &Session, args: &RescueArgs) -> Result<()> {
    let rescued = session.reader()?.rescue()?;
    super::export::write_whole(&args.out, rescued.text.as_bytes())?;
    session.out.object(&json!({
        "changes": rescued.changes,
        "unreadable": rescued.unreadable,
        "passwords_left_out": rescued.secrets,
        "out": args.out,
    }));
    Ok(())
}

pub(super) fn put_back(session: &Session, from: &Path) -> Result<ExitCode> {
    let text = files::all_text(from, crate::store::MOST_SAVED_BYTES)?;
    let (act, done) = session.store()?.put_saved_back(&text)?;
    session.out.object(&json!({ "put_back": done.put_back, "known": done.known, "left": done.left, "batch": act }));
    Ok(if done.left.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
