//! CSV and TSV for other programs: the data is exact, nothing is escaped for a terminal.

/// Writes a row of CSV (RFC 4180, except that lines end in a line feed). NULL is an empty field,
/// empty text is `""`.
pub(super) fn write_csv(cells: &[Option<&[u8]>], out: &mut Vec<u8>) {
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

/// Writes a row of the text format of `PostgreSQL`'s COPY (its documentation, COPY, "Text Format").
pub(super) fn write_tsv(cells: &[Option<&[u8]>], out: &mut Vec<u8>) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(b'\t');
        }
        match cell {
            None => out.extend_from_slice(b"\\N"),
            Some(cell) => push_escaped(cell, out),
        }
    }
    out.push(b'\n');
}

fn push_escaped(cell: &[u8], out: &mut Vec<u8>) {
    let mut copied = 0;
    for (at, byte) in cell.iter().enumerate() {
        if let Some(escape) = copy_escape(*byte) {
            out.extend_from_slice(&cell[copied..at]);
            out.extend_from_slice(escape);
            copied = at + 1;
        }
    }
    out.extend_from_slice(&cell[copied..]);
}

/// The escape in COPY for a byte that needs one.
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
