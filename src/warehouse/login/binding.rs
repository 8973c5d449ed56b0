//! The hash of a server's certificate that ties a login to its TLS connection (RFC 5929, 4:
//! tls-server-end-point).

use sha2::{Digest, Sha256, Sha384, Sha512};

/// The hash; None if the signature algorithm of the certificate is unknown.
pub(super) fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    Some(match signature_algorithm(certificate)? {
        // sha1WithRSAEncryption counts as SHA-256 (RFC 5929), like sha256WithRSAEncryption and
        // ecdsa-with-SHA256.
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 5 | 11]
        | [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 2] => Sha256::digest(certificate).to_vec(),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 12]
        | [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 3] => Sha384::digest(certificate).to_vec(),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 13]
        | [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 4] => Sha512::digest(certificate).to_vec(),
        _ => return None,
    })
}

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;

/// The object identifier of the algorithm: `SEQUENCE { tbsCertificate, SEQUENCE { OID, … }, … }`
/// (RFC 5280, 4.1).
fn signature_algorithm(certificate: &[u8]) -> Option<&[u8]> {
    let (inside, _) = element(certificate, SEQUENCE)?;
    let (_, after_contents) = element(inside, SEQUENCE)?;
    let (algorithm, _) = element(after_contents, SEQUENCE)?;
    let (identifier, _) = element(algorithm, OBJECT_IDENTIFIER)?;
    Some(identifier)
}

/// The contents of the DER element at the start of the bytes, and the bytes after it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(*first) {
        short @ 0..0x80 => (short, rest),
        long => {
            let (digits, rest) = rest.split_at_checked(long - 0x80)?;
            if digits.len() > 4 {
                return None;
            }
            let length = digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            (length, rest)
        }
    };
    (*found == tag).then(|| rest.split_at_checked(length))?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_algorithm_of_a_certificate_decides_on_the_sum() {
        for (algorithm, bytes) in
            [(&rcgen::PKCS_ECDSA_P256_SHA256, 32), (&rcgen::PKCS_ECDSA_P384_SHA384, 48)]
        {
            let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
            let parameters = rcgen::CertificateParams::new(vec!["h".to_owned()]).unwrap();
            let certificate = parameters.self_signed(&key).unwrap();
            assert_eq!(end_point(certificate.der()).unwrap().len(), bytes);
        }
    }

    #[test]
    fn an_algorithm_that_has_no_sum_of_its_own_binds_nothing() {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        let parameters = rcgen::CertificateParams::new(vec!["h".to_owned()]).unwrap();
        assert_eq!(end_point(parameters.self_signed(&key).unwrap().der()), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = end_point(&bytes);
        }

        #[test]
        fn no_lengths_make_it_panic(lengths in proptest::collection::vec(any::<u8>(), 1..12)) {
            let bytes: Vec<u8> = lengths.iter().flat_map(|length| [SEQUENCE, *length]).collect();
            let _ = end_point(&bytes);
        }
    }
}
