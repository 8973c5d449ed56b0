//! The exact text of errors.

use std::ops::Range;

use super::*;
use crate::catalog::{Usage, UsageKind};
use crate::error::{Cancelled, Excerpt, FileError, ObjectError, PasswordError, Place};
use crate::name::{ConnectionName, Object};
use crate::render::Format;

fn name(text: &str) -> ConnectionName {
    ConnectionName::new(text).unwrap()
}

fn usage(kind: UsageKind, name: &str, via: &[&str]) -> Usage {
    Usage {
        kind,
        name: name.to_owned(),
        via: via.iter().map(|tie| (*tie).to_owned()).collect(),
        foreign_keys: Vec::new(),
    }
}

fn in_use() -> Error {
    Error::new(ObjectError::InUse {
        usages: vec![
            usage(UsageKind::Table, "my_redshift.public.orders", &["connection"]),
            usage(UsageKind::Job, "load_orders", &["target", "table my_redshift.public.orders"]),
        ],
        objects: vec![Object::Connection(name("my_redshift"))],
    })
}

fn used_by_jobs(jobs: usize) -> Error {
    in_use_by_jobs("my_redshift", jobs)
}

fn in_use_by_jobs(connection: &str, jobs: usize) -> Error {
    Error::new(ObjectError::InUse {
        usages: (0..jobs)
            .map(|job| usage(UsageKind::Job, &format!("job_{job}"), &["source"]))
            .collect(),
        objects: vec![Object::Connection(name(connection))],
    })
}

fn no_such(text: &str) -> Error {
    Error::new(ObjectError::Missing {
        object: Object::Connection(name(text)),
        nearest: None,
    })
}

fn in_script(line: &str, marked: Range<usize>) -> Place {
    Place {
        source: Some("drop.sql".to_owned()),
        line: 12,
        column: line[..marked.start].chars().count() + 1,
        statement: Some(3),
        excerpt: Some(Excerpt { line: line.to_owned(), marked }),
    }
}

fn plain(error: &Error) -> String {
    render_error(error, &Style::plain(Format::Table))
}

fn at_terminal(error: &Error, width: usize) -> String {
    let style = Style {
        width: Some(width),
        ..Style::plain(Format::Table)
    };
    render_error(error, &style)
}

fn json(error: &Error) -> String {
    render_error(error, &Style::plain(Format::Json))
}

/// The text and the carets of the excerpt, without the indent.
fn pointed(line: &str, marked: Range<usize>, width: usize) -> (String, String) {
    let report = at_terminal(&no_such("x").with_place(in_script(line, marked)), width);
    let lines: Vec<&str> = report.lines().collect();
    let carets = lines.iter().position(|line| line.trim_start().starts_with('^'));
    let carets = carets.unwrap();
    let after_indent = |line: &str| line.chars().skip(2).collect();
    (after_indent(lines[carets - 1]), after_indent(lines[carets]))
}

#[test]
fn a_terminal_gets_a_long_message_wrapped_below_its_beginning() {
    let error = no_such("warehouse");
    let expected = "\
error[42704]: connection \"warehouse\"
              does not exist
";
    assert!(at_terminal(&error, 36).starts_with(expected));
}

#[test]
fn a_report_has_the_message_the_place_and_what_to_type() {
    let error = no_such("warehuose").with_place(in_script("DROP CONNECTION warehuose;", 16..25));
    assert_eq!(
        plain(&error),
        "\
error[42704]: connection \"warehuose\" does not exist
  DROP CONNECTION warehuose;
                  ^^^^^^^^^
hint: SHOW CONNECTIONS lists what is there
at drop.sql:12:17, statement 3
"
    );
}

#[test]
fn usages_stand_under_the_documented_message_and_the_script_can_be_copied() {
    let error = in_use().with_place(in_script("DROP CONNECTION my_redshift;", 16..27));
    assert_eq!(
        at_terminal(&error, 80),
        "\
Cannot delete connection due to usages: my_redshift.public.orders load_orders
  DROP CONNECTION my_redshift;
                  ^^^^^^^^^^^
┌───────┬───────────────────────────┬─────────────────────────────────────────┐
│ usage │ name                      │ via                                     │
╞═══════╪═══════════════════════════╪═════════════════════════════════════════╡
│ table │ my_redshift.public.orders │ connection                              │
│ job   │ load_orders               │ target, table my_redshift.public.orders │
└───────┴───────────────────────────┴─────────────────────────────────────────┘
sqlstate: 2BP01
hint: DROP JOB load_orders; DROP TABLE my_redshift.public.orders; DROP
      CONNECTION my_redshift;
      -- or, in one: DROP CONNECTION my_redshift CASCADE;
at drop.sql:12:17, statement 3
"
    );
}

#[test]
fn errors_look_as_they_are_documented() {
    let page = include_str!("../../../docs/formats.md");
    let error = no_such("warehuose").with_place(in_script("DROP CONNECTION warehuose;", 16..25));
    for drawing in [plain(&error), json(&error)] {
        let block = format!("```text\n{drawing}```\n");
        assert!(page.contains(&block), "docs/formats.md has not:\n{block}");
    }
}

#[test]
fn every_text_format_has_the_same_report() {
    for &format in Format::ALL.iter().filter(|format| !format.is_json()) {
        assert_eq!(render_error(&in_use(), &Style::plain(format)), plain(&in_use()));
    }
}

#[test]
fn a_terminal_gets_fifty_usages_and_a_pipe_gets_all() {
    let report = at_terminal(&used_by_jobs(60), 80);
    assert!(report.contains("│ job_49 │") && !report.contains("│ job_50 │"));
    assert!(report.contains("\n… and 10 more; SHOW USAGES OF CONNECTION my_redshift lists all\n"));
    assert!(!at_terminal(&used_by_jobs(50), 80).contains(" more; SHOW USAGES"));
    assert!(
        report.ends_with("hint: DROP CONNECTION my_redshift CASCADE; -- drops all 60 with it\n")
    );
    let piped = plain(&used_by_jobs(60));
    assert!(piped.contains("│ job_59 │") && piped.contains("hint: DROP JOB job_0, "));
}

#[test]
fn the_script_of_a_refused_drop_is_broken_between_words() {
    let report = at_terminal(&in_use(), 40);
    let (_, script) = report.split_once("hint: ").unwrap();
    assert_eq!(
        script.trim_end(),
        "DROP JOB load_orders; DROP TABLE\n      my_redshift.public.orders; DROP\n      \
         CONNECTION my_redshift;\n      \
         -- or, in one: DROP CONNECTION my_redshift CASCADE;"
    );
}

#[test]
fn at_the_prompt_the_excerpt_says_where() {
    let place = Place {
        source: None,
        statement: None,
        ..in_script("DROP CONNECTION x;", 16..17)
    };
    let report = plain(&no_such("x").with_place(place));
    assert!(report.contains('^') && !report.contains("\nat "));
}

#[test]
fn long_lines_wrap_between_words_and_a_long_word_stays_whole() {
    let cause = format!("/{}: Permission denied", "folder/".repeat(12));
    let file = Error::new(FileError::Read {
        path: "a.sql".to_owned(),
        cause: cause.clone(),
    });
    let broken = cause.replace(": ", ":\n       ");
    assert_eq!(
        at_terminal(&file, 80),
        format!("error[58030]: could not read a.sql\ncause: {broken}\n")
    );
    assert!(plain(&file).ends_with(&format!("cause: {cause}\n")));
    assert_eq!(
        at_terminal(&Error::new(PasswordError::Missing), 60),
        "\
error[42601]: PASSWORD must be specified
hint: write PASSWORD = PROMPT to be asked for it, or
      PASSWORD = ENV 'NAME' or FILE 'path'
"
    );
}

#[test]
fn a_cause_of_several_lines_keeps_them() {
    let error = Error::new(PasswordError::NoTerminal {
        cause: "first\n\tsecond \x1b[31m".to_owned(),
    });
    assert!(plain(&error).contains("\ncause: first\n        second \\x1b[31m\n"));
}

#[test]
fn a_caret_stands_under_wide_characters_and_behind_tabs() {
    assert_eq!(
        pointed("DROP\t漢字 größe", 12..19, 80),
        ("DROP    漢字 größe".to_owned(), " ".repeat(13) + "^^^^^")
    );
    assert_eq!(pointed("a漢b", 1..4, 80).1, " ^^");
}

#[test]
fn a_caret_knows_the_width_of_what_was_made_printable() {
    assert_eq!(pointed("\x1b x", 2..3, 80), ("\\x1b x".to_owned(), " ".repeat(5) + "^"));
}

#[test]
fn an_empty_place_gets_one_caret_behind_the_text() {
    assert_eq!(pointed("DROP", 4..4, 80), ("DROP".to_owned(), "    ^".to_owned()));
    assert_eq!(pointed("", 0..0, 80), (String::new(), "^".to_owned()));
}

#[test]
fn a_place_outside_the_line_is_brought_into_it() {
    let mut place = in_script("漢", 0..0);
    for (start, end) in [(1, 2), (7, 9), (3, 1)] {
        place.excerpt.as_mut().unwrap().marked = start..end;
        assert!(plain(&no_such("x").with_place(place.clone())).contains('^'));
    }
}

#[test]
fn a_long_line_is_cut_to_the_part_around_the_caret() {
    let line = format!("{} here {}", "a".repeat(500), "b".repeat(500));
    let (text, carets) = pointed(&line, 501..505, 40);
    assert_eq!(text, "…aaaaaaaaaaaaaaa here bbbbbbbbbbbbbb…");
    assert_eq!(carets, " ".repeat(17) + "^^^^");
}

#[test]
fn at_the_end_of_a_long_line_its_end_is_shown() {
    let line = "a".repeat(500);
    let (text, carets) = pointed(&line, 500..500, 40);
    assert_eq!(text, format!("…{}", "a".repeat(36)));
    assert_eq!(carets, " ".repeat(37) + "^");
}

#[test]
fn a_mark_that_is_longer_than_the_line_is_cut() {
    let (text, carets) = pointed(&"漢".repeat(200), 0..600, 40);
    assert!(text.starts_with("漢漢") && text.ends_with('…'));
    assert_eq!(carets.chars().count(), 23);
}

#[test]
fn no_report_is_wider_than_the_terminal_but_for_what_is_kept_whole() {
    let line = format!("{}\t漢 here {}", "a".repeat(500), "b".repeat(500));
    for width in 40..140 {
        let report = at_terminal(&no_such("x").with_place(in_script(&line, 501..505)), width);
        for line in report.lines().skip(1) {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
        }
    }
}

#[test]
fn no_terminal_is_too_narrow_for_a_report() {
    for width in 0..40 {
        let report = at_terminal(
            &in_use().with_place(in_script("DROP CONNECTION my_redshift;", 16..27)),
            width,
        );
        assert!(report.starts_with(
            "Cannot delete connection due to usages: my_redshift.public.orders load_orders\n"
        ));
    }
}

#[test]
fn text_from_outside_is_made_printable_in_every_part() {
    let error = Error::new(FileError::Read {
        path: "a\n\x1b[2J\u{202e}.sql".to_owned(),
        cause: "\x1b]0;title\x07".to_owned(),
    });
    let mut place = in_script("\x1b[31m\u{9b}", 0..3);
    place.source = Some("\x1b.sql".to_owned());
    let report = plain(&error.with_place(place));
    assert!(report.starts_with("error[58030]: could not read a\\n\\x1b[2J\\u{202e}.sql\n"));
    assert!(!report.contains(|c: char| c.is_control() && c != '\n'), "{report}");
}

#[test]
fn a_name_that_turns_the_text_is_made_printable_in_every_part() {
    let report = at_terminal(&in_use_by_jobs("a\u{202e}b", 60), 80);
    assert!(report.contains("SHOW USAGES OF CONNECTION \"a\\u{202e}b\" lists all"));
    assert!(!report.contains('\u{202e}'));
}

#[test]
fn labels_carets_and_the_place_are_coloured() {
    let style = Style {
        color: true,
        ..Style::plain(Format::Table)
    };
    let report =
        render_error(&no_such("x").with_place(in_script("DROP CONNECTION x;", 16..17)), &style);
    assert!(report.starts_with("\x1b[1;31merror[42704]:\x1b[0m connection \"x\" does not exist\n"));
    assert!(report.contains("\x1b[1;31m^\x1b[0m\n"));
    assert!(report.ends_with("\x1b[2mat drop.sql:12:17, statement 3\x1b[0m\n"));
    assert_eq!(report.matches('\x1b').count(), 8);
    assert!(render_error(&in_use(), &style).contains("\x1b[36mhint:\x1b[0m DROP JOB"));
}

#[test]
fn json_is_one_object_on_one_line_with_every_usage() {
    let error = in_use().with_place(in_script("DROP CONNECTION my_redshift;", 16..27));
    assert_eq!(
        json(&error),
        "{\"error\": {\"message\": \"Cannot delete connection due to usages: my_redshift.public.orders load_orders\", \
         \"sqlstate\": \"2BP01\", \"file\": \"drop.sql\", \"line\": 12, \"column\": 17, \"statement\": 3, \
         \"hint\": \"DROP JOB load_orders; DROP TABLE my_redshift.public.orders; DROP CONNECTION my_redshift; \
         -- or, in one: DROP CONNECTION my_redshift CASCADE;\", \
         \"usages\": [{\"usage\": \"table\", \"name\": \"my_redshift.public.orders\", \"via\": \"connection\"}, \
         {\"usage\": \"job\", \"name\": \"load_orders\", \"via\": \"target, table my_redshift.public.orders\"}]}}\n"
    );
    assert_eq!(json(&used_by_jobs(60)).matches("\"usage\": \"job\"").count(), 60);
}

#[test]
fn json_leaves_out_what_does_not_apply() {
    assert_eq!(
        json(&Error::new(Cancelled)),
        "{\"error\": {\"message\": \"canceling statement due to user request\", \"sqlstate\": \"57014\"}}\n"
    );
}

#[test]
fn json_has_the_cause_with_its_lines_and_no_colour() {
    let error = Error::new(PasswordError::NoTerminal { cause: "a\n\u{9b}b".to_owned() });
    let style = Style {
        color: true,
        width: Some(80),
        ..Style::plain(Format::Jsonl)
    };
    let text = render_error(&error, &style);
    assert!(text.contains("\"cause\": \"a\\n\\u009bb\""));
    let object: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(object["error"]["cause"], "a\n\u{9b}b");
    assert_eq!(text.matches('\n').count(), 1);
}
