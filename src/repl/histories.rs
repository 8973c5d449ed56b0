//! A history for each target: one for the catalog, and one for each connection.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::history::HistoryFile;
use crate::name::ConnectionName;
use crate::shell::Target;

/// The folder of the connections' histories, beside the catalog's.
const FOLDER: &str = "connection-history";

/// The histories used since the start.
pub(super) struct Histories {
    /// The file of the catalog's history; None keeps all histories in memory.
    path: Option<PathBuf>,
    /// The connection whose history is in use; None for the catalog.
    current: Option<ConnectionName>,
    used: HashMap<Option<ConnectionName>, HistoryFile>,
}

impl Histories {
    /// Histories beside that file, or in memory for None. The target's history is in use.
    pub fn new(path: Option<PathBuf>, target: &Target) -> Self {
        let mut histories = Self {
            path,
            current: connection(target),
            used: HashMap::new(),
        };
        // Reads the file now, so that a problem with it is reported at the start.
        histories.current();
        histories
    }

    /// Switches to the history of the target. Returns true if another one was in use before.
    pub fn switch_to_history_of(&mut self, target: &Target) -> bool {
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
            HistoryFile::load(path)
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

/// A file name that every system accepts and that no other connection has: the name itself or, if
/// it has other characters, its digest. Its beginning keeps it from being the name of a device.
fn file_name(name: &str) -> String {
    let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    if name.bytes().all(is_plain) {
        return format!("of-{name}");
    }
    let mut file = "of-%".to_owned();
    for byte in Sha256::digest(name.as_bytes()) {
        // Writing to a String cannot fail.
        let _ = write!(file, "{byte:02x}");
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connection_has_a_file_of_its_own() {
        assert_eq!(file_name("sales_eu2"), "of-sales_eu2");
        assert!(file_name("../a b").starts_with("of-%"));
        assert_eq!(file_name("../a b").len(), 68);
        assert_ne!(file_name("é"), file_name("ê"));
    }

    #[test]
    fn going_back_and_forth_keeps_them_apart() {
        for is_kept in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let path = is_kept.then(|| folder.path().join("history"));
            let sales = Target::warehouse_of_tests();
            let mut histories = Histories::new(path, &Target::Catalog);
            assert!(histories.current().append("SHOW CONNECTIONS;"));
            assert!(
                histories.switch_to_history_of(&sales) && !histories.switch_to_history_of(&sales)
            );
            assert!(histories.current().append("SELECT 1;"));
            assert!(histories.switch_to_history_of(&Target::Catalog));
            assert_eq!(histories.current().entries(), ["SHOW CONNECTIONS;"]);
            assert!(histories.switch_to_history_of(&sales));
            assert_eq!(histories.current().entries(), ["SELECT 1;"]);
            assert_eq!(folder.path().join("connection-history/of-sales").exists(), is_kept);
        }
    }
}
