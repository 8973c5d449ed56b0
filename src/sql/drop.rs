//! DROP of connections, tables and jobs.

use std::fmt;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{opt, value};

use super::lexical::{Parsed, keyword, keywords};
use super::literal::CommaSeparated;
use super::name::{Named, Spanned, names};
use crate::name::{ConnectionName, JobName, ObjectName, TableName};

/// A DROP of objects of one kind.
#[derive(Clone, Debug)]
pub struct Drop<N> {
    /// IF EXISTS: a missing object is no error.
    pub if_exists: bool,
    /// Their names.
    pub names: Vec<Spanned<N>>,
    /// CASCADE: drop the dependents too.
    pub cascade: bool,
}

/// `DROP CONNECTION`
pub type DropConnection = Drop<ConnectionName>;
/// `DROP TABLE`
pub type DropTable = Drop<TableName>;
/// `DROP JOB`; nothing depends on a job.
pub type DropJob = Drop<JobName>;

impl<N: ObjectName> fmt::Display for Drop<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DROP {} ", N::KEYWORD)?;
        if self.if_exists {
            f.write_str("IF EXISTS ")?;
        }
        CommaSeparated(self.names.iter().map(|name| name.value.clone().object().sql())).fmt(f)?;
        if self.cascade { f.write_str(" CASCADE") } else { Ok(()) }
    }
}

/// ```ebnf
/// drop      = "DROP", object, [ "IF", "EXISTS" ], names, [ "CASCADE" | "RESTRICT" ] ;
/// object    = [ "REDSHIFT" ], "CONNECTION" | "TABLE" | "JOB" ;
/// ```
/// `input` begins behind the object.
pub(super) fn drop_of<'a, N: Named>(source: &'a str, input: &'a str) -> Parsed<'a, Drop<N>> {
    let (rest, if_exists) = opt(keywords(&["IF", "EXISTS"])).parse(input)?;
    let (rest, names) = names(source, rest)?;
    let (rest, cascade) =
        opt(alt((value(true, keyword("CASCADE")), value(false, keyword("RESTRICT")))))
            .parse(rest)?;
    let statement = Drop {
        if_exists: if_exists.is_some(),
        names,
        cascade: cascade.unwrap_or(false),
    };
    Ok((rest, statement))
}
