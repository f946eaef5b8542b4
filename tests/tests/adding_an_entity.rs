//! A new kind of record takes one declaration and one migration, and nothing else: this test declares one that PEMS does not
//! have and finds it saved, checked, searched, synced, merged and kept apart like any other. `docs/adding-an-entity.md`.

use pems_model::entity::{check, choice, claim, date, link, text};
use pems_model::wire::Outcome;
use pems_model::{Act, Code, Entity, Schema, ddl, entities};
use pems_node::store::Choice;
use pems_tests::rig::{Rig, TestOffice};
use serde_json::{Value as Json, json};
use std::sync::OnceLock;
use uuid::Uuid;

const CLINIC_VISIT: Entity = Entity {
    name: "clinic_visit",
    label: "Clinic visit",
    writers: Act::KeepLearners.roles(),
    fields: &[
        link("student", "Learner", "student").required().immutable(),
        date("visit_date", "Day").required(),
        text("complaint", "Complaint", 200).required().searched(),
        choice("outcome", "Outcome", &["back_to_class", "sent_home", "referred"]).required(),
        claim("slip_no", "Slip no.", 20).searched(),
    ],
    ..Entity::SYNCED
};

fn with_clinic() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let all: Vec<&'static Entity> = entities::ALL.iter().copied().chain([&CLINIC_VISIT]).collect();
        check(&all);
        Schema::new(&all)
    })
}

/// A hub whose database got the one migration, a school and two offices of it.
async fn two_offices() -> (Rig, TestOffice, TestOffice) {
    let rig = Rig::start(with_clinic(), Some(ddl::postgres::table(&CLINIC_VISIT))).await;
    rig.school("mabini").await;
    let (first, second) = (rig.office("mabini").await, rig.office("mabini").await);
    (rig, first, second)
}

fn learner(office: &TestOffice) -> Uuid {
    office.save("student", &json!({ "last_name": "Dela Cruz", "first_name": "Juan" }))
}

fn visit(student: Uuid, complaint: &str) -> Json {
    json!({ "student": student, "visit_date": "2026-08-03", "complaint": complaint, "outcome": "sent_home" })
}

#[tokio::test]
async fn it_is_saved_here_and_listed_and_found_there() {
    let (rig, first, second) = two_offices().await;
    let id = first.save("clinic_visit", &visit(learner(&first), "Sumakit ang tiyan"));
    assert_eq!(first.sync().await.applied, 2);
    second.sync().await;

    let there = second.get("clinic_visit", id).expect("it travelled");
    assert_eq!((&there["complaint"], &there["outcome"]), (&json!("Sumakit ang tiyan"), &json!("sent_home")));
    assert_eq!(second.list("clinic_visit"), [there]);
    let found = second.store().search("clinic_visit", "TIYAN", 10).expect("a search");
    assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    assert_eq!(rig.at_hub("mabini").await.rows["clinic_visit"], 1);
    for office in [&first, &second] {
        rig.assert_level(office).await;
    }

    second.store().delete("clinic_visit", id).expect("deleted");
    second.sync().await;
    first.sync().await;
    assert_eq!(first.list("clinic_visit"), Vec::<Json>::new());
    assert_eq!(first.get("clinic_visit", id).expect("a tombstone")["deleted"], json!(true));
    rig.assert_level(&first).await;
}

#[tokio::test]
async fn its_declaration_says_what_is_valid_and_who_may_write() {
    let (rig, first, _) = two_offices().await;
    let student = learner(&first);
    let refused = [
        (json!({ "outcome": "asleep" }), Code::NotAChoice, "outcome"),
        (json!({ "complaint": null }), Code::Required, "complaint"),
        (json!({ "complaint": "a".repeat(201) }), Code::TooLong, "complaint"),
        (json!({ "visit_date": "2026-02-30" }), Code::BadFormat, "visit_date"),
        (json!({ "student": Uuid::from_u128(7) }), Code::ParentMissing, "student"),
        (json!({ "temperature": 39 }), Code::UnknownField, "temperature"),
    ];
    for (wrong, code, field) in refused {
        let mut fields = visit(student, "Lagnat");
        fields.as_object_mut().expect("an object").extend(wrong.as_object().expect("an object").clone());
        let error = first.try_save("clinic_visit", &fields).expect_err("refused");
        assert_eq!((error.code, error.details), (code, Some(json!({ "field": field }))), "{wrong}");
    }
    assert_eq!(first.list("clinic_visit"), Vec::<Json>::new());
    first.sync().await;

    let teacher = rig.office_as("mabini", pems_model::Role::Teacher).await;
    teacher.sync().await;
    let error = teacher.try_save("clinic_visit", &visit(student, "Lagnat")).expect_err("a teacher may not");
    assert_eq!(error.code, Code::RoleForbidden);

    let id = first.save("clinic_visit", &visit(student, "Lagnat"));
    let other = json!({ "id": id, "student": first.save("student", &json!({ "last_name": "B", "first_name": "C" })) });
    assert_eq!(first.try_save("clinic_visit", &other).expect_err("fixed").code, Code::Fixed);
}

#[tokio::test]
async fn a_conflict_keeps_both_values_and_one_click_changes_the_winner() {
    let (rig, first, second) = two_offices().await;
    let id = first.save("clinic_visit", &visit(learner(&first), "Lagnat"));
    first.sync().await;
    second.sync().await;

    first.save("clinic_visit", &json!({ "id": id, "complaint": "Lagnat at ubo" }));
    second.save("clinic_visit", &json!({ "id": id, "complaint": "Sipon" }));
    first.sync().await;
    assert_eq!(second.sync().await.conflicts, 1);
    first.sync().await;
    let (here, there) = (first.get("clinic_visit", id), second.get("clinic_visit", id));
    assert_eq!(here, there);
    assert_eq!(here.expect("a row")["complaint"], json!("Sipon"), "the later edit");

    let open = first.store().reviews().expect("the inbox");
    assert_eq!(open.len(), 1);
    assert_eq!((&open[0].mine, &open[0].theirs), (&json!("Lagnat at ubo"), &json!("Sipon")));
    assert_eq!(
        (open[0].kind.as_str(), open[0].entity.as_str(), open[0].row_id),
        ("conflict", "clinic_visit", Some(id))
    );
    first.store().resolve(open[0].id, Choice::Mine).expect("settled");
    first.sync().await;
    second.sync().await;
    assert_eq!(second.get("clinic_visit", id).expect("a row")["complaint"], json!("Lagnat at ubo"));
    assert_eq!(second.store().reviews().expect("the inbox"), []);
    rig.assert_level(&first).await;
    rig.assert_level(&second).await;
}

#[tokio::test]
async fn a_number_taken_twice_is_lost_by_the_later_row_and_kept_in_review() {
    let (rig, first, second) = two_offices().await;
    let student = learner(&first);
    first.sync().await;
    second.sync().await;
    let numbered = |complaint: &str| {
        let mut fields = visit(student, complaint);
        fields["slip_no"] = json!("2026-0001");
        fields
    };
    let early = first.save("clinic_visit", &numbered("Lagnat"));
    let late = second.save("clinic_visit", &numbered("Ubo"));
    first.sync().await;
    second.sync().await;
    first.sync().await;
    assert!(matches!(second.outcomes().last(), Some(Some(Outcome::Conflict { .. }))));
    for office in [&first, &second] {
        let number = |id| office.get("clinic_visit", id).expect("both rows live")["slip_no"].clone();
        assert_eq!((number(early), number(late)), (json!("2026-0001"), Json::Null));
        let open = office.store().reviews().expect("the inbox");
        assert_eq!((open.len(), open[0].kind.as_str(), open[0].row_id), (1, "claim", Some(late)));
        rig.assert_level(office).await;
    }
}

#[tokio::test]
async fn another_school_sees_nothing_of_it() {
    let (rig, first, _) = two_offices().await;
    first.save("clinic_visit", &visit(learner(&first), "Lagnat"));
    first.sync().await;
    rig.school("rizal").await;
    let stranger = rig.office("rizal").await;
    assert_eq!(stranger.sync().await.received, 0);
    assert_eq!(stranger.list("clinic_visit"), Vec::<Json>::new());
    assert_eq!(rig.at_hub("rizal").await.rows["clinic_visit"], 0);
}
