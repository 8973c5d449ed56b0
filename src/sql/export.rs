//! EXPORT CATALOG.

use std::fmt;

use nom::Parser;
use nom::combinator::opt;

use super::lexical::{Parsed, expect, keyword, span_between, string};
use super::literal::StringLiteral;
use super::name::Spanned;

/// `EXPORT CATALOG`
#[derive(Clone, Debug)]
pub struct Export {
    /// The file for the script; without one the script is the statement's answer.
    pub file: Option<Spanned<String>>,
}

impl fmt::Display for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EXPORT CATALOG")?;
        match &self.file {
            Some(file) => write!(f, " TO {}", StringLiteral(&file.value)),
            None => Ok(()),
        }
    }
}

/// ```ebnf
/// export = "EXPORT", "CATALOG", [ "TO", string ] ;
/// ```
pub(super) fn parse_export<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Export> {
    let (rest, ()) = keyword("EXPORT")(input)?;
    let (rest, ()) = expect("CATALOG", keyword("CATALOG"))(rest)?;
    let (begin, to) = opt(keyword("TO")).parse(rest)?;
    if to.is_none() {
        return Ok((begin, Export { file: None }));
    }
    let (rest, value) = expect("the path of a file, as a string", string)(begin)?;
    let span = span_between(source, begin, rest);
    Ok((rest, Export { file: Some(Spanned { value, span }) }))
}
