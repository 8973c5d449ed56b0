//! Splitting scripts: in any pieces, in both dialects, and with errors.

use super::*;
use crate::sql::token::{TokenKind, tokens_of};

/// The texts of the pieces of SQL for a warehouse that arrives in parts of the given size.
fn split_for_warehouse(text: &str, part: usize, backslash_escapes: bool) -> Vec<String> {
    let mut splitter = Splitter::new(Dialect::Warehouse { backslash_escapes });
    let mut found = Vec::new();
    for part in text.as_bytes().chunks(part) {
        splitter.push(std::str::from_utf8(part).unwrap());
        while let Some(piece) = splitter.next_piece() {
            found.push(
                piece.map_or_else(|broken| broken.error.to_string(), |piece| piece.text.to_owned()),
            );
        }
    }
    let last = splitter.finish();
    found.extend(last.map(|piece| {
        piece.map_or_else(|broken| broken.error.to_string(), |piece| piece.text.to_owned())
    }));
    found
}

#[test]
fn statements_for_a_warehouse_end_outside_of_its_strings_only() {
    for text in [
        "SELECT E'it''s \\'; delete from victim; --';",
        "SELECT E'a'\n'\\';';",
        "SELECT E'a' -- b\n'\\';';",
        "SELECT 'a'\n'\\';",
        "SELECT E'a' '\\';",
        "SELECT 1E'\\';';",
        "SELECT $E'\\';';",
        "SELECT B'\\', x'\\';",
        "SELECT $1$$;$$;",
        "SELECT 1$$;$$;",
        "/* {\"app\":\"a;b\"} */ SELECT 1;",
        "-- team: finance;\nSELECT 2;",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2);",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN a THEN 2 END; END;",
        "create or replace procedure p() begin atomic select 1; end;",
        "SELECT $$a;b$$;",
        "SELECT $x$ ; $$ ; $y$ ; $x $x$;",
        "SELECT $1; ",
        "SELECT a$b$c; ",
        "SELECT $$a$;$$, $a$b$$a;$a$;",
        "SELECT E'it\\'s; '';';",
        "SELECT e'\\\\';",
        "SELECT E'a'';';",
        "SELECT 'a\\';",
        "SELECT type'a\\';",
        "SELECT \"E\"'\\';",
        "SELECT $é$;$é;$é$;",
        "DO $do$ BEGIN PERFORM 1; END $do$;",
    ] {
        if text.is_ascii() {
            for part in 1..5 {
                assert_eq!(
                    split_for_warehouse(&format!("{text}SELECT 2"), part, false),
                    [text.trim(), "SELECT 2"]
                );
            }
        }
        assert_eq!(
            split_for_warehouse(&format!("{text}SELECT 2"), 999, false),
            [text.trim(), "SELECT 2"]
        );
    }
}

#[test]
fn a_backslash_escapes_in_every_string_by_the_servers_setting() {
    assert_eq!(
        split_for_warehouse("SELECT 'it\\'; ';SELECT 2", 3, true),
        ["SELECT 'it\\'; ';", "SELECT 2"]
    );
    assert_eq!(
        split_for_warehouse("SELECT 'it\\';SELECT 2", 3, false),
        ["SELECT 'it\\';", "SELECT 2"]
    );
    assert_eq!(
        split_for_warehouse("SELECT $$\\$$;SELECT 2", 3, true),
        ["SELECT $$\\$$;", "SELECT 2"]
    );
}

#[test]
fn a_dollar_quote_without_its_end_is_an_unfinished_string() {
    assert_eq!(split_for_warehouse("SELECT $a$ ;$$", 4, false).len(), 1);
    assert!(split_for_warehouse("SELECT $a$ ;$$", 4, false)[0].contains("string"));
}

/// The pieces of a text that arrives in parts of the given size.
fn split(text: &str, part: usize) -> Vec<(String, usize, usize)> {
    let mut splitter = Splitter::default();
    let mut pieces = Vec::new();
    let mut keep = |result: Result<Piece<'_>, BrokenPiece<'_>>| {
        pieces.push(match result {
            Ok(piece) => (piece.text.to_owned(), piece.line, piece.column),
            Err(broken) => (
                match broken.span {
                    Some(span) => format!("{} at {span:?}", broken.error),
                    None => broken.error.to_string(),
                },
                broken.line,
                broken.column,
            ),
        });
    };
    let characters: Vec<char> = text.chars().collect();
    for chunk in characters.chunks(part) {
        splitter.push(&chunk.iter().collect::<String>());
        while let Some(result) = splitter.next_piece() {
            keep(result);
        }
    }
    if let Some(result) = splitter.finish() {
        keep(result);
    }
    pieces
}

fn texts(text: &str) -> Vec<String> {
    split(text, usize::MAX).into_iter().map(|(text, ..)| text).collect()
}

#[test]
fn a_semicolon_ends_a_statement_but_not_inside_quotes_or_comments() {
    assert_eq!(
        texts("a ';' \"b;\" /* ; /* ; */ ; */ -- ;\n ; c;"),
        ["a ';' \"b;\" /* ; /* ; */ ; */ -- ;\n ;", "c;"]
    );
}

#[test]
fn a_doubled_quote_does_not_end_a_string() {
    assert_eq!(texts("a 'it''s; ' ; b"), ["a 'it''s; ' ;", "b"]);
}

#[test]
fn blanks_comments_and_lone_semicolons_are_no_statements() {
    assert!(texts(" \n;; -- nothing\n/* at all */;\r\n").is_empty());
}

#[test]
fn a_string_begins_where_it_begins_whatever_is_doubled_in_it() {
    for part in [1, 9] {
        assert_eq!(split("a 'it''s", part)[0].0, "unterminated quoted string at 2..3");
        assert_eq!(split("a 'b'\"c", part)[0].0, "unterminated quoted identifier at 5..6");
    }
}

#[test]
fn a_statement_that_is_too_long_may_be_cut_inside_a_character() {
    let text = "é".repeat(MAX_STATEMENT_BYTES / 2 + 1);
    for before in ["a", "ab"] {
        let text = format!("{before}{text}; c;");
        let pieces = split(&text, 1 << 20);
        assert!(
            pieces[0].0.starts_with("the statement is longer than 16 MiB"),
            "{}",
            pieces[0].0
        );
        assert_eq!(pieces[1].0, "c;");
    }
}

#[test]
fn a_command_ends_with_its_line() {
    assert_eq!(
        texts("\\x auto\nSHOW CONNECTIONS;\\q"),
        ["\\x auto", "SHOW CONNECTIONS;", "\\q"]
    );
}

#[test]
fn a_piece_knows_its_line_and_column() {
    let pieces = split("-- é\n  a;\n é b;  c", 1);
    assert_eq!(pieces, [("a;".into(), 2, 3), ("é b;".into(), 3, 2), ("c".into(), 3, 8)]);
}

#[test]
fn the_last_statement_needs_no_semicolon() {
    for end in ["", "\n", " -- c", " /* c */", " -"] {
        assert_eq!(texts(&format!("a; b{end}")), ["a;", format!("b{end}").trim_end()]);
    }
    assert_eq!(
        split_for_warehouse("a; b (c -- )", 3, false),
        ["a;", "syntax error at end of input: a ( is not closed"]
    );
}

#[test]
fn an_unfinished_quote_is_reported_at_its_beginning() {
    assert_eq!(texts("a 'b"), ["unterminated quoted string at 2..3"]);
    assert_eq!(texts("a \"b"), ["unterminated quoted identifier at 2..3"]);
    assert_eq!(texts("/* b"), ["unterminated /* comment at 0..2"]);
    assert_eq!(texts("a; /* b"), ["a;", "unterminated /* comment at 0..2"]);
}

#[test]
fn a_statement_over_the_limit_is_passed_over() {
    for length in [1, 3] {
        let text = format!("a é'{}'; b;", "é".repeat(MAX_STATEMENT_BYTES * length / 2));
        assert_eq!(texts(&text), ["the statement is longer than 16 MiB", "b;"]);
    }
}

#[test]
fn nesting_over_the_limit_is_passed_over() {
    assert_eq!(texts(&format!("{};", "(".repeat(1000))).len(), 1);
    assert_eq!(texts(&format!("a {}; b;", "(".repeat(1001)))[1], "b;");
    assert!(texts(&format!("a {}; b;", "(".repeat(1001)))[0].contains("deeper than 1000"));
    let comments = format!("a {} ok {}; b;", "/*".repeat(1001), "*/".repeat(1001));
    assert!(texts(&comments)[0].contains("deeper than 1000"));
}

#[test]
fn a_nul_is_refused_at_its_place() {
    assert_eq!(
        texts("a \0; b;"),
        ["invalid byte sequence for encoding \"UTF8\": 0x00 at 2..3", "b;"]
    );
}

#[test]
fn long_comments_take_no_memory() {
    let mut splitter = Splitter::default();
    for _ in 0..100 {
        splitter.push(&"-- a remark that nobody keeps\n".repeat(1000));
        assert!(splitter.next_piece().is_none());
        assert!(splitter.is_idle());
        splitter.push("");
        assert!(splitter.buffer.is_empty());
    }
}

#[test]
fn a_comment_before_a_statement_belongs_to_it_on_a_warehouse_alone() {
    let text = "\n -- a\n\nb; -- c\n; /* d */\n\\x\n-- e";
    assert_eq!(texts(text), ["b;", "\\x"]);
    for part in [1, 2, 99] {
        assert_eq!(split_for_warehouse(text, part, false), ["-- a\n\nb;", "\\x"]);
    }
    let long = format!("/*{}*/", "x".repeat(MAX_STATEMENT_BYTES));
    assert_eq!(split_for_warehouse(&format!("{long}-- a\nb;"), 1 << 20, false), ["-- a\nb;"]);
}

#[test]
fn several_statements_may_be_sent_as_one() {
    for part in [1, 2, 99] {
        assert_eq!(split_for_warehouse("a \\; b\\;c; d;", part, false), ["a  ; b ;c;", "d;"]);
    }
    assert_eq!(ended("a \\; b;", 1, Dialect::Catalog), ["a \\: \\", "b;"]);
}

proptest::proptest! {
    #[test]
    fn the_size_of_the_parts_makes_no_difference(
        text in "[abegx;'\"\\-/*\\\\\n() é$E1\0\r]{0,60}|(a|\\\\gx?|\0|\n|;|'|\\$|\\(){0,12}",
        part in 1_usize..5,
    ) {
        for dialect in DIALECTS {
            proptest::prop_assert_eq!(ended(&text, part, dialect), ended(&text, usize::MAX, dialect));
        }
        proptest::prop_assert_eq!(split(&text, part), split(&text, usize::MAX));
    }

    #[test]
    fn a_statement_ends_between_two_tokens_of_the_lexer(
        text in "[abeExB;'\"\\-/*\\\\\n() é\u{a0}$1._&]{0,40}\
            |(E|'|''|\\\\|;|\\$|a|1|\n|--|/\\*|\\*/|\"|\\(|\\)| ){0,16}",
        part in 1_usize..5,
    ) {
        for dialect in DIALECTS {
            let mut splitter = Splitter::new(dialect);
            for part in text.chars().collect::<Vec<_>>().chunks(part) {
                splitter.push(&part.iter().collect::<String>());
                while let Some(piece) = splitter.next_piece() {
                    if let Ok(Piece { kind: PieceKind::Statement, text, .. }) = piece {
                        assert_is_one_statement(text, dialect)?;
                    }
                }
            }
            match splitter.finish() {
                Some(Ok(Piece { kind: PieceKind::Statement, text, .. })) => {
                    assert_is_one_statement(&format!("{text}\n;"), dialect)?;
                }
                Some(Err(BrokenPiece {
                    error: TextError::UnfinishedString(_)
                        | TextError::UnfinishedName
                        | TextError::UnfinishedComment,
                    text,
                    ..
                })) => {
                    let last = tokens_of(text, dialect).last();
                    proptest::prop_assert!(last.is_some_and(|last| !last.closed), "{text:?}");
                }
                Some(Ok(_) | Err(_)) | None => {}
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}|[\\x00-\\x7f]{0,200}") {
        split(&text, 7);
    }
}

/// Checks by the lexer that only the last token is a `;` outside of parentheses, and that every
/// token is closed.
fn assert_is_one_statement(
    text: &str,
    dialect: Dialect,
) -> Result<(), proptest::test_runner::TestCaseError> {
    // A joined statement has a `;` of its own.
    if text.contains(" ;") {
        return Ok(());
    }
    let mut depth = 0_usize;
    let mut ends = Vec::new();
    for token in tokens_of(text, dialect) {
        proptest::prop_assert!(token.closed, "{text:?}");
        match token.kind {
            TokenKind::Symbol('(') => depth += 1,
            TokenKind::Symbol(')') => depth = depth.saturating_sub(1),
            TokenKind::Symbol(';') if depth == 0 || dialect == Dialect::Catalog => {
                ends.push(token.span.end);
            }
            TokenKind::Symbol(_)
            | TokenKind::Word
            | TokenKind::QuotedName
            | TokenKind::String
            | TokenKind::Number
            | TokenKind::Comment => {}
        }
    }
    proptest::prop_assert_eq!(ends, [text.len()], "{:?}", text);
    Ok(())
}

#[test]
fn the_parts_of_a_typed_text_have_their_places() {
    let text = "/* a */ SHOW x; -- b\n\\x on\n\n SELECT ';";
    let parts: Vec<(&str, PieceKind, bool)> = Splitter::parts(text, Dialect::Catalog)
        .into_iter()
        .map(|part| (&text[part.range], part.kind, part.complete))
        .collect();
    assert_eq!(
        parts,
        [
            ("SHOW x;", PieceKind::Statement, true),
            ("\\x on\n", PieceKind::Command, true),
            ("SELECT ';", PieceKind::Statement, false),
        ]
    );
    assert!(Splitter::parts(" -- only a comment", Dialect::Catalog).is_empty());
}

#[test]
fn an_error_that_no_further_line_can_fix_is_complete() {
    let is_complete = |text: &str| Splitter::is_complete(text, Dialect::Catalog);
    assert!(is_complete("SELECT \0"));
    assert!(is_complete(&"(".repeat(MAX_NESTING + 1)));
    assert!(!is_complete("SELECT (\n\n"));
}

#[test]
fn a_text_for_a_warehouse_is_complete_by_its_own_rules() {
    for (text, by_backslash, by_standard) in [
        ("SELECT $$;", false, false),
        ("SELECT $$;$$;", true, true),
        ("SELECT $a$ $$; $a$;", true, true),
        ("SELECT 'a\\';", false, true),
        ("SELECT E'a\\';", false, false),
        ("/* /* ; */ SELECT 1;", false, false),
    ] {
        for (backslash_escapes, expected) in [(true, by_backslash), (false, by_standard)] {
            let dialect = Dialect::Warehouse { backslash_escapes };
            assert_eq!(Splitter::is_complete(text, dialect), expected, "{text}");
        }
    }
}

/// The pieces of a text, each with the command that ends it.
fn ended(text: &str, part: usize, dialect: Dialect) -> Vec<String> {
    let shown = |piece: Result<Piece<'_>, BrokenPiece<'_>>| match piece {
        Ok(Piece { text, ending: Some(ending), .. }) => format!("{text} {ending}"),
        Ok(piece) => piece.text.to_owned(),
        Err(broken) => format!("{}: {}", broken.text, &broken.text[broken.span.unwrap()]),
    };
    let mut splitter = Splitter::new(dialect);
    let mut found = Vec::new();
    let characters: Vec<char> = text.chars().collect();
    for chunk in characters.chunks(part) {
        splitter.push(&chunk.iter().collect::<String>());
        while let Some(piece) = splitter.next_piece() {
            found.push(shown(piece));
        }
    }
    found.extend(splitter.finish().map(shown));
    found
}

const DIALECTS: [Dialect; 3] = [
    Dialect::Catalog,
    Dialect::Warehouse { backslash_escapes: false },
    Dialect::Warehouse { backslash_escapes: true },
];

#[test]
fn a_statement_may_end_as_in_psql() {
    for dialect in DIALECTS {
        for part in [1, 2, 3, 99] {
            for (text, expected) in [
                ("a \\g\nb;", &["a ; \\g", "b;"][..]),
                ("a\n\\gx\r\n\\x\n", &["a\n; \\gx", "\\x"]),
                ("a 'b'\\gx;", &["a 'b'; \\gx;"]),
                ("a \\g ; \nb \\gx", &["a ; \\g ;", "b ; \\gx"]),
                ("a \\g out.txt\nb;", &["a ; \\g out.txt", "b;"]),
                ("a \\watch 5\nb;", &["a ; \\watch 5", "b;"]),
                ("a \\gdesc\nb;", &["a ; \\gdesc", "b;"]),
                ("a \\gset b_ \\x\n", &["a ; \\gset b_", "\\x"]),
                ("a \\g |tr '\\' x \\g\nb;", &["a ; \\g |tr '\\' x \\g", "b;"]),
                ("a \\g 'b\\'c' \\x b\\\\c;", &["a ; \\g 'b\\'c'", "\\x b", "c;"]),
            ] {
                assert_eq!(ended(text, part, dialect), expected, "{text}");
            }
        }
    }
}

#[test]
fn several_commands_stand_on_a_line() {
    for dialect in DIALECTS {
        for part in [1, 2, 3, 99] {
            for (text, expected) in [
                ("\\x \\timing on\na;", &["\\x", "\\timing on", "a;"][..]),
                ("\\x\\timing\n", &["\\x", "\\timing"]),
                ("\\x on \\\\ a; b;", &["\\x on", "a;", "b;"]),
                ("\\dt 'a\\' b' \"\\x\" `\\y` \\q", &["\\dt 'a\\' b' \"\\x\" `\\y`", "\\q"]),
                // A path may have a backslash, and anything may stand behind an unknown command.
                ("\\i a\\b c.sql\n", &["\\i a\\b c.sql"]),
                ("\\nix a\\x\n\\x", &["\\nix a\\x", "\\x"]),
                ("\\x 'a\n\\x", &["\\x 'a", "\\x"]),
            ] {
                assert_eq!(ended(text, part, dialect), expected, "{text}");
            }
        }
    }
}

#[test]
fn a_command_in_a_skipped_branch_drops_the_statement_before_it() {
    let mut splitter = Splitter::new(Dialect::Catalog);
    splitter.set_skipping(true);
    splitter.push("a (\n\\endif\n");
    assert_eq!(splitter.next_piece().unwrap().unwrap().text, "\\endif");
    splitter.set_skipping(false);
    splitter.push("b;");
    assert_eq!(splitter.next_piece().unwrap().unwrap().text, "b;");
}

#[test]
fn a_line_of_its_own_counts_behind_a_statement_that_ends_as_in_psql() {
    let pieces = split("a \\g\n b \\gx\nc;", 2);
    let places: Vec<(usize, usize)> =
        pieces.iter().map(|(_, line, column)| (*line, *column)).collect();
    assert_eq!(places, [(1, 1), (2, 2), (3, 1)]);
}

#[test]
fn any_other_backslash_in_a_statement_breaks_it_and_nothing_else() {
    for dialect in DIALECTS {
        for part in [1, 2, 3, 99] {
            for (text, expected) in [
                ("a \\p\nb;", &["a \\p: \\p", "b;"][..]),
                ("a \\dt", &["a \\dt: \\dt"]),
                ("a \\nix; b;", &["a \\nix: \\nix", "b;"]),
                // The next line may continue the statement.
                ("a \\nix\n'c;' ; b;", &["a \\nix: \\nix", "b;"]),
                ("a \\é;b;", &["a \\: \\", "b;"]),
                ("a \\", &["a \\: \\"]),
                ("a \\\nb; c;", &["a \\: \\", "c;"]),
                ("a \\! date\n; b;", &["a \\: \\", "b;"]),
            ] {
                assert_eq!(ended(text, part, dialect), expected, "{text}");
            }
        }
    }
}

#[test]
fn a_backslash_in_quotes_and_comments_is_left_alone() {
    for dialect in DIALECTS {
        for text in [
            "a '\\\\g' b;",
            "a \"\\g\" b;",
            "a -- \\g\n b;",
            "a /* \\g\n */ b;",
            "a '\n\\gx\n' b;",
        ] {
            assert_eq!(ended(text, 2, dialect), [text], "{text}");
        }
    }
    for backslash_escapes in [true, false] {
        let dialect = Dialect::Warehouse { backslash_escapes };
        for text in [
            "a $$\\g\n$$;",
            "a $x$ \\p $$ \\g\n $x$;",
            "a E'\\'\\g\n';",
            "a E'\\\\' || E'\\gx\n';",
        ] {
            assert_eq!(ended(text, 2, dialect), [text], "{text}");
        }
    }
}

#[test]
fn a_statement_that_ends_as_in_psql_is_complete_at_the_end_of_its_line() {
    for dialect in DIALECTS {
        for (text, expected) in [
            ("a \\g", true),
            ("a \\gx", true),
            ("a \\q", true),
            ("a \\", true),
            ("a '\\g", false),
            ("a -- \\g", false),
        ] {
            assert_eq!(Splitter::is_complete(text, dialect), expected, "{text}");
        }
    }
}

#[test]
fn the_mark_of_a_further_line_says_what_is_open() {
    let warehouse = Dialect::Warehouse { backslash_escapes: false };
    for (text, mark) in [
        ("SELECT\n", '-'),
        ("SELECT 'a\n", '\''),
        ("SELECT \"a\n", '"'),
        ("SELECT (1\n", '('),
        ("SELECT (')'\n", '('),
        ("SELECT 1; SELECT /* a\n", '*'),
        ("SELECT $$a\n", '$'),
    ] {
        assert_eq!(Splitter::continuation_mark(text, warehouse), mark, "{text}");
    }
}

#[test]
fn a_command_below_an_unfinished_statement_is_found() {
    for (text, start) in [
        ("SELECT\n\\?", Some(7)),
        ("SELECT 1; SELECT (\n  \\h x\n", Some(19)),
        ("SELECT\n\\g", None),
        ("SELECT\n\\gx ;", None),
        ("SELECT 1;\n\\?", None),
        ("SELECT 'a\n\\?", None),
        ("SELECT /* a\n\\?", None),
        ("SELECT \\?\n", None),
        ("\\x\n\\?", None),
        ("-- a\n\\?", None),
    ] {
        assert_eq!(Splitter::command_on_further_line(text, Dialect::Catalog), start, "{text}");
    }
}
