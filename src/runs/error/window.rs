//! Errors of windows.

use crate::definition::{AwaitedJob, Moment};
use crate::diagnostic::{Diagnosis, Diagnostic, ExitStatus, display_message};
use crate::sqlstate::SqlState as S;

/// A moment that cannot be the bound of a window.
#[derive(Clone, Debug, PartialEq)]
pub enum WindowError {
    /// UP TO or START_FROM is no boundary.
    OffTheGrid {
        /// The moment.
        moment: Moment,
        /// The boundary before it.
        before: Moment,
        /// The boundary behind it.
        after: Moment,
    },
    /// UP TO or REWIND names a moment that is still to come.
    NotOver {
        /// The moment.
        moment: Moment,
        /// The warehouse's clock.
        now: Moment,
    },
    /// UP TO or REWIND names a moment before START_FROM.
    BeforeStart {
        /// The moment.
        moment: Moment,
        /// The start of the job's first window.
        start: Moment,
    },
    /// UP TO names a moment up to which the sources of a SYNC job are not loaded.
    SourcesBehind {
        /// The moment.
        moment: Moment,
        /// The job that writes a source.
        awaited: AwaitedJob,
    },
    /// UP TO is behind END_AT.
    AfterEnd {
        /// The moment.
        moment: Moment,
        /// The end of the job.
        end: Moment,
    },
}

impl Diagnostic for WindowError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::OffTheGrid { moment, before, after } => S::InvalidParameterValue
                .error(format!("{moment} is no boundary of the job's windows"))
                .hint(format!("the nearest are TIMESTAMP '{before}' and TIMESTAMP '{after}'")),
            Self::NotOver { moment, now } => S::InvalidParameterValue
                .error(format!("{moment} is in the future"))
                .hint(format!("the warehouse's clock says {now} UTC")),
            Self::BeforeStart { moment, start } => S::InvalidParameterValue
                .error(format!("{moment} is before START_FROM, which is {start}")),
            Self::SourcesBehind { moment, awaited } => S::NotInPrerequisiteState
                .error(format!("the sources of the job are not loaded until {moment}"))
                .hint(awaited.to_string())
                .exits_with(ExitStatus::NoConnection),
            Self::AfterEnd { moment, end } => {
                S::InvalidParameterValue.error(format!("{moment} is after END_AT, which is {end}"))
            }
        }
    }
}

display_message!(WindowError);
