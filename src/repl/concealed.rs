//! The parts of a line that appear as bullets while it is typed.

use std::ops::Range;

use crate::shell::{Target, name_and_argument};
use crate::sql::mask;
use crate::sql::splitter::{Part, PieceKind, Splitter};

/// The bytes of a line for this target that appear as bullets.
pub(super) fn concealed(line: &str, target: &Target) -> Vec<Range<usize>> {
    let parts = Splitter::parts(line, target.dialect());
    parts.iter().flat_map(|part| in_part(line, part)).collect()
}

fn in_part(line: &str, part: &Part) -> Vec<Range<usize>> {
    let text = &line[part.range.clone()];
    let (name, _) = name_and_argument(text);
    let is_command = part.kind == PieceKind::Command;
    if is_command && name != "\\h" {
        let argument = part.range.start + name.len();
        let secret = mask::secret_in_argument(&line[argument..part.range.end]);
        return secret.map(|secret| argument + secret..part.range.end).into_iter().collect();
    }
    // The argument of \h is the beginning of a statement.
    let start = if is_command {
        text.len() - text[name.len()..].trim_start().len()
    } else {
        0
    };
    let start = part.range.start + start;
    let ranges = mask::concealed(&line[start..part.range.end], part.follows_secret);
    ranges.into_iter().map(|range| start + range.start..start + range.end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line with a bullet for each concealed character.
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
            ("'hun''", "'••••'"),
            ("'hunter2'", "'•••••••'"),
            ("'hunter2' COMMENT = 'x'", "'•••••••' COMMENT = '•'"),
            ("hun ter", "•••••••"),
            ("PROMPT", "PROMPT"),
            ("PROM", "••••"),
            ("ENV 'NAME'", "ENV '••••'"),
            (
                "'ab' USER_NAME = 'u' CONNECTION_STRING = 'jdbc:redshift://h/d'",
                "'••' USER_NAME = 'u' CONNECTION_STRING = 'jdbc:redshift://h/d'",
            ),
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
            ("CREATE USER u PASSWORD 'ab' WITH", "CREATE USER u PASSWORD '••' WITH"),
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
            ("'jdbc:redshift://h/d?PWD=ab' WITH", "'jdbc:redshift://h/d?PWD=••' WITH"),
            ("'jdbc:redshift://u:ab", "'jdbc:redshift://u:••"),
        ] {
            assert_eq!(seen(&format!("{create}{typed}")), format!("{create}{expected}"));
        }
    }

    #[test]
    fn a_possible_password_is_concealed_anywhere() {
        for (typed, expected) in [
            (
                "CREATE REDSHIFT CONNECTION c PASWORD = 'ab'",
                "CREATE REDSHIFT CONNECTION c PASWORD = '••'",
            ),
            ("CONNECTION c PASSWORD = 'ab", "CONNECTION c PASSWORD = '••"),
            ("frobnicate the thing", "frobnicate the thing"),
            ("frobnicate 'ab'", "frobnicate 'ab'"),
            ("\\connect sales password=ab", "\\connect sales password•••"),
            ("\\connect postgres://u:ab", "\\connect postgres://u:••"),
            ("\\i password/token.sql", "\\i password/token.sql"),
            (
                "\\h ALTER REDSHIFT CONNECTION c SET PASSWORD = 'ab",
                "\\h ALTER REDSHIFT CONNECTION c SET PASSWORD = '••",
            ),
            (
                "CREATE REDSHIFT CONNECTION c -- PASSWORD = 'ab",
                "CREATE REDSHIFT CONNECTION c -- PASSWORD = '••",
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
