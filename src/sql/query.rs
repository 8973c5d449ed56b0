//! SELECT over the catalog: the text, rewritten for SQLite, with the way back to the user's places.
//!
//! ```ebnf
//! query = ( "SELECT" | "WITH" ), (* what SQLite takes; tables are system.information_schema.name *)
//!         (* and system.monitoring.name *) ;
//! ```

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::error::TextError;
use super::lexical::{Parsed, fail_at, token_length};
use super::token::{Token, TokenKind, TokenList, closing_parenthesis, tokens};

/// The schemas of the catalog's views.
const SYSTEM: &str = "system";
const DEFINITIONS: &str = "information_schema";
const MONITORING: &str = "monitoring";

/// The name of the definitions' schema in SQLite.
const SQLITE_SCHEMA: &str = "temp";

/// The beginning of the names of the views of `system.monitoring` in SQLite.
const MONITORING_PREFIX: [&str; 2] = ["temp.monitoring_", "temp.\"monitoring_"];

/// The words that may follow a table without an alias (SQLite documentation, "SELECT").
const BEHIND_TABLE: [&str; 20] = [
    "CROSS",
    "EXCEPT",
    "FULL",
    "GROUP",
    "HAVING",
    "INDEXED",
    "INNER",
    "INTERSECT",
    "JOIN",
    "LEFT",
    "LIMIT",
    "NATURAL",
    "NOT",
    "ON",
    "ORDER",
    "RIGHT",
    "UNION",
    "USING",
    "WHERE",
    "WINDOW",
];

/// `SELECT …` or `WITH … SELECT …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The text as the user wrote it.
    pub text: String,
    /// The text for SQLite: each `system.information_schema` is `temp`, each `system.monitoring.`
    /// is `temp.monitoring_`, maybe with the view's own name as an alias, and comments are blanks,
    /// since its own do not nest.
    pub rewritten: String,
    /// The bytes of `text` that were replaced, in order, and the number of bytes in their place.
    replaced: Vec<(Range<usize>, usize)>,
    /// The byte of the statement at which `text` begins.
    start: usize,
}

impl Query {
    /// Converts a place in the rewritten text to a place in the statement.
    pub fn original_offset(&self, offset: usize) -> usize {
        let mut original = offset;
        for (range, length) in &self.replaced {
            if range.start >= original {
                break;
            }
            original = (original + range.len()).saturating_sub(*length).max(range.start);
        }
        self.start + original.min(self.text.len())
    }

    /// The bytes of the statement's token at a place in the rewritten text.
    pub fn original_span(&self, offset: usize) -> Range<usize> {
        let start = self.original_offset(offset);
        start..start + token_length(&self.text[start - self.start..])
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Takes everything up to the end of the statement; SQLite parses it.
pub(super) fn parse_query<'a>(source: &'a str, input: &'a str) -> Parsed<'a, Query> {
    let text = input.trim_end();
    let found: Vec<Token> = tokens(text).filter(|token| token.kind != TokenKind::Comment).collect();
    let list = TokenList { source: text, tokens: &found };
    let without_comments = list.code(&(0..found.len()));
    if let Some(stray) = closing_parenthesis(&found) {
        return fail_at(&input[found[stray].span.start..], 1, TextError::StrayParenthesis);
    }
    let mut query = Query {
        text: text.to_owned(),
        rewritten: String::with_capacity(text.len()),
        replaced: Vec::new(),
        start: source.len() - input.len(),
    };
    let mut copied = 0;
    for (index, token) in found.iter().enumerate() {
        let start = token.span.start;
        if start >= copied
            && let Some((end, by)) = replacement(list, index)
        {
            query.rewritten.push_str(&without_comments[copied..start]);
            query.rewritten.push_str(&by);
            copied = end;
            query.replaced.push((start..end, by.len()));
        }
    }
    query.rewritten.push_str(&without_comments[copied..]);
    Ok(("", query))
}

/// The text in place of the tokens from `index` up to the returned byte: of
/// `system . information_schema .` and of `system . monitoring . name`, in any letter case, quoted
/// or not.
fn replacement<'a>(list: TokenList<'a, '_>, index: usize) -> Option<(usize, Cow<'a, str>)> {
    let text = list.source;
    let [system, first_point, schema, second_point, view] = list.tokens.get(index..index + 5)?
    else {
        return None;
    };
    if !(names(text, system, SYSTEM) && first_point.is_symbol('.') && second_point.is_symbol('.')) {
        return None;
    }
    if names(text, schema, DEFINITIONS) {
        return Some((schema.span.end, SQLITE_SCHEMA.into()));
    }
    if !(names(text, schema, MONITORING) && view.is_name()) {
        return None;
    }
    let is_quoted = usize::from(view.kind == TokenKind::QuotedName);
    let name = &text[view.span.start + is_quoted..view.span.end];
    let mut by = format!("{}{name}", MONITORING_PREFIX[is_quoted]);
    if wants_alias(list, index + 4) {
        by.extend([" AS ", view.text(text)]);
    }
    Some((view.span.end, by.into()))
}

/// True if the token has the name, quoted or not.
fn names(text: &str, token: &Token, name: &str) -> bool {
    token.is_name() && token.unquoted(text).eq_ignore_ascii_case(name)
}

/// True if the view at this token has no alias, and a column is `view.column` in the query: for
/// SQLite the view has another name.
fn wants_alias(list: TokenList<'_, '_>, index: usize) -> bool {
    let name = list.tokens[index].unquoted(list.source);
    let is_used = (0..list.tokens.len()).any(|at| {
        names(list.source, &list.tokens[at], &name)
            && list.is_symbol(at + 1, '.')
            && !(at > 0 && list.is_symbol(at - 1, '.'))
    });
    let behind = index + 1;
    let is_name = list.tokens.get(behind).is_some_and(Token::is_name);
    let ends = !is_name || BEHIND_TABLE.iter().any(|word| list.is_word(behind, word));
    is_used && ends && !list.is_symbol(behind, '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        parse_query(text, text).unwrap().1
    }

    #[test]
    fn the_prefix_is_rewritten_wherever_it_stands() {
        let query = query(
            "SELECT c.name FROM System.\"information_schema\" . connections c JOIN system.information_schema.usages",
        );
        assert_eq!(query.rewritten, "SELECT c.name FROM temp . connections c JOIN temp.usages");
    }

    #[test]
    fn a_view_of_monitoring_has_its_schema_in_its_name() {
        let query = query(
            "SELECT * FROM system.monitoring . runs r, System.\"monitoring\".\"jobs\" WHERE bad",
        );
        let expected = "SELECT * FROM temp.monitoring_runs r, temp.\"monitoring_jobs\" WHERE bad";
        assert_eq!(query.rewritten, expected);
        let offset = query.rewritten.find("bad").unwrap();
        assert_eq!(query.original_offset(offset), query.text.find("bad").unwrap());
    }

    #[test]
    fn a_view_of_monitoring_goes_by_its_own_name() {
        for (text, expected) in [
            (
                "SELECT jobs.state FROM system.monitoring.jobs WHERE bad",
                "SELECT jobs.state FROM temp.monitoring_jobs AS jobs WHERE bad",
            ),
            (
                "SELECT Runs.job FROM (system.monitoring.\"runs\"), c WHERE bad",
                "SELECT Runs.job FROM (temp.\"monitoring_runs\" AS \"runs\"), c WHERE bad",
            ),
            (
                "SELECT jobs.a FROM system.monitoring.jobs j, system.information_schema.jobs x, bad",
                "SELECT jobs.a FROM temp.monitoring_jobs j, temp.jobs x, bad",
            ),
        ] {
            let query = query(text);
            assert_eq!(query.rewritten, expected);
            let offset = query.rewritten.find("bad").unwrap();
            assert_eq!(query.original_offset(offset), text.find("bad").unwrap());
        }
    }

    #[test]
    fn strings_are_left_alone_and_comments_become_blanks() {
        let comment = "/* /* é */ system.information_schema.y */";
        let text =
            |comment: &str| format!("SELECT 'system.information_schema.x /*' AS a {comment} , 1");
        let blanks = " ".repeat(comment.len());
        assert_eq!(query(&text(comment)).rewritten, text(&blanks));
    }

    #[test]
    fn a_place_in_the_rewritten_text_leads_back() {
        let text = "SELECT bad FROM system.information_schema.connections WHERE worse";
        let query = query(text);
        let offset = query.rewritten.find("worse").unwrap();
        assert_eq!(query.original_span(offset), text.find("worse").unwrap()..text.len());
        assert_eq!(query.original_offset(7), 7);
    }
}
