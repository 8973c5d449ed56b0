//! MERGE INTO, as the body of a job.

mod clause;
mod on;

use std::ops::Range;

use nom::Parser;
use nom::combinator::opt;

use clause::clauses;
use on::conditions;

use super::check::ExcerptKind;
use super::target::target;
use super::token::body_tokens;
use super::writer::Writer;
use super::{JobBody, failure};
use crate::definition::JobKind;
use crate::name::Name;
use crate::sql::error::MergeError;
use crate::sql::lexical::{Parsed, blanks, expect, fail_at, keyword, not_here, symbol};
use crate::sql::name::Spanned;
use crate::sql::token::TokenList;

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
    let fallible = |error| failure(source, error);
    let tokens = body_tokens(source, source.len() - rest.len()).map_err(fallible)?;
    let list = TokenList { source, tokens: &tokens };
    let (rest, target_alias) = match keyword("USING")(rest) {
        Ok(_) => (rest, target.value.table.clone()),
        Err(_) => alias(source, "USING, or an alias of the table", rest)
            .map(|(rest, name)| (rest, name.value))?,
    };
    let (rest, ()) = expect("USING", keyword("USING"))(rest)?;
    let (rest, query) = parenthesis(list, "a query in parentheses", rest)?;
    let begin = rest;
    let (rest, source_alias) = alias(source, "an alias of the query, such as s", rest)?;
    if source_alias.value == target_alias {
        let length = source_alias.span.len();
        let at = &begin[begin.len() - (source.len() - source_alias.span.start)..];
        return fail_at(at, length, MergeError::SameAlias);
    }
    let aliases = Aliases {
        target: target_alias,
        query: source_alias.value,
    };
    let mut writer = Writer::new(list, is_checked, JobKind::Merge, target);
    writer.push(&format!(" AS {}\nUSING (\n", aliases.target.sql()));
    writer.excerpt(query, ExcerptKind::Query, &[]).map_err(fallible)?;
    writer.push(&format!("\n) AS {}\nON ", aliases.query.sql()));
    let (rest, ()) = expect("ON", keyword("ON"))(rest)?;
    let (rest, conditions) = conditions(source, &aliases, rest)?;
    writer.push(&conditions);
    let (rest, clauses) = clauses(list, &aliases, rest)?;
    clauses.write(&mut writer, &aliases).map_err(fallible)?;
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
    list: TokenList<'a, '_>,
    expected: &'static str,
    input: &'a str,
) -> Parsed<'a, Range<usize>> {
    let open = list.index_at(list.source.len() - input.len());
    expect(expected, symbol('(', "("))(input)?;
    let close = list.end_of_group(open + 1);
    let (rest, ()) = blanks(&list.source[list.start_of(close) + 1..])?;
    Ok((rest, open + 1..close))
}
