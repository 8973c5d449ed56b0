//! TEST JOB.

use std::fmt;

use super::lexical::{Parsed, keyword};
use super::literal::CommaSeparated;
use super::name::{Spanned, names};
use crate::name::JobName;

/// `TEST JOB`
#[derive(Clone, Debug)]
pub struct TestJob {
    /// The jobs.
    pub names: Vec<Spanned<JobName>>,
}

impl fmt::Display for TestJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.names.iter().map(|name| name.value.sql());
        write!(f, "TEST JOB {}", CommaSeparated(names))
    }
}

/// ```ebnf
/// test job = "TEST", "JOB", names ;
/// ```
pub(super) fn parse_test_job<'a>(source: &'a str, input: &'a str) -> Parsed<'a, TestJob> {
    let (rest, ()) = keyword("TEST")(input)?;
    let (rest, ()) = keyword("JOB")(rest)?;
    let (rest, names) = names(source, rest)?;
    Ok((rest, TestJob { names }))
}
