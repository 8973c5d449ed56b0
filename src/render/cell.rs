//! Formatting one value.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

use crate::value::Value;

/// Escapes characters that a format cannot show.
pub(super) type Printable = fn(&str) -> Cow<'_, str>;

/// The value in a format for reading, NULL as this text, before characters are escaped.
pub(super) fn raw<'a>(value: &'a Value, null: &'a str) -> Cow<'a, str> {
    exact(value).unwrap_or(Cow::Borrowed(null))
}

/// The maximum size of a piece before it is escaped.
const PIECE_BYTES: usize = 256 * 1024;

/// The escaped text in pieces, at least one. A cell may have many megabytes: its pieces take little
/// memory, and an interrupt is noticed between them.
pub(super) fn pieces(text: &str, printable: Printable) -> impl Iterator<Item = Cow<'_, str>> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (piece, after) = text.split_at(text.floor_char_boundary(PIECE_BYTES));
        rest = Some(after).filter(|after| !after.is_empty());
        Some(printable(piece))
    })
}

/// The width of the widest line; of a text of several pieces, in the first of them.
pub(super) fn width(text: &str, printable: Printable) -> usize {
    let first = pieces(text, printable).next().unwrap_or_default();
    first.split('\n').map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// The unchanged value, with numbers as SQL writes them; None is NULL.
pub(super) fn exact(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::Boolean(true) => Some(Cow::Borrowed("true")),
        Value::Boolean(false) => Some(Cow::Borrowed("false")),
        Value::Integer(integer) => Some(Cow::Owned(integer.to_string())),
        Value::Real(real) => Some(Cow::Owned(digits(*real))),
        Value::Text(text) => Some(Cow::Borrowed(text)),
    }
}

/// The shortest digits that read back as the same number; infinity under the name that `PostgreSQL`
/// reads.
fn digits(real: f64) -> String {
    if real.is_infinite() {
        if real > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        format!("{real:?}")
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
