//! Refresh tokens: the school and the session that they belong to, and 256 bits that only their holder knows.
//!
//! The ids are there so that no index over all schools is needed to find a token; the database keeps SHA-256 of the whole.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pems_db::Keys;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const SECRET: usize = 32;
const LENGTH: usize = 16 + 16 + SECRET;

/// A refresh token, in clear for its holder alone.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken {
    pub(crate) tenant: Uuid,
    pub(crate) session: Uuid,
    secret: [u8; SECRET],
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshToken").finish_non_exhaustive()
    }
}

impl RefreshToken {
    /// `secret`: random.
    pub(crate) const fn new(tenant: Uuid, session: Uuid, secret: [u8; SECRET]) -> RefreshToken {
        RefreshToken { tenant, session, secret }
    }

    /// `None` for what cannot be one.
    pub(crate) fn parse(text: &str) -> Option<RefreshToken> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let bytes: [u8; LENGTH] = bytes.try_into().ok()?;
        let (tenant, rest) = bytes.split_first_chunk::<16>()?;
        let (session, secret) = rest.split_first_chunk::<16>()?;
        let (tenant, session) = (Uuid::from_bytes(*tenant), Uuid::from_bytes(*session));
        Some(RefreshToken { tenant, session, secret: secret.try_into().ok()? })
    }

    pub(crate) fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes())
    }

    /// What the database keeps.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.bytes()).into()
    }

    fn bytes(&self) -> Vec<u8> {
        [&self.tenant.as_bytes()[..], self.session.as_bytes(), &self.secret].concat()
    }
}

/// Makes successors: always the same one of the same token. So twenty windows that refresh at once, and one whose answer was lost,
/// all go on with one token, and there is never more than one living.
pub(crate) struct Successors([u8; 32]);

impl std::fmt::Debug for Successors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Successors").finish_non_exhaustive()
    }
}

impl Successors {
    pub(crate) fn new(keys: &Keys) -> Successors {
        Successors(keys.derive("pems hub: successors of refresh tokens"))
    }

    /// Nobody but the hub can make it of `old`.
    pub(crate) fn of(&self, old: &RefreshToken) -> RefreshToken {
        let secret = *blake3::keyed_hash(&self.0, &old.bytes()).as_bytes();
        RefreshToken::new(old.tenant, old.session, secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_successor_at_this_hub() {
        let (ours, theirs) = (Successors([1; 32]), Successors([2; 32]));
        let token = RefreshToken::new(Uuid::from_u128(1), Uuid::from_u128(2), [3; SECRET]);
        let next = ours.of(&token);
        assert_eq!(ours.of(&token), next);
        assert_ne!(theirs.of(&token), next);
        assert!(ours.of(&next) != next && next != token);
        assert_eq!((next.tenant, next.session), (token.tenant, token.session));
    }

    #[test]
    fn a_token_is_read_as_it_was_written_and_nothing_else_is() {
        let token = RefreshToken::new(Uuid::from_u128(1), Uuid::from_u128(2), [3; SECRET]);
        let text = token.text();
        assert_eq!(text.len(), 86);
        let read = RefreshToken::parse(&text).expect("a token");
        assert_eq!(read, token);
        assert_eq!(read.hash(), token.hash());
        let other = RefreshToken::new(Uuid::from_u128(9), Uuid::from_u128(2), [3; SECRET]);
        assert_ne!(other.hash(), token.hash(), "the ids are hashed too");
        for bad in ["", "x", &text[1..], &format!("{text}AA"), &text.replace('A', "+"), "Ω"] {
            assert_eq!(RefreshToken::parse(bad), None, "{bad}");
        }
    }
}
