//! Certificates for a server on this machine, and the authority that signed them: all made for the
//! run.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

/// The name that a server's certificate stands for. `127.0.0.1` is not in it, as with a tunnel.
pub const SERVER_NAME: &str = "localhost";

/// An authority that only the tests know.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A server's certificate with its key, both in PEM.
pub struct ServerCertificate {
    /// The certificate.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

impl Authority {
    /// A new authority, whose name says what it is for.
    pub fn new(name: &str) -> Self {
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        parameters.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let pem = parameters.self_signed(&key).expect("a certificate").pem();
        Self {
            issuer: Issuer::new(parameters, key),
            pem,
        }
    }

    /// Writes the authority's certificate as a file for `sslrootcert`.
    pub fn write(&self, path: &Path) -> PathBuf {
        std::fs::write(path, &self.pem).expect("the authority's file");
        path.to_owned()
    }

    /// A certificate for a server of this name.
    pub fn sign(&self, server_name: &str) -> ServerCertificate {
        let mut parameters =
            CertificateParams::new([server_name.to_owned()]).expect("a server's name");
        parameters.distinguished_name.push(DnType::CommonName, server_name);
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters.signed_by(&key, &self.issuer).expect("a certificate");
        ServerCertificate {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}
