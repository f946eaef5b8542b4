//! Keys under a passphrase: Argon2id makes the key, XChaCha20-Poly1305 seals.
//!
//! The file: `PEMS1`, salt (16 bytes), nonce (24 bytes), the sealed text.

use crate::{NodeError, Result};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use pems_model::Code;

const MAGIC: &[u8] = b"PEMS1";
const SALT: usize = 16;
const NONCE: usize = 24;
/// 64 MiB and 3 passes: about half a second on an old laptop, once a start; an attacker pays it for every guess.
const MEMORY_KIB: u32 = 64 << 10;
const PASSES: u32 = 3;

pub(super) fn seal(text: &str, passphrase: &str) -> Result<Vec<u8>> {
    let mut head = [0_u8; SALT + NONCE];
    getrandom::fill(&mut head)
        .map_err(|error| NodeError::new(Code::Internal, format!("no randomness for keys: {error}")))?;
    let (salt, nonce) = head.split_at(SALT);
    let nonce = XNonce::try_from(nonce).map_err(|_| damaged())?;
    let sealed = cipher(passphrase, salt)?.encrypt(&nonce, text.as_bytes()).map_err(|_| damaged())?;
    Ok([MAGIC, &head, &sealed].concat())
}

pub(super) fn open(bytes: &[u8], passphrase: &str) -> Result<String> {
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(damaged)?;
    let (salt, rest) = rest.split_at_checked(SALT).ok_or_else(damaged)?;
    let (nonce, sealed) = rest.split_at_checked(NONCE).ok_or_else(damaged)?;
    let nonce = XNonce::try_from(nonce).map_err(|_| damaged())?;
    let opened = cipher(passphrase, salt)?
        .decrypt(&nonce, sealed)
        .map_err(|_| NodeError::new(Code::WrongCredentials, "this is not the passphrase; type it again"))?;
    String::from_utf8(opened).map_err(|_| damaged())
}

fn cipher(passphrase: &str, salt: &[u8]) -> Result<XChaCha20Poly1305> {
    let odd = |error: argon2::Error| NodeError::new(Code::Internal, format!("the passphrase cannot be used: {error}"));
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).map_err(odd)?;
    let mut key = [0_u8; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut key)
        .map_err(odd)?;
    Ok(XChaCha20Poly1305::new(&Key::from(key)))
}

fn damaged() -> NodeError {
    NodeError::new(
        Code::KeyMissing,
        "the sealed keys are damaged; restore keys.sealed from a copy, or enrol this PC again",
    )
}
