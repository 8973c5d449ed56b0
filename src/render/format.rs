//! The formats of result sets, and their names.

use std::fmt;
use std::str::FromStr;

/// A format of result sets; `--format` and `\format` take its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// A table with borders, for reading.
    #[default]
    Table,
    /// A line for each value, for reading rows that are too wide for a table.
    Vertical,
    /// A table of GitHub Flavored Markdown, for pasting.
    Markdown,
    /// Values with a separator between them, without escapes, as in psql.
    Unaligned,
    /// Comma-separated values (RFC 4180, lines end in a line feed).
    Csv,
    /// Tab-separated values, escaped as `PostgreSQL` does in COPY's text format.
    Tsv,
    /// One array of objects.
    Json,
    /// An object on each line.
    Jsonl,
}

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Self::Table,
        Self::Vertical,
        Self::Markdown,
        Self::Unaligned,
        Self::Csv,
        Self::Tsv,
        Self::Json,
        Self::Jsonl,
    ];

    /// The name of the format.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Vertical => "vertical",
            Self::Markdown => "markdown",
            Self::Unaligned => "unaligned",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
        }
    }

    /// True if errors and notices are JSON too.
    pub fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The message for any other word.
const UNKNOWN_FORMAT: &str =
    "the format is one of table, vertical, markdown, unaligned, csv, tsv, json, jsonl";

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.word().eq_ignore_ascii_case(text))
            .ok_or(UNKNOWN_FORMAT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_every_format_reads_back_in_any_letter_case() {
        for &format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
            assert_eq!(format.word().to_uppercase().parse(), Ok(format));
        }
    }

    #[test]
    fn the_refusal_of_a_word_names_every_format() {
        let words: Vec<&str> = Format::ALL.iter().map(|format| format.word()).collect();
        assert!("xml".parse::<Format>().unwrap_err().to_string().ends_with(&words.join(", ")));
    }
}
