//! The hub's one secret, kept in `DATA/hub.key`, and what is derived from it. Losing it costs nothing but new tokens; whoever
//! has it can speak as the hub, so it is readable by its owner alone and never in the database.

use crate::edge;
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::Path;
use uuid::Uuid;

/// Seconds for which a context token is good: from signing to `BEGIN`, on a busy machine. The database refuses more than 30.
const CONTEXT_TTL_S: i64 = 15;

#[derive(Clone)]
pub struct Keys {
    /// Signs access tokens.
    pub(crate) token: [u8; 32],
    context: [u8; 32],
    passwords: [u8; 32],
    /// Names the context key in the database.
    pub(crate) kid: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Keys {
    /// Reads `DATA/hub.key`, or makes it.
    ///
    /// # Errors
    /// If the file cannot be read or written, or is not 64 hex digits.
    pub fn load(data_dir: &Path) -> io::Result<Keys> {
        let path = data_dir.join("hub.key");
        let at = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        if !path.exists() {
            edge::make_private_file(&path, &edge::hex(&edge::random::<32>()?)).map_err(at)?;
        }
        let text = fs::read_to_string(&path).map_err(at)?;
        let secret = edge::unhex(text.trim()).filter(|bytes| bytes.len() == 32).ok_or_else(|| {
            io::Error::other(format!("{} is not 64 hex digits; restore it from a backup", path.display()))
        })?;
        Ok(Keys::derive(&secret))
    }

    fn derive(secret: &[u8]) -> Keys {
        let hkdf = Hkdf::<Sha256>::new(None, secret);
        let part = |purpose: &str| {
            let mut key = [0; 32];
            // Only lengths above 8,160 bytes fail.
            let _ = hkdf.expand(purpose.as_bytes(), &mut key);
            key
        };
        let context = part("pems hub: context of transactions");
        let kid = edge::hex(&Sha256::digest(context)[..6]);
        Keys { token: part("pems hub: access tokens"), context, passwords: part("pems hub: role passwords"), kid }
    }

    /// The password of a login role, for a PostgreSQL that asks for one.
    pub(crate) fn password(&self, role: &str) -> String {
        edge::hex(&Sha256::new().chain_update(self.passwords).chain_update(role).finalize())
    }

    /// HMAC-SHA256 pads as `sec.ctx_key` keeps them, so that checking costs two hashes and the key itself is not there.
    pub(crate) fn pads(&self) -> ([u8; 64], [u8; 64]) {
        let (mut inner, mut outer) = ([0x36; 64], [0x5c; 64]);
        for (i, byte) in self.context.iter().enumerate() {
            inner[i] ^= byte;
            outer[i] ^= byte;
        }
        (inner, outer)
    }

    /// The token with which a transaction enters its context: for one connection (`nonce`), for some seconds.
    pub fn context_token(&self, tenant: Uuid, actor: Uuid, mode: &str, now: i64, nonce: &str) -> String {
        let expires = now / 1_000_000 + CONTEXT_TTL_S;
        let text = format!("v1.{}.{}.{}.{mode}.{expires}.{nonce}", self.kid, tenant.as_simple(), actor.as_simple());
        let (inner, outer) = self.pads();
        let first = Sha256::new().chain_update(inner).chain_update(&text).finalize();
        let sealed = Sha256::new().chain_update(outer).chain_update(first).finalize();
        format!("{text}.{}", edge::hex(&sealed))
    }
}
