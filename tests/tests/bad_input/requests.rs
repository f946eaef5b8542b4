//! Requests that no office would send. (What is merely malformed is covered beside the hub; here it is about what comes after:
//! the next good request is served as if nothing had been.)

use pems_model::wire::{Change, MAX_BODY, MAX_CHANGES};
use pems_model::{Code, Role};
use pems_tests::raw::{Speaker, change};
use pems_tests::rig::{Rig, TestOffice};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// A body, its headers, and the refusal: its code and a part of what it says.
type Case<'a> = (Vec<u8>, &'a [(&'a str, &'a str)], Code, &'a str);

async fn speaker() -> (Rig, TestOffice, Speaker) {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    office.save("student", &json!({ "last_name": "Cruz", "first_name": "Ana" }));
    office.sync().await;
    let speaker = Speaker::new(&office).await.expect("a token");
    (rig, office, speaker)
}

fn learner(op_no: i64) -> Change {
    change(
        op_no,
        "student",
        Uuid::from_u128(op_no.unsigned_abs().into()),
        0,
        json!({ "last_name": "A", "first_name": "B" }),
    )
}

#[tokio::test]
async fn a_bad_request_is_told_why_and_harms_nobody() {
    let (rig, office, speaker) = speaker().await;
    let good = serde_json::to_value(speaker.request()).expect("JSON");
    let with = |name: &str, value: Json| {
        let mut body = good.clone();
        body[name] = value;
        body.to_string().into_bytes()
    };
    let zstd = [("content-encoding", "zstd")];
    let bomb = zstd::encode_all(&vec![b' '; 256 << 20][..], 1).expect("zstd");
    assert!(bomb.len() < MAX_BODY);
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)).into_bytes();
    let many: Vec<Change> = (1..).take(MAX_CHANGES + 1).map(learner).collect();
    let cases: Vec<Case<'_>> = vec![
        (b"".to_vec(), &[], Code::BadRequest, "EOF"),
        (b"{\"protocol\": 1".to_vec(), &[], Code::BadRequest, "EOF"),
        (b"\xff\xfe{}".to_vec(), &[], Code::BadRequest, "request"),
        (nested, &[], Code::BadRequest, "request"),
        (with("cursors", json!("all")), &[], Code::BadRequest, "Cursors"),
        (with("wait_ms", json!(-1)), &[], Code::BadRequest, "-1"),
        (with("protocol", json!(2)), &[], Code::UnsupportedProtocol, "update the hub"),
        (with("epoch", json!(Uuid::from_u128(1))), &[], Code::EpochChanged, "restored"),
        (vec![b' '; MAX_BODY + 1], &[], Code::TooLarge, "larger"),
        (serde_json::to_vec(&speaker.push(many)).expect("JSON"), &[], Code::TooLarge, "1000 changes"),
        (bomb, &zstd, Code::TooLarge, "larger"),
        (b"{}".to_vec(), &zstd, Code::BadRequest, "zstd"),
        (good.to_string().into_bytes(), &[("content-encoding", "gzip")], Code::BadRequest, "only zstd"),
        (good.to_string().into_bytes(), &[("authorization", "Basic YTpi")], Code::Unauthorized, "Bearer"),
        (good.to_string().into_bytes(), &[("authorization", "Bearer ")], Code::Unauthorized, "access token"),
        (good.to_string().into_bytes(), &[("authorization", "Bearer a.b.c")], Code::Unauthorized, "access token"),
    ];
    for (body, headers, code, told) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let error = speaker.post(body, headers).await.unwrap_or_else(|| panic!("accepted: {shown}"));
        assert_eq!(error.code, code, "{shown}: {}", error.message);
        assert!(error.message.contains(told), "{shown}: {}", error.message);
    }
    assert_eq!(speaker.post(good.to_string().into_bytes(), &[]).await, None, "a good one is served");
    let elsewhere = with("tenant", json!(Uuid::nil()));
    assert_eq!(speaker.post(elsewhere, &[]).await, None, "whose it is says the token, whatever else is said");
    rig.assert_level(&office).await;
}

#[tokio::test]
async fn one_wrong_change_is_refused_and_the_others_are_applied() {
    let (rig, office, speaker) = speaker().await;
    let with = |op_no, entity: &str, fields: Json| change(op_no, entity, Uuid::from_u128(op_no as u128), 0, fields);
    let name = |more: Json| {
        let mut fields = json!({ "last_name": "A", "first_name": "B" });
        fields.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        fields
    };
    let cases = [
        (with(2, "spaceship", json!({})), Some(Code::UnknownEntity)),
        (with(3, "student; DROP TABLE student", json!({})), Some(Code::UnknownEntity)),
        (with(4, "student", name(json!({ "shoe_size": 43 }))), Some(Code::UnknownField)),
        (with(5, "student", name(json!({ "birth_date": 20_000 }))), Some(Code::WrongType)),
        (with(6, "student", name(json!({ "birth_date": "2026-02-30" }))), Some(Code::BadFormat)),
        (with(7, "student", name(json!({ "sex": "X" }))), Some(Code::NotAChoice)),
        (with(8, "student", name(json!({ "remarks": "x".repeat(501) }))), Some(Code::TooLong)),
        (with(9, "student", name(json!({ "remarks": "a\u{0}b" }))), Some(Code::BadCharacter)),
        (with(10, "student", json!({ "first_name": "B" })), Some(Code::Required)),
        (with(11, "review_item", json!({ "kind": "conflict" })), Some(Code::HubOnly)),
        (
            with(
                12,
                "student_guardian",
                json!({ "student": Uuid::from_u128(1), "guardian": Uuid::from_u128(2), "relation": "mother" }),
            ),
            Some(Code::ParentMissing),
        ),
        (change(13, "student", Uuid::from_u128(13), 99, name(json!({}))), Some(Code::RowMissing)),
        (with(14, "student", name(json!({ "remarks": "fine" }))), None),
    ];
    let (changes, expected): (Vec<Change>, Vec<Option<Code>>) = cases.into_iter().unzip();
    let answer = speaker.sync(&speaker.push(changes)).await.expect("an answer");
    assert_eq!(answer.refusals(), expected);
    assert_eq!(rig.at_hub("mabini").await.rows["student"], 2, "the first and the fine one");
    // The office whose name was borrowed is level but for what was sent under its name; another one is simply level.
    let other = rig.office("mabini").await;
    other.sync().await;
    rig.assert_level(&other).await;
    let _ = office;
}

#[tokio::test]
async fn a_change_under_an_old_number_is_a_fork_and_writes_nothing() {
    let (rig, _office, speaker) = speaker().await;
    let rows = || async { rig.at_hub("mabini").await.rows["student"] };
    for (changes, told) in [(vec![learner(1)], "another one"), (vec![learner(5)], "missing")] {
        let error = speaker.sync(&speaker.push(changes)).await.expect_err("forked");
        assert_eq!(error.code, Code::ReplicaForked);
        assert!(error.message.contains(told), "{}", error.message);
    }
    for numbers in [vec![2, 2], vec![3, 2], vec![2, 4], vec![0], vec![-1], vec![i64::MAX, i64::MIN]] {
        let error =
            speaker.sync(&speaker.push(numbers.into_iter().map(learner).collect())).await.expect_err("disorder");
        assert!(matches!(error.code, Code::BadRequest | Code::ReplicaForked), "{error}");
    }
    assert_eq!(rows().await, 1);
    speaker.sync(&speaker.push(vec![learner(2)])).await.expect("the next one");
    assert_eq!(rows().await, 2);
}

#[tokio::test]
async fn who_may_not_write_may_still_read() {
    let (rig, ..) = speaker().await;
    let viewer = rig.office_as("mabini", Role::Viewer).await;
    let speaker = Speaker::new(&viewer).await.expect("a token");
    let answer = speaker.sync(&speaker.push(vec![learner(1)])).await.expect("an answer");
    assert_eq!(answer.refusals(), [Some(Code::RoleForbidden)]);
    assert_eq!(answer.rows().len(), 1);
}
