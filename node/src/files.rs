//! Opening what somebody named. A pipe never ends, a device is no file, and what lies behind a link in a folder from elsewhere is
//! not what was given: such things are refused by name, before anything is read.

use crate::{NodeError, Result};
use pems_model::{Code, text};
use std::fs::{File, FileType};
use std::io::Read;
use std::path::Path;

/// More than any file with a secret or a setting has.
const MOST_TEXT: u64 = 1 << 20;

/// What there is at a path that is no file; none for a file.
fn other_kind(kind: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("a pipe");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Some("a device");
        }
    }
    match kind {
        kind if kind.is_file() => None,
        kind if kind.is_dir() => Some("a folder"),
        _ => Some("no file"),
    }
}

fn refuse(path: &Path, what: &str) -> NodeError {
    NodeError::new(Code::BadFile, format!("{} is {what}; choose a file", path.display()))
}

/// Opens a file for reading. Opening a pipe would wait for whoever writes to it, so it is looked at first.
///
/// # Errors
/// `bad_file` for anything but a file, or what the disk said.
pub(crate) fn open(path: &Path) -> Result<File> {
    let io = |error: std::io::Error| NodeError::io("read", path, &error);
    if let Some(what) = other_kind(std::fs::metadata(path).map_err(io)?.file_type()) {
        return Err(refuse(path, what));
    }
    let file = File::open(path).map_err(io)?;
    match other_kind(file.metadata().map_err(io)?.file_type()) {
        None => Ok(file),
        Some(what) => Err(refuse(path, what)),
    }
}

/// As [`open`], for an entry of a folder that came from elsewhere: no link is followed out of it.
///
/// # Errors
/// As [`open`]; `bad_file` for a link.
pub(crate) fn open_inside(path: &Path) -> Result<File> {
    let found = std::fs::symlink_metadata(path).map_err(|error| NodeError::io("read", path, &error))?;
    if found.file_type().is_symlink() {
        return Err(NodeError::new(
            Code::BadFile,
            format!("{} is a link to another place; put the file itself into the folder", path.display()),
        ));
    }
    open(path)
}

/// The first line of a file with a secret: without a byte order mark, a line ending and what follows.
///
/// # Errors
/// As [`open`]; `bad_file` for what is no text.
pub(crate) fn secret(path: &Path) -> Result<String> {
    Ok(text::first_line(&all_text(path, MOST_TEXT)?).to_owned())
}

/// The whole text of a file of at most `most` bytes.
///
/// # Errors
/// As [`open`]; `too_large`, or `bad_file` for what is no text.
pub(crate) fn all_text(path: &Path, most: u64) -> Result<String> {
    let mut bytes = Vec::new();
    let read = open(path)?.take(most + 1).read_to_end(&mut bytes);
    if read.map_err(|error| NodeError::io("read", path, &error))? as u64 > most {
        let message = format!("{} has more than {most} bytes; it is not what is asked for", path.display());
        return Err(NodeError::new(Code::TooLarge, message));
    }
    String::from_utf8(bytes)
        .map_err(|_| NodeError::new(Code::BadFile, format!("{} is no UTF-8 text; save it as UTF-8", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_named_and_not_waited_for() {
        let dir = tempfile::tempdir().expect("a folder");
        let pipe = dir.path().join("roster.csv");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let socket = dir.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        for (path, what) in [
            (pipe.as_path(), "a pipe"),
            (socket.as_path(), "a socket"),
            (Path::new("/dev/zero"), "a device"),
            (dir.path(), "a folder"),
        ] {
            let error = open(path).expect_err(what);
            assert_eq!(error.code, Code::BadFile);
            assert!(
                error.message.contains(what) && error.message.contains(&*path.to_string_lossy()),
                "{}",
                error.message
            );
            assert!(secret(path).is_err());
        }
        let (file, link) = (dir.path().join("a.txt"), dir.path().join("b.txt"));
        std::fs::write(&file, "\u{feff}four words do well\r\nnote").expect("written");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        assert_eq!(secret(&link).expect("a link that somebody chose"), "four words do well");
        assert!(open_inside(&file).is_ok());
        assert_eq!(open_inside(&link).expect_err("a link inside").code, Code::BadFile);
        assert_eq!(open(&dir.path().join("none")).expect_err("nothing there").code, Code::Io);
    }
}
