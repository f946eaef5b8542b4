//! The only place where the hub asks the machine for the time, for randomness and for new ids; everything else gets them as
//! arguments.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use uuid::Uuid;

/// Microseconds since 1970 UTC.
pub(crate) fn now() -> i64 {
    i64::try_from(time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

/// Bytes that nobody can guess.
///
/// # Errors
/// If the operating system has no randomness to give.
pub(crate) fn random<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(bytes)
}

/// A random (version 4) id.
///
/// # Errors
/// As [`random`].
pub(crate) fn new_id() -> std::io::Result<Uuid> {
    Ok(uuid::Builder::from_random_bytes(random()?).into_uuid())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// Makes a file that only its owner can read, whole or not at all; gives `false` if it is there already.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn make_private_file(path: &Path, content: &str) -> io::Result<bool> {
    let draft = path.with_extension(format!("{}.new", hex(&random::<4>()?)));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    // Unlike a rename, a link never replaces what somebody else made meanwhile.
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
