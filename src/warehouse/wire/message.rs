//! Parses messages of the server (PostgreSQL documentation, "Message Formats").

use std::borrow::Cow;

use super::Body;
use crate::warehouse::ProtocolError;
use crate::warehouse::message_mask::RawMessage;
use crate::warehouse::{ResultColumn, ServerMessage, TransactionStatus};

/// A message of the server. Rows are read separately, by `deliver_rows`.
#[derive(Debug, PartialEq)]
pub(in crate::warehouse) enum Message<'a> {
    /// A step of the login: its code and its data.
    Authentication {
        code: i32,
        rest: &'a [u8],
    },
    /// The process id and the secret key of a CancelRequest.
    BackendKey {
        process: i32,
        secret: i32,
    },
    /// A setting of the session that the server reports.
    Parameter {
        name: Cow<'a, str>,
        value: Cow<'a, str>,
    },
    /// The columns of a result.
    Columns(Vec<ResultColumn>),
    /// A row of a result.
    Row,
    /// A statement is done.
    Tag(Cow<'a, str>),
    /// The query contained no statement.
    Empty,
    /// The query failed.
    Error(RawMessage),
    Notice(RawMessage),
    /// The server is ready for the next query.
    Ready(TransactionStatus),
    /// COPY FROM STDIN waits for data.
    CopyIn,
    /// COPY TO STDOUT begins.
    CopyOut,
    /// Data of COPY TO STDOUT, or its end.
    CopyData,
    /// A step of the answer to Parse and Describe: the statement is parsed, its parameters, or that
    /// it has no result.
    Described,
    /// A message that may come at any time and is ignored: a notification, a reply about protocol
    /// versions.
    Aside,
    /// A reply to a request that redwire never sends.
    Unasked,
}

/// True if a server's message can begin with this byte.
pub(super) fn is_known(tag: u8) -> bool {
    b"RKSTDCIENZGHWdcAv123nstV".contains(&tag)
}

impl<'a> Message<'a> {
    /// Parses a complete message.
    pub fn parse(tag: u8, body: &'a [u8]) -> Result<Self, ProtocolError> {
        let mut body = Body::new(body);
        let message = Self::read(tag, &mut body).ok_or(ProtocolError::Malformed { tag })?;
        if body.is_empty() {
            Ok(message)
        } else {
            Err(ProtocolError::Malformed { tag })
        }
    }

    fn read(tag: u8, body: &mut Body<'a>) -> Option<Self> {
        Some(match tag {
            b'R' => Self::Authentication {
                code: body.int32()?,
                rest: body.remainder(),
            },
            b'K' => Self::BackendKey {
                process: body.int32()?,
                secret: body.int32()?,
            },
            b'S' => Self::Parameter { name: body.text()?, value: body.text()? },
            b'T' => Self::Columns(columns(body)?),
            b'C' => Self::Tag(body.text()?),
            b'E' => Self::Error(RawMessage(Box::new(ServerMessage::read(body)?))),
            b'N' => Self::Notice(RawMessage(Box::new(ServerMessage::read(body)?))),
            b'Z' => Self::Ready(status(body.byte()?)?),
            tag => Self::without_contents(tag, body),
        })
    }

    fn without_contents(tag: u8, body: &mut Body<'a>) -> Self {
        // Their contents are ignored.
        body.remainder();
        match tag {
            b'D' => Self::Row,
            b'I' => Self::Empty,
            b'G' => Self::CopyIn,
            b'H' => Self::CopyOut,
            b'd' | b'c' => Self::CopyData,
            b'1' | b't' | b'n' => Self::Described,
            b'A' | b'v' => Self::Aside,
            _ => Self::Unasked,
        }
    }
}

fn status(byte: u8) -> Option<TransactionStatus> {
    match byte {
        b'I' => Some(TransactionStatus::Idle),
        b'T' => Some(TransactionStatus::Open),
        b'E' => Some(TransactionStatus::Failed),
        _ => None,
    }
}

/// The minimum size of a column: the NUL of its name and six numbers.
const MIN_COLUMN_BYTES: usize = 19;

fn columns(body: &mut Body<'_>) -> Option<Vec<ResultColumn>> {
    let count = usize::try_from(body.int16()?).ok()?;
    let left = Body::remainder(&mut { *body }).len();
    if count.checked_mul(MIN_COLUMN_BYTES)? > left {
        return None;
    }
    (0..count).map(|_| column(body)).collect()
}

fn column(body: &mut Body<'_>) -> Option<ResultColumn> {
    let name = body.text()?.into_owned();
    let _table = body.uint32()?;
    let _attribute = body.int16()?;
    let type_oid = body.uint32()?;
    let _size = body.int16()?;
    let type_modifier = body.int32()?;
    let is_text = body.int16()? == 0;
    Some(ResultColumn { name, type_oid, type_modifier, is_text })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn malformed(tag: u8) -> Result<Message<'static>, ProtocolError> {
        Err(ProtocolError::Malformed { tag })
    }

    #[test]
    fn each_message_is_taken_to_pieces() {
        assert_eq!(
            Message::parse(b'R', b"\0\0\0\x05salt"),
            Ok(Message::Authentication { code: 5, rest: b"salt" })
        );
        assert_eq!(
            Message::parse(b'K', b"\0\0\0\x01\xff\xff\xff\xff"),
            Ok(Message::BackendKey { process: 1, secret: -1 })
        );
        let (name, value) = ("a".into(), "b".into());
        assert_eq!(Message::parse(b'S', b"a\0b\0"), Ok(Message::Parameter { name, value }));
        assert_eq!(Message::parse(b'C', b"SELECT 1\0"), Ok(Message::Tag("SELECT 1".into())));
        assert_eq!(Message::parse(b'Z', b"T"), Ok(Message::Ready(TransactionStatus::Open)));
    }

    #[test]
    fn columns_have_their_types() {
        let body = b"\0\x01id\0\0\0\0\0\0\0\0\0\x06\xa4\0\x04\xff\xff\xff\xff\0\0";
        let column = ResultColumn {
            name: "id".to_owned(),
            type_oid: 1700,
            type_modifier: -1,
            is_text: true,
        };
        assert_eq!(Message::parse(b'T', body), Ok(Message::Columns(vec![column])));
    }

    #[test]
    fn a_message_of_the_wrong_length_is_malformed() {
        for (tag, body) in [
            (b'R', &b"\0\0\0"[..]),
            (b'K', b"\0\0\0\x01"),
            (b'K', b"\0\0\0\x01\0\0\0\x02x"),
            (b'S', b"a\0b"),
            (b'T', b"\x7f\xff"),
            (b'T', b"\xff\xff"),
            (b'T', b"\0\x01id\0"),
            (b'C', b"SELECT"),
            (b'C', b"SELECT\0\0"),
            (b'E', b"M"),
            (b'Z', b""),
            (b'Z', b"Q"),
        ] {
            assert_eq!(Message::parse(tag, body), malformed(tag), "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(tag: u8, body: Vec<u8>) {
            let _ = Message::parse(tag, &body);
        }

        #[test]
        fn no_columns_make_the_parser_panic(mut body: Vec<u8>, count in 0_u8..4) {
            body.splice(0..0, [0, count]);
            if let Ok(Message::Columns(columns)) = Message::parse(b'T', &body) {
                prop_assert_eq!(columns.len(), usize::from(count));
            }
        }
    }
}
