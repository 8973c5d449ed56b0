//! TLS over a socket, one step at a time: the caller can check its watch between two steps. The
//! streams of rustls do not return before a message is complete, which a server that sends single
//! bytes can delay as long as it likes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

use rustls::{ClientConnection, Error, ProtocolVersion};

/// A connection under TLS. A step without a result returns [`ErrorKind::WouldBlock`].
pub(super) struct TlsStream {
    connection: ClientConnection,
    socket: TcpStream,
}

impl TlsStream {
    pub fn new(connection: ClientConnection, socket: TcpStream) -> Self {
        Self { connection, socket }
    }

    /// True during the handshake.
    pub fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking() || self.connection.wants_write()
    }

    /// A step of the handshake.
    pub fn shake_hands(&mut self) -> io::Result<()> {
        if self.connection.wants_write() {
            return self.send();
        }
        match self.receive()? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// The version of TLS; None during the handshake.
    pub fn version(&self) -> Option<ProtocolVersion> {
        self.connection.protocol_version()
    }

    /// The version of TLS and the cipher suite, as OpenSSL writes them: `TLSv1.3` and
    /// `TLS_AES_256_GCM_SHA384`.
    pub fn encryption(&self) -> Option<(String, String)> {
        let version = format!("{:?}", self.version()?).replace("TLSv1_", "TLSv1.");
        let suite = self.connection.negotiated_cipher_suite()?.suite();
        Some((version, format!("{suite:?}").replace("TLS13_", "TLS_")))
    }

    /// The server's certificate in DER.
    pub fn certificate(&self) -> Option<&[u8]> {
        Some(self.connection.peer_certificates()?.first()?.as_ref())
    }

    /// Sends pending bytes, with one write.
    fn send(&mut self) -> io::Result<()> {
        match self.connection.write_tls(&mut self.socket)? {
            0 => Err(ErrorKind::WriteZero.into()),
            _ => Ok(()),
        }
    }

    /// Receives bytes, with one read. Returns their number.
    fn receive(&mut self) -> io::Result<usize> {
        let count = self.connection.read_tls(&mut self.socket)?;
        self.connection.process_new_packets().map_err(|error| self.refuse(error))?;
        Ok(count)
    }

    /// Sends the alert for an error to the server, if that is possible at once.
    fn refuse(&mut self, error: Error) -> io::Error {
        // The connection ends with this error in any case.
        let _ = self.send();
        io::Error::new(ErrorKind::InvalidData, error)
    }
}

impl Read for TlsStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.connection.reader().read(buffer) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            done => return done,
        }
        if self.connection.wants_write() {
            // TLS's own reply, such as one to a key update.
            self.send()?;
        }
        self.receive()?;
        self.connection.reader().read(buffer)
    }
}

impl Write for TlsStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.connection.wants_write() {
            // Earlier bytes are sent first, to make room.
            self.send()?;
            return Err(ErrorKind::WouldBlock.into());
        }
        self.connection.writer().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.connection.wants_write() {
            self.send()?;
        }
        if self.connection.wants_write() {
            return Err(ErrorKind::WouldBlock.into());
        }
        Ok(())
    }
}
