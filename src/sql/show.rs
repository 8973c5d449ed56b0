//! SHOW and DESCRIBE.

use std::fmt;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt};
use nom::sequence::preceded;

use super::lexical::{Parsed, expect, integer, keyword, not_here, string, symbol};
use super::literal::StringLiteral;
use super::name::{Named, Spanned, expect_name, name};
use crate::name::{ConnectionName, JobName, Name, Object, ObjectName, TableName};

/// The object of SHOW or DESCRIBE. In a pattern `%` matches any text and `_` one character, in any
/// letter case.
#[derive(Clone, Debug)]
pub enum Show {
    /// `SHOW CONNECTIONS [LIKE 'pattern']`
    Connections {
        /// The pattern.
        like: Option<String>,
    },
    /// `SHOW TABLES [IN connection[.schema]] [LIKE 'pattern']`
    Tables {
        /// The connection of the tables.
        connection: Option<Spanned<ConnectionName>>,
        /// Their schema.
        schema: Option<Spanned<Name>>,
        /// The pattern.
        like: Option<String>,
    },
    /// `SHOW JOBS [LIKE 'pattern']`
    Jobs {
        /// The pattern.
        like: Option<String>,
    },
    /// `SHOW RUNS [OF JOB name] [LIMIT n]`
    Runs {
        /// The job of the runs.
        job: Option<Spanned<JobName>>,
        /// The most runs.
        limit: Option<u32>,
    },
    /// `SHOW SESSIONS [OF CONNECTION name]`
    Sessions {
        /// The connection of the sessions.
        connection: Option<Spanned<ConnectionName>>,
    },
    /// `DESCRIBE object`
    Object(Spanned<Object>),
    /// `SHOW CREATE object`
    Create(Spanned<Object>),
    /// `SHOW USAGES OF object`: of a connection or a table.
    Usages(Spanned<Object>),
}

impl fmt::Display for Show {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let like = match self {
            Self::Connections { like } => {
                f.write_str("SHOW CONNECTIONS")?;
                like
            }
            Self::Tables { connection, schema, like } => {
                f.write_str("SHOW TABLES")?;
                if let Some(connection) = connection {
                    write!(f, " IN {}", connection.value.sql())?;
                }
                if let Some(schema) = schema {
                    write!(f, ".{}", schema.value.sql())?;
                }
                like
            }
            Self::Jobs { like } => {
                f.write_str("SHOW JOBS")?;
                like
            }
            Self::Runs { job, limit } => {
                f.write_str("SHOW RUNS")?;
                if let Some(job) = job {
                    write!(f, " OF JOB {}", job.value.sql())?;
                }
                return match limit {
                    Some(limit) => write!(f, " LIMIT {limit}"),
                    None => Ok(()),
                };
            }
            Self::Sessions { connection: None } => return f.write_str("SHOW SESSIONS"),
            Self::Sessions { connection: Some(connection) } => {
                return write!(f, "SHOW SESSIONS OF CONNECTION {}", connection.value.sql());
            }
            Self::Object(object) => return write_object(f, "DESCRIBE", object),
            Self::Create(object) => return write_object(f, "SHOW CREATE", object),
            Self::Usages(object) => return write_object(f, "SHOW USAGES OF", object),
        };
        match like {
            Some(pattern) => write!(f, " LIKE {}", StringLiteral(pattern)),
            None => Ok(()),
        }
    }
}

fn write_object(f: &mut fmt::Formatter<'_>, words: &str, object: &Spanned<Object>) -> fmt::Result {
    let (kind, name) = (object.value.kind().to_ascii_uppercase(), object.value.sql());
    write!(f, "{words} {kind} {name}")
}

/// ```ebnf
/// show = "SHOW", ( "CONNECTIONS", [ like ] | "TABLES", [ "IN", name, [ ".", name ] ], [ like ] | "JOBS", [ like ]
///      | "RUNS", [ "OF", "JOB", name ], [ "LIMIT", integer ] | "SESSIONS", [ "OF", "CONNECTION", name ]
///      | "CREATE", object | "USAGES", "OF", ( "CONNECTION", name | "TABLE", table name ) ) ;
/// like = "LIKE", string ;
/// ```
pub(super) fn parse_show<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Show> {
    let (rest, ()) = keyword("SHOW")(input)?;
    expect(
        "CONNECTIONS, TABLES, JOBS, RUNS, SESSIONS, CREATE or USAGES OF",
        alt((
            map(preceded(keyword("CONNECTIONS"), like), |like| Show::Connections { like }),
            |input| tables(source, input),
            map(preceded(keyword("JOBS"), like), |like| Show::Jobs { like }),
            |input| runs(source, input),
            |input| sessions(source, input),
            map(preceded(keyword("CREATE"), |input| object(source, input)), Show::Create),
            |input| usages(source, input),
        )),
    )(rest)
}

/// ```ebnf
/// describe = "DESCRIBE", object ;
/// object   = "CONNECTION", name | "TABLE", table name | "JOB", name ;
/// ```
pub(super) fn parse_describe<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Show> {
    let (rest, ()) = keyword("DESCRIBE")(input)?;
    map(|input| object(source, input), Show::Object).parse(rest)
}

fn tables<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Show> {
    let (rest, ()) = keyword("TABLES")(input)?;
    let within = preceded(keyword("IN"), |input| expect_name(source, input));
    let (rest, connection) = opt(within).parse(rest)?;
    let (rest, schema) = match connection {
        Some(_) => schema(source, rest)?,
        None => (rest, None),
    };
    let (rest, like) = like(rest)?;
    let show = Show::Tables { connection, schema, like };
    Ok((rest, show))
}

/// `.schema` behind the name of a connection.
pub(super) fn schema<'a>(source: &str, input: &'a str) -> Parsed<'a, Option<Spanned<Name>>> {
    let name = expect("the name of a schema", |input| name(source, input));
    opt(preceded(symbol('.', "."), name)).parse(input)
}

pub(super) fn like(input: &str) -> Parsed<'_, Option<String>> {
    opt(preceded(keyword("LIKE"), expect("a pattern, as a string", string))).parse(input)
}

fn runs<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Show> {
    let (rest, ()) = keyword("RUNS")(input)?;
    let of = (keyword("OF"), expect("JOB", keyword("JOB")));
    let (rest, job) = opt(preceded(of, |input| expect_name(source, input))).parse(rest)?;
    let (rest, limit) = opt(preceded(keyword("LIMIT"), limit)).parse(rest)?;
    Ok((rest, Show::Runs { job, limit }))
}

/// A number of runs, at least 1.
fn limit(input: &str) -> Parsed<'_, u32> {
    let expected = "a number from 1 to 4294967295";
    let (rest, digits) = expect(expected, integer)(input)?;
    match digits.parse() {
        Ok(limit) if limit > 0 => Ok((rest, limit)),
        Ok(_) | Err(_) => not_here(input, expected),
    }
}

fn sessions<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Show> {
    let (rest, ()) = keyword("SESSIONS")(input)?;
    let of = (keyword("OF"), expect("CONNECTION", keyword("CONNECTION")));
    let name = preceded(of, |input| expect_name(source, input));
    map(opt(name), |connection| Show::Sessions { connection }).parse(rest)
}

fn usages<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Show> {
    let (rest, ()) = keyword("USAGES")(input)?;
    let (rest, ()) = expect("OF CONNECTION or OF TABLE", keyword("OF"))(rest)?;
    let used = expect(
        "CONNECTION or TABLE",
        alt((
            |input| named::<ConnectionName>(source, input),
            |input| named::<TableName>(source, input),
        )),
    );
    map(used, Show::Usages).parse(rest)
}

fn object<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Spanned<Object>> {
    expect(
        "CONNECTION, TABLE or JOB",
        alt((
            |input| named::<ConnectionName>(source, input),
            |input| named::<TableName>(source, input),
            |input| named::<JobName>(source, input),
        )),
    )(input)
}

/// The keyword of the kind, and a name.
fn named<'a, N: Named + ObjectName>(
    source: &'a str,
    input: &'a str,
) -> Parsed<'a, Spanned<Object>> {
    let (rest, ()) = keyword(N::KEYWORD)(input)?;
    let (rest, found) = expect(N::WHAT, |input| name::<N>(source, input))(rest)?;
    let Spanned { value, span } = found;
    let value = value.object();
    Ok((rest, Spanned { value, span }))
}
