//! A month is signed at one PC while another one, which has not heard of it, moves a learner in it: what comes of that at both.

use pems_model::wire::Outcome;
use pems_model::{Code, Role};
use pems_node::domain::made_up::MadeUp;
use pems_node::store::Choice;
use pems_tests::rig::{Rig, TestOffice, record};
use serde_json::{Value as Json, json};

/// The refusals of an office, in the order of its changes.
fn refused(office: &TestOffice) -> Vec<Code> {
    let code = |outcome: Option<Outcome>| match outcome {
        Some(Outcome::Refused { problem }) => Some(problem.code),
        _ => None,
    };
    office.outcomes().into_iter().filter_map(code).collect()
}

/// Section, first day and last day of the stays.
fn stays(office: &TestOffice) -> Vec<(Json, Json, Json)> {
    let stay = |row: Json| (row["section"].clone(), row["valid_from"].clone(), row["valid_to"].clone());
    let mut stays: Vec<_> = office.list("section_membership").into_iter().map(stay).collect();
    stays.sort_by_key(|(_, from, _)| from.to_string());
    stays
}

#[tokio::test]
async fn a_move_into_a_month_that_was_signed_elsewhere_waits_whole_until_the_month_is_open_again() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let (here, there) = (rig.office("mabini").await, rig.office_as("mabini", Role::SchoolHead).await);
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-08", "end_date": "2027-03-31", "status": "open" });
    let year = here.save("school_year", &year);
    let section = |name: &str| here.save("section", &json!({ "school_year": year, "grade_level": "7", "name": name }));
    let (rizal, luna) = (section("Rizal"), section("Luna"));
    let student = here.save("student", &json!({ "last_name": "Peña", "first_name": "Ana" }));
    let enrolment = json!({ "student": student, "school_year": year, "grade_level": "7", "status": "enrolled" });
    let enrolment = here.save("enrolment", &enrolment);
    let stay = json!({ "enrolment": enrolment, "section": rizal, "valid_from": "2026-06-08" });
    let stay = here.save("section_membership", &stay);
    here.sync().await;
    there.sync().await;
    let before = stays(&there);

    let report = json!({ "section": rizal, "month": "2026-06-01", "state": "signed" });
    let report = there.save("sf2_report", &report);
    there.sync().await;
    let moves = [
        record("section_membership", &json!({ "id": stay, "valid_to": "2026-06-15" })),
        record("section_membership", &json!({ "enrolment": enrolment, "section": luna, "valid_from": "2026-06-15" })),
    ];
    let moved = |work: &mut pems_node::store::Work<'_, '_>| moves.iter().try_for_each(|save| work.put(save).map(drop));
    here.store().act_together(moved).expect("nothing is signed here yet");
    here.sync().await;
    there.sync().await;
    assert_eq!(refused(&here), [Code::Rule, Code::Rule], "both, with the reason");
    assert_eq!((stays(&here), stays(&there)), (before.clone(), before), "the learner sits where the paper says");
    rig.assert_level(&here).await;
    rig.assert_level(&there).await;
    let waiting = here.store().reviews().expect("a list");
    let why = |reason: &Option<Json>| reason.as_ref().and_then(|why| why["message"].as_str()).map(str::to_owned);
    let says = |why: &String| why.contains("7-Rizal for 2026-06 is signed") && why.contains("open it again");
    assert!(
        waiting.len() == 2 && waiting.iter().all(|entry| why(&entry.reason).is_some_and(|why| says(&why))),
        "{waiting:?}"
    );

    let opened = json!({ "id": report, "state": "reopened", "reason": "Ana moved on the 15th" });
    there.save("sf2_report", &opened);
    there.sync().await;
    here.sync().await;
    here.store().resolve(waiting[0].id, Choice::Mine).expect("sent again, with what belongs to it");
    here.sync().await;
    there.sync().await;
    let day = |text: &str| json!(text);
    let after =
        vec![(json!(rizal), day("2026-06-08"), day("2026-06-15")), (json!(luna), day("2026-06-15"), Json::Null)];
    assert_eq!((stays(&here), stays(&there)), (after.clone(), after));
    rig.assert_level(&here).await;
}
