//! Services that are not gnome-keyring, played by this process on the session's bus: one that leaves
//! the zeros before a shared secret out, as some do, and one that loses an item between the search
//! and the question for its secret.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use zbus::blocking::{Connection, connection};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use super::{PASSWORD, Player};
use crate::support::keyring_session::{Keyring, KeyringSession};

/// The service's public key. Its powers are all 1, so the shared secret is 1 with 127 zeros before
/// it, whatever key the client has, and the encrypted password can stand here.
const PUBLIC_KEY: [u8; 1] = [1];

const VECTOR: [u8; 16] = [7; 16];

/// The password under the key that HKDF makes of all 128 bytes of the shared secret.
const ENCRYPTED: &str = "891c1f083d20d7143d9ff03a4315df23bb2e67fe77e585c25ba501dc81d1682a\
    1c7b728abd0c4a9483e67aa7c1ec65e8";

/// The password under the key that HKDF makes of its last byte alone.
const ENCRYPTED_WITHOUT_ZEROS: &str = "11647519912e901f24f1ac9aa94f789e8971dd514ce8916254c79b8f1e7e0998\
    d3d9bb393855bb32b283dc7bcc8f42be";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Leaves the zeros out in its first session.
    LeavesZerosOut,
    /// Has deleted its only item by the time its secret is asked for.
    LosesItem,
}

struct Service {
    sessions: usize,
}

#[allow(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "the attribute wants it"
)]
#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Service {
    fn open_session(
        &mut self,
        algorithm: String,
        input: OwnedValue,
    ) -> (OwnedValue, OwnedObjectPath) {
        assert_eq!(algorithm, "dh-ietf1024-sha256-aes128-cbc-pkcs7");
        let theirs = Vec::<u8>::try_from(input).expect("a public key");
        assert!(theirs.len() <= 128, "{} bytes", theirs.len());
        self.sessions += 1;
        let path = format!("/org/freedesktop/secrets/session/s{}", self.sessions);
        let output = Value::from(PUBLIC_KEY.to_vec()).try_into().expect("an owned value");
        (output, path.try_into().expect("a path"))
    }

    fn search_items(
        &self,
        attributes: HashMap<String, String>,
    ) -> (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) {
        assert_eq!(attributes["service"], "redwire");
        (vec![item()], Vec::new())
    }
}

struct Item;

#[allow(clippy::unused_self, reason = "the attribute wants it")]
#[zbus::interface(name = "org.freedesktop.Secret.Item")]
impl Item {
    fn get_secret(
        &self,
        session: OwnedObjectPath,
    ) -> ((OwnedObjectPath, Vec<u8>, Vec<u8>, String),) {
        let encrypted = if session.ends_with("/s1") {
            ENCRYPTED_WITHOUT_ZEROS
        } else {
            ENCRYPTED
        };
        ((session, VECTOR.to_vec(), bytes(encrypted), "text/plain".to_owned()),)
    }
}

/// The bytes of hexadecimal digits.
fn bytes(digits: &str) -> Vec<u8> {
    let pair = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits");
    (0..digits.len()).step_by(2).map(pair).collect()
}

const SERVICE: &str = "/org/freedesktop/secrets";

fn item() -> OwnedObjectPath {
    "/org/freedesktop/secrets/item/1".try_into().expect("a path")
}

/// Sends a request of a player to such a service.
fn ask(way: Way, request: &str) -> Option<Json> {
    let session = KeyringSession::start(Keyring::NoService)?;
    let bus = format!("unix:path={}", session.socket().display());
    let service = Service { sessions: 0 };
    let builder = connection::Builder::address(bus.as_str()).expect("an address");
    let builder = builder.serve_at(SERVICE, service).expect("a path");
    let builder = match way {
        Way::LeavesZerosOut => builder.serve_at(item(), Item).expect("a path"),
        Way::LosesItem => builder,
    };
    let builder = builder.name("org.freedesktop.secrets").expect("a name");
    let _serving: Connection = builder.build().expect("the bus is there");
    Some(Player::start(&session).does(request, "aa"))
}

#[test]
fn a_service_that_leaves_zeros_before_the_shared_secret_out_is_asked_again() {
    let Some(read) = ask(Way::LeavesZerosOut, "get") else {
        return;
    };
    assert_eq!(read, json!(PASSWORD));
}

#[test]
fn an_item_that_is_deleted_before_it_is_read_or_deleted_is_missing() {
    for request in ["get", "delete"] {
        let Some(answer) = ask(Way::LosesItem, request) else {
            return;
        };
        assert_eq!(answer, Json::Null);
    }
}
