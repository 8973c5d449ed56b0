//! What of a line is not to be seen while it is typed: passwords, and what may be one.

use std::ops::Range;

use crate::shell::{Target, name_and_argument};
use crate::sql::mask::{Hidden, HiddenKind, Stage, secret_in_argument};
use crate::sql::option::CONNECTION_OPTIONS;
use crate::sql::splitter::{Part, PieceKind, Splitter};
use crate::sql::token::{TokenKind, tokens};
use crate::url::secret_start;

/// The bytes of a line that goes there which are drawn as bullets; the quotes around them are
/// shown.
pub(super) fn concealed(line: &str, target: &Target) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for part in Splitter::parts(line, target.dialect()) {
        ranges.extend(in_command(line, &part));
        let start = statement_start(line, &part);
        let text = &line[start..part.range.end];
        for hidden in target.hidden(text, Stage::Typing) {
            let shown = shown_bytes(text, &hidden);
            let end = hidden.span.end - closing_quote(text, &hidden);
            ranges.push(start + hidden.span.start + shown..start + end);
        }
    }
    ranges.retain(|range| range.start < range.end);
    ranges
}

/// What may be a secret in the argument of a command.
fn in_command(line: &str, part: &Part) -> Option<Range<usize>> {
    let text = &line[part.range.clone()];
    let (name, _) = name_and_argument(text);
    if part.kind != PieceKind::Command || name == "\\h" {
        return None;
    }
    let start = name.len() + secret_in_argument(&text[name.len()..])?;
    Some(part.range.start + start..part.range.end)
}

/// Where SQL begins: after the name of a command, which may be `\h` with a statement behind it.
fn statement_start(line: &str, part: &Part) -> usize {
    match part.kind {
        PieceKind::Statement => part.range.start,
        PieceKind::Command => {
            let text = &line[part.range.clone()];
            match name_and_argument(text).0 {
                "\\h" => part.range.end - text["\\h".len()..].trim_start().len(),
                _ => part.range.end,
            }
        }
    }
}

/// How many bytes at the beginning of what is hidden may be seen all the same.
fn shown_bytes(text: &str, hidden: &Hidden) -> usize {
    let inside = &text[hidden.span.clone()];
    match hidden.kind {
        HiddenKind::Url => secret_start(&inside[1..]).map_or(inside.len(), |start| start + 1),
        HiddenKind::Comment if may_hold_a_secret(inside) => 2,
        HiddenKind::Comment => inside.len(),
        HiddenKind::Value if hidden.span.start == 0 => unknown_words(inside),
        HiddenKind::Password | HiddenKind::Value => usize::from(inside.starts_with('\'')),
    }
}

/// A statement that nobody knows: its words are shown, up to what looks like the value of an
/// option.
fn unknown_words(text: &str) -> usize {
    let mut shown = 0;
    for token in tokens(text) {
        if token.kind != TokenKind::Word {
            break;
        }
        shown = token.span.end;
        if names_a_secret(token.text(text)) {
            break;
        }
    }
    shown
}

fn may_hold_a_secret(comment: &str) -> bool {
    comment.contains(['\'', '=']) || comment.split_whitespace().any(names_a_secret)
}

/// Whether the word is, or nearly is, the name of an option whose value is a secret.
fn names_a_secret(word: &str) -> bool {
    let names = CONNECTION_OPTIONS.iter().filter(|option| option.secret);
    crate::sql::keyword::nearest(word, names.map(|option| option.name)).is_some()
}

/// The length of the closing quote of a string, which is shown.
fn closing_quote(text: &str, hidden: &Hidden) -> usize {
    let inside = &text[hidden.span.clone()];
    let is_string = tokens(inside).next().is_some_and(|token| {
        token.kind == TokenKind::String && token.closed && token.span.end == inside.len()
    });
    usize::from(is_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line with a bullet for each character that is concealed.
    fn seen(line: &str) -> String {
        seen_at(line, &Target::Catalog)
    }

    fn seen_at(line: &str, target: &Target) -> String {
        let ranges = concealed(line, target);
        line.char_indices()
            .map(|(index, c)| {
                if ranges.iter().any(|range| range.contains(&index)) {
                    '•'
                } else {
                    c
                }
            })
            .collect()
    }

    #[test]
    fn a_password_is_concealed_from_its_first_character_on() {
        let create = "CREATE REDSHIFT CONNECTION c PASSWORD = ";
        for (typed, expected) in [
            ("'", "'"),
            ("'h", "'•"),
            ("'hun''", "'•••••"),
            ("'hunter2'", "'•••••••'"),
            ("'hunter2' COMMENT = 'x'", "'•••••••' COMMENT = 'x'"),
            ("hun ter", "•••••••"),
            ("PROMPT", "PROMPT"),
            ("PROM", "PROM"),
            ("PROM ", "•••• "),
            ("ENV 'NAME'", "ENV 'NAME'"),
        ] {
            assert_eq!(seen(&format!("{create}{typed}")), format!("{create}{expected}"));
        }
    }

    #[test]
    fn secrets_of_a_warehouse_are_concealed() {
        let target = Target::warehouse_of_tests();
        for (typed, expected) in [
            ("SELECT 'ab' -- x", "SELECT 'ab' -- x"),
            ("CREATE USER u PASSWORD 'ab", "CREATE USER u PASSWORD '••"),
            ("CREATE USER u PASSWORD 'ab' CREATEDB", "CREATE USER u PASSWORD '••' CREATEDB"),
            ("CREATE USER u PASWORD 'ab';", "CREATE USER u PASWORD '••';"),
            ("ALTER USER u PASSWORD ab", "ALTER USER u PASSWORD ••"),
            (
                "SELECT $$;$$; COPY t FROM 's3://b' CREDENTIALS 'ab'",
                "SELECT $$;$$; COPY t FROM 's3://b' CREDENTIALS '••'",
            ),
        ] {
            assert_eq!(seen_at(typed, &target), expected);
        }
    }

    #[test]
    fn a_password_after_other_pieces_is_concealed() {
        let alter = "ALTER REDSHIFT CONNECTION c SET PASSWORD = ";
        for before in
            ["SHOW CONNECTIONS; ", "\\x on\n", "-- it's\n", "/* ' */ SELECT 1;\n\\i it's\n"]
        {
            assert_eq!(seen(&format!("{before}{alter}'ab'")), format!("{before}{alter}'••'"));
        }
    }

    #[test]
    fn a_secret_in_a_url_is_concealed_and_the_rest_is_seen() {
        let create = "CREATE REDSHIFT CONNECTION c CONNECTION_STRING = ";
        for (typed, expected) in [
            ("'jdbc:redshift://h:5439/d", "'jdbc:redshift://h:5439/d"),
            ("'jdbc:redshift://h/d?PWD=ab", "'jdbc:redshift://h/d?PWD=••"),
            ("'jdbc:redshift://h/d?PWD=ab' C", "'jdbc:redshift://h/d?PWD=••' C"),
            ("'jdbc:redshift://u:ab", "'jdbc:redshift://u:••"),
        ] {
            assert_eq!(seen(&format!("{create}{typed}")), format!("{create}{expected}"));
        }
    }

    #[test]
    fn what_may_be_a_password_is_concealed_wherever_it_stands() {
        for (typed, expected) in [
            (
                "CREATE REDSHIFT CONNECTION c PASWORD = 'ab'",
                "CREATE REDSHIFT CONNECTION c PASWORD = '••'",
            ),
            ("CONNECTION c PASSWORD = 'ab", "CONNECTION c PASSWORD••••••"),
            ("frobnicate the thing", "frobnicate the thing"),
            ("frobnicate 'ab'", "frobnicate•••••"),
            ("\\connect sales password=ab", "\\connect sales password•••"),
            ("\\connect postgres://u:ab", "\\connect postgres://••••"),
            ("\\i password/token.sql", "\\i password/token.sql"),
            (
                "\\h ALTER REDSHIFT CONNECTION c SET PASSWORD = 'ab",
                "\\h ALTER REDSHIFT CONNECTION c SET PASSWORD = '••",
            ),
            (
                "CREATE REDSHIFT CONNECTION c -- PASSWORD = 'ab",
                "CREATE REDSHIFT CONNECTION c --•••••••••••••••",
            ),
            (
                "CREATE REDSHIFT CONNECTION c -- for sales",
                "CREATE REDSHIFT CONNECTION c -- for sales",
            ),
        ] {
            assert_eq!(seen(typed), expected);
        }
    }
}
