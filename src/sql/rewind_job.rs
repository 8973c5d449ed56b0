//! REWIND JOB.

use std::fmt;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::map;

use super::lexical::{Parsed, expect, keyword, span_between};
use super::name::{Spanned, expect_name};
use super::run_job::moment;
use crate::definition::Moment;
use crate::name::JobName;

/// `REWIND JOB`
#[derive(Clone, Debug)]
pub struct RewindJob {
    /// The job.
    pub name: Spanned<JobName>,
    /// The moment from which it runs again; BEGINNING is `Moment::BEGINNING`.
    pub to: Spanned<Moment>,
}

impl fmt::Display for RewindJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "REWIND JOB {} TO ", self.name.value.sql())?;
        if self.to.value == Moment::BEGINNING {
            f.write_str("BEGINNING")
        } else {
            write!(f, "TIMESTAMP '{}'", self.to.value)
        }
    }
}

/// ```ebnf
/// rewind = "REWIND", "JOB", name, "TO", ( "BEGINNING" | moment ) ;
/// ```
pub(super) fn parse_rewind<'a>(source: &'a str, input: &'a str) -> Parsed<'a, RewindJob> {
    let (rest, ()) = keyword("REWIND")(input)?;
    let (rest, ()) = expect("JOB", keyword("JOB"))(rest)?;
    let (rest, name) = expect_name(source, rest)?;
    let (rest, ()) = expect("TO", keyword("TO"))(rest)?;
    let start = rest;
    let beginning = map(keyword("BEGINNING"), |()| None);
    let expected = "BEGINNING or TIMESTAMP '2026-01-31 10:00:00'";
    let at = map(|input| moment(source, expected, input), Some);
    let (rest, to) = alt((beginning, at)).parse(rest)?;
    let to = to.unwrap_or_else(|| Spanned {
        value: Moment::BEGINNING,
        span: span_between(source, start, rest),
    });
    Ok((rest, RewindJob { name, to }))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::diagnostic::Diagnostic;

    #[test]
    fn a_rewind_takes_a_job_and_a_moment() {
        for (text, printed) in [
            ("rewind job \"A b\" to beginning;", "REWIND JOB \"a b\" TO BEGINNING"),
            (
                "REWIND JOB a TO timestamp '2026-01-31'",
                "REWIND JOB a TO TIMESTAMP '2026-01-31 00:00:00'",
            ),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), printed);
            assert_eq!(parse(printed).unwrap().to_string(), printed);
        }
    }

    #[test]
    fn a_rewind_to_nowhere_is_an_error() {
        for text in [
            "REWIND",
            "REWIND JOB a",
            "REWIND JOB a, b TO BEGINNING",
            "REWIND JOB a TO NOW",
            "REWIND JOB a TO TIMESTAMP 'x'",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        for text in ["REWIND a TO BEGINNING", "RUN load", "PAUSE a", "SHOW RUNS OF a"] {
            let hint = parse(text).unwrap_err().hint();
            assert_eq!(hint.as_deref(), Some("write JOB before the name of the job"), "{text}");
        }
        let message = |text| parse(text).unwrap_err().message();
        assert_eq!(
            message("REWIND JOB a TO NOW"),
            "syntax error at or near \"NOW\": expected BEGINNING or TIMESTAMP '2026-01-31 10:00:00'"
        );
        assert_eq!(
            message("REWIND JOB a TO TIMESTAMP 'x'"),
            "invalid input syntax for type timestamp: \"x\""
        );
    }
}
