//! Keeps passwords in the memory of this process.

use std::collections::HashMap;

use super::{SecretError, SecretId, SecretStore, SecretString, StoreKind, hexadecimal};

/// Keeps passwords until the process ends.
pub struct MemoryStore {
    kind: StoreKind,
    nonce: String,
    count: u64,
    secrets: HashMap<SecretId, SecretString>,
}

impl MemoryStore {
    /// An empty store with a fresh nonce.
    pub fn new() -> Result<Self, SecretError> {
        Self::in_place_of(StoreKind::Memory)
    }

    /// A store that stands in for one of this kind in a dry run.
    pub fn in_place_of(kind: StoreKind) -> Result<Self, SecretError> {
        let mut bytes = [0_u8; 8];
        getrandom::fill(&mut bytes)
            .map_err(|error| SecretError::NoRandomness(error.to_string()))?;
        Ok(Self {
            kind,
            nonce: hexadecimal(&bytes),
            count: 0,
            secrets: HashMap::new(),
        })
    }

    /// The first 16 digits of every id of this store. A memory secret in the catalog with other
    /// digits was another process's and is gone.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }
}

impl SecretStore for MemoryStore {
    fn kind(&self) -> StoreKind {
        self.kind
    }

    fn new_id(&mut self) -> Result<SecretId, SecretError> {
        self.count += 1;
        Ok(SecretId(format!("{}{:016x}", self.nonce, self.count)))
    }

    fn put(
        &mut self,
        id: &SecretId,
        _label: &str,
        secret: &SecretString,
    ) -> Result<(), SecretError> {
        self.secrets.insert(id.clone(), secret.clone());
        Ok(())
    }

    fn get(&mut self, id: &SecretId) -> Result<Option<SecretString>, SecretError> {
        Ok(self.secrets.get(id).cloned())
    }

    fn delete(&mut self, id: &SecretId) -> Result<(), SecretError> {
        self.secrets.remove(id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn stored(store: &mut MemoryStore, id: &SecretId) -> Option<String> {
        store.get(id).unwrap().map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_secret_can_be_read_until_it_is_deleted() {
        let mut store = MemoryStore::new().unwrap();
        let id = store.new_id().unwrap();
        assert_eq!(stored(&mut store, &id), None);
        store.put(&id, "label", &"s3cret".into()).unwrap();
        assert_eq!(stored(&mut store, &id).as_deref(), Some("s3cret"));
        store.delete(&id).unwrap();
        store.delete(&id).unwrap();
        assert_eq!(stored(&mut store, &id), None);
    }

    #[test]
    fn an_id_begins_with_the_nonce_and_is_never_used_twice() {
        let mut store = MemoryStore::new().unwrap();
        let (first, second) = (store.new_id().unwrap(), store.new_id().unwrap());
        assert_ne!(first, second);
        for id in [&first, &second] {
            assert_eq!(id.as_str().len(), 32);
            assert!(id.as_str().starts_with(store.nonce()));
        }
        assert_ne!(store.nonce(), MemoryStore::new().unwrap().nonce());
    }
}
