//! Redshift's digest for users created with `PASSWORD 'sha256|…'`, code 13 (AWS's JDBC driver
//! 2.2.6, `ConnectionFactoryImpl.doAuthentication` and `ExtensibleDigest.encode`).

use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use crate::warehouse::ProtocolError;
use crate::warehouse::wire::Body;

/// The number of SHA-256, the only algorithm.
const SHA_256: i32 = 0;

/// The server's challenge.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Challenge<'a> {
    salt: &'a [u8],
    nonce: &'a [u8],
}

impl<'a> Challenge<'a> {
    /// Reads the bytes after the code.
    pub fn read(rest: &'a [u8]) -> Result<Self, ProtocolError> {
        let malformed = ProtocolError::Malformed { tag: b'R' };
        let mut body = Body::new(rest);
        match body.int32() {
            Some(SHA_256) => {}
            Some(number) => return Err(ProtocolError::DigestAlgorithm { number }),
            None => return Err(malformed),
        }
        let (Some(salt), Some(nonce), true) = (body.counted(), body.counted(), body.is_empty())
        else {
            return Err(malformed);
        };
        Ok(Self { salt, nonce })
    }

    /// `SHA256( SHA256(password ‖ salt) ‖ server nonce ‖ client nonce )`.
    fn digest(&self, password: &[u8], client_nonce: &[u8]) -> [u8; 32] {
        let salted = Sha256::new().chain_update(password).chain_update(self.salt).finalize();
        let digest = Sha256::new()
            .chain_update(salted)
            .chain_update(self.nonce)
            .chain_update(client_nonce);
        digest.finalize().into()
    }

    /// The message `d` in reply.
    pub fn answer(&self, password: &[u8], client_nonce: &[u8]) -> Vec<u8> {
        let digest = self.digest(password, client_nonce);
        let mut message = vec![b'd'];
        message.extend(length(4 + 4 + digest.len() + 4 + client_nonce.len()));
        for part in [&digest[..], client_nonce] {
            message.extend(length(part.len()));
            message.extend(part);
        }
        message
    }
}

/// The time in milliseconds as decimal digits, as in AWS's driver.
pub(super) fn client_nonce() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_millis().to_string()
}

/// A length in the protocol's form. The lengths used here are a few dozen.
fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::hexadecimal;

    fn counted(bytes: &[u8]) -> Vec<u8> {
        [&length(bytes.len())[..], bytes].concat()
    }

    const CLIENT_NONCE: &[u8] = b"1700000000000";

    #[test]
    fn the_digest_is_that_of_the_driver() {
        let (salt, nonce): (Vec<u8>, Vec<u8>) = ((0..=0x1f).collect(), (0xf0..=0xff).collect());
        let bytes = [vec![0; 4], counted(&salt), counted(&nonce)].concat();
        let challenge = Challenge::read(&bytes).unwrap();
        let digest = challenge.digest(b"Mypassword1", CLIENT_NONCE);
        let expected = "e0848f0110890393ff93b941900954dcba576dfec037957e37407c667b21971f";
        assert_eq!(hexadecimal(&digest), expected);
        let answer = [&b"d\0\0\0\x39\0\0\0\x20"[..], &digest, b"\0\0\0\x0d", CLIENT_NONCE].concat();
        assert_eq!(challenge.answer(b"Mypassword1", CLIENT_NONCE), answer);
    }

    #[test]
    fn another_algorithm_is_refused() {
        let error = Challenge::read(b"\0\0\0\x01").unwrap_err();
        assert_eq!(error, ProtocolError::DigestAlgorithm { number: 1 });
    }

    #[test]
    fn a_challenge_that_does_not_fit_is_malformed() {
        for rest in [
            &b""[..],
            b"\0\0\0\0",
            b"\0\0\0\0\0\0\0\x09salt",
            b"\0\0\0\0\xff\xff\xff\xffsalt",
            b"\0\0\0\0\0\0\0\x01s\0\0\0\x01nx",
        ] {
            assert_eq!(
                Challenge::read(rest),
                Err(ProtocolError::Malformed { tag: b'R' }),
                "{rest:?}"
            );
        }
    }

    #[test]
    fn the_nonce_is_the_time_in_milliseconds() {
        let nonce = client_nonce();
        assert!(nonce.len() >= 13 && nonce.bytes().all(|byte| byte.is_ascii_digit()), "{nonce}");
    }
}
