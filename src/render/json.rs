//! Keys and strings of JSON, and the objects for errors and notices.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::sanitize::{is_hidden, is_plain_ascii};

/// The largest integer up to which every integer is exact as a double, so that every JSON parser
/// reads it correctly.
pub(super) const MAX_SAFE_INTEGER: u64 = 1 << 53;

/// The keys as JSON. A repeated heading gets a number, so that no value is lost: `name`, `name_2`.
pub(super) fn keys(names: &[&str]) -> Vec<String> {
    let headings: HashSet<&str> = names.iter().copied().collect();
    let mut taken = HashSet::new();
    let mut keys = Vec::with_capacity(names.len());
    for name in names {
        let mut key = (*name).to_owned();
        let mut number = 2;
        while taken.contains(&key) || (number > 2 && headings.contains(key.as_str())) {
            key = format!("{name}_{number}");
            number += 1;
        }
        keys.push(quoted(&key));
        taken.insert(key);
    }
    keys
}

/// Writes a text as a JSON string.
pub(super) fn write_string(text: &str, out: &mut impl Write) -> io::Result<()> {
    if is_plain_ascii(text) {
        Ok(serde_json::to_writer(out, text)?)
    } else {
        out.write_all(quoted(text).as_bytes())
    }
}

/// The text as a JSON string. Control characters for terminals and hidden characters are escaped in
/// addition to those that JSON requires: the data stays exact, and printing it is safe.
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
pub(super) struct JsonObject {
    fields: Vec<String>,
}

impl JsonObject {
    /// Adds a field whose value is JSON already.
    pub(super) fn raw(mut self, key: &str, json: &str) -> Self {
        self.fields.push(format!("\"{key}\": {json}"));
        self
    }

    /// Adds a text field.
    pub(super) fn text(self, key: &str, text: &str) -> Self {
        let json = quoted(text);
        self.raw(key, &json)
    }

    /// Adds a text field, or nothing for None.
    pub(super) fn optional_text(self, key: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(key, text),
            None => self,
        }
    }

    /// Adds a number field, or nothing for None.
    pub(super) fn optional_number(self, key: &str, number: Option<usize>) -> Self {
        match number {
            Some(number) => self.raw(key, &number.to_string()),
            None => self,
        }
    }

    /// The object on one line, without a line break.
    pub(super) fn into_json(self) -> String {
        format!("{{{}}}", self.fields.join(", "))
    }
}
