//! Keys in the keyring of the desktop (a private D-Bus session with an empty, unlocked keyring), and a device that was
//! revoked: its keys are destroyed and the records with them.

use pems_model::{Code, Role};
use pems_node::keys::KeySource;
use pems_tests::programs::{Done, bare, node, program, run};
use pems_tests::rig::Rig;
use serde_json::json;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// A private session whose own chatter is not the program's; on a bus that is set up as the file `$BUS` says, if there is one.
const PRIVATE: &str =
    r#"exec 3>&2 2>/dev/null; exec dbus-run-session ${BUS:+"--config-file=$BUS"} -- sh -c "$SESSION" sh "$@""#;
/// Starts the keyring daemon of that session, then runs what follows in it.
const SESSION: &str = r#"
printf '\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
exec "$@" 2>&3"#;

/// `sh` in a session of its own; the keyring's files are in `dir` and live on from session to session.
fn session(dir: &Path) -> Command {
    for (name, package) in [("dbus-run-session", "dbus"), ("gnome-keyring-daemon", "gnome-keyring")] {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&path).any(|dir| dir.join(name).exists());
        assert!(found, "{name} is missing: install the package {package}");
    }
    let mut command = bare(Path::new("sh"), "PEMS_NODE_");
    for (name, folder) in [
        ("XDG_DATA_HOME", "data"),
        ("XDG_RUNTIME_DIR", "run"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
    ] {
        let folder = dir.join(folder);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.expect("a folder of the session");
        command.env(name, folder);
    }
    command
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("BUS")
        .env("SESSION", SESSION)
        .args(["-c", PRIVATE, "sh"]);
    command
}

/// `pems-node` with the keyring, in a session.
fn with_keyring(dir: &Path, data: &Path, args: &[&str]) -> Done {
    let mut command = session(dir);
    command.arg(program("pems-node")).arg("--json").arg("--data").arg(data);
    run(&mut command, args, b"")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keyring_keeps_the_keys() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("office");
    let code = rig.hub().admin().device_code("mabini", 10, Role::Registrar).await.expect("a code");
    let enrolled = with_keyring(dir.path(), &data, &["enrol", "--hub", &rig.url(), "--code", &code]);
    assert_eq!(enrolled.exit, Some(0), "{enrolled:?}");
    let learner = r#"{"last_name":"Dela Cruz","first_name":"Juan"}"#;
    assert_eq!(with_keyring(dir.path(), &data, &["save", "student", learner]).exit, Some(0));
    let synced = with_keyring(dir.path(), &data, &["sync"]);
    assert_eq!((synced.exit, &synced.printed[0]["applied"]), (Some(0), &json!(1)), "{synced:?}");
    assert_eq!(rig.at_hub("mabini").await.rows["student"], 1);
    let names: Vec<_> = std::fs::read_dir(&data).expect("the data folder").flatten().map(|e| e.file_name()).collect();
    let records = std::fs::read(data.join("records.db")).expect("the records");
    assert!(!records.windows(9).any(|text| text == b"Dela Cruz".as_slice()), "not in plaintext: {names:?}");
    assert!(!records.starts_with(b"SQLite format 3"));

    // Another keyring, no keyring: a clear word, and never a silent fallback.
    let elsewhere = tempfile::tempdir().expect("a folder");
    let done = with_keyring(elsewhere.path(), &data, &["status"]);
    assert_eq!((done.exit, done.code()), (Some(1), "key_missing"));
    let mut alone = bare(&program("pems-node"), "PEMS_NODE_");
    alone.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent").env("XDG_RUNTIME_DIR", elsewhere.path());
    alone.arg("--json").arg("--data").arg(&data);
    let done = run(&mut alone, ["status"], b"");
    assert_eq!((done.exit, done.code()), (Some(1), "keyring_unavailable"));
    assert!(done.errors[0]["message"].as_str().is_some_and(|told| told.contains("--key-file")));
}

/// Far longer than a keyring takes to tell its name.
const PATIENCE: Duration = Duration::from_secs(60);
/// Set in the process that stands inside the session.
const INSIDE: &str = "PEMS_TESTS_INSIDE";
/// And in the one whose bus answers nobody.
const MUTE: &str = "PEMS_TESTS_MUTE";
/// A session in which nothing is started because somebody asks for it.
const BARE_BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/>HEARD<allow own="*"/></policy></busconfig>"#;
/// Whoever asks this bus gets no answer without it.
const HEARD: &str = r#"<allow eavesdrop="true"/>"#;

/// One process, as a window is: it asks, somebody starts the keyring, it asks again.
fn ask_before_and_after_the_keyring_is_started() {
    if std::env::var_os(MUTE).is_some() {
        let refused = KeySource::Keyring.load("office-of-nobody").expect_err("nobody answers");
        assert_eq!(refused.code, Code::KeyringUnavailable);
        return;
    }
    let load = || KeySource::Keyring.load("office-of-nobody");
    let refused = load().expect_err("nobody keeps secrets here");
    assert_eq!(refused.code, Code::KeyringUnavailable);
    assert!(refused.message.contains("start one"), "{}", refused.message);
    let start = r"printf '\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1";
    assert!(Command::new("sh").args(["-c", start]).status().expect("a shell").success());
    // It goes to the background first and tells the bus its name then.
    let began = Instant::now();
    let found = loop {
        match load() {
            Err(error) if error.code == Code::KeyringUnavailable && began.elapsed() < PATIENCE => {
                std::thread::yield_now()
            }
            done => break done,
        }
    };
    assert!(found.expect("the keyring answers").is_none());
}

#[test]
fn a_keyring_that_is_started_later_is_found_without_a_restart() {
    if std::env::var_os(INSIDE).is_some() {
        return ask_before_and_after_the_keyring_is_started();
    }
    for mute in [false, true] {
        let dir = tempfile::tempdir().expect("a folder");
        let bus = dir.path().join("bus.conf");
        std::fs::write(&bus, BARE_BUS.replace("HEARD", if mute { "" } else { HEARD })).expect("written");
        let mut command = session(dir.path());
        let own = std::env::current_exe().expect("this program");
        command.env("SESSION", r#"exec "$@" 2>&3"#).env(INSIDE, "1").env("BUS", &bus);
        if mute {
            command.env(MUTE, "1");
        }
        let test = "secrets::a_keyring_that_is_started_later_is_found_without_a_restart";
        let output = command.arg(own).args(["--exact", test, "--nocapture"]).output().expect("started");
        let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && said.contains("1 passed"), "{mute}: {said}\n{errors}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_device_destroys_its_keys_and_says_so() {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    office.save("student", &json!({ "last_name": "Dela Cruz", "first_name": "Juan" }));
    office.sync().await;
    rig.hub().admin().revoke(office.id()).await.expect("revoked");
    let done = run(&mut node(&office.dir, &office.key_file), ["sync"], b"");
    assert_eq!((done.exit, done.code()), (Some(1), "device_revoked"));
    assert!(done.errors[0]["message"].as_str().is_some_and(|told| told.contains("keys were destroyed")));
    assert!(!office.key_file.exists());
    let done = run(&mut node(&office.dir, &office.key_file), ["list", "student"], b"");
    assert_eq!((done.exit, done.code()), (Some(1), "key_missing"));
    assert_eq!(rig.at_hub("mabini").await.rows["student"], 1, "what it had sent stays");
}
