//! MERGE INTO, as the body of a job.

mod clause;
mod on;
mod redshift;

use std::ops::Range;

use nom::Parser;
use nom::combinator::opt;

use clause::clauses;
use on::conditions;

use super::check::ExcerptKind;
use super::outline::folded;
use super::target::target;
use super::token::body_tokens;
use super::writer::Writer;
use super::{ColumnMapping, JobBody, JobWrite, MergeKey, MergeParts, failure};
use crate::definition::JobKind;
use crate::name::Name;
use crate::sql::error::MergeError;
use crate::sql::lexical::{Parsed, blanks, expect, fail_at, keyword, not_here, symbol};
use crate::sql::name::Spanned;
use crate::sql::token::TokenList;

/// ```ebnf
/// merge      = "MERGE", "INTO", target, [ [ "AS" ], name ], "USING",
///              ( "(", query, ")", [ "AS" ], name | table, [ [ "AS" ], name ] ),
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
    let (using, target_alias) = match keyword("USING")(rest) {
        Ok(_) => (rest, None),
        Err(_) => alias(source, "USING, or an alias of the table", rest)
            .map(|(rest, name)| (rest, Some(name.value)))?,
    };
    let (rest, ()) = expect("USING", keyword("USING"))(using)?;
    let tokens = list.index_at(source.len() - using.len())..list.tokens.len();
    if !rest.starts_with('(') && redshift::is_redshift(list, tokens.clone()) {
        let mut writer = Writer::new(list, is_checked, JobKind::Merge, target);
        let write = redshift::write(&mut writer, list, &tokens, target_alias).map_err(fallible)?;
        return Ok(("", writer.finish(write)));
    }
    let target_alias = target_alias.unwrap_or_else(|| target.value.table.clone());
    let (rest, merged) = merged_rows(list, rest)?;
    let begin = rest;
    let (rest, source_alias) = match merged.name(list).filter(|_| keyword("ON")(rest).is_ok()) {
        Some(name) => (rest, name),
        None => alias(source, "an alias of the query, such as s", rest)?,
    };
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
    let start = writer.position();
    let found = match merged {
        MergedRows::Query(query) => writer.excerpt(query, ExcerptKind::Query, &[]),
        MergedRows::Table(table) => {
            writer.push("SELECT * FROM ");
            writer.excerpt(table, ExcerptKind::Table, &[])
        }
    };
    let query = start..found.map_err(fallible)?.end;
    writer.push(&format!("\n) AS {}\nON ", aliases.query.sql()));
    let (rest, ()) = expect("ON", keyword("ON"))(rest)?;
    let (rest, keys) = conditions(source, &aliases, rest)?;
    writer.push(&aliases.conditions(&keys));
    let (rest, clauses) = clauses(list, &aliases, rest)?;
    let parts = MergeParts {
        target_alias: aliases.target.clone(),
        query_alias: aliases.query.clone(),
        query,
        keys,
        delete: None,
        columns: ColumnMapping::InOrder,
        values: Vec::new(),
    };
    let parts = clauses.write(&mut writer, &aliases, parts).map_err(fallible)?;
    Ok((rest, writer.finish(JobWrite::Merge(parts))))
}

/// The tokens of the query, or of the name of the table, behind USING.
enum MergedRows {
    Query(Range<usize>),
    Table(Range<usize>),
}

impl MergedRows {
    /// The last part of the table's name, which is its alias unless it has another one.
    fn name(&self, list: TokenList<'_, '_>) -> Option<Spanned<Name>> {
        let Self::Table(tokens) = self else {
            return None;
        };
        let name = list.get(tokens.end - 1)?;
        let value = Name::new(&folded(list.source, name)).ok()?;
        Some(Spanned { value, span: name.span.clone() })
    }
}

fn merged_rows<'a>(list: TokenList<'a, '_>, input: &'a str) -> Parsed<'a, MergedRows> {
    let start = list.index_at(list.source.len() - input.len());
    let parts = list.path_at(start).len();
    if parts == 0 {
        let (rest, query) = parenthesis(list, "a query in parentheses, or a table", input)?;
        return Ok((rest, MergedRows::Query(query)));
    }
    let end = start + 2 * parts - 1;
    Ok((&list.source[list.start_of(end)..], MergedRows::Table(start..end)))
}

/// The aliases of the target and of the query.
struct Aliases {
    target: Name,
    query: Name,
}

impl Aliases {
    /// The conditions of ON in canonical form, the target's column first.
    fn conditions(&self, keys: &[MergeKey]) -> String {
        let (target, query) = (self.target.sql(), self.query.sql());
        let condition = |MergeKey { target: of_target, query: of_query }: &MergeKey| {
            format!("{target}.{} = {query}.{}", of_target.sql(), of_query.sql())
        };
        keys.iter().map(condition).collect::<Vec<_>>().join(" AND ")
    }

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
