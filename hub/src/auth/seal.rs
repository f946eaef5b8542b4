//! Secrets that must be read again, kept in the database in a form that is worth nothing without `hub.key`: ChaCha20-Poly1305,
//! bound to whom they belong, so that one cannot be put in another's place.

use super::totp;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use pems_db::Keys;
use uuid::Uuid;

const NONCE: usize = 12;

/// Seals and opens the second factors of operators.
#[derive(Clone)]
pub(crate) struct Seal {
    cipher: ChaCha20Poly1305,
    invited: [u8; 32],
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

/// What is sealed is not ours, not this owner's, or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a second factor cannot be opened with this hub's key; reset the operator (pems-hub operator reset)")]
pub(crate) struct Unsealable;

impl Seal {
    pub(crate) fn new(keys: &Keys) -> Seal {
        Seal {
            cipher: ChaCha20Poly1305::new(&Key::from(keys.derive("pems hub: second factors"))),
            invited: keys.derive("pems hub: second factors of the invited"),
        }
    }

    /// The second factor of whoever holds this invitation: shown before it is taken and the same when it is, so that nothing half
    /// chosen is kept anywhere. Nobody but the hub can make it of the code.
    pub(crate) fn of_invitation(&self, code: &[u8]) -> [u8; totp::SECRET] {
        let mut secret = [0; totp::SECRET];
        secret.copy_from_slice(&blake3::keyed_hash(&self.invited, code).as_bytes()[..totp::SECRET]);
        secret
    }

    /// Nonce and ciphertext. `nonce` random, of which one serves once.
    pub(crate) fn seal(&self, owner: Uuid, secret: &[u8], nonce: [u8; NONCE]) -> Result<Vec<u8>, Unsealable> {
        let payload = Payload { msg: secret, aad: owner.as_bytes() };
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| Unsealable)?;
        Ok([&nonce[..], &sealed].concat())
    }

    pub(crate) fn open(&self, owner: Uuid, sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Unsealable)?;
        let payload = Payload { msg: sealed, aad: owner.as_bytes() };
        self.cipher.decrypt(&Nonce::from(*nonce), payload).map_err(|_| Unsealable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_has_one_second_factor_at_this_hub() {
        let (here, there) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
        let seal = Seal::new(&Keys::load(here.path()).expect("keys"));
        let other = Seal::new(&Keys::load(there.path()).expect("keys"));
        assert_eq!(seal.of_invitation(b"a code"), seal.of_invitation(b"a code"));
        assert_ne!(seal.of_invitation(b"a code"), seal.of_invitation(b"another"));
        assert_ne!(seal.of_invitation(b"a code"), other.of_invitation(b"a code"));
    }

    #[test]
    fn only_its_owner_under_this_hubs_key_opens_it() {
        let (here, there) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
        let seal = Seal::new(&Keys::load(here.path()).expect("keys"));
        let other = Seal::new(&Keys::load(there.path()).expect("keys"));
        let (ana, ben) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = seal.seal(ana, b"twenty bytes of secret", [3; NONCE]).expect("sealed");
        assert_eq!(seal.open(ana, &sealed).expect("opened"), b"twenty bytes of secret");
        assert_eq!(seal.open(ben, &sealed), Err(Unsealable));
        assert_eq!(other.open(ana, &sealed), Err(Unsealable));
        for at in [0, NONCE, sealed.len() - 1] {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert_eq!(seal.open(ana, &damaged), Err(Unsealable), "byte {at}");
        }
        assert_eq!(seal.open(ana, &sealed[..5]), Err(Unsealable));
    }
}
