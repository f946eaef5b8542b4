//! The tables of the file: one for each entity (from its declaration), and the machinery of syncing.

use super::save::stops_everything;
use super::{devices, meta, rows};
use crate::log::events;
use crate::store::inbound_log;
use crate::{NodeError, Result};
use pems_model::{Code, Schema, ddl::sqlite, fold};
use rusqlite::Connection;

/// Version of the machinery's tables below, in `user_version`. 1 (2026-11): first. 2 (2026-11): `arrival`. 3 (2026-11): `device`.
const LAYOUT: i64 = 3;

/// `op` is outbox, sent journal and parked list in one, told apart by `state`: `pending` (not answered), `answered` (answered,
/// not yet part of an applied pull), `sent` (done), `parked` (refused), `damaged` (cannot be read),
/// `retried` and `dropped` (parked or damaged, then decided). `open`: still part of the overlay (`pending`, `answered`).
const MACHINERY: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE cursor (entity TEXT PRIMARY KEY, staged INTEGER NOT NULL, digest TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE op (
  op_no INTEGER PRIMARY KEY, change_id BLOB NOT NULL, entity TEXT NOT NULL, row_id BLOB NOT NULL, kind TEXT NOT NULL,
  base_rev INTEGER NOT NULL, fields TEXT NOT NULL, before TEXT, grp BLOB, user_id BLOB, at INTEGER NOT NULL, act BLOB NOT NULL,
  state TEXT NOT NULL, open INTEGER NOT NULL DEFAULT 1, outcome TEXT, answered_at INTEGER
) STRICT;
CREATE INDEX op_open ON op (entity, row_id, op_no) WHERE open = 1;
CREATE INDEX op_state ON op (state, op_no);
CREATE INDEX op_act ON op (act);
CREATE TABLE shadow (entity TEXT NOT NULL, row_id BLOB NOT NULL, row TEXT, PRIMARY KEY (entity, row_id)) STRICT, WITHOUT ROWID;
CREATE TABLE staged (seq INTEGER PRIMARY KEY, entity TEXT NOT NULL, head TEXT NOT NULL, body BLOB NOT NULL) STRICT;
";

pub(super) fn create(conn: &Connection, schema: &Schema) -> Result<()> {
    conn.execute_batch("BEGIN IMMEDIATE;")?;
    conn.execute_batch(MACHINERY)?;
    conn.execute_batch(&inbound_log::layout())?;
    conn.execute_batch(devices::LAYOUT)?;
    for entity in schema.entities() {
        add_entity(conn, entity)?;
    }
    meta::set(conn, FOLDED, &fold::RULES.to_string())?;
    conn.pragma_update(None, "user_version", LAYOUT)?;
    conn.execute_batch("COMMIT;")?;
    Ok(())
}

/// Adds the entities and fields that this program knows and the file does not. Nothing is ever taken away: a file that
/// another version opens next still has everything.
pub(super) fn upgrade(conn: &Connection, schema: &Schema) -> Result<()> {
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if (1..LAYOUT).contains(&version) {
        // What is there already stays as it is.
        let later = format!("{}; {}", inbound_log::layout(), devices::LAYOUT);
        conn.execute_batch(&format!("BEGIN IMMEDIATE; {later}; PRAGMA user_version = {LAYOUT}; COMMIT;"))?;
        events::migrated(version, LAYOUT);
    } else if version != LAYOUT {
        let message = format!(
            "the records file has layout {version}, this program knows layout {LAYOUT}; install the newer program"
        );
        return Err(NodeError::new(Code::StoreNewer, message));
    }
    for entity in schema.entities() {
        let mut statement = conn.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let present: Vec<String> =
            statement.query_map([entity.name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        if present.is_empty() {
            add_entity(conn, entity)?;
            events::grew(entity.name, entity.fields.len());
            continue;
        }
        let missing: Vec<_> =
            entity.fields.iter().filter(|field| !present.iter().any(|name| name == field.name)).collect();
        for field in &missing {
            conn.execute_batch(&format!(
                "ALTER TABLE {} ADD COLUMN {} {};",
                entity.name,
                field.name,
                sqlite::column_type(field.kind)
            ))?;
        }
        if !missing.is_empty() {
            // Rows that came before the field was known lack its values: fetch this entity again.
            conn.execute("UPDATE cursor SET staged = 0 WHERE entity = ?1", [entity.name])?;
            sqlite::indexes(entity).iter().try_for_each(|sql| conn.execute_batch(sql))?;
            events::grew(entity.name, missing.len());
        }
    }
    match fold_again(conn, schema) {
        // Whoever is at the PC can work meanwhile: only what is spelled oddly is not found. The next start tries again.
        Err(error) if stops_everything(error.code) => Ok(()),
        done => done,
    }
}

/// Makes the search keys anew that an older program made by other rules.
fn fold_again(conn: &Connection, schema: &Schema) -> Result<()> {
    if meta::moment(conn, FOLDED)? == Some(i64::from(fold::RULES)) {
        return Ok(());
    }
    let tx = rusqlite::Transaction::new_unchecked(conn, rusqlite::TransactionBehavior::Immediate)?;
    for entity in schema.entities().iter().filter(|entity| entity.is_searched()) {
        let mut update = tx.prepare(&format!("UPDATE {} SET search_key = ?2 WHERE id = ?1", entity.name))?;
        let sql = format!("{}, search_key FROM {}", rows::selected(entity), entity.name);
        let mut statement = tx.prepare(&sql)?;
        let mut found = statement.query([])?;
        let mut stale = Vec::new();
        while let Some(row) = found.next()? {
            let key: String = row.get(entity.fields.len() + 3)?;
            // A record that cannot be read is told to whoever looks for it.
            let Ok(read) = rows::read(entity, row) else { continue };
            let fresh = read.search_key(entity);
            if fresh != key {
                stale.push((read.id, fresh));
            }
        }
        for (id, key) in stale {
            update.execute((id.as_bytes(), key))?;
        }
    }
    meta::set(&tx, FOLDED, &fold::RULES.to_string())?;
    tx.commit()?;
    Ok(())
}

/// By which rules the search keys of the file were made.
const FOLDED: &str = "folded";

fn add_entity(conn: &Connection, entity: &pems_model::Entity) -> Result<()> {
    conn.execute_batch(&sqlite::table(entity))?;
    for index in sqlite::indexes(entity) {
        conn.execute_batch(&index)?;
    }
    conn.execute("INSERT OR IGNORE INTO cursor VALUES (?1, 0, ?2)", [entity.name, &"0".repeat(32)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_first_layout_gets_what_came_later_and_a_newer_one_is_left_alone() {
        let conn = Connection::open_in_memory().expect("a database");
        create(&conn, Schema::product()).expect("tables");
        conn.execute_batch("DROP TABLE arrival; DROP INDEX op_watched; DROP TABLE device; PRAGMA user_version = 1;")
            .expect("as it was");
        upgrade(&conn, Schema::product()).expect("upgraded");
        conn.execute(
            "INSERT INTO arrival (entity, row_id, kind, changes, at) VALUES ('student', x'00', 'new', '{}', 1)",
            [],
        )
        .expect("the table is there");
        conn.execute_batch("DROP TABLE device; PRAGMA user_version = 2;").expect("as the second one was");
        upgrade(&conn, Schema::product()).expect("upgraded");
        let there =
            |table: &str| conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0));
        assert_eq!((there("arrival"), there("device")), (Ok(1), Ok(0)), "what was there stays");
        upgrade(&conn, Schema::product()).expect("nothing left to do");
        let key =
            || conn.query_row("SELECT search_key FROM student", [], |row| row.get::<_, String>(0)).expect("a key");
        let student = "INSERT INTO student (id, rev, last_name, first_name, search_key)
             VALUES (randomblob(16), 0, 'San\u{200B}tos', 'Ana', 'SAN\u{200B}TOS ANA')";
        conn.execute_batch(student).expect("as an older program wrote it");
        upgrade(&conn, Schema::product()).expect("by today's rules already");
        assert_eq!(key(), "SAN\u{200B}TOS ANA", "nothing is read at every start");
        conn.execute_batch("DELETE FROM meta WHERE key = 'folded'").expect("as an older program left it");
        upgrade(&conn, Schema::product()).expect("upgraded");
        assert_eq!(key(), "SANTOS ANA");
        conn.pragma_update(None, "user_version", LAYOUT + 1).expect("a newer program was here");
        assert_eq!(upgrade(&conn, Schema::product()).expect_err("too new").code, Code::StoreNewer);
    }
}
