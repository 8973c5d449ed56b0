//! Formatting one value.

use std::borrow::Cow;

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
            exact(value).unwrap_or(Cow::Borrowed(NULL))
        }
    }
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
