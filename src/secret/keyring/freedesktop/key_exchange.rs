//! The exchange of keys that hides secrets on the bus: `dh-ietf1024-sha256-aes128-cbc-pkcs7` of the
//! Secret Service API,
//! <https://specifications.freedesktop.org/secret-service-spec/latest/transfer-secrets.html>.
//!
//! redwire's own, because every session with a warehouse begins with one: the library for the rest
//! divides at each step, by all 1024 bits of a private key, which takes longer than the login at
//! the server.

use aes::Aes128;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use crypto_bigint::modular::{ConstMontyForm, ConstMontyParams};
use crypto_bigint::{U256, U1024, const_monty_params};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// What the algorithm is called in `OpenSession`.
pub(super) const ALGORITHM: &str = "dh-ietf1024-sha256-aes128-cbc-pkcs7";

/// Bytes of a public key, of the shared secret and of the prime.
const GROUP_BYTES: usize = 128;

const_monty_params!(
    SecondOakleyGroup,
    U1024,
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74\
     020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437\
     4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed\
     ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff",
    "The prime of the Second Oakley Group, RFC 2409 section 6.2."
);

type Element = ConstMontyForm<SecondOakleyGroup, { U1024::LIMBS }>;

/// This side's keys, for one session.
pub(super) struct KeyPair {
    /// 256 bits: twice the strength that AES-128 has, and three times that of the group, so more
    /// would protect nothing (SP 800-56A rev. 3 section 5.6.1.1 asks for twice the strength of the
    /// group).
    private: Zeroizing<U256>,
    public: [u8; GROUP_BYTES],
}

impl KeyPair {
    /// New keys.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub(super) fn generate() -> Result<Self, getrandom::Error> {
        let mut random = Zeroizing::new([0; U256::BYTES]);
        getrandom::fill(&mut *random)?;
        Ok(Self::of(Zeroizing::new(U256::from_be_slice(&*random))))
    }

    fn of(private: Zeroizing<U256>) -> Self {
        let generator = Element::new(&U1024::from_u8(2));
        let public = bytes(&generator.pow(&private).retrieve());
        Self { private, public }
    }

    /// What the other side is to know.
    pub(super) fn public(&self) -> &[u8; GROUP_BYTES] {
        &self.public
    }

    /// The key that both sides have then. None where the other side's public key is none: one that
    /// would give away the shared secret, or that is too long.
    pub(super) fn agree(&self, theirs: &[u8]) -> Option<SessionKey> {
        let theirs = element(theirs)?;
        let shared = Zeroizing::new(theirs.pow(&self.private).retrieve());
        let shared = Zeroizing::new(bytes(&shared));
        let mut key = SessionKey(Zeroizing::default());
        // The one error is a key that is too long for the hash.
        Hkdf::<Sha256>::new(None, &*shared).expand(&[], &mut *key.0).ok()?;
        Some(key)
    }
}

/// What one session's secrets are encrypted with.
pub(super) struct SessionKey(Zeroizing<[u8; 16]>);

impl SessionKey {
    /// The secret that was encrypted with this vector. None where it was encrypted in another way.
    pub(super) fn decrypt(&self, vector: &[u8], encrypted: Vec<u8>) -> Option<Zeroizing<Vec<u8>>> {
        let mut secret = Zeroizing::new(encrypted);
        let cipher = cbc::Decryptor::<Aes128>::new_from_slices(&*self.0, vector).ok()?;
        let length = cipher.decrypt_padded::<Pkcs7>(&mut secret).ok()?.len();
        secret.truncate(length);
        Some(secret)
    }
}

/// The other side's public key. Zeros may stand before it, or be left out.
fn element(key: &[u8]) -> Option<Element> {
    let zeros = key.iter().take_while(|byte| **byte == 0).count();
    let digits = &key[zeros..];
    let mut padded = [0; GROUP_BYTES];
    padded
        .get_mut(GROUP_BYTES.checked_sub(digits.len())?..)?
        .copy_from_slice(digits);
    let value = U1024::from_be_slice(&padded);
    let last = SecondOakleyGroup::PARAMS.modulus().as_ref().wrapping_sub(&U1024::ONE);
    (value > U1024::ONE && value < last).then(|| Element::new(&value))
}

fn bytes(value: &U1024) -> [u8; GROUP_BYTES] {
    let mut bytes = [0; GROUP_BYTES];
    bytes.copy_from_slice(value.to_be_bytes().as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    // Worked out by Python's integers and HMAC, and by OpenSSL's AES.
    const PRIVATE: &str = "fcec91509759ad995c2cd14bcb26b2720993faf61c29d379b270d442d92290eb";
    const PUBLIC: &str = "afdbf846a7855296f1d78346f7a1ce25d27345a6fa6606e0df9e61569ed25aa8e059b16e6516329f8b097f02f0f5325f\
        75c2b727c7d6d0dd41fc040a3bc81506a01a6c8965812f9e62689bd4fd7b58f2f3a866ab896606ae15e963ad301503c437417745f92d02ce\
        f2cf5de0688a633153c7b20736c0423e5cb3c6bb22327bf8";
    const THEIR_PUBLIC: &str = "a7133cfd49e932ca80ddc2ff8146cbcbe8e5d8774b6fa9685cbdf2b87c3d9982a76b46a4bb7987c4f12f4fc3ce\
        1aeb3be5db0a92e0e0aa424a3e27d42b2d5d9127862cd72dc64b25b1311071b6887118467ac35ba89d439d38dd028e74691007c6388c958f\
        6e05f4833b2212b820ec5e7d429395c1880d1bcb1136faa35f932d";
    const KEY: &str = "6d02788d2e9a1d3636349a50c2900c1b";
    const VECTOR: &str = "000102030405060708090a0b0c0d0e0f";
    const ENCRYPTED: &str = "41afa390bf4ba28b82b7ca13a7d52bd9abab961fc0fc756bf60107e3e5229d25";

    fn hex(digits: &str) -> Vec<u8> {
        let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (0..digits.len()).step_by(2).map(byte).collect()
    }

    fn known_pair() -> KeyPair {
        KeyPair::of(Zeroizing::new(U256::from_be_hex(PRIVATE)))
    }

    #[test]
    fn keys_and_secret_are_what_others_work_out() {
        let pair = known_pair();
        assert_eq!(pair.public()[..], hex(PUBLIC));
        let key = pair.agree(&hex(THEIR_PUBLIC)).unwrap();
        assert_eq!(key.0[..], hex(KEY));
        let secret = key.decrypt(&hex(VECTOR), hex(ENCRYPTED)).unwrap();
        assert_eq!(*secret, b"a secret of some length");
    }

    #[test]
    fn both_sides_agree_on_one_key() {
        let (here, there) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        assert_ne!(here.public(), there.public());
        let (ours, theirs) =
            (here.agree(there.public()).unwrap(), there.agree(here.public()).unwrap());
        assert_eq!(*ours.0, *theirs.0);
    }

    #[test]
    fn zeros_before_a_public_key_do_not_count() {
        let pair = known_pair();
        let key = |public: &[u8]| *pair.agree(public).unwrap().0;
        let mut padded = vec![0, 0];
        padded.extend(hex(THEIR_PUBLIC));
        assert_eq!(key(&padded)[..], hex(KEY));
        assert_eq!(key(&[4]), key(&[0, 0, 4]));
    }

    #[test]
    fn a_public_key_that_would_give_the_secret_away_is_none() {
        let prime = bytes(SecondOakleyGroup::PARAMS.modulus().as_ref());
        let mut before_prime = prime;
        before_prime[GROUP_BYTES - 1] -= 1;
        for public in [
            &[][..],
            &[0],
            &[1],
            &before_prime,
            &prime,
            &[0xff; GROUP_BYTES],
            &[1; GROUP_BYTES + 1],
        ] {
            assert!(known_pair().agree(public).is_none(), "{public:?}");
        }
    }

    #[test]
    fn what_was_not_encrypted_with_the_key_is_no_secret() {
        let key = known_pair().agree(&hex(THEIR_PUBLIC)).unwrap();
        for (vector, encrypted) in [
            (&hex(VECTOR)[..], &b""[..]),
            (&hex(VECTOR), &hex(ENCRYPTED)[..31]),
            (&hex(VECTOR), &hex(ENCRYPTED)[..16]),
            (&hex(VECTOR)[..15], &hex(ENCRYPTED)),
            (b"", b"in the open"),
        ] {
            assert!(key.decrypt(vector, encrypted.to_vec()).is_none());
        }
    }
}
