//! Keys and strings of JSON, and the objects for errors and notices.

use std::collections::HashSet;
use std::fmt::Write as _;

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
pub(super) fn write_string(text: &str, out: &mut Vec<u8>) {
    if is_plain_ascii(text) && !text.contains(['"', '\\']) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(quoted(text).as_bytes());
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

/// One JSON object on one line. A field has its value as JSON; one without a value is left out.
pub(super) fn object(fields: &[(&str, Option<String>)]) -> String {
    let fields = fields.iter().filter_map(|(key, value)| Some((key, value.as_ref()?)));
    let fields: Vec<String> = fields.map(|(key, value)| format!("\"{key}\": {value}")).collect();
    format!("{{{}}}", fields.join(", "))
}
