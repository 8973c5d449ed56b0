use super::*;
use age::x25519;
use secrecy::ExposeSecret;
use std::cell::RefCell;
use std::rc::Rc;
use tempfile::TempDir;

/// A source that always gives the same passphrase and keeps the reasons why it was asked.
struct Fixed(&'static str, Rc<RefCell<Vec<PassphraseReason>>>);

impl PassphraseSource for Fixed {
    fn passphrase(
        &mut self,
        _vault: &Path,
        reason: PassphraseReason,
    ) -> Result<SecretString, SecretError> {
        self.1.borrow_mut().push(reason);
        Ok(self.0.into())
    }
}

/// A source with nobody to ask.
struct Nobody;

impl PassphraseSource for Nobody {
    fn passphrase(
        &mut self,
        vault: &Path,
        _reason: PassphraseReason,
    ) -> Result<SecretString, SecretError> {
        Err(SecretError::NoPassphrase {
            path: vault.display().to_string(),
            cause: "there is no terminal".to_owned(),
        })
    }
}

struct TestFolder(TempDir);

impl TestFolder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("catalog.db.vault")
    }

    /// A vault as a new process opens it.
    fn open(&self, passphrase: &'static str) -> VaultStore {
        self.open_counting(passphrase).0
    }

    fn open_counting(
        &self,
        passphrase: &'static str,
    ) -> (VaultStore, Rc<RefCell<Vec<PassphraseReason>>>) {
        let asked = Rc::default();
        let source = Box::new(Fixed(passphrase, Rc::clone(&asked)));
        (VaultStore::new(self.path(), source), asked)
    }

    fn open_without_passphrase(&self) -> VaultStore {
        VaultStore::new(self.path(), Box::new(Nobody))
    }

    fn file_names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn put(store: &mut VaultStore, secret: &str) -> SecretId {
    let id = store.new_id().unwrap();
    store.put(&id, "label", &secret.into()).unwrap();
    store.flush().unwrap();
    id
}

fn got(store: &mut VaultStore, id: &SecretId) -> Option<String> {
    store.get(id).unwrap().map(|secret| secret.expose_secret().to_owned())
}

#[test]
fn another_process_reads_what_was_put() {
    let place = TestFolder::new();
    let id = put(&mut place.open("pass"), "s3cret\nof 'two' lines");
    let mut other = place.open("pass");
    assert_eq!(got(&mut other, &id).as_deref(), Some("s3cret\nof 'two' lines"));
    other.delete(&id).unwrap();
    other.flush().unwrap();
    assert_eq!(got(&mut place.open("pass"), &id), None);
}

#[test]
fn pending_changes_can_be_read_and_undone() {
    let place = TestFolder::new();
    let mut store = place.open("pass");
    let id = store.new_id().unwrap();
    store.put(&id, "label", &"s3cret".into()).unwrap();
    assert_eq!(got(&mut store, &id).as_deref(), Some("s3cret"));
    assert!(!place.path().exists());
    store.delete(&id).unwrap();
    assert_eq!(got(&mut store, &id), None);
    store.flush().unwrap();
    assert!(place.file_names().is_empty());
}

#[test]
fn a_new_vault_asks_for_its_passphrase_once() {
    let place = TestFolder::new();
    let (mut store, asked) = place.open_counting("pass");
    store.prepare().unwrap();
    assert_eq!(place.file_names(), ["catalog.db.vault", "catalog.db.vault.lock"]);
    put(&mut store, "s3cret");
    put(&mut store, "another");
    assert_eq!(*asked.borrow(), [PassphraseReason::NewVault]);
    assert_eq!(place.file_names(), ["catalog.db.vault", "catalog.db.vault.lock"]);
}

#[test]
fn the_passphrase_is_asked_for_once() {
    let place = TestFolder::new();
    let id = put(&mut place.open("pass"), "s3cret");
    let (mut store, asked) = place.open_counting("pass");
    store.prepare().unwrap();
    got(&mut store, &id).unwrap();
    put(&mut store, "another");
    assert_eq!(*asked.borrow(), [PassphraseReason::Unlock]);
}

#[test]
fn a_wrong_passphrase_is_refused_and_asked_for_again() {
    let place = TestFolder::new();
    let id = put(&mut place.open("pass"), "s3cret");
    let (mut store, asked) = place.open_counting("wrong");
    let wrong = SecretError::WrongPassphrase { path: place.path().display().to_string() };
    assert_eq!(store.prepare(), Err(wrong.clone()));
    assert_eq!(store.get(&id).map(drop), Err(wrong));
    assert_eq!(asked.borrow().len(), 2);
}

#[test]
fn an_empty_passphrase_makes_no_vault() {
    let place = TestFolder::new();
    let error = place.open("").prepare().unwrap_err();
    assert!(matches!(error, SecretError::NoPassphrase { .. }), "{error:?}");
}

#[test]
fn deleting_and_missing_secrets_need_no_passphrase() {
    let place = TestFolder::new();
    let mut store = place.open_without_passphrase();
    let missing = SecretId::from_stored("aa");
    assert_eq!(got(&mut store, &missing), None);
    let id = put(&mut place.open("pass"), "s3cret");
    assert_eq!(got(&mut store, &missing), None);
    store.delete(&id).unwrap();
    store.delete(&missing).unwrap();
    store.flush().unwrap();
    assert_eq!(got(&mut place.open("pass"), &id), None);
}

#[test]
fn two_processes_that_create_the_vault_share_it() {
    let place = TestFolder::new();
    let (mut one, mut other) = (place.open("pass"), place.open("pass"));
    one.prepare().unwrap();
    other.prepare().unwrap();
    let (first, second) = (put(&mut one, "first"), put(&mut other, "second"));
    assert_eq!(got(&mut other, &first).as_deref(), Some("first"));
    assert_eq!(got(&mut one, &second).as_deref(), Some("second"));
}

#[test]
fn two_processes_that_create_the_vault_differently_do_not_lose_a_secret() {
    let place = TestFolder::new();
    let (mut one, mut other) = (place.open("pass"), place.open("different"));
    let id = other.new_id().unwrap();
    other.put(&id, "label", &"second".into()).unwrap();
    let first = put(&mut one, "first");
    let error = other.flush().unwrap_err();
    assert!(matches!(error, SecretError::WrongPassphrase { .. }), "{error:?}");
    assert_eq!(got(&mut one, &first).as_deref(), Some("first"));
}

/// A source that lets another process create the vault while it is asked.
struct Overtaken(&'static TestFolder);

impl PassphraseSource for Overtaken {
    fn passphrase(
        &mut self,
        _vault: &Path,
        _reason: PassphraseReason,
    ) -> Result<SecretString, SecretError> {
        put(&mut self.0.open("pass"), "s3cret of the other");
        Ok("pass".into())
    }
}

/// Deriving a key takes long: with many processes in a row the last would wait for too long.
#[test]
fn a_flush_derives_no_key_for_which_others_would_wait() {
    let place: &'static TestFolder = Box::leak(Box::new(TestFolder::new()));
    let mut store = VaultStore::new(place.path(), Box::new(Overtaken(place)));
    store.prepare().unwrap();
    let key = store.unlocked.as_ref().unwrap().key.wrapped().to_owned();
    assert_eq!(store.read().unwrap().unwrap().key, key);
    assert_eq!(store.read().unwrap().unwrap().secrets.len(), 1);
    let id = put(&mut store, "s3cret");
    assert_eq!(got(&mut place.open("pass"), &id).as_deref(), Some("s3cret"));
}

#[test]
fn a_thousand_puts_write_the_file_once() {
    let place = TestFolder::new();
    let mut store = place.open("pass");
    let ids: Vec<_> = (0..1000)
        .map(|number| {
            let id = store.new_id().unwrap();
            store.put(&id, "label", &format!("secret {number}").into()).unwrap();
            id
        })
        .collect();
    assert!(!place.path().exists());
    store.flush().unwrap();
    let mut other = place.open("pass");
    assert_eq!(got(&mut other, &ids[999]).as_deref(), Some("secret 999"));
}

#[test]
fn a_damaged_vault_is_left_as_it_is() {
    let place = TestFolder::new();
    let mut store = place.open("pass");
    let id = put(&mut store, "s3cret");
    let mut bytes = fs::read(place.path()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(place.path(), &bytes).unwrap();
    store.put(&store_id("aa"), "label", &"more".into()).unwrap();
    for result in [store.flush(), store.prepare(), store.get(&id).map(drop)] {
        assert!(matches!(result, Err(SecretError::FileUnusable { .. })), "{result:?}");
    }
    store.delete(&id).unwrap();
    assert!(store.flush().is_err());
    assert_eq!(fs::read(place.path()).unwrap(), bytes);
}

fn store_id(text: &str) -> SecretId {
    SecretId::from_stored(text)
}

#[test]
fn a_flush_that_fails_gives_up_what_was_waiting() {
    let place = TestFolder::new();
    let mut store = place.open("pass");
    let id = store.new_id().unwrap();
    store.put(&id, "label", &"s3cret".into()).unwrap();
    fs::create_dir(place.path()).unwrap();
    assert!(store.flush().is_err());
    fs::remove_dir(place.path()).unwrap();
    store.flush().unwrap();
    assert_eq!(got(&mut store, &id), None);
}

#[test]
fn a_secret_passed_off_as_another_is_damage() {
    let place = TestFolder::new();
    let mut store = place.open("pass");
    let (low, high) = (put(&mut store, "low"), put(&mut store, "high"));
    let mut contents = store.read().unwrap().unwrap();
    let sealed = contents.secrets[&high].clone();
    contents.secrets.insert(low.clone(), sealed);
    replace(&place.path(), &contents.to_bytes()).unwrap();
    let error = store.get(&low).map(drop).unwrap_err();
    assert!(matches!(error, SecretError::FileUnusable { .. }), "{error:?}");
}

#[test]
fn a_file_that_asks_for_too_much_work_is_refused() {
    let place = TestFolder::new();
    let mut recipient = age::scrypt::Recipient::new("pass".into());
    recipient.set_work_factor(19);
    let wrapped = age::encrypt(&recipient, b"whatever").unwrap();
    replace(&place.path(), &VaultContents::new(wrapped).to_bytes()).unwrap();
    let error = place.open("pass").prepare().unwrap_err();
    assert!(matches!(error, SecretError::FileUnusable { .. }), "{error:?}");
}

#[test]
fn a_file_of_an_interrupted_process_is_overwritten() {
    let place = TestFolder::new();
    fs::write(private_file::beside(&place.path(), ".new"), "half a vault").unwrap();
    let id = put(&mut place.open("pass"), "s3cret");
    assert_eq!(got(&mut place.open("pass"), &id).as_deref(), Some("s3cret"));
    assert_eq!(place.file_names(), ["catalog.db.vault", "catalog.db.vault.lock"]);
}

#[test]
fn no_file_holds_the_secret_or_the_passphrase() {
    let place = TestFolder::new();
    put(&mut place.open("passphrase"), "canary-s3cret");
    for name in place.file_names() {
        let bytes = fs::read(place.0.path().join(name)).unwrap();
        for word in ["canary-s3cret", "passphrase"] {
            assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()));
        }
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let place = TestFolder::new();
    put(&mut place.open("pass"), "s3cret");
    for name in place.file_names() {
        let mode = fs::metadata(place.0.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

impl TestFolder {
    /// A vault that these identities open. It asks nobody.
    fn open_by(&self, identities: &[&x25519::Identity]) -> VaultStore {
        let file = self.identity_file("identity", identities);
        self.open_without_passphrase().with_identity_file(Some(file))
    }

    /// Writes a file as `age-keygen` does.
    fn identity_file(&self, name: &str, identities: &[&x25519::Identity]) -> PathBuf {
        let path = self.0.path().join(name);
        let mut text = "# created: today\n".to_owned();
        for identity in identities {
            text.push_str(identity.to_string().expose_secret());
            text.push('\n');
        }
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        path
    }
}

fn to(identities: &[&x25519::Identity]) -> NewVaultOwner {
    NewVaultOwner::Recipients(identities.iter().map(|identity| identity.to_public()).collect())
}

#[test]
fn an_identity_makes_a_vault_and_opens_it_without_a_passphrase() {
    let place = TestFolder::new();
    let identity = x25519::Identity::generate();
    let mut store = place.open_by(&[&identity]);
    store.prepare().unwrap();
    let id = put(&mut store, "s3cret");
    let stranger = x25519::Identity::generate();
    assert_eq!(got(&mut place.open_by(&[&stranger, &identity]), &id).as_deref(), Some("s3cret"));
    let error = place.open_by(&[&stranger]).get(&id).unwrap_err();
    assert!(matches!(error, SecretError::WrongIdentity { .. }), "{error:?}");
    let error = place.open("pass").get(&id).unwrap_err();
    assert!(matches!(error, SecretError::NoIdentity { .. }), "{error:?}");
}

#[test]
fn a_vault_with_a_passphrase_is_not_opened_by_it_when_an_identity_is_given() {
    let place = TestFolder::new();
    let id = put(&mut place.open("pass"), "s3cret");
    let file = place.identity_file("identity", &[&x25519::Identity::generate()]);
    let (store, asked) = place.open_counting("pass");
    let mut store = store.with_identity_file(Some(file.clone()));
    for result in [store.prepare(), store.get(&id).map(drop)] {
        assert!(matches!(result, Err(SecretError::PassphraseVault { .. })), "{result:?}");
    }
    assert!(asked.borrow().is_empty());
    assert_eq!(store.rekey(&NewVaultOwner::Identity(file)), Ok(Some(1)));
    assert_eq!(*asked.borrow(), [PassphraseReason::Unlock]);
    assert_eq!(got(&mut store, &id).as_deref(), Some("s3cret"));
}

#[test]
fn a_rekeyed_vault_opens_for_its_new_owners_alone() {
    let place = TestFolder::new();
    let [one, two, three] = [(); 3].map(|()| x25519::Identity::generate());
    let mut store = place.open_by(&[&one]);
    let ids = [put(&mut store, "first"), put(&mut store, "second")];
    let opens = |mut store: VaultStore| {
        let found = ids.each_ref().map(|id| store.get(id).ok().flatten());
        let found = found.map(|secret| secret.map(|secret| secret.expose_secret().to_owned()));
        assert!(
            found.iter().all(Option::is_none)
                || found == ["first", "second"].map(|text| Some(text.to_owned()))
        );
        found[0].is_some()
    };
    assert_eq!(place.open_by(&[&one]).rekey(&to(&[&two, &three])), Ok(Some(2)));
    for (identity, expected) in [(&one, false), (&two, true), (&three, true)] {
        assert_eq!(opens(place.open_by(&[identity])), expected);
    }
    assert_eq!(place.open_by(&[&three]).rekey(&to(&[&one])), Ok(Some(1)));
    for (identity, expected) in [(&one, true), (&two, false), (&three, false)] {
        assert_eq!(opens(place.open_by(&[identity])), expected);
    }
    let (store, asked) = place.open_counting("pass");
    let mut store = store.with_identity_file(Some(place.identity_file("identity", &[&one])));
    assert_eq!(store.rekey(&NewVaultOwner::Passphrase { file: None }), Ok(None));
    assert_eq!(*asked.borrow(), [PassphraseReason::Rekey { file: None }]);
    assert!(opens(place.open("pass")) && !opens(place.open_by(&[&one])));
}

/// Somebody with a copy of the old file and the old identity knows the old key.
#[test]
fn the_old_key_opens_no_secret_of_a_rekeyed_vault() {
    let place = TestFolder::new();
    let [old, new] = [(); 2].map(|()| x25519::Identity::generate());
    let mut store = place.open_by(&[&old]);
    let id = put(&mut store, "s3cret");
    let old_key = store.unlocked.take().unwrap().key;
    store.rekey(&to(&[&new])).unwrap();
    let sealed = store.read().unwrap().unwrap().secrets.remove(&id).unwrap();
    assert!(old_key.open(&id, &sealed, &place.path()).is_err());
}

#[test]
fn a_process_goes_on_after_another_one_has_rekeyed_and_the_file_of_identities_was_replaced() {
    let place = TestFolder::new();
    let [old, new] = [(); 2].map(|()| x25519::Identity::generate());
    let mut store = place.open_by(&[&old]);
    let id = put(&mut store, "s3cret");
    place.open_by(&[&old]).rekey(&to(&[&new])).unwrap();
    place.identity_file("identity", &[&new]);
    assert_eq!(got(&mut store, &id).as_deref(), Some("s3cret"));
    let id = put(&mut store, "another");
    assert_eq!(got(&mut place.open_by(&[&new]), &id).as_deref(), Some("another"));
}

#[test]
fn what_cannot_be_rekeyed_is_left_as_it_is() {
    let place = TestFolder::new();
    let identity = x25519::Identity::generate();
    let mut store = place.open_by(&[&identity]);
    let error = store.rekey(&to(&[&identity])).unwrap_err();
    assert!(matches!(error, SecretError::NoVault { .. }), "{error:?}");
    let (low, high) = (put(&mut store, "low"), put(&mut store, "high"));
    let mut contents = store.read().unwrap().unwrap();
    let sealed = contents.secrets[&high].clone();
    contents.secrets.insert(low, sealed);
    replace(&place.path(), &contents.to_bytes()).unwrap();
    let before = fs::read(place.path()).unwrap();
    let error = store.rekey(&to(&[&identity])).unwrap_err();
    assert!(matches!(error, SecretError::FileUnusable { .. }), "{error:?}");
    let error = store.rekey(&NewVaultOwner::Identity(place.0.path().to_owned())).unwrap_err();
    assert!(matches!(error, SecretError::IdentityUnusable { .. }), "{error:?}");
    assert!(fs::read(place.path()).unwrap() == before);
}

#[cfg(unix)]
#[test]
fn a_file_of_identities_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let place = TestFolder::new();
    let file = place.identity_file("identity", &[&x25519::Identity::generate()]);
    let is_root = rustix::process::geteuid().is_root();
    for (mode, is_read) in [
        (0o600, true),
        (0o400, true),
        (0o440, is_root),
        (0o660, false),
        (0o644, false),
        (0o604, false),
    ] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let read = identity::read(&file).map(drop);
        assert_eq!(read.is_ok(), is_read, "{mode:o}: {read:?}");
        let fix = format!("chmod go-rwx {}", file.display());
        if let Err(SecretError::IdentityUnusable { fix: found, .. }) = read {
            assert_eq!(found, Some(fix));
        }
    }
}

#[test]
fn a_vault_that_cannot_be_replaced_leaves_no_new_file() {
    let folder = TestFolder::new();
    fs::create_dir(folder.path()).unwrap();
    replace(&folder.path(), b"a vault").unwrap_err();
    assert!(!private_file::beside(&folder.path(), ".new").exists());
}
