//! A history for each place that statements go to: one for redwire's own, and one for each
//! connection.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::history::HistoryFile;
use crate::name::ConnectionName;
use crate::shell::Target;

/// The folder of the connections' histories, beside redwire's own.
const FOLDER: &str = "connection-history";

/// How long the name of a file may become: systems take 255 bytes, some that encrypt names 143.
const MAX_FILE_NAME_BYTES: usize = 140;

/// The histories that were used since the start.
pub(super) struct Histories {
    /// Where redwire's own is kept; None: all of them are in memory.
    path: Option<PathBuf>,
    /// Whose is in use; None: redwire's own.
    current: Option<ConnectionName>,
    used: HashMap<Option<ConnectionName>, HistoryFile>,
}

impl Histories {
    /// Histories beside that file; None keeps them nowhere. The one of the target is in use.
    pub fn new(path: Option<PathBuf>, target: &Target) -> Self {
        let mut histories = Self {
            path,
            current: connection(target),
            used: HashMap::new(),
        };
        // The file is read now, so that what is wrong with it is told now.
        histories.current();
        histories
    }

    /// Uses the history of the target. Answers whether it was another one before.
    pub fn use_that_of(&mut self, target: &Target) -> bool {
        let wanted = connection(target);
        if wanted == self.current {
            return false;
        }
        self.current = wanted;
        true
    }

    /// The history in use.
    pub fn current(&mut self) -> &mut HistoryFile {
        let path = self.path.as_deref();
        self.used.entry(self.current.clone()).or_insert_with_key(|connection| {
            let path = path.map(|path| {
                connection.as_ref().map_or_else(|| path.to_owned(), |name| beside(path, name))
            });
            HistoryFile::new(path).load()
        })
    }
}

fn connection(target: &Target) -> Option<ConnectionName> {
    match target {
        Target::Catalog => None,
        Target::Warehouse { connection, .. } => Some(connection.clone()),
    }
}

fn beside(path: &Path, name: &ConnectionName) -> PathBuf {
    path.with_file_name(FOLDER).join(file_name(name.as_str()))
}

/// A name for the file that every system takes and that no other connection has. The beginning
/// keeps it from being one that stands for a device.
fn file_name(name: &str) -> String {
    let mut encoded = "of-".to_owned();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' => encoded.push(char::from(byte)),
            _ => encoded.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]),
        }
    }
    if encoded.len() <= MAX_FILE_NAME_BYTES {
        return encoded;
    }
    // No name is encoded so, since its hyphen would be.
    let digest = Sha256::digest(name.as_bytes());
    let digits = digest.iter().flat_map(|byte| [hex_digit(byte >> 4), hex_digit(byte & 15)]);
    format!("of-long-{}", digits.collect::<String>())
}

fn hex_digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connection_has_a_file_of_its_own() {
        assert_eq!(file_name("sales_eu2"), "of-sales_eu2");
        assert_eq!(file_name("../a b"), "of-%2e%2e%2fa%20b");
        assert_eq!(file_name("é"), "of-%c3%a9");
        let long = |last: &str| file_name(&format!("{}{last}", "é".repeat(62)));
        assert!(long("a").len() <= MAX_FILE_NAME_BYTES);
        assert_ne!(long("a"), long("b"));
    }

    #[test]
    fn going_back_and_forth_keeps_them_apart() {
        for is_kept in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let path = is_kept.then(|| folder.path().join("history"));
            let sales = Target::warehouse_of_tests();
            let mut histories = Histories::new(path, &Target::Catalog);
            assert!(histories.current().append("SHOW CONNECTIONS;"));
            assert!(histories.use_that_of(&sales) && !histories.use_that_of(&sales));
            assert!(histories.current().append("SELECT 1;"));
            assert!(histories.use_that_of(&Target::Catalog));
            assert_eq!(histories.current().entries(), ["SHOW CONNECTIONS;"]);
            assert!(histories.use_that_of(&sales));
            assert_eq!(histories.current().entries(), ["SELECT 1;"]);
            assert_eq!(folder.path().join("connection-history/of-sales").exists(), is_kept);
        }
    }
}
