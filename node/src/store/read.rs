//! Reading: one row, lists by field, and the search box.

use super::{Store, entity, rows};
use crate::{NodeError, Result};
use pems_model::{Code, Kind, Row, Value, fold};
use rusqlite::types::Value as Sql;
use serde_json::Value as Json;
use uuid::Uuid;

/// Most rows that one call returns unless it asks for more.
const DEFAULT_LIMIT: usize = 1_000;

/// Which rows of an entity to list.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// `(field, value)`: equal, as text; all must hold.
    pub filters: Vec<(String, String)>,
    /// `None` for [`DEFAULT_LIMIT`].
    pub limit: Option<usize>,
    /// Tombstones too.
    pub deleted: bool,
}

impl Store {
    /// One row, tombstones included.
    ///
    /// # Errors
    /// If there is no such entity, or SQLite fails.
    pub fn get(&self, entity_name: &str, id: Uuid) -> Result<Option<Row>> {
        rows::load(&self.conn, entity(self.schema, entity_name)?, id)
    }

    /// Rows in the order in which they were made.
    ///
    /// # Errors
    /// For a field that the entity does not have, or a value that the field cannot have.
    pub fn list(&self, entity_name: &str, query: &ListQuery) -> Result<Vec<Row>> {
        let declared = entity(self.schema, entity_name)?;
        let mut conditions = vec![if query.deleted { "1" } else { "deleted_at IS NULL" }.to_owned()];
        let mut bound: Vec<Sql> = Vec::new();
        for (name, text) in &query.filters {
            let value = if name == "id" {
                Value::Id(Uuid::parse_str(text).map_err(|_| NodeError::new(Code::BadFormat, "an id is a UUID"))?)
            } else {
                let i = declared.field_index(name).ok_or_else(|| {
                    NodeError::new(Code::UnknownField, format!("{} has no field '{name}'", declared.label))
                })?;
                Value::parse(&declared.fields[i], &as_json(declared.fields[i].kind, text))?
            };
            bound.push(rows::to_sql(&value));
            conditions.push(format!("{name} IS ?{}", bound.len()));
        }
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
        let sql = format!("{} WHERE {} ORDER BY id LIMIT {limit}", rows::select(declared), conditions.join(" AND "));
        rows::all(&self.conn, declared, &sql, rusqlite::params_from_iter(bound))
    }

    /// Live rows that link to the row `id` by their field `link`. `order` is SQL of our own, never anybody's input.
    pub(crate) fn linked(&self, entity_name: &str, link: &str, id: Uuid, order: &str) -> Result<Vec<Row>> {
        let declared = entity(self.schema, entity_name)?;
        let sql = format!("{} WHERE {link} = ?1 AND deleted_at IS NULL ORDER BY {order}", rows::select(declared));
        rows::all(&self.conn, declared, &sql, [id.as_bytes()])
    }

    /// Live rows that have every word of `text` in their searched fields, spelling folded (`delacruz` finds `Dela Cruz`).
    ///
    /// # Errors
    /// If the entity is not searched, or SQLite fails.
    pub fn search(&self, entity_name: &str, text: &str, limit: usize) -> Result<Vec<Row>> {
        let declared = entity(self.schema, entity_name)?;
        if !declared.is_searched() {
            return Err(NodeError::new(
                Code::BadUsage,
                format!("{} records have no search; list them", declared.label),
            ));
        }
        let mut conditions = String::new();
        let mut bound: Vec<String> = Vec::new();
        for word in fold::fold(text).split(' ').filter(|word| !word.is_empty()) {
            bound.push(word.to_owned());
            let n = bound.len();
            conditions
                .push_str(&format!(" AND (instr(search_key, ?{n}) OR instr(replace(search_key, ' ', ''), ?{n}))"));
        }
        let sql = format!(
            "{} WHERE deleted_at IS NULL{conditions} ORDER BY search_key LIMIT {limit}",
            rows::select(declared)
        );
        rows::all(&self.conn, declared, &sql, rusqlite::params_from_iter(bound))
    }

    /// How many live rows an entity has.
    ///
    /// # Errors
    /// If there is no such entity, or SQLite fails.
    pub fn count(&self, entity_name: &str) -> Result<i64> {
        rows::count(&self.conn, entity(self.schema, entity_name)?)
    }
}

/// The JSON that a text from a command line or a file stands for, by the kind of its field.
pub(crate) fn as_json(kind: Kind, text: &str) -> Json {
    let plain = text.trim();
    match kind {
        Kind::Int { .. } => match plain.parse::<i64>() {
            Ok(int) => Json::from(int),
            // As it was typed; what is wrong with it is said where it is checked.
            Err(_) => Json::from(text),
        },
        Kind::Bool => match plain.to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "1" => Json::Bool(true),
            "false" | "no" | "n" | "0" => Json::Bool(false),
            "" => Json::Null,
            _ => Json::from(text),
        },
        _ => Json::from(text),
    }
}
