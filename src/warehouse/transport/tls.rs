//! TLS: the request for it, the handshake, and its errors.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, ClientConfig, ClientConnection, Error, ProtocolVersion};

use super::roots::roots;
use super::tls_stream::TlsStream;
use super::verifier::{Nameless, full};
use super::{PlainTransport, Stream, Transport, proceed, read_from, tls_failed, write_to};
use crate::url::{Endpoint, SslMode};
use crate::warehouse::deadline::Watch;
use crate::warehouse::{ProtocolError, WarehouseError};

/// An error of TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsError {
    /// The certificate is for other host names.
    Name {
        /// The names in the certificate, as far as they are known.
        presented: Vec<String>,
    },
    /// The certificate's issuer is not trusted.
    UnknownAuthority,
    /// The certificate has expired.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate cannot be verified for another reason.
    Certificate {
        /// The reason, in the words of the library.
        cause: String,
    },
    /// The server's bytes are not TLS.
    NotTls,
    /// Any other error, with the message of the library.
    Other {
        /// The message.
        cause: String,
    },
}

impl From<Error> for TlsError {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidCertificate(error) => certificate_error(error),
            Error::InvalidMessage(_) | Error::InappropriateMessage { .. } => Self::NotTls,
            other => Self::Other { cause: other.to_string() },
        }
    }
}

fn certificate_error(error: CertificateError) -> TlsError {
    match error {
        CertificateError::NotValidForNameContext { presented, .. } => TlsError::Name {
            presented: presented.iter().map(|name| plain_name(name)).collect(),
        },
        CertificateError::NotValidForName => TlsError::Name { presented: Vec::new() },
        CertificateError::UnknownIssuer => TlsError::UnknownAuthority,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsError::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsError::NotYetValid
        }
        // The library's type may get more variants; in every case the certificate was rejected.
        other => TlsError::Certificate {
            cause: Error::InvalidCertificate(other).to_string(),
        },
    }
}

/// `h` from `DnsName("h")`, which is how the library writes a name of a certificate.
fn plain_name(name: &str) -> String {
    let inner = name.split_once('(').and_then(|(_, inner)| inner.strip_suffix(')'));
    inner.unwrap_or(name).trim_matches('"').to_owned()
}

/// The clock of this machine. The library's own panics at a time before 1970.
#[derive(Debug)]
struct MachineClock;

impl TimeProvider for MachineClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(unix_time(SystemTime::now()))
    }
}

/// A time before 1970 is 1970: then no certificate is valid yet.
fn unix_time(time: SystemTime) -> UnixTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    UnixTime::since_unix_epoch(since.unwrap_or_default())
}

/// The settings of TLS with an endpoint, also for a second connection to it.
#[derive(Clone)]
pub(in crate::warehouse) struct TlsSettings {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl TlsSettings {
    /// The settings for the endpoint; None if TLS is off.
    pub fn from_endpoint(endpoint: &Endpoint) -> Result<Option<Self>, WarehouseError> {
        let options = &endpoint.options;
        let provider = Arc::new(ring::default_provider());
        let trusted = || roots(options.sslrootcert.as_deref());
        let host = || endpoint.host.clone();
        let failed = |error| WarehouseError::Tls { error, host: host() };
        let nameless = |roots| -> Arc<dyn ServerCertVerifier> {
            let provider = Arc::clone(&provider);
            Arc::new(Nameless { roots, provider })
        };
        let verifier = match options.sslmode {
            SslMode::Disable => return Ok(None),
            SslMode::Require => nameless(None),
            SslMode::VerifyCa => nameless(Some(trusted()?)),
            SslMode::VerifyFull => full(trusted()?, Arc::clone(&provider)).map_err(failed)?,
        };
        let config = ClientConfig::builder_with_details(provider, Arc::new(MachineClock))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(error.into()))?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        // The dot at the end of a fully qualified name is not part of the name in a certificate
        // (RFC 6066, 3).
        let name = endpoint.host.trim_end_matches('.').to_owned();
        let name = ServerName::try_from(name).map_err(|_| WarehouseError::UnknownHost {
            host: host(),
            cause: "it is neither an address nor a name that a certificate may be for".to_owned(),
        })?;
        let config = Arc::new(config);
        Ok(Some(Self { config, name }))
    }
}

impl PlainTransport {
    /// Requests TLS and does the handshake. Returns the connection under TLS, and the version.
    pub fn start_tls(
        mut self,
        settings: &TlsSettings,
        watch: &Watch<'_>,
    ) -> Result<(Transport, &'static str), WarehouseError> {
        let mut request = BytesMut::new();
        frontend::ssl_request(&mut request);
        write_to(&mut self.socket, &request, watch)?;
        let mut answer = [0];
        // Reads exactly one byte: further unencrypted bytes would be taken for data protected by
        // TLS.
        read_from(&mut self.socket, &mut answer, watch)?;
        match answer {
            [b'S'] => self.shake_hands(settings, watch),
            [b'N'] => Err(WarehouseError::TlsRefused),
            [b'E'] => Err(WarehouseError::NoProcess),
            [answer] => {
                Err(WarehouseError::protocol(ProtocolError::TlsAnswer { answer }, watch.stage))
            }
        }
    }

    fn shake_hands(
        self,
        settings: &TlsSettings,
        watch: &Watch<'_>,
    ) -> Result<(Transport, &'static str), WarehouseError> {
        let client = ClientConnection::new(Arc::clone(&settings.config), settings.name.clone());
        let connection = client.map_err(|error| tls_failed(error, watch))?;
        let mut stream = TlsStream::new(connection, self.socket);
        let since = Instant::now();
        while stream.is_handshaking() {
            if let Err(error) = stream.shake_hands() {
                proceed(error, watch)?;
            }
            watch.look(Some(since))?;
        }
        let version = match stream.version() {
            Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
            Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
            Some(_) | None => "TLS of an unknown version",
        };
        let stream = Stream::Tls(Box::new(stream));
        let Self { peer, is_tunnel, .. } = self;
        Ok((Transport { stream, peer, is_tunnel }, version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_a_certificate_are_shown_without_their_frame() {
        for (name, plain) in [
            ("DnsName(\"db.example\")", "db.example"),
            ("IpAddress(127.0.0.1)", "127.0.0.1"),
            ("other", "other"),
        ] {
            assert_eq!(plain_name(name), plain);
        }
    }

    #[test]
    fn faults_are_told_apart() {
        let error = |error| TlsError::from(Error::InvalidCertificate(error));
        assert_eq!(error(CertificateError::UnknownIssuer), TlsError::UnknownAuthority);
        assert_eq!(error(CertificateError::Expired), TlsError::Expired);
        assert_eq!(error(CertificateError::NotValidYet), TlsError::NotYetValid);
        assert!(matches!(error(CertificateError::NotValidForName), TlsError::Name { .. }));
        assert!(matches!(error(CertificateError::Revoked), TlsError::Certificate { .. }));
        assert!(matches!(TlsError::from(Error::DecryptError), TlsError::Other { .. }));
    }

    #[test]
    fn a_clock_before_1970_is_no_panic() {
        let second = std::time::Duration::from_secs(1);
        assert_eq!(unix_time(SystemTime::UNIX_EPOCH - second).as_secs(), 0);
        assert_eq!(unix_time(SystemTime::UNIX_EPOCH + second).as_secs(), 1);
    }
}
