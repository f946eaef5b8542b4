//! What support needs to know of this PC, as a zip of texts that anybody can read before sending it: `report.json`, and the files
//! of the log as they are.
//!
//! Invariant: nothing of a person, of the school or of this PC's folders is in it: versions, counts and codes alone. The tests
//! seed names and numbers and look for them in its bytes.

use super::sync;
use crate::app::Desk;
use crate::app::request::{May, Request};
use crate::{NodeError, Result, Store, log};
use pems_model::value::format_date;
use pems_model::{Act, Code};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::io::{Cursor, Write};
use std::path::Path;
use ts_rs::TS;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What the records say, counted.
const REPORT: &str = "report.json";

/// Where the file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Bundle {
    pub path: String,
}

pub(super) fn write(desk: &mut Desk) -> Result<Bundle> {
    let folder = desk.store.file().map(|file| file.folder().to_owned());
    let bytes = packed(&content(desk)?, folder.as_deref())?;
    let title = format!("PEMS support {}", format_date(desk.today()));
    let path = desk.printed.write(&title, "zip", &bytes)?;
    Ok(Bundle { path: path.display().to_string() })
}

/// The file for support of the office in `data_dir`, as bytes. Where its records do not open it says why, which is when it is wanted most.
///
/// # Errors
/// If it cannot be put together.
pub(crate) fn of_office(data_dir: &Path, opened: Result<Store>) -> Result<Vec<u8>> {
    let content = opened.and_then(|store| content(&Desk::new(store)));
    let report = content.unwrap_or_else(|error| {
        json!({ "app": env!("CARGO_PKG_VERSION"), "system": std::env::consts::OS, "settings": settings(), "not_opened": error.code.text() })
    });
    packed(&report, Some(data_dir))
}

fn packed(report: &Json, data_dir: Option<&Path>) -> Result<Vec<u8>> {
    let text = serde_json::to_vec_pretty(report).map_err(|error| unwritable(&error))?;
    let logs = data_dir.map(log::all).unwrap_or_default();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in std::iter::once((REPORT.to_owned(), text)).chain(logs) {
        zip.start_file(name, SimpleFileOptions::default()).map_err(|error| unwritable(&error))?;
        zip.write_all(&bytes).map_err(|error| unwritable(&error))?;
    }
    Ok(zip.finish().map_err(|error| unwritable(&error))?.into_inner())
}

fn unwritable(error: &dyn std::error::Error) -> NodeError {
    NodeError::new(Code::Internal, format!("the file for support cannot be put together: {error}; try again"))
}

/// How this PC is set, as far as that is no path and no key.
fn settings() -> Json {
    json!({ "log": log::status().map(|status| status.level.name()) })
}

fn content(desk: &Desk) -> Result<Json> {
    let details = sync::details(desk)?;
    let pending: Map<String, Json> = details.pending.iter().map(|one| (one.entity.clone(), json!(one.count))).collect();
    Ok(json!({
        "app": details.app_version,
        "system": std::env::consts::OS,
        "settings": settings(),
        "schema": details.schema,
        "role": details.device_role,
        "sample": details.sample,
        "pending": pending,
        "oldest": details.oldest,
        "parked": details.parked,
        "damaged": details.damaged,
        "trouble": details.trouble.map(|trouble| trouble.code),
        "review": details.review,
        "last_contact": details.last_contact,
        "clock_offset_seconds": details.clock_offset,
        "revision": details.rev,
        "digest": details.digest,
        "diverged": details.diverged,
        "records": records(desk)?,
        "changes": changes(desk)?,
    }))
}

/// How many records there are of each kind.
fn records(desk: &Desk) -> Result<Map<String, Json>> {
    let mut counts = Map::new();
    for entity in desk.store.schema().entities() {
        counts.insert(entity.name.to_owned(), json!(desk.store.count(entity.name)?));
    }
    Ok(counts)
}

/// What became of this PC's changes: how many, by state and the code of a refusal.
fn changes(desk: &Desk) -> Result<Vec<Json>> {
    let sql = "SELECT state, entity, CASE WHEN json_valid(outcome) THEN json_extract(outcome, '$.code') END, count(*)
               FROM op GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
    let mut statement = desk.store.conn().prepare_cached(sql)?;
    let read = |row: &rusqlite::Row<'_>| {
        let (state, entity): (String, String) = (row.get(0)?, row.get(1)?);
        let (code, count): (Option<String>, i64) = (row.get(2)?, row.get(3)?);
        Ok(json!({ "state": state, "entity": entity, "code": code, "count": count }))
    };
    Ok(statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Files what support needs to know, without anything about people.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct MakeBundle {}

impl Request<Desk> for MakeBundle {
    const NAME: &'static str = "review.bundle";
    const ACCESS: May = May::See(Act::SeeClasses);
    type Answer = Bundle;

    fn run(self, desk: &mut Desk) -> Result<Bundle> {
        write(desk)
    }
}
