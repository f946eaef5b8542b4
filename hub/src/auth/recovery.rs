//! Recovery codes: for who has lost the authenticator app. Shown once, kept as SHA-256; each serves once, to sign in and for
//! nothing else. In the form of enrolment codes, which survives paper and telephones.

use crate::devices::enrolment_code;
use crate::refusal::Refusal;
use pems_db::sys;

/// Enough for some years of lost phones, few enough to be written down.
const CODES: usize = 10;

/// Ten new ones, and the hashes under which they are kept.
///
/// # Errors
/// If the machine has no randomness.
pub(crate) fn codes() -> Result<(Vec<String>, Vec<Vec<u8>>), Refusal> {
    let (mut codes, mut hashes) = (Vec::new(), Vec::new());
    while codes.len() < CODES {
        let code = enrolment_code::spell(sys::random()?);
        let hash = hash(&code).ok_or_else(|| Refusal::internal("recovery code", &"it cannot be read back"))?;
        codes.push(code);
        hashes.push(hash.to_vec());
    }
    Ok((codes, hashes))
}

/// `None` for what cannot be one.
pub(crate) fn hash(typed: &str) -> Option<[u8; 32]> {
    enrolment_code::hash(typed)
}
