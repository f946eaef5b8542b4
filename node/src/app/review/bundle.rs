//! What support needs to know of this PC, as a file that anybody can read before sending it.
//!
//! Invariant: nothing of a person, of the school or of this PC's folders is in it: versions, counts and codes alone. The tests
//! seed names and numbers and look for them in its bytes.

use super::sync;
use crate::Result;
use crate::app::Desk;
use crate::app::request::{May, Request};
use pems_model::Act;
use pems_model::value::format_date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use ts_rs::TS;

/// Where the file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Bundle {
    pub path: String,
}

pub(super) fn write(desk: &mut Desk) -> Result<Bundle> {
    let text = serde_json::to_string_pretty(&content(desk)?).unwrap_or_default();
    let title = format!("PEMS support {}", format_date(desk.today()));
    let path = desk.printed.write(&title, "json", text.as_bytes())?;
    Ok(Bundle { path: path.display().to_string() })
}

fn content(desk: &Desk) -> Result<Json> {
    let details = sync::details(desk)?;
    let pending: Map<String, Json> = details.pending.iter().map(|one| (one.entity.clone(), json!(one.count))).collect();
    Ok(json!({
        "app": details.app_version,
        "system": std::env::consts::OS,
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
