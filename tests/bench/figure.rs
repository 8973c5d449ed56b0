//! One thing that was measured, and the limit that it is held against.

use std::fmt;

/// The unit of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// redwire's number divided by the peer's.
    Ratio,
    /// Milliseconds.
    Milliseconds,
    /// Mebibytes.
    Mebibytes,
}

/// The bound that a measured number must keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

/// Several measurements of one thing.
#[derive(Clone, Debug)]
pub struct Spread {
    /// In ascending order; never empty.
    sorted: Vec<f64>,
}

impl Spread {
    pub fn of(measurements: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = measurements.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        Self { sorted }
    }

    pub fn min(&self) -> f64 {
        self.percentile(0)
    }

    pub fn median(&self) -> f64 {
        self.percentile(50)
    }

    pub fn max(&self) -> f64 {
        self.percentile(100)
    }

    /// The measurement that the given part of all measurements, in per cent, does not exceed.
    pub fn percentile(&self, percent: usize) -> f64 {
        let last = self.sorted.len().saturating_sub(1);
        self.sorted.get((last * percent).div_ceil(100)).copied().unwrap_or(f64::NAN)
    }
}

/// A measured thing.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The name of the figure.
    pub what: String,
    /// The unit of the numbers.
    pub unit: Unit,
    /// All measurements.
    pub spread: Spread,
    /// The percentile that is held against the limit: 50 is the median.
    pub percent: usize,
    /// The limit; None is for information.
    pub limit: Option<Limit>,
}

impl Figure {
    /// A ratio to the peer, judged by its median.
    pub fn ratio(what: impl Into<String>, spread: Spread, limit: Option<Limit>) -> Self {
        Self {
            what: what.into(),
            unit: Unit::Ratio,
            spread,
            percent: 50,
            limit,
        }
    }

    /// A time, judged by the given percentile.
    pub fn milliseconds(
        what: impl Into<String>,
        spread: Spread,
        percent: usize,
        limit: Option<Limit>,
    ) -> Self {
        Self {
            what: what.into(),
            unit: Unit::Milliseconds,
            spread,
            percent,
            limit,
        }
    }

    /// Peak memory, judged by the largest.
    pub fn mebibytes(what: impl Into<String>, spread: Spread, limit: Option<Limit>) -> Self {
        Self {
            what: what.into(),
            unit: Unit::Mebibytes,
            spread,
            percent: 100,
            limit,
        }
    }

    /// The number that is held against the limit.
    pub fn judged(&self) -> f64 {
        self.spread.percentile(self.percent)
    }

    /// True if the limit is kept, or if there is none.
    pub fn is_kept(&self) -> bool {
        match self.limit {
            None => true,
            Some(Limit::AtMost(limit)) => self.judged() <= limit,
            Some(Limit::AtLeast(limit)) => self.judged() >= limit,
        }
    }

    /// The number in its unit.
    pub fn shown(&self, number: f64) -> String {
        let bare = self.bare(number);
        match self.unit {
            Unit::Ratio => bare,
            Unit::Milliseconds => bare + " ms",
            Unit::Mebibytes => bare + " MiB",
        }
    }

    /// The number without its unit.
    pub fn bare(&self, number: f64) -> String {
        match self.unit {
            Unit::Ratio | Unit::Milliseconds => format!("{number:.2}"),
            Unit::Mebibytes => format!("{number:.1}"),
        }
    }

    /// The limit in words.
    pub fn limit_shown(&self) -> String {
        match self.limit {
            None => "–".to_owned(),
            Some(Limit::AtMost(limit)) => format!("≤ {}", self.shown(limit)),
            Some(Limit::AtLeast(limit)) => format!("≥ {}", self.shown(limit)),
        }
    }

    /// `pass`, `FAIL`, or nothing where there is no limit.
    pub fn verdict(&self) -> &'static str {
        match (self.limit, self.is_kept()) {
            (None, _) => "",
            (Some(_), true) => "pass",
            (Some(_), false) => "FAIL",
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [min, median, max] =
            [self.spread.min(), self.spread.median(), self.spread.max()].map(|n| self.shown(n));
        write!(
            f,
            "{:<4} {} (limit: {}; min {min}, median {median}, max {max}): {}",
            self.verdict(),
            self.shown(self.judged()),
            self.limit_shown(),
            self.what
        )
    }
}
