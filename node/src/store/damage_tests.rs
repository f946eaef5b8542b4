//! The file damaged on purpose, table by table and column by column.

use crate::app::enrolment::tests::office;
use crate::store::{Choice, ListQuery, Save, Status, Store};
use pems_model::frame::{Rows, RowsHead};
use pems_model::wire::{Change, ChangeKind, ChangeResult, End, Outcome};
use pems_model::{Code, Problem, Role, Row, Value, pgcopy};
use serde_json::{Value as Json, json};
use uuid::Uuid;

fn store() -> Store {
    office(Role::SchoolAdmin).store
}

fn save(store: &mut Store, id: Option<Uuid>, fields: Json) -> Uuid {
    let fields = fields.as_object().cloned().expect("an object");
    store.save(&Save { entity: "student".into(), id, fields }).expect("saved").row.id
}

/// Three new learners, the second with everything that a damaged change could lose.
fn three() -> (Store, [Uuid; 3]) {
    let mut store = store();
    let learner = |last: &str| json!({ "last_name": last, "first_name": "Ana", "birth_date": "2012-02-29" });
    let ids = ["Abad", "Santos", "Cruz"].map(|last| save(&mut store, None, learner(last)));
    (store, ids)
}

fn sql(store: &Store, sql: &str) {
    store.conn.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn status(store: &Store) -> Status {
    store.status().expect("a status")
}

fn applied(op_no: i64) -> ChangeResult {
    ChangeResult { op_no, outcome: Outcome::Applied { rev: Some(op_no) } }
}

/// As every hub answers to a kind of record that it does not have.
fn refused(op_no: i64) -> ChangeResult {
    let problem = Problem::new(Code::UnknownEntity, "the hub has no such records");
    ChangeResult { op_no, outcome: Outcome::Refused { problem } }
}

fn asked(store: &mut Store) -> Vec<Change> {
    store.request(0, false).expect("a request").changes
}

/// What the hub sends of a learner.
fn pull(store: &mut Store, rows: &[(Uuid, i64, Json)], through: i64) {
    let entity = store.schema().entity("student").expect("learners");
    let mut raw = Vec::new();
    for (id, rev, fields) in rows {
        let mut row = Row { rev: *rev, ..Row::empty(entity, *id) };
        for (name, json) in fields.as_object().expect("fields") {
            let i = entity.field_index(name).expect("a field");
            row.values[i] = Value::parse(&entity.fields[i], json).expect("a value");
        }
        pgcopy::write(&row, &mut raw);
    }
    let head = RowsHead {
        entity: "student".into(),
        columns: entity.fields.iter().map(|field| field.name.into()).collect(),
        count: u32::try_from(rows.len()).expect("a few"),
        through,
        raw_len: u32::try_from(raw.len()).expect("a few"),
    };
    store.stage(Rows { head, body: zstd::bulk::compress(&raw, 1).expect("packed") }).expect("staged");
    end(store, through).expect("applied");
}

fn end(store: &mut Store, rev: i64) -> crate::Result<crate::store::Applied> {
    let hub_time = store.now();
    let epoch = Uuid::from_u128(3);
    store.apply(&End { rev, epoch, durable_rev: None, digest: None, more: false, hub_time, devices: None })
}

/// What can be wrong with an entry of the outbox, as it is written over one.
pub(crate) const DAMAGES: [&str; 15] = [
    "fields = 'x'",
    "fields = ''",
    "fields = '[]'",
    "fields = 'null'",
    "fields = '{\"last_name\":\"San'",
    "fields = CAST(x'7b22ff' AS TEXT)",
    "fields = '{\"birth_date\":5}'",
    "kind = 'upsort'",
    "change_id = x'00'",
    "row_id = x'01'",
    "entity = CAST(x'ff' AS TEXT)",
    "grp = x'02'",
    "user_id = x'02'",
    "change_id = x''",
    "act = x'03', change_id = x'', row_id = x'', entity = '', fields = ''",
];

#[test]
fn a_damaged_change_is_put_aside_shown_and_never_sent_and_the_rest_goes() {
    for damage in DAMAGES {
        let (mut store, ids) = three();
        sql(&store, &format!("UPDATE op SET {damage} WHERE op_no = 2"));
        let kept = |store: &Store| -> Vec<rusqlite::types::Value> {
            let sql = "SELECT CAST(change_id AS BLOB), CAST(entity AS BLOB), CAST(row_id AS BLOB), CAST(kind AS BLOB),
                CAST(fields AS BLOB), CAST(grp AS BLOB), CAST(user_id AS BLOB) FROM op WHERE op_no = 2";
            store.conn.query_row(sql, [], |row| (0..7).map(|i| row.get(i)).collect()).expect("the entry")
        };
        let before = kept(&store);
        let sent = asked(&mut store);
        assert_eq!(sent.iter().map(|change| change.op_no).collect::<Vec<_>>(), [1, 2, 3], "{damage}: no gap");
        assert_eq!([&sent[0].row_id, &sent[2].row_id], [&ids[0], &ids[2]], "{damage}: the rest goes");
        let (aside, schema) = (&sent[1], store.schema());
        assert!(schema.entity(&aside.entity).is_none() && aside.fields.is_empty(), "{damage}: {aside:?}");
        assert_eq!(kept(&store), before, "{damage}: the bytes are kept");
        let now = status(&store);
        assert_eq!((now.pending, now.damaged, now.parked), (2, 1, 0), "{damage}");
        let listed = store.reviews().expect("the inbox");
        assert_eq!((listed.len(), listed[0].kind.as_str()), (1, "damaged"), "{damage}");
        let reason = listed[0].reason.as_ref().expect("a reason");
        assert!(reason["message"].as_str().is_some_and(|why| why.contains("not sent")), "{damage}: {reason}");
        assert_eq!(store.journal(0).expect("the journal").len(), 3, "{damage}");

        store.keep_results(&[applied(1), refused(2), applied(3)]).expect("kept");
        assert!(!store.has_pending().expect("read") && asked(&mut store).is_empty(), "{damage}: told once");
        assert_eq!((status(&store).pending, status(&store).damaged), (0, 1), "{damage}: it stays to be seen");
        end(&mut store, 3).expect("the rest is applied");
        assert_eq!(status(&store).damaged, 1, "{damage}");
    }
}

#[test]
fn what_the_record_showed_can_be_sent_or_let_go() {
    for choice in [Choice::Mine, Choice::Theirs] {
        let (mut store, ids) = three();
        sql(&store, "UPDATE op SET fields = 'x' WHERE op_no = 2");
        asked(&mut store);
        assert!(store.get("student", ids[1]).expect("read").is_none(), "as after a refusal");
        let entry = store.reviews().expect("the inbox").remove(0);
        assert_eq!(entry.mine["last_name"], "Santos");
        store.keep_results(&[applied(1), refused(2), applied(3)]).expect("kept");
        store.resolve(entry.id, choice).expect("decided");
        assert_eq!((status(&store).damaged, store.reviews().expect("the inbox").len()), (0, 0));
        let sent = asked(&mut store);
        if choice == Choice::Mine {
            assert_eq!((sent.len(), sent[0].op_no, sent[0].row_id, sent[0].base_rev), (1, 4, ids[1], 0));
            assert_eq!(
                (&sent[0].fields["last_name"], &sent[0].fields["birth_date"]),
                (&json!("Santos"), &json!("2012-02-29"))
            );
        } else {
            assert!(sent.is_empty());
        }
    }
}

#[test]
fn a_decision_before_the_hub_has_heard_of_the_number_leaves_no_gap() {
    for choice in [Choice::Mine, Choice::Theirs] {
        let (mut store, _) = three();
        sql(&store, "UPDATE op SET fields = 'x' WHERE op_no = 2");
        asked(&mut store);
        let entry = store.reviews().expect("the inbox").remove(0);
        store.resolve(entry.id, choice).expect("decided");
        let numbers: Vec<i64> = asked(&mut store).iter().map(|change| change.op_no).collect();
        let wanted: Vec<i64> = (1..=if choice == Choice::Mine { 4 } else { 3 }).collect();
        assert_eq!(numbers, wanted);
        let answers: Vec<_> = wanted.iter().map(|n| if *n == 2 { refused(2) } else { applied(*n) }).collect();
        store.keep_results(&answers).expect("kept");
        assert!(!store.has_pending().expect("read"));
        assert_eq!(status(&store).parked, 0, "an empty entry is nothing to decide");
    }
}

#[test]
fn a_change_that_got_there_before_it_was_damaged_has_arrived() {
    let (mut store, ids) = three();
    asked(&mut store);
    sql(&store, "UPDATE op SET fields = 'x' WHERE op_no = 2");
    assert_eq!(asked(&mut store).len(), 3);
    store.keep_results(&[applied(1), applied(2), applied(3)]).expect("kept");
    pull(&mut store, &[(ids[1], 2, json!({ "last_name": "Santos", "first_name": "Ana" }))], 3);
    assert_eq!((status(&store).damaged, status(&store).pending), (0, 0));
    assert_eq!(store.get("student", ids[1]).expect("read").expect("a row").rev, 2);
}

#[test]
fn what_belongs_together_waits_together() {
    let mut store = store();
    let fields = |last: &str| json!({ "last_name": last, "first_name": "Ana" }).as_object().cloned().expect("fields");
    let one = |last: &str| Save { entity: "student".into(), id: None, fields: fields(last) };
    store.act_together(|work| work.save(&one("Abad")).and_then(|_| work.save(&one("Cruz")))).expect("saved");
    sql(&store, "UPDATE op SET fields = 'x' WHERE op_no = 1");
    let sent = asked(&mut store);
    assert!(sent[0].group.is_some() && sent[0].group == sent[1].group, "so that the hub refuses all of it");
}

#[test]
fn a_damaged_edit_below_a_pull_is_put_aside_and_nothing_becomes_empty() {
    let mut store = store();
    let id = Uuid::from_u128(77);
    pull(&mut store, &[(id, 1, json!({ "last_name": "Santos", "first_name": "Ana", "birth_date": "2012-02-29" }))], 1);
    save(&mut store, Some(id), json!({ "birth_date": "2012-03-01" }));
    save(&mut store, Some(id), json!({ "remarks": "tall" }));
    for damage in ["fields = '{\"birth_date\":\"soon\"}'", "fields = '{\"birth_date\":5}'"] {
        sql(&store, &format!("UPDATE op SET {damage} WHERE op_no = 1"));
        // The hub has a newer state of the row, so the overlay is put on anew.
        pull(
            &mut store,
            &[(id, 2, json!({ "last_name": "Santos", "first_name": "Anna", "birth_date": "2012-02-29" }))],
            2,
        );
        let entity = store.schema().entity("student").expect("learners");
        let row = store.get("student", id).expect("read").expect("a row");
        assert_eq!(row.get(entity, "birth_date").to_json(), "2012-02-29", "the hub's, not nothing");
        assert_eq!(row.get(entity, "remarks").to_json(), "tall", "the other edit is still on top");
        assert_eq!(status(&store).damaged, 1, "{damage}");
    }
    let entry = store.reviews().expect("the inbox").remove(0);
    assert_eq!(entry.mine, json!({ "birth_date": "2012-03-01" }), "what the record showed");
    let sent = asked(&mut store);
    assert_eq!((sent[1].kind, &sent[1].fields["remarks"]), (ChangeKind::Upsert, &json!("tall")));
}

#[test]
fn undo_leaves_alone_what_it_cannot_read() {
    let mut store = store();
    let id = save(&mut store, None, json!({ "last_name": "Santos", "first_name": "Ana" }));
    let fields = json!({ "remarks": "tall" }).as_object().cloned().expect("fields");
    let save = Save { entity: "student".into(), id: Some(id), fields };
    let (act, _) = store.act(|work| work.save(&save)).expect("saved");
    // Without what was before, an edit would look like the making of the record.
    sql(&store, "UPDATE op SET before = 'x' WHERE op_no = 2");
    assert_eq!(store.undo(act).expect_err("left alone").code, Code::Conflict);
    assert!(store.get("student", id).expect("read").expect("a row").is_live());
}

#[test]
fn numbers_of_the_file_are_never_begun_anew() {
    for (key, ask) in [
        ("next_op_no", "save"),
        ("incarnation", "request"),
        ("acked", "request"),
        ("epoch", "request"),
        ("put_back_through", "request"),
        ("op_base", "request"),
        ("rev", "status"),
    ] {
        let (mut store, _) = three();
        sql(&store, &format!("INSERT OR REPLACE INTO meta VALUES ('{key}', 'x')"));
        let failed = match ask {
            "save" => {
                let fields = json!({ "last_name": "A", "first_name": "B" }).as_object().cloned().expect("fields");
                store.save(&Save { entity: "student".into(), id: None, fields }).map(drop)
            }
            "request" => store.request(0, false).map(drop),
            _ => store.status().map(drop),
        };
        let error = failed.expect_err(key);
        assert_eq!(error.code, Code::StoreCorrupt, "{key}");
        assert!(error.message.contains(key), "{}", error.message);
        assert_eq!(store.rescue().expect("what was not sent can still be had").changes, 3, "{key}");
    }
    let (store, _) = three();
    sql(&store, "DELETE FROM meta WHERE key = 'next_op_no'");
    let mut store = store;
    let fields = json!({ "last_name": "A", "first_name": "B" }).as_object().cloned().expect("fields");
    let save = Save { entity: "student".into(), id: None, fields };
    assert_eq!(store.save(&save).expect_err("no number").code, Code::StoreCorrupt);
}

#[test]
fn times_that_are_only_shown_stop_nothing() {
    let (mut store, _) = three();
    sql(
        &store,
        "INSERT OR REPLACE INTO meta VALUES ('last_contact', 'x'), ('pruned_at', 'x'), ('clock_offset', 'x'), ('trouble', 'x')",
    );
    assert_eq!(asked(&mut store).len(), 3);
    store.keep_results(&[applied(1), applied(2), applied(3)]).expect("kept");
    end(&mut store, 3).expect("applied");
    assert!(status(&store).last_contact.is_some());
}

#[test]
fn a_damaged_digest_is_made_anew_from_the_rows() {
    let mut store = store();
    pull(&mut store, &[(Uuid::from_u128(7), 1, json!({ "last_name": "Santos", "first_name": "Ana" }))], 1);
    let whole = store.digest().expect("the proof");
    for damage in ["'x'", "''", "CAST(x'ff' AS TEXT)"] {
        sql(&store, &format!("UPDATE cursor SET digest = {damage} WHERE entity = 'student'"));
        assert_eq!(store.level_digest().expect("read"), whole, "{damage}");
    }
    pull(&mut store, &[(Uuid::from_u128(8), 2, json!({ "last_name": "Cruz", "first_name": "Ana" }))], 2);
    assert_eq!(store.level_digest().expect("read"), store.digest().expect("the proof"));
}

#[test]
fn a_damaged_record_is_named_and_never_read_as_another() {
    for (damage, what) in [
        ("UPDATE student SET last_name = CAST(x'ff' AS TEXT)", "last_name"),
        ("UPDATE student SET birth_date = 99999999999", "birth_date"),
        ("UPDATE student SET id = x'0102'", "id"),
    ] {
        let (store, ids) = three();
        sql(&store, &format!("{damage} WHERE last_name = 'Santos'"));
        let error = store.list("student", &ListQuery::default()).expect_err(what);
        assert_eq!(error.code, Code::StoreCorrupt);
        assert!(error.message.contains(what) && error.message.contains("student"), "{}", error.message);
        assert!(store.get("student", ids[0]).expect("the others are read").is_some());
        assert_eq!(store.rescue().expect("what was not sent can still be had").changes, 3);
    }
}

#[test]
fn a_damaged_state_of_the_hub_is_named_and_never_read_as_another() {
    let mut store = store();
    let id = Uuid::from_u128(77);
    pull(&mut store, &[(id, 1, json!({ "last_name": "Santos", "first_name": "Ana" }))], 1);
    save(&mut store, Some(id), json!({ "remarks": "tall" }));
    for damage in [
        "'x'",
        "'{}'",
        "'{\"rev\":1,\"deleted_at\":\"x\",\"values\":{}}'",
        "'{\"rev\":1,\"deleted_at\":null}'",
        "'{\"rev\":1,\"deleted_at\":null,\"values\":{\"birth_date\":5}}'",
    ] {
        sql(&store, &format!("UPDATE shadow SET row = {damage}"));
        let error = store.digest().expect_err(damage);
        assert_eq!(error.code, Code::StoreCorrupt, "{damage}");
        assert!(error.message.contains(&id.to_string()), "{}", error.message);
    }
}

#[test]
fn rows_on_their_way_in_that_are_damaged_are_fetched_again() {
    for damage in ["head = 'x'", "head = CAST(x'ff' AS TEXT)", "body = x'00'"] {
        let mut store = store();
        let (before, rows) = (store.request(0, false).expect("a request").cursors, |store: &mut Store| {
            let entity = store.schema().entity("student").expect("learners");
            let mut row = Row { rev: 1, ..Row::empty(entity, Uuid::from_u128(7)) };
            row.values[0] = Value::Text("Santos".into());
            let mut raw = Vec::new();
            pgcopy::write(&row, &mut raw);
            let head = RowsHead {
                entity: "student".into(),
                columns: entity.fields.iter().map(|field| field.name.into()).collect(),
                count: 1,
                through: 1,
                raw_len: u32::try_from(raw.len()).expect("small"),
            };
            store.stage(Rows { head, body: zstd::bulk::compress(&raw, 1).expect("packed") }).expect("staged");
        });
        rows(&mut store);
        store.flush_staging().expect("on disk");
        sql(&store, &format!("UPDATE staged SET {damage}"));
        assert_eq!(end(&mut store, 1).expect_err(damage).code, Code::StoreCorrupt);
        assert_eq!(store.request(0, false).expect("a request").cursors, before, "{damage}: asked for again");
    }
}

#[test]
fn the_other_value_of_a_conflict_that_is_damaged_is_not_put_back_as_nothing() {
    let mut store = store();
    let id = Uuid::from_u128(77);
    pull(&mut store, &[(id, 1, json!({ "last_name": "Santos", "first_name": "Ana", "remarks": "tall" }))], 1);
    let entity = store.schema().entity("review_item").expect("an inbox");
    let mut row = Row { rev: 2, ..Row::empty(entity, Uuid::from_u128(5)) };
    for (name, value) in [
        ("kind", Value::Text("conflict".into())),
        ("entity", Value::Text("student".into())),
        ("row_id", Value::Id(id)),
        ("field", Value::Text("remarks".into())),
        ("kept_value", Value::Text("\"tall\"".into())),
        ("lost_value", Value::Text("\"sma".into())),
        ("state", Value::Text("open".into())),
    ] {
        row.values[entity.field_index(name).expect("a field")] = value;
    }
    crate::store::rows::write(&store.conn, entity, &row).expect("written");
    let error =
        store.resolve(row.id, Choice::Theirs).and(store.resolve(row.id, Choice::Mine)).expect_err("not as nothing");
    assert_eq!(error.code, Code::StoreCorrupt);
    let learner = store.get("student", id).expect("read").expect("a row");
    assert_eq!(learner.get(store.schema().entity("student").expect("learners"), "remarks").to_json(), "tall");
}
