//! Rows that arrive one by one look like complete result sets.

use super::*;
use crate::render::render_rows;
use crate::value::{ResultSet, Value};

fn columns(kinds: &[(&str, CellKind)]) -> Vec<StreamColumn> {
    let column = |(name, kind): &(&str, CellKind)| StreamColumn {
        name: (*name).to_owned(),
        kind: *kind,
        type_name: "bigint".to_owned(),
    };
    kinds.iter().map(column).collect()
}

fn stream(kinds: &[(&str, CellKind)], rows: &[Vec<Option<&str>>], style: &Style) -> String {
    let mut stream = RowStream::new(&columns(kinds), style);
    let mut out = Vec::new();
    for row in rows {
        let cells: Vec<Option<&[u8]>> = row.iter().map(|cell| cell.map(str::as_bytes)).collect();
        stream.row(&cells, &mut out).unwrap();
    }
    stream.finish(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const KINDS: &[(&str, CellKind)] = &[("id", CellKind::Integer), ("text", CellKind::Text)];

#[test]
fn rows_that_arrive_look_as_rows_that_are_there() {
    let texts = [Some("a"), Some(""), None, Some("b,\"c\"\n\td|e"), Some("\x1b[2J\u{202e}é")];
    for count in [0, 1, 5, 999, 1_000, 1_001, 2_500] {
        let rows: Vec<(String, Option<&str>)> =
            (0..count).map(|row| (row.to_string(), texts[row % texts.len()])).collect();
        let arriving: Vec<Vec<Option<&str>>> =
            rows.iter().map(|(id, text)| vec![Some(id.as_str()), *text]).collect();
        let there = ResultSet {
            rows: rows
                .iter()
                .map(|(id, text)| {
                    vec![Value::Integer(id.parse().unwrap()), Value::optional_text(*text)]
                })
                .collect(),
            ..ResultSet::with_columns(["id", "text"])
        };
        for &format in Format::ALL {
            if count > 1_000
                && !matches!(format, Format::Csv | Format::Tsv | Format::Json | Format::Jsonl)
            {
                // The first rows determine the widths.
                continue;
            }
            let style = Style::plain(format);
            let mut expected = Vec::new();
            render_rows(&there, &style, &mut expected).unwrap();
            let numbers_on_the_right = count == 0 && format == Format::Markdown;
            let text = stream(KINDS, &arriving, &style);
            if numbers_on_the_right {
                assert_eq!(text.lines().count(), 2);
            } else {
                assert_eq!(text, String::from_utf8(expected).unwrap(), "{count} rows as {format}");
            }
        }
    }
}

#[test]
fn at_a_terminal_nothing_is_obeyed_in_any_format() {
    let kinds = &[("a\x1b[2J", CellKind::Text), ("b", CellKind::Text)];
    let rows = [vec![Some("x\x1b[31m\u{9b}\u{202e}"), None]];
    let there = ResultSet {
        rows: vec![vec![Value::optional_text(rows[0][0]), Value::Null]],
        ..ResultSet::with_columns(kinds.map(|(name, _)| name))
    };
    for &format in Format::ALL {
        let style = Style { width: Some(80), ..Style::plain(format) };
        let text = stream(kinds, &rows, &style);
        let obeyed = |c: char| !matches!(c, '\n' | '\t') && crate::render::is_hidden(c);
        assert!(!text.contains(obeyed), "{format}: {text:?}");
        let mut expected = Vec::new();
        render_rows(&there, &style, &mut expected).unwrap();
        assert_eq!(text, String::from_utf8(expected).unwrap(), "{format}");
    }
}

#[test]
fn in_json_the_type_decides() {
    let kinds = &[
        ("a", CellKind::Boolean),
        ("b", CellKind::Integer),
        ("c", CellKind::Real),
        ("d", CellKind::Decimal),
        ("d", CellKind::Text),
    ];
    let some = |cells: [&'static str; 5]| cells.iter().map(|cell| Some(*cell)).collect();
    let rows = [
        some(["t", "9007199254740992", "1e+300", "1.50", "1"]),
        some(["f", "-9007199254740993", "NaN", "NaN", ""]),
        some(["f", "-7", "-0", "2", "\u{9b}é"]),
        some(["f ", " 7", "\n1", " 2", "\t"]),
        some(["", "", "1 ", "", "\u{1f600}\u{e0041}\u{7f}"]),
        some(["t", "+1", "1e999", "", "\"\\/\u{8}"]),
        vec![None; 5],
    ];
    let text = stream(kinds, &rows, &Style::plain(Format::Jsonl));
    let expected = r#"{"a": true, "b": 9007199254740992, "c": 1e+300, "d": "1.50", "d_2": "1"}
{"a": false, "b": "-9007199254740993", "c": "NaN", "d": "NaN", "d_2": ""}
{"a": false, "b": -7, "c": -0, "d": "2", "d_2": "\u009bé"}
{"a": "f ", "b": " 7", "c": "\n1", "d": " 2", "d_2": "\t"}
{"a": "", "b": "", "c": "1 ", "d": "", "d_2": "😀\udb40\udc41\u007f"}
{"a": true, "b": "+1", "c": "1e999", "d": "", "d_2": "\"\\/\b"}
{"a": null, "b": null, "c": null, "d": null, "d_2": null}
"#;
    assert_eq!(text, expected);
}

#[test]
fn a_table_of_many_rows_is_one_table_and_longer_cells_wrap() {
    let rows: Vec<(String, String)> = (0..2_100)
        .map(|row| {
            (
                row.to_string(),
                if row == 2_000 {
                    "x y".repeat(5)
                } else {
                    "abc".to_owned()
                },
            )
        })
        .collect();
    let rows: Vec<Vec<Option<&str>>> = rows
        .iter()
        .map(|(id, text)| vec![Some(id.as_str()), Some(text.as_str())])
        .collect();
    let text = stream(KINDS, &rows, &Style::plain(Format::Table));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with('┌') && lines[lines.len() - 2].starts_with('└'));
    assert_eq!(*lines.last().unwrap(), "(2100 rows)");
    assert!(lines.len() > 2_105);
    let width = lines[0].chars().count();
    assert!(lines[..lines.len() - 1].iter().all(|line| line.chars().count() == width));
}

#[test]
fn an_interrupted_result_set_has_no_end() {
    let mut out = Vec::new();
    let mut stream = RowStream::new(&columns(KINDS), &Style::plain(Format::Json));
    stream.row(&[Some(b"1"), None], &mut out).unwrap();
    stream.break_off(&mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "[\n{\"id\": 1, \"text\": null}\n");
}

/// Takes a number of bytes, then fails as an interrupt does.
struct Limited(usize);

impl Write for Limited {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(text.len()).ok_or(io::Error::other("interrupted"))?;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_large_cell_takes_time_by_its_length_and_can_be_interrupted_in_every_format() {
    const BYTES: usize = 100_000;
    let cells = ["x", "\x1b", "a b ", " ", "漢", "e\u{301}", "\"\\|\n"]
        .map(|part| part.repeat(BYTES / part.len()));
    for &format in Format::ALL {
        for (cell, width) in cells.iter().flat_map(|cell| [(cell, None), (cell, Some(80))]) {
            let style = Style { width, ..Style::plain(format) };
            for limit in [usize::MAX, BYTES / 4] {
                let mut out = Limited(limit);
                let mut stream = RowStream::new(&columns(KINDS), &style);
                let row = stream.row(&[Some(b"1"), Some(cell.as_bytes())], &mut out);
                let end = row.and_then(|()| stream.finish(&mut out));
                assert_eq!(end.is_ok(), limit == usize::MAX, "{format} {width:?}");
            }
        }
    }
}

/// Keeps what is written, and the size of the largest write.
#[derive(Default)]
struct Recorded {
    text: Vec<u8>,
    largest: usize,
}

impl Write for Recorded {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(text);
        self.largest = self.largest.max(text.len());
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_large_cell_is_escaped_and_drawn_piece_by_piece() {
    const BYTES: usize = 600_000;
    for format in [Format::Table, Format::Vertical, Format::Markdown] {
        for width in [None, Some(80)] {
            for (part, escaped) in [("é", "é"), ("\x1b", "x1b"), ("|", "|")] {
                let cell = part.repeat(BYTES / part.len());
                let mut out = Recorded::default();
                let mut stream =
                    RowStream::new(&columns(KINDS), &Style { width, ..Style::plain(format) });
                stream.row(&[Some(b"1"), Some(cell.as_bytes())], &mut out).unwrap();
                stream.finish(&mut out).unwrap();
                assert!(out.largest <= 5 * 256 * 1024 + 16, "{format} {width:?}: {}", out.largest);
                let text = String::from_utf8(out.text).unwrap().replace(['\n', ' ', '│', '─'], "");
                let (first, last) = (text.find(escaped).unwrap(), text.rfind(escaped).unwrap());
                let shown = text[first..last + escaped.len()].replace('\\', "").len();
                assert!(shown >= BYTES / part.len() * escaped.len(), "{format} {width:?}: {shown}");
            }
        }
    }
}

#[test]
fn a_wide_cell_makes_no_neighbour_large() {
    let wide = "x".repeat(60_000);
    let kinds = [("c", CellKind::Text); 10];
    let rows = vec![vec![Some(wide.as_str()); 10]; 2];
    let text = stream(&kinds, &rows, &Style::plain(Format::Table));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 7);
    assert!(lines[..6].iter().all(|line| line.chars().count() == 10 * 60_003 + 1));
}
