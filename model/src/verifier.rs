//! What a password is checked against: Argon2id with one set of costs, as a PHC string of one form.
//!
//! Costs that somebody else chose would be paid by whoever checks, before it is known who asks. So nothing else is taken in anywhere,
//! and nothing else is ever run: [`is_verifier`] is asked at the office, at the hub and by every file that is read.

/// OWASP's choice for Argon2id: 19 MiB, two passes, one lane.
pub const MEMORY_KIB: u32 = 19 * 1024;
/// How often the memory is gone through.
pub const PASSES: u32 = 2;
/// How many threads it could be shared by.
pub const LANES: u32 = 1;
/// Bytes of the salt.
pub const SALT: usize = 16;
/// Bytes of the hash.
pub const HASH: usize = 32;

const HEAD: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// Whether this is a verifier as hub and offices make them, to the letter.
pub fn is_verifier(text: &str) -> bool {
    let Some((salt, hash)) = text.strip_prefix(HEAD).and_then(|rest| rest.split_once('$')) else { return false };
    is_base64(salt, SALT) && is_base64(hash, HASH)
}

/// Whether this is the one spelling of so many bytes: base64 without padding, with no bits left over at its end.
fn is_base64(text: &str, bytes: usize) -> bool {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let spare = (text.len() * 6).saturating_sub(bytes * 8);
    text.len() == (bytes * 8).div_ceil(6)
        && text.bytes().all(|byte| digit(byte).is_some())
        && text.bytes().last().and_then(digit).is_none_or(|last| last & ((1 << spare) - 1) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn the_head_says_the_costs() {
        assert_eq!(HEAD, format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"));
        assert!(is_verifier(OURS));
    }

    #[test]
    fn every_other_text_is_none() {
        for other in
            ["", "abc", HEAD, "$argon2id$garbage", &format!("{OURS}$"), &format!("{OURS} "), &format!(" {OURS}")]
        {
            assert!(!is_verifier(other), "{other}");
        }
        // Any one character less, more or changed to what does not belong there.
        for at in 0..OURS.len() {
            let (before, after) = OURS.split_at(at);
            assert!(!is_verifier(&format!("{before}{}", &after[1..])), "less at {at}");
            assert!(!is_verifier(&format!("{before}A{after}")), "more at {at}");
            assert!(!is_verifier(&format!("{before}={}", &after[1..])) || after.starts_with('='), "other at {at}");
        }
        // Spare bits would be a second spelling of the same hash.
        assert!(!is_verifier(&format!("{}B", &OURS[..OURS.len() - 1])));
    }
}
