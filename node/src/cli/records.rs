//! `save`, `delete`, `list`, `search`, `undo`.

use super::{Session, entity};
use crate::domain::undo::take_back;
use crate::store::{ListQuery, Save, Saved};
use crate::{NodeError, Result};
use clap::Args;
use pems_model::{Code, Entity};
use serde_json::Value as Json;
use std::io::BufRead;
use std::path::PathBuf;
use std::process::ExitCode;
use uuid::Uuid;

/// Lines of standard input that are saved in one durable step: few enough to answer soon, many enough to be quick.
const LINES_A_STEP: usize = 500;
/// Longest line of standard input in bytes: one record is far smaller.
const LONGEST_LINE: usize = 1 << 20;

#[derive(Debug, Args)]
pub(super) struct SaveArgs {
    #[arg(required_unless_present = "from")]
    entity: Option<String>,
    /// A JSON object with the fields (and `id` to edit), or `-` for JSON lines on standard input.
    #[arg(default_value = "-")]
    record: String,
    /// All of standard input or nothing.
    #[arg(long)]
    atomic: bool,
    /// Put back what `rescue` saved at another office of the school.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["entity", "atomic"])]
    from: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct DeleteArgs {
    entity: String,
    id: Uuid,
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    entity: String,
    /// Only rows where the field has this value; may be repeated.
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    filters: Vec<String>,
    #[arg(long)]
    limit: Option<usize>,
    /// Deleted rows too.
    #[arg(long)]
    deleted: bool,
}

#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    entity: String,
    words: Vec<String>,
    #[arg(long, default_value_t = 50)]
    limit: usize,
}

#[derive(Debug, Args)]
pub(super) struct UndoArgs {
    /// The act: `batch` of an import.
    act: Uuid,
}

pub(super) fn save(session: &Session, args: &SaveArgs) -> Result<ExitCode> {
    if let Some(from) = &args.from {
        return super::rescue::put_back(session, from);
    }
    let entity = entity(args.entity.as_deref().unwrap_or_default())?;
    let mut store = session.store()?;
    if args.record != "-" {
        let saved = store.save(&parse(entity, &args.record, 1)?)?;
        session.out.object(&saved.row.to_json(entity));
        return Ok(ExitCode::SUCCESS);
    }
    let mut lines = std::io::stdin().lock();
    let mut saves = Vec::new();
    let (mut number, mut failed) = (0, false);
    while let Some(line) = read_line(&mut lines, &mut number)? {
        match line.and_then(|line| parse(entity, &line, number)) {
            Ok(save) => saves.push(save),
            Err(error) if args.atomic => return Err(error),
            Err(error) => {
                failed = true;
                session.out.error(&error);
            }
        }
        if !args.atomic && saves.len() == LINES_A_STEP {
            failed |= save_each(session, entity, &mut store, &std::mem::take(&mut saves))?;
        }
    }
    if args.atomic {
        let (_, saved) = store.save_all(&saves)?;
        saved.iter().for_each(|saved| show(session, entity, saved));
    } else {
        failed |= save_each(session, entity, &mut store, &saves)?;
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The next line that is not empty, or what is wrong with it. Never more of it in memory than a record can need.
fn read_line(input: &mut impl BufRead, number: &mut usize) -> Result<Option<Result<String>>> {
    let unreadable = |error| NodeError::new(Code::Io, format!("cannot read standard input: {error}"));
    loop {
        let mut bytes = Vec::new();
        let mut limited = std::io::Read::take(&mut *input, LONGEST_LINE as u64 + 1);
        limited.read_until(b'\n', &mut bytes).map_err(unreadable)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        *number += 1;
        if bytes.len() > LONGEST_LINE {
            let message = format!("line {number} is longer than {LONGEST_LINE} bytes; a record is one short line");
            if bytes.last() != Some(&b'\n') {
                input.skip_until(b'\n').map_err(unreadable)?;
            }
            return Ok(Some(Err(NodeError::new(Code::TooLarge, message))));
        }
        match String::from_utf8(bytes) {
            Ok(text) if text.trim().is_empty() => {}
            Ok(text) => return Ok(Some(Ok(text))),
            Err(_) => {
                let message = format!("line {number} is not UTF-8; save the file as UTF-8");
                return Ok(Some(Err(NodeError::new(Code::BadFile, message))));
            }
        }
    }
}

fn save_each(session: &Session, entity: &Entity, store: &mut crate::Store, saves: &[Save]) -> Result<bool> {
    let mut failed = false;
    for outcome in store.save_each(saves)? {
        match outcome {
            Ok(saved) => show(session, entity, &saved),
            Err(error) => {
                failed = true;
                session.out.error(&error);
            }
        }
    }
    Ok(failed)
}

fn show(session: &Session, entity: &Entity, saved: &Saved) {
    session.out.lines(&[saved.row.to_json(entity)]);
}

fn parse(entity: &Entity, text: &str, line: usize) -> Result<Save> {
    let wrong = |message: String| NodeError::new(Code::BadRequest, format!("line {line}: {message}"));
    let json: Json = serde_json::from_str(text).map_err(|error| wrong(format!("this is not JSON ({error})")))?;
    let Json::Object(fields) = json else { return Err(wrong("a record is a JSON object, {\"field\": value}".into())) };
    let id = match fields.get("id") {
        None => None,
        Some(Json::String(text)) => {
            Some(Uuid::parse_str(text).map_err(|_| wrong(format!("'{text}' is not an id (UUID)")))?)
        }
        Some(_) => return Err(wrong("an id is a text (UUID)".into())),
    };
    Ok(Save { entity: entity.name.into(), id, fields })
}

pub(super) fn delete(session: &Session, args: &DeleteArgs) -> Result<()> {
    let declared = entity(&args.entity)?;
    let saved = session.store()?.delete(declared.name, args.id)?;
    session.out.object(&saved.row.to_json(declared));
    Ok(())
}

pub(super) fn list(session: &Session, args: &ListArgs) -> Result<()> {
    let declared = entity(&args.entity)?;
    let filters = super::filters(&args.filters)?;
    let query = ListQuery { filters, limit: args.limit, deleted: args.deleted };
    let rows: Vec<Json> =
        session.reader()?.list(declared.name, &query)?.iter().map(|row| row.to_json(declared)).collect();
    session.out.lines(&rows);
    Ok(())
}

pub(super) fn search(session: &Session, args: &SearchArgs) -> Result<()> {
    let declared = entity(&args.entity)?;
    let found = session.reader()?.search(declared.name, &args.words.join(" "), args.limit)?;
    session.out.lines(&found.iter().map(|row| row.to_json(declared)).collect::<Vec<_>>());
    Ok(())
}

pub(super) fn undo(session: &Session, args: &UndoArgs) -> Result<()> {
    session.out.object(&take_back(&mut session.store()?, args.act)?);
    Ok(())
}
