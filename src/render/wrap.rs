//! Wrapping lines between words.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::Style;
use super::report::paint::{Color, paint};

/// The indent of continued lines of help without a second column.
const HANGING_INDENT: usize = 4;

/// A help text: at a terminal each line is wrapped between words, and continues below its second
/// column if it has one.
pub fn render_help<'a>(text: &'a str, style: &Style) -> Cow<'a, str> {
    let Some(columns) = style.width else {
        return Cow::Borrowed(text);
    };
    let mut help = String::with_capacity(text.len());
    for line in text.lines() {
        push_hanging(line, columns, &mut help);
    }
    Cow::Owned(help)
}

fn push_hanging(line: &str, columns: usize, out: &mut String) {
    let (head, body) = line.split_at(second_column(line).unwrap_or(0));
    let indent = match head.width() {
        0 => (line.len() - line.trim_start().len()).max(HANGING_INDENT),
        width => width,
    };
    let room = columns.saturating_sub(indent);
    out.push_str(head);
    out.push_str(&broken(body, room).join(&format!("\n{:indent$}", "")));
    out.push('\n');
}

/// The byte at which the text behind a name and two or more blanks begins.
fn second_column(line: &str) -> Option<usize> {
    let name = line.len() - line.trim_start().len();
    let gap = name + line[name..].find("  ")?;
    Some(line.len() - line[gap..].trim_start().len())
}

/// A label and its text, with their line break. Lines that are too long for the terminal continue
/// below the beginning of the text.
pub(super) fn labelled(label: &str, text: &str, color: Color, style: &Style) -> String {
    let indent = " ".repeat(label.len() + 1);
    let room = style.width.map_or(usize::MAX, |width| width.saturating_sub(indent.len()));
    let parts: Vec<&str> = text.lines().flat_map(|line| broken(line, room)).collect();
    let text = parts.join(&format!("\n{indent}"));
    format!("{} {text}\n", paint(label, color, style))
}

/// Splits a line at blanks into parts of at most the given width. A longer word stays whole.
fn broken(line: &str, columns: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = Some(line);
    while let Some(line) = rest {
        let (part, after) = break_once(line, columns);
        parts.push(part);
        rest = after;
    }
    parts
}

/// The first part of a line that is split at blanks, and the rest, if there is one.
fn break_once(line: &str, columns: usize) -> (&str, Option<&str>) {
    let (mut at, mut width, mut text_end) = (0, 0, 0);
    for word in line.split(' ') {
        width += word.width();
        if text_end > 0 && width > columns {
            return (&line[..text_end], Some(&line[at..]));
        }
        width += 1;
        if !word.is_empty() {
            text_end = at + word.len();
        }
        at += word.len() + 1;
    }
    (line, None)
}

/// The marks after which a word that is too long is split, as in an endpoint or a name.
const MARKS: [char; 4] = ['.', ':', '/', '_'];

/// The lines of a text that is split between words, and inside words that are wider than the
/// column: after one of the [`MARKS`] in the last two thirds of the line, or anywhere. The time
/// grows with the length of the text alone.
pub(super) struct Wrapped<'a> {
    rest: Option<&'a str>,
    /// The rest of a word that is wider than the column.
    word: &'a str,
    columns: usize,
}

impl<'a> Wrapped<'a> {
    pub fn new(text: &'a str, columns: usize) -> Self {
        Self { rest: Some(text), word: "", columns }
    }
}

impl<'a> Iterator for Wrapped<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.word.is_empty() {
            (self.word, self.rest) = break_once(self.rest?, self.columns);
        }
        let mut fitting = fitting(self.word, self.columns).len();
        if fitting < self.word.len()
            && let Some(mark) = self.word[..fitting].rfind(MARKS).filter(|at| *at > fitting / 3)
        {
            fitting = mark + 1;
        }
        // A character that is wider than the column has a line of its own.
        let first = self.word.graphemes(true).next().map_or(0, str::len);
        let (line, rest) = self.word.split_at(fitting.max(first));
        self.word = rest;
        Some(line)
    }
}

/// The longest beginning of the text that fits.
pub(super) fn fitting(text: &str, columns: usize) -> &str {
    let mut width = 0;
    let mut clusters = text.grapheme_indices(true);
    let end = clusters.find(|(_, cluster)| {
        width += cluster.width();
        width > columns
    });
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Format;

    fn help(text: &str, columns: usize) -> String {
        let style = Style {
            width: Some(columns),
            ..Style::plain(Format::Table)
        };
        render_help(text, &style).into_owned()
    }

    #[test]
    fn a_line_is_broken_between_words_and_a_long_word_stays_whole() {
        assert_eq!(broken("one two three", 7), ["one two", "three"]);
        assert_eq!(broken("one two three", 13), ["one two three"]);
        assert_eq!(broken("one  verylongword a b", 4), ["one", "verylongword", "a b"]);
        assert_eq!(broken("  a 漢字", 5), ["  a", "漢字"]);
        assert_eq!(broken("", 0), [""]);
        assert_eq!(broken("a b", 0), ["a", "b"]);
    }

    #[test]
    fn a_cell_is_wrapped_at_words_and_a_long_word_anywhere() {
        let wrapped = |text: &'static str, columns| Wrapped::new(text, columns).collect::<Vec<_>>();
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a verylongword b", 6), ["a", "verylo", "ngword", "b"]);
        assert_eq!(wrapped("db.example.com:5439/dev", 13), ["db.example.", "com:5439/dev"]);
        assert_eq!(wrapped("a.verylongword", 6), ["a.very", "longwo", "rd"]);
        assert_eq!(wrapped("漢字", 3), ["漢", "字"]);
        assert_eq!(wrapped("漢字", 1), ["漢", "字"]);
        assert_eq!(wrapped("", 3), [""]);
    }

    #[test]
    fn help_goes_on_under_its_second_column_and_is_whole_in_a_pipe() {
        let text = "SHOW A [LIKE 'x']\n    List all of them.\n  \\x [on]   one or two\n";
        assert_eq!(
            help(text, 17),
            "SHOW A [LIKE\n    'x']\n    List all\n    of them.\n  \\x [on]   one\n            or\n            two\n"
        );
        assert_eq!(render_help(text, &Style::plain(Format::Table)), text);
    }
}
