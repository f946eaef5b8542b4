//! One-time enrolment codes, made to be read out over a telephone: twelve characters without look-alikes (Crockford's
//! base 32, 60 bits), in groups of four. The hub keeps only their SHA-256.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 12;

/// The code that 12 random bytes make: `7KQ2-M9XD-04TR`.
pub(crate) fn spell(random: [u8; LENGTH]) -> String {
    let mut code = String::with_capacity(LENGTH + 2);
    for (i, byte) in random.into_iter().enumerate() {
        if i > 0 && i % 4 == 0 {
            code.push('-');
        }
        code.push(ALPHABET[usize::from(byte % 32)].into());
    }
    code
}

/// The hash under which a code is kept; `None` for what cannot be a code. Case, spaces and hyphens do not matter, and O, I
/// and L count as the digits that they look like.
pub(crate) fn hash(typed: &str) -> Option<[u8; 32]> {
    let mut plain = Vec::with_capacity(LENGTH);
    for c in typed.chars().filter(|c| !matches!(c, ' ' | '-')) {
        let c = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        };
        plain.push(u8::try_from(c).ok().filter(|byte| ALPHABET.contains(byte))?);
    }
    (plain.len() == LENGTH).then(|| Sha256::digest(&plain).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_how_people_type() {
        let code = spell([0, 1, 31, 63, 7, 8, 9, 10, 200, 201, 202, 255]);
        assert_eq!(code.len(), 14);
        assert!(hash(&code).is_some());
        assert_eq!(hash(&code), hash(&code.to_lowercase().replace('-', " ")));
        assert_eq!(hash("OIL0-0000-0000"), hash("0110-0000-0000"));
        assert_eq!(hash("0110-0000-000"), None);
        assert_eq!(hash("U110-0000-0000"), None);
    }
}
