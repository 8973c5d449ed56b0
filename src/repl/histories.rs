//! A history for each target: one for the catalog, and one for each connection.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::history::HistoryFile;
use crate::name::ConnectionName;
use crate::private_file;
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

/// Moves the history, and the folder of the connections' histories beside it, once: what is at the
/// new place already stays, and then the old one does too.
pub(super) fn move_histories(old: &Path, new: &Path) -> io::Result<()> {
    if old == new {
        return Ok(());
    }
    for (old, new) in [
        (old.to_owned(), new.to_owned()),
        (old.with_file_name(FOLDER), new.with_file_name(FOLDER)),
    ] {
        if !old.exists() || new.exists() {
            continue;
        }
        // One process at a time moves, so that no move replaces what another has moved and used.
        let folder = File::open(private_file::folder_of(&old))?;
        folder.lock()?;
        private_file::create_folder(private_file::folder_of(&new))?;
        if old.exists() && !new.exists() {
            std::fs::rename(&old, &new)?;
        }
    }
    Ok(())
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
    fn old_histories_move_once_and_replace_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new] = ["data", "state"].map(|name| folder.path().join(name).join("history"));
        move_histories(&old, &new).unwrap();
        assert!(!new.parent().unwrap().exists());
        let of_sales = |path: &Path| path.with_file_name(FOLDER).join("of-sales");
        std::fs::create_dir_all(old.with_file_name(FOLDER)).unwrap();
        std::fs::write(&old, "SELECT 1;\n").unwrap();
        std::fs::write(of_sales(&old), "SELECT 2;\n").unwrap();
        move_histories(&old, &new).unwrap();
        assert_eq!(std::fs::read_to_string(&new).unwrap(), "SELECT 1;\n");
        assert_eq!(std::fs::read_to_string(of_sales(&new)).unwrap(), "SELECT 2;\n");
        assert!(!old.exists() && !of_sales(&old).exists());
        std::fs::write(&old, "SELECT 3;\n").unwrap();
        move_histories(&old, &new).unwrap();
        assert_eq!(std::fs::read_to_string(&new).unwrap(), "SELECT 1;\n");
        assert!(old.exists());
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
