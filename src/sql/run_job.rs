//! RUN JOB.

use std::fmt;

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use super::lexical::{Parsed, expect, keyword, keywords, span_between, string};
use super::literal::CommaSeparated;
use super::name::{Spanned, names};
use super::{OptionError, lexical};
use crate::definition::Moment;
use crate::name::JobName;

/// `RUN JOB`
#[derive(Clone, Debug)]
pub struct RunJob {
    /// The jobs, in the order in which they run.
    pub names: Vec<Spanned<JobName>>,
    /// UP TO: one window of everything up to this moment.
    pub up_to: Option<Spanned<Moment>>,
}

impl fmt::Display for RunJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.names.iter().map(|name| name.value.sql());
        write!(f, "RUN JOB {}", CommaSeparated(names))?;
        match &self.up_to {
            Some(moment) => write!(f, " UP TO TIMESTAMP '{}'", moment.value),
            None => Ok(()),
        }
    }
}

/// ```ebnf
/// run = "RUN", "JOB", names, [ "UP", "TO", moment ] ;
/// ```
pub(super) fn parse_run<'a>(source: &'a str, input: &'a str) -> Parsed<'a, RunJob> {
    let (rest, ()) = keyword("RUN")(input)?;
    let (rest, names) =
        expect("JOB", preceded(keyword("JOB"), |input| names(source, input)))(rest)?;
    let up_to = preceded(keywords(&["UP", "TO"]), |input| {
        moment(source, "TIMESTAMP '2026-01-31 10:00:00'", input)
    });
    let (rest, up_to) = opt(up_to).parse(rest)?;
    Ok((rest, RunJob { names, up_to }))
}

/// ```ebnf
/// moment = "TIMESTAMP", string ;
/// ```
pub(super) fn moment<'a>(
    source: &'a str,
    expected: &'static str,
    input: &'a str,
) -> Parsed<'a, Spanned<Moment>> {
    let (rest, ()) = expect(expected, keyword("TIMESTAMP"))(input)?;
    let start = rest;
    let (rest, text) = expect("a string such as '2026-01-31 10:00:00'", string)(rest)?;
    match Moment::parse(&text) {
        Some(value) => Ok((
            rest,
            Spanned {
                value,
                span: span_between(source, start, rest),
            },
        )),
        None => lexical::fail(start, OptionError::NotATimestamp(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::diagnostic::Diagnostic;

    #[test]
    fn a_run_takes_jobs_and_a_moment() {
        for (text, printed) in [
            ("run job A, \"b c\";", "RUN JOB a, \"b c\""),
            (
                "RUN JOB a up to timestamp '2026-01-31T10:00Z'",
                "RUN JOB a UP TO TIMESTAMP '2026-01-31 10:00:00'",
            ),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), printed);
            assert_eq!(parse(printed).unwrap().to_string(), printed);
        }
    }

    #[test]
    fn a_run_of_nothing_is_an_error() {
        for text in ["RUN", "RUN JOB", "RUN JOB a UP", "RUN JOB a UP TO NOW"] {
            assert!(parse(text).is_err(), "{text}");
        }
        let error = parse("RUN JOB a UP TO TIMESTAMP '2026-01-31 10:00+02'").unwrap_err();
        assert_eq!(
            error.message(),
            "invalid input syntax for type timestamp: \"2026-01-31 10:00+02\""
        );
        assert_eq!(
            error.hint().as_deref(),
            Some("write TIMESTAMP '2026-01-31 10:00:00'; it is UTC")
        );
    }
}
