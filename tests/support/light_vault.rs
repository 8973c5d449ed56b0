//! A vault that opens at once: without the work of scrypt, for which other tests need not wait.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// The arguments for passwords in a vault, which needs no desktop.
pub const STORE: [&str; 2] = ["--secret-store", "vault"];

/// The variable with the passphrase, and the passphrase.
pub const PASSPHRASE: (&str, &str) = ("REDWIRE_VAULT_PASSPHRASE", "a passphrase of the tests");

/// Written by redwire itself, with a work factor of 2 and not 16. It holds no secret.
const EMPTY: &[u8] = include_bytes!("light.vault");

/// Puts the vault beside a catalog that is yet to be made.
pub fn put(catalog: &Path) {
    let folder = catalog.parent().expect("a folder");
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(folder).expect("the folder of the catalog");
    let mut path = catalog.to_owned().into_os_string();
    path.push(".vault");
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    file.expect("the file").write_all(EMPTY).expect("all of it");
}
