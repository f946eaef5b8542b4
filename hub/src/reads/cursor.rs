//! Where the next page begins. A cursor holds the last row's place in the order, which may be a name; so it is sealed, and it
//! opens only for the school and the question that it was made for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use pems_db::Keys;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

const NONCE: usize = 24;
/// Characters of a cursor: a name of three parts at its longest, sealed.
pub(crate) const CURSOR_MAX: usize = 4_096;

#[derive(Clone)]
pub(crate) struct Cursors {
    cipher: XChaCha20Poly1305,
    nonces: [u8; 32],
}

impl std::fmt::Debug for Cursors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cursors")
    }
}

impl Cursors {
    pub(crate) fn new(keys: &Keys) -> Cursors {
        let cipher = XChaCha20Poly1305::new(&Key::from(keys.derive("pems hub: cursors")));
        Cursors { cipher, nonces: keys.derive("pems hub: nonces of cursors") }
    }

    /// `question` is what the place belongs to: filters and order.
    pub(crate) fn seal(&self, school: Uuid, question: &[u8; 32], place: &impl Serialize) -> Option<String> {
        let msg = serde_json::to_vec(place).ok()?;
        let aad = [&school.as_bytes()[..], question].concat();
        // The same place gives the same cursor, so that equal answers are equal; another place gets another nonce.
        let name = blake3::Hasher::new_keyed(&self.nonces).update(&aad).update(&msg).finalize();
        let nonce: [u8; NONCE] = *name.as_bytes().first_chunk()?;
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), Payload { msg: &msg, aad: &aad }).ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// `None`: not ours, or of another school or question.
    pub(crate) fn open<P: DeserializeOwned>(&self, school: Uuid, question: &[u8; 32], cursor: &str) -> Option<P> {
        if cursor.len() > CURSOR_MAX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let aad = [&school.as_bytes()[..], question].concat();
        let msg = self.cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &aad }).ok()?;
        serde_json::from_slice(&msg).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_for_its_school_and_question_only() {
        let dir = tempfile::tempdir().expect("a directory");
        let cursors = Cursors::new(&Keys::load(dir.path()).expect("keys"));
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let place = ("CRUZ MARIA".to_owned(), 7_i64);
        let cursor = cursors.seal(a, &[1; 32], &place).expect("sealed");
        assert_eq!(cursors.seal(a, &[1; 32], &place).as_ref(), Some(&cursor));
        assert!(!cursor.contains("CRUZ"));
        assert_eq!(cursors.open(a, &[1; 32], &cursor), Some(place));
        assert_eq!(cursors.open::<(String, i64)>(b, &[1; 32], &cursor), None);
        assert_eq!(cursors.open::<(String, i64)>(a, &[2; 32], &cursor), None);
        for rubbish in ["", "AAAA", "%%%", &cursor[1..], &"A".repeat(CURSOR_MAX + 1)] {
            assert_eq!(cursors.open::<(String, i64)>(a, &[1; 32], rubbish), None, "{rubbish}");
        }
    }
}
