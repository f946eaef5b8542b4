//! Bringing a school's existing lists in, offline: one CSV of any kind of record, or a OneRoster bundle.
//!
//! The way of a row: a *reader* ([`table`], [`bundle`]) makes records that know their file, line and column; a *mapper*
//! ([`csv_map`], [`oneroster`]) makes proposals of them; the *matcher* ([`matcher`]) finds out which record each proposal is
//! about; the batch is saved in one act, each record by the rules of its kind ([`crate::domain::listed`]). Another list is another reader and mapper, nothing else. LIS's register (SF1) is no
//! list to take over but one to reconcile with, and has a place of its own: [`lis`].
//!
//! Invariants: one batch is written whole or not at all; importing a file twice changes nothing the second time; an empty
//! cell never erases a value; nothing is repaired or merged on a guess: what is unsure is refused or listed. Two rows
//! of one file about one record are told before either counts ([`twice`]).

mod bundle;
mod capped;
mod clock;
mod csv_map;
mod dates;
mod grades;
mod headers;
mod known;
mod limits;
pub mod lis;
mod matcher;
mod oneroster;
mod people;
mod person_index;
mod phones;
mod progress;
mod proposal;
mod quotes;
mod report;
mod shown;
mod stays;
mod table;
mod text;
mod top;
mod twice;

pub use dates::DateOrder;
pub(crate) use dates::{proven_order, read as read_date};
pub(crate) use headers::{field as header_field, normal as normal_header};
pub use limits::Limits;
pub use progress::{Progress, Stage};
pub use report::{Counts, Duplicate, DuplicateKind, Refusal, Report};
pub(crate) use top::HEADER_WITHIN;

use crate::domain::listed;
use crate::log::events::{self, Imported};
use crate::store::{GiveWay, Save, Work, stops_everything};
use crate::{NodeError, Result, Store};
use known::Existing;
use pems_model::Code;
use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

/// What kind of file it is.
#[derive(Debug, Clone)]
pub enum Format {
    /// One file of records of one kind. `mapping` is `(column, field)` and overrides what the headers say.
    Csv { entity: String, mapping: Vec<(String, String)> },
    /// A OneRoster 1.1 or 1.2 bundle, or one of the School Data Sync dialects: a folder or a zip.
    OneRoster,
}

/// What to do with a row that has the name and birth date of somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// Leave it out and list it.
    #[default]
    Skip,
    /// List it and import it as a record of its own.
    Import,
}

#[derive(Debug, Clone)]
pub struct Options {
    pub format: Format,
    /// Do everything but write.
    pub dry_run: bool,
    /// Import what can be imported although rows are refused.
    pub skip_refused: bool,
    /// Which school of the bundle: its id there, identifier or name. Needed where there are several.
    pub school: Option<String>,
    /// `2026-2027`, where the bundle does not say.
    pub school_year: Option<String>,
    /// How to read `03/04/2010` where the file does not prove it.
    pub date_order: Option<DateOrder>,
    pub duplicates: Duplicates,
    pub limits: Limits,
    /// For whoever waits, and to stop it.
    pub progress: Arc<Progress>,
}

impl Options {
    /// The careful defaults: everything or nothing, suspected duplicates left out.
    pub fn new(format: Format) -> Options {
        Options {
            format,
            dry_run: false,
            skip_refused: false,
            school: None,
            school_year: None,
            date_order: None,
            duplicates: Duplicates::Skip,
            limits: Limits::OFFICE,
            progress: Arc::default(),
        }
    }
}

/// What is left of the limits while files are read.
struct Budget {
    limits: Limits,
    rows_left: u64,
    bytes_left: Rc<Cell<u64>>,
}

impl Budget {
    fn new(limits: Limits) -> Budget {
        Budget { limits, rows_left: limits.rows, bytes_left: Rc::new(Cell::new(limits.bytes)) }
    }

    fn rows_read(&self) -> u64 {
        self.limits.rows - self.rows_left
    }
}

/// Imports `source` into the store, or says what it would do.
///
/// # Errors
/// `bad_file`, `too_large` or `bad_usage` for what concerns the whole import, `rule` where somebody stopped it. What concerns a row is in the report.
pub fn run(store: &mut Store, source: &Path, options: &Options) -> Result<Report> {
    let began = store.now();
    let (kind, entity) = match &options.format {
        Format::Csv { entity, .. } => ("csv", store.declared(entity).ok().map(|entity| entity.name)),
        Format::OneRoster => ("oneroster", None),
    };
    let done = work_off(store, source, options);
    match &done {
        Ok(report) => {
            let (rows, new, changed, written) = (report.rows_read, report.new, report.changed, report.written);
            let refused = report.refused.iter().map(|one| one.code).collect();
            events::imported(&Imported { kind, entity, rows, new, changed, refused, written }, began, store.now());
        }
        Err(error) => events::not_imported(kind, error.code, began, store.now()),
    }
    done
}

fn work_off(store: &mut Store, source: &Path, options: &Options) -> Result<Report> {
    let mut budget = Budget::new(options.limits);
    let (saves, mut report) = {
        let mut known = Existing::new(store);
        match &options.format {
            Format::Csv { entity, mapping } => {
                listed::check(known.store(), known.store().declared(entity)?)?;
                let schema = known.store().schema();
                let names = |key: &str| csv_map::is_known(schema, entity, mapping, key);
                let table = bundle::single(source, &names, &mut budget)?;
                let mapped = csv_map::map(&table, entity, mapping, options, &mut known)?;
                matcher::resolve(mapped, known, options)?
            }
            Format::OneRoster => {
                let tables = bundle::open(source, &mut budget)?;
                let mapped = oneroster::map(&tables, options, &mut known)?;
                matcher::resolve(mapped, known, options)?
            }
        }
    };
    report.rows_read = budget.rows_read();
    report.dry_run = options.dry_run;
    let refused = !report.refused.is_empty() && !options.skip_refused;
    if refused || saves.is_empty() {
        return Ok(report);
    }
    if !options.dry_run {
        let (act, ()) = store.giving_way(|store, way| {
            options.progress.begin(Stage::Saving, saves.len());
            store.act(|work| write(work, &saves, &options.progress, way))
        })?;
        report.batch = Some(act);
        report.written = true;
    } else if is_tried(store, &options.format) {
        store.giving_way(|store, way| store.rehearse(|work| write(work, &saves, &options.progress, way)))?;
    }
    Ok(report)
}

fn is_tried(store: &Store, format: &Format) -> bool {
    matches!(format, Format::Csv { entity, .. } if store.declared(entity).is_ok_and(listed::is_tried))
}

/// All of it or nothing, each record by the rules of its kind. Where somebody at the desk waits to save, nothing for now.
fn write(work: &mut Work<'_, '_>, saves: &[Wanted], progress: &Progress, way: &GiveWay) -> Result<()> {
    for row in saves {
        progress.step()?;
        way.check()?;
        listed::save(work, &row.save).map_err(|error| at_line(row, error))?;
    }
    Ok(())
}

/// A rule that looks at several records speaks last, of one row of one file.
fn at_line(row: &Wanted, error: NodeError) -> NodeError {
    if stops_everything(error.code) {
        return error;
    }
    let mut details = error.details.unwrap_or_else(|| serde_json::json!({}));
    details["file"] = (*row.file).into();
    details["row"] = row.line.into();
    let message = format!("{}, line {}: {}; nothing was imported", row.file, row.line, error.message);
    NodeError::new(error.code, message).with_details(details)
}

/// What is to be saved, and the row that says so.
struct Wanted {
    save: Save,
    file: Rc<str>,
    line: u64,
}

fn bad_file(file: &str, why: String) -> NodeError {
    NodeError::new(Code::BadFile, format!("{file}: {why}")).with_details(serde_json::json!({ "file": file }))
}
