//! Rows without columns, as psql's unaligned format: for pipes and other programs.

use std::io::{self, Write};

use super::sanitize;
use super::style::Style;

/// Rows with a separator between their values.
pub(super) struct Unaligned {
    headings: Vec<String>,
    style: Style,
    count: usize,
    /// True once the title and the headings are written.
    is_headed: bool,
    /// True once a record is written.
    begun: bool,
}

impl Unaligned {
    /// Rows under these headings.
    pub fn new(names: &[&str], style: &Style) -> Self {
        let headings = names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            headings,
            style: style.clone(),
            count: 0,
            is_headed: false,
            begun: false,
        }
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[Option<&[u8]>], out: &mut impl Write) -> io::Result<()> {
        self.begin(out)?;
        self.count += 1;
        if self.style.is_unaligned_expanded {
            return self.expanded(cells, out);
        }
        self.record(cells.iter().copied(), out)
    }

    /// Writes a line for each value, with its heading in front. As in psql, an empty record stands
    /// between two rows.
    fn expanded(&mut self, cells: &[Option<&[u8]>], out: &mut impl Write) -> io::Result<()> {
        if self.begun {
            out.write_all(self.style.record_separator.as_bytes())?;
        }
        let names = std::mem::take(&mut self.headings);
        let mut pairs = names.iter().zip(cells);
        let written = pairs.try_for_each(|(name, cell)| {
            self.record([Some(name.as_bytes()), *cell].into_iter(), out)
        });
        self.headings = names;
        written
    }

    /// Writes the title and the headings.
    fn begin(&mut self, out: &mut impl Write) -> io::Result<()> {
        if std::mem::replace(&mut self.is_headed, true) || !self.style.shows_headings() {
            return Ok(());
        }
        if let Some(title) = self.style.title.take() {
            self.record([Some(title.as_bytes())].into_iter(), out)?;
        }
        if self.style.is_unaligned_expanded {
            return Ok(());
        }
        let names = self.headings.clone();
        self.record(names.iter().map(|name| Some(name.as_bytes())), out)
    }

    /// Writes the number of rows and ends the last record.
    pub fn finish(mut self, out: &mut impl Write) -> io::Result<()> {
        self.begin(out)?;
        if self.style.shows_footer() && !self.style.is_unaligned_expanded {
            let count = self.count;
            let footer = if count == 1 {
                "(1 row)".to_owned()
            } else {
                format!("({count} rows)")
            };
            self.record([Some(footer.as_bytes())].into_iter(), out)?;
        }
        if self.begun { out.write_all(b"\n") } else { Ok(()) }
    }

    fn record<'a>(
        &mut self,
        cells: impl Iterator<Item = Option<&'a [u8]>>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            out.write_all(self.style.record_separator.as_bytes())?;
        }
        let null = self.style.exact_null.as_deref().unwrap_or_default();
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                out.write_all(self.style.field_separator.as_bytes())?;
            }
            let cell = cell.unwrap_or(null.as_bytes());
            if self.style.width.is_some() {
                let text = String::from_utf8_lossy(cell);
                out.write_all(sanitize::lines(&text).as_bytes())?;
            } else {
                out.write_all(cell)?;
            }
        }
        Ok(())
    }
}
