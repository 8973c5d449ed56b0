//! The way to a client, plain or through TLS, that one thread reads from and another writes to.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};

use crate::support::certificates::ServerCertificate;

/// One end of it; a clone is the same way.
#[derive(Clone)]
pub struct Stream {
    socket: Arc<TcpStream>,
    /// The lock is never held while a read waits, so that reader and writer do not wait for each
    /// other.
    tls: Option<Arc<Mutex<ServerConnection>>>,
}

impl Stream {
    /// A way without TLS.
    pub fn new(socket: TcpStream) -> Self {
        // Without this option the stream is only slower.
        let _ = socket.set_nodelay(true);
        Self { socket: Arc::new(socket), tls: None }
    }

    /// The same way, from here on through TLS.
    pub fn into_tls(self, settings: &Arc<ServerConfig>) -> Self {
        let connection =
            ServerConnection::new(Arc::clone(settings)).expect("the settings are right");
        Self {
            socket: self.socket,
            tls: Some(Arc::new(Mutex::new(connection))),
        }
    }

    /// True if it goes through TLS.
    pub fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    /// Closes it, without a word.
    pub fn close(&self) {
        // It may be closed already.
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

/// The settings of a server with this certificate.
pub fn tls_settings(certificate: &ServerCertificate) -> Arc<ServerConfig> {
    let chain =
        CertificateDer::from_pem_slice(certificate.certificate.as_bytes()).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(certificate.key.as_bytes()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let settings = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .expect("the key is the certificate's");
    Arc::new(settings)
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(tls) = &self.tls else {
            return (&*self.socket).read(buffer);
        };
        loop {
            {
                let mut tls = tls.lock().expect("no panic");
                match tls.reader().read(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    read => return read,
                }
            }
            let mut arrived = vec![0; 1 << 14];
            let length = (&*self.socket).read(&mut arrived)?;
            if length == 0 {
                return Ok(0);
            }
            let mut tls = tls.lock().expect("no panic");
            let mut arrived = &arrived[..length];
            while !arrived.is_empty() {
                tls.read_tls(&mut arrived)?;
                let state = tls.process_new_packets();
                while tls.wants_write() {
                    tls.write_tls(&mut &*self.socket)?;
                }
                state.map_err(io::Error::other)?;
            }
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(tls) = &self.tls else {
            return (&*self.socket).write(bytes);
        };
        let mut tls = tls.lock().expect("no panic");
        let written = tls.writer().write(bytes)?;
        while tls.wants_write() {
            tls.write_tls(&mut &*self.socket)?;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
