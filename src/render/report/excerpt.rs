//! The line that an error points at, and the carets below it.

use unicode_width::UnicodeWidthStr;

use super::paint::{Color, paint};
use crate::error::Excerpt;
use crate::render::Style;
use crate::render::sanitize::lines;
use crate::render::wrap::fitting;

/// The indent of the line and of its carets.
const INDENT: &str = "  ";

/// The replacement for a tab.
const TAB: &str = "    ";

/// The mark of truncated text; one column wide.
const ELLIPSIS: char = '…';

/// The columns of an excerpt if there is no terminal.
const EXCERPT_COLUMNS: usize = 100;

/// The line and the carets below it, at least one; of a line that is too long, the part around the
/// carets.
pub(super) fn draw(excerpt: &Excerpt, color: Color, style: &Style) -> String {
    // One column is left for a caret behind the end of the text.
    let room = style.width.unwrap_or(EXCERPT_COLUMNS).saturating_sub(INDENT.len() + 1);
    let [left, marked, right] = window(parts(excerpt), room);
    let line = format!("{INDENT}{left}{marked}{right}");
    let indent = " ".repeat(INDENT.len() + left.width());
    let carets = paint(&"^".repeat(marked.width().max(1)), color, style);
    format!("{}\n{indent}{carets}\n", line.trim_end())
}

/// The line before, in and after the marked bytes, each one escaped.
fn parts(excerpt: &Excerpt) -> [String; 3] {
    let line = &excerpt.line;
    let start = line.floor_char_boundary(excerpt.marked.start);
    let end = line.floor_char_boundary(excerpt.marked.end).max(start);
    [&line[..start], &line[start..end], &line[end..]].map(|part| lines(part).replace('\t', TAB))
}

/// As much of the three parts as fits: the mark gets up to two thirds, the text around it the rest.
fn window([left, marked, right]: [String; 3], columns: usize) -> [String; 3] {
    let marked = cut_end(&marked, columns * 2 / 3);
    let room = columns.saturating_sub(marked.width());
    let left = cut_start(&left, room - right.width().min(room / 2));
    let right = cut_end(&right, room - left.width());
    [left, marked, right]
}

/// The beginning of the text, with an ellipsis if it was truncated.
fn cut_end(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut kept = fitting(text, columns.saturating_sub(1)).to_owned();
    kept.extend((columns > 0).then_some(ELLIPSIS));
    kept
}

/// The end of the text, with an ellipsis if it was cut off.
fn cut_start(text: &str, columns: usize) -> String {
    let reversed: String = text.chars().rev().collect();
    cut_end(&reversed, columns).chars().rev().collect()
}
