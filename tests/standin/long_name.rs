//! Names of up to 127 bytes, of which PostgreSQL would keep 63: each is told to it by a short one.

use std::collections::HashMap;
use std::sync::Mutex;

/// The maximum length of a name in PostgreSQL, in bytes.
const POSTGRES_LIMIT: usize = 63;

/// The maximum length of a name in Redshift, in bytes; longer ones are truncated.
const REDSHIFT_LIMIT: usize = 127;

/// The beginning of a short name.
const PREFIX: &str = "redshift_long_name_";

/// The number of digits after it.
const DIGITS: usize = 16;

/// The names that were told.
#[derive(Default)]
pub struct LongNames {
    told: Mutex<HashMap<String, String>>,
}

impl LongNames {
    /// The text with the name that stands for it, where it is a long one; with quotes where it has
    /// them.
    pub fn shorten(&self, text: &str) -> String {
        let inner = text.trim_matches('"');
        if inner.len() <= POSTGRES_LIMIT {
            return text.to_owned();
        }
        let mut end = inner.len().min(REDSHIFT_LIMIT);
        while !inner.is_char_boundary(end) {
            end -= 1;
        }
        let name = inner[..end].to_ascii_lowercase();
        let short = short(&name);
        self.told.lock().expect("no panic").insert(short.clone(), name);
        short
    }

    /// A string with the short name, where it is one that was told.
    pub fn shorten_known(&self, text: &str) -> String {
        let short = short(text.trim_matches('\''));
        let is_told =
            text.len() > POSTGRES_LIMIT && self.told.lock().expect("no panic").contains_key(&short);
        if is_told { format!("'{short}'") } else { text.to_owned() }
    }

    /// The bytes with the long names again; None where there is none in them.
    pub fn restore(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let told = self.told.lock().expect("no panic");
        if told.is_empty() {
            return None;
        }
        let mut restored = Vec::new();
        let mut place = 0;
        while let Some(found) = find(&bytes[place..], PREFIX.as_bytes()) {
            let (start, end) = (place + found, place + found + PREFIX.len() + DIGITS);
            restored.extend(&bytes[place..start]);
            let short = bytes.get(start..end).and_then(|short| str::from_utf8(short).ok());
            let Some(name) = short.and_then(|short| told.get(short)) else {
                restored.extend(&bytes[start..start + PREFIX.len()]);
                place = start + PREFIX.len();
                continue;
            };
            restored.extend(name.as_bytes());
            place = end;
        }
        restored.extend(&bytes[place..]);
        (restored != bytes).then_some(restored)
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// The same for the same name in every session.
fn short(name: &str) -> String {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{PREFIX}{hash:016x}")
}
