//! The office's files in every bad state a disk can bring them into. The command says which, with exit code 1, destroys
//! nothing, and works again once the cause is gone.

use pems_tests::programs::{Done, node, program, run};
use pems_tests::rig::{Rig, TestOffice};
use serde_json::{Value as Json, json};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

const LEARNER: &str = r#"{"last_name":"Cruz","first_name":"Ana"}"#;

async fn office() -> (Rig, TestOffice) {
    let rig = Rig::product().await;
    rig.school("mabini").await;
    let office = rig.office("mabini").await;
    for _ in 0..200 {
        office.save("student", &json!({ "last_name": "Cruz", "first_name": "Ana", "remarks": "x".repeat(400) }));
    }
    office.sync().await;
    (rig, office)
}

fn say(office: &TestOffice, args: &[&str]) -> Done {
    run(&mut node(&office.dir, &office.key_file), args, b"")
}

fn refused(office: &TestOffice, args: &[&str]) -> String {
    let done = say(office, args);
    assert_eq!((done.exit, done.printed.len()), (Some(1), 0), "{args:?}: {done:?}");
    done.code().to_owned()
}

/// As an ordinary user where the tests run as root, whom no permission stops.
fn as_user(office: &TestOffice, args: &[&str]) -> Done {
    let uid = fs::metadata("/proc/self").expect("/proc").uid();
    if uid != 0 {
        return say(office, args);
    }
    // The program itself may lie where that user cannot go.
    let copy = office.dir.with_file_name("pems-node-copy");
    // By another process: a file that was open for writing in this one could not be run while other tests start programs.
    assert!(Command::new("cp").arg(program("pems-node")).arg(&copy).status().expect("cp").success());
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(copy);
    command.arg("--json").arg("--data").arg(&office.dir).arg("--key-file").arg(&office.key_file);
    run(&mut command, args, b"")
}

/// Gives the office and the way to it to that user.
fn give(office: &TestOffice) {
    for above in office.dir.ancestors().skip(1).take_while(|dir| *dir != std::env::temp_dir()) {
        fs::set_permissions(above, Permissions::from_mode(0o755)).expect("opened");
    }
    let uid = fs::metadata("/proc/self").expect("/proc").uid();
    if uid != 0 {
        return;
    }
    let files = fs::read_dir(&office.dir).expect("files").flatten().map(|entry| entry.path());
    for path in files.chain([office.dir.clone(), office.key_file.clone()]) {
        std::os::unix::fs::chown(path, Some(65534), Some(65534)).expect("given");
    }
}

#[tokio::test]
async fn a_damaged_file_is_told_and_kept() {
    let (_rig, office) = office().await;
    let records = office.dir.join("records.db");
    let whole = fs::read(&records).expect("the records");
    let mut flipped = whole.clone();
    flipped[100] ^= 0xff;
    for (what, damaged) in [
        ("empty", Vec::new()),
        ("a piece", whole[..whole.len() / 3].to_vec()),
        ("an odd piece", whole[..1_234].to_vec()),
        ("a flipped bit in the first page", flipped),
        ("zeros", vec![0; whole.len()]),
        ("something else", b"PK\x03\x04 not a database at all".repeat(400)),
    ] {
        for extra in ["records.db-wal", "records.db-shm"] {
            let _ = fs::remove_file(office.dir.join(extra));
        }
        fs::write(&records, &damaged).expect("damaged");
        for args in [&["list", "student"][..], &["save", "student", LEARNER], &["sync"], &["status"]] {
            assert_eq!(refused(&office, args), "store_corrupt", "{what}: {args:?}");
        }
        assert_eq!(fs::read(&records).expect("still there"), damaged, "{what}: the file is kept as it is");
    }
    fs::write(&records, &whole).expect("mended");
    assert_eq!(say(&office, &["list", "student"]).printed.len(), 200);
}

#[tokio::test]
async fn a_flipped_bit_anywhere_is_never_read_as_a_record() {
    let (_rig, office) = office().await;
    let records = office.dir.join("records.db");
    drop(office.store());
    let whole = fs::read(&records).expect("the records");
    let rows = say(&office, &["list", "student"]).printed;
    assert_eq!(rows.len(), 200);
    let mut caught = 0;
    for page in 0..whole.len() / 4096 {
        let mut flipped = whole.clone();
        flipped[page * 4096 + 1_777] ^= 0x10;
        fs::write(&records, &flipped).expect("damaged");
        let done = say(&office, &["list", "student"]);
        if done.exit == Some(0) {
            assert_eq!(done.printed, rows, "page {page}: what is read is right");
        } else {
            assert_eq!(done.code(), "store_corrupt", "page {page}: {:?}", done.errors);
            caught += 1;
        }
    }
    assert!(caught > 5, "pages with records are authenticated: {caught}");
}

#[tokio::test]
async fn a_file_that_another_program_holds_is_told_and_waited_for() {
    let (_rig, office) = office().await;
    let text = fs::read_to_string(&office.key_file).expect("the key");
    let holder = rusqlite::Connection::open(office.dir.join("records.db")).expect("opened");
    holder.execute_batch(&format!("PRAGMA key = \"x'{}'\"; BEGIN IMMEDIATE", &text[..64])).expect("held");
    assert_eq!(refused(&office, &["save", "student", LEARNER]), "store_locked");
    assert_eq!(say(&office, &["list", "student"]).printed.len(), 200, "readers do not wait");
    holder.execute_batch("ROLLBACK").expect("let go");
    assert_eq!(say(&office, &["save", "student", LEARNER]).exit, Some(0));
}

#[tokio::test]
async fn keys_that_are_wrong_missing_or_open_are_told() {
    let (_rig, office) = office().await;
    let right = fs::read_to_string(&office.key_file).expect("the key");
    let write = |text: &str, mode: u32| {
        fs::write(&office.key_file, text).expect("written");
        fs::set_permissions(&office.key_file, Permissions::from_mode(mode)).expect("a mode");
    };
    write(&"ab".repeat(64), 0o600);
    assert_eq!(refused(&office, &["list", "student"]), "store_corrupt");
    write("not a key", 0o600);
    assert_eq!(refused(&office, &["list", "student"]), "key_missing");
    write(&right, 0o644);
    let done = say(&office, &["list", "student"]);
    assert_eq!((done.exit, done.code()), (Some(1), "key_missing"));
    assert!(done.errors[0]["message"].as_str().is_some_and(|told| told.contains("chmod 600")));
    fs::remove_file(&office.key_file).expect("gone");
    assert_eq!(refused(&office, &["list", "student"]), "key_missing");
    write(&right, 0o600);
    assert_eq!(say(&office, &["list", "student"]).printed.len(), 200);
}

#[tokio::test]
async fn folders_that_are_missing_or_closed_are_told() {
    let (rig, office) = office().await;
    let nowhere = Path::new("/proc/nowhere/office");
    let done = run(&mut node(nowhere, &office.key_file), ["status"], b"");
    assert_eq!((done.exit, done.code()), (Some(1), "not_enrolled"));
    let done = run(&mut node(nowhere, &office.key_file), ["enrol", "--hub", &rig.url(), "--code", "X"], b"");
    assert_eq!((done.exit, done.code()), (Some(1), "io"));
    let file = office.dir.join("a-file");
    fs::write(&file, "").expect("written");
    let done = run(&mut node(&file, &office.key_file), ["status"], b"");
    assert_eq!(done.exit, Some(1), "{done:?}");
    assert!(["io", "not_enrolled"].contains(&done.code()));

    // A folder, then a file, that may be read but not written. Reading must go on or say why it cannot.
    give(&office);
    assert_eq!(as_user(&office, &["save", "student", LEARNER]).exit, Some(0));
    for entry in fs::read_dir(&office.dir).expect("files").flatten() {
        fs::set_permissions(entry.path(), Permissions::from_mode(0o444)).expect("a mode");
    }
    fs::set_permissions(&office.dir, Permissions::from_mode(0o555)).expect("a mode");
    let done = as_user(&office, &["save", "student", LEARNER]);
    assert_eq!((done.exit, done.code()), (Some(1), "store_read_only"));
    fs::set_permissions(&office.dir, Permissions::from_mode(0o755)).expect("a mode");
    for entry in fs::read_dir(&office.dir).expect("files").flatten() {
        fs::set_permissions(entry.path(), Permissions::from_mode(0o600)).expect("a mode");
    }
    assert_eq!(as_user(&office, &["save", "student", LEARNER]).exit, Some(0));
    assert_eq!(office.list("student").len(), 202);
}

/// Saves until the disk is full: each line that was printed must be there afterwards, and nothing else may be broken.
#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let (rig, office) = office().await;
    let line = json!({ "last_name": "Cruz", "first_name": "Ana", "remarks": "x".repeat(500) }).to_string() + "\n";
    let size: u64 = fs::read_dir(&office.dir)
        .expect("files")
        .flatten()
        .map(|entry| entry.metadata().expect("a file").len())
        .max()
        .expect("files");
    // A file may grow to somewhat more than the largest is now (in blocks of 512 bytes); writing on fails as on a full disk.
    let blocks = size / 512 + 600;
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    let mut saved = 0;
    let mut full = None;
    for _ in 0..40 {
        let mut command = Command::new("sh");
        command.args(["-c", &script, "sh"]).arg(program("pems-node"));
        command.arg("--json").arg("--data").arg(&office.dir).arg("--key-file").arg(&office.key_file);
        let done = run(&mut command, ["save", "student"], line.repeat(50).as_bytes());
        saved += done.printed.len();
        if done.exit != Some(0) {
            full = Some(done);
            break;
        }
    }
    let full = full.expect("the disk gets full");
    assert_eq!((full.exit, full.printed.len()), (Some(1), 0), "a step that failed printed nothing");
    assert!(["store_full", "io"].contains(&full.code()), "{full:?}");
    let told = full.errors[0]["message"].as_str().expect("a message");
    assert!(told.contains("nothing was saved"), "{told}");
    assert_eq!(say(&office, &["list", "student", "--limit", "100000"]).printed.len(), 200 + saved);
    office.sync().await;
    rig.assert_level(&office).await;
    assert_eq!(rig.at_hub("mabini").await.rows["student"], i64::try_from(200 + saved).expect("few"));
}

/// The same with a file system that is really full, where the tests may mount one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_file_system_is_told_by_name() {
    let (rig, office) = office().await;
    let line = json!({ "last_name": "Cruz", "first_name": "Ana", "remarks": "x".repeat(500) }).to_string() + "\n";
    let mount = tempfile::tempdir().expect("a folder");
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(mount.path()).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        println!("not allowed to mount a small file system here; the test with the size limit stands for it");
        return;
    }
    let small = mount.path().join("office");
    let copied = Command::new("cp").arg("-a").arg(&office.dir).arg(&small).status().expect("cp");
    assert!(copied.success());
    let say = |args: &[&str], input: &[u8]| run(&mut node(&small, &office.key_file), args, input);
    let mut saved = 0;
    let full = loop {
        let done = say(&["save", "student"], line.repeat(50).as_bytes());
        saved += done.printed.len();
        if done.exit != Some(0) {
            break done;
        }
        assert!(saved < 20_000, "3 MB get full");
    };
    // Not one byte is left, and no other program holds the records open: then the index of the log cannot be made again. (The log
    // itself stays where its end could not be written into the records.)
    let index = small.join("records.db-shm");
    if index.exists() {
        std::fs::remove_file(&index).expect("removed");
    }
    let filler =
        Command::new("sh").args(["-c", "cat /dev/zero > \"$1\"", "sh"]).arg(mount.path().join("filler")).output();
    assert!(!filler.expect("sh").status.success(), "the disk is full to the brim");
    let listed = say(&["list", "student", "--limit", "100000"], b"").printed.len();
    let searched = say(&["search", "student", "cruz"], b"").printed.len();
    let out = office.dir.join("out.csv").display().to_string();
    let exported = say(&["export", "student", "--out", &out], b"");
    let looked = say(&["status"], b"");
    let still_full = say(&["save", "student", LEARNER], b"");
    std::fs::remove_file(mount.path().join("filler")).expect("removed");
    // Room again: everything goes on, and to the hub.
    let remounted = Command::new("mount").args(["-o", "remount,size=64m"]).arg(mount.path()).status().expect("mount");
    let again = say(&["save", "student", LEARNER], b"");
    let synced = say(&["sync"], b"");
    let status: Vec<Json> = say(&["status"], b"").printed;
    let unmounted = Command::new("umount").arg(mount.path()).status().expect("umount");
    assert!(remounted.success() && unmounted.success());

    assert_eq!((full.exit, full.code(), full.printed.len()), (Some(1), "store_full", 0));
    assert_eq!(listed, 200 + saved, "what was acknowledged is there, nothing else");
    assert_eq!((searched, exported.exit, looked.exit), (50, Some(0), Some(0)), "{exported:?} {looked:?}");
    assert_eq!((still_full.exit, still_full.code()), (Some(1), "store_full"), "{still_full:?}");
    assert_eq!((again.exit, synced.exit), (Some(0), Some(0)), "{again:?} {synced:?}");
    let hub = rig.at_hub("mabini").await;
    assert_eq!((&status[0]["digest"], &status[0]["pending"]), (&json!(hub.digest), &json!(0)));
    assert_eq!(hub.rows["student"], i64::try_from(200 + saved + 1).expect("few"));
}

#[test]
fn whoever_closed_the_pipe_has_read_enough() {
    for (args, code) in
        [(vec!["--help"], 0), (vec!["import", "--help"], 0), (vec!["--no-such"], 2), (vec!["status", "--json"], 1)]
    {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let nowhere = tempfile::tempdir().expect("a folder");
        let other = writer.try_clone().expect("a second end");
        let mut command = Command::new(program("pems-node"));
        command
            .args(&args)
            .env("PEMS_NODE_DATA", nowhere.path())
            .env("PEMS_NODE_KEY_FILE", nowhere.path().join("keys"));
        assert_eq!(command.stdout(writer).stderr(other).status().expect("it runs").code(), Some(code), "{args:?}");
    }
}
