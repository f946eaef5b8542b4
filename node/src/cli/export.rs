//! `export`: all live rows of a kind as CSV or xlsx, complete or not at all.

use super::{Session, entity};
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
    #[arg(long)]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Csv,
    Xlsx,
}

pub(super) fn export(session: &Session, args: &ExportArgs) -> Result<()> {
    let declared = entity(&args.entity)?;
    let rows =
        session.store()?.list(declared.name, &ListQuery { limit: Some(usize::MAX >> 1), ..ListQuery::default() })?;
    let bytes = match args.kind {
        Kind::Csv => csv(declared, &rows)?,
        Kind::Xlsx => xlsx(declared, &rows)?,
    };
    write_whole(&args.out, &bytes)?;
    session.out.object(&json!({ "rows": rows.len(), "out": args.out }));
    Ok(())
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

fn header(entity: &Entity) -> impl Iterator<Item = &'static str> {
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

fn csv(entity: &Entity, rows: &[Row]) -> Result<Vec<u8>> {
    let header: Vec<String> = header(entity).map(str::to_owned).collect();
    let rows = rows.iter().map(|row| cells(entity, row).collect());
    crate::cells::csv(std::iter::once(header).chain(rows))
}

/// Every cell is text, so that Excel keeps the zeros of an LRN.
fn xlsx(entity: &Entity, rows: &[Row]) -> Result<Vec<u8>> {
    let failed =
        |error: rust_xlsxwriter::XlsxError| NodeError::new(Code::Internal, format!("cannot write xlsx: {error}"));
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in (0_u16..).zip(header(entity)) {
        sheet.write_string(0, column, name).map_err(failed)?;
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (column, mut cell) in (0_u16..).zip(cells(entity, row)) {
            // A logo is longer than a cell may be.
            if cell.encode_utf16().count() > MOST_LETTERS {
                cell = format!("(too long for a workbook: {} characters; export as CSV)", cell.chars().count());
            }
            sheet.write_string(line, column, cell).map_err(failed)?;
        }
    }
    workbook.save_to_buffer().map_err(failed)
}
