//! The file of certificate authorities for libpq, which has none of its own and reads one only if
//! it is named.

use std::path::Path;

use crate::error::{Error, ProgramError};
use crate::host::Host;
use crate::url::{Endpoint, SslMode};
use crate::warehouse;

/// The variable that names the system's file for programs that use OpenSSL (its manual page
/// SSL_CTX_load_verify_locations(3)).
const VARIABLE: &str = "SSL_CERT_FILE";

/// The files in which systems keep the certificates of all authorities, as in Go's standard library
/// (crypto/x509, root_linux.go and root_bsd.go).
const BUNDLES: [&str; 6] = [
    // Debian, Ubuntu, Arch, Gentoo
    "/etc/ssl/certs/ca-certificates.crt",
    // Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    // openSUSE
    "/etc/ssl/ca-bundle.pem",
    // Alpine, macOS, OpenBSD
    "/etc/ssl/cert.pem",
    // FreeBSD
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// The file for PGSSLROOTCERT: the one in the URL, or else the system's. None if nothing is
/// verified.
pub(super) fn file_for(endpoint: &Endpoint, host: &Host) -> Result<Option<String>, Error> {
    match endpoint.options.sslmode {
        SslMode::Disable | SslMode::Require => return Ok(None),
        SslMode::VerifyCa | SslMode::VerifyFull => {}
    }
    if let Some(path) = &endpoint.options.sslrootcert {
        warehouse::check_authorities(path).map_err(Error::new)?;
        return Ok(Some(in_full(path)));
    }
    let named = host.variable(VARIABLE);
    let named = named.map(|path| path.to_string_lossy().into_owned());
    match bundle(named.as_deref(), &BUNDLES) {
        Some(path) => Ok(Some(in_full(path))),
        None => Err(Error::new(ProgramError::NoAuthorities { named })),
    }
}

/// The absolute path: the program may change its working folder before it connects.
fn in_full(path: &str) -> String {
    let full = std::path::absolute(path).ok();
    full.and_then(|full| full.into_os_string().into_string().ok())
        .unwrap_or_else(|| path.to_owned())
}

/// The file that the variable names, or else the first file that exists.
fn bundle<'a>(named: Option<&'a str>, known: &[&'a str]) -> Option<&'a str> {
    let is_there = |path: &&str| Path::new(path).is_file();
    match named {
        Some(path) => Some(path).filter(is_there),
        None => known.iter().copied().find(is_there),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn the_variable_comes_before_the_files_that_are_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, "x").unwrap();
        let (here, gone) = (path.to_str().unwrap(), "/no/such.pem");
        assert_eq!(bundle(None, &[gone, here]), Some(here));
        assert_eq!(bundle(None, &[gone]), None);
        assert_eq!(bundle(Some(here), &[gone]), Some(here));
        assert_eq!(bundle(Some(gone), &[here]), None);
        assert_eq!(bundle(None, &[folder.path().to_str().unwrap()]), None);
    }

    #[test]
    fn a_connection_that_verifies_nothing_needs_no_authorities() {
        let host = Host::default().with_variables(&[("SSL_CERT_FILE", "/no/such.pem")]);
        for mode in ["disable", "require"] {
            let endpoint =
                Endpoint::parse(&format!("jdbc:redshift://h/dev?sslmode={mode}")).unwrap();
            assert_eq!(file_for(&endpoint, &host), Ok(None));
        }
        let endpoint = Endpoint::parse("jdbc:redshift://h/dev").unwrap();
        let error = file_for(&endpoint, &host).unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::Program(ProgramError::NoAuthorities { named: Some(_) })
        ));
    }
}
