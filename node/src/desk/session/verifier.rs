//! What a password is checked against: Argon2id, with the costs that hub and offices have in common.

use crate::{NodeError, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use pems_model::verifier::{LANES, MEMORY_KIB, PASSES, SALT, is_verifier};
use pems_model::{Code, password};

/// Letters and figures that cannot be mistaken for each other, for passwords that are read out (as the hub's codes).
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

fn failed(error: impl std::fmt::Display) -> NodeError {
    NodeError::new(Code::Internal, format!("the password cannot be kept: {error}; try again"))
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// A verifier (PHC string) of a new password.
///
/// # Errors
/// If the system has no randomness or memory.
pub fn make(typed: &str) -> Result<String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let salt = random::<SALT>()?;
    let hash = argon2.hash_password_with_salt(password::normal(typed).as_bytes(), &salt).map_err(failed)?;
    Ok(hash.to_string())
}

/// Whether this is the password; a verifier of another form matches nothing, and its costs are not run.
pub fn matches(verifier: &str, typed: &str) -> bool {
    let Some(Ok(hash)) = is_verifier(verifier).then(|| PasswordHash::new(verifier)) else { return false };
    Argon2::default().verify_password(password::normal(typed).as_bytes(), &hash).is_ok()
}

/// A password to sign in with once, to be read out: `XXXX-XXXX-XXXX`, 60 bits.
///
/// # Errors
/// If the system has no randomness.
pub fn one_time() -> Result<String> {
    let letters: Vec<char> = random::<12>()?.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    Ok(letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_taken_in_everywhere_and_nothing_else_is_run() {
        let made = make("tatlong isda sa ilog").expect("a verifier");
        assert!(is_verifier(&made) && matches(&made, "tatlong isda sa ilog") && !matches(&made, "dalawang isda"));
        let params = Params::new(1024, 1, 1, None).expect("parameters");
        let foreign = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(b"tatlong isda sa ilog", &[9; SALT])
            .expect("a hash");
        assert!(!matches(&foreign.to_string(), "tatlong isda sa ilog"), "right by costs of its own");
    }
}
