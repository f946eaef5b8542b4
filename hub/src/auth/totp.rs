//! The second factor of operators: codes by time, RFC 6238, six digits every 30 seconds.

use totp_rs::{Builder, Secret, Totp, TotpError};

/// Bytes of a secret: what RFC 4226 recommends.
pub(crate) const SECRET: usize = 20;
const STEP_S: u64 = 30;
/// Steps before and after the present one whose code is taken, for clocks that are not quite right.
const SKEW: u16 = 1;

fn totp(secret: &[u8], email: &str) -> Result<Totp, TotpError> {
    // A colon would end the label of the address.
    let label = email.replace(':', " ");
    Builder::new()
        .with_secret(Secret::from(secret.to_vec()))
        .with_digits(6)
        .with_step_duration(STEP_S)
        .with_skew(SKEW)
        .with_issuer(Some("PEMS hub"))
        .with_account_name(label)
        .build()
}

/// The step whose code this is, if it is one of now. `now`: microseconds since 1970.
///
/// # Errors
/// A secret that cannot be one.
pub(crate) fn step_of(secret: &[u8], code: &str, now: i64) -> Result<Option<i64>, TotpError> {
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let seconds = u64::try_from(now / 1_000_000).unwrap_or(0);
    let step = totp(secret, "")?.check(code, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// What an authenticator app wants: the address behind the QR code, and the secret to type.
///
/// # Errors
/// A secret that cannot be one.
pub(crate) fn enrolment(secret: &[u8], email: &str) -> Result<(String, String), TotpError> {
    let totp = totp(secret, email)?;
    Ok((totp.to_url()?, totp.secret().to_base32()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B (SHA-1), the last six of its eight digits.
    const VECTORS: &[(i64, &str)] = &[
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];
    const RFC_SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, code) in VECTORS {
            let found = step_of(RFC_SECRET, code, seconds * 1_000_000).expect("a secret");
            assert_eq!(found, Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_serves_one_step_early_or_late_and_no_further() {
        let (seconds, code) = VECTORS[3];
        let at = |offset: i64| step_of(RFC_SECRET, code, (seconds + offset) * 1_000_000).expect("a secret");
        assert_eq!(at(-30), Some(seconds / 30));
        assert_eq!(at(30), Some(seconds / 30));
        assert_eq!(at(-60), None);
        assert_eq!(at(60), None);
        for garbage in ["", "00592", "0059244", "００５９２４", "a05924", " 05924", "005-924"] {
            assert_eq!(step_of(RFC_SECRET, garbage, seconds * 1_000_000).expect("a secret"), None, "{garbage}");
        }
    }

    #[test]
    fn an_app_can_take_the_address() {
        let (url, typed) = enrolment(RFC_SECRET, "ana@division.example").expect("an address");
        assert!(url.starts_with("otpauth://totp/"), "{url}");
        assert!(url.contains("issuer=PEMS%20hub") || url.contains("issuer=PEMS+hub"), "{url}");
        assert_eq!(typed, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(enrolment(RFC_SECRET, "a:b@c").is_ok());
    }
}
