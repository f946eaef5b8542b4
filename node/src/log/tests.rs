use super::files::{Files, all, folder, last};
use super::*;
use std::io::Write;

/// A writer of the window's files in `dir`, and what it says of trouble.
fn files(dir: &Path) -> (Files, Trouble) {
    let trouble = Trouble::default();
    (Files::new(folder(dir), Program::Window, Arc::clone(&trouble)), trouble)
}

fn line(n: u32) -> Vec<u8> {
    format!("2026-11-30T08:00:00.{n:06}Z  INFO office::sync: received rows={n}\n").into_bytes()
}

#[test]
fn files_are_bounded_in_number_and_size_and_the_newest_lines_stay() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut files, trouble) = files(dir.path());
    let filler = [b'x'; 9_999];
    // Eight megabytes; the last lines are small.
    for n in 0..800 {
        files.write_all(&[&filler[..], b"\n"].concat()).expect("never fails");
        files.write_all(&line(n)).expect("never fails");
    }
    let kept = all(dir.path());
    let names: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["pems.log", "pems.1.log", "pems.2.log", "pems.3.log", "pems.4.log"]);
    assert!(kept.iter().all(|(_, bytes)| bytes.len() <= 1 << 20), "none is larger than a megabyte");
    assert_eq!(std::fs::read_dir(folder(dir.path())).expect("the folder").count(), 5);
    assert!(kept[0].1.ends_with(&line(799)));
    assert_eq!(*trouble.lock().expect("no panic"), None);
    let entry = std::fs::read_dir(folder(dir.path())).expect("the folder").next().expect("one").expect("read");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(entry.metadata().expect("there").permissions().mode() & 0o077, 0, "its owner's alone");
    }
}

#[test]
fn a_log_that_cannot_be_written_says_why_once_and_goes_on_when_it_can() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut writer, trouble) = files(dir.path());
    let told = || *trouble.lock().expect("no panic");
    // Something else has the folder's name.
    std::fs::write(folder(dir.path()), "").expect("written");
    for n in 0..3 {
        writer.write_all(&line(n)).expect("a clerk never hears of it");
        assert!(told().is_some());
    }
    std::fs::remove_file(folder(dir.path())).expect("removed");
    writer.write_all(&line(3)).expect("never fails");
    assert_eq!((told(), all(dir.path())), (None, vec![("pems.log".to_owned(), line(3))]));
    // The folder was thrown away while the program runs, and the data folder with it: that one is not ours to make.
    let gone = dir.path().join("gone");
    let (mut writer, trouble) = files(&gone);
    writer.write_all(&line(4)).expect("never fails");
    assert_eq!((*trouble.lock().expect("no panic"), gone.exists()), (Some(ErrorKind::NotFound), false));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_stops_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder(dir.path())).expect("made");
    // A device that takes nothing.
    std::os::unix::fs::symlink("/dev/full", folder(dir.path()).join("pems.log")).expect("a link");
    let (mut writer, trouble) = files(dir.path());
    writer.write_all(&line(1)).expect("never fails");
    assert_eq!(*trouble.lock().expect("no panic"), Some(ErrorKind::StorageFull));
    assert!(all(dir.path()).is_empty(), "what is no file of ours is not sent to anybody");
}

#[test]
fn the_last_lines_of_both_programs_stand_in_the_order_of_their_times() {
    let dir = tempfile::tempdir().expect("a folder");
    assert!(last(dir.path(), 5).is_empty());
    let window = Files::new(folder(dir.path()), Program::Window, Trouble::default());
    let command = Files::new(folder(dir.path()), Program::Command, Trouble::default());
    for (mut writer, lines) in [(window, [1, 3, 5]), (command, [2, 4, 6])] {
        lines.iter().for_each(|n| writer.write_all(&line(*n)).expect("never fails"));
    }
    let shown = last(dir.path(), 4);
    let texts: Vec<&str> = shown.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(
        texts,
        ["sync: received rows=3", "sync: received rows=4", "sync: received rows=5", "sync: received rows=6"]
    );
    assert_eq!((shown[0].at.as_str(), shown[0].level.as_str()), ("2026-11-30T08:00:00.000003Z", "INFO"));
}

#[test]
fn a_level_is_named_and_what_is_none_says_which_there_are() {
    assert_eq!(Level::parse(" Debug ").expect("a level"), Level::Debug);
    let error = Level::parse("loud").expect_err("no level");
    assert!(
        error.code == pems_model::Code::BadUsage && error.message.contains("off, error, warn, info, debug"),
        "{error}"
    );
}
