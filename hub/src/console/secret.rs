//! The two secrets of the console that travel: the cookie of a session and the code of an invitation. 256 bits that only their
//! holder knows; the database keeps SHA-256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const SECRET: usize = 32;

/// A session's cookie: the id, so that no index over secrets is needed to find it, and the secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Cookie {
    pub(crate) session: Uuid,
    secret: [u8; SECRET],
}

impl std::fmt::Debug for Cookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cookie").field("session", &self.session).finish_non_exhaustive()
    }
}

impl Cookie {
    /// `session` and `secret`: random, and new with every sign-in, so that nobody signs in under a cookie that somebody else knows.
    pub(crate) const fn new(session: Uuid, secret: [u8; SECRET]) -> Cookie {
        Cookie { session, secret }
    }

    /// `None` for what cannot be one.
    pub(crate) fn parse(text: &str) -> Option<Cookie> {
        let bytes: [u8; 16 + SECRET] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (session, secret) = bytes.split_first_chunk::<16>()?;
        Some(Cookie { session: Uuid::from_bytes(*session), secret: secret.try_into().ok()? })
    }

    pub(crate) fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes())
    }

    /// What the database keeps.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.bytes()).into()
    }

    fn bytes(&self) -> Vec<u8> {
        [&self.session.as_bytes()[..], &self.secret].concat()
    }
}

/// What an invited person holds: shown once, to whoever invites.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct InvitationCode([u8; SECRET]);

impl std::fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InvitationCode")
    }
}

impl InvitationCode {
    /// `secret`: random.
    pub(crate) const fn new(secret: [u8; SECRET]) -> InvitationCode {
        InvitationCode(secret)
    }

    /// `None` for what cannot be one.
    pub(crate) fn parse(text: &str) -> Option<InvitationCode> {
        Some(InvitationCode(URL_SAFE_NO_PAD.decode(text.trim()).ok()?.try_into().ok()?))
    }

    pub(crate) fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the database keeps.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    pub(crate) const fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_written_and_nothing_else_is() {
        let cookie = Cookie::new(Uuid::from_u128(7), [3; SECRET]);
        let text = cookie.text();
        assert_eq!(text.len(), 64);
        assert_eq!(Cookie::parse(&text), Some(cookie.clone()));
        assert_ne!(Cookie::new(Uuid::from_u128(8), [3; SECRET]).hash(), cookie.hash(), "the id is hashed too");
        for bad in ["", "x", &text[1..], &format!("{text}AA"), &text.replace('A', "+"), "Ω"] {
            assert_eq!(Cookie::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_code_of_an_invitation_survives_what_mail_programs_do_around_it() {
        let code = InvitationCode::new([9; SECRET]);
        assert_eq!(InvitationCode::parse(&format!(" {}\r\n", code.text())), Some(code));
        assert_eq!(InvitationCode::parse("too short"), None);
    }
}
