//! The file of identities that opens a vault, as `age-keygen` makes it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use age::x25519;
use zeroize::Zeroizing;

use super::{VaultRecipient, recipient};
use crate::private_file::{self, Exposure};
use crate::secret::SecretError;

/// The maximum length of the file.
const MAX_BYTES: usize = 64 * 1024;

/// Reads the identities, at least one.
pub(super) fn read(path: &Path) -> Result<Vec<x25519::Identity>, SecretError> {
    let unusable = |cause: String, fix: Option<String>| SecretError::IdentityUnusable {
        file: path.display().to_string(),
        cause,
        fix,
    };
    let file = File::open(path).map_err(|error| unusable(error.to_string(), None))?;
    if let Some(Exposure { cause, fix }) = private_file::file_exposure(&file, path) {
        return Err(unusable(cause, Some(fix)));
    }
    let text = text_of(file).map_err(|error| unusable(error.to_string(), None))?;
    parse(&text).map_err(|cause| unusable(cause, None))
}

/// The recipients that the identities belong to.
pub(super) fn recipients(identities: &[x25519::Identity]) -> Vec<VaultRecipient> {
    recipient::distinct(identities.iter().map(x25519::Identity::to_public))
}

/// Reads into one buffer that is never moved and is overwritten when dropped.
fn text_of(file: File) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(MAX_BYTES + 1));
    file.take(MAX_BYTES as u64 + 1).read_to_string(&mut text)?;
    if text.len() > MAX_BYTES {
        return Err(io::Error::other("it has more than 64 KiB"));
    }
    Ok(text)
}

/// Reads one identity a line, and leaves out empty lines and comments. The error repeats no line,
/// which may be a key.
fn parse(text: &str) -> Result<Vec<x25519::Identity>, String> {
    let mut identities = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let identity = line.parse().map_err(|_| {
            format!("line {} is no X25519 identity, AGE-SECRET-KEY-1 and so on", index + 1)
        })?;
        identities.push(identity);
    }
    if identities.is_empty() {
        return Err("it has no identity".to_owned());
    }
    Ok(identities)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_line_is_an_identity_or_a_comment() {
        let [one, other] = [(); 2].map(|()| x25519::Identity::generate());
        let text = format!(
            "# created: today\r\n# public key: {}\r\n{}\r\n\n \t{} \n",
            one.to_public(),
            one.to_string().expose_secret(),
            other.to_string().expose_secret()
        );
        let found = recipients(&parse(&text).ok().unwrap());
        assert_eq!(found, [one.to_public(), other.to_public()]);
    }

    #[test]
    fn an_error_names_the_line_and_repeats_nothing() {
        let key = x25519::Identity::generate();
        let public = key.to_public().to_string();
        let key = key.to_string().expose_secret().to_owned();
        for (text, line) in [
            (&key[..40], 1),
            (&format!("# a\n{key}\n{key}x\n"), 3),
            (&format!("{key}\n{public}\n"), 2),
            ("AGE-PLUGIN-YUBIKEY-1QQ", 1),
            ("age-encryption.org/v1\n-> scrypt", 1),
            ("-----BEGIN OPENSSH PRIVATE KEY-----", 1),
            (&format!("{key} {key}"), 1),
        ] {
            let error = parse(text).err().unwrap();
            assert!(error.starts_with(&format!("line {line} is no")), "{error}");
            assert!(!error.contains(&key[..40]), "{error}");
        }
        for text in ["", "\n", "# only a comment\n"] {
            assert_eq!(parse(text).err().unwrap(), "it has no identity");
        }
    }
}
