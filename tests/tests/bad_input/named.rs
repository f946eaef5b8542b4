//! Files that somebody names and that are none: a pipe, a device, a link that leads out of a folder. The command says which, at
//! once, and reads nothing.

use pems_tests::programs::{Done, node, run};
use pems_tests::rig::{Rig, TestOffice};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

async fn office() -> (Rig, TestOffice) {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    (rig, office)
}

fn say(office: &TestOffice, args: &[&str]) -> Done {
    run(&mut node(&office.dir, &office.key_file), args, b"")
}

fn pipe(path: PathBuf) -> PathBuf {
    assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
    path
}

fn refused(done: &Done, name: &Path) {
    assert_eq!((done.exit, done.code(), done.printed.len()), (Some(1), "bad_file", 0), "{done:?}");
    let told = done.errors[0]["message"].as_str().expect("a message");
    let file = name.file_name().expect("a name").to_string_lossy();
    assert!(told.contains(&*file), "{file}: {told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_file_is_refused_by_name_wherever_a_file_is_named() {
    let (_rig, office) = office().await;
    let dir = tempfile::tempdir().expect("a folder");
    let at = |name: &str| dir.path().join(name);
    let _listener = UnixListener::bind(at("socket.csv")).expect("a socket");
    symlink("/dev/zero", at("zero.csv")).expect("a link");
    for path in [pipe(at("pipe.csv")), at("socket.csv"), at("zero.csv"), PathBuf::from("/dev/zero")] {
        let text = path.to_str().expect("a path");
        refused(&say(&office, &["import", text, "--as", "csv"]), &path);
        refused(&say(&office, &["import", text, "--as", "sf1"]), &path);
        refused(&say(&office, &["import", text, "--as", "oneroster"]), &path);
        refused(&say(&office, &["save", "--from", text]), &path);
        let empty = at("empty");
        let restore = |args: &[&str]| run(&mut node(&empty, &at("key")), args, b"");
        refused(&restore(&["restore", text, "--password-file", text]), &path);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_roster_in_a_folder_is_read_from_that_folder_alone() {
    let (_rig, office) = office().await;
    let dir = tempfile::tempdir().expect("a folder");
    let (elsewhere, roster) = (dir.path().join("elsewhere"), dir.path().join("roster"));
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/oneroster/ms_SDS_v2");
    assert!(Command::new("cp").arg("-r").arg(&sample).arg(&roster).status().expect("cp").success());
    let import = |office: &TestOffice| {
        let at = roster.to_str().expect("a path").to_owned();
        say(
            office,
            &["import", &at, "--as", "oneroster", "--school", "10001", "--school-year", "2026-2027", "--dry-run"],
        )
    };
    assert_eq!(import(&office).exit, Some(0));
    // What is no table of a roster is not opened, whatever it is.
    pipe(roster.join("notes.txt"));
    pipe(roster.join("results.csv"));
    symlink("/dev/zero", roster.join("lineItems.csv")).expect("a link");
    assert_eq!(import(&office).exit, Some(0));
    std::fs::rename(roster.join("users.csv"), &elsewhere).expect("moved");
    symlink(&elsewhere, roster.join("users.csv")).expect("a link");
    refused(&import(&office), Path::new("users.csv"));
    std::fs::remove_file(roster.join("users.csv")).expect("removed");
    refused(
        &{
            pipe(roster.join("users.csv"));
            import(&office)
        },
        Path::new("users.csv"),
    );
}
