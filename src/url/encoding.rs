//! Percent-encoding of the parts of a URL (RFC 3986, 2.1).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// As [`RESERVED`], without the marks that stand in paths and lists.
const RESERVED_IN_VALUE: &AsciiSet = &RESERVED.remove(b'/').remove(b':').remove(b',');

/// The text as any part of a URL may have it.
pub fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The text as the value of an option, with paths and lists as people write them.
pub(super) fn percent_encoded_value(text: &str) -> String {
    utf8_percent_encode(text, RESERVED_IN_VALUE).to_string()
}
