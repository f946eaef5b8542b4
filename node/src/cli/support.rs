//! `status`, and `support-bundle`: what support needs to know of this PC, in a file; also where the records do not open.

use super::Session;
use crate::app::review::of_office;
use crate::{Result, log};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use std::path::PathBuf;

/// How the office stands, and its log.
#[derive(Serialize)]
struct Status {
    #[serde(flatten)]
    office: crate::store::Status,
    /// Why this command's log cannot be written; none where it can, or none is wanted.
    log_trouble: Option<String>,
}

pub(super) fn status(session: &Session) -> Result<()> {
    let office = session.reader()?.status()?;
    let log_trouble = log::status().and_then(|status| status.trouble).map(|kind| kind.to_string());
    session.out.object(&Status { office, log_trouble });
    Ok(())
}

#[derive(Debug, Args)]
pub(super) struct SupportArgs {
    /// File to write, a .zip. No name and no value of a record is in it.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn bundle(session: &Session, args: &SupportArgs) -> Result<()> {
    let bytes = of_office(&session.config.data()?, session.reader())?;
    super::export::write_whole(&args.out, &bytes)?;
    session.out.object(&json!({ "out": args.out }));
    Ok(())
}
