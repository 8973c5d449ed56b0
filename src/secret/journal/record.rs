//! The text of the journal: a header, then one line for each note.
//!
//! ```text
//! redwire journal of secrets 1
//! note keyring 5f0c…e1 9a8b7c6d5e4f3a2b
//! done keyring 5f0c…e1 0011223344556677
//! ```
//!
//! A line is a verb, a store, an id and the checksum of all before it. `note` says that the id is
//! about to appear or disappear, `done` takes such a line back. Bytes after the last line feed are
//! an unfinished line: its writer had not yet touched a store. Any other deviation is damage.

use std::collections::HashMap;

use crate::secret::checksum::checksum;
use crate::secret::{SecretId, StoreKind};

/// The first line of this version. A shorter file has never had a note.
pub(super) const HEADER: &str = "redwire journal of secrets 1\n";

/// The beginning of the headers of all versions.
const FAMILY: &[u8] = b"redwire journal of secrets ";

/// A secret that is about to appear or disappear.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JournalEntry {
    /// The id of the secret.
    pub id: SecretId,
    /// The store of the secret.
    pub kind: StoreKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// The secret is about to appear or disappear.
    Note,
    /// The note is taken back.
    Done,
}

impl Verb {
    fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Done => "done",
        }
    }
}

/// True if a line can hold the id.
pub(super) fn can_hold(id: &SecretId) -> bool {
    !id.as_str().is_empty() && id.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The line of one entry, with its line feed.
pub(super) fn line(verb: Verb, entry: &JournalEntry) -> String {
    let text = format!("{} {} {}", verb.word(), entry.kind, entry.id.as_str());
    let sum = checksum(text.as_bytes());
    format!("{text} {sum}\n")
}

/// The parsed journal.
#[derive(Debug, Default)]
pub(super) struct JournalContents {
    /// The notes that are not taken back, each once, in the order of their first lines.
    pub(super) entries: Vec<JournalEntry>,
    /// The length of the header and the finished lines.
    pub(super) length: u64,
}

impl JournalContents {
    /// Parses the whole file. The error describes the damage.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let finished = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let (whole, unfinished) = bytes.split_at(finished);
        if whole.is_empty() && is_unfinished_header(unfinished) {
            return Ok(Self::default());
        }
        let Some(lines) = whole.strip_prefix(HEADER.as_bytes()) else {
            return Err(foreign_header(bytes));
        };
        let mut left = HashMap::new();
        for (index, line) in lines.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let (verb, entry) =
                parse(line).ok_or_else(|| format!("line {} is damaged", index + 2))?;
            match verb {
                Verb::Note => {
                    left.entry(entry).or_insert(index);
                }
                Verb::Done => {
                    left.remove(&entry);
                }
            }
        }
        Ok(Self {
            entries: in_order(left),
            length: whole.len() as u64,
        })
    }
}

/// The entries in the order of their lines.
fn in_order(left: HashMap<JournalEntry, usize>) -> Vec<JournalEntry> {
    let mut entries: Vec<_> = left.into_iter().collect();
    entries.sort_unstable_by_key(|(_, index)| *index);
    entries.into_iter().map(|(entry, _)| entry).collect()
}

/// A power failure can leave zeros instead of an unfinished header.
fn is_unfinished_header(bytes: &[u8]) -> bool {
    HEADER.as_bytes().starts_with(bytes) || bytes.iter().all(|byte| *byte == 0)
}

fn foreign_header(bytes: &[u8]) -> String {
    if bytes.starts_with(FAMILY) {
        "it was written by another version of redwire".to_owned()
    } else {
        "line 1 is damaged, or this is no journal".to_owned()
    }
}

fn parse(line: &[u8]) -> Option<(Verb, JournalEntry)> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (text, sum) = line.rsplit_once(' ')?;
    if checksum(text.as_bytes()) != sum {
        return None;
    }
    let (verb, rest) = text.split_once(' ')?;
    let (kind, id) = rest.split_once(' ')?;
    let verb = [Verb::Note, Verb::Done].into_iter().find(|known| known.word() == verb)?;
    let entry = JournalEntry {
        id: SecretId::from_stored(id),
        kind: kind.parse().ok()?,
    };
    Some((verb, entry))
}
