//! The buffer between the connection and its messages.

use super::message::is_known;
use crate::warehouse::deadline::Watch;
use crate::warehouse::transport::Transport;
use crate::warehouse::{ProtocolError, WarehouseError};

/// The size of the buffer: large enough that a system call pays off, small enough for the cache.
const USUAL_BYTES: usize = 128 * 1024;

/// The maximum size of a message. Redshift's largest value has 16 MiB (SUPER; VARBYTE, which as
/// text takes twice that: AWS documentation, "SUPER data type", "VARBYTE type"), and a row may have
/// several.
const MAX_MESSAGE_BYTES: usize = 128 * 1024 * 1024;

/// The maximum size of a message without values or text from the server. The longest ones are the
/// columns of a result: 1,600 of them with names of 127 bytes take 240 KB (AWS documentation,
/// "Quotas and limits").
const MAX_SHORT_BYTES: usize = 1024 * 1024;

/// The maximum size of a message before the login is complete; libpq allows less than half of it.
const WORDS_LIMIT: usize = 64 * 1024;

/// The size of a header: tag and length.
const HEADER_BYTES: usize = 5;

/// The header of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::warehouse) struct Header {
    /// The type of the message.
    pub tag: u8,
    /// The size of the whole message.
    pub bytes: usize,
}

impl Header {
    /// Reads and checks the header at the start of the bytes; None if it is incomplete. A wrong
    /// header is an error before its body arrives.
    pub fn read(bytes: &[u8], limit: usize) -> Result<Option<Self>, ProtocolError> {
        let Some(&tag) = bytes.first() else { return Ok(None) };
        if !is_known(tag) {
            return Err(ProtocolError::UnknownMessage { tag });
        }
        let Some(&length) = bytes.get(1..).and_then(<[u8]>::first_chunk) else {
            return Ok(None);
        };
        let length = i32::from_be_bytes(length);
        let unsigned = usize::try_from(length).unwrap_or_default();
        if unsigned < 4 {
            return Err(ProtocolError::BadLength { tag, length });
        }
        let limit = match tag {
            b'D' | b'd' | b'E' | b'N' => limit,
            _ => limit.min(MAX_SHORT_BYTES),
        };
        if unsigned > limit {
            let length = unsigned;
            return Err(ProtocolError::TooLong { tag, length, limit });
        }
        Ok(Some(Self { tag, bytes: unsigned + 1 }))
    }

    /// The body of the message at the start of the bytes; None if it is incomplete.
    pub fn body(self, bytes: &[u8]) -> Option<&[u8]> {
        bytes.get(HEADER_BYTES..self.bytes)
    }
}

/// Bytes that have arrived and have not been read.
pub(in crate::warehouse) struct Inbox {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    limit: usize,
}

impl Inbox {
    /// An empty buffer for messages of up to [`WORDS_LIMIT`] bytes.
    pub fn new() -> Self {
        Self {
            buffer: vec![0; USUAL_BYTES],
            start: 0,
            end: 0,
            limit: WORDS_LIMIT,
        }
    }

    /// Allows messages of the size that results need.
    pub fn allow_results(&mut self) {
        self.limit = MAX_MESSAGE_BYTES;
    }

    /// The maximum size of a message.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The bytes that have not been read.
    pub fn pending(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Marks that many bytes as read.
    pub fn consume(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.end);
    }

    /// The header and the body of the next message, if it is complete. It stays in the buffer.
    pub fn message(&self) -> Result<Option<(Header, &[u8])>, ProtocolError> {
        let header = Header::read(self.pending(), self.limit)?;
        Ok(header.and_then(|header| Some((header, header.body(self.pending())?))))
    }

    /// Waits for more bytes, at least one.
    pub fn fill(
        &mut self,
        transport: &mut Transport,
        watch: &Watch<'_>,
    ) -> Result<(), WarehouseError> {
        self.make_room();
        let count = transport.read(&mut self.buffer[self.end..], watch)?;
        self.end += count;
        Ok(())
    }

    /// Makes room at the end. The buffer grows with the bytes that arrive, not with the length in a
    /// header.
    fn make_room(&mut self) {
        let pending = self.end - self.start;
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, pending);
        }
        if pending == self.buffer.len() {
            let most = self.limit.max(USUAL_BYTES) + HEADER_BYTES;
            self.buffer.resize((pending * 2).min(most), 0);
        } else if pending < USUAL_BYTES && self.buffer.len() > USUAL_BYTES {
            self.buffer.truncate(USUAL_BYTES);
            self.buffer.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_checked_before_its_message_is_waited_for() {
        let read = |bytes: &[u8]| Header::read(bytes, 100);
        assert_eq!(read(b""), Ok(None));
        assert_eq!(read(b"Z\0\0"), Ok(None));
        assert_eq!(read(b"Z\0\0\0\x05"), Ok(Some(Header { tag: b'Z', bytes: 6 })));
        assert_eq!(read(b"\0"), Err(ProtocolError::UnknownMessage { tag: 0 }));
        let tag = b'Z';
        for (bytes, length) in
            [(b"Z\0\0\0\x03", 3), (b"Z\xff\xff\xff\xff", -1), (b"Z\x80\0\0\0", i32::MIN)]
        {
            assert_eq!(read(bytes), Err(ProtocolError::BadLength { tag, length }));
        }
        let (length, limit) = (101, 100);
        assert_eq!(read(b"Z\0\0\0\x65"), Err(ProtocolError::TooLong { tag, length, limit }));
    }

    #[test]
    fn an_answer_of_another_protocol_is_no_message() {
        for answer in [
            &b"HTTP/1.1 400 Bad Request\r\n"[..],
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"220 mail\r\n",
        ] {
            assert!(Header::read(answer, MAX_MESSAGE_BYTES).is_err(), "{answer:?}");
        }
    }

    #[test]
    fn the_buffer_grows_with_what_came_and_shrinks_again() {
        let mut inbox = Inbox::new();
        inbox.allow_results();
        inbox.end = USUAL_BYTES;
        inbox.make_room();
        assert_eq!(inbox.buffer.len(), 2 * USUAL_BYTES);
        inbox.consume(USUAL_BYTES);
        inbox.make_room();
        assert_eq!((inbox.buffer.len(), inbox.start, inbox.end), (USUAL_BYTES, 0, 0));
    }
}
