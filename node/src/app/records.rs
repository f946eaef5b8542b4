//! Records as such, for screens that need no more of them: read, found and saved one by one. The rules are checked by the store
//! alone; this only names the request. A record that is more than its fields is refused by the store as from anybody else.

use super::Desk;
use crate::app::api::{Found, MAX_ROWS, Request, SavedRow};
use crate::store::{ListQuery, Save};
use crate::{NodeError, Result, Store};
use pems_model::{Code, Entity, Row};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

/// Answers one request.
///
/// # Errors
/// What the store refused, with its stable code; nothing is written then.
pub(super) fn handle(desk: &mut Desk, request: Request) -> Result<Json> {
    refuse_secrets(&request)?;
    let store = &mut desk.store;
    match request {
        Request::Status => answer(&desk.sync_summary()?),
        Request::Search { entity, text, limit, fields } => {
            let rows = store.search(&entity, &text, limit.min(MAX_ROWS) + 1)?;
            found(store, &entity, rows, limit, fields.as_deref())
        }
        Request::List { entity, limit, fields } => {
            let query = ListQuery { limit: Some(limit.min(MAX_ROWS) + 1), ..ListQuery::default() };
            let rows = store.list(&entity, &query)?;
            found(store, &entity, rows, limit, fields.as_deref())
        }
        Request::Get { entity, id } => {
            let row = store.get(&entity, id)?;
            let declared = store.declared(&entity)?;
            let missing = || NodeError::new(Code::NotFound, format!("there is no {} with the id {id}", declared.label));
            Ok(row.ok_or_else(missing)?.to_json(declared))
        }
        Request::Save { entity, id, fields } => {
            let save = Save { entity: entity.clone(), id, fields };
            let (act, saved) = store.act(|work| work.save(&save))?;
            let answer = saved_row(store, &entity, &saved)?;
            desk.did_to(act, &saved, &entity);
            Ok(answer)
        }
        Request::Delete { entity, id } => {
            let (act, saved) = store.act(|work| work.delete(&entity, id))?;
            let answer = saved_row(store, &entity, &saved)?;
            desk.did_to(act, &saved, &entity);
            Ok(answer)
        }
    }
}

/// What a password is checked against never reaches a window, and review items may hold values of any record.
fn refuse_secrets(request: &Request) -> Result<()> {
    match request {
        Request::Search { entity, .. } | Request::List { entity, .. } | Request::Get { entity, .. }
            if entity == "school_user" =>
        {
            Err(NodeError::new(Code::BadRequest, "users are not read as records; ask for them by their own questions"))
        }
        Request::Search { entity, .. } | Request::List { entity, .. } | Request::Get { entity, .. }
            if entity == "review_item" =>
        {
            Err(NodeError::new(
                Code::BadRequest,
                "what needs somebody is read and settled by needs.list and needs.resolve",
            ))
        }
        _ => Ok(()),
    }
}

fn answer(value: &impl Serialize) -> Result<Json> {
    serde_json::to_value(value).map_err(|error| NodeError::new(Code::Internal, error.to_string()))
}

fn found(store: &Store, name: &str, mut rows: Vec<Row>, limit: usize, fields: Option<&[String]>) -> Result<Json> {
    let entity = store.declared(name)?;
    if let Some(unknown) = fields.into_iter().flatten().find(|field| entity.field_index(field).is_none()) {
        return Err(NodeError::new(Code::UnknownField, format!("{} has no field '{unknown}'", entity.label)));
    }
    let limit = limit.min(MAX_ROWS);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let rows = rows.iter().map(|row| fields.map_or_else(|| row.to_json(entity), |some| narrow(entity, row, some)));
    answer(&Found { rows: rows.collect(), more, total: store.count(name)? })
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

fn saved_row(store: &Store, entity: &str, saved: &crate::store::Saved) -> Result<Json> {
    let row = saved.row.to_json(store.declared(entity)?);
    answer(&SavedRow { row, changed: saved.changed, created: saved.created })
}

#[cfg(test)]
mod tests;
