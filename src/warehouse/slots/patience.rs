//! The DURATION of `--wait`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The longest wait that `--wait` takes.
const MAX_HOURS: u64 = 24;

/// Units with their seconds, from the longest, which is the order in which they may stand.
const UNITS: [(char, u64); 3] = [('h', 3_600), ('m', 60), ('s', 1)];

/// The longest wait, in whole seconds: written `30s`, `2m`, `1m30s`, `1h`, or `0` for no wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience(Duration);

impl Patience {
    /// The wait as a duration.
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl Default for Patience {
    /// One minute.
    fn default() -> Self {
        Self(Duration::from_mins(1))
    }
}

/// A text is not a DURATION.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatienceError {
    /// A number stands alone.
    #[error("a time needs its unit, as in 30s or 2m")]
    NoUnit,
    /// The text is not made of numbers and units, or the units stand in another order.
    #[error("a time is written like 30s, 2m, 1m30s or 0")]
    NotATime,
    /// More than can be asked for.
    #[error("a time to wait is at most 24h")]
    TooLong,
}

impl FromStr for Patience {
    type Err = PatienceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "0" {
            return Ok(Self(Duration::ZERO));
        }
        let mut rest = text;
        let mut seconds: u64 = 0;
        for (unit, length) in UNITS {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            if digits > 0
                && let Some(after) = rest[digits..].strip_prefix(unit)
            {
                // So many digits that they are no number are too many in any unit.
                let number: u64 = rest[..digits].parse().map_err(|_| PatienceError::TooLong)?;
                seconds = seconds.saturating_add(number.saturating_mul(length));
                rest = after;
            }
        }
        if text.is_empty() || !rest.is_empty() {
            let is_number = !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit());
            return Err(if is_number {
                PatienceError::NoUnit
            } else {
                PatienceError::NotATime
            });
        }
        if seconds > MAX_HOURS * 3_600 {
            return Err(PatienceError::TooLong);
        }
        Ok(Self(Duration::from_secs(seconds)))
    }
}

impl fmt::Display for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.0.as_secs();
        if left == 0 {
            return f.write_str("0");
        }
        for (unit, length) in UNITS {
            if left >= length {
                write!(f, "{}{unit}", left / length)?;
                left %= length;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LONGEST: Duration = Duration::from_hours(MAX_HOURS);

    fn seconds(text: &str) -> Result<u64, PatienceError> {
        text.parse().map(|patience: Patience| patience.duration().as_secs())
    }

    #[test]
    fn a_time_is_numbers_with_units() {
        for (text, expected) in [
            ("0", 0),
            ("0s", 0),
            ("30s", 30),
            ("90s", 90),
            ("2m", 120),
            ("1m30s", 90),
            ("1h", 3_600),
            ("1h1m1s", 3_661),
            ("24h", 86_400),
            ("007s", 7),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_number_alone_lacks_its_unit() {
        for text in ["30", "1m30", "00"] {
            assert_eq!(seconds(text), Err(PatienceError::NoUnit), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_time() {
        for text in [
            "", " 1s", "1s ", "s", "-1s", "+1s", "1.5m", "30s1m", "1m1m", "1d", "1S", "ten", "٣s",
            "1µs",
        ] {
            assert_eq!(seconds(text), Err(PatienceError::NotATime), "{text}");
        }
    }

    #[test]
    fn nobody_waits_for_more_than_a_day() {
        for text in [
            "24h1s",
            "25h",
            "99999999999h",
            "99999999999999999999999s",
            "1h18446744073709551615s",
        ] {
            assert_eq!(seconds(text), Err(PatienceError::TooLong), "{text}");
        }
    }

    #[test]
    fn the_default_is_a_minute() {
        assert_eq!(Patience::default().to_string(), "1m");
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(seconds in 0..=86_400u64) {
            let patience = Patience(Duration::from_secs(seconds));
            prop_assert_eq!(patience.to_string().parse(), Ok(patience));
        }

        #[test]
        fn no_text_is_more_than_a_day(text in ".{0,12}") {
            prop_assert!(text.parse::<Patience>().is_ok_and(|patience| patience.duration() <= LONGEST) || seconds(&text).is_err());
        }
    }
}
