//! Keys and strings of JSON, and the objects for errors and notices.

use std::collections::HashSet;
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

/// The text as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    let mut json = Vec::new();
    // Writing to a Vec cannot fail.
    let _ = write_string(text, &mut json);
    String::from_utf8_lossy(&json).into_owned()
}

/// Writes a text as a JSON string. Control characters for terminals and hidden characters are
/// escaped in addition to those that JSON requires: the data stays exact, and printing it is safe.
pub(super) fn write_string(text: &str, out: &mut impl Write) -> io::Result<()> {
    if is_plain_ascii(text) && !text.contains(['"', '\\']) {
        out.write_all(b"\"")?;
        out.write_all(text.as_bytes())?;
        return out.write_all(b"\"");
    }
    Ok(serde_json::to_writer(EscapeHidden(out), text)?)
}

/// Writes JSON with its hidden characters escaped. serde_json writes whole characters.
struct EscapeHidden<'a, W>(&'a mut W);

impl<W: Write> Write for EscapeHidden<'_, W> {
    fn write(&mut self, json: &[u8]) -> io::Result<usize> {
        let mut rest = std::str::from_utf8(json).map_err(io::Error::other)?;
        while let Some(at) = rest.find(is_hidden) {
            let (before, after) = rest.split_at(at);
            self.0.write_all(before.as_bytes())?;
            let mut after = after.chars();
            for unit in after.next().iter().flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec()) {
                write!(self.0, "\\u{unit:04x}")?;
            }
            rest = after.as_str();
        }
        self.0.write_all(rest.as_bytes())?;
        Ok(json.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// One JSON object on one line. A field has its value as JSON; one without a value is left out.
pub(super) fn object(fields: &[(&str, Option<String>)]) -> String {
    let fields = fields.iter().filter_map(|(key, value)| Some((key, value.as_ref()?)));
    let fields: Vec<String> = fields.map(|(key, value)| format!("\"{key}\": {value}")).collect();
    format!("{{{}}}", fields.join(", "))
}
