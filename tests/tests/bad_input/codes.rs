//! Enrolment codes: used, expired, mistyped, guessed.

use pems_model::wire::ErrorBody;
use pems_model::{Code, Role, Schema};
use pems_node::keys::KeySource;
use pems_node::{NodeError, Office};
use pems_tests::programs::{node, run};
use pems_tests::rig::Rig;
use serde_json::json;
use std::num::NonZeroU32;
use std::path::Path;

async fn enrol(rig: &Rig, dir: &Path, name: &str, code: &str) -> Result<Office, NodeError> {
    let keys = KeySource::File(dir.join(format!("{name}.key")));
    Office::enrol(&dir.join(name), keys, &rig.url(), code, name, Schema::product()).await
}

#[tokio::test]
async fn a_code_serves_once_and_for_a_while() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let dir = tempfile::tempdir().expect("a folder");
    let code = rig.hub().admin().device_code("mabini", 10, Role::Registrar).await.expect("a code");
    let mut garbled = code.clone().into_bytes();
    garbled[0] = if garbled[0] == b'7' { b'8' } else { b'7' };
    let garbled = String::from_utf8(garbled).expect("ASCII");
    for wrong in [garbled.as_str(), "", "' OR 1=1 --", "0000-0000-0000", "🙂🙂🙂🙂-0000-0000"] {
        assert_eq!(enrol(&rig, dir.path(), "pc", wrong).await.expect_err("unknown").code, Code::CodeUnknown, "{wrong}");
    }
    // The failures left nothing that stands in the way; typing is forgiven.
    let typed = code.to_lowercase().replace('-', " ");
    enrol(&rig, dir.path(), "pc", &typed).await.expect("the right code");
    assert_eq!(enrol(&rig, dir.path(), "pc2", &code).await.expect_err("used").code, Code::CodeUsed);
    assert_eq!(enrol(&rig, dir.path(), "pc", &code).await.expect_err("there is one").code, Code::AlreadyEnrolled);
    let old = rig.hub().admin().device_code("mabini", 1, Role::Registrar).await.expect("a code");
    rig.sql("UPDATE device_code SET expires_at = now() - interval '1 second' WHERE used_at IS NULL")
        .await
        .expect("time");
    assert_eq!(enrol(&rig, dir.path(), "pc3", &old).await.expect_err("expired").code, Code::CodeExpired);
    assert_eq!(rig.at_hub("mabini").await.devices, 1);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_honest_devices_go_on() {
    let rig = Rig::start_with(|config| config.enrol_per_minute = NonZeroU32::new(5).expect("five")).await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    let guess = json!({ "code": "0000-0000-0000", "device_name": "guess", "public_key": "A" });
    let client = reqwest::Client::new();
    let mut codes = Vec::new();
    for _ in 0..10 {
        let answer = client.post(format!("{}/v1/enrol", rig.url())).json(&guess).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let error: ErrorBody = answer.json().await.expect("a reason");
        codes.push((status, error.code));
    }
    assert_eq!(codes[..4], [(400, Code::BadRequest); 4]);
    assert_eq!(codes[4..], [(429, Code::RateLimited); 6]);
    office.sync().await;
    rig.assert_level(&office).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_says_what_the_hub_said() {
    let rig = Rig::product().await;
    let dir = tempfile::tempdir().expect("a folder");
    let (data, key) = (dir.path().join("office"), dir.path().join("key"));
    let enrol = |hub: &str| run(&mut node(&data, &key), ["enrol", "--hub", hub, "--code", "7KQ2-M9XD-04TR"], b"");
    let done = enrol(&rig.url());
    assert_eq!((done.exit, done.code()), (Some(1), "code_unknown"));
    let done = enrol("http://127.0.0.1:9");
    assert_eq!((done.exit, done.code()), (Some(1), "hub_unreachable"));
    let done = enrol("ftp://hub");
    assert_eq!((done.exit, done.code()), (Some(2), "bad_usage"));
    let done = run(&mut node(&data, &key), ["status"], b"");
    assert_eq!((done.exit, done.code()), (Some(1), "not_enrolled"));
}
