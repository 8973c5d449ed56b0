//! Reading secrets with as few calls as it takes: a session that hides them on the bus, a search,
//! and one secret.
//! <https://specifications.freedesktop.org/secret-service-spec/latest/ref-dbus-api.html> has the
//! calls.

use std::collections::HashMap;

use zbus::blocking::Connection;
use zbus::export::serde::Serialize;
use zbus::zvariant::{DynamicType, ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Message, zvariant};
use zeroize::Zeroizing;

use super::failure::{explain_bus, is_of_nobody, refused};
use super::key_exchange::{ALGORITHM, KeyPair, SessionKey};
use crate::secret::SecretError;

const DESTINATION: &str = "org.freedesktop.secrets";
const SERVICE: Interface = Interface("org.freedesktop.Secret.Service");
const ITEM: Interface = Interface("org.freedesktop.Secret.Item");

/// A session of the Secret Service, over which it hands out secrets.
pub(super) struct Reader {
    bus: Connection,
    session: OwnedObjectPath,
    key: SessionKey,
}

/// The items that a search found.
pub(super) struct Found {
    pub(super) unlocked: Vec<OwnedObjectPath>,
    pub(super) locked: Vec<OwnedObjectPath>,
}

/// What came of asking for a secret.
pub(super) enum Fetched {
    /// The secret.
    Secret(Zeroizing<Vec<u8>>),
    /// It was not encrypted with the key of this session.
    OfOtherKey,
    /// The item was deleted since it was found.
    Gone,
}

impl Reader {
    /// Opens the session.
    pub(super) fn open(bus: &Connection) -> Result<Self, SecretError> {
        let keys = KeyPair::generate().map_err(|error| refused(&error))?;
        let input = Value::from(&keys.public()[..]);
        let reply = SERVICE.call(bus, &service(), "OpenSession", &(ALGORITHM, input))?;
        let (output, session): (OwnedValue, OwnedObjectPath) = body(&reply)?;
        let theirs = Vec::<u8>::try_from(output).map_err(|error| refused(&error))?;
        let key = keys
            .agree(&theirs)
            .ok_or_else(|| refused(&"its public key is not in the group of the exchange"))?;
        let bus = bus.clone();
        Ok(Self { bus, session, key })
    }

    /// The items that have all of these attributes.
    pub(super) fn search(&self, attributes: &HashMap<&str, &str>) -> Result<Found, SecretError> {
        let reply = SERVICE.call(&self.bus, &service(), "SearchItems", attributes)?;
        let (unlocked, locked) = body(&reply)?;
        Ok(Found { unlocked, locked })
    }

    /// What comes of asking for the secret of an item that is unlocked.
    pub(super) fn secret(&self, item: &ObjectPath<'_>) -> Result<Fetched, SecretError> {
        let reply = match ITEM.ask(&self.bus, item, "GetSecret", &self.session) {
            Ok(reply) => reply,
            Err(error) if is_of_nobody(&error) => return Ok(Fetched::Gone),
            Err(error) => return Err(explain_bus(&error)),
        };
        let (_, vector, encrypted, _): (OwnedObjectPath, Vec<u8>, Vec<u8>, String) = body(&reply)?;
        Ok(match self.key.decrypt(&vector, encrypted) {
            Some(secret) => Fetched::Secret(secret),
            None => Fetched::OfOtherKey,
        })
    }
}

struct Interface(&'static str);

impl Interface {
    fn call<B>(
        &self,
        bus: &Connection,
        path: &ObjectPath<'_>,
        method: &str,
        body: &B,
    ) -> Result<Message, SecretError>
    where
        B: Serialize + DynamicType,
    {
        self.ask(bus, path, method, body).map_err(|error| explain_bus(&error))
    }

    fn ask<B>(
        &self,
        bus: &Connection,
        path: &ObjectPath<'_>,
        method: &str,
        body: &B,
    ) -> zbus::Result<Message>
    where
        B: Serialize + DynamicType,
    {
        bus.call_method(Some(DESTINATION), path, Some(self.0), method, body)
    }
}

fn service() -> ObjectPath<'static> {
    ObjectPath::from_static_str_unchecked("/org/freedesktop/secrets")
}

fn body<T>(reply: &Message) -> Result<T, SecretError>
where
    T: for<'d> zvariant::DynamicDeserialize<'d>,
{
    reply.body().deserialize().map_err(|error| explain_bus(&error))
}
