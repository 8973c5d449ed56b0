use super::*;
use crate::diagnostic::Diagnostic;
use crate::secret::{SecretId, StoreKind};
use std::fs::OpenOptions;
use tempfile::TempDir;

fn journal() -> (TempDir, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::at(folder.path().join("catalog.db.secrets"));
    (folder, journal)
}

fn entry(id: &str, kind: StoreKind) -> JournalEntry {
    JournalEntry { id: SecretId::from_stored(id), kind }
}

fn two() -> Vec<JournalEntry> {
    vec![entry("aa", StoreKind::Keyring), entry("bb", StoreKind::Vault)]
}

/// Leaves notes as a process does that ends after its note.
fn leave(journal: &Journal, entries: &[JournalEntry]) {
    journal.lock().unwrap().note(entries).unwrap();
}

fn left(journal: &Journal) -> Vec<JournalEntry> {
    journal.lock().unwrap().entries().to_vec()
}

fn append(journal: &Journal, bytes: &[u8]) {
    let mut file = OpenOptions::new().append(true).open(&journal.path).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn looking_at_a_journal_does_not_create_it() {
    let (_folder, journal) = journal();
    assert!(journal.is_empty().unwrap());
    assert!(journal.try_sweep().unwrap().is_none());
    assert!(!journal.path.exists());
}

#[test]
fn notes_stay_until_they_are_cleared() {
    let (_folder, journal) = journal();
    let mut guard = journal.lock().unwrap();
    guard.note(&two()).unwrap();
    assert!(!journal.is_empty().unwrap());
    guard.note(&[entry("cc", StoreKind::Keyring)]).unwrap();
    guard.clear().unwrap();
    assert!(journal.is_empty().unwrap());
    drop(guard);
    assert_eq!(left(&journal), []);
}

#[test]
fn notes_of_an_earlier_process_are_swept() {
    let (_folder, journal) = journal();
    leave(&journal, &two());
    let mut guard = journal.try_sweep().unwrap().unwrap();
    assert_eq!(guard.entries(), two());
    guard.retain(|_| false).unwrap();
    assert!(journal.is_empty().unwrap());
}

#[test]
fn an_entry_whose_store_is_out_of_reach_stays_noted() {
    let (_folder, journal) = journal();
    leave(&journal, &two());
    let mut guard = journal.try_sweep().unwrap().unwrap();
    guard.retain(|entry| entry.kind == StoreKind::Keyring).unwrap();
    assert_eq!(guard.entries(), &two()[..1]);
    drop(guard);
    assert_eq!(left(&journal), &two()[..1]);
}

#[test]
fn clearing_leaves_what_others_noted() {
    let (_folder, journal) = journal();
    leave(&journal, &two());
    let mut guard = journal.lock().unwrap();
    guard.note(&[entry("cc", StoreKind::Vault)]).unwrap();
    guard.clear().unwrap();
    drop(guard);
    assert_eq!(left(&journal), two());
}

#[test]
fn a_sweep_takes_no_note_of_its_own_back() {
    let (_folder, journal) = journal();
    leave(&journal, &two());
    let mut guard = journal.lock().unwrap();
    guard.note(&[entry("cc", StoreKind::Vault)]).unwrap();
    guard.retain(|_| false).unwrap();
    drop(guard);
    assert_eq!(left(&journal), [entry("cc", StoreKind::Vault)]);
}

#[test]
fn an_entry_that_was_noted_twice_is_left_once() {
    let (_folder, journal) = journal();
    leave(&journal, &two());
    leave(&journal, &[entry("aa", StoreKind::Keyring)]);
    let mut guard = journal.lock().unwrap();
    assert_eq!(guard.entries(), two());
    guard.retain(|entry| entry.kind == StoreKind::Vault).unwrap();
    drop(guard);
    assert_eq!(left(&journal), &two()[1..]);
}

#[test]
fn a_sweeper_goes_on_without_the_lock() {
    let (_folder, journal) = journal();
    let mut guard = journal.lock().unwrap();
    guard.note(&two()).unwrap();
    assert!(journal.try_sweep().unwrap().is_none());
}

#[test]
fn a_lock_is_waited_for_only_so_long() {
    let (_folder, journal) = journal();
    let _guard = journal.lock().unwrap();
    let error = journal.lock_within(Duration::from_millis(20)).unwrap_err();
    assert!(matches!(error, SecretError::FileBusy { .. }), "{error:?}");
}

#[test]
fn a_file_cut_anywhere_keeps_every_finished_line() {
    let (_folder, journal) = journal();
    leave(&journal, &two());
    let whole = fs::read(&journal.path).unwrap();
    for length in 0..=whole.len() {
        fs::write(&journal.path, &whole[..length]).unwrap();
        let finished = whole[..length].split(|byte| *byte == b'\n').count().saturating_sub(2);
        assert_eq!(left(&journal), &two()[..finished], "{length}");
        leave(&journal, &[entry("cc", StoreKind::Memory)]);
        assert_eq!(left(&journal).len(), finished + 1, "{length}");
    }
}

#[test]
fn a_changed_byte_is_damage_and_the_file_stays_as_it_is() {
    let (_folder, journal) = journal();
    leave(&journal, &two());
    let whole = fs::read(&journal.path).unwrap();
    for position in 0..whole.len() - 1 {
        let mut bytes = whole.clone();
        bytes[position] ^= 1;
        fs::write(&journal.path, &bytes).unwrap();
        let error = journal.lock().unwrap_err();
        assert!(matches!(error, SecretError::FileUnusable { .. }), "{position}: {error:?}");
        assert_eq!(fs::read(&journal.path).unwrap(), bytes);
    }
}

#[test]
fn zeros_behind_the_last_line_are_a_line_that_was_not_finished() {
    let (_folder, journal) = journal();
    leave(&journal, &two());
    append(&journal, &[0; 100]);
    assert_eq!(left(&journal), two());
}

#[test]
fn a_journal_of_another_version_is_refused() {
    let (_folder, journal) = journal();
    fs::write(&journal.path, "redwire journal of secrets 2\nnote x\n").unwrap();
    let error = journal.lock().unwrap_err();
    assert_eq!(error.cause().as_deref(), Some("it was written by another version of redwire"));
}

#[test]
fn an_id_that_would_break_a_line_is_refused() {
    let (_folder, journal) = journal();
    for id in ["", "a b", "a\nb"] {
        let error = journal.lock().unwrap().note(&[entry(id, StoreKind::Vault)]).unwrap_err();
        assert!(matches!(error, SecretError::FileUnusable { .. }), "{id:?}");
    }
    assert!(journal.is_empty().unwrap());
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, journal) = journal();
    leave(&journal, &two());
    let mode = fs::metadata(&journal.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
