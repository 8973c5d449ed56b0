//! Violations of the protocol by a server.

use std::fmt;

/// A violation of the protocol: the other side is not such a server, or the data was corrupted on
/// the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProtocolError {
    /// The first byte of a message is unknown.
    UnknownMessage {
        /// The byte.
        tag: u8,
    },
    /// The length of a message is less than the length field itself.
    BadLength {
        /// The first byte of the message.
        tag: u8,
        /// The length as sent.
        length: i32,
    },
    /// A message is longer than redwire allows.
    TooLong {
        /// The first byte of the message.
        tag: u8,
        /// The length as sent, in bytes.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// The contents of a message do not match its length or its counts.
    Malformed {
        /// The first byte of the message.
        tag: u8,
    },
    /// A message at the wrong time.
    OutOfOrder {
        /// The first byte of the message.
        tag: u8,
    },
    /// The server sends messages without end before the login is complete.
    Endless,
    /// The reply to the request for TLS is neither yes nor no.
    TlsAnswer {
        /// The reply.
        answer: u8,
    },
    /// The server did not prove that it knows the password, as SCRAM requires.
    Unproven {
        /// The error in its proof.
        cause: String,
    },
    /// SCRAM cannot answer the server's challenge.
    Challenge {
        /// The error in the challenge.
        cause: String,
    },
    /// The server asks for a digest with another algorithm than SHA-256.
    DigestAlgorithm {
        /// The number of the algorithm.
        number: i32,
    },
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownMessage { tag } => {
                write!(f, "a message that begins with {} is not known", shown(*tag))
            }
            Self::BadLength { tag, length } => {
                write!(f, "the message {} has the length {length}", shown(*tag))
            }
            Self::TooLong { tag, length, limit } => write!(
                f,
                "the message {} has {length} bytes, and {limit} are the limit",
                shown(*tag)
            ),
            Self::Malformed { tag } => {
                write!(f, "the contents of the message {} do not fit it", shown(*tag))
            }
            Self::OutOfOrder { tag } => write!(f, "the message {} has no place here", shown(*tag)),
            Self::Endless => f.write_str("it sends messages without end"),
            Self::TlsAnswer { answer } => {
                write!(f, "it answers the request for TLS with {}", shown(*answer))
            }
            Self::Unproven { cause } => {
                write!(f, "it does not prove that it knows the password: {cause}")
            }
            Self::Challenge { cause } => {
                write!(f, "its challenge of SCRAM cannot be answered: {cause}")
            }
            Self::DigestAlgorithm { number } => {
                write!(f, "it asks for a digest by the unknown algorithm {number}")
            }
        }
    }
}

/// `'Z'`, or `0x00` for a byte that cannot be printed.
fn shown(byte: u8) -> String {
    if byte.is_ascii_graphic() {
        format!("'{}'", char::from(byte))
    } else {
        format!("{byte:#04x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_that_cannot_be_shown_is_a_number() {
        for (tag, shown) in [(b'T', "'T'"), (0x1b, "0x1b"), (0, "0x00"), (0xff, "0xff")] {
            let error = ProtocolError::OutOfOrder { tag };
            assert_eq!(error.to_string(), format!("the message {shown} has no place here"));
        }
    }
}
