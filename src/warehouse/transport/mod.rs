//! The connection to the server: addresses, TCP, TLS, and reads and writes with deadlines.

mod dns;
mod roots;
mod tcp;
mod tls;
mod tls_stream;
mod verifier;

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use super::deadline::{SLICE, Watch};
use super::{Stage, WarehouseError};

pub(super) use dns::look_up;
pub use roots::check_authorities;
pub(super) use tcp::{connect_to_one, keep_alive};
pub use tls::TlsError;
pub(super) use tls::TlsSettings;

use tls_stream::TlsStream;

/// A connection to the server, plain or under TLS.
pub(super) struct Transport {
    stream: Stream,
    peer: SocketAddr,
    is_tunnel: bool,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream>),
}

/// A connection to the server on which TLS may begin.
pub(super) struct PlainTransport {
    socket: TcpStream,
    peer: SocketAddr,
    is_tunnel: bool,
}

impl PlainTransport {
    /// Connects to the address.
    pub fn connect(address: SocketAddr, watch: &Watch<'_>) -> Result<Self, WarehouseError> {
        let stream = tcp::connect(address, watch.deadline.left());
        Self::over(stream.map_err(|error| watch.broken(&error))?, watch)
    }

    /// Wraps an open TCP connection.
    pub fn over(stream: TcpStream, watch: &Watch<'_>) -> Result<Self, WarehouseError> {
        let prepare = || {
            stream.set_nodelay(true)?;
            // Reads and writes return after a slice, or as soon as there is data.
            stream.set_read_timeout(Some(SLICE))?;
            stream.set_write_timeout(Some(SLICE))?;
            stream.peer_addr()
        };
        let peer = prepare().map_err(|error| watch.broken(&error))?;
        Ok(Self { socket: stream, peer, is_tunnel: false })
    }

    /// The same connection, whose peer is a tunnel to the server.
    pub fn through_tunnel(self) -> Self {
        Self { is_tunnel: true, ..self }
    }

    /// The address of the server.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }
}

impl From<PlainTransport> for Transport {
    fn from(plain: PlainTransport) -> Self {
        Self {
            stream: Stream::Plain(plain.socket),
            peer: plain.peer,
            is_tunnel: plain.is_tunnel,
        }
    }
}

impl Transport {
    /// The address of the server.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// True if the connection stays on this machine or has TLS.
    pub fn is_private(&self) -> bool {
        let stays_here = self.peer.ip().to_canonical().is_loopback() && !self.is_tunnel;
        stays_here || matches!(self.stream, Stream::Tls(_))
    }

    /// The version of TLS and the cipher suite, if there is TLS.
    pub fn encryption(&self) -> Option<(String, String)> {
        match &self.stream {
            Stream::Tls(stream) => stream.encryption(),
            Stream::Plain(_) => None,
        }
    }

    /// The server's certificate in DER, if there is TLS.
    pub fn certificate(&self) -> Option<&[u8]> {
        match &self.stream {
            Stream::Tls(stream) => stream.certificate(),
            Stream::Plain(_) => None,
        }
    }

    /// Reads at least one byte.
    pub fn read(&mut self, buffer: &mut [u8], watch: &Watch<'_>) -> Result<usize, WarehouseError> {
        read_from(self.stream.io(), buffer, watch)
    }

    /// Writes all bytes and flushes them.
    pub fn write(&mut self, bytes: &[u8], watch: &Watch<'_>) -> Result<(), WarehouseError> {
        write_to(self.stream.io(), bytes, watch)
    }
}

fn read_from(
    stream: &mut dyn ReadWrite,
    buffer: &mut [u8],
    watch: &Watch<'_>,
) -> Result<usize, WarehouseError> {
    let since = Instant::now();
    // Checked even while data arrives without a pause.
    watch.look(None)?;
    loop {
        match stream.read(buffer) {
            Ok(0) => return Err(watch.closed()),
            Ok(count) => return Ok(count),
            Err(error) => proceed(error, watch)?,
        }
        watch.look(Some(since))?;
    }
}

fn write_to(
    stream: &mut dyn ReadWrite,
    mut bytes: &[u8],
    watch: &Watch<'_>,
) -> Result<(), WarehouseError> {
    let mut since = Instant::now();
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(0) => return Err(watch.closed()),
            Ok(count) => {
                bytes = &bytes[count..];
                since = Instant::now();
                continue;
            }
            Err(error) => proceed(error, watch)?,
        }
        watch.look(Some(since))?;
    }
    while let Err(error) = stream.flush() {
        proceed(error, watch)?;
        watch.look(Some(since))?;
    }
    Ok(())
}

/// Decides if a read or write without a result is tried again.
fn proceed(error: io::Error, watch: &Watch<'_>) -> Result<(), WarehouseError> {
    match error.kind() {
        // The slice is over: WouldBlock on Unix, TimedOut on Windows.
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(()),
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe => Err(watch.closed()),
        _ => Err(match error.downcast::<rustls::Error>() {
            Ok(error) => tls_failed(error, watch),
            Err(error) => watch.broken(&error),
        }),
    }
}

/// The error of bytes that are not TLS, or forged; after the handshake they are a lost connection.
fn tls_failed(error: rustls::Error, watch: &Watch<'_>) -> WarehouseError {
    match watch.stage {
        Stage::Tls => WarehouseError::Tls {
            error: error.into(),
            host: watch.host.to_owned(),
        },
        Stage::Ssh | Stage::Dns | Stage::Tcp | Stage::Login | Stage::Query => watch.broken(&error),
    }
}

impl Stream {
    fn io(&mut self) -> &mut dyn ReadWrite {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.as_mut(),
        }
    }
}

trait ReadWrite: Read + Write {}

impl<T: Read + Write> ReadWrite for T {}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("peer", &self.peer)
            .field("is_private", &self.is_private())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::diagnostic::Diagnostic;

    #[test]
    fn tls_that_breaks_later_is_a_lost_connection() {
        let broken = |stage| {
            let watch = Watch { stage, ..Watch::within(Duration::ZERO) };
            tls_failed(rustls::Error::DecryptError, &watch)
        };
        assert!(matches!(broken(Stage::Tls), WarehouseError::Tls { .. }));
        assert_eq!(broken(Stage::Query).sqlstate().code(), "08006");
    }
}
