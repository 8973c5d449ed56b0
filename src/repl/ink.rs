//! The colours of a line: the role of each word in its statement.

use std::ops::Range;

use super::completer::begins;
use crate::shell::Target;
use crate::sql::expectation::{Expectation, expected_at};
use crate::sql::keyword::{is_query_keyword, is_warehouse_keyword, known};
use crate::sql::splitter::{Dialect, PieceKind, Splitter};
use crate::sql::token::{Token, TokenKind, tokens, tokens_of};

/// The role of a coloured text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Keyword,
    String,
    Name,
    /// A word that is not allowed at its place.
    Unknown,
    /// Comments and hints.
    Faint,
}

impl Ink {
    /// The parameters of the escape sequence (ECMA-48, SGR).
    pub fn code(self) -> &'static str {
        match self {
            Self::Keyword => "1;34",
            Self::String => "32",
            Self::Name => "36",
            Self::Unknown => "31",
            Self::Faint => "90",
        }
    }
}

/// The ranges of a line for this target with their inks, in order.
pub(super) fn inks(line: &str, target: &Target) -> Vec<(Range<usize>, Ink)> {
    let mut inks = Vec::new();
    for part in Splitter::parts(line, target.dialect()) {
        let text = &line[part.range.clone()];
        let found = match (part.kind, target) {
            (PieceKind::Command, target) => command(text, target),
            (PieceKind::Statement, Target::Catalog) => statement(text),
            (PieceKind::Statement, Target::Warehouse { .. }) => {
                warehouse_statement(text, target.dialect())
            }
        };
        let start = part.range.start;
        inks.extend(
            found
                .into_iter()
                .map(|(range, ink)| (start + range.start..start + range.end, ink)),
        );
    }
    inks
}

fn command(text: &str, target: &Target) -> Vec<(Range<usize>, Ink)> {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let is_known = target.command(&text[..end]).is_some();
    let is_begun =
        end == text.len() && target.commands().any(|command| command.name.starts_with(text));
    match (is_known, is_begun) {
        (true, _) => vec![(0..end, Ink::Keyword)],
        (false, true) => Vec::new(),
        (false, false) => vec![(0..end, Ink::Unknown)],
    }
}

/// The number of words of a statement that are checked one by one. Each costs a walk through the
/// grammar at every key.
const MAX_WORDS: usize = 60;

fn statement(text: &str) -> Vec<(Range<usize>, Ink)> {
    let mut words = 0;
    let mut lost = false;
    let mut inks = Vec::new();
    for token in tokens(text) {
        let ink = match token.kind {
            TokenKind::Word if lost || words >= MAX_WORDS => {
                known(token.text(text)).map(|_| Ink::Keyword)
            }
            TokenKind::Word => {
                words += 1;
                let ink = word(text, &token);
                // After a wrong word the meaning of the next ones is unknown.
                lost = ink == Some(Ink::Unknown);
                ink
            }
            kind => of_kind(kind),
        };
        inks.extend(ink.map(|ink| (token.span, ink)));
    }
    inks
}

/// A statement for a warehouse, whose grammar is unknown: strings, comments and the most common
/// keywords.
fn warehouse_statement(text: &str, dialect: Dialect) -> Vec<(Range<usize>, Ink)> {
    let ink = |token: &Token| match token.kind {
        TokenKind::Word => is_warehouse_keyword(token.text(text)).then_some(Ink::Keyword),
        kind => of_kind(kind),
    };
    let inked =
        tokens_of(text, dialect).filter_map(|token| ink(&token).map(|ink| (token.span, ink)));
    inked.collect()
}

/// The ink of a token that is no word.
fn of_kind(kind: TokenKind) -> Option<Ink> {
    match kind {
        TokenKind::String => Some(Ink::String),
        TokenKind::QuotedName => Some(Ink::Name),
        TokenKind::Comment => Some(Ink::Faint),
        TokenKind::Word | TokenKind::Number | TokenKind::Symbol(_) => None,
    }
}

fn word(text: &str, token: &Token) -> Option<Ink> {
    let word = token.text(text);
    let expectations = expected_at(&text[..token.span.end]).expectations;
    let words = || expectations.iter().flat_map(|expectation| expectation.words());
    if words().any(|expected| expected.eq_ignore_ascii_case(word)) {
        return Some(Ink::Keyword);
    }
    if expectations
        .iter()
        .any(|e| matches!(e, Expectation::Query(_) | Expectation::Expression(_)))
    {
        return is_query_keyword(word).then_some(Ink::Keyword);
    }
    if expectations
        .iter()
        .any(|e| matches!(e, Expectation::Name(_) | Expectation::NewName(_)))
        && !crate::name::is_reserved(word)
    {
        return Some(Ink::Name);
    }
    let is_being_typed = token.span.end == text.len();
    let is_begun = words().any(|expected| begins(expected, word));
    (!(is_being_typed && is_begun)).then_some(Ink::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inked(line: &str) -> Vec<(&str, Ink)> {
        inks(line, &Target::Catalog)
            .into_iter()
            .map(|(range, ink)| (&line[range], ink))
            .collect()
    }

    #[test]
    fn words_names_and_strings_have_their_inks() {
        assert_eq!(
            inked("alter redshift connection web SET PASSWORD = ENV 'P' -- x"),
            [
                ("alter", Ink::Keyword),
                ("redshift", Ink::Keyword),
                ("connection", Ink::Keyword),
                ("web", Ink::Name),
                ("SET", Ink::Keyword),
                ("PASSWORD", Ink::Keyword),
                ("ENV", Ink::Keyword),
                ("'P'", Ink::String),
                ("-- x", Ink::Faint),
            ]
        );
    }

    #[test]
    fn the_first_wrong_word_is_marked_unless_it_is_being_typed() {
        assert_eq!(inked("SHOW conect"), [("SHOW", Ink::Keyword), ("conect", Ink::Unknown)]);
        assert_eq!(inked("SHOW conn"), [("SHOW", Ink::Keyword)]);
        assert_eq!(
            inked("SHOW conn b CONNECTION"),
            [("SHOW", Ink::Keyword), ("conn", Ink::Unknown), ("CONNECTION", Ink::Keyword)]
        );
        assert_eq!(inked("frob"), [("frob", Ink::Unknown)]);
        assert!(inked("SH").is_empty());
    }

    #[test]
    fn a_query_has_words_and_no_unknown_ones() {
        assert_eq!(inked("select x from y;"), [("select", Ink::Keyword), ("from", Ink::Keyword)]);
    }

    #[test]
    fn types_and_options_of_a_job_are_words() {
        let words = |line: &str| -> Vec<String> {
            let keywords =
                inks(line, &Target::Catalog).into_iter().filter(|(_, ink)| *ink == Ink::Keyword);
            keywords.map(|(range, _)| line[range].to_owned()).collect()
        };
        assert_eq!(
            words("create table a.b.c (x double precision encode zstd, y int4)"),
            ["create", "table", "double", "precision", "encode", "zstd", "int4"]
        );
        assert_eq!(
            words(
                "CREATE JOB j RUN_INTERVAL = 1 MINUTE END_AT = NEVER AS INSERT INTO a.b.c SELECT x FROM y"
            ),
            [
                "CREATE",
                "JOB",
                "RUN_INTERVAL",
                "MINUTE",
                "END_AT",
                "NEVER",
                "AS",
                "INSERT",
                "INTO",
                "SELECT",
                "FROM"
            ]
        );
        let merge =
            "CREATE JOB j AS MERGE INTO a.b.c t USING (SELECT 1) s ON t.a = s.a AND t.b = s.b WHEN";
        assert!(inks(merge, &Target::Catalog).iter().all(|(_, ink)| *ink != Ink::Unknown));
        assert!(inked("CREATE TABLE a.b.c (x nonsense ").contains(&("nonsense", Ink::Unknown)));
    }

    #[test]
    fn on_a_warehouse_no_word_is_wrong() {
        let line = "create frob x $$ ; SELECT $$; \\dn";
        let target = Target::warehouse_of_tests();
        let inks: Vec<(&str, Ink)> = inks(line, &target)
            .into_iter()
            .map(|(range, ink)| (&line[range], ink))
            .collect();
        assert_eq!(
            inks,
            [
                ("create", Ink::Keyword),
                ("$$ ; SELECT $$", Ink::String),
                ("\\dn", Ink::Keyword)
            ]
        );
    }

    #[test]
    fn a_command_is_known_or_not() {
        assert_eq!(inked("\\timing on"), [("\\timing", Ink::Keyword)]);
        assert_eq!(inked("\\frob"), [("\\frob", Ink::Unknown)]);
        assert!(inked("\\tim").is_empty());
    }
}
