//! `report`: a form as the window prints it, into a file of the caller's choice.

use super::{Session, export::write_whole, filters};
use crate::app::Desk;
use crate::app::forms::Format;
use crate::{NodeError, Result};
use clap::Args;
use pems_model::Code;
use serde_json::json;
use std::io::Write as _;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// sf1, sf2, class_list, certificate, learner_list, day or away.
    name: String,
    /// section=7-Rizal (or its id), year=2026-2027, month=2026-10; for a certificate student=LRN (or id), purpose=TEXT; for a
    /// learner_list also text, grade, status, sex, no_lrn=yes, missing_papers=yes, not_enrolled=yes, sort=grade, columns=name,lrn;
    /// for a day date=2026-10-15.
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    filters: Vec<String>,
    /// A .pdf, an .xlsx for School Forms and lists, a .csv for lists.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn report(session: &Session, args: &ReportArgs) -> Result<()> {
    let ending = args.out.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let format = match ending.as_deref() {
        Some("pdf") => Format::Pdf,
        Some("xlsx") => Format::Xlsx,
        Some("csv") => Format::Csv,
        _ => {
            let message = format!("--out wants a file that ends in .pdf, .xlsx or .csv, not {}", args.out.display());
            return Err(NodeError::new(Code::BadUsage, message));
        }
    };
    let given = filters(&args.filters)?;
    let made = Desk::new(session.reader()?).form_called(&args.name, &given, format);
    let made = made.inspect_err(|error| tell_missing(session, error))?;
    write_whole(&args.out, &made.bytes)?;
    session.out.object(&json!({ "title": made.title, "pages": made.pages, "out": args.out }));
    Ok(())
}

/// For people, each thing that a form lacks has its line; for scripts they are in the error's details.
fn tell_missing(session: &Session, error: &NodeError) {
    let missing = error.details.as_ref().and_then(|details| details["missing"].as_array());
    if session.out.json {
        return;
    }
    for one in missing.into_iter().flatten() {
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        let id = one["id"].as_str().map(|id| format!(" {id}")).unwrap_or_default();
        let (label, who, record, field) = (text("label"), text("who"), text("record"), text("field"));
        let _ = writeln!(std::io::stderr(), "missing: {label} of {who} ({record}{id}, field {field})");
    }
}
