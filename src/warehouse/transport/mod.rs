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

use super::ProtocolError;
use super::deadline::{SLICE, WaitError, Watch};

pub(super) use dns::look_up;
pub(super) use roots::RootsError;
pub use roots::check_authorities;
pub(super) use tcp::{ConnectError, connect_to_one, keep_alive};
pub use tls::TlsError;
pub(super) use tls::{TlsSettings, TlsSetupError};

use tls_stream::TlsStream;

/// An error of the connection to the server.
#[derive(Debug)]
pub(super) enum TransportError {
    /// A wait ended.
    Interrupted(WaitError),
    /// The server has no TLS.
    TlsRefused,
    /// The answer is not one of this protocol.
    Protocol(ProtocolError),
}

impl From<WaitError> for TransportError {
    fn from(interruption: WaitError) -> Self {
        Self::Interrupted(interruption)
    }
}

/// A connection to the server, plain or under TLS.
pub(super) struct Transport {
    stream: Stream,
    peer: SocketAddr,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream>),
    /// During the handshake, and after TLS failed.
    Neither,
}

impl Transport {
    /// A plain connection to the address.
    pub fn connect(address: SocketAddr, watch: &Watch<'_>) -> Result<Self, WaitError> {
        let stream = tcp::connect(address, watch.deadline.left())
            .map_err(|error| WaitError::Broken(error.to_string()))?;
        Self::over(stream)
    }

    /// Wraps an open TCP connection.
    pub fn over(stream: TcpStream) -> Result<Self, WaitError> {
        let prepare = || {
            stream.set_nodelay(true)?;
            // Reads and writes return after a slice, or as soon as there is data.
            stream.set_read_timeout(Some(SLICE))?;
            stream.set_write_timeout(Some(SLICE))?;
            stream.peer_addr()
        };
        let peer = prepare().map_err(|error| WaitError::Broken(error.to_string()))?;
        Ok(Self { stream: Stream::Plain(stream), peer })
    }

    /// The address of the server.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// True if the connection stays on this machine or has TLS.
    pub fn is_private(&self) -> bool {
        self.peer.ip().to_canonical().is_loopback() || matches!(self.stream, Stream::Tls(_))
    }

    /// The server's certificate in DER, if there is TLS.
    pub fn certificate(&self) -> Option<&[u8]> {
        match &self.stream {
            Stream::Tls(stream) => stream.certificate(),
            Stream::Plain(_) | Stream::Neither => None,
        }
    }

    /// Reads at least one byte.
    pub fn read(&mut self, buffer: &mut [u8], watch: &Watch<'_>) -> Result<usize, WaitError> {
        let since = Instant::now();
        // Checked even while data arrives without a pause.
        watch.look(None)?;
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err(WaitError::Closed),
                Ok(count) => return Ok(count),
                Err(error) => proceed(error)?,
            }
            watch.look(Some(since))?;
        }
    }

    /// Writes all bytes and flushes them.
    pub fn write(&mut self, mut bytes: &[u8], watch: &Watch<'_>) -> Result<(), WaitError> {
        let mut since = Instant::now();
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(0) => return Err(WaitError::Closed),
                Ok(count) => {
                    bytes = &bytes[count..];
                    since = Instant::now();
                    continue;
                }
                Err(error) => proceed(error)?,
            }
            watch.look(Some(since))?;
        }
        while let Err(error) = self.stream.flush() {
            proceed(error)?;
            watch.look(Some(since))?;
        }
        Ok(())
    }
}

/// Decides if a read or write without a result is tried again.
fn proceed(error: io::Error) -> Result<(), WaitError> {
    match error.kind() {
        // The slice is over: WouldBlock on Unix, TimedOut on Windows.
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(()),
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe => Err(WaitError::Closed),
        _ => Err(match error.downcast::<rustls::Error>() {
            Ok(error) => WaitError::Tls(error),
            Err(error) => WaitError::Broken(error.to_string()),
        }),
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
            Self::Neither => Ok(0),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
            Self::Neither => Ok(0),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
            Self::Neither => Ok(()),
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("peer", &self.peer)
            .field("is_private", &self.is_private())
            .finish_non_exhaustive()
    }
}
