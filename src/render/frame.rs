//! The lines of a table.

use super::style::{Border, LineStyle};

/// The characters of one horizontal line: its left end, the line, a joint, its right end.
pub(super) type Rule = [&'static str; 4];

/// The lines of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TableFrame {
    /// Above the headings; None if there is none.
    pub top: Option<Rule>,
    /// Below the headings.
    pub head: Rule,
    /// Below the rows.
    pub bottom: Option<Rule>,
    /// In a row: its beginning, what stands between two values, and its end.
    pub row: [&'static str; 3],
    /// The blanks around a value in a horizontal line.
    pub padding: usize,
    /// The mark behind a line of a value that ends with a line break.
    pub line_break: char,
}

/// The lines of rows that are drawn vertically.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordFrame {
    pub line: char,
    /// The joints with the line behind the names: of the first rule, and of every other one.
    pub joints: [char; 2],
    /// Behind the names.
    pub bar: &'static str,
    /// The mark behind a line of a value that ends with a line break.
    pub line_break: &'static str,
}

impl RecordFrame {
    /// The lines in these characters, as psql draws them.
    pub const fn new(style: LineStyle) -> Self {
        match style {
            LineStyle::Unicode => Self {
                line: '─',
                joints: ['┬', '┼'],
                bar: "│",
                line_break: "↵",
            },
            LineStyle::Ascii => Self {
                line: '-',
                joints: ['+', '+'],
                bar: "|",
                line_break: "+",
            },
        }
    }
}

impl TableFrame {
    /// The frame of tables unless the user has chosen another.
    pub const USUAL: Self = Self {
        top: Some(["┌", "─", "┬", "┐"]),
        head: ["╞", "═", "╪", "╡"],
        bottom: Some(["└", "─", "┴", "┘"]),
        row: ["│ ", " │ ", " │"],
        padding: 2,
        line_break: '↵',
    };

    /// The same in ASCII, as psql draws it.
    const ASCII: Self = Self {
        top: Some(["+", "-", "+", "+"]),
        head: ["+", "-", "+", "+"],
        bottom: Some(["+", "-", "+", "+"]),
        row: ["| ", " | ", " |"],
        padding: 2,
        line_break: '+',
    };

    /// The frame of a border, as psql draws it.
    pub const fn new(border: Border, style: LineStyle) -> &'static Self {
        match (border, style) {
            (Border::Full, LineStyle::Unicode) => &Self::USUAL,
            (Border::Full, LineStyle::Ascii) => &Self::ASCII,
            (Border::Inner, LineStyle::Unicode) => {
                const { &Self::inner(["", "─", "┼", ""], " │ ", '↵') }
            }
            (Border::Inner, LineStyle::Ascii) => {
                const { &Self::inner(["", "-", "+", ""], " | ", '+') }
            }
            (Border::None, LineStyle::Unicode) => const { &Self::none(["", "─", " ", ""], '↵') },
            (Border::None, LineStyle::Ascii) => const { &Self::none(["", "-", " ", ""], '+') },
        }
    }

    const fn inner(head: Rule, between: &'static str, line_break: char) -> Self {
        Self {
            top: None,
            head,
            bottom: None,
            row: [" ", between, " "],
            padding: 2,
            line_break,
        }
    }

    const fn none(head: Rule, line_break: char) -> Self {
        Self {
            top: None,
            head,
            bottom: None,
            row: ["", " ", ""],
            padding: 0,
            line_break,
        }
    }

    /// True for the frame of tables that nobody has changed.
    pub fn is_usual(&self) -> bool {
        *self == Self::USUAL
    }

    /// True if the table has lines around it.
    pub fn is_full(&self) -> bool {
        self.top.is_some()
    }
}
