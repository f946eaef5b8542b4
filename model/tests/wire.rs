//! The line as version 1 of the protocol has it, byte by byte. Offices and hubs of that version are out there: these files are
//! never changed. A newer version gets a folder of its own beside this one, and this test goes on to pass.

use pems_model::frame::{Frame, Rows, RowsHead};
use pems_model::wire::{
    Change, ChangeKind, ChangeResult, Cursors, DeviceList, End, EnrolAnswer, EnrolRequest, ErrorBody, KnownDevice,
    Outcome, Replica, SignedIn, SyncRequest,
};
use pems_model::{Code, Problem, Role};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::fmt::Debug;
use uuid::Uuid;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 | n)
}

/// What is said now is what was said then, and what was said then is understood now.
fn same<T: Serialize + DeserializeOwned>(golden: &str, value: &T) -> T {
    let said = serde_json::to_string_pretty(value).expect("json");
    assert_eq!(said, golden.trim_end());
    serde_json::from_str(golden).expect("still read")
}

fn equal<T: Serialize + DeserializeOwned + PartialEq + Debug>(golden: &str, value: &T) {
    assert_eq!(&same(golden, value), value);
}

fn full_request() -> SyncRequest {
    let change = Change {
        id: id(1),
        op_no: 7,
        entity: "student".into(),
        row_id: id(2),
        kind: ChangeKind::Upsert,
        base_rev: 41,
        fields: [("last_name".to_owned(), json!("Peña")), ("lrn".to_owned(), json!(null))].into(),
        group: Some(id(3)),
        user_id: Some(id(4)),
        at: 1_790_000_000_000_000,
    };
    let delete =
        Change { op_no: 8, kind: ChangeKind::Delete, fields: [].into(), group: None, user_id: None, ..change.clone() };
    SyncRequest {
        protocol: 1,
        schema: "5f1d".into(),
        shapes: Some([("student".to_owned(), vec!["last_name".to_owned(), "lrn".to_owned()])].into()),
        replica: Replica { id: id(5), incarnation: 2 },
        epoch: Some(id(6)),
        cursors: Cursors::Each([("school_year".to_owned(), 40), ("student".to_owned(), 41)].into()),
        acked: 6,
        changes: vec![change, delete],
        people: vec![SignedIn { user: id(4), proof: "c2lnbmVk".into() }],
        proofs: [(7, "bWluZQ".to_owned())].into(),
        more: true,
        wait_ms: 50_000,
        sent_at: 1_790_000_000_000_001,
        devices: None,
    }
}

#[test]
fn requests() {
    let full = full_request();
    equal(include_str!("protocol_1/request.json"), &full);
    let idle = SyncRequest {
        shapes: None,
        epoch: None,
        cursors: Cursors::Level(41),
        changes: vec![],
        people: vec![],
        proofs: [].into(),
        more: false,
        wait_ms: 0,
        ..full
    };
    equal(include_str!("protocol_1/idle.json"), &idle);
    let enrol = EnrolRequest { code: "ABCD-EFGH".into(), device_name: "Registrar 1".into(), public_key: "a2V5".into() };
    same(include_str!("protocol_1/enrol.json"), &enrol);
}

#[test]
fn answers() {
    let problem = Problem::at(Code::TooLong, "last_name", "Last name is longer than 60 letters; shorten it");
    let results = vec![
        ChangeResult { op_no: 7, outcome: Outcome::Applied { rev: Some(42) } },
        ChangeResult { op_no: 8, outcome: Outcome::Merged { rev: None } },
        ChangeResult { op_no: 9, outcome: Outcome::Conflict { rev: Some(43) } },
        ChangeResult { op_no: 10, outcome: Outcome::Refused { problem } },
    ];
    equal(include_str!("protocol_1/results.json"), &results);
    let end = End {
        rev: 43,
        epoch: id(6),
        durable_rev: None,
        digest: Some("00ff".into()),
        more: false,
        hub_time: 1_790_000_000_000_002,
        devices: None,
    };
    equal(include_str!("protocol_1/end.json"), &end);
    let refusal = ErrorBody {
        code: Code::RateLimited,
        message: "too many pushes; wait".into(),
        details: Some(json!({ "retry_after": 3 })),
    };
    equal(include_str!("protocol_1/refusal.json"), &refusal);
    let enrolled = EnrolAnswer {
        device_id: id(5),
        tenant_id: id(9),
        school_name: "Mabini National High School".into(),
        school_slug: "mabini".into(),
        school_id: "301234".into(),
        timezone: "Asia/Manila".into(),
        role: Role::Registrar,
        epoch: id(6),
    };
    same(include_str!("protocol_1/enrolled.json"), &enrolled);
}

/// Added within version 1: whoever does not know it passes it over, and whoever does is not surprised by its absence.
#[test]
fn devices() {
    let idle: SyncRequest = serde_json::from_str(include_str!("protocol_1/idle.json")).expect("of before");
    assert_eq!(idle.devices, None, "an older office does not ask");
    equal(include_str!("protocol_1_devices/idle.json"), &SyncRequest { devices: Some("8c3b".into()), ..idle.clone() });
    let end: End = serde_json::from_str(include_str!("protocol_1/end.json")).expect("of before");
    assert_eq!(end.devices, None, "an older hub does not tell");
    let known = |n, name: &str, role: &str, state: &str, seen: Option<&str>| KnownDevice {
        id: id(n),
        name: name.into(),
        role: role.into(),
        state: state.into(),
        seen: seen.map(str::to_owned),
    };
    let list = vec![
        known(5, "Registrar 1", "registrar", "active", Some("2026-11-30")),
        known(7, "Guidance", "of tomorrow", "revoked", None),
    ];
    let devices = Some(DeviceList { revision: "8c3b".into(), list });
    equal(include_str!("protocol_1_devices/end.json"), &End { devices, ..end.clone() });
    // What an older office makes of it: the members that it knows, and nothing of the others.
    let mut of_before: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(include_str!("protocol_1_devices/end.json")).expect("an object");
    of_before.remove("devices");
    assert_eq!(serde_json::from_value::<End>(of_before.into()).expect("an end"), end);
}

#[test]
fn frames() {
    let head = RowsHead { entity: "student".into(), columns: vec!["lrn".into()], count: 1, through: 42, raw_len: 3 };
    let frames = [
        Frame::Alive,
        Frame::Results(vec![ChangeResult { op_no: 7, outcome: Outcome::Applied { rev: Some(42) } }]),
        Frame::Rows(Rows { head, body: vec![0xde, 0xad] }),
    ];
    let mut hex = String::new();
    for frame in &frames {
        hex.extend(frame.encode().iter().map(|byte| format!("{byte:02x}")));
        hex.push('\n');
    }
    assert_eq!(hex, include_str!("protocol_1/frames.hex"));
}

#[test]
fn a_code_that_is_not_known_yet_is_trouble_at_the_hub() {
    let refusal: ErrorBody =
        serde_json::from_str(r#"{"code": "of_tomorrow", "message": "what it says"}"#).expect("read");
    assert_eq!((refusal.code, refusal.message.as_str()), (Code::Internal, "what it says"));
}
