//! The style of output, with the choices of `\pset`.

use std::sync::Arc;

use super::Format;
use crate::definition::TerminalColor;

/// The style of output. Standard output and standard error each have their own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a choice of the user's")]
pub struct Style {
    /// The format of result sets; errors and notices are JSON in the JSON formats, and text in the
    /// others.
    pub format: Format,
    /// True if there are colours.
    pub color: bool,
    /// The colour of the frames of tables.
    pub frame: Option<TerminalColor>,
    /// The width of the terminal; None without a terminal, and then nothing is wrapped.
    pub width: Option<usize>,
    /// True if a table that is wider than the terminal is shown vertically instead (`\x auto`).
    pub vertical_when_wide: bool,
    /// The text for NULL in the formats for reading.
    pub null: Arc<str>,
    /// The text for NULL in the others; None for that of the format.
    pub exact_null: Option<String>,
    /// The lines of a table.
    pub border: Border,
    /// The characters of these lines.
    pub line_style: LineStyle,
    /// The line above a result.
    pub title: Option<String>,
    /// True if a result has headings.
    pub has_headings: bool,
    /// True if the types of the columns stand below the headings of a table.
    pub has_types: bool,
    /// True if the number of rows stands below a result.
    pub has_footer: bool,
    /// True if a result has neither title nor headings nor footer.
    pub tuples_only: bool,
    /// True if the unaligned format has a line for each value (`\x`).
    pub is_unaligned_expanded: bool,
    /// Between the values of a row in the unaligned format.
    pub field_separator: String,
    /// Between its rows.
    pub record_separator: String,
}

/// The lines of a table, by psql's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// 0: none.
    None,
    /// 1: between the columns.
    Inner,
    /// 2: around the table too.
    Full,
}

impl Border {
    /// The border of this number.
    pub fn numbered(number: &str) -> Option<Self> {
        match number {
            "0" => Some(Self::None),
            "1" => Some(Self::Inner),
            "2" | "3" => Some(Self::Full),
            _ => None,
        }
    }

    /// The number of the border.
    pub fn number(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Inner => 1,
            Self::Full => 2,
        }
    }
}

/// The characters of the lines of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineStyle {
    /// `+`, `-` and `|`.
    Ascii,
    /// Box drawing.
    Unicode,
}

impl LineStyle {
    /// The name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Unicode => "unicode",
        }
    }
}

impl Style {
    /// True if a result is shown with its title and its headings.
    pub(super) fn shows_headings(&self) -> bool {
        self.has_headings && !self.tuples_only
    }

    /// True if a result is shown with the types of its columns.
    pub(super) fn shows_types(&self) -> bool {
        self.has_types && self.shows_headings() && self.format == Format::Table
    }

    /// True if a result is shown with the number of its rows.
    pub(super) fn shows_footer(&self) -> bool {
        self.has_footer && !self.tuples_only
    }

    /// True if each value has a line.
    pub fn is_expanded(&self) -> bool {
        match self.format {
            Format::Vertical => true,
            Format::Unaligned => self.is_unaligned_expanded,
            Format::Table
            | Format::Markdown
            | Format::Csv
            | Format::Tsv
            | Format::Json
            | Format::Jsonl => false,
        }
    }

    /// Gives each value a line, or each row. As in psql, the unaligned format stays what it is.
    pub fn expand(&mut self, is_expanded: bool) {
        if self.format == Format::Unaligned {
            self.is_unaligned_expanded = is_expanded;
        } else {
            self.format = if is_expanded { Format::Vertical } else { Format::Table };
        }
    }

    /// Goes to the unaligned format, or from it to a table, and stays expanded or not.
    pub fn align(&mut self, is_aligned: bool) {
        let is_expanded = self.is_expanded();
        self.format = if is_aligned { Format::Table } else { Format::Unaligned };
        self.expand(is_expanded);
    }

    /// A style for a file or a pipe: no colour, no width.
    pub fn plain(format: Format) -> Self {
        Self {
            format,
            color: false,
            frame: None,
            width: None,
            vertical_when_wide: false,
            null: "NULL".into(),
            exact_null: None,
            border: Border::Full,
            line_style: LineStyle::Unicode,
            title: None,
            has_headings: true,
            has_types: false,
            has_footer: true,
            tuples_only: false,
            is_unaligned_expanded: false,
            field_separator: "|".to_owned(),
            record_separator: "\n".to_owned(),
        }
    }
}
