//! The keyring of the operating system: Keychain, Windows' Credential Manager, and on Linux whatever answers to the Secret Service.
//!
//! Invariant: what cannot be had says why, and asking again is worth it. `keyring` reaches for the system's keyring once in the life of a
//! process and remembers for ever that there was none; on Linux, where it is a program that somebody may start after this one,
//! it is therefore let at it only once somebody answers.

use crate::{NodeError, Result};
use keyring::{Entry, Error};
use pems_model::Code;

/// Name under which the keys stand in the keyring.
const SERVICE: &str = "pems";

/// What is kept for `account`; none where nothing is.
pub(super) fn load(account: &str) -> Result<Option<String>> {
    match entry(account)?.get_password() {
        Ok(text) => Ok(Some(text)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(problem(&error)),
    }
}

pub(super) fn store(account: &str, text: &str) -> Result<()> {
    entry(account)?.set_password(text).map_err(|error| problem(&error))
}

pub(super) fn destroy(account: &str) -> Result<()> {
    match entry(account)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(problem(&error)),
    }
}

fn entry(account: &str) -> Result<Entry> {
    if !answers() {
        return Err(nobody());
    }
    // Says why, which a new entry does not.
    if let Err(error) = Entry::store_status() {
        return Err(problem(error));
    }
    Entry::new(SERVICE, account).map_err(|error| problem(&error))
}

fn problem(error: &Error) -> NodeError {
    match error {
        Error::NoStorageAccess(_) => {
            let what = "the keyring is locked; unlock it (sign in to the desktop) and try again";
            NodeError::new(Code::KeyringUnavailable, what)
        }
        _ => nobody(),
    }
}

fn nobody() -> NodeError {
    let what =
        "this machine has no keyring that answers; start one, or give --key-file FILE on a disk that only you can read";
    NodeError::new(Code::KeyringUnavailable, what)
}

/// Whether somebody keeps secrets on the session's bus, or can be started to.
#[cfg(target_os = "linux")]
fn answers() -> bool {
    /// For a bus that takes calls and answers none: whoever waits for it would wait for ever.
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || tell.send(is_served()));
    matches!(told.recv_timeout(PATIENCE), Ok(true))
}

#[cfg(target_os = "linux")]
fn is_served() -> bool {
    use zbus::blocking::{Connection, fdo::DBusProxy};
    use zbus::names::WellKnownName;
    /// Source: Secret Service API specification, "Object paths and interfaces".
    const NAME: &str = "org.freedesktop.secrets";
    let ask = || -> zbus::Result<bool> {
        let bus = DBusProxy::new(&Connection::session()?)?;
        let name = WellKnownName::from_static_str(NAME)?;
        Ok(bus.name_has_owner(name.as_ref().into())? || bus.start_service_by_name(name, 0).is_ok())
    };
    matches!(ask(), Ok(true))
}

#[cfg(not(target_os = "linux"))]
const fn answers() -> bool {
    true
}
