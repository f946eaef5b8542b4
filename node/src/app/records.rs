//! Records as such, for screens that need no more of them: read, found and saved one by one. The rules are checked by the store
//! alone; this only names the request. A record that is more than its fields is refused by the store as from anybody else.

use super::Desk;
use super::request::{May, Request};
use crate::store::{ListQuery, Save, SyncSummary};
use crate::{NodeError, Result, Store};
use pems_model::{Act, Code, Entity, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use ts_rs::TS;
use uuid::Uuid;

/// Most rows of one answer. The largest school of the country has 17,167 learners; a screen asks for far fewer.
pub const MAX_ROWS: usize = 20_000;

/// Rows for a screen.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Found {
    #[ts(type = "Record<string, unknown>[]")]
    pub rows: Vec<Json>,
    /// Whether there are more than `limit`.
    pub more: bool,
    /// How many live rows the entity has, found or not.
    pub total: i64,
}

/// A row as it is after a save.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SavedRow {
    #[ts(type = "Record<string, unknown>")]
    pub row: Json,
    pub changed: bool,
    pub created: bool,
}

/// How the office stands with the hub. Asked also while nobody is signed in.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Status {}

impl Request<Desk> for Status {
    const NAME: &'static str = "status";
    const ACCESS: May = May::Always;
    type Answer = SyncSummary;

    fn run(self, desk: &mut Desk) -> Result<SyncSummary> {
        desk.sync_summary()
    }
}

/// Rows that have every word of `text`, folded, in the order of their search key.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Search {
    entity: String,
    text: String,
    limit: usize,
    /// The fields that the screen shows; all of them where it does not say.
    #[serde(default)]
    #[ts(optional)]
    fields: Option<Vec<String>>,
}

impl Request<Desk> for Search {
    const NAME: &'static str = "search";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = Found;

    fn run(self, desk: &mut Desk) -> Result<Found> {
        let Search { entity, text, limit, fields } = self;
        refuse_secrets(&entity)?;
        let rows = desk.store.search(&entity, &text, limit.min(MAX_ROWS) + 1)?;
        found(&desk.store, &entity, rows, limit, fields.as_deref())
    }
}

/// Rows in the order in which they were made.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct List {
    entity: String,
    limit: usize,
    #[serde(default)]
    #[ts(optional)]
    fields: Option<Vec<String>>,
}

impl Request<Desk> for List {
    const NAME: &'static str = "list";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = Found;

    fn run(self, desk: &mut Desk) -> Result<Found> {
        let List { entity, limit, fields } = self;
        refuse_secrets(&entity)?;
        let query = ListQuery { limit: Some(limit.min(MAX_ROWS) + 1), ..ListQuery::default() };
        let rows = desk.store.list(&entity, &query)?;
        found(&desk.store, &entity, rows, limit, fields.as_deref())
    }
}

/// One row, tombstones included.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct Get {
    entity: String,
    #[ts(type = "string")]
    id: Uuid,
}

impl Request<Desk> for Get {
    const NAME: &'static str = "get";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = AnyRow;

    fn run(self, desk: &mut Desk) -> Result<AnyRow> {
        let Get { entity, id } = self;
        refuse_secrets(&entity)?;
        let row = desk.store.get(&entity, id)?;
        let declared = desk.store.declared(&entity)?;
        let missing = || NodeError::new(Code::NotFound, format!("there is no {} with the id {id}", declared.label));
        Ok(AnyRow(row.ok_or_else(missing)?.to_json(declared)))
    }
}

/// With `id` it edits, without it creates.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct SaveRow {
    entity: String,
    #[serde(default)]
    #[ts(optional, type = "string")]
    id: Option<Uuid>,
    #[ts(type = "Record<string, unknown>")]
    fields: Map<String, Json>,
}

impl Request<Desk> for SaveRow {
    const NAME: &'static str = "save";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = SavedRow;

    fn run(self, desk: &mut Desk) -> Result<SavedRow> {
        let SaveRow { entity, id, fields } = self;
        let save = Save { entity: entity.clone(), id, fields };
        let (act, saved) = desk.store.act(|work| work.save(&save))?;
        let answer = saved_row(&desk.store, &entity, &saved)?;
        desk.did_to(act, &saved, &entity);
        Ok(answer)
    }
}

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(in crate::app) struct DeleteRow {
    entity: String,
    #[ts(type = "string")]
    id: Uuid,
}

impl Request<Desk> for DeleteRow {
    const NAME: &'static str = "delete";
    const ACCESS: May = May::See(Act::SeeRecords);
    type Answer = SavedRow;

    fn run(self, desk: &mut Desk) -> Result<SavedRow> {
        let DeleteRow { entity, id } = self;
        let (act, saved) = desk.store.act(|work| work.delete(&entity, id))?;
        let answer = saved_row(&desk.store, &entity, &saved)?;
        desk.did_to(act, &saved, &entity);
        Ok(answer)
    }
}

/// One row, with the fields of its kind.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(transparent)]
pub struct AnyRow(#[ts(type = "Record<string, unknown>")] Json);

/// What a password is checked against never reaches a window, and review items may hold values of any record.
fn refuse_secrets(entity: &str) -> Result<()> {
    let message = match entity {
        "school_user" => "users are not read as records; ask for them by their own questions",
        "review_item" => "what needs somebody is read and settled by review.list and review.resolve",
        _ => return Ok(()),
    };
    Err(NodeError::new(Code::BadRequest, message))
}

fn found(store: &Store, name: &str, mut rows: Vec<Row>, limit: usize, fields: Option<&[String]>) -> Result<Found> {
    let entity = store.declared(name)?;
    if let Some(unknown) = fields.into_iter().flatten().find(|field| entity.field_index(field).is_none()) {
        return Err(NodeError::new(Code::UnknownField, format!("{} has no field '{unknown}'", entity.label)));
    }
    let limit = limit.min(MAX_ROWS);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let rows = rows.iter().map(|row| fields.map_or_else(|| row.to_json(entity), |some| narrow(entity, row, some)));
    Ok(Found { rows: rows.collect(), more, total: store.count(name)? })
}

/// Only what a list shows: a learner has 25 fields, a line of a list five.
fn narrow(entity: &Entity, row: &Row, fields: &[String]) -> Json {
    let mut object = Map::from_iter([("id".to_owned(), json!(row.id))]);
    for field in fields {
        let value = row.get(entity, field);
        if !value.is_null() {
            object.insert(field.clone(), value.to_json());
        }
    }
    Json::Object(object)
}

fn saved_row(store: &Store, entity: &str, saved: &crate::store::Saved) -> Result<SavedRow> {
    let row = saved.row.to_json(store.declared(entity)?);
    Ok(SavedRow { row, changed: saved.changed, created: saved.created })
}

#[cfg(test)]
mod tests;
