//! What a person calls a record and its values: names instead of ids. Derived from the declarations, for every kind of record.

use crate::{Result, Store};
use pems_model::{Entity, Kind, Row, Value};
use serde_json::Value as Json;
use uuid::Uuid;

/// A membership hangs on an enrolment, which hangs on a learner and a year: deeper than this no record is told by its parents.
const DEEPEST: usize = 3;

/// A record as a list shows it: `Dela Cruz, Juan Reyes`, `7 Rizal`, `Dela Cruz, Juan · 2026-2027`. Deleted ones too; the label
/// of the kind where the record never arrived here.
///
/// # Errors
/// If SQLite fails.
pub(crate) fn record_name(store: &Store, entity: &Entity, id: Uuid) -> Result<String> {
    named(store, entity, id, DEEPEST)
}

fn named(store: &Store, entity: &Entity, id: Uuid, depth: usize) -> Result<String> {
    match store.get(entity.name, id)? {
        Some(row) => name_of(store, entity, &row, depth),
        None => Ok(entity.label.to_owned()),
    }
}

fn name_of(store: &Store, entity: &Entity, row: &Row, depth: usize) -> Result<String> {
    let text = |name: &str| row.get(entity, name).as_text().unwrap_or_default().to_owned();
    if entity.field_index("last_name").is_some() {
        let rest = ["first_name", "middle_name", "name_ext"].map(text);
        let rest: Vec<_> = rest.iter().filter(|part| !part.is_empty()).map(String::as_str).collect();
        return Ok(format!("{}, {}", text("last_name"), rest.join(" ")));
    }
    if entity.field_index("name").is_some() {
        let parts = [text("grade_level"), text("name")];
        return Ok(parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" "));
    }
    let links =
        entity.fields.iter().filter(|field| matches!(field.kind, Kind::Link(_))).map(|field| field.name).take(1);
    let key: Vec<&str> = if entity.natural_key.is_empty() { links.collect() } else { entity.natural_key.to_vec() };
    let mut parts = Vec::new();
    for name in key {
        let Some(i) = entity.field_index(name) else { continue };
        if let Some(words) = value_words(store, entity.fields[i].kind, &row.values[i].to_json(), depth)? {
            parts.push(words);
        }
    }
    Ok(if parts.is_empty() { entity.label.to_owned() } else { parts.join(" · ") })
}

/// A value as text: the names of linked records; dates, moments, choices and flags in the one form that screens put into words.
/// `None` for nothing.
fn value_words(store: &Store, kind: Kind, value: &Json, depth: usize) -> Result<Option<String>> {
    if let (Kind::Link(to), Some(id)) = (kind, value.as_str().and_then(|text| Uuid::parse_str(text).ok())) {
        let Some(target) = store.schema().entity(to).filter(|_| depth > 0) else { return Ok(None) };
        return named(store, target, id, depth - 1).map(Some);
    }
    Ok(match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    })
}

/// As [`value_words`], for a field of a record.
pub(crate) fn field_words(store: &Store, kind: Kind, value: &Json) -> Result<Option<String>> {
    value_words(store, kind, value, DEEPEST)
}

/// How the screen is to put a value of this kind: `date`, `time`, `flag`, `choice` or `text`.
pub(crate) fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::Date => "date",
        Kind::Time => "time",
        Kind::Bool => "flag",
        Kind::Choice(_) => "choice",
        _ => "text",
    }
}

/// Who a user id is; none for nobody and for strangers.
///
/// # Errors
/// If SQLite fails.
pub(crate) fn user_name(store: &Store, id: Option<Uuid>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    let entity = store.declared("school_user")?;
    Ok(store.get("school_user", id)?.and_then(|row| match row.get(entity, "name") {
        Value::Text(name) => Some(name.clone()),
        _ => None,
    }))
}
