//! A part of a URL with its place, and its decoding.

use std::ops::Range;

use super::error::{UrlError, UrlErrorKind};

/// A part of a URL.
#[derive(Clone, Copy)]
pub(super) struct UrlPart<'a> {
    /// The text, not decoded.
    pub text: &'a str,
    /// The byte of the URL at which it begins.
    pub start: usize,
}

impl UrlPart<'_> {
    /// The bytes of the URL.
    pub fn span(self) -> Range<usize> {
        self.start..self.end()
    }

    /// The byte of the URL after the part.
    pub fn end(self) -> usize {
        self.start + self.text.len()
    }

    /// The rest of the part from the given byte on.
    pub fn skip(self, bytes: usize) -> Self {
        UrlPart {
            text: &self.text[bytes..],
            start: self.start + bytes,
        }
    }

    /// The text before and after the first separator, which is one byte long.
    pub fn split_once(self, separator: u8) -> Option<(Self, Self)> {
        let at = self.text.bytes().position(|byte| byte == separator)?;
        let before = UrlPart { text: &self.text[..at], ..self };
        Some((before, self.skip(at + 1)))
    }

    /// The first of these ASCII marks in the part, and its place in the URL.
    pub fn find_mark(self, wanted: impl Fn(u8) -> bool) -> Option<(char, Range<usize>)> {
        let at = self.text.bytes().position(wanted)?;
        let start = self.start + at;
        Some((char::from(self.text.as_bytes()[at]), start..start + 1))
    }

    /// An error about the whole part.
    pub fn error(self, kind: impl Into<UrlErrorKind>) -> UrlError {
        UrlError::new(kind, self.span())
    }

    /// The form-decoded text: `%XX` is a byte of UTF-8 and `+` a space, as in Java's `URLDecoder`;
    /// control characters are an error.
    pub fn decode(self) -> Result<String, UrlError> {
        let decoded = self.unescape()?;
        if decoded.contains(char::is_control) {
            return Err(self.error(UrlErrorKind::ControlCharacter));
        }
        Ok(decoded)
    }

    fn unescape(self) -> Result<String, UrlError> {
        let bytes = self.text.as_bytes();
        let mut decoded = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let (decoded_byte, length) = match byte {
                b'%' => (escaped_byte(&bytes[at..]).ok_or_else(|| self.bad_escape(at))?, 3),
                b'+' => (b' ', 1),
                _ => (byte, 1),
            };
            decoded.push(decoded_byte);
            at += length;
        }
        String::from_utf8(decoded).map_err(|_| self.error(UrlErrorKind::EscapeNotUtf8))
    }

    fn bad_escape(self, at: usize) -> UrlError {
        let start = self.start + at;
        UrlError::new(UrlErrorKind::BadEscape, start..start + 1)
    }
}

/// The byte that an escape `%XX` at the start of the text stands for.
pub(super) fn escaped_byte(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str) -> Result<String, UrlErrorKind> {
        let part = UrlPart { text, start: 0 };
        part.decode().map_err(|error| error.kind)
    }

    #[test]
    fn escapes_are_bytes_of_utf8_and_a_plus_is_a_space() {
        assert_eq!(decode("caf%C3%a9+1").as_deref(), Ok("café 1"));
    }

    #[test]
    fn a_malformed_escape_is_refused() {
        for text in ["1%", "%4", "%zz", "%+5", "%é"] {
            assert_eq!(decode(text), Err(UrlErrorKind::BadEscape), "{text}");
        }
    }

    #[test]
    fn escapes_that_are_not_utf8_are_refused() {
        assert_eq!(decode("%ff"), Err(UrlErrorKind::EscapeNotUtf8));
    }

    #[test]
    fn control_characters_are_refused_escaped_or_not() {
        for text in ["a%00", "a\n", "%C2%85"] {
            assert_eq!(decode(text), Err(UrlErrorKind::ControlCharacter), "{text:?}");
        }
    }

    #[test]
    fn an_error_points_at_its_place_in_the_url() {
        let part = UrlPart { text: "a%", start: 10 };
        assert_eq!(part.decode().map_err(|error| error.span), Err(11..12));
    }
}
