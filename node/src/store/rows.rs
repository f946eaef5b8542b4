//! Rows in and out of SQLite, for any entity. The only SQL text that is put together from declarations.

use crate::{NodeError, Result};
use pems_model::{Code, Entity, Kind, Row, Value, ddl::sqlite};
use rusqlite::types::{ToSqlOutput, Value as Sql, ValueRef};
use rusqlite::{Connection, OptionalExtension, ToSql};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// A value as SQLite keeps it: ids as blobs, dates and moments as integers.
pub(super) fn to_sql(value: &Value) -> Sql {
    match value {
        Value::Null => Sql::Null,
        Value::Text(text) => Sql::Text(text.clone()),
        Value::Int(int) => Sql::Integer(*int),
        Value::Bool(flag) => Sql::Integer(i64::from(*flag)),
        Value::Date(days) => Sql::Integer(i64::from(*days)),
        Value::Time(micros) => Sql::Integer(*micros),
        Value::Id(id) => Sql::Blob(id.as_bytes().to_vec()),
    }
}

/// As [`to_sql`], without copying: first syncs write hundreds of thousands of these.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self.0 {
            Value::Null => ValueRef::Null,
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Int(int) => ValueRef::Integer(*int),
            Value::Bool(flag) => ValueRef::Integer(i64::from(*flag)),
            Value::Date(days) => ValueRef::Integer(i64::from(*days)),
            Value::Time(micros) => ValueRef::Integer(*micros),
            Value::Id(id) => ValueRef::Blob(id.as_bytes()),
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

/// `None` for a value that no field of this kind has.
pub(super) fn from_sql(kind: Kind, value: ValueRef<'_>) -> Option<Value> {
    Some(match (kind, value) {
        (_, ValueRef::Null) => Value::Null,
        (Kind::Int { .. }, ValueRef::Integer(int)) => Value::Int(int),
        (Kind::Bool, ValueRef::Integer(int)) => Value::Bool(int != 0),
        (Kind::Date, ValueRef::Integer(int)) => Value::Date(i32::try_from(int).ok()?),
        (Kind::Time, ValueRef::Integer(int)) => Value::Time(int),
        (Kind::Link(_) | Kind::Id, ValueRef::Blob(bytes)) => return whole(Uuid::from_slice(bytes)).map(Value::Id),
        (_, ValueRef::Text(bytes)) => Value::Text(whole(std::str::from_utf8(bytes))?.to_owned()),
        _ => return None,
    })
}

/// What was read, unless it is damaged, which whoever asked says.
fn whole<T, E>(read: std::result::Result<T, E>) -> Option<T> {
    read.ok()
}

/// `SELECT` list of an entity, to be read back with [`read`].
pub(super) fn select(entity: &Entity) -> String {
    format!("{} FROM {}", selected(entity), entity.name)
}

/// [`select`] without its table, so that more can be asked for.
pub(super) fn selected(entity: &Entity) -> String {
    let fields: Vec<&str> = entity.fields.iter().map(|field| field.name).collect();
    format!("SELECT id, rev, deleted_at, {}", fields.join(", "))
}

pub(super) fn read(entity: &Entity, row: &rusqlite::Row<'_>) -> Result<Row> {
    let id = match row.get_ref(0)? {
        ValueRef::Blob(bytes) => whole(Uuid::from_slice(bytes)),
        _ => None,
    };
    let Some(id) = id else { return Err(damaged(entity, "id", None)) };
    let mut values = Vec::with_capacity(entity.fields.len());
    for (i, field) in entity.fields.iter().enumerate() {
        let value = from_sql(field.kind, row.get_ref(i + 3)?);
        values.push(value.ok_or_else(|| damaged(entity, field.name, Some(id)))?);
    }
    Ok(Row { id, rev: row.get(1)?, deleted_at: row.get(2)?, values })
}

/// What of which record cannot be read.
fn damaged(entity: &Entity, what: &str, id: Option<Uuid>) -> NodeError {
    let which = id.map_or_else(String::new, |id| format!(" {id}"));
    let message = format!(
        "{what} of {} ({}){which} is damaged in the records file; keep the file, save what was not sent with `pems-node rescue`, and put a copy back or enrol this PC again in a new folder",
        entity.label, entity.name
    );
    NodeError::new(Code::StoreCorrupt, message)
}

pub(super) fn load(conn: &Connection, entity: &Entity, id: Uuid) -> Result<Option<Row>> {
    let mut statement = conn.prepare_cached(&format!("{} WHERE id = ?1", select(entity)))?;
    load_with(&mut statement, entity, id)
}

/// [`load`] with its statement at hand.
pub(super) fn load_with(statement: &mut rusqlite::Statement<'_>, entity: &Entity, id: Uuid) -> Result<Option<Row>> {
    let mut rows = statement.query([id.as_bytes()])?;
    rows.next()?.map(|row| read(entity, row)).transpose()
}

/// Whether there is such a row and it is not deleted, without reading it: an import asks for every link of every row.
pub(super) fn is_live(conn: &Connection, entity: &Entity, id: Uuid) -> Result<bool> {
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {} WHERE id = ?1 AND deleted_at IS NULL)", entity.name);
    Ok(conn.prepare_cached(&sql)?.query_row([id.as_bytes()], |row| row.get(0))?)
}

/// The rows of a query that begins with [`select`].
pub(super) fn all(conn: &Connection, entity: &Entity, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Row>> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut found = statement.query(params)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(read(entity, row)?);
    }
    Ok(rows)
}

/// The statement that writes a whole row: inserts it or replaces every column.
pub(super) fn upsert_sql(entity: &Entity) -> String {
    let columns = sqlite::columns(entity);
    let marks: Vec<String> = (1..=columns.len()).map(|i| format!("?{i}")).collect();
    let sets: Vec<String> = columns[1..].iter().map(|c| format!("{c} = excluded.{c}")).collect();
    format!(
        "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {}",
        entity.name,
        columns.join(", "),
        marks.join(", "),
        sets.join(", ")
    )
}

/// Binds a row to [`upsert_sql`] (or an insert of the same columns) and runs it.
pub(super) fn write_with(statement: &mut rusqlite::Statement<'_>, entity: &Entity, row: &Row) -> Result<()> {
    statement.raw_bind_parameter(1, row.id.as_bytes())?;
    statement.raw_bind_parameter(2, row.rev)?;
    statement.raw_bind_parameter(3, row.deleted_at)?;
    for (i, value) in row.values.iter().enumerate() {
        statement.raw_bind_parameter(i + 4, Bound(value))?;
    }
    if entity.is_searched() {
        statement.raw_bind_parameter(row.values.len() + 4, row.search_key(entity))?;
    }
    statement.raw_execute()?;
    Ok(())
}

pub(super) fn write(conn: &Connection, entity: &Entity, row: &Row) -> Result<()> {
    let mut statement = conn.prepare_cached(&upsert_sql(entity))?;
    write_with(&mut statement, entity, row)
}

pub(super) fn remove(conn: &Connection, entity: &Entity, id: Uuid) -> Result<()> {
    conn.prepare_cached(&format!("DELETE FROM {} WHERE id = ?1", entity.name))?.execute([id.as_bytes()])?;
    Ok(())
}

/// Live rows of a kind.
pub(super) fn count(conn: &Connection, entity: &Entity) -> Result<i64> {
    let sql = format!("SELECT count(*) FROM {} WHERE deleted_at IS NULL", entity.name);
    Ok(conn.query_row(&sql, [], |row| row.get(0))?)
}

/// Live rows of `child` that link to the row `id` of `parent`.
pub(super) fn count_links(conn: &Connection, child: &Entity, field: &str, id: Uuid) -> Result<i64> {
    let sql = format!("SELECT count(*) FROM {} WHERE {field} = ?1 AND deleted_at IS NULL", child.name);
    Ok(conn.prepare_cached(&sql)?.query_row([id.as_bytes()], |row| row.get(0))?)
}

/// The hub's state of a row as the shadow keeps it.
pub(super) fn to_shadow(entity: &Entity, row: &Row) -> String {
    let values: Map<String, Json> = entity
        .fields
        .iter()
        .zip(&row.values)
        .filter(|(_, value)| !value.is_null())
        .map(|(field, value)| (field.name.to_owned(), value.to_json()))
        .collect();
    serde_json::json!({ "rev": row.rev, "deleted_at": row.deleted_at, "values": values }).to_string()
}

pub(super) fn from_shadow(entity: &Entity, id: Uuid, text: &str) -> Result<Row> {
    let odd = |what: &str| damaged(entity, &format!("{what} in the hub's state"), Some(id));
    let json: Json = serde_json::from_str(text).map_err(|_| odd("everything"))?;
    let mut row = Row::empty(entity, id);
    row.rev = json["rev"].as_i64().ok_or_else(|| odd("rev"))?;
    row.deleted_at = match &json["deleted_at"] {
        Json::Null => None,
        at => Some(at.as_i64().ok_or_else(|| odd("deleted_at"))?),
    };
    let values = json["values"].as_object().ok_or_else(|| odd("values"))?;
    for (i, field) in entity.fields.iter().enumerate() {
        if let Some(value) = values.get(field.name) {
            row.values[i] = Value::stored(field.kind, value).ok_or_else(|| odd(field.name))?;
        }
    }
    Ok(row)
}

/// The shadow of a row: `None` where there is none, `Some(None)` where the hub does not have the row.
pub(super) fn shadow(conn: &Connection, entity: &Entity, id: Uuid) -> Result<Option<Option<Row>>> {
    let mut statement = conn.prepare_cached("SELECT row FROM shadow WHERE entity = ?1 AND row_id = ?2")?;
    let found: Option<Option<String>> =
        statement.query_row((entity.name, id.as_bytes()), |row| row.get(0)).optional()?;
    found.map(|text| text.map(|text| from_shadow(entity, id, &text)).transpose()).transpose()
}
