//! The only place where the hub asks the machine for the time, for randomness and for new ids; everything else gets them as
//! arguments.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use uuid::Uuid;

/// Microseconds since 1970 UTC.
pub fn now() -> i64 {
    i64::try_from(time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

/// Bytes that nobody can guess.
///
/// # Errors
/// If the operating system has no randomness to give.
pub fn random<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(bytes)
}

/// A random (version 4) id.
///
/// # Errors
/// As [`random`].
pub fn new_id() -> std::io::Result<Uuid> {
    Ok(uuid::Builder::from_random_bytes(random()?).into_uuid())
}

/// Makes a file that only its owner can read, whole or not at all; gives `false` if it is there already.
///
/// # Errors
/// If it cannot be written.
pub fn make_private_file(path: &Path, content: &str) -> io::Result<bool> {
    let draft = path.with_extension(format!("{}.new", hex::encode(random::<4>()?)));
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

/// Replaces a file that only its owner can read; what was there stays until the new content is on disk.
///
/// # Errors
/// If it cannot be written; then the old content is still there.
pub fn replace_private_file(path: &Path, content: &str) -> io::Result<()> {
    let draft = path.with_extension(format!("{}.new", hex::encode(random::<4>()?)));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

/// A time-ordered (version 7) id. `now`: microseconds since 1970.
///
/// # Errors
/// As [`random`].
pub fn new_ordered_id(now: i64) -> io::Result<Uuid> {
    let millis = u64::try_from(now / 1_000).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random()?).into_uuid())
}
