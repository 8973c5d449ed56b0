//! TLS: what is verified, and what each failure says.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use redwire::diagnostic::Diagnostic;
use redwire::warehouse::{Cancel, Stage, TlsError, WarehouseError};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use tempfile::NamedTempFile;

use super::adversary::message;
use super::recorder::{Recorder, cell};
use super::{open, open_until, refusal};
use crate::support::postgres::{CLEAR_USER, Postgres, TRUSTED_USER, Wire};

fn trusting(mode: &str, authority: &Path) -> String {
    format!("?sslmode={mode}&sslrootcert={}", authority.display())
}

/// The fault of a session that cannot be opened.
#[track_caller]
fn fault(url: &str) -> TlsError {
    let error = refusal(url, TRUSTED_USER);
    assert_eq!((error.sqlstate().code(), error.stage()), ("08001", Stage::Tls), "{error:?}");
    match error {
        WarehouseError::Tls { error: fault, .. } => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_server_that_its_authority_vouches_for_is_trusted() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let authority = database.server().authority();
    for (host, mode, detail) in [
        ("localhost", "verify-full", "TLS 1.3, authority and name verified"),
        ("127.0.0.1", "require", "TLS 1.3, authority verified"),
    ] {
        let url = database.url(host, &trusting(mode, &authority));
        let (mut session, stages) = open(&url, CLEAR_USER).expect("a session");
        assert_eq!(stages[2].detail, detail);
        let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        assert_eq!(cell(&mut session, sql), "t", "{host} {mode}");
    }
}

#[test]
fn a_certificate_for_another_name_is_refused_with_its_names() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let url = database.url("127.0.0.1", &trusting("verify-full", &database.server().authority()));
    let presented = vec!["localhost".to_owned()];
    assert_eq!(fault(&url), TlsError::Name { presented });
    let error = refusal(&url, TRUSTED_USER);
    assert_eq!(error.to_string(), "server certificate does not match host name \"127.0.0.1\"");
    assert_eq!(error.cause().as_deref(), Some("it is for localhost"));
    assert!(error.hint().expect("a hint").contains("sslmode=verify-ca"));
}

#[test]
fn an_authority_that_is_not_trusted_is_refused() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let other = database.server().other_authority();
    for options in [
        String::new(),
        "?sslmode=verify-ca".to_owned(),
        trusting("verify-full", &other),
        trusting("verify-ca", &other),
        trusting("require", &other),
    ] {
        let fault = fault(&database.url("localhost", &options));
        assert_eq!(fault, TlsError::UnknownAuthority, "{options}");
    }
}

#[test]
fn a_server_without_tls_is_refused_unless_tls_is_off() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    for options in ["", "?sslmode=require", "?sslmode=verify-ca"] {
        let error = refusal(&database.url("127.0.0.1", options), TRUSTED_USER);
        assert_eq!(error, WarehouseError::TlsRefused);
        assert_eq!((error.sqlstate().code(), error.stage()), ("08001", Stage::Tls));
    }
}

#[test]
fn a_server_with_tls_may_be_used_without_it() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let (mut session, _) =
        open(&database.url("127.0.0.1", "?ssl=false"), TRUSTED_USER).expect("a session");
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(cell(&mut session, sql), "f");
}

#[test]
fn a_file_of_certificates_that_is_not_there_is_named() {
    let error = refusal("jdbc:redshift://127.0.0.1/dev?sslrootcert=/nowhere/ca.pem", TRUSTED_USER);
    assert_eq!(error.to_string(), "could not read root certificate file \"/nowhere/ca.pem\"");
    assert_eq!((error.sqlstate().code(), error.stage()), ("58030", Stage::Tls));
}

/// A server of TLS with a certificate of a test's own, and the file of its authority.
struct TlsServer {
    listener: TcpListener,
    config: Arc<ServerConfig>,
    authority: NamedTempFile,
}

impl TlsServer {
    /// The certificate is valid in these years.
    fn new(years: Range<i32>) -> Self {
        Self::of(years, "localhost", rustls::DEFAULT_VERSIONS)
    }

    /// With these versions of TLS, and a certificate for this name or address.
    fn of(years: Range<i32>, name: &str, versions: &[&'static SupportedProtocolVersion]) -> Self {
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let root = parameters.self_signed(&key).expect("a certificate");
        let authority = NamedTempFile::new().expect("a file");
        std::fs::write(authority.path(), root.pem()).expect("the authority's file");
        let issuer = Issuer::new(parameters, key);
        let mut parameters = CertificateParams::new([name.to_owned()]).expect("a name");
        parameters.not_before = rcgen::date_time_ymd(years.start, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(years.end, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters.signed_by(&key, &issuer).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_protocol_versions(versions)
                .and_then(|config| {
                    config
                        .with_no_client_auth()
                        .with_single_cert(vec![certificate.der().clone()], key)
                });
        Self {
            listener: TcpListener::bind("127.0.0.1:0").expect("a free port"),
            config: Arc::new(config.expect("a server")),
            authority,
        }
    }

    fn url(&self) -> String {
        self.url_by("localhost")
    }

    fn url_by(&self, host: &str) -> String {
        let port = self.listener.local_addr().expect("its address").port();
        let options = trusting("verify-full", self.authority.path());
        format!("jdbc:redshift://{host}:{port}/dev{options}&loginTimeout=5")
    }

    /// Takes a connection, and the request for TLS that must come first.
    fn accept(&self) -> StreamOwned<ServerConnection, TcpStream> {
        let (mut stream, _) = self.listener.accept().expect("a client");
        let mut request = [0; 8];
        stream.read_exact(&mut request).expect("a request");
        assert_eq!(request, *b"\0\0\0\x08\x04\xd2\x16\x2f");
        stream.write_all(b"S").expect("a yes");
        StreamOwned::new(ServerConnection::new(Arc::clone(&self.config)).expect("a server"), stream)
    }
}

#[test]
fn a_certificate_out_of_its_time_is_refused() {
    for (years, expected) in [(2000..2001, TlsError::Expired), (2900..2901, TlsError::NotYetValid)]
    {
        let server = TlsServer::new(years);
        thread::scope(|scope| {
            // The client ends the handshake, so that nothing can be read.
            scope.spawn(|| server.accept().read(&mut [0]).expect_err("a refusal"));
            assert_eq!(fault(&server.url()), expected);
        });
    }
}

/// Reads a message of the client: all of its bytes.
fn hear(stream: &mut impl Read, tag: bool) -> Vec<u8> {
    let mut bytes = vec![0; if tag { 5 } else { 4 }];
    stream.read_exact(&mut bytes).expect("a header");
    let length = bytes.last_chunk().map(|length| u32::from_be_bytes(*length)).expect("a length");
    let begin = bytes.len();
    bytes.resize(begin + length as usize - 4, 0);
    stream.read_exact(&mut bytes[begin..]).expect("a body");
    bytes
}

/// Lets the user in, has the query cancelled, and tells how the request to cancel reads.
fn cancel_the_query(server: &TlsServer, cancel: &Cancel) -> Vec<u8> {
    let mut session = server.accept();
    hear(&mut session, false);
    let welcome = [
        message(b'R', b"\0\0\0\0"),
        message(b'K', b"\0\0\0\x07\0\0\0\x09"),
        message(b'Z', b"I"),
    ];
    session.write_all(&welcome.concat()).expect("a client");
    hear(&mut session, true);
    cancel.set();
    let request = hear(&mut server.accept(), false);
    let answer = [message(b'E', b"SERROR\0C57014\0\0"), message(b'Z', b"I")];
    session.write_all(&answer.concat()).expect("a client");
    request
}

#[test]
fn a_request_to_cancel_goes_over_tls_where_the_session_does() {
    let server = TlsServer::new(2000..2900);
    let cancel = Cancel::default();
    thread::scope(|scope| {
        let requested = scope.spawn(|| cancel_the_query(&server, &cancel));
        let (mut session, _) = open(&server.url(), TRUSTED_USER).expect("a session");
        let outcome = session.query("SELECT 1", &mut Recorder::default(), None, &cancel);
        assert_eq!(outcome, Err(WarehouseError::Cancelled { stage: Stage::Query }));
        assert!(!session.is_lost());
        let request = requested.join().expect("a request");
        assert_eq!(request, b"\0\0\0\x10\x04\xd2\x16\x2e\0\0\0\x07\0\0\0\x09");
    });
}

/// Lets the user in who comes by this host; what the stage of TLS says.
fn tls_stage(server: &TlsServer, host: &str) -> Result<String, WarehouseError> {
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut session = server.accept();
            // A client that does not like the certificate goes away.
            if session.flush().is_ok() && session.conn.complete_io(&mut session.sock).is_ok() {
                hear(&mut session, false);
                let welcome = [message(b'R', b"\0\0\0\0"), message(b'Z', b"I")];
                session.write_all(&welcome.concat()).expect("a client");
            }
        });
        let (_, stages) = open(&server.url_by(host), TRUSTED_USER)?;
        Ok(stages[2].detail.clone())
    })
}

#[test]
fn a_server_may_have_tls_1_2_and_a_certificate_for_an_address() {
    let server = TlsServer::of(2000..2900, "127.0.0.1", &[&rustls::version::TLS12]);
    assert_eq!(
        tls_stage(&server, "127.0.0.1"),
        Ok("TLS 1.2, authority and name verified".to_owned())
    );
    let fault = fault_of(tls_stage(&server, "localhost"));
    let presented = vec!["127.0.0.1".to_owned()];
    assert_eq!(fault, TlsError::Name { presented });
}

/// The fault of TLS for which a session was not opened.
#[track_caller]
fn fault_of(outcome: Result<String, WarehouseError>) -> TlsError {
    match outcome {
        Err(WarehouseError::Tls { error: fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

/// The duration for which a server sends a byte at a time: longer than any limit in these tests.
const DRIP: Duration = Duration::from_mins(2);

/// Sends the bytes one by one, until nobody takes them any more; each one ends a wait for data.
fn drip(stream: &mut TcpStream, bytes: &[u8]) {
    let begin = Instant::now();
    for byte in bytes {
        if begin.elapsed() > DRIP || stream.write_all(&[*byte]).is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// A message of TLS that is longer than anybody waits for: a record of 16 KiB that begins a
/// handshake of 64 KiB.
fn endless_handshake() -> Vec<u8> {
    let mut bytes = b"\x16\x03\x03\x40\0\x02\0\xff\xff".to_vec();
    bytes.resize(16 * 1024, 0);
    bytes
}

#[test]
fn a_handshake_of_one_byte_at_a_time_ends_with_its_limit_and_can_be_cancelled() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let play = |cancel: &Cancel, is_cancelled: bool| {
        let (mut stream, _) = listener.accept().expect("a client");
        stream.read_exact(&mut [0; 8]).expect("a request");
        stream.write_all(b"S").expect("a yes");
        stream.read_exact(&mut [0]).expect("a handshake");
        if is_cancelled {
            cancel.set();
        }
        drip(&mut stream, &endless_handshake());
    };
    for (is_cancelled, options) in [(false, "?loginTimeout=1"), (true, "?loginTimeout=60")] {
        let cancel = Cancel::default();
        thread::scope(|scope| {
            scope.spawn(|| play(&cancel, is_cancelled));
            let url = format!("jdbc:redshift://127.0.0.1:{port}/dev{options}");
            let error = open_until(&url, TRUSTED_USER, &cancel).map(|_| ()).expect_err("no TLS");
            let is_right = if is_cancelled {
                error == WarehouseError::Cancelled { stage: Stage::Tls }
            } else {
                matches!(error, WarehouseError::TimedOut { stage: Stage::Tls, .. })
            };
            assert!(is_right, "{error:?}");
        });
    }
}

/// Lets the user in, and answers the query with a message that comes a byte at a time.
fn drip_the_answer(server: &TlsServer) {
    let mut session = server.accept();
    hear(&mut session, false);
    let welcome = [message(b'R', b"\0\0\0\0"), message(b'Z', b"I")];
    session.write_all(&welcome.concat()).expect("a client");
    hear(&mut session, true);
    let notice = message(b'N', &[&b"SNOTICE\0M"[..], &[b'x'; 8_000], b"\0\0"].concat());
    session.conn.writer().write_all(&notice).expect("room");
    let mut records = Vec::new();
    while session.conn.wants_write() {
        session.conn.write_tls(&mut records).expect("memory");
    }
    drip(&mut session.sock, &records);
}

#[test]
fn an_answer_of_one_byte_at_a_time_ends_with_its_limit() {
    let server = TlsServer::new(2000..2900);
    thread::scope(|scope| {
        scope.spawn(|| drip_the_answer(&server));
        let (mut session, _) = open(&server.url(), TRUSTED_USER).expect("a session");
        let limit = Duration::from_secs(1);
        let outcome =
            session.query("SELECT 1", &mut Recorder::default(), Some(limit), &Cancel::default());
        let (stage, host) = (Stage::Query, "localhost".to_owned());
        assert_eq!(outcome, Err(WarehouseError::TimedOut { stage, host, limit }));
        assert!(session.is_lost());
    });
}
