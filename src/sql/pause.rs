//! PAUSE and RESUME of jobs.

use std::fmt;

use super::lexical::{Parsed, expect, keyword};
use super::literal::CommaSeparated;
use super::name::{Spanned, names};
use crate::name::JobName;

/// `PAUSE JOB` and `RESUME JOB`
#[derive(Clone, Debug)]
pub struct PauseJobs {
    /// PAUSE or RESUME.
    pub action: PauseAction,
    /// The names of the jobs.
    pub names: Vec<Spanned<JobName>>,
}

/// PAUSE or RESUME.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseAction {
    /// The jobs run no more.
    Pause,
    /// The jobs run again.
    Resume,
}

impl PauseAction {
    /// The keyword.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pause => "PAUSE",
            Self::Resume => "RESUME",
        }
    }

    /// The command tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Pause => "PAUSE JOB",
            Self::Resume => "RESUME JOB",
        }
    }
}

impl fmt::Display for PauseJobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.action.tag())?;
        CommaSeparated(self.names.iter().map(|name| name.value.sql())).fmt(f)
    }
}

/// ```ebnf
/// pause = ( "PAUSE" | "RESUME" ), "JOB", names ;
/// ```
pub(super) fn parse_pause<'a>(
    action: PauseAction,
    source: &'a str,
    input: &'a str,
) -> Parsed<'a, PauseJobs> {
    let (rest, ()) = keyword(action.word())(input)?;
    let (rest, ()) = expect("JOB", keyword("JOB"))(rest)?;
    let (rest, names) = names(source, rest)?;
    Ok((rest, PauseJobs { action, names }))
}
