//! SHOW and DESCRIBE.

use std::fmt;

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt};

use super::lexical::{Parsed, expect, keyword, string};
use super::literal::StringLiteral;
use super::name::{Spanned, connection_name, locate};
use crate::name::ConnectionName;

/// What is to be shown.
#[derive(Clone, Debug)]
pub enum Show {
    /// `SHOW CONNECTIONS [LIKE 'pattern']`
    Connections {
        /// The pattern: `%` and `_`, any letter case.
        like: Option<String>,
    },
    /// `DESCRIBE CONNECTION name`
    Connection(Spanned<ConnectionName>),
    /// `SHOW CREATE CONNECTION name`
    CreateConnection(Spanned<ConnectionName>),
    /// `SHOW USAGES OF CONNECTION name`
    UsagesOfConnection(Spanned<ConnectionName>),
}

impl fmt::Display for Show {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connections { like: None } => f.write_str("SHOW CONNECTIONS"),
            Self::Connections { like: Some(pattern) } => write!(f, "SHOW CONNECTIONS LIKE {}", StringLiteral(pattern)),
            Self::Connection(name) => write!(f, "DESCRIBE CONNECTION {}", name.value),
            Self::CreateConnection(name) => write!(f, "SHOW CREATE CONNECTION {}", name.value),
            Self::UsagesOfConnection(name) => write!(f, "SHOW USAGES OF CONNECTION {}", name.value),
        }
    }
}

/// ```ebnf
/// show = "SHOW", ( "CONNECTIONS", [ "LIKE", string ] | "CREATE", "CONNECTION", name | "USAGES", "OF", "CONNECTION", name ) ;
/// ```
pub(super) fn parse_show<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Show> {
    let (rest, ()) = keyword("SHOW")(input)?;
    expect(
        "CONNECTIONS, CREATE CONNECTION or USAGES OF CONNECTION",
        alt((
            connections,
            map(|input| named("CREATE", source, input), Show::CreateConnection),
            map(|input| usages(source, input), Show::UsagesOfConnection),
        )),
    )(rest)
}

/// ```ebnf
/// describe = "DESCRIBE", "CONNECTION", name ;
/// ```
pub(super) fn parse_describe<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Show> {
    map(|input| named("DESCRIBE", source, input), Show::Connection).parse(input)
}

fn connections(input: &str) -> Parsed<'_, Show> {
    let (rest, ()) = keyword("CONNECTIONS")(input)?;
    let (rest, like) = opt(keyword("LIKE")).parse(rest)?;
    if like.is_none() {
        return Ok((rest, Show::Connections { like: None }));
    }
    let (rest, pattern) = expect("a pattern, as a string", string)(rest)?;
    Ok((rest, Show::Connections { like: Some(pattern) }))
}

fn usages<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Spanned<ConnectionName>> {
    let (rest, ()) = keyword("USAGES")(input)?;
    expect("OF CONNECTION", |input| named("OF", source, input))(rest)
}

/// A word, CONNECTION, and a name.
fn named<'a>(word: &'static str, source: &'a str, input: &'a str) -> Parsed<'a, Spanned<ConnectionName>> {
    let (rest, ()) = keyword(word)(input)?;
    let (rest, ()) = expect("CONNECTION", keyword("CONNECTION"))(rest)?;
    let (rest, name) = expect("the name of a connection", connection_name)(rest)?;
    Ok((rest, locate(source, name)))
}
