//! The windows of a job: a grid of its interval, which begins at 1970-01-01 00:00 UTC. Pure.

use std::fmt;

use super::WindowError;
use crate::definition::Moment;

/// A window: half-open, so that each moment is in one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first moment of the window.
    pub start: Moment,
    /// The first moment behind the window.
    pub end: Moment,
}

impl Window {
    /// Start and end.
    pub fn bounds(self) -> [Moment; 2] {
        [self.start, self.end]
    }
}

/// `2026-01-31 10:00:00 to 2026-01-31 11:00:00`
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.start {
            Moment::BEGINNING => write!(f, "the beginning to {}", self.end),
            start => write!(f, "{start} to {}", self.end),
        }
    }
}

/// The beginning of a job's first window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartFrom {
    /// One first window has everything up to the last boundary.
    Beginning,
    /// The full interval before the first run.
    Now,
    /// A boundary of the grid.
    Moment(Moment),
}

/// The times at which a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Microseconds between two boundaries, at least a minute. None: one window up to the clock.
    pub interval: Option<i64>,
    /// The beginning of the first window.
    pub start_from: StartFrom,
    /// The end of the last window; it need not be a boundary.
    pub end_at: Option<Moment>,
    /// Microseconds between the end of a window and its run.
    pub delay: i64,
}

/// The next window of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextWindow {
    /// It can run.
    Due(Window),
    /// It ends at this moment, which is not ready yet.
    DueAt(Moment),
    /// All windows up to END_AT are loaded.
    Ended,
}

impl Schedule {
    /// The moment before which no window begins; None if the first run decides.
    pub fn earliest_start(&self) -> Option<Moment> {
        match self.start_from {
            StartFrom::Beginning => Some(Moment::BEGINNING),
            StartFrom::Moment(moment) => Some(moment),
            StartFrom::Now => None,
        }
    }

    /// The moment up to which a job that never ran is loaded; `now` is the warehouse's clock.
    pub fn first_start(&self, now: Moment) -> Moment {
        self.earliest_start().unwrap_or_else(|| match self.interval {
            Some(interval) => boundary_at_or_before(now, interval).plus(-interval),
            // A window has at least a microsecond.
            None => now.plus(-1),
        })
    }

    /// The moment up to which windows may end; `now` is the warehouse's clock.
    pub fn ready(&self, now: Moment) -> Moment {
        now.plus(-self.delay)
    }

    /// The next window of a job that is loaded up to a moment. It is due if it ends at or before
    /// `ready`.
    pub fn next(&self, loaded_until: Moment, ready: Moment) -> NextWindow {
        if self.end_at.is_some_and(|end| loaded_until >= end) {
            return NextWindow::Ended;
        }
        let end = match self.interval {
            // Without a grid a window has at least a microsecond.
            None => ready.max(loaded_until.plus(1)),
            Some(interval) => {
                let next = boundary_at_or_before(loaded_until, interval).plus(interval);
                if loaded_until == Moment::BEGINNING {
                    boundary_at_or_before(ready, interval).max(next)
                } else {
                    next
                }
            }
        };
        let end = self.end_at.map_or(end, |last| end.min(last));
        if end <= ready {
            NextWindow::Due(Window { start: loaded_until, end })
        } else {
            NextWindow::DueAt(end)
        }
    }

    /// The next window of a job whose text asks for its bounds, or does not.
    pub fn next_of(&self, has_bounds: bool, loaded_until: Moment, now: Moment) -> NextWindow {
        if has_bounds {
            self.next(loaded_until, now)
        } else {
            self.all_due(loaded_until, now)
        }
    }

    /// One window of everything that is due, for a query that has no window in it.
    fn all_due(&self, loaded_until: Moment, ready: Moment) -> NextWindow {
        let next = self.next(loaded_until, ready);
        let (NextWindow::Due(first), Some(interval)) = (next, self.interval) else {
            return next;
        };
        let last = boundary_at_or_before(ready, interval);
        let end = self.end_at.map_or(last, |end| last.min(end)).max(first.end);
        NextWindow::Due(Window { end, ..first })
    }

    /// Checks that a moment is a boundary, over, and not before START_FROM.
    pub fn check_over(&self, moment: Moment, now: Moment) -> Result<(), WindowError> {
        if let Some(interval) = self.interval {
            let before = boundary_at_or_before(moment, interval);
            let is_end = self.end_at == Some(moment) || self.earliest_start() == Some(moment);
            if before != moment && !is_end {
                let after = before.plus(interval);
                return Err(WindowError::OffTheGrid { moment, before, after });
            }
        }
        if moment > now {
            return Err(WindowError::NotOver { moment, now });
        }
        match self.earliest_start() {
            Some(start) if moment < start => Err(WindowError::BeforeStart { moment, start }),
            Some(_) | None => Ok(()),
        }
    }

    /// One window of everything up to a moment, which must be a boundary and over; None if the job
    /// is loaded up to it.
    pub fn up_to(
        &self,
        loaded_until: Moment,
        moment: Moment,
        now: Moment,
    ) -> Result<Option<Window>, WindowError> {
        self.check_over(moment, now)?;
        if let Some(end) = self.end_at
            && moment > end
        {
            return Err(WindowError::AfterEnd { moment, end });
        }
        Ok((moment > loaded_until).then_some(Window { start: loaded_until, end: moment }))
    }
}

/// The last boundary of the grid that is not behind the moment.
pub fn boundary_at_or_before(moment: Moment, interval: i64) -> Moment {
    moment.plus(-moment.microseconds().rem_euclid(interval))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;

    fn at(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    fn schedule(interval: Option<i64>, start_from: StartFrom) -> Schedule {
        Schedule {
            interval,
            start_from,
            end_at: None,
            delay: 0,
        }
    }

    /// The ends of all windows that are due.
    fn ends(schedule: &Schedule, now: &str) -> Vec<String> {
        let mut loaded_until = schedule.first_start(at(now));
        let mut ends = Vec::new();
        while let NextWindow::Due(window) = schedule.next(loaded_until, at(now)) {
            assert_eq!(window.start, loaded_until);
            assert!(window.end > window.start);
            ends.push(window.end.to_string());
            loaded_until = window.end;
        }
        ends
    }

    #[test]
    fn missed_windows_come_in_order_and_none_is_left_out() {
        let start = StartFrom::Moment(at("2026-01-01 00:00:00"));
        assert_eq!(
            ends(&schedule(Some(HOUR), start), "2026-01-01 03:59:59.999999"),
            ["2026-01-01 01:00:00", "2026-01-01 02:00:00", "2026-01-01 03:00:00"]
        );
        assert_eq!(ends(&schedule(Some(DAY), start), "2026-01-01 23:59:59"), [""; 0]);
    }

    #[test]
    fn the_beginning_is_one_window_up_to_the_last_boundary() {
        assert_eq!(
            ends(&schedule(Some(HOUR), StartFrom::Beginning), "2026-01-01 03:20:00"),
            ["2026-01-01 03:00:00"]
        );
    }

    #[test]
    fn now_is_the_full_interval_before_the_first_run() {
        let hourly = schedule(Some(HOUR), StartFrom::Now);
        assert_eq!(hourly.first_start(at("2026-01-01 03:20:00")), at("2026-01-01 02:00:00"));
        assert_eq!(ends(&hourly, "2026-01-01 03:20:00"), ["2026-01-01 03:00:00"]);
        assert_eq!(hourly.check_over(at("2025-01-01"), at("2026-01-01")), Ok(()));
        let by_hand = schedule(None, StartFrom::Now);
        assert_eq!(ends(&by_hand, "2026-01-01 03:20:00"), ["2026-01-01 03:20:00"]);
    }

    #[test]
    fn a_window_waits_for_the_delay_and_the_clock() {
        let start = StartFrom::Moment(at("2026-01-01 00:00:00"));
        let delayed = Schedule {
            delay: 10 * MINUTE,
            ..schedule(Some(HOUR), start)
        };
        let loaded = at("2026-01-01 00:00:00");
        let next = |now| delayed.next(loaded, delayed.ready(at(now)));
        assert_eq!(
            next("2026-01-01 01:09:59.999999"),
            NextWindow::DueAt(at("2026-01-01 01:00:00"))
        );
        let window = Window {
            start: loaded,
            end: at("2026-01-01 01:00:00"),
        };
        assert_eq!(next("2026-01-01 01:10:00"), NextWindow::Due(window));
    }

    #[test]
    fn the_first_window_is_not_due_before_a_boundary_is_ready() {
        let hourly = schedule(Some(HOUR), StartFrom::Beginning);
        let next = hourly.next(Moment::BEGINNING, Moment::BEGINNING);
        assert!(matches!(next, NextWindow::DueAt(end) if end > Moment::BEGINNING), "{next:?}");
    }

    #[test]
    fn the_last_window_ends_at_the_end_of_the_job() {
        let start = StartFrom::Moment(at("2026-01-01 00:00:00"));
        let end_at = Some(at("2026-01-01 01:30:00"));
        let ending = Schedule { end_at, ..schedule(Some(HOUR), start) };
        assert_eq!(
            ends(&ending, "2026-02-01 00:00:00"),
            ["2026-01-01 01:00:00", "2026-01-01 01:30:00"]
        );
        assert_eq!(
            ending.next(at("2026-01-01 01:30:00"), at("2026-02-01 00:00:00")),
            NextWindow::Ended
        );
    }

    #[test]
    fn without_an_interval_the_window_ends_at_the_clock() {
        let start = StartFrom::Moment(at("2026-01-01 00:00:00"));
        let now = "2026-01-01 03:20:00.5";
        assert_eq!(ends(&schedule(None, start), now), [now]);
    }

    #[test]
    fn an_interval_that_does_not_divide_a_day_runs_from_boundary_to_boundary() {
        let start = StartFrom::Moment(at("1970-01-01 00:00:00"));
        assert_eq!(
            ends(&schedule(Some(5 * HOUR), start), "1970-01-02 03:00:00").last().unwrap(),
            "1970-01-02 01:00:00"
        );
    }

    #[test]
    fn all_that_is_due_is_one_window() {
        let start = StartFrom::Moment(at("2026-01-01 00:00:00"));
        let hourly = schedule(Some(HOUR), start);
        let window = |start, end| NextWindow::Due(Window { start: at(start), end: at(end) });
        assert_eq!(
            hourly.all_due(at("2026-01-01 00:00:00"), at("2026-01-01 05:30:00")),
            window("2026-01-01 00:00:00", "2026-01-01 05:00:00")
        );
        let ending = Schedule {
            end_at: Some(at("2026-01-01 02:30:00")),
            ..hourly
        };
        assert_eq!(
            ending.all_due(at("2026-01-01 00:00:00"), at("2026-01-01 05:30:00")),
            window("2026-01-01 00:00:00", "2026-01-01 02:30:00")
        );
    }

    #[test]
    fn up_to_takes_a_boundary_that_is_over() {
        let hourly = schedule(Some(HOUR), StartFrom::Beginning);
        let (loaded, now) = (at("2026-01-01 00:00:00"), at("2026-01-01 05:30:00"));
        let up_to = |moment| hourly.up_to(loaded, at(moment), now);
        let window = Window {
            start: loaded,
            end: at("2026-01-01 04:00:00"),
        };
        assert_eq!(up_to("2026-01-01 04:00:00"), Ok(Some(window)));
        assert_eq!(up_to("2025-01-01 04:00:00"), Ok(None));
        assert!(matches!(up_to("2026-01-01 06:00:00"), Err(WindowError::NotOver { .. })));
        assert!(matches!(up_to("2026-01-01 04:30:00"), Err(WindowError::OffTheGrid { .. })));
    }
}
