//! What a password is checked against: Argon2id, with the costs that hub and offices have in common, and the key that follows from
//! it, which shows the hub that somebody typed it here.

use crate::{NodeError, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use ed25519_dalek::SigningKey;
use pems_model::proof::{self, Typed};
use pems_model::verifier::{LANES, MEMORY_KIB, PASSES, SALT, is_verifier};
use pems_model::{Code, password};

/// Letters and figures that cannot be mistaken for each other, for passwords that are read out (as the hub's codes).
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Of a one-time password.
const LETTERS: usize = 12;

fn failed(error: impl std::fmt::Display) -> NodeError {
    NodeError::new(Code::Internal, format!("the password cannot be kept: {error}; try again"))
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn derive(params: Params, typed: &str, salt: &[u8]) -> Result<[u8; 32]> {
    let mut derived = [0; 32];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(password::normal(typed).as_bytes(), salt, &mut derived).map_err(failed)?;
    Ok(derived)
}

/// A verifier (PHC string) of a new password, and its key.
///
/// # Errors
/// If the system has no randomness or memory.
pub(crate) fn make_with_key(typed: &str) -> Result<(String, SigningKey)> {
    let salt = random::<SALT>()?;
    let derived = derive(Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?, typed, &salt)?;
    Ok((proof::verifier((MEMORY_KIB, PASSES, LANES), &salt, &derived), proof::key_of(&derived)))
}

/// As [`make_with_key`], without the key.
///
/// # Errors
/// As [`make_with_key`].
pub fn make(typed: &str) -> Result<String> {
    Ok(make_with_key(typed)?.0)
}

/// Whether this is the password, and the key that it opens; a verifier of another form is nobody's, and its costs are not run.
pub fn open(verifier: &str, typed: &str) -> Typed {
    let Some(Ok(kept)) = is_verifier(verifier).then(|| PasswordHash::new(verifier)) else { return Typed::Wrong };
    let (Some(salt), Some(output), Ok(params)) = (kept.salt, kept.hash, Params::try_from(&kept)) else {
        return Typed::Wrong;
    };
    derive(params, typed, salt.as_ref()).map_or(Typed::Wrong, |derived| proof::compare(&derived, output.as_bytes()))
}

/// A password to sign in with once, to be read out: `XXXX-XXXX-XXXX`, 60 bits.
///
/// # Errors
/// If the system has no randomness.
pub fn one_time() -> Result<String> {
    let letters: Vec<char> =
        random::<LETTERS>()?.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    Ok(in_fours(&letters))
}

fn in_fours(letters: &[char]) -> String {
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// What somebody typed as the one-time password that it is when capitals and dashes do not count; none where it cannot be one.
pub(crate) fn as_read_out(typed: &str) -> Option<String> {
    let kept = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
    let letters: Vec<char> = kept.map(|c| c.to_ascii_uppercase()).collect();
    let known = |letter: &char| u8::try_from(*letter).is_ok_and(|byte| ALPHABET.contains(&byte));
    (letters.len() == LETTERS && letters.iter().all(known)).then(|| in_fours(&letters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::PasswordHasher;

    #[test]
    fn what_is_made_is_taken_in_everywhere_and_nothing_else_is_run() {
        let made = make("tatlong isda sa ilog").expect("a verifier");
        assert!(is_verifier(&made));
        assert!(matches!(open(&made, "tatlong isda sa ilog"), Typed::Right(_)));
        assert!(matches!(open(&made, "dalawang isda"), Typed::Wrong));
        let params = Params::new(1024, 1, 1, None).expect("parameters");
        let foreign = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(b"tatlong isda sa ilog", &[9; SALT])
            .expect("a hash");
        assert!(
            matches!(open(&foreign.to_string(), "tatlong isda sa ilog"), Typed::Wrong),
            "right by costs of its own"
        );
    }
}
