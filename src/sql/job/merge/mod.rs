//! MERGE INTO, as the body of a job.

mod clause;
mod on;

use std::ops::Range;

use nom::Parser;
use nom::combinator::opt;

use clause::clauses;
use on::conditions;

use super::check::ExcerptKind;
use super::lexed::Lexed;
use super::target::target;
use super::writer::Writer;
use super::{JobBody, failure};
use crate::definition::JobKind;
use crate::name::Name;
use crate::sql::error::{MergeError, SqlError, SqlErrorKind};
use crate::sql::lexical::{Parsed, blanks, expect, fail_at, keyword, not_here, symbol};
use crate::sql::name::Spanned;

/// ```ebnf
/// merge      = "MERGE", "INTO", target, [ [ "AS" ], name ], "USING", "(", query, ")", [ "AS" ], name,
///              "ON", conditions, [ delete ], replace, insert ;
/// conditions = condition, { "AND", condition } ;
/// condition  = "(", conditions, ")" | column, "=", column ;
/// column     = alias, ".", name ;
/// delete     = "WHEN", "MATCHED", "AND", expression, "THEN", "DELETE" ;
/// replace    = "WHEN", "MATCHED", "THEN", "REPLACE" ;
/// insert     = "WHEN", "NOT", "MATCHED", "THEN", "INSERT",
///              ( by name | listed, "VALUES", "(", expression, { ",", expression }, ")" ) ;
/// ```
/// `input` begins behind INTO.
pub(super) fn merge<'a>(source: &'a str, is_checked: bool, input: &'a str) -> Parsed<'a, JobBody> {
    let (rest, target) = target(source, input)?;
    let lexed =
        Lexed::cut(source, source.len() - rest.len()).map_err(|error| failure(source, error))?;
    let (rest, target_alias) = match keyword("USING")(rest) {
        Ok(_) => (rest, target.value.table.clone()),
        Err(_) => alias(source, "USING, or an alias of the table", rest)
            .map(|(rest, name)| (rest, name.value))?,
    };
    let (rest, ()) = expect("USING", keyword("USING"))(rest)?;
    let (rest, query) = parenthesis(&lexed, "a query in parentheses", rest)?;
    let begin = rest;
    let (rest, source_alias) = alias(source, "an alias of the query, such as s", rest)?;
    if source_alias.value == target_alias {
        let length = source_alias.span.len();
        let at = &begin[begin.len() - (source.len() - source_alias.span.start)..];
        return fail_at(at, length, SqlErrorKind::Merge(MergeError::SameAlias));
    }
    let aliases = Aliases {
        target: target_alias,
        query: source_alias.value,
    };
    let mut writer = Writer::new(&lexed, is_checked, JobKind::Merge, target);
    let fallible = |result: Result<(), SqlError>| result.map_err(|error| failure(source, error));
    writer.push(&format!(" AS {}\nUSING (\n", aliases.target));
    fallible(writer.excerpt(query, ExcerptKind::Query, &[]))?;
    writer.push(&format!("\n) AS {}\nON ", aliases.query));
    let (rest, ()) = expect("ON", keyword("ON"))(rest)?;
    let (rest, conditions) = conditions(source, &aliases, rest)?;
    writer.push(&conditions);
    let (rest, clauses) = clauses(&lexed, &aliases, rest)?;
    fallible(clauses.write(&mut writer, &aliases))?;
    Ok((rest, writer.finish()))
}

/// The aliases of the target and of the query.
struct Aliases {
    target: Name,
    query: Name,
}

impl Aliases {
    fn folded(&self) -> [String; 2] {
        [self.target.as_str().to_owned(), self.query.as_str().to_owned()]
    }
}

/// `[AS] name`
fn alias<'a>(source: &'a str, expected: &'static str, input: &'a str) -> Parsed<'a, Spanned<Name>> {
    let (rest, _) = opt(keyword("AS")).parse(input)?;
    if ["ON", "WHEN", "USING"].iter().any(|word| keyword(word)(rest).is_ok())
        || rest.starts_with('(')
    {
        return not_here(rest, expected);
    }
    expect(expected, |input| crate::sql::name::name(source, input))(rest)
}

/// The tokens inside the parenthesis that begins here.
fn parenthesis<'a>(
    lexed: &Lexed<'a>,
    expected: &'static str,
    input: &'a str,
) -> Parsed<'a, Range<usize>> {
    let open = lexed.index_at(lexed.source.len() - input.len());
    expect(expected, symbol('(', "("))(input)?;
    let behind = lexed.behind_parenthesis(open);
    let (rest, ()) = blanks(&lexed.source[lexed.start_of(behind - 1) + 1..])?;
    Ok((rest, open + 1..behind - 1))
}
