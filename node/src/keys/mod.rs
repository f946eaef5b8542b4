//! Where the keys of an office live: the keyring of the operating system; where there is none, a file sealed with a passphrase, or
//! a key file on a disk that only its owner reads. Never in plaintext beside the records, and never chosen silently.

mod sealed;
mod system;

use crate::{NodeError, Result, files};
use pems_model::{Code, password, text};
use std::path::{Path, PathBuf};

/// Which place keeps the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    Keyring,
    /// A file that only its owner may read, for machines without a keyring.
    File(PathBuf),
    /// A file sealed with a passphrase that somebody types, for machines without a keyring.
    Sealed(PathBuf, Passphrase),
}

/// What somebody typed; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase {
    /// However the keyboard or the file composed it.
    normal: String,
    /// As it came: what older programs sealed with.
    typed: String,
}

impl Passphrase {
    /// Fewest characters: it alone guards the records of a stolen PC.
    pub const SHORTEST: usize = 12;

    /// # Errors
    /// `password_weak` for one that is too short.
    pub fn new(typed: &str) -> Result<Passphrase> {
        let typed = text::trimmed(typed);
        let normal = password::normal(typed);
        if text::identity(&normal).chars().count() < Passphrase::SHORTEST {
            let message = "a passphrase has twelve characters or more; four words do well";
            let details = serde_json::json!({ "weak": "passphrase" });
            return Err(NodeError::new(Code::PasswordWeak, message).with_details(details));
        }
        Ok(Passphrase { normal, typed: typed.to_owned() })
    }

    /// What this passphrase opens, also where an older program sealed it as it was typed.
    fn open(&self, bytes: &[u8]) -> Result<String> {
        match sealed::open(bytes, &self.normal) {
            Err(error) if error.code == Code::WrongCredentials && self.typed != self.normal => {
                sealed::open(bytes, &self.typed)
            }
            opened => opened,
        }
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// The key of the records file and the device's signing key (Ed25519 seed).
#[derive(Clone)]
pub struct Secrets {
    pub database: [u8; 32],
    pub signing: [u8; 32],
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    /// New random keys.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn generate() -> Result<Secrets> {
        let mut secrets = Secrets { database: [0; 32], signing: [0; 32] };
        for part in [&mut secrets.database, &mut secrets.signing] {
            getrandom::fill(part)
                .map_err(|error| NodeError::new(Code::Internal, format!("no randomness for keys: {error}")))?;
        }
        Ok(secrets)
    }

    /// The keys under a passphrase, for a copy of the records.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub(crate) fn seal(&self, passphrase: &Passphrase) -> Result<Vec<u8>> {
        sealed::seal(&self.encode(), &passphrase.normal)
    }

    /// # Errors
    /// `wrong_credentials` for another passphrase, `key_missing` for bytes that hold no keys.
    pub(crate) fn unseal(bytes: &[u8], passphrase: &Passphrase) -> Result<Secrets> {
        let none = || NodeError::new(Code::KeyMissing, "the copy holds no keys that this program knows");
        Secrets::decode(&passphrase.open(bytes)?).ok_or_else(none)
    }

    pub(crate) fn encode(&self) -> String {
        self.database.iter().chain(&self.signing).map(|byte| format!("{byte:02x}")).collect()
    }

    fn decode(text: &str) -> Option<Secrets> {
        let text = text.trim();
        if text.len() != 128 || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0_u8; 64];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
        }
        let mut secrets = Secrets { database: [0; 32], signing: [0; 32] };
        secrets.database.copy_from_slice(&bytes[..32]);
        secrets.signing.copy_from_slice(&bytes[32..]);
        Some(secrets)
    }
}

impl KeySource {
    /// The keys kept for `account`, or `None` where there are none yet.
    ///
    /// # Errors
    /// `keyring_unavailable` where there is no keyring or it is locked; `key_missing` for a file that is not a key file;
    /// `wrong_credentials` for another passphrase.
    pub fn load(&self, account: &str) -> Result<Option<Secrets>> {
        let text = match self {
            KeySource::Keyring => match system::load(account)? {
                Some(text) => text,
                None => return Ok(None),
            },
            KeySource::File(path) if !path.exists() => return Ok(None),
            KeySource::File(path) => {
                refuse_open_permissions(path)?;
                files::secret(path)?
            }
            KeySource::Sealed(path, passphrase) => match std::fs::read(path) {
                Ok(bytes) => passphrase.open(&bytes)?,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(NodeError::io("read the sealed keys", path, &error)),
            },
        };
        let secrets = Secrets::decode(&text).ok_or_else(|| {
            NodeError::new(
                Code::KeyMissing,
                format!("{self} does not hold the keys of this office; use the one made at enrolment"),
            )
        })?;
        Ok(Some(secrets))
    }

    /// Keeps keys for `account`.
    ///
    /// # Errors
    /// `keyring_unavailable`, or what the disk said.
    pub fn store(&self, account: &str, secrets: &Secrets) -> Result<()> {
        match self {
            KeySource::Keyring => system::store(account, &secrets.encode()),
            KeySource::File(path) => write_private(path, secrets.encode().as_bytes()),
            KeySource::Sealed(path, passphrase) => {
                write_private(path, &sealed::seal(&secrets.encode(), &passphrase.normal)?)
            }
        }
    }

    /// Destroys the keys of `account`: what they encrypted can never be read again.
    ///
    /// # Errors
    /// `keyring_unavailable`, or what the disk said.
    pub fn destroy(&self, account: &str) -> Result<()> {
        match self {
            KeySource::Keyring => system::destroy(account),
            KeySource::File(path) | KeySource::Sealed(path, _) => match std::fs::remove_file(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(NodeError::io("remove the key file", path, &error))
                }
                _ => Ok(()),
            },
        }
    }
}

impl std::fmt::Display for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            KeySource::Keyring => f.write_str("the keyring"),
            KeySource::File(path) => write!(f, "the key file {}", path.display()),
            KeySource::Sealed(path, _) => write!(f, "the sealed keys {}", path.display()),
        }
    }
}

/// Writes a file that only its owner may read, complete or not at all, and never over another one.
fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = |mut file: std::fs::File| {
        file.write_all(content)?;
        file.sync_all()
    };
    options.open(path).and_then(write).map_err(|error| NodeError::io("write the key file", path, &error))
}

#[cfg(unix)]
fn refuse_open_permissions(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode =
        std::fs::metadata(path).map_err(|error| NodeError::io("read the key file", path, &error))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let message =
        format!("others on this machine can read {}; allow only its owner (chmod 600) and try again", path.display());
    Err(NodeError::new(Code::KeyMissing, message))
}

#[cfg(not(unix))]
fn refuse_open_permissions(_path: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_keys_open_with_their_passphrase_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("keys.sealed");
        let source = |typed: &str| KeySource::Sealed(path.clone(), Passphrase::new(typed).expect("long enough"));
        let secrets = Secrets::generate().expect("randomness");
        source("correct horse battery").store("x", &secrets).expect("stored");
        let bytes = std::fs::read(&path).expect("a file");
        assert!(!bytes.windows(16).any(|part| secrets.encode().as_bytes().windows(16).any(|key| key == part)));
        assert_eq!(source("correct horse battery").load("x").expect("opens").expect("there").signing, secrets.signing);
        assert_eq!(source("another horse battery").load("x").expect_err("refused").code, Code::WrongCredentials);
        std::fs::write(&path, &bytes[..40]).expect("cut");
        assert_eq!(source("correct horse battery").load("x").expect_err("refused").code, Code::KeyMissing);
        assert_eq!(Passphrase::new("short").expect_err("refused").code, Code::PasswordWeak);
        let unseen = Passphrase::new(
            "a\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}b",
        );
        assert_eq!(unseen.expect_err("two letters").code, Code::PasswordWeak);
    }

    #[test]
    fn a_passphrase_is_the_same_however_it_was_composed() {
        let (composed, apart) = ("mga pe\u{f1}a sa ilog", "\u{feff}mga pen\u{303}a sa ilog\r\n");
        let new = |typed: &str| Passphrase::new(typed).expect("long enough");
        let secrets = Secrets::generate().expect("randomness");
        for (one, other) in [(composed, apart), (apart, composed)] {
            let sealed = secrets.seal(&new(one)).expect("sealed");
            assert_eq!(Secrets::unseal(&sealed, &new(other)).expect("opens").signing, secrets.signing);
        }
        // As an older program sealed: with the letters as they came.
        let old = sealed::seal(&secrets.encode(), "mga pen\u{303}a sa ilog").expect("sealed");
        assert_eq!(Secrets::unseal(&old, &new(apart)).expect("opens").signing, secrets.signing);
    }

    #[test]
    fn a_key_file_that_an_editor_touched_is_still_one() {
        let dir = tempfile::tempdir().expect("a folder");
        let source = KeySource::File(dir.path().join("key"));
        let secrets = Secrets::generate().expect("randomness");
        source.store("x", &secrets).expect("stored");
        std::fs::write(dir.path().join("key"), format!("\u{feff}{}\r\n", secrets.encode())).expect("saved again");
        assert_eq!(source.load("x").expect("readable").expect("there").signing, secrets.signing);
    }

    #[test]
    fn a_key_file_is_private_and_never_overwritten() {
        let dir = tempfile::tempdir().expect("a folder");
        let source = KeySource::File(dir.path().join("key"));
        assert!(source.load("x").expect("readable").is_none());
        let secrets = Secrets::generate().expect("randomness");
        source.store("x", &secrets).expect("stored");
        assert_eq!(source.load("x").expect("readable").expect("there").database, secrets.database);
        assert_eq!(source.store("x", &secrets).expect_err("refused").code, Code::Io);
        std::fs::write(dir.path().join("other"), "no key").expect("written");
        assert_eq!(KeySource::File(dir.path().join("other")).load("x").expect_err("refused").code, Code::KeyMissing);
    }
}
