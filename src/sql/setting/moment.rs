//! Intervals and moments.

use std::fmt;
use std::str::FromStr;

use crate::definition::Moment;
use crate::sql::error::OptionError;
use crate::sql::lexical::{Parsed, expect, fail, fail_at, integer, not_here, string, word};
use crate::sql::option::{OptionSpec, OptionType};
use crate::sql::setting::OptionValue;

const MINUTES_A_DAY: i64 = 24 * 60;

/// The unit of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalUnit {
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
}

impl IntervalUnit {
    fn word(self) -> &'static str {
        match self {
            Self::Minute => "MINUTE",
            Self::Hour => "HOUR",
            Self::Day => "DAY",
        }
    }
}

/// A time span of at least one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The number of units; at least 1.
    pub count: u32,
    /// The unit.
    pub unit: IntervalUnit,
}

impl Interval {
    /// Its length.
    pub fn microseconds(self) -> i64 {
        self.minutes().saturating_mul(60_000_000)
    }

    fn minutes(self) -> i64 {
        let unit = match self.unit {
            IntervalUnit::Minute => 1,
            IntervalUnit::Hour => 60,
            IntervalUnit::Day => MINUTES_A_DAY,
        };
        i64::from(self.count) * unit
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.count == 1 { "" } else { "S" };
        write!(f, "{} {}{plural}", self.count, self.unit.word())
    }
}

impl Interval {
    /// True if a day is a number of such intervals, or the interval is a number of days.
    pub fn fits_days(self) -> bool {
        let minutes = self.minutes();
        MINUTES_A_DAY % minutes == 0 || minutes % MINUTES_A_DAY == 0
    }

    /// The nearest shorter and the nearest longer interval of this unit that fit days.
    pub fn nearest_that_fit_days(self) -> Vec<Self> {
        let interval = |count: u32| Self { count, ..self };
        let fits = |count: &u32| interval(*count).fits_days();
        let shorter = (1..self.count).rev().find(fits);
        let longer = (self.count..=u32::MAX).skip(1).find(fits);
        shorter.into_iter().chain(longer).map(interval).collect()
    }
}

/// `interval`
pub(super) fn interval<'a>(option: &OptionSpec, input: &'a str) -> Parsed<'a, OptionValue> {
    let (rest, count) = integer_within(option, 1_u32, u32::MAX, input)?;
    let (after, written) = expect("MINUTES, HOURS or DAYS", word)(rest)?;
    let units = [IntervalUnit::Minute, IntervalUnit::Hour, IntervalUnit::Day];
    let is_meant = |unit: &IntervalUnit| {
        let upper = written.to_ascii_uppercase();
        upper.strip_suffix('S').unwrap_or(&upper) == unit.word()
    };
    match units.into_iter().find(is_meant) {
        Some(unit) => Ok((after, OptionValue::Interval(Interval { count, unit }))),
        None => not_here(rest, "MINUTES, HOURS or DAYS"),
    }
}

/// An integer within the limits.
pub(super) fn integer_within<'a, N>(
    option: &OptionSpec,
    minimum: N,
    maximum: N,
    input: &'a str,
) -> Parsed<'a, N>
where
    N: FromStr + PartialOrd + Into<i64>,
{
    let (rest, digits) = integer(input)?;
    match digits.parse::<N>() {
        Ok(number) if (&minimum..=&maximum).contains(&&number) => Ok((rest, number)),
        Ok(_) | Err(_) => {
            let (minimum, maximum) = (minimum.into(), maximum.into());
            let fix = fix_of_range(option, digits, maximum);
            let option = option.name;
            fail_at(input, digits.len(), OptionError::OutOfRange { option, minimum, maximum, fix })
        }
    }
}

/// The hint for a number that is out of range.
fn fix_of_range(option: &OptionSpec, digits: &str, maximum: i64) -> String {
    let is_small = digits.parse::<i64>().is_ok_and(|number| number < maximum);
    let OptionSpec { name, kind, default, example, .. } = option;
    if !matches!(kind, OptionType::Integer { .. }) {
        return format!("write {name} = {example}");
    }
    match default {
        Some(default) if is_small => format!("leave {name} out, or RESET it, for {default}"),
        Some(_) | None => format!("write {name} = {maximum} for the most it takes"),
    }
}

/// The string after TIMESTAMP; a date alone is its midnight.
pub(super) fn timestamp(input: &str) -> Parsed<'_, OptionValue> {
    let (rest, text) = expect("a string such as '2026-01-31 10:00:00'", string)(input)?;
    match Moment::parse(&text) {
        Some(moment) => Ok((rest, OptionValue::Timestamp(moment))),
        None => fail(input, OptionError::NotATimestamp(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(count: u32, unit: IntervalUnit) -> String {
        let interval = Interval { count, unit };
        let texts: Vec<String> =
            interval.nearest_that_fit_days().iter().map(Interval::to_string).collect();
        assert!(!interval.fits_days(), "{interval}");
        texts.join(", ")
    }

    #[test]
    fn an_interval_divides_a_day_or_is_whole_days() {
        for (count, unit) in [
            (1, IntervalUnit::Minute),
            (5, IntervalUnit::Minute),
            (90, IntervalUnit::Minute),
            (24, IntervalUnit::Hour),
            (2880, IntervalUnit::Minute),
            (48, IntervalUnit::Hour),
            (7, IntervalUnit::Day),
            (u32::MAX, IntervalUnit::Day),
        ] {
            let interval = Interval { count, unit };
            assert!(interval.fits_days(), "{interval}");
        }
        assert_eq!(nearest(5, IntervalUnit::Hour), "4 HOURS, 6 HOURS");
        assert_eq!(nearest(7, IntervalUnit::Minute), "6 MINUTES, 8 MINUTES");
        assert_eq!(nearest(25, IntervalUnit::Hour), "24 HOURS, 48 HOURS");
        assert_eq!(nearest(u32::MAX, IntervalUnit::Minute), "4294967040 MINUTES");
    }
}
