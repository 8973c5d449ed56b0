//! Errors and notices of the server, with all their fields.

use std::fmt;

use super::wire::Body;

/// The maximum length of a field that is kept: a message may be as long as a row, and nobody reads
/// that much.
const MAX_FIELD_BYTES: usize = 1024 * 1024;

/// An error or a notice of the server. Its text has not been escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerMessage {
    /// ERROR, FATAL, PANIC, WARNING, NOTICE and the like; may be translated.
    pub severity: String,
    /// The SQLSTATE.
    pub code: String,
    /// The message itself.
    pub message: String,
    /// The detail.
    pub detail: Option<String>,
    /// The hint.
    pub hint: Option<String>,
    /// The position of the error in the statement, in characters from 1.
    pub position: Option<usize>,
    /// The context: the functions and triggers in which the error occurred.
    pub context: Option<String>,
    /// The query inside a function that failed.
    pub internal_query: Option<String>,
    /// The function of the server's source.
    pub routine: Option<String>,
}

impl ServerMessage {
    /// Reads the fields of an ErrorResponse or NoticeResponse (PostgreSQL documentation, "Error and
    /// Notice Message Fields"). Unknown fields are ignored, as the protocol requires; None if the
    /// message is malformed.
    pub(super) fn read(body: &mut Body<'_>) -> Option<Self> {
        let mut message = Self::default();
        loop {
            match body.byte()? {
                0 => return body.is_empty().then_some(message),
                field => message.set(field, shortened(body.text_bytes()?)),
            }
        }
    }

    /// True if the server ends the session after it.
    pub fn ends_session(&self) -> bool {
        matches!(self.severity.as_str(), "FATAL" | "PANIC")
    }

    /// True if pg_hba.conf refused the user, before any password: the error is from
    /// `ClientAuthentication` in PostgreSQL's auth.c, which is older than version 8.0, from which
    /// Redshift comes. The error about a wrong password is from `auth_failed`.
    pub fn is_of_access_rules(&self) -> bool {
        self.routine.as_deref() == Some("ClientAuthentication")
    }

    fn set(&mut self, field: u8, text: String) {
        match field {
            // The untranslated severity, which not every server sends, wins over the translated
            // one.
            b'S' if self.severity.is_empty() => self.severity = text,
            b'V' => self.severity = text,
            b'C' => self.code = text,
            b'M' => self.message = text,
            b'D' => self.detail = Some(text),
            b'H' => self.hint = Some(text),
            b'P' => self.position = text.parse().ok(),
            b'W' => self.context = Some(text),
            b'q' => self.internal_query = Some(text),
            b'R' => self.routine = Some(text),
            _ => {}
        }
    }
}

/// The text, truncated. Invalid UTF-8 is replaced.
fn shortened(text: &[u8]) -> String {
    match text.get(..MAX_FIELD_BYTES) {
        Some(kept) if kept.len() < text.len() => String::from_utf8_lossy(kept).into_owned() + "…",
        _ => String::from_utf8_lossy(text).into_owned(),
    }
}

/// Prints the message alone.
impl fmt::Display for ServerMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<ServerMessage> {
        ServerMessage::read(&mut Body::new(bytes))
    }

    #[test]
    fn every_field_is_read() {
        let bytes = b"SFEHLER\0VERROR\0C23505\0Mm\0Dd\0Hh\0P7\0p8\0qq\0Ww\0ss\0tt\0cc\0dd\0nn\0Ff.c\0L9\0Rr\0\0";
        let text = |text: &str| Some(text.to_owned());
        let expected = ServerMessage {
            severity: "ERROR".to_owned(),
            code: "23505".to_owned(),
            message: "m".to_owned(),
            detail: text("d"),
            hint: text("h"),
            position: Some(7),
            context: text("w"),
            internal_query: text("q"),
            routine: text("r"),
        };
        assert_eq!(read(bytes), Some(expected));
    }

    #[test]
    fn a_field_that_is_not_known_is_left_out() {
        assert_eq!(read(b"Zzz\0Mm\0\0").unwrap().message, "m");
    }

    #[test]
    fn a_field_without_its_end_does_not_fit() {
        for bytes in [&b""[..], b"M", b"Mm", b"Mm\0", b"\0x"] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_position_that_is_no_number_is_left_out() {
        assert_eq!(read(b"Pxx\0\0").unwrap().position, None);
    }
}
