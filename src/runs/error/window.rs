//! Errors of windows.

use crate::definition::Moment;
use crate::diagnostic::{Diagnosis, Diagnostic, display_message};
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
            Self::AfterEnd { moment, end } => {
                S::InvalidParameterValue.error(format!("{moment} is after END_AT, which is {end}"))
            }
        }
    }
}

display_message!(WindowError);
