//! Services that are not gnome-keyring: one that leaves zeros before a shared secret out, and one
//! that loses an item between the search and the question for its secret. Both are this process, on
//! the session's bus.

use std::collections::HashMap;

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeEncrypt, KeyIvInit};
use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U64, U1024};
use hkdf::Hkdf;
use serde_json::{Value as Json, json};
use sha2::Sha256;
use zbus::blocking::{Connection, connection};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use super::{PASSWORD, Player};
use crate::support::keyring_session::{Keyring, KeyringSession};

/// The prime of RFC 2409 section 6.2.
const PRIME: &str = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd\
    ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5\
    ae9f24117c4b1fe649286651ece65381ffffffffffffffff";

const VECTOR: [u8; 16] = [7; 16];

/// What the service does its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The shared secret of its first session begins with a zero, which it leaves out.
    LeavesZerosOut,
    /// Its only item is deleted when its secret is asked for.
    LosesItem,
}

struct Service {
    way: Way,
    keys: Vec<[u8; 16]>,
}

#[allow(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "what the attribute wants"
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
        let is_first = self.keys.is_empty();
        let (public, shared) = exchange(&theirs, is_first && self.way == Way::LeavesZerosOut);
        let zeros = shared.iter().take_while(|byte| **byte == 0).count();
        let mut key = [0; 16];
        let hash = Hkdf::<Sha256>::new(None, &shared[zeros..]);
        hash.expand(&[], &mut key).expect("a short key");
        self.keys.push(key);
        let path = format!("/org/freedesktop/secrets/session/s{}", self.keys.len());
        let output = Value::from(public).try_into().expect("an owned value");
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

#[zbus::interface(name = "org.freedesktop.Secret.Item")]
impl Item {
    async fn get_secret(
        &self,
        session: OwnedObjectPath,
        #[zbus(object_server)] server: &zbus::ObjectServer,
    ) -> ((OwnedObjectPath, Vec<u8>, Vec<u8>, String),) {
        let number: usize = session
            .rsplit('s')
            .next()
            .and_then(|number| number.parse().ok())
            .expect("a session");
        let service = server.interface::<_, Service>(SERVICE).await.expect("the service");
        let key = service.get().await.keys[number - 1];
        let cipher = cbc::Encryptor::<aes::Aes128>::new(&key.into(), &VECTOR.into());
        let mut buffer = vec![0; PASSWORD.len() + VECTOR.len()];
        let encrypted = cipher.encrypt_padded_b2b::<Pkcs7>(PASSWORD.as_bytes(), &mut buffer);
        let encrypted = encrypted.expect("there is room").to_vec();
        ((session, VECTOR.to_vec(), encrypted, "text/plain".to_owned()),)
    }
}

const SERVICE: &str = "/org/freedesktop/secrets";

fn item() -> OwnedObjectPath {
    "/org/freedesktop/secrets/item/1".try_into().expect("a path")
}

/// This side's public key and the shared secret, which begins with a zero where that is wanted.
fn exchange(theirs: &[u8], begins_with_zero: bool) -> (Vec<u8>, Vec<u8>) {
    let prime = Odd::<U1024>::from_be_hex(PRIME);
    let params = FixedMontyParams::new_vartime(prime);
    let power = |base: &U1024, exponent: u64| {
        let power = FixedMontyForm::new(base, &params).pow(&U64::from_u64(exponent));
        power.retrieve().to_be_bytes().as_ref().to_vec()
    };
    let theirs = U1024::from_be_slice(theirs);
    let exponent =
        (1 << 40..1 << 41).find(|exponent| !begins_with_zero || power(&theirs, *exponent)[0] == 0);
    let exponent = exponent.expect("one in 256");
    (power(&U1024::from_u8(2), exponent), power(&theirs, exponent))
}

/// What a player gets from such a service.
fn read_from(way: Way) -> Option<Json> {
    let session = KeyringSession::start(Keyring::NoService)?;
    let bus = format!("unix:path={}", session.socket().display());
    let service = Service { way, keys: Vec::new() };
    let builder = connection::Builder::address(bus.as_str()).expect("an address");
    let builder = builder.serve_at(SERVICE, service).expect("a path");
    let builder = match way {
        Way::LeavesZerosOut => builder.serve_at(item(), Item).expect("a path"),
        Way::LosesItem => builder,
    };
    let builder = builder.name("org.freedesktop.secrets").expect("a name");
    let _serving: Connection = builder.build().expect("the bus is there");
    Some(Player::start(&session).does("get", "aa"))
}

#[test]
fn a_service_that_leaves_zeros_before_the_shared_secret_out_is_asked_again() {
    let Some(read) = read_from(Way::LeavesZerosOut) else {
        return;
    };
    assert_eq!(read, json!(PASSWORD));
}

#[test]
fn an_item_that_is_deleted_while_it_is_read_is_missing() {
    let Some(read) = read_from(Way::LosesItem) else { return };
    assert_eq!(read, Json::Null);
}
