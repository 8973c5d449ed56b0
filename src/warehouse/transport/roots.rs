//! The trusted certificate authorities.

use std::fs::File;
use std::io::Read;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::warehouse::WarehouseError;

/// The maximum size of a certificate file; the bundles of all authorities have about 250 KB.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Fails if a session could not trust the authorities in the file. For `exec`, whose program reads
/// the file itself.
pub fn check_authorities(file: &str) -> Result<(), WarehouseError> {
    roots(Some(file)).map(drop)
}

/// The authorities in the file, or else those that Mozilla trusts, which include Amazon's.
pub(super) fn roots(file: Option<&str>) -> Result<RootCertStore, WarehouseError> {
    match file {
        None => Ok(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        }),
        Some(path) => read(path)
            .map_err(|problem| WarehouseError::RootCertificate { path: path.to_owned(), problem }),
    }
}

fn read(path: &str) -> Result<RootCertStore, String> {
    // Opening a pipe would wait for its writer.
    let kind = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !kind.is_file() {
        return Err("it is no ordinary file".to_owned());
    }
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut pem = Vec::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut pem)
        .map_err(|error| error.to_string())?;
    if u64::try_from(pem.len()).is_ok_and(|bytes| bytes > MAX_FILE_BYTES) {
        return Err(format!("it has more than {MAX_FILE_BYTES} bytes"));
    }
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| format!("it is not PEM: {error}"))?;
        store
            .add(certificate)
            .map_err(|error| format!("one of its certificates cannot be used: {error}"))?;
    }
    if store.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    Ok(store)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(content: &[u8]) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let path = file.path().to_str().unwrap();
        problem_of(path)
    }

    fn problem_of(file: &str) -> String {
        match roots(Some(file)).unwrap_err() {
            WarehouseError::RootCertificate { path, problem } if path == file => problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_a_file_the_authorities_of_the_crate_are_trusted() {
        assert!(!roots(None).unwrap().is_empty());
    }

    #[test]
    fn a_file_without_a_certificate_is_refused() {
        assert_eq!(problem(b""), "there is no certificate in it");
        assert_eq!(problem(b"some text\n"), "there is no certificate in it");
    }

    #[test]
    fn a_folder_is_no_file_of_certificates() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(problem_of(folder.path().to_str().unwrap()), "it is no ordinary file");
    }

    #[test]
    fn a_file_with_a_broken_certificate_is_refused() {
        let broken = problem(b"-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n");
        assert!(broken.starts_with("it is not PEM"), "{broken}");
        let no_certificate =
            problem(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assert!(no_certificate.starts_with("one of its certificates"), "{no_certificate}");
    }

    #[test]
    fn a_file_that_is_too_long_is_not_read_to_its_end() {
        assert_eq!(problem(&vec![b'x'; 5 * 1024 * 1024]), "it has more than 4194304 bytes");
    }
}
