//! *Needs you*: nothing is lost silently. Both values of a conflict can be had back, what was refused waits with its reason
//! and its dependants, and what belongs together goes through together or not at all.

use pems_model::wire::Outcome;
use pems_model::{Code, Role};
use pems_node::store::Choice;
use pems_tests::programs::{Done, node, run};
use pems_tests::rig::{Rig, TestOffice};
use serde_json::{Value as Json, json};
use uuid::Uuid;

async fn settle(rig: &Rig, offices: &[&TestOffice]) {
    for office in offices.iter().chain(offices) {
        office.sync().await;
    }
    for office in offices {
        rig.assert_level(office).await;
    }
}

fn command(office: &TestOffice, args: &[&str]) -> Done {
    let done = run(&mut node(&office.dir, &office.key_file), args, b"");
    assert_eq!(done.exit, Some(0), "{args:?}: {done:?}");
    done
}

async fn role(rig: &Rig, office: &TestOffice, role: Role) {
    let sql = format!("UPDATE device SET role = '{}' WHERE id = '{}'", role.name(), office.id());
    rig.sql(&sql).await.expect("another role");
}

/// Two offices with one learner each of them edited, offline.
async fn conflict() -> (Rig, TestOffice, TestOffice, Uuid) {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let (first, second) = (rig.office("mabini").await, rig.office("mabini").await);
    let id = first.save("student", &json!({ "last_name": "Cruz", "first_name": "Ana" }));
    settle(&rig, &[&first, &second]).await;
    first.save("student", &json!({ "id": id, "remarks": "from the first" }));
    second.save("student", &json!({ "id": id, "remarks": "from the second" }));
    settle(&rig, &[&first, &second]).await;
    (rig, first, second, id)
}

#[tokio::test]
async fn keeping_the_other_value_brings_it_back_everywhere() {
    for (value, stands) in [("mine", "from the first"), ("theirs", "from the second")] {
        let (rig, first, second, id) = conflict().await;
        let listed = command(&first, &["review", "list"]).printed;
        assert_eq!(listed.len(), 1);
        assert_eq!((&listed[0]["mine"], &listed[0]["theirs"]), (&json!("from the first"), &json!("from the second")));
        assert_eq!((&listed[0]["stands"], &listed[0]["row_id"]), (&json!("theirs"), &json!(id)));
        command(&first, &["review", "keep", listed[0]["id"].as_str().expect("an id"), "--value", value]);
        settle(&rig, &[&first, &second]).await;
        for office in [&first, &second] {
            assert_eq!(office.get("student", id).expect("a row")["remarks"], stands, "{value}");
            assert_eq!(command(office, &["review", "list"]).printed, Vec::<Json>::new());
        }
    }
}

/// A decision is about what was shown. One that leaves the record as it is takes back no edit that was not; one that changes it is
/// an edit like any other, with its base: what came meanwhile loses against it and is asked about, once, however often the field
/// was typed over on the way.
#[tokio::test]
async fn a_decision_is_about_what_was_shown() {
    for (choice, conflicts, stands) in [(Choice::Theirs, 0, "the second again"), (Choice::Mine, 1, "typed over")] {
        let (rig, first, second, id) = conflict().await;
        second.save("student", &json!({ "id": id, "remarks": "the second again" }));
        second.sync().await;

        let entry = first.store().reviews().expect("the inbox")[0].id;
        first.store().resolve(entry, choice).expect("settled");
        if choice == Choice::Mine {
            first.save("student", &json!({ "id": id, "remarks": "typed over" }));
        }
        let summary = first.sync().await;
        assert_eq!((summary.conflicts, summary.refused), (conflicts, 0), "{choice:?}");
        settle(&rig, &[&first, &second]).await;
        for office in [&first, &second] {
            assert_eq!(office.get("student", id).expect("a row")["remarks"], stands, "{choice:?}");
            let open = command(office, &["review", "list"]).printed;
            assert_eq!(open.len(), conflicts, "{choice:?}: {open:?}");
        }
        if conflicts == 0 {
            continue;
        }
        let asked = command(&first, &["review", "list"]).printed.remove(0);
        let said = (&asked["mine"], &asked["theirs"], &asked["stands"], &asked["now"]);
        assert_eq!(said, (&json!("from the first"), &json!("the second again"), &json!("neither"), &json!(stands)));
        command(&first, &["review", "keep", asked["id"].as_str().expect("an id"), "--value", "theirs"]);
        settle(&rig, &[&first, &second]).await;
        for office in [&first, &second] {
            assert_eq!(office.get("student", id).expect("a row")["remarks"], "the second again");
            assert_eq!(command(office, &["review", "list"]).printed, Vec::<Json>::new());
        }
    }
}

/// Two PCs decide one question while the hub is away. Where they agree it is settled; where they do not it is asked again, once
/// and about the record, whoever is first at the hub.
#[tokio::test]
async fn what_two_decide_differently_is_asked_again_and_settled_by_one() {
    let both = [Choice::Mine, Choice::Theirs];
    for (one, other) in both.into_iter().flat_map(|one| both.map(|other| (one, other))) {
        for second_syncs_first in [false, true] {
            let (rig, first, second, id) = conflict().await;
            let entry = first.store().reviews().expect("the inbox")[0].id;
            first.store().resolve(entry, one).expect("settled at the first");
            second.store().resolve(entry, other).expect("settled at the second");
            let order = if second_syncs_first { [&second, &first] } else { [&first, &second] };
            settle(&rig, &order).await;

            // What is its own at the one is the other value at the other.
            let agree = one != other;
            for office in order {
                let open = office.store().reviews().expect("the inbox");
                let asked: Vec<_> = open.iter().map(|entry| (entry.id, &*entry.entity, entry.row_id)).collect();
                let again = vec![(entry, "student", Some(id))];
                assert_eq!(asked, if agree { Vec::new() } else { again }, "{one:?} {other:?}");
                let stands = if agree && one == Choice::Theirs { "from the second" } else { "from the first" };
                assert_eq!(office.get("student", id).expect("a row")["remarks"], stands, "{one:?} {other:?}");
            }
            if agree {
                continue;
            }
            second.store().resolve(entry, Choice::Mine).expect("settled for good");
            settle(&rig, &[&second, &first]).await;
            for office in order {
                assert_eq!(office.get("student", id).expect("a row")["remarks"], "from the second");
                assert_eq!(office.store().reviews().expect("the inbox"), []);
            }
        }
    }
}

#[tokio::test]
async fn a_settled_conflict_goes_through_whole_or_not_at_all() {
    let (rig, first, second, id) = conflict().await;
    let entry = first.store().reviews().expect("the inbox")[0].id;
    first.store().resolve(entry, Choice::Mine).expect("settled");
    // A teacher may not change learners, and so not decide about one either: both halves are refused.
    role(&rig, &first, Role::Teacher).await;
    first.sync().await;
    let codes: Vec<Option<Code>> = first.outcomes().into_iter().map(refusal).collect();
    assert_eq!(codes[codes.len() - 2..], [Some(Code::RoleForbidden); 2]);
    let item = |office: &TestOffice| office.get("review_item", entry).expect("the entry")["state"].clone();
    let remarks = |office: &TestOffice| office.get("student", id).expect("a row")["remarks"].clone();
    settle(&rig, &[&first, &second]).await;
    for office in [&first, &second] {
        assert_eq!((item(office), remarks(office)), (json!("open"), json!("from the second")), "neither half");
    }
    // With the role back, either half sends both.
    role(&rig, &first, Role::SchoolAdmin).await;
    let parked = first.store().reviews().expect("the inbox").into_iter().find(|entry| entry.kind == "refused");
    first.store().resolve(parked.expect("a parked change").id, Choice::Mine).expect("sent again");
    settle(&rig, &[&first, &second]).await;
    for office in [&first, &second] {
        assert_eq!((item(office), remarks(office)), (json!("replaced"), json!("from the first")), "both halves");
    }
    assert_eq!(first.store().reviews().expect("the inbox"), []);
}

fn refusal(outcome: Option<Outcome>) -> Option<Code> {
    match outcome.expect("an answer") {
        Outcome::Refused { problem } => Some(problem.code),
        _ => None,
    }
}

#[tokio::test]
async fn what_was_refused_waits_with_its_dependants_and_goes_through_with_one_command() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let (first, second) = (rig.office("mabini").await, rig.office("mabini").await);
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-01", "end_date": "2027-03-31", "status": "open" });
    let year = first.save("school_year", &year);
    settle(&rig, &[&first, &second]).await;

    // Offline, the role is taken away: head and members of a chain are refused, what the role still allows goes through.
    let learner = first.save("student", &json!({ "last_name": "Cruz", "first_name": "Ana" }));
    let section = first.save("section", &json!({ "school_year": year, "grade_level": "7", "name": "Rizal" }));
    let enrolment = json!({ "student": learner, "school_year": year, "grade_level": "7", "status": "enrolled" });
    let enrolment = first.save("enrolment", &enrolment);
    let seat = json!({ "enrolment": enrolment, "section": section, "valid_from": "2026-06-01" });
    let seat = first.save("section_membership", &seat);
    first.save("student", &json!({ "id": learner, "remarks": "a later edit" }));
    role(&rig, &first, Role::SchoolHead).await;
    let summary = first.sync().await;
    assert_eq!((summary.refused, summary.applied), (4, 1));
    let why: Vec<Option<Code>> = first.outcomes().into_iter().skip(1).map(refusal).collect();
    let expected = [Code::RoleForbidden, Code::RoleForbidden, Code::ParentMissing, Code::RoleForbidden];
    assert_eq!(why, [Some(expected[0]), None, Some(expected[1]), Some(expected[2]), Some(expected[3])]);
    settle(&rig, &[&first, &second]).await;
    assert!(second.get("section", section).is_some(), "a refused change blocks no other");
    assert_eq!((second.list("student").len(), second.list("enrolment").len()), (0, 0));

    let parked = command(&first, &["review", "list"]).printed;
    assert_eq!(parked.len(), 4);
    for entry in &parked {
        let told = entry["reason"]["message"].as_str().expect("a reason");
        assert!(entry["kind"] == "refused" && told.len() > 20, "a clerk can act on it: {entry}");
    }
    assert_eq!(command(&first, &["status"]).printed[0]["parked"], 4);

    role(&rig, &first, Role::SchoolAdmin).await;
    let head = parked.iter().find(|entry| entry["entity"] == "student").expect("the learner")["id"].clone();
    command(&first, &["review", "keep", head.as_str().expect("an id"), "--value", "mine"]);
    settle(&rig, &[&first, &second]).await;
    assert_eq!(command(&first, &["review", "list"]).printed, Vec::<Json>::new());
    for office in [&first, &second] {
        assert_eq!(office.get("student", learner).expect("the learner")["remarks"], "a later edit");
        assert!(office.get("enrolment", enrolment).is_some() && office.get("section_membership", seat).is_some());
    }
}
