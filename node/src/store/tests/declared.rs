//! SQL that follows from declarations is made while the office runs. Here it is made, and so prepared, for every kind of record and
//! each of its fields: the places that the test of all other SQL has on its list.

use super::super::{ListQuery, apply, layout, rows};
use super::office;
use pems_model::digest::Digest;
use pems_model::{Entity, Kind, Row, Schema, Value, ddl::sqlite};
use rusqlite::Connection;
use std::collections::BTreeSet;
use uuid::Uuid;

const NOBODY: Uuid = Uuid::nil();

fn entities() -> &'static [&'static Entity] {
    Schema::product().entities()
}

#[test]
fn each_kind_of_record_is_read_in_every_way() {
    let office = office();
    for entity in entities() {
        let name = entity.name;
        let read = || {
            assert_eq!(rows::load(&office.conn, entity, NOBODY)?, None);
            assert!(!rows::is_live(&office.conn, entity, NOBODY)?);
            assert!(apply::is_empty(&office.conn, entity)?);
            assert_eq!((office.count(name)?, office.count_at_hub(name)?), (0, 0));
            let by = |field: &str| ListQuery { filters: vec![(field.into(), String::new())], ..ListQuery::default() };
            for field in entity.fields {
                assert_eq!(office.list(name, &by(field.name))?, []);
                if matches!(field.kind, Kind::Link(_)) {
                    assert_eq!(office.linked(name, field.name, NOBODY, "id")?, []);
                    assert_eq!(rows::count_links(&office.conn, entity, field.name, NOBODY)?, 0);
                }
            }
            let both = ListQuery { deleted: true, ..by("rev_of_no_field") };
            assert!(office.list(name, &both).is_err(), "only fields are asked for");
            if entity.is_searched() {
                assert_eq!(office.search(name, "dela cruz", 10)?, []);
            }
            Ok::<_, crate::NodeError>(())
        };
        read().unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    assert_eq!(office.reviews().expect("the school's questions"), []);
    office.digest().expect("every row");
}

#[test]
fn each_kind_of_record_is_written_in_every_way() {
    let mut office = office();
    for (index, entity) in entities().iter().enumerate() {
        let name = entity.name;
        let written = office.giving_way(|office, way| {
            office.transaction(|step| {
                rows::remove(step.tx, entity, NOBODY)?;
                step.replace(index, &[], &mut Digest::default(), &mut BTreeSet::new(), way)?;
                apply::fill(step.tx, entity, &[], &mut Digest::default(), way)?;
                let row = Row { deleted_at: Some(1), ..Row::empty(entity, NOBODY) };
                rows::write(step.tx, entity, &row)?;
                step.check_key(entity, Some(&row), &row)?;
                for (at, field) in entity.fields.iter().enumerate() {
                    if matches!(field.kind, Kind::Claim { .. }) {
                        step.check_free(entity, at, &Value::Text("1".into()), NOBODY)?;
                    }
                }
                Ok(())
            })
        });
        written.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// A file in which every kind of record had no fields yet, and keys by other rules.
#[test]
fn what_a_declaration_has_is_added_to_an_older_file() {
    let conn = Connection::open_in_memory().expect("a database");
    layout::create(&conn, Schema::product()).expect("tables");
    for entity in entities() {
        let key = if entity.is_searched() { ", search_key TEXT NOT NULL DEFAULT ''" } else { "" };
        let name = entity.name;
        let bare = format!(
            "DROP TABLE {name}; CREATE TABLE {name} (id BLOB PRIMARY KEY, rev INTEGER NOT NULL, deleted_at INTEGER{key}) STRICT;"
        );
        conn.execute_batch(&bare).expect("as it was");
    }
    conn.execute_batch("DELETE FROM meta WHERE key = 'folded'").expect("as it was");
    layout::upgrade(&conn, Schema::product()).expect("upgraded");
    for entity in entities() {
        let mut statement = conn.prepare("SELECT name FROM pragma_table_info(?1)").expect("a question");
        let found = statement.query_map([entity.name], |row| row.get(0)).expect("columns");
        let found: BTreeSet<String> = found.collect::<rusqlite::Result<_>>().expect("columns");
        let declared: BTreeSet<String> = sqlite::columns(entity).into_iter().map(str::to_owned).collect();
        assert_eq!(found, declared, "{}", entity.name);
    }
}
