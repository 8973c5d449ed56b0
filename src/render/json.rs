//! Result sets as JSON, and the JSON strings of errors and remarks.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::cell::{Exact, write_exact};
use super::sanitize::{is_hidden, is_plain_ascii};
use crate::value::{ResultSet, Value};

/// The largest integer up to which every integer is a double, so that every reader of JSON gets it
/// right.
pub(super) const MAX_SAFE_INTEGER: u64 = 1 << 53;

/// Writes one array with an object a row, each on a line of its own.
pub(super) fn write_array(rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
    let keys = keys(rows);
    let mut before = "[\n";
    for row in &rows.rows {
        out.write_all(before.as_bytes())?;
        write_object(&keys, row, out)?;
        before = ",\n";
    }
    out.write_all(if rows.rows.is_empty() { b"[]\n" } else { b"\n]\n" })
}

/// Writes an object a row, each on a line, and nothing around them.
pub(super) fn write_lines(rows: &ResultSet, out: &mut impl Write) -> io::Result<()> {
    let keys = keys(rows);
    for row in &rows.rows {
        write_object(&keys, row, out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// The keys as JSON. A heading that comes again gets a number, so that no value is lost: `name`,
/// `name_2`.
pub(super) fn keys(rows: &ResultSet) -> Vec<String> {
    let headings: HashSet<&str> = rows.columns.iter().map(|column| column.name.as_str()).collect();
    let mut taken = HashSet::new();
    let mut keys = Vec::with_capacity(rows.columns.len());
    for column in &rows.columns {
        let mut key = column.name.clone();
        let mut number = 2;
        while taken.contains(&key) || (number > 2 && headings.contains(key.as_str())) {
            key = format!("{}_{number}", column.name);
            number += 1;
        }
        keys.push(quoted(&key));
        taken.insert(key);
    }
    keys
}

fn write_object(keys: &[String], row: &[Value], out: &mut impl Write) -> io::Result<()> {
    let mut before = "{";
    for (key, value) in keys.iter().zip(row) {
        out.write_all(before.as_bytes())?;
        out.write_all(key.as_bytes())?;
        out.write_all(b": ")?;
        write_value(value, out)?;
        before = ", ";
    }
    out.write_all(if keys.is_empty() { b"{}" } else { b"}" })
}

fn write_value(value: &Value, out: &mut impl Write) -> io::Result<()> {
    match value {
        Value::Null => out.write_all(b"null"),
        Value::Text(text) => write_string(text, out),
        Value::Integer(integer) if integer.unsigned_abs() > MAX_SAFE_INTEGER => {
            write!(out, "\"{integer}\"")
        }
        Value::Real(real) if !real.is_finite() => write!(out, "\"{}\"", Exact(value)),
        Value::Boolean(_) | Value::Integer(_) | Value::Real(_) => write_exact(value, out),
    }
}

/// Writes a text as a JSON string.
pub(super) fn write_string(text: &str, out: &mut impl Write) -> io::Result<()> {
    if is_plain_ascii(text) {
        Ok(serde_json::to_writer(out, text)?)
    } else {
        out.write_all(quoted(text).as_bytes())
    }
}

/// The text as a JSON string. What a terminal would obey, and what hides or turns text, is escaped
/// on top of what JSON requires: the data stays exact and a terminal safe.
pub(super) fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    if !json.contains(is_hidden) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// One JSON object on one line, built field by field.
#[derive(Debug, Default)]
pub(super) struct Object {
    fields: Vec<String>,
}

impl Object {
    /// Adds a field whose value is JSON already.
    pub(super) fn raw(mut self, key: &str, json: &str) -> Self {
        self.fields.push(format!("\"{key}\": {json}"));
        self
    }

    /// Adds a text.
    pub(super) fn text(self, key: &str, text: &str) -> Self {
        let json = quoted(text);
        self.raw(key, &json)
    }

    /// Adds a text, or nothing where there is none.
    pub(super) fn optional_text(self, key: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(key, text),
            None => self,
        }
    }

    /// Adds a number, or nothing where there is none.
    pub(super) fn optional_number(self, key: &str, number: Option<usize>) -> Self {
        match number {
            Some(number) => self.raw(key, &number.to_string()),
            None => self,
        }
    }

    /// The object as text, without a line break.
    pub(super) fn into_json(self) -> String {
        format!("{{{}}}", self.fields.join(", "))
    }
}
