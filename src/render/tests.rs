//! The exact text of each format.

use proptest::prelude::*;

use super::*;
use crate::value::Value;

fn sample() -> ResultSet {
    let mut rows = ResultSet::with_columns(["name", "max_connections", "comment"]);
    rows.rows = vec![
        vec!["analytics".into(), Value::Integer(10), "nightly loads".into()],
        vec!["größe".into(), Value::Null, Value::Null],
        vec!["\"漢|字\"".into(), Value::Integer(7), "".into()],
        vec!["staging".into(), Value::Null, "two\nlines, \x1b[31m\tred".into()],
    ];
    rows
}

fn one_column(name: &str, values: impl IntoIterator<Item = Value>) -> ResultSet {
    ResultSet {
        rows: values.into_iter().map(|value| vec![value]).collect(),
        ..ResultSet::with_columns([name])
    }
}

fn terminal(width: usize, vertical_when_wide: bool) -> Style {
    Style {
        width: Some(width),
        vertical_when_wide,
        ..Style::plain(Format::Table)
    }
}

fn drawn(rows: &ResultSet, style: &Style) -> String {
    let mut out = Vec::new();
    render_rows(rows, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn plain(rows: &ResultSet, format: Format) -> String {
    drawn(rows, &Style::plain(format))
}

fn answered(sql: &str, style: &Style) -> String {
    let mut out = Vec::new();
    render_answer(&Answer::Sql(sql.to_owned()), style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn with_colours_lines_and_null_are_faint_and_headings_bold() {
    let rows = ResultSet {
        rows: vec![vec!["NULL".into(), Value::Null]],
        ..ResultSet::with_columns(["a", "b"])
    };
    let style = |format| Style { color: true, ..Style::plain(format) };
    let expected = "<2m┌──────┬──────┐<0m\n\
                    <2m│<0m <1ma<0m    <2m│<0m <1mb<0m    <2m│<0m\n\
                    <2m╞══════╪══════╡<0m\n\
                    <2m│<0m NULL <2m│<0m <2mNULL<0m <2m│<0m\n\
                    <2m└──────┴──────┘<0m\n<2m(1 row)<0m\n";
    let table = drawn(&rows, &style(Format::Table));
    assert_eq!(table, expected.replace('<', "\x1b["));
    let expected = "<2m─[ RECORD 1 ]<0m\n<1ma<0m <2m│<0m NULL\n<1mb<0m <2m│<0m <2mNULL<0m\n";
    let vertical = drawn(&rows, &style(Format::Vertical));
    assert_eq!(vertical, expected.replace('<', "\x1b["));
    for format in [Format::Markdown, Format::Csv, Format::Tsv, Format::Json, Format::Jsonl] {
        assert_eq!(drawn(&rows, &style(format)), plain(&rows, format));
    }
    let empty = Style {
        null: "∅".into(),
        ..Style::plain(Format::Table)
    };
    assert!(drawn(&rows, &empty).contains("│ NULL │ ∅ │"));
}

#[test]
fn a_table_has_borders_numbers_on_the_right_and_a_count() {
    assert_eq!(
        plain(&sample(), Format::Table),
        "\
┌───────────┬─────────────────┬──────────────────────┐
│ name      │ max_connections │ comment              │
╞═══════════╪═════════════════╪══════════════════════╡
│ analytics │              10 │ nightly loads        │
│ größe     │            NULL │ NULL                 │
│ \"漢|字\"   │               7 │                      │
│ staging   │            NULL │ two                 ↵│
│           │                 │ lines, \\x1b[31m\\tred │
└───────────┴─────────────────┴──────────────────────┘
(4 rows)
"
    );
}

#[test]
fn vertical_rows_keep_their_line_breaks() {
    assert_eq!(
        plain(&sample(), Format::Vertical),
        "\
─[ RECORD 1 ]───┬────────────────────
name            │ analytics
max_connections │ 10
comment         │ nightly loads
─[ RECORD 2 ]───┼────────────────────
name            │ größe
max_connections │ NULL
comment         │ NULL
─[ RECORD 3 ]───┼────────────────────
name            │ \"漢|字\"
max_connections │ 7
comment         │ \n\
─[ RECORD 4 ]───┼────────────────────
name            │ staging
max_connections │ NULL
comment         │ two                ↵
                │ lines, \\x1b[31m\tred
"
    );
}

#[test]
fn vertical_rows_wrap_long_values_at_a_terminal_alone() {
    let vertical = |width| Style {
        format: Format::Vertical,
        ..terminal(width, false)
    };
    let long = one_column("name", [format!("{} and {}", "a".repeat(22), "b".repeat(30)).into()]);
    let expected = format!(
        "name │ {}\n     │ and\n     │ {}\n     │ {}\n",
        "a".repeat(22),
        "b".repeat(23),
        "b".repeat(7)
    );
    assert!(drawn(&long, &vertical(30)).ends_with(&expected));
    assert!(drawn(&long, &vertical(80)).contains(" and b"));
    assert!(plain(&long, Format::Vertical).contains(" and b"));
}

#[test]
fn markdown_escapes_pipes_and_line_breaks() {
    assert_eq!(
        plain(&sample(), Format::Markdown),
        "\
| name      | max_connections | comment                     |
| --------- | --------------: | --------------------------- |
| analytics |              10 | nightly loads               |
| größe     |            NULL | NULL                        |
| \"漢\\|字\"  |               7 |                             |
| staging   |            NULL | two<br>lines, \\\\x1b[31m red |
"
    );
}

#[test]
fn a_very_long_cell_of_markdown_makes_no_other_line_long() {
    let long = "x".repeat(70_000);
    let rows = ResultSet {
        rows: vec![vec![Value::from(long.as_str())], vec![Value::from("y")]],
        ..ResultSet::with_columns(["text"])
    };
    let text = plain(&rows, Format::Markdown);
    let lengths: Vec<usize> = text.lines().map(str::len).collect();
    assert_eq!(lengths, [260, 260, 70_004, 260]);
}

#[test]
fn csv_tells_null_from_empty_text_and_keeps_the_data_exact() {
    assert_eq!(
        plain(&sample(), Format::Csv),
        "name,max_connections,comment\n\
         analytics,10,nightly loads\n\
         größe,,\n\
         \"\"\"漢|字\"\"\",7,\"\"\n\
         staging,,\"two\nlines, \x1b[31m\tred\"\n"
    );
}

#[test]
fn csv_quotes_what_would_end_copy() {
    let rows = one_column("\\.", ["\\.".into(), "a\\.".into(), "\\..".into()]);
    assert_eq!(plain(&rows, Format::Csv), "\"\\.\"\n\"\\.\"\na\\.\n\\..\n");
}

#[test]
fn tsv_is_escaped_as_copy_does() {
    assert_eq!(
        plain(&sample(), Format::Tsv),
        "name\tmax_connections\tcomment\n\
         analytics\t10\tnightly loads\n\
         größe\t\\N\t\\N\n\
         \"漢|字\"\t7\t\n\
         staging\t\\N\ttwo\\nlines, \x1b[31m\\tred\n"
    );
    let copied = one_column("a\tb", ["\\N".into(), "\u{8}\u{b}\u{c}\r\\".into()]);
    assert_eq!(plain(&copied, Format::Tsv), "a\\tb\n\\\\N\n\\b\\v\\f\\r\\\\\n");
}

#[test]
fn json_is_an_array_with_an_object_on_each_line() {
    assert_eq!(
        plain(&sample(), Format::Json),
        "[\n\
         {\"name\": \"analytics\", \"max_connections\": 10, \"comment\": \"nightly loads\"},\n\
         {\"name\": \"größe\", \"max_connections\": null, \"comment\": null},\n\
         {\"name\": \"\\\"漢|字\\\"\", \"max_connections\": 7, \"comment\": \"\"},\n\
         {\"name\": \"staging\", \"max_connections\": null, \"comment\": \"two\\nlines, \\u001b[31m\\tred\"}\n\
         ]\n"
    );
}

#[test]
fn jsonl_has_the_same_objects_with_nothing_around_them() {
    let array = plain(&sample(), Format::Json);
    let objects = array.trim_start_matches("[\n").trim_end_matches("]\n").replace("},\n", "}\n");
    assert_eq!(plain(&sample(), Format::Jsonl), objects);
}

#[test]
fn no_rows_are_drawn_in_every_format() {
    let rows = ResultSet::with_columns(["name", "usages"]);
    let drawings = [
        (
            Format::Table,
            "┌──────┬────────┐\n│ name │ usages │\n╞══════╪════════╡\n└──────┴────────┘\n(0 rows)\n",
        ),
        (Format::Vertical, "(0 rows)\n"),
        (Format::Markdown, "| name | usages |\n| ---- | ------ |\n"),
        (Format::Csv, "name,usages\n"),
        (Format::Tsv, "name\tusages\n"),
        (Format::Json, "[]\n"),
        (Format::Jsonl, ""),
    ];
    for (format, drawing) in drawings {
        assert_eq!(plain(&rows, format), drawing, "{format}");
    }
}

#[test]
fn rows_without_columns_are_drawn_in_every_format() {
    let rows = ResultSet {
        rows: vec![vec![]],
        ..ResultSet::default()
    };
    assert_eq!(plain(&rows, Format::Table), "(1 row)\n");
    assert_eq!(plain(&rows, Format::Json), "[\n{}\n]\n");
    for &format in Format::ALL {
        plain(&rows, format);
    }
}

#[test]
fn json_has_types_and_what_a_double_cannot_hold_is_text() {
    let values = [
        Value::Boolean(true),
        Value::Integer(-(1 << 53)),
        Value::Integer((1 << 53) + 1),
        Value::Integer(i64::MIN),
        Value::Real(0.5),
        Value::Real(f64::NAN),
        Value::Real(f64::NEG_INFINITY),
    ];
    assert_eq!(
        plain(&one_column("v", values), Format::Jsonl),
        "{\"v\": true}\n{\"v\": -9007199254740992}\n{\"v\": \"9007199254740993\"}\n\
         {\"v\": \"-9223372036854775808\"}\n{\"v\": 0.5}\n{\"v\": \"NaN\"}\n{\"v\": \"-Infinity\"}\n"
    );
}

#[test]
fn json_numbers_a_heading_that_comes_again() {
    let mut rows = ResultSet::with_columns(["name", "name_2", "name", "name"]);
    rows.rows = vec![(1..=4).map(Value::Integer).collect()];
    assert_eq!(
        plain(&rows, Format::Jsonl),
        "{\"name\": 1, \"name_2\": 2, \"name_3\": 3, \"name_4\": 4}\n"
    );
}

#[test]
fn json_escapes_what_a_terminal_would_obey_and_stays_exact() {
    let text = "\u{7f}\u{9b}2J\u{202e}\u{e0041}é";
    let json = plain(&one_column("v", [text.into()]), Format::Jsonl);
    assert_eq!(json, "{\"v\": \"\\u007f\\u009b2J\\u202e\\udb40\\udc41é\"}\n");
    let back: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(back["v"], text);
}

#[test]
fn a_table_that_is_too_wide_for_the_terminal_turns_vertical() {
    assert!(drawn(&sample(), &terminal(54, true)).starts_with("┌─"));
    assert!(drawn(&sample(), &terminal(53, true)).starts_with("─[ RECORD 1 ]─"));
}

#[test]
fn a_table_that_may_not_turn_vertical_is_wrapped() {
    let rows = one_column("comment", ["a comment of some words".into()]);
    assert_eq!(
        drawn(&rows, &terminal(16, false)),
        "\
┌──────────────┐
│ comment      │
╞══════════════╡
│ a comment of │
│ some words   │
└──────────────┘
(1 row)
"
    );
}

#[test]
fn a_word_that_is_wider_than_its_column_is_broken_between_characters() {
    let rows = one_column("n", ["see 漢字漢字漢字漢字".into(), Value::Integer(7)]);
    assert_eq!(
        drawn(&rows, &terminal(15, false)),
        "\
┌─────────────┐
│ n           │
╞═════════════╡
│ see         │
│ 漢字漢字漢  │
│ 字漢字      │
│ 7           │
└─────────────┘
(2 rows)
"
    );
}

#[test]
fn nothing_is_wrapped_without_a_terminal() {
    let rows = one_column("comment", ["x".repeat(60_000).as_str().into()]);
    assert_eq!(plain(&rows, Format::Table).lines().count(), 6);
}

#[test]
fn a_cell_wider_than_any_table_is_continued_on_the_next_line() {
    let rows = one_column("comment", ["x".repeat(200_000).as_str().into()]);
    let table = plain(&rows, Format::Table);
    assert_eq!(table.matches('x').count(), 200_000);
}

#[test]
fn a_table_in_pieces_looks_like_a_table_in_one() {
    let rows = one_column("n", (1..=2_500).map(Value::Integer));
    let table = plain(&rows, Format::Table);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[..4], ["┌──────┐", "│    n │", "╞══════╡", "│    1 │"]);
    assert_eq!(lines[2_502..], ["│ 2500 │", "└──────┘", "(2500 rows)"]);
    assert!((1..=2_500).zip(&lines[3..]).all(|(n, line)| *line == format!("│ {n:>4} │")));
}

#[test]
fn no_width_of_a_terminal_is_too_small() {
    for width in 0..70 {
        for vertical_when_wide in [false, true] {
            assert!(!drawn(&sample(), &terminal(width, vertical_when_wide)).is_empty());
        }
    }
}

#[test]
fn sql_is_written_as_it_stands_in_every_text_format() {
    let sql = "CREATE REDSHIFT CONNECTION a\n    COMMENT = 'tab\t, \u{1b}';";
    for &format in Format::ALL.iter().filter(|format| !format.is_json()) {
        assert_eq!(answered(sql, &Style::plain(format)), format!("{sql}\n"));
    }
    assert_eq!(answered("a;\n", &Style::plain(Format::Table)), "a;\n");
}

#[test]
fn sql_is_made_printable_at_a_terminal() {
    assert_eq!(answered("a\n\t'\x1b'", &terminal(80, true)), "a\n\t'\\x1b'\n");
}

#[test]
fn sql_is_a_value_in_json() {
    assert_eq!(answered("a\nb;", &Style::plain(Format::Json)), "[\n{\"sql\": \"a\\nb;\"}\n]\n");
    assert_eq!(answered("a\nb;", &Style::plain(Format::Jsonl)), "{\"sql\": \"a\\nb;\"}\n");
}

/// A writer that fails like a pipe whose reader has closed it.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails_is_reported_by_every_format() {
    for &format in Format::ALL {
        let result = render_rows(&sample(), &Style::plain(format), &mut Closed);
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::BrokenPipe, "{format}");
    }
}

/// The rows in docs/formats.md.
fn documented() -> ResultSet {
    let row = |name: &str, limit, comment| vec![name.into(), "loader".into(), limit, comment];
    let columns = ["name", "user_name", "max_connections", "comment"];
    ResultSet {
        rows: vec![
            row("sales", Value::Integer(10), "nightly,\nat 2".into()),
            row("spare", Value::Null, "".into()),
            row("trial", Value::Null, Value::Null),
        ],
        ..ResultSet::with_columns(columns)
    }
}

#[test]
fn the_formats_look_as_they_are_documented() {
    let page = include_str!("../../docs/formats.md");
    for &format in Format::ALL {
        let drawing = plain(&documented(), format);
        let block = format!("```text\n{drawing}```\n");
        assert!(page.contains(&block), "docs/formats.md has not:\n{block}");
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::Integer),
        prop_oneof![any::<i32>().prop_map(f64::from), Just(f64::NAN), Just(f64::INFINITY)]
            .prop_map(|real| Value::Real(real / 8.0)),
        any::<String>().prop_map(Value::from),
        "[a\\\\\"',|<\r\n\t\u{1b}\u{202e} ]{0,8}".prop_map(Value::from),
    ]
}

prop_compose! {
    fn any_rows()(columns in 2_usize..5)(
        names in prop::collection::vec(any::<String>(), columns),
        rows in prop::collection::vec(prop::collection::vec(any_value(), columns), 0..6),
    ) -> ResultSet {
        ResultSet { rows, ..ResultSet::with_columns(names.iter().map(String::as_str)) }
    }
}

/// The value as another program reads it from csv.
fn text_of(value: &Value) -> String {
    cell::exact(value).unwrap_or_default().into_owned()
}

fn json_of(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Boolean(boolean) => (*boolean).into(),
        Value::Integer(integer) if integer.unsigned_abs() <= 1 << 53 => (*integer).into(),
        Value::Real(real) if real.is_finite() => (*real).into(),
        Value::Integer(_) | Value::Real(_) | Value::Text(_) => text_of(value).into(),
    }
}

proptest! {
    #[test]
    fn csv_reads_back(rows in any_rows()) {
        let text = plain(&rows, Format::Csv);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names: Vec<&str> = rows.columns.iter().map(|column| column.name.as_str()).collect();
        prop_assert_eq!(reader.headers().unwrap(), names);
        let read: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        let written: Vec<Vec<String>> = rows.rows.iter().map(|row| row.iter().map(text_of).collect()).collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn json_reads_back(rows in any_rows()) {
        let array: Vec<serde_json::Map<String, serde_json::Value>> =
            serde_json::from_str(&plain(&rows, Format::Json)).unwrap();
        prop_assert_eq!(array.len(), rows.rows.len());
        for (object, row) in array.iter().zip(&rows.rows) {
            prop_assert_eq!(object.len(), row.len());
            for value in row {
                prop_assert!(object.values().any(|read| *read == json_of(value)), "{:?} in {:?}", value, object);
            }
        }
    }

    #[test]
    fn tsv_has_a_line_for_each_row_and_a_field_for_each_value(rows in any_rows()) {
        let text = plain(&rows, Format::Tsv);
        prop_assert_eq!(text.matches('\n').count(), rows.rows.len() + 1);
        prop_assert!(text.lines().all(|line| line.split('\t').count() == rows.columns.len()));
    }

    #[test]
    fn formats_for_reading_show_no_hidden_characters(rows in any_rows(), width in prop::option::of(0_usize..200)) {
        for format in [Format::Table, Format::Vertical, Format::Markdown] {
            let text = drawn(&rows, &Style { width, ..Style::plain(format) });
            prop_assert!(!text.contains(|c| sanitize::is_hidden(c) && c != '\n' && c != '\t'));
        }
    }

    #[test]
    fn markdown_has_a_line_for_each_row(rows in any_rows()) {
        prop_assert_eq!(plain(&rows, Format::Markdown).lines().count(), rows.rows.len() + 2);
    }
}
