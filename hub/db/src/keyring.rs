//! The keys that sign contexts, in `DATA/context.keys`: one line each, `kid secret created`, oldest first. The newest signs;
//! older ones stay good until they are retired, so a rotation interrupts nobody.

use crate::sys;
use sha2::{Digest, Sha256};
use std::io;
use std::path::Path;

/// A context key. Its debug form shows the name alone.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyringKey {
    kid: String,
    secret: [u8; 32],
    created: i64,
}

impl std::fmt::Debug for KeyringKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyringKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl KeyringKey {
    pub(crate) fn new(now: i64) -> io::Result<KeyringKey> {
        let secret = sys::random()?;
        Ok(KeyringKey { kid: kid_of(&secret), secret, created: now / 1_000_000 })
    }

    fn parse(line: &str) -> Option<KeyringKey> {
        let mut words = line.split(' ');
        let (kid, secret, created) = (words.next()?, words.next()?, words.next()?);
        let secret: [u8; 32] = hex::decode(secret).ok()?.try_into().ok()?;
        let key = KeyringKey { kid: kid_of(&secret), secret, created: created.parse().ok()? };
        (key.kid == kid && words.next().is_none()).then_some(key)
    }

    /// Its name in tokens and in the database.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Seconds since 1970.
    pub const fn created(&self) -> i64 {
        self.created
    }

    /// HMAC-SHA256 pads as `sec.ctx_key` keeps them, so that checking costs two hashes and the key itself is not there.
    pub fn pads(&self) -> ([u8; 64], [u8; 64]) {
        let (mut inner, mut outer) = ([0x36; 64], [0x5c; 64]);
        for (i, byte) in self.secret.iter().enumerate() {
            inner[i] ^= byte;
            outer[i] ^= byte;
        }
        (inner, outer)
    }

    pub(crate) fn seal(&self, text: &str) -> String {
        let (inner, outer) = self.pads();
        let first = Sha256::new().chain_update(inner).chain_update(text).finalize();
        hex::encode(Sha256::new().chain_update(outer).chain_update(first).finalize())
    }
}

fn kid_of(secret: &[u8; 32]) -> String {
    hex::encode(&Sha256::new().chain_update("kid").chain_update(secret).finalize()[..6])
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ring {
    /// Never empty.
    keys: Vec<KeyringKey>,
}

impl Ring {
    pub(crate) fn load_or_make(path: &Path) -> io::Result<Ring> {
        let at = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        if !path.exists() {
            // Whoever comes second takes what the first has written.
            let first = Ring { keys: vec![KeyringKey::new(sys::now())?] };
            sys::make_private_file(path, &first.text()).map_err(at)?;
        }
        let text = std::fs::read_to_string(path).map_err(at)?;
        let keys: Option<Vec<KeyringKey>> = text.lines().map(KeyringKey::parse).collect();
        let damaged = || {
            let message = format!("{} is damaged; remove it and a new key is made at the next start", path.display());
            io::Error::new(io::ErrorKind::InvalidData, message)
        };
        Ok(Ring { keys: keys.filter(|keys| !keys.is_empty()).ok_or_else(damaged)? })
    }

    fn text(&self) -> String {
        self.keys.iter().map(|key| format!("{} {} {}\n", key.kid, hex::encode(key.secret), key.created)).collect()
    }

    pub(crate) fn save(&self, path: &Path) -> io::Result<()> {
        sys::replace_private_file(path, &self.text())
    }

    pub(crate) fn keys(&self) -> &[KeyringKey] {
        &self.keys
    }

    pub(crate) fn newest(&self) -> &KeyringKey {
        &self.keys[self.keys.len() - 1]
    }

    pub(crate) fn with(mut self, key: KeyringKey) -> Ring {
        self.keys.push(key);
        self
    }

    pub(crate) fn without(mut self, kid: &str) -> io::Result<Ring> {
        if self.newest().kid == kid {
            return Err(io::Error::other(format!("{kid} is the key in use; rotate first, then retire it")));
        }
        let before = self.keys.len();
        self.keys.retain(|key| key.kid != kid);
        if self.keys.len() == before {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no key {kid}")));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_survives_its_file_and_the_newest_signs() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("context.keys");
        let ring = Ring::load_or_make(&path).expect("a new ring");
        assert_eq!(Ring::load_or_make(&path).expect("the same"), ring);
        let first = ring.newest().kid().to_owned();
        let ring = ring.with(KeyringKey::new(5_000_000).expect("a key"));
        ring.save(&path).expect("saved");
        let read = Ring::load_or_make(&path).expect("both");
        assert_eq!(read, ring);
        assert_ne!(read.newest().kid(), first);
        let newest = read.newest().kid().to_owned();
        assert!(read.clone().without(&newest).is_err(), "the key in use stays");
        assert!(read.clone().without("nobody").is_err());
        assert_eq!(read.without(&first).expect("retired").keys().len(), 1);
    }

    #[test]
    fn a_damaged_ring_is_said_to_be() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("context.keys");
        let good = Ring::load_or_make(&path).expect("a new ring").text();
        for bad in ["", "x", &good[1..], &format!("{good}{}", &good[2..])] {
            std::fs::write(&path, bad).expect("written");
            let error = Ring::load_or_make(&path).expect_err(bad).to_string();
            assert!(error.contains("context.keys"), "{error}");
        }
    }
}
