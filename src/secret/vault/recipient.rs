//! Recipients of a vault: the public halves of age's X25519 identities.

pub use age::x25519::Recipient as VaultRecipient;

/// Reads a recipient as `age-keygen` prints it.
pub fn vault_recipient(text: &str) -> Result<VaultRecipient, &'static str> {
    if LOW_ORDER.contains(&text.to_ascii_lowercase().as_str()) {
        return Err("nobody has the identity of this recipient");
    }
    text.parse()
        .map_err(|_| "no X25519 recipient: age-keygen prints one, which begins with age1")
}

/// The recipients without those that come again.
pub(super) fn distinct(recipients: impl Iterator<Item = VaultRecipient>) -> Vec<VaultRecipient> {
    let mut distinct = Vec::new();
    for recipient in recipients {
        if !distinct.contains(&recipient) {
            distinct.push(recipient);
        }
    }
    distinct
}

/// The points of low order, which are no public keys: encrypting to one gives no shared secret, and
/// the library panics (RFC 7748, section 6.1).
const LOW_ORDER: [&str; 14] = [
    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzqqsuwj9m",
    "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
    "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzqqk67yly",
    "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhqqqzyt4v9",
    "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhzqqxqejhu",
    "age1t7wft09r2zxzfvwsk92eeql0tvzyghxytqwgapkcyf8dm5ylz9ts6wm9s8",
    "age1t7wft09r2zxzfvwsk92eeql0tvzyghxytqwgapkcyf8dm5ylz8ts72fzt7",
    "age1anlllllllllllllllllllllllllllllllllllllllllllllllals4n2t7m",
    "age1anllllllllllllllllllllllllllllllllllllllllllllllllls3hcv9z",
    "age1ahlllllllllllllllllllllllllllllllllllllllllllllllalsn46ayy",
    "age1ahlllllllllllllllllllllllllllllllllllllllllllllllllsh3g6la",
    "age1amlllllllllllllllllllllllllllllllllllllllllllllllalselrwrv",
    "age1amlllllllllllllllllllllllllllllllllllllllllllllllllsam3fc4",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_read_back() {
        let recipient = age::x25519::Identity::generate().to_public();
        assert_eq!(vault_recipient(&recipient.to_string()), Ok(recipient));
    }

    #[test]
    fn other_keys_are_no_recipients() {
        let identity = age::x25519::Identity::generate().to_string();
        for text in [
            "",
            "age1",
            "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW",
            secrecy::ExposeSecret::expose_secret(&identity),
        ] {
            assert!(vault_recipient(text).is_err(), "{text}");
        }
    }

    #[test]
    fn points_of_low_order_are_recipients_to_the_library_alone() {
        for text in LOW_ORDER {
            let recipient: VaultRecipient = text.parse().unwrap();
            assert!(std::panic::catch_unwind(|| age::encrypt(&recipient, b"")).is_err(), "{text}");
            assert!(vault_recipient(text).is_err());
            assert!(vault_recipient(&text.to_ascii_uppercase()).is_err());
        }
    }
}
