//! The key of a person: what a password is checked against is the public half of a key pair that follows from the password, so
//! whoever types it at a PC without a network can prove to the hub, weeks later, that they were there. docs/adr/0013-authors.md
//!
//! Argon2id over the password (at the edges: it costs time and memory) gives 32 bytes; the pair follows from these. A verifier is
//! still a PHC string of Argon2id, salt and all, in whose last part the public key stands.

use crate::wire::Change;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The public half: what everybody may know.
pub type PublicKey = [u8; 32];

/// What a password that was typed comes to.
#[derive(Debug)]
pub enum Typed {
    /// Another password.
    Wrong,
    /// Right, and the key that it opens.
    Right(Box<SigningKey>),
    /// Right, but kept as it was before there were keys: nothing can be proved with it.
    RightWithoutKey,
}

/// The key pair behind what Argon2id made of a password.
pub fn key_of(derived: &[u8; 32]) -> SigningKey {
    SigningKey::from_bytes(&blake3::derive_key("PEMS 2026-11 the key of a person", derived))
}

/// Compares what Argon2id made of a typed password with the last part of a verifier, in constant time.
pub fn compare(derived: &[u8; 32], kept: &[u8]) -> Typed {
    let Ok(kept) = <[u8; 32]>::try_from(kept) else { return Typed::Wrong };
    let (key, kept) = (key_of(derived), blake3::Hash::from_bytes(kept));
    if blake3::Hash::from_bytes(key.verifying_key().to_bytes()) == kept {
        return Typed::Right(Box::new(key));
    }
    if blake3::Hash::from_bytes(*derived) == kept { Typed::RightWithoutKey } else { Typed::Wrong }
}

/// The verifier of a password, from its salt, what Argon2id made of it, and with which costs (`m`, `t`, `p`).
pub fn verifier(costs: (u32, u32, u32), salt: &[u8], derived: &[u8; 32]) -> String {
    let text = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
    let (memory, passes, lanes) = costs;
    let key = key_of(derived).verifying_key();
    format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${}${}", text(salt), text(key.as_bytes()))
}

/// The public key in a verifier. One that was made before there were keys gives bytes to which nobody has the other half.
pub fn public_of(verifier: &str) -> Option<PublicKey> {
    from_log(verifier.rsplit_once('$')?.1)
}

/// The public key as the change log keeps it: the last part of the verifier alone.
pub fn from_log(text: &str) -> Option<PublicKey> {
    STANDARD_NO_PAD.decode(text).ok()?.try_into().ok()
}

/// That somebody typed their password at a device.
pub fn sign_in_text(tenant: Uuid, device: Uuid, user: Uuid) -> String {
    format!("pems sign-in 1\n{tenant}\n{device}\n{user}")
}

/// That somebody made a change: everything about it that stays the same however often it is sent.
pub fn change_text(tenant: Uuid, device: Uuid, change: &Change) -> String {
    let fields: BTreeMap<&str, &Json> = change.fields.iter().map(|(name, json)| (name.as_str(), json)).collect();
    let (user, row, at) = (change.user_id.unwrap_or_default(), change.row_id, change.at);
    let fields = serde_json::to_string(&fields).unwrap_or_default();
    format!("pems change 1\n{tenant}\n{device}\n{user}\n{}\n{row}\n{:?}\n{at}\n{fields}", change.entity, change.kind)
}

/// The signature under a text: Ed25519, base64url without padding.
pub fn sign(key: &SigningKey, text: &str) -> String {
    URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()).to_bytes())
}

/// Whether the holder of the key signed this text.
pub fn holds(key: &PublicKey, text: &str, proof: &str) -> bool {
    let signature = URL_SAFE_NO_PAD.decode(proof).ok().and_then(|bytes| Signature::from_slice(&bytes).ok());
    let (Some(signature), Ok(key)) = (signature, VerifyingKey::from_bytes(key)) else { return false };
    key.verify_strict(text.as_bytes(), &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_opens_the_key_whose_public_half_is_kept() {
        let derived = [7; 32];
        let public = key_of(&derived).verifying_key().to_bytes();
        let verifier = verifier((19_456, 2, 1), b"salt", &derived);
        assert!(verifier.starts_with("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$"), "{verifier}");
        assert_eq!(public_of(&verifier), Some(public));
        let Typed::Right(key) = compare(&derived, &public) else { panic!("it is the password") };
        let text = sign_in_text(Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let proof = sign(&key, &text);
        assert!(holds(&public, &text, &proof));
        let elsewhere = sign_in_text(Uuid::from_u128(1), Uuid::from_u128(9), Uuid::from_u128(3));
        assert!(!holds(&public, &elsewhere, &proof), "at one device alone");
        assert!(!holds(&public, &text, &proof[1..]) && !holds(&public, &text, ""));
        assert!(matches!(compare(&[8; 32], &public), Typed::Wrong));
        assert!(matches!(compare(&derived, &public[1..]), Typed::Wrong));
    }

    #[test]
    fn what_was_kept_before_there_were_keys_lets_in_and_proves_nothing() {
        let derived = [7; 32];
        assert!(matches!(compare(&derived, &derived), Typed::RightWithoutKey));
        let text = "anything";
        assert!(!holds(&derived, text, &sign(&key_of(&derived), text)));
    }
}
