//! Moments in UTC, and the spans between them.

use std::fmt;
use std::time::{Duration, SystemTime};

use jiff::SignedDuration;
use jiff::civil::DateTime;

/// A moment: microseconds since 1970-01-01 00:00 UTC, in the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

/// 1970-01-01 00:00 UTC.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

impl Moment {
    /// `0001-01-01 00:00:00`, before all data.
    pub const BEGINNING: Self = Self(-62_135_596_800 * SECOND);

    /// `9999-12-31 23:59:59.999999`, the last moment that a literal can have.
    pub const END: Self = Self(253_402_300_800 * SECOND - 1);

    /// The moment with this number of microseconds since 1970; one outside of the years 1 to 9999
    /// is the nearest inside.
    pub fn from_microseconds(microseconds: i64) -> Self {
        Self(microseconds).clamp(Self::BEGINNING, Self::END)
    }

    /// The moment with this number of seconds since 1970.
    pub fn from_seconds(seconds: i64) -> Self {
        Self::from_microseconds(seconds.saturating_mul(SECOND))
    }

    /// The moment at which this machine's clock shows the time.
    pub fn from_clock(time: SystemTime) -> Self {
        // A clock before 1970 is not set.
        let since_1970 = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self::from_seconds(i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX))
    }

    /// Microseconds since 1970.
    pub fn microseconds(self) -> i64 {
        self.0
    }

    /// The moment that is this number of microseconds later, or earlier if it is negative.
    #[must_use]
    pub fn plus(self, microseconds: i64) -> Self {
        Self::from_microseconds(self.0.saturating_add(microseconds))
    }

    /// The time from an earlier moment to this one; zero if it is not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// Reads `YYYY-MM-DD[ hh:mm[:ss[.ffffff]]]`; `T` may stand for the blank, and `Z` behind. None
    /// for any other text, and for a date or a time that does not exist.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date, time) = match text.split_once([' ', 'T']) {
            Some((date, time)) => (date, time.strip_suffix('Z').unwrap_or(time)),
            None => (text, "00:00:00"),
        };
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let seconds = if clock.len() == 5 { ":00" } else { "" };
        let [hour, minute, second] = numbers(&format!("{clock}{seconds}"), ':', [2, 2, 2])?;
        let [nanosecond] = numbers(&format!("{fraction:0<9}"), '.', [9])?;
        if year == 0 || fraction.is_empty() || fraction.len() > 6 {
            return None;
        }
        let small = |number: i32| i8::try_from(number).ok();
        let civil = DateTime::new(
            i16::try_from(year).ok()?,
            small(month)?,
            small(day)?,
            small(hour)?,
            small(minute)?,
            small(second)?,
            nanosecond,
        );
        let since_1970 = civil.ok()?.duration_since(EPOCH);
        Some(Self(i64::try_from(since_1970.as_micros()).ok()?))
    }
}

/// Prints `YYYY-MM-DD hh:mm:ss`, with as many fractional digits as there are.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Every moment of the years 1 to 9999 has a date.
        let civil = EPOCH.checked_add(SignedDuration::from_micros(self.0));
        write!(f, "{}", civil.map_err(|_| fmt::Error)?.strftime("%Y-%m-%d %H:%M:%S%.f"))
    }
}

/// Numbers of these lengths with the sign between them.
fn numbers<const N: usize>(text: &str, sign: char, lengths: [usize; N]) -> Option<[i32; N]> {
    let parts: Vec<&str> = text.split(sign).collect();
    let parts: [&str; N] = parts.try_into().ok()?;
    let mut numbers = [0; N];
    for ((number, part), length) in numbers.iter_mut().zip(parts).zip(lengths) {
        let is_right = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = is_right.then(|| part.parse().ok()).flatten()?;
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn a_moment_is_printed_in_one_form() {
        for (written, printed) in [
            ("2026-01-31 10:00:00", Some("2026-01-31 10:00:00")),
            ("2026-01-31T10:00:00Z", Some("2026-01-31 10:00:00")),
            ("2026-01-31 10:00", Some("2026-01-31 10:00:00")),
            ("2024-02-29", Some("2024-02-29 00:00:00")),
            ("2026-01-31 10:00:00.123456", Some("2026-01-31 10:00:00.123456")),
            ("2026-01-31 10:00:00.100", Some("2026-01-31 10:00:00.1")),
            ("1969-12-31 23:59:59.999999", Some("1969-12-31 23:59:59.999999")),
            ("0001-01-01", Some("0001-01-01 00:00:00")),
            ("9999-12-31 23:59:59.999999", Some("9999-12-31 23:59:59.999999")),
            ("0000-12-31", None),
            ("2026-02-29", None),
            ("2026-13-01", None),
            ("2026-01-31 24:00:00", None),
            ("2026-01-31 10:00:60", None),
            ("2026-1-31", None),
            ("2026-01-31 10:00:00.", None),
            ("2026-01-31 10:00:00.1234567", None),
            ("+026-01-31", None),
            ("yesterday", None),
            ("", None),
        ] {
            let moment = Moment::parse(written).map(|moment| moment.to_string());
            assert_eq!(moment.as_deref(), printed, "{written}");
        }
    }

    #[test]
    fn the_first_and_the_last_moment_are_what_they_say() {
        assert_eq!(Moment::BEGINNING.to_string(), "0001-01-01 00:00:00");
        assert_eq!(Moment::END.to_string(), "9999-12-31 23:59:59.999999");
        assert_eq!(Moment::END.plus(1), Moment::END);
        assert_eq!(Moment::BEGINNING.plus(i64::MIN), Moment::BEGINNING);
    }
}
