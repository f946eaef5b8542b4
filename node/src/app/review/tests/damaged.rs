//! What is damaged in the file is shown with what to do about it, and everything else goes on.

use super::*;
use crate::store::{Choice, DAMAGES};
use pems_model::wire::Change;

fn sql(desk: &Desk, sql: &str) {
    desk.store.conn().execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn three(desk: &mut Desk) -> [Uuid; 3] {
    ["Abad", "Santos", "Cruz"].map(|last| save(desk, "student", json!({ "last_name": last, "first_name": "Ana" })))
}

fn listed(desk: &mut Desk) -> Vec<Json> {
    let needs = desk.answer(json!({ "do": "review.list" })).expect("a list, whatever is damaged");
    needs["items"].as_array().cloned().expect("items")
}

fn asked(desk: &mut Desk) -> Vec<Change> {
    desk.store.request(0, false).expect("a request").changes
}

#[test]
fn every_damaged_change_is_listed_and_can_be_let_go() {
    for damage in DAMAGES {
        let mut desk = desk(Role::SchoolAdmin);
        three(&mut desk);
        sql(&desk, &format!("UPDATE op SET {damage} WHERE op_no IN (1, 3)"));
        assert_eq!(asked(&mut desk).len(), 3, "{damage}");
        let items = listed(&mut desk);
        assert_eq!(items.len(), 2, "{damage}");
        for item in &items {
            assert_eq!(item["kind"], "damaged", "{damage}");
            assert!(item["message"].as_str().is_some_and(|why| why.contains("not sent")), "{damage}: {item}");
            assert_ne!(item["id"], json!(Uuid::nil()), "{damage}");
            assert_ne!(item["row_id"], json!(Uuid::nil()), "{damage}: unknown, not a record that there is not");
        }
        assert_ne!(items[0]["id"], items[1]["id"], "{damage}: each by itself");
        let decide = |item: &Json| json!({ "id": item["id"], "keep": "theirs" });
        let resolve = json!({ "do": "review.resolve", "items": items.iter().map(decide).collect::<Vec<_>>() });
        let settled = desk.answer(resolve).expect("settled");
        assert_eq!((&settled["settled"], &settled["failed"]), (&json!(2), &json!([])), "{damage}");
        assert_eq!(listed(&mut desk), Vec::<Json>::new(), "{damage}");
        assert_eq!(asked(&mut desk).len(), 3, "{damage}: the numbers have no gap");
    }
}

#[test]
fn a_change_of_an_unknown_kind_shows_no_secret() {
    let mut desk = desk(Role::SchoolAdmin);
    let user = json!({ "name": "Ana Cruz", "sign_in": "ana", "role": "registrar", "status": "active",
        "verifier": "$argon2id$planted" });
    three(&mut desk);
    sql(&desk, &format!("UPDATE op SET entity = CAST(x'ff' AS TEXT), fields = '{user}' WHERE op_no = 2"));
    asked(&mut desk);
    let shown = format!("{:?} {:?}", listed(&mut desk), desk.store.journal(0).expect("a journal"));
    assert!(shown.contains("Ana Cruz") && !shown.contains("planted"), "{shown}");
}

#[test]
fn a_refused_change_that_is_damaged_since_is_not_sent_again() {
    for damage in ["fields = 'x'", "row_id = x'01'", "outcome = 'x'", "change_id = x'00'"] {
        let mut desk = desk(Role::SchoolAdmin);
        three(&mut desk);
        asked(&mut desk);
        refuse(&mut desk, 2);
        sql(&desk, &format!("UPDATE op SET {damage} WHERE op_no = 2"));
        let items = listed(&mut desk);
        assert_eq!(
            (items.len(), &items[0]["kind"], &items[0]["code"]),
            (1, &json!("damaged"), &json!("store_corrupt"))
        );
        assert!(items[0]["message"].as_str().is_some_and(|why| why.contains("type it again")), "{damage}");
        let id = Uuid::parse_str(items[0]["id"].as_str().expect("an id")).expect("an id");
        assert_eq!(desk.store.resolve(id, Choice::Mine).expect_err(damage).code, Code::Conflict, "{damage}");
        assert_eq!(desk.store.journal(0).expect("a journal").len(), 3, "{damage}: nothing new waits");
        let resolve = json!({ "do": "review.resolve", "items": [{ "id": id, "keep": "theirs" }] });
        assert_eq!(desk.answer(resolve).expect("let go")["settled"], 1, "{damage}");
        assert_eq!(listed(&mut desk), Vec::<Json>::new(), "{damage}");
    }
}

#[test]
fn a_damaged_value_of_a_question_is_shown_as_it_is_and_never_as_nothing() {
    for damage in ["'\"2012-'", "'5'", "'[]'"] {
        let mut desk = desk(Role::SchoolAdmin);
        with_conflicts(&mut desk);
        sql(&desk, &format!("UPDATE review_item SET lost_value = {damage} WHERE field = 'birth_date'"));
        let items = listed(&mut desk);
        let birth = items.iter().find(|item| item["fields"][0]["field"] == "birth_date").expect("the question");
        let raw = damage.trim_matches('\'');
        assert_eq!(birth["fields"][0]["mine"], raw, "as it stands in the file");
        assert_eq!(birth["fields"][0]["shape"], "text", "no day is made of it");
        assert!(birth["message"].as_str().is_some_and(|why| why.contains("keep the other one")), "{birth}");
        let first = items.iter().find(|item| item["fields"][0]["field"] == "first_name").expect("the other question");
        assert_eq!((&first["message"], &first["fields"][0]["mine"]), (&Json::Null, &json!("Juanito")));
        assert_eq!(desk.store.resolve(Uuid::from_u128(71), Choice::Mine).expect_err("no").code, Code::StoreCorrupt);
        desk.store.resolve(Uuid::from_u128(71), Choice::Theirs).expect("the other one can be kept");
    }
}

#[test]
fn a_question_that_cannot_be_read_holds_up_no_other() {
    for damage in ["id = x'07'", "field = CAST(x'ff' AS TEXT)", "row_id = x'01'", "kept_replica = x''"] {
        let mut desk = desk(Role::SchoolAdmin);
        with_conflicts(&mut desk);
        sql(&desk, &format!("UPDATE review_item SET {damage} WHERE field = 'birth_date'"));
        let items = listed(&mut desk);
        assert_eq!(items.len(), 2, "{damage}");
        let odd = items.iter().find(|item| item["kind"] == "damaged").expect(damage);
        assert_eq!((&odd["may"], &odd["code"]), (&json!(false), &json!("store_corrupt")), "{damage}");
        assert!(odd["message"].as_str().is_some_and(|why| why.contains("another PC")), "{odd}");
        desk.store.resolve(Uuid::from_u128(70), Choice::Mine).expect("the other is decided");
    }
}

#[test]
fn a_record_that_cannot_be_read_does_not_hide_the_questions_about_others() {
    let mut desk = desk(Role::SchoolAdmin);
    with_conflicts(&mut desk);
    sql(&desk, "UPDATE student SET remarks = CAST(x'ff' AS TEXT)");
    let items = listed(&mut desk);
    assert_eq!(items.len(), 2);
    assert!(items[0]["message"].as_str().is_some_and(|why| why.contains("damaged")), "{}", items[0]);
}

#[test]
fn undo_takes_back_what_can_be_read_and_names_the_rest() {
    for damage in ["fields = 'x'", "row_id = x'01'", "entity = CAST(x'ff' AS TEXT)", "before = 'x'", "change_id = x''"]
    {
        let mut desk = desk(Role::SchoolAdmin);
        let one = |last: &str| {
            let fields = json!({ "last_name": last, "first_name": "Ana" });
            Save { entity: "student".into(), id: None, fields: fields.as_object().cloned().expect("fields") }
        };
        let (act, ids) = desk
            .store
            .act(|work| ["Abad", "Santos", "Cruz"].iter().map(|last| Ok(work.save(&one(last))?.row.id)).collect())
            .map(|(act, ids): (Uuid, Vec<Uuid>)| (act, ids))
            .expect("saved");
        sql(&desk, &format!("UPDATE op SET {damage} WHERE op_no = 2"));
        let undone = desk.store.undo(act).expect(damage);
        assert_eq!((undone.removed, undone.left.len()), (2, 1), "{damage}");
        assert_ne!(undone.left, [Uuid::nil()], "{damage}");
        let live = |id| desk.store.get("student", id).expect("read").expect("a row").is_live();
        assert_eq!([live(ids[0]), live(ids[1]), live(ids[2])], [false, true, false], "{damage}");
    }
}

#[test]
fn a_damaged_group_mark_does_not_let_half_of_it_through() {
    for damaged in 1..=3 {
        let mut desk = desk(Role::SchoolAdmin);
        let one = |last: &str| {
            let fields = json!({ "last_name": last, "first_name": "Ana" });
            Save { entity: "student".into(), id: None, fields: fields.as_object().cloned().expect("fields") }
        };
        let all = |work: &mut crate::store::Work<'_, '_>| {
            ["Abad", "Santos", "Cruz"].iter().try_for_each(|last| work.save(&one(last)).map(drop))
        };
        desk.store.act_together(all).expect("saved");
        sql(&desk, &format!("UPDATE op SET grp = x'02' WHERE op_no = {damaged}"));
        let sent = asked(&mut desk);
        assert_eq!(sent.len(), 3);
        assert!(sent[0].group.is_some(), "{damaged}");
        assert!(sent.iter().all(|change| change.group == sent[0].group), "{damaged}: refused together");
    }
}

#[test]
fn a_damaged_record_is_healed_by_the_hubs_next_state_of_it() {
    for damage in [
        "UPDATE student SET remarks = CAST(x'ff' AS TEXT) WHERE first_name = 'Ana'",
        "UPDATE shadow SET row = 'x'",
        "UPDATE shadow SET row = 'x'; UPDATE student SET remarks = CAST(x'ff' AS TEXT) WHERE first_name = 'Ana'",
    ] {
        for edited in [false, true] {
            let mut desk = desk(Role::SchoolAdmin);
            let learner = |first: &str| json!({ "last_name": "Cruz", "first_name": first });
            pull(&mut desk, "student", &[(77, learner("Ana")), (78, learner("Ben"))]);
            if edited {
                let fields = json!({ "lrn": "136728140987" }).as_object().cloned().expect("fields");
                let id = Some(Uuid::from_u128(77));
                desk.store.save(&Save { entity: "student".into(), id, fields }).expect("saved");
            }
            sql(&desk, damage);
            sql(&desk, "UPDATE cursor SET staged = 0");
            pull(&mut desk, "student", &[(77, learner("Anna"))]);
            let entity = desk.store.schema().entity("student").expect("learners");
            let row = desk.store.get("student", Uuid::from_u128(77)).expect("readable").expect("a row");
            assert_eq!(row.get(entity, "first_name").to_json(), "Anna", "{damage}");
            let wanted = if edited { json!("136728140987") } else { Json::Null };
            assert_eq!(row.get(entity, "lrn").to_json(), wanted, "{damage}: the own edit is still on top");
            assert_eq!(desk.store.level_digest().expect("read"), desk.store.digest().expect("the proof"), "{damage}");
        }
    }
}

#[test]
fn a_trouble_that_cannot_be_read_is_still_one() {
    let desk = desk(Role::SchoolAdmin);
    sql(&desk, "INSERT INTO meta VALUES ('trouble', '{')");
    let trouble = desk.store.trouble().expect("read").expect("there is one");
    assert_eq!(trouble.code, "store_corrupt");
}
