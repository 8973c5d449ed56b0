//! The file of a vault.
//!
//! ```text
//! redwire vault 1
//! key 428
//! …428 bytes: the wrapped key…
//! secret 5f0c…e1 240
//! …240 bytes: one encrypted secret…
//! end 9a8b7c6d5e4f3a2b
//! ```
//!
//! A line feed follows each run of bytes. The last line is the checksum of all before it: a file
//! that was cut, changed or added to is damaged, and is never overwritten.

use std::collections::BTreeMap;

use crate::secret::SecretId;
use crate::secret::checksum::checksum;

/// The first line of this version.
const HEADER: &str = "redwire vault 1";

/// The beginning of the headers of all versions.
const FAMILY: &str = "redwire vault ";

/// The parsed file, still encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VaultContents {
    /// The key, wrapped by the passphrase.
    pub(super) key: Vec<u8>,
    /// Each is encrypted on its own.
    pub(super) secrets: BTreeMap<SecretId, Vec<u8>>,
}

impl VaultContents {
    /// A vault with no secrets yet.
    pub(super) fn new(key: Vec<u8>) -> Self {
        Self { key, secrets: BTreeMap::new() }
    }

    /// The bytes of the whole file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{HEADER}\n").into_bytes();
        append(&mut bytes, "key", &self.key);
        for (id, sealed) in &self.secrets {
            append(&mut bytes, &format!("secret {}", id.as_str()), sealed);
        }
        let end = format!("end {}\n", checksum(&bytes));
        bytes.extend_from_slice(end.as_bytes());
        bytes
    }

    /// Parses the whole file. The error describes the damage.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut reader = VaultReader { rest: bytes };
        let header = reader.line().ok_or("it is no vault, or damaged")?;
        if header != HEADER {
            return Err(foreign_header(header));
        }
        if !has_true_checksum(bytes) {
            return Err("the file is damaged: its checksum differs".to_owned());
        }
        reader.contents().ok_or_else(|| "the file is damaged".to_owned())
    }
}

fn append(bytes: &mut Vec<u8>, what: &str, run: &[u8]) {
    bytes.extend_from_slice(format!("{what} {}\n", run.len()).as_bytes());
    bytes.extend_from_slice(run);
    bytes.push(b'\n');
}

fn foreign_header(header: &str) -> String {
    if header.starts_with(FAMILY) {
        "it was written by another version of redwire".to_owned()
    } else {
        "it is no vault, or damaged".to_owned()
    }
}

fn has_true_checksum(bytes: &[u8]) -> bool {
    let end_length = "end \n".len() + checksum(b"").len();
    let Some(end) = bytes.len().checked_sub(end_length) else {
        return false;
    };
    bytes[end..] == *format!("end {}\n", checksum(&bytes[..end])).as_bytes()
}

/// The rest of the file that is still to be read.
struct VaultReader<'a> {
    rest: &'a [u8],
}

impl<'a> VaultReader<'a> {
    /// Reads all after the header.
    fn contents(&mut self) -> Option<VaultContents> {
        let length = self.line()?.strip_prefix("key ")?;
        let mut contents = VaultContents::new(self.run(length)?);
        loop {
            let line = self.line()?;
            if line.starts_with("end ") {
                return self.rest.is_empty().then_some(contents);
            }
            let (id, length) = line.strip_prefix("secret ")?.split_once(' ')?;
            let sealed = self.run(length)?;
            contents.secrets.insert(SecretId::from_stored(id), sealed);
        }
    }

    fn line(&mut self) -> Option<&'a str> {
        let end = self.rest.iter().position(|byte| *byte == b'\n')?;
        let (line, rest) = self.rest.split_at(end);
        self.rest = &rest[1..];
        std::str::from_utf8(line).ok()
    }

    fn run(&mut self, length: &str) -> Option<Vec<u8>> {
        let (run, rest) = self.rest.split_at_checked(length.parse().ok()?)?;
        self.rest = rest.strip_prefix(b"\n")?;
        Some(run.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents() -> VaultContents {
        let mut contents = VaultContents::new(b"a key\nof two lines".to_vec());
        contents.secrets.insert(SecretId::from_stored("aa"), b"end \n".to_vec());
        contents.secrets.insert(SecretId::from_stored("bb"), Vec::new());
        contents
    }

    #[test]
    fn a_written_vault_reads_back() {
        assert_eq!(VaultContents::read(&contents().to_bytes()), Ok(contents()));
        let empty = VaultContents::new(Vec::new());
        assert_eq!(VaultContents::read(&empty.to_bytes()), Ok(empty));
    }

    #[test]
    fn a_file_that_was_cut_is_damaged() {
        let bytes = contents().to_bytes();
        for length in 0..bytes.len() {
            assert!(VaultContents::read(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn a_file_with_a_changed_byte_is_damaged() {
        let bytes = contents().to_bytes();
        for position in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[position] ^= 1;
            assert!(VaultContents::read(&changed).is_err(), "{position}");
        }
    }

    #[test]
    fn a_file_that_was_added_to_is_damaged() {
        let mut bytes = contents().to_bytes();
        bytes.push(b'\n');
        assert!(VaultContents::read(&bytes).is_err());
    }

    #[test]
    fn lengths_that_lie_are_damage_and_no_panic() {
        for text in [
            "key 99\nx\n",
            "key 18446744073709551615\nx\n",
            "key x\n",
            "key 1\nx\nsecret aa\n",
            "",
        ] {
            let body = format!("{HEADER}\n{text}");
            let file = format!("{body}end {}\n", checksum(body.as_bytes()));
            assert!(VaultContents::read(file.as_bytes()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_vault_of_another_version_is_refused() {
        let error = VaultContents::read(b"redwire vault 2\nwhatever\n").unwrap_err();
        assert_eq!(error, "it was written by another version of redwire");
    }
}
