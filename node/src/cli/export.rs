//! `export`: live rows of a kind as CSV or xlsx, all or as they are narrowed, complete or not at all.

use super::{Session, entity, filters};
use crate::app::Desk;
use crate::app::forms::{LIST_WORDS, cell};
use crate::store::ListQuery;
use crate::{NodeError, Result};
use clap::{Args, ValueEnum};
use pems_model::{Code, Entity, Row, Value};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Letters that a cell of a workbook takes.
const MOST_LETTERS: usize = 32_767;

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    entity: String,
    #[arg(long = "as", value_name = "KIND", default_value = "csv")]
    kind: Kind,
    /// Only records whose field has this value; may be repeated, all must hold. Learners are narrowed as in their list too: text,
    /// section, year, grade, status, sex, no_lrn=yes, missing_papers=yes, not_enrolled=yes, sort=grade.
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    filters: Vec<String>,
    /// Only records of this section: 7-Rizal (or Rizal, or its id).
    #[arg(long)]
    section: Option<String>,
    /// Only these columns, in this order; learners also have those of their list: name, age, grade, section, status...
    #[arg(long, value_delimiter = ',', value_name = "COLUMN,COLUMN")]
    columns: Vec<String>,
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Csv,
    Xlsx,
}

/// What is written: the names of the columns, and a text for each cell.
struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

pub(super) fn export(session: &Session, args: &ExportArgs) -> Result<()> {
    let declared = entity(&args.entity)?;
    let mut given = filters(&args.filters)?;
    given.extend(args.section.clone().map(|section| ("section".to_owned(), section)));
    let desk = &mut Desk::new(session.reader()?);
    let is_listed = declared.name == "student"
        && (!args.columns.is_empty() || given.iter().any(|(word, _)| LIST_WORDS.contains(&word.as_str())));
    let table =
        if is_listed { listed(desk, &given, &args.columns)? } else { stored(desk, declared, given, &args.columns)? };
    let bytes = match args.kind {
        Kind::Csv => crate::cells::csv(std::iter::once(&table.head).chain(&table.rows))?,
        Kind::Xlsx => xlsx(&table)?,
    };
    write_whole(&args.out, &bytes)?;
    session.out.object(&json!({ "rows": table.rows.len(), "out": args.out }));
    Ok(())
}

/// Learners as their list narrows, sorts and shows them; fields of the record narrow as well.
fn listed(desk: &mut Desk, given: &[(String, String)], columns: &[String]) -> Result<Table> {
    let student = entity("student")?;
    let (words, fields): (Vec<_>, Vec<_>) =
        given.iter().cloned().partition(|(word, _)| LIST_WORDS.contains(&word.as_str()));
    let query = desk.learner_query(&words)?;
    let head: Vec<String> =
        if columns.is_empty() { header(student).map(str::to_owned).collect() } else { columns.to_vec() };
    let shown: Vec<String> = head.iter().filter(|name| *name != "id").cloned().collect();
    let mut lines = desk.learner_lines(&query, &shown)?;
    if !fields.is_empty() {
        let all = ListQuery { filters: fields, limit: Some(usize::MAX >> 1), ..ListQuery::default() };
        let kept = desk.store.list("student", &all)?;
        let kept: std::collections::HashSet<String> = kept.iter().map(|row| row.id.to_string()).collect();
        lines.retain(|line| line.get("id").and_then(|id| id.as_str()).is_some_and(|id| kept.contains(id)));
    }
    let rows = lines.iter().map(|line| head.iter().map(|name| raw(line, name)).collect()).collect();
    Ok(Table { head, rows })
}

/// A value as it is stored, so that it can be imported again; a whole name as it is read.
fn raw(line: &serde_json::Map<String, serde_json::Value>, name: &str) -> String {
    match line.get(name) {
        Some(serde_json::Value::Bool(yes)) => yes.to_string(),
        Some(serde_json::Value::String(text)) => text.clone(),
        _ => cell(line, name),
    }
}

fn stored(
    desk: &mut Desk,
    declared: &'static Entity,
    given: Vec<(String, String)>,
    columns: &[String],
) -> Result<Table> {
    let mut all = Vec::with_capacity(given.len());
    for (field, value) in given {
        let is_section = field == "section" && declared.field_index("section").is_some();
        let value = if is_section { desk.section_called(&value, None)?.to_string() } else { value };
        all.push((field, value));
    }
    let query = ListQuery { filters: all, limit: Some(usize::MAX >> 1), ..ListQuery::default() };
    let rows = desk.store.list(declared.name, &query)?;
    let known: Vec<&str> = header(declared).collect();
    let head: Vec<String> =
        if columns.is_empty() { known.iter().map(|name| (*name).to_owned()).collect() } else { columns.to_vec() };
    let at = |name: &String| known.iter().position(|known| known == name);
    let places: Vec<usize> = head.iter().filter_map(at).collect();
    if let Some(unknown) = head.iter().find(|name| at(name).is_none()) {
        let message = format!("{} has no column '{unknown}'; it has {}", declared.label, known.join(", "));
        return Err(NodeError::new(Code::UnknownField, message));
    }
    let row = |row: &Row| {
        let cells: Vec<String> = cells(declared, row).collect();
        places.iter().map(|place| cells[*place].clone()).collect()
    };
    Ok(Table { head, rows: rows.iter().map(row).collect() })
}

/// Under another name first, so that a full disk leaves the old file or none.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    write_private(&part, bytes).and_then(|()| std::fs::rename(&part, path)).map_err(|error| {
        let _ = std::fs::remove_file(&part);
        NodeError::io("write", path, &error)
    })
}

/// For the owner alone: what is exported are records of children.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

fn header(entity: &'static Entity) -> impl Iterator<Item = &'static str> {
    std::iter::once("id").chain(entity.fields.iter().filter(|field| !field.secret).map(|field| field.name))
}

fn cells<'a>(entity: &'a Entity, row: &'a Row) -> impl Iterator<Item = String> + 'a {
    let shown = entity.fields.iter().zip(&row.values).filter(|(field, _)| !field.secret);
    std::iter::once(row.id.to_string()).chain(shown.map(|(_, value)| text(value)))
}

fn text(value: &Value) -> String {
    match value.to_json() {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Every cell is text, so that Excel keeps the zeros of an LRN.
fn xlsx(table: &Table) -> Result<Vec<u8>> {
    let failed =
        |error: rust_xlsxwriter::XlsxError| NodeError::new(Code::Internal, format!("cannot write xlsx: {error}"));
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (line, row) in (0_u32..).zip(std::iter::once(&table.head).chain(&table.rows)) {
        for (column, cell) in (0_u16..).zip(row) {
            // A logo is longer than a cell may be.
            let letters = cell.chars().count();
            let cut = (cell.encode_utf16().count() > MOST_LETTERS)
                .then(|| format!("(too long for a workbook: {letters} characters; export as CSV)"));
            let cell = cut.as_deref().unwrap_or(cell);
            sheet.write_string(line, column, cell).map_err(failed)?;
        }
    }
    workbook.save_to_buffer().map_err(failed)
}
