//! Who may speak, and for whom: a device speaks for itself, in its own school, for as long as it may. A school hears nothing
//! of another one, whatever it asks.

use pems_model::Code;
use pems_model::wire::{ChangeKind, Replica};
use pems_tests::raw::{Speaker, change};
use pems_tests::rig::{Rig, TestOffice};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// Two schools, each with an office; the first has a learner in a section of a year.
struct Schools {
    rig: Rig,
    ours: TestOffice,
    theirs: TestOffice,
    learner: Uuid,
    year: Uuid,
}

async fn schools() -> Schools {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    rig.school("rizal").await;
    let (ours, theirs) = (rig.office("mabini").await, rig.office("rizal").await);
    let learner = ours.save("student", &json!({ "last_name": "Secret", "first_name": "Ana", "student_no": "S-1" }));
    let year = json!({ "label": "2026-2027", "start_date": "2026-06-01", "end_date": "2027-03-31", "status": "open" });
    let year = ours.save("school_year", &year);
    ours.sync().await;
    Schools { rig, ours, theirs, learner, year }
}

#[tokio::test]
async fn a_device_speaks_for_itself_only() {
    let Schools { rig, ours, theirs, .. } = schools().await;
    let colleague = rig.office("mabini").await;
    let speaker = Speaker::new(&theirs).await.expect("a token");
    for other in [&ours, &colleague] {
        let mut request = speaker.request();
        request.replica = Replica { id: other.id(), incarnation: 0 };
        assert_eq!(speaker.sync(&request).await.expect_err("another device").code, Code::Unauthorized);
    }
    // Another device's token does not help either: it names its own school and device.
    let mut borrowed = Speaker::new(&theirs).await.expect("a token");
    borrowed.token = Speaker::new(&ours).await.expect("a token").token;
    assert_eq!(borrowed.sync(&borrowed.request()).await.expect_err("not its token").code, Code::Unauthorized);
}

#[tokio::test]
async fn nothing_of_another_school_is_read_or_touched() {
    let Schools { rig, ours, theirs, learner, year } = schools().await;
    let before = rig.at_hub("mabini").await;
    let speaker = Speaker::new(&theirs).await.expect("a token");
    let mut deletion = change(3, "student", learner, 1, json!({}));
    deletion.kind = ChangeKind::Delete;
    let answer = speaker
        .sync(&speaker.push(vec![
            change(1, "student", learner, 1, json!({ "remarks": "mine now" })),
            change(
                2,
                "enrolment",
                Uuid::from_u128(2),
                0,
                json!({ "student": learner, "school_year": year, "grade_level": "7", "status": "enrolled" }),
            ),
            deletion,
            // The very number that is taken over there is free here.
            change(
                4,
                "student",
                Uuid::from_u128(4),
                0,
                json!({ "last_name": "B", "first_name": "C", "student_no": "S-1" }),
            ),
            // The very id as well, should anybody ever have it: it is a row of this school.
            change(5, "guardian", year, 0, json!({ "last_name": "D" })),
        ]))
        .await
        .expect("an answer");
    assert_eq!(answer.refusals(), [Some(Code::RowMissing), Some(Code::ParentMissing), None, None, None]);
    let heard = serde_json::to_string(&answer.results).expect("JSON");
    assert!(!heard.contains("Secret"), "{heard}");
    let rows = answer.rows();
    assert_eq!(rows.len(), 2, "its own rows only: {rows:?}");
    assert!(!format!("{rows:?}").contains("Secret"));

    // Over there nothing moved: no row, no revision, no log.
    let after = rig.at_hub("mabini").await;
    assert_eq!((after.rev, &after.digest, &after.rows), (before.rev, &before.digest, &before.rows));
    ours.sync().await;
    rig.assert_level(&ours).await;
    assert_eq!(ours.get("student", learner).expect("ours")["remarks"], json!(null));
    let strangers: i64 = rig
        .value(&format!(
            "SELECT count(*) FROM change_log l JOIN tenant t ON t.id = l.tenant_id WHERE t.slug = 'mabini' AND l.replica_id = '{}'",
            theirs.id()
        ))
        .await;
    assert_eq!(strangers, 0);
    // What was refused there exists is told in the same words as what does not exist at all.
    let answer = speaker
        .sync(&speaker.push(vec![
            change(6, "student", learner, 1, json!({ "remarks": "x" })),
            change(7, "student", Uuid::from_u128(77), 1, json!({ "remarks": "x" })),
        ]))
        .await
        .expect("an answer");
    let words = |at: usize| serde_json::to_value(&answer.results[at].outcome).expect("JSON");
    assert_eq!(words(0), words(1), "no difference tells that a record exists elsewhere");
}

#[tokio::test]
async fn an_expired_token_is_refused_and_an_office_takes_a_new_one() {
    let rig = Rig::start_with(|config| config.token_ttl = Duration::ZERO).await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    let speaker = Speaker::new(&office).await.expect("a token");
    assert_eq!(speaker.sync(&speaker.request()).await.expect_err("expired").code, Code::TokenExpired);
    // An office that only ever gets expired tokens gives up instead of going round for ever.
    let error = office.try_sync().await.expect_err("no token lasts");
    assert_eq!(error.code, Code::TokenExpired);
}

#[tokio::test]
async fn a_token_outlives_neither_revocation_nor_suspension() {
    let Schools { rig, ours, theirs, .. } = schools().await;
    let (mine, other) = (Speaker::new(&ours).await.expect("a token"), Speaker::new(&theirs).await.expect("a token"));
    let learner =
        |op_no| change(op_no, "student", Uuid::from_u128(9), 0, json!({ "last_name": "A", "first_name": "B" }));
    let before = rig.at_hub("mabini").await;

    rig.hub().admin().suspend("mabini").await.expect("suspended");
    for request in [mine.request(), mine.push(vec![learner(3)])] {
        assert_eq!(mine.sync(&request).await.expect_err("suspended").code, Code::TenantSuspended);
    }
    assert_eq!(Speaker::new(&ours).await.expect_err("no new token").code, Code::TenantSuspended);
    other.sync(&other.request()).await.expect("another school goes on");
    ours.save("student", &json!({ "last_name": "Offline", "first_name": "Work" }));
    assert_eq!(ours.try_sync().await.expect_err("suspended").code, Code::TenantSuspended);
    rig.hub().admin().resume("mabini").await.expect("resumed");
    ours.sync().await;
    rig.assert_level(&ours).await;
    assert_eq!(
        rig.at_hub("mabini").await.rows["student"],
        before.rows["student"] + 1,
        "what was done meanwhile arrived"
    );

    rig.hub().admin().revoke(ours.id()).await.expect("revoked");
    for request in [mine.request(), mine.push(vec![learner(4)])] {
        assert_eq!(mine.sync(&request).await.expect_err("revoked").code, Code::DeviceRevoked);
    }
    assert_eq!(Speaker::new(&ours).await.expect_err("no new token").code, Code::DeviceRevoked);
    let count: i64 = rig.value("SELECT count(*) FROM student WHERE last_name = 'A'").await;
    assert_eq!(count, 0);
}

#[tokio::test]
async fn a_held_request_ends_with_the_right_to_listen() {
    let Schools { rig, ours, .. } = schools().await;
    let speaker = Speaker::new(&ours).await.expect("a token");
    let level = rig.at_hub("mabini").await.rev;
    let mut request = speaker.request();
    request.cursors = pems_model::wire::Cursors::Level(level);
    request.wait_ms = 50_000;
    let held = speaker.sync(&request);
    let revoking = async {
        // Only once the hub holds the request is this about holding; either order must end the same.
        rig.hub().admin().revoke(ours.id()).await.expect("revoked");
        rig.sql("UPDATE student SET remarks = 'news'").await.expect("updated");
    };
    let (heard, ()) =
        tokio::time::timeout(Duration::from_secs(20), async { tokio::join!(held, revoking) }).await.expect("it ends");
    assert_eq!(heard.expect_err("revoked").code, Code::DeviceRevoked);
}
