//! Values between commas or tabs, for other programs: the data is exact, nothing is made printable.

use std::io::{self, Write};

use super::cell::write_exact;
use crate::value::{ResultSet, Value};

/// Writes RFC 4180's CSV with a header, except that lines end in a line feed. NULL is nothing,
/// empty text is `""`.
pub(super) fn write_csv(rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
    write_header(rows, b",", write_csv_text, out)?;
    for row in &rows.rows {
        for (index, value) in row.iter().enumerate() {
            write_delimiter(index, b",", out)?;
            match value {
                Value::Null => {}
                Value::Text(text) => write_csv_text(text, out)?,
                Value::Boolean(_) | Value::Integer(_) | Value::Real(_) => write_exact(value, out)?,
            }
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Writes the text format of `PostgreSQL`'s COPY with a header (its documentation, COPY, "Text
/// Format").
pub(super) fn write_tsv(rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
    write_header(rows, b"\t", write_tsv_text, out)?;
    for row in &rows.rows {
        for (index, value) in row.iter().enumerate() {
            write_delimiter(index, b"\t", out)?;
            match value {
                Value::Null => out.write_all(b"\\N")?,
                Value::Text(text) => write_tsv_text(text, out)?,
                Value::Boolean(_) | Value::Integer(_) | Value::Real(_) => write_exact(value, out)?,
            }
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn write_header<W: Write>(
    rows: &ResultSet,
    delimiter: &[u8],
    write_text: fn(&str, &mut W) -> io::Result<()>,
    out: &mut W,
) -> io::Result<()> {
    for (index, column) in rows.columns.iter().enumerate() {
        write_delimiter(index, delimiter, out)?;
        write_text(&column.name, out)?;
    }
    out.write_all(b"\n")
}

fn write_delimiter(index: usize, delimiter: &[u8], out: &mut impl Write) -> io::Result<()> {
    if index == 0 { Ok(()) } else { out.write_all(delimiter) }
}

fn write_csv_text<W: Write>(text: &str, out: &mut W) -> io::Result<()> {
    if text.is_empty() {
        return out.write_all(b"\"\"");
    }
    if !text.bytes().any(needs_quotes) {
        return out.write_all(text.as_bytes());
    }
    out.write_all(b"\"")?;
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            out.write_all(b"\"\"")?;
        }
        out.write_all(part.as_bytes())?;
    }
    out.write_all(b"\"")
}

/// Writes a row of CSV from the bytes of its cells.
pub(super) fn write_csv_cells(cells: &[Option<&[u8]>], out: &mut Vec<u8>) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        match cell {
            None => {}
            Some([]) => out.extend_from_slice(b"\"\""),
            Some(cell) if cell.iter().any(|byte| needs_quotes(*byte)) => push_quoted(cell, out),
            Some(cell) => out.extend_from_slice(cell),
        }
    }
    out.push(b'\n');
}

fn needs_quotes(byte: u8) -> bool {
    matches!(byte, b'"' | b',' | b'\n' | b'\r')
}

fn push_quoted(cell: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in cell {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// Writes a row of COPY's text format from the bytes of its cells.
pub(super) fn write_tsv_cells(cells: &[Option<&[u8]>], out: &mut Vec<u8>) -> io::Result<()> {
    for (index, cell) in cells.iter().enumerate() {
        write_delimiter(index, b"\t", out)?;
        match cell {
            None => out.extend_from_slice(b"\\N"),
            Some(cell) => write_tsv_bytes(cell, out)?,
        }
    }
    out.push(b'\n');
    Ok(())
}

fn write_tsv_text<W: Write>(text: &str, out: &mut W) -> io::Result<()> {
    write_tsv_bytes(text.as_bytes(), out)
}

fn write_tsv_bytes<W: Write>(bytes: &[u8], out: &mut W) -> io::Result<()> {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|&byte| copy_escape(byte).is_some()) {
        out.write_all(&rest[..at])?;
        out.write_all(copy_escape(rest[at]).unwrap_or_default())?;
        rest = &rest[at + 1..];
    }
    out.write_all(rest)
}

/// How COPY writes a byte that cannot stand for itself.
fn copy_escape(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'\\' => Some(b"\\\\"),
        b'\t' => Some(b"\\t"),
        b'\n' => Some(b"\\n"),
        b'\r' => Some(b"\\r"),
        0x08 => Some(b"\\b"),
        0x0b => Some(b"\\v"),
        0x0c => Some(b"\\f"),
        _ => None,
    }
}
