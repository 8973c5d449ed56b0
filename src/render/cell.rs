//! Formatting one value.

use std::borrow::Cow;

use compact_str::{CompactString, ToCompactString, format_compact};

use crate::value::Value;

/// The text for NULL in the formats for reading.
const NULL: &str = "NULL";

/// Escapes characters that a format cannot show.
pub(super) type Printable = fn(&str) -> Cow<'_, str>;

/// The value in a format for reading.
pub(super) fn text(value: &Value, printable: Printable) -> Cow<'_, str> {
    match value {
        Value::Text(text) => printable(text),
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Real(_) => {
            match exact(value) {
                None => Cow::Borrowed(NULL),
                Some(ExactText::Borrowed(text)) => Cow::Borrowed(text),
                Some(ExactText::Number(text)) => Cow::Owned(text.into_string()),
            }
        }
    }
}

/// The exact text of a value. A number needs no allocation: there are many of them.
pub(super) enum ExactText<'a> {
    Borrowed(&'a str),
    Number(CompactString),
}

impl ExactText<'_> {
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Borrowed(text) => text.as_bytes(),
            Self::Number(text) => text.as_bytes(),
        }
    }
}

/// The exact value: text unchanged, numbers in SQL's notation; None is NULL.
pub(super) fn exact(value: &Value) -> Option<ExactText<'_>> {
    match value {
        Value::Null => None,
        Value::Boolean(true) => Some(ExactText::Borrowed("true")),
        Value::Boolean(false) => Some(ExactText::Borrowed("false")),
        Value::Integer(integer) => Some(ExactText::Number(integer.to_compact_string())),
        Value::Real(real) => Some(ExactText::Number(digits(*real))),
        Value::Text(text) => Some(ExactText::Borrowed(text)),
    }
}

/// The shortest digits that parse to the same number; infinity has the name that `PostgreSQL`
/// reads.
fn digits(real: f64) -> CompactString {
    if real.is_infinite() {
        CompactString::const_new(if real > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        format_compact!("{real:?}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_real_number_is_written_with_the_fewest_digits_that_read_back() {
        for (real, written) in [
            (0.1, "0.1"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (1e300, "1e300"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(digits(real), written);
        }
    }

    proptest! {
        #[test]
        fn a_real_number_reads_back(real in any::<f64>()) {
            prop_assume!(!real.is_nan());
            let text = digits(real);
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), real.to_bits());
        }
    }
}
