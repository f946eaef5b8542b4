//! JSON Web Tokens (RFC 7519) with what PEMS signs and nothing else: EdDSA by the keys of devices, HS256 by the hub's own. Both ends
//! use it, and the tests have both in one process, which can choose the ciphers of `jsonwebtoken` but once.
//!
//! The library's own choice brings RSA and the curves of NIST with it, which nobody here uses; `rsa` has a known flaw in its timing
//! (RUSTSEC-2023-0071). Any other algorithm is refused with an error.

use ed25519_dalek::pkcs8::DecodePrivateKey;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error as Unproven, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey};
use sha2::Sha256;

static OURS: CryptoProvider =
    CryptoProvider { signer_factory: signer, verifier_factory: verifier, key_utils: KeyUtils::new_unimplemented() };

/// Makes these the ciphers of this process. Whatever signs or checks a token asks for it first; once is enough.
pub fn use_our_ciphers() {
    // They are in use already, from an earlier call.
    let _ = OURS.install_default();
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    match (algorithm, key.family()) {
        (Algorithm::EdDSA, AlgorithmFamily::Ed) => {
            let key = SigningKey::from_pkcs8_der(key.as_bytes()).map_err(|_| ErrorKind::InvalidEddsaKey)?;
            Ok(Box::new(OfDevice(key)))
        }
        (Algorithm::HS256, AlgorithmFamily::Hmac) => Ok(Box::new(OfHub(hmac(key.as_bytes())?))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    match (algorithm, key.family()) {
        (Algorithm::EdDSA, AlgorithmFamily::Ed) => {
            let bytes = <[u8; 32]>::try_from(key.try_get_as_bytes()?).map_err(|_| ErrorKind::InvalidEddsaKey)?;
            let key = VerifyingKey::from_bytes(&bytes).map_err(|_| ErrorKind::InvalidEddsaKey)?;
            Ok(Box::new(AgainstDevice(key)))
        }
        (Algorithm::HS256, AlgorithmFamily::Hmac) => Ok(Box::new(OfHub(hmac(key.try_get_as_bytes()?)?))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

fn hmac(secret: &[u8]) -> Result<Hmac<Sha256>> {
    Hmac::new_from_slice(secret).map_err(|_| ErrorKind::InvalidKeyFormat.into())
}

struct OfDevice(SigningKey);

impl Signer<Vec<u8>> for OfDevice {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Unproven> {
        Ok(self.0.sign(message).to_bytes().to_vec())
    }
}

impl JwtSigner for OfDevice {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct AgainstDevice(VerifyingKey);

impl Verifier<Vec<u8>> for AgainstDevice {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Unproven> {
        let signature = Signature::from_slice(signature).map_err(|_| Unproven::new())?;
        self.0.verify_strict(message, &signature).map_err(|_| Unproven::new())
    }
}

impl JwtVerifier for AgainstDevice {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct OfHub(Hmac<Sha256>);

impl OfHub {
    fn over(&self, message: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(message);
        mac
    }
}

impl Signer<Vec<u8>> for OfHub {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Unproven> {
        Ok(self.over(message).finalize().into_bytes().to_vec())
    }
}

impl JwtSigner for OfHub {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

/// In a time that does not depend on where two codes differ.
impl Verifier<Vec<u8>> for OfHub {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Unproven> {
        self.over(message).verify_slice(signature).map_err(|_| Unproven::new())
    }
}

impl JwtVerifier for OfHub {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
    use jsonwebtoken::crypto::{sign, verify};

    fn bytes(text: &str) -> Vec<u8> {
        B64.decode(text).expect("base64url")
    }

    /// RFC 8410, section 7: the private key with its head.
    fn pkcs8(seed: &[u8]) -> Vec<u8> {
        [&[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20], seed].concat()
    }

    #[test]
    fn tokens_are_signed_as_the_standards_say() {
        use_our_ciphers();
        use_our_ciphers();
        // RFC 8037, appendix A.
        let key = EncodingKey::from_ed_der(&pkcs8(&bytes("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")));
        let public = bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let told = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        assert_eq!(sign(message, &key, Algorithm::EdDSA).expect("signed"), told);
        let public = DecodingKey::from_ed_der(&public);
        assert!(verify(told, message, &public, Algorithm::EdDSA).expect("checked"));
        assert!(!verify(told, b"another", &public, Algorithm::EdDSA).expect("checked"));
        assert!(!verify(&told[..40], message, &public, Algorithm::EdDSA).expect("checked"));
        // RFC 7515, appendix A.1.
        let secret = bytes("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        let message = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let told = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(sign(message, &EncodingKey::from_secret(&secret), Algorithm::HS256).expect("signed"), told);
        let secret = DecodingKey::from_secret(&secret);
        assert!(verify(told, message, &secret, Algorithm::HS256).expect("checked"));
        assert!(!verify(told, b"another", &secret, Algorithm::HS256).expect("checked"));
    }

    #[test]
    fn another_algorithm_or_a_key_of_another_kind_is_refused_and_never_a_panic() {
        use_our_ciphers();
        let (secret, public) = (DecodingKey::from_secret(&[7; 32]), DecodingKey::from_ed_der(&[7; 32]));
        let ours = [Algorithm::EdDSA, Algorithm::HS256];
        for algorithm in [Algorithm::HS384, Algorithm::RS256, Algorithm::ES256, Algorithm::PS512] {
            for key in [&secret, &public] {
                assert!(verify("AAAA", b"message", key, algorithm).is_err(), "{algorithm:?}");
            }
        }
        // A public key is known to everybody: as the secret of an HMAC it would sign for everybody.
        for (key, algorithm) in [(&secret, ours[0]), (&public, ours[1])] {
            assert!(verify("AAAA", b"message", key, algorithm).is_err(), "{algorithm:?}");
        }
        for short in [0, 31, 33] {
            let key = DecodingKey::from_ed_der(&vec![7; short]);
            assert!(verify("AAAA", b"message", &key, Algorithm::EdDSA).is_err(), "{short} bytes");
        }
        assert!(sign(b"message", &EncodingKey::from_ed_der(b"no key"), Algorithm::EdDSA).is_err());
        assert!(sign(b"message", &EncodingKey::from_secret(&[7; 32]), Algorithm::RS256).is_err());
    }
}
