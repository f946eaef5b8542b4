//! What is one thing in the world is one record: its id follows from its content, and nobody makes a second one under another id.

use pems_hub::archive::Passphrase;
use pems_model::wire::{Change, ChangeKind};
use pems_model::{Code, Schema};
use pems_tests::raw::{Speaker, change};
use pems_tests::records::{Record, Records};
use pems_tests::rig::{Rig, TestOffice};
use serde_json::{Value as Json, json};
use uuid::Uuid;

struct School {
    rig: Rig,
    office: TestOffice,
    honest: TestOffice,
    records: Records,
}

async fn school() -> School {
    let rig = Rig::product().await;
    let tenant = rig.school("mabini").await.id;
    let (office, honest) = (rig.office("mabini").await, rig.office("mabini").await);
    School { rig, office, honest, records: Records::new(Schema::product(), tenant) }
}

fn made_up(record: &Record, n: u128) -> Record {
    Record { id: Uuid::from_u128(0x5000 + n), ..record.clone() }
}

fn numbered(changes: Vec<Change>) -> Vec<Change> {
    changes.into_iter().zip(1..).map(|(change, op_no)| Change { op_no, ..change }).collect()
}

#[tokio::test]
async fn a_made_up_id_is_refused_for_every_kind_whose_id_follows_from_its_content() {
    let mut school = school().await;
    let speaker = Speaker::new(&school.office).await.expect("a token");
    let (mut changes, mut wanted) = (Vec::new(), Vec::new());
    let derived = Schema::product().entities().iter().filter(|entity| entity.has_derived_id());
    for (n, entity) in derived.enumerate() {
        let mut records = school.records.with_parents(entity.name);
        let last = records.pop().expect("one");
        // The parents may be there: the school of two entities is one.
        for record in records {
            changes.push(record.change(0));
            wanted.push(None);
        }
        // Before there is a right one, beside it, and after it.
        for (record, code) in [
            (made_up(&last, 3 * n as u128), Some(Code::Rule)),
            (last.clone(), None),
            (made_up(&last, 3 * n as u128 + 1), Some(Code::Rule)),
        ] {
            changes.push(record.change(0));
            wanted.push(code);
        }
        // Another school's derived id is made up here.
        let other = Records::new(Schema::product(), Uuid::from_u128(77)).id_of(entity, &last.fields).expect("derived");
        changes.push(Record { id: other, ..last }.change(0));
        wanted.push(Some(Code::Rule));
    }
    let changes = numbered(changes);
    let answer = speaker.sync(&speaker.push(changes.clone())).await.expect("an answer");
    let told: Vec<_> = changes.iter().zip(answer.refusals()).map(|(change, code)| (&change.entity, code)).collect();
    let wanted: Vec<_> = changes.iter().map(|change| &change.entity).zip(wanted).collect();
    assert_eq!(told, wanted);
    school.honest.sync().await;
    school.rig.assert_level(&school.honest).await;
}

#[tokio::test]
async fn an_office_cannot_make_a_second_one_either() {
    let school = school().await;
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-01", "end_date": "2027-03-31", "status": "open" });
    let id = school.office.save("school_year", &year);
    let with_id = |id: Uuid| {
        let mut year = year.clone();
        year["id"] = json!(id);
        school.office.try_save("school_year", &year)
    };
    let error = with_id(Uuid::from_u128(1)).expect_err("a made-up id");
    assert_eq!(error.code, Code::Rule, "{}", error.message);
    assert!(error.message.contains(&id.to_string()), "names the one to change: {}", error.message);
    assert!(!with_id(id).expect("the same again").changed);
    let learner = school.office.save("student", &json!({ "last_name": "Cruz", "first_name": "Ana" }));
    let enrolment = |id: Option<Uuid>| {
        let mut fields = json!({ "student": learner, "school_year": school.office.list("school_year")[0]["id"],
            "grade_level": "7", "status": "enrolled" });
        if let Some(id) = id {
            fields["id"] = json!(id);
        }
        school.office.try_save("enrolment", &fields)
    };
    enrolment(None).expect("the first");
    assert_eq!(enrolment(Some(Uuid::from_u128(2))).expect_err("a second").code, Code::Rule);
    school.office.sync().await;
    school.rig.assert_level(&school.office).await;
}

fn section(year: Uuid, name: &str) -> Json {
    json!({ "school_year": year, "grade_level": "7", "name": name })
}

/// Sections are renamed: the only natural key that may change.
#[tokio::test]
async fn a_section_is_renamed_but_never_to_a_name_that_another_has() {
    let school = school().await;
    let office = &school.office;
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-01", "end_date": "2027-03-31", "status": "open" });
    let year = office.save("school_year", &year);
    let rizal = office.save("section", &section(year, "Rizal"));
    let luna = office.save("section", &section(year, "Luna"));
    let error = office.try_save("section", &json!({ "id": luna, "name": "rizal" })).expect_err("taken");
    let field = error.details.as_ref().map(|details| details["field"].clone());
    assert_eq!((error.code, field), (Code::Conflict, Some(json!("name"))), "{}", error.message);
    office.save("section", &json!({ "id": rizal, "name": "Bonifacio" }));
    // The name is free again, for a record of its own.
    let second = office.save("section", &section(year, "Rizal"));
    assert!(second != rizal && second != luna);
    assert_eq!(office.try_save("section", &section(year, "BONIFACIO")).expect_err("taken").code, Code::Conflict);
    office.sync().await;
    school.rig.assert_level(office).await;
    assert!(office.outcomes().iter().all(|outcome| outcome.as_ref().is_some_and(|one| one.name() == "applied")));

    // Two offices that make it apart make one record, renamed or not.
    school.honest.sync().await;
    school.honest.save("section", &json!({ "id": luna, "name": "Mabini" }));
    let mine = school.honest.save("section", &section(year, "Luna"));
    office.save("section", &json!({ "id": luna, "name": "Del Pilar" }));
    assert_eq!(office.save("section", &section(year, "Luna")), mine);
    school.honest.sync().await;
    office.sync().await;
    school.honest.sync().await;
    for one in [office, &school.honest] {
        school.rig.assert_level(one).await;
    }

    // And what an office would not do, a device cannot.
    let stranger = school.rig.office("mabini").await;
    let speaker = Speaker::new(&stranger).await.expect("a token");
    let mut back = change(4, "section", rizal, 0, json!({}));
    back.kind = ChangeKind::Delete;
    let changes = vec![
        change(1, "section", mine, 0, json!({ "name": "Bonifacio" })),
        change(2, "section", Uuid::from_u128(9), 0, section(year, "Silang")),
        change(3, "section", mine, 0, json!({ "name": "Silang" })),
        Change { base_rev: 1_000, ..back },
        // The name of the deleted one is free; the deleted one does not come back under it.
        change(5, "section", mine, 1_000, json!({ "name": "Bonifacio" })),
        change(6, "section", rizal, 1_000, json!({ "room": "12" })),
        change(7, "section", rizal, 1_000, json!({ "name": "Gomburza" })),
    ];
    let answer = speaker.sync(&speaker.push(changes)).await.expect("an answer");
    let taken = Some(Code::Conflict);
    assert_eq!(answer.refusals(), [taken, Some(Code::Rule), None, None, None, taken, None]);
    office.sync().await;
    school.rig.assert_level(office).await;
}

#[tokio::test]
async fn a_copy_of_a_school_has_ids_of_its_own_for_what_is_derived() {
    let school = school().await;
    let office = &school.office;
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-01", "end_date": "2027-03-31", "status": "open" });
    let year = office.save("school_year", &year);
    let first = office.save("section", &section(year, "Rizal"));
    office.save("section", &json!({ "id": first, "name": "Luna" }));
    office.save("section", &section(year, "Rizal"));
    let learner = office.save("student", &json!({ "last_name": "Cruz", "first_name": "Ana" }));
    let enrolment = json!({ "student": learner, "school_year": year, "grade_level": "7", "status": "enrolled" });
    office.save("enrolment", &enrolment);
    office.sync().await;
    let dir = tempfile::tempdir().expect("a folder");
    let (file, passphrase) = (dir.path().join("mabini.pems"), Passphrase("correct horse battery".into()));
    let admin = school.rig.hub().admin();
    admin.export_school("mabini", &file, &passphrase).await.expect("a file");
    admin.import_school(&file, &passphrase, Some(("copy", "900001"))).await.expect("a copy");

    let copy = school.rig.office("copy").await;
    copy.sync().await;
    let year: Uuid = serde_json::from_value(copy.list("school_year")[0]["id"].clone()).expect("an id");
    for name in ["Rizal", "Luna"] {
        let error = copy.try_save("section", &section(year, name)).expect_err("it is here already");
        assert_eq!(error.code, Code::Conflict, "{}", error.message);
    }
    let again = json!({ "student": learner, "school_year": year, "grade_level": "7", "status": "enrolled" });
    assert_eq!(copy.try_save("enrolment", &again).expect_err("it is here already").code, Code::Conflict);
    copy.save("section", &section(year, "Silang"));
    copy.sync().await;
    school.rig.assert_level(&copy).await;
}
