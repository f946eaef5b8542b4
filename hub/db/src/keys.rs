//! The hub's secrets: `DATA/hub.key`, from which most follow, and the ring of context keys beside it. Losing hub.key costs new
//! tokens and the operators' second factors; whoever has it can speak as the hub, so it is readable by its owner alone and
//! never in the database.

use crate::context::Mode;
use crate::keyring::{KeyringKey, Ring};
use crate::sys;
use hkdf::Hkdf;
use parking_lot::RwLock;
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// Seconds for which a context token is good: from signing to `BEGIN`, on a busy machine. The database refuses more than 30.
const CONTEXT_TTL_S: i64 = 15;

/// The hub's secrets, loaded once; a clone is the same ones. Its debug form shows none of them.
#[derive(Clone)]
pub struct Keys {
    master: [u8; 32],
    ring: Arc<RwLock<Ring>>,
    ring_path: Arc<PathBuf>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("kids", &self.context_keys().iter().map(KeyringKey::kid).collect::<Vec<_>>())
            .finish()
    }
}

impl Keys {
    /// Reads `DATA/hub.key` and `DATA/context.keys`, or makes them.
    ///
    /// # Errors
    /// If a file cannot be read or written, or is not what it must be.
    pub fn load(data_dir: &Path) -> io::Result<Keys> {
        let path = data_dir.join("hub.key");
        let at = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        if !path.exists() {
            sys::make_private_file(&path, &hex::encode(sys::random::<32>()?)).map_err(at)?;
        }
        let text = fs::read_to_string(&path).map_err(at)?;
        let master = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
            io::Error::other(format!("{} is not 64 hex digits; restore it from a backup", path.display()))
        })?;
        let ring_path = data_dir.join("context.keys");
        let ring = Ring::load_or_make(&ring_path)?;
        Ok(Keys { master, ring: Arc::new(RwLock::new(ring)), ring_path: Arc::new(ring_path) })
    }

    /// A key for one purpose, which tells nothing about those for others.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        // Only lengths above 8,160 bytes fail.
        let _ = Hkdf::<Sha256>::new(None, &self.master).expand(purpose.as_bytes(), &mut key);
        key
    }

    /// The password of a login role, for a PostgreSQL that asks for one.
    pub fn password(&self, role: &str) -> String {
        let passwords = self.derive("pems hub: role passwords");
        hex::encode(Sha256::new().chain_update(passwords).chain_update(role).finalize())
    }

    /// The context keys, oldest first; the last one signs.
    pub fn context_keys(&self) -> Vec<KeyringKey> {
        self.ring.read().keys().to_vec()
    }

    /// Reads the ring again: another process may have rotated it.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn reload(&self) -> io::Result<()> {
        let fresh = Ring::load_or_make(&self.ring_path)?;
        *self.ring.write() = fresh;
        Ok(())
    }

    /// A key that is in no file and no database yet: install it in the database first, then [`Keys::adopt`] it.
    ///
    /// # Errors
    /// If the machine has no randomness.
    pub fn new_context_key(&self, now: i64) -> io::Result<KeyringKey> {
        KeyringKey::new(now)
    }

    /// From now on tokens are signed with `key`.
    ///
    /// # Errors
    /// If the file cannot be written; then nothing has changed.
    pub fn adopt(&self, key: KeyringKey) -> io::Result<()> {
        self.change_ring(|ring| ring.with(key))
    }

    /// Forgets a key. Take it out of the database first.
    ///
    /// # Errors
    /// If it is the one that signs or there is none such; if the file cannot be written.
    pub fn forget(&self, kid: &str) -> io::Result<()> {
        let ring = Ring::load_or_make(&self.ring_path)?.without(kid)?;
        self.change_ring(|_| ring)
    }

    fn change_ring(&self, change: impl FnOnce(Ring) -> Ring) -> io::Result<()> {
        let changed = change(Ring::load_or_make(&self.ring_path)?);
        changed.save(&self.ring_path)?;
        *self.ring.write() = changed;
        Ok(())
    }

    /// The token with which a transaction enters its context: for one connection (`nonce`), for some seconds. `now` in
    /// microseconds since 1970. For an operator `actor` is the operator mode's id and `tenant` the school it is about (or nil).
    pub fn context_token(&self, tenant: Uuid, actor: Uuid, mode: Mode, now: i64, nonce: &str) -> String {
        let expires = now / 1_000_000 + CONTEXT_TTL_S;
        let ring = self.ring.read();
        let key = ring.newest();
        let (tenant, actor, mode) = (tenant.as_simple(), actor.as_simple(), mode.text());
        let text = format!("v1.{}.{tenant}.{actor}.{mode}.{expires}.{nonce}", key.kid());
        let sealed = key.seal(&text);
        format!("{text}.{sealed}")
    }
}
