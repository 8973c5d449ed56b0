//! Intervals and moments.

use std::fmt;
use std::str::FromStr;

use crate::sql::error::OptionError;
use crate::sql::lexical::{Parsed, expect, fail, fail_at, integer, not_here, string, word};
use crate::sql::option::{OptionSpec, OptionType};
use crate::sql::setting::OptionValue;

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

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.count == 1 { "" } else { "S" };
        write!(f, "{} {}{plural}", self.count, self.unit.word())
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
pub(super) fn timestamp<'a>(option: &'static str, input: &'a str) -> Parsed<'a, OptionValue> {
    let (rest, text) = expect("a string such as '2026-01-31 10:00:00'", string)(input)?;
    match canonical_timestamp(&text) {
        Some(text) => Ok((rest, OptionValue::Timestamp(text))),
        None => fail(input, OptionError::NotATimestamp(option)),
    }
}

/// `YYYY-MM-DD hh:mm:ss[.ffffff]` of a valid timestamp; None for any other text.
fn canonical_timestamp(text: &str) -> Option<String> {
    let text = text.trim();
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, time.strip_suffix('Z').unwrap_or(time)),
        None => (text, "00:00:00"),
    };
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (clock, fraction) =
        time.split_once('.').map_or((time, ""), |(clock, fraction)| (clock, fraction));
    let clock = if clock.len() == 5 {
        format!("{clock}:00")
    } else {
        clock.to_owned()
    };
    let [hour, minute, second] = numbers(&clock, ':', [2, 2, 2])?;
    let exists = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let fraction_is_right =
        fraction.len() <= 6 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let has_point = time.contains('.');
    if !exists || !fraction_is_right || (has_point && fraction.is_empty()) {
        return None;
    }
    let point = if has_point { "." } else { "" };
    Some(format!("{date} {clock}{point}{fraction}"))
}

/// Three numbers of these lengths with the sign between them.
fn numbers(text: &str, sign: char, lengths: [usize; 3]) -> Option<[u32; 3]> {
    let parts: Vec<&str> = text.split(sign).collect();
    let [one, two, three] = parts.as_slice() else {
        return None;
    };
    let number = |text: &str, length: usize| {
        let is_right = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        is_right.then(|| text.parse::<u32>().ok()).flatten()
    };
    Some([number(one, lengths[0])?, number(two, lengths[1])?, number(three, lengths[2])?])
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_kept_in_one_form() {
        for (written, kept) in [
            ("2026-01-31 10:00:00", Some("2026-01-31 10:00:00")),
            ("2026-01-31T10:00:00Z", Some("2026-01-31 10:00:00")),
            ("2026-01-31 10:00", Some("2026-01-31 10:00:00")),
            ("2024-02-29", Some("2024-02-29 00:00:00")),
            ("2026-01-31 10:00:00.123456", Some("2026-01-31 10:00:00.123456")),
            ("2026-02-29", None),
            ("2026-13-01", None),
            ("2026-01-31 24:00:00", None),
            ("2026-1-31", None),
            ("2026-01-31 10:00:00.", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(canonical_timestamp(written).as_deref(), kept, "{written}");
        }
    }
}
