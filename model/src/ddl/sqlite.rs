//! SQLite tables of an office. Ids are 16-byte blobs and dates are integers: texts would double the file and the insert time.
//! `WITHOUT ROWID` because every access is by id or by an index of our own.

use crate::{Entity, Kind};

/// `CREATE TABLE` of an entity: `id, rev, deleted_at`, its fields, and `search_key` where it is searched.
pub fn table(entity: &Entity) -> String {
    let mut sql = format!(
        "CREATE TABLE IF NOT EXISTS {} (\n  id BLOB PRIMARY KEY,\n  rev INTEGER NOT NULL,\n  deleted_at INTEGER",
        entity.name
    );
    for field in entity.fields {
        sql.push_str(&format!(",\n  {} {}", field.name, column_type(field.kind)));
    }
    if entity.is_searched() {
        sql.push_str(",\n  search_key TEXT NOT NULL DEFAULT ''");
    }
    sql.push_str("\n) STRICT, WITHOUT ROWID;\n");
    sql
}

/// The indexes of an entity: its links, its claims and its search key. Created after a first sync has filled the table.
pub fn indexes(entity: &Entity) -> Vec<String> {
    let mut columns: Vec<&str> = entity
        .fields
        .iter()
        .filter(|field| matches!(field.kind, Kind::Link(_) | Kind::Claim { .. }))
        .map(|field| field.name)
        .collect();
    if entity.is_searched() {
        columns.push("search_key");
    }
    let create = |column: &str| format!("CREATE INDEX IF NOT EXISTS {0}_{column} ON {0} ({column});", entity.name);
    columns.into_iter().map(create).collect()
}

/// Names of the columns in the order in which rows are written: `id, rev, deleted_at`, fields, `search_key`.
pub fn columns(entity: &Entity) -> Vec<&'static str> {
    let mut columns = vec!["id", "rev", "deleted_at"];
    columns.extend(entity.fields.iter().map(|field| field.name));
    if entity.is_searched() {
        columns.push("search_key");
    }
    columns
}

/// The SQLite type of a kind of field; also what an old file is given when a field is added.
pub const fn column_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Int { .. } | Kind::Bool | Kind::Date | Kind::Time => "INTEGER",
        Kind::Link(_) | Kind::Id => "BLOB",
        _ => "TEXT",
    }
}
