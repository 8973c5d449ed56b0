//! One value as text, as the formats for reading and the delimited ones have it.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use compact_str::ToCompactString;

use crate::value::Value;

/// What stands for NULL in the formats for reading.
const NULL: &str = "NULL";

/// Makes text from outside fit for a format.
pub(super) type Printable = fn(&str) -> Cow<'_, str>;

/// The value in a format for reading.
pub(super) fn text(value: &Value, printable: Printable) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(NULL),
        Value::Text(text) => printable(text),
        Value::Boolean(_) | Value::Integer(_) | Value::Real(_) => {
            Cow::Owned(Exact(value).to_string())
        }
    }
}

/// A value as it is: text untouched, NULL as nothing, numbers as SQL has them.
pub(super) struct Exact<'a>(pub(super) &'a Value);

impl fmt::Display for Exact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => Ok(()),
            Value::Boolean(boolean) => boolean.fmt(f),
            Value::Integer(integer) => integer.fmt(f),
            Value::Real(real) => write_real(*real, f),
            Value::Text(text) => f.write_str(text),
        }
    }
}

/// Writes a value as it is. Integers, which are many, are spared the formatter.
pub(super) fn write_exact(value: &Value, out: &mut impl Write) -> io::Result<()> {
    match value {
        Value::Integer(integer) => out.write_all(integer.to_compact_string().as_bytes()),
        Value::Null | Value::Boolean(_) | Value::Real(_) | Value::Text(_) => {
            write!(out, "{}", Exact(value))
        }
    }
}

/// The shortest digits that read back as the same number; infinity under the name that `PostgreSQL`
/// reads.
fn write_real(real: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if real.is_infinite() {
        f.write_str(if real > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        write!(f, "{real:?}")
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
            assert_eq!(Exact(&Value::Real(real)).to_string(), written);
        }
    }

    proptest! {
        #[test]
        fn a_real_number_reads_back(real in any::<f64>()) {
            prop_assume!(!real.is_nan());
            let text = Exact(&Value::Real(real)).to_string();
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), real.to_bits());
        }
    }
}
