//! The program with a real Secret Service, and `secret-tool` as a witness of what it keeps there.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::home::{Done, REDWIRE};
use crate::support::keyring_session::{Keyring, KeyringSession};
use crate::support::shell::RunningShell;
use crate::support::sqlite::sqlite3;
use crate::support::witness::statement_create;

/// The promise is a second; the rest is for the process on a busy machine.
const UNREACHABLE_LIMIT: Duration = Duration::from_secs(20);

const ALTER: &str = "ALTER REDSHIFT CONNECTION my_redshift SET PASSWORD = 'changed'";

/// Statements that work without a keyring.
const WITHOUT_SECRETS: &str = "SHOW CONNECTIONS; DESCRIBE CONNECTION my_redshift; \
    SELECT * FROM system.information_schema.connections; SHOW CREATE CONNECTION my_redshift; \
    SHOW USAGES OF CONNECTION my_redshift; ALTER REDSHIFT CONNECTION my_redshift SET COMMENT = 'works'; \
    ALTER REDSHIFT CONNECTION my_redshift RENAME TO other; ALTER REDSHIFT CONNECTION other RENAME TO my_redshift";

fn create() -> String {
    statement_create("my_redshift", "etl", "s3cret")
}

/// redwire in the session, with its default store.
fn redwire(session: &KeyringSession, script: &str) -> Done {
    redwire_with(session, &[], script)
}

fn redwire_with(session: &KeyringSession, arguments: &[&str], script: &str) -> Done {
    let mut command = session.command(REDWIRE);
    command.args(arguments).args(["-c", script]).stdin(Stdio::null());
    command.env("REDWIRE_VAULT_PASSPHRASE", "the passphrase");
    Done::from(command.output().expect("redwire runs"))
}

fn catalog(session: &KeyringSession) -> PathBuf {
    session.home().join(".local/share/redwire/catalog.db")
}

/// The secrets that `secret-tool` finds, without the user names.
fn secrets(session: &KeyringSession) -> Vec<String> {
    session.secrets().into_iter().map(|(_, secret)| secret).collect()
}

/// A session in which my_redshift was created.
fn session_with_connection() -> Option<KeyringSession> {
    let session = KeyringSession::start(Keyring::Unlocked)?;
    redwire(&session, &create()).status(0).nowhere("s3cret");
    Some(session)
}

/// The keyring fails the statement: state, cause and both ways out.
#[track_caller]
fn names_both_ways_out(done: Done) {
    let done = done.status(1).err_has("58000").err_has("cause").err_has("keyring");
    done.err_has("--secret-store vault").nowhere("s3cret").nowhere("changed");
}

#[test]
fn a_password_goes_to_the_keyring_with_its_label_and_nowhere_else() {
    let Some(session) = session_with_connection() else {
        return;
    };
    let ids = sqlite3(
        &catalog(&session),
        "SELECT (SELECT id FROM catalog) || '/' || secret_id FROM connection",
    );
    assert_eq!(session.secrets(), [(ids.trim().to_owned(), "s3cret".to_owned())]);
    let listed = session.listed();
    for line in [
        "label = redwire: my_redshift (etl at h.example.com/dev)",
        "attribute.service = redwire",
        &format!("attribute.username = {}", ids.trim()),
    ] {
        assert!(listed.contains(line), "no {line:?} in {listed}");
    }
    let store = sqlite3(&catalog(&session), "SELECT secret_store FROM connection");
    assert_eq!(store, "keyring");
    let grep = |text: &str| {
        let folder = session.home().join(".local/share/redwire");
        let found = Command::new("grep")
            .args(["-rl", text])
            .arg(folder)
            .output()
            .expect("grep runs");
        String::from_utf8_lossy(&found.stdout).into_owned()
    };
    assert!(grep("my_redshift").contains("catalog.db"));
    assert_eq!(grep("s3cret"), "");
}

#[test]
fn a_new_password_replaces_the_old_one_and_a_drop_removes_it() {
    let Some(session) = session_with_connection() else {
        return;
    };
    redwire(&session, ALTER).status(0);
    assert_eq!(secrets(&session), ["changed"]);
    redwire(&session, &create().replace("CREATE", "CREATE OR REPLACE")).status(0);
    assert_eq!(secrets(&session), ["s3cret"]);
    redwire(&session, "ALTER REDSHIFT CONNECTION my_redshift RENAME TO other").status(0);
    assert_eq!(secrets(&session), ["s3cret"]);
    redwire(&session, "DROP CONNECTION other").status(0);
    assert_eq!(secrets(&session), [""; 0]);
}

#[test]
fn a_rollback_leaves_the_keyring_as_it_was() {
    let Some(session) = session_with_connection() else {
        return;
    };
    let second = statement_create("second", "etl", "another");
    let changes = format!("BEGIN; {second}; {ALTER}; DROP CONNECTION my_redshift");
    redwire(&session, &format!("{changes}; ROLLBACK")).status(0);
    assert_eq!(secrets(&session), ["s3cret"]);
    // So does the end of the script, and a statement that fails.
    redwire(&session, &changes).status(1);
    redwire(&session, &format!("{changes}; DROP CONNECTION my_redshift; COMMIT")).status(1);
    assert_eq!(secrets(&session), ["s3cret"]);
    redwire(&session, &format!("{changes}; COMMIT")).status(0);
    assert_eq!(secrets(&session), ["another"]);
}

#[test]
fn no_keyring_in_reach_is_said_within_a_second_and_nothing_goes_elsewhere() {
    for keyring in [Keyring::NoBus, Keyring::Dead, Keyring::NoService, Keyring::Hung] {
        let Some(session) = KeyringSession::start(keyring) else {
            return;
        };
        let begin = Instant::now();
        let done = redwire(&session, &create());
        let took = begin.elapsed();
        assert!(took < UNREACHABLE_LIMIT, "{keyring:?}: {took:?}");
        names_both_ways_out(done);
        assert!(!catalog(&session).parent().expect("a folder").exists(), "{keyring:?}");
    }
}

#[test]
fn a_keyring_that_is_gone_fails_what_needs_it_and_nothing_else() {
    let Some(mut session) = session_with_connection() else {
        return;
    };
    session.stop_keyring();
    names_both_ways_out(redwire(&session, ALTER));
    redwire(&session, WITHOUT_SECRETS).status(0).out_has("h.example.com");
    session.start_keyring();
    assert_eq!(secrets(&session), ["s3cret"]);
    redwire(&session, ALTER).status(0);
    assert_eq!(secrets(&session), ["changed"]);
}

#[test]
fn a_keyring_that_is_locked_fails_what_needs_it_and_nothing_else() {
    let Some(mut session) = session_with_connection() else {
        return;
    };
    session.stop_keyring();
    session.start_keyring_locked();
    let done = redwire(&session, ALTER);
    names_both_ways_out(done.clone());
    done.err_has("the keyring is locked").err_has("unlock the keyring");
    redwire(&session, WITHOUT_SECRETS).status(0).out_has("h.example.com");
    session.stop_keyring();
    session.start_keyring();
    assert_eq!(secrets(&session), ["s3cret"]);
}

#[test]
fn a_keyring_that_refuses_fails_what_needs_it_and_nothing_else() {
    let Some(session) = KeyringSession::start(Keyring::Refusing) else {
        return;
    };
    let done = redwire(&session, &create());
    names_both_ways_out(done.clone());
    done.err_has("the keyring refused");
    redwire_with(&session, &["--secret-store", "vault"], &create()).status(0);
    names_both_ways_out(redwire(&session, ALTER));
    redwire(&session, WITHOUT_SECRETS).status(0);
    assert_eq!(secrets(&session), [""; 0]);
    let kept = redwire_with(&session, &["--secret-store", "vault"], "SHOW CONNECTIONS").status(0);
    kept.out_has("vault");
}

#[test]
fn a_drop_without_its_keyring_works_with_one_notice_and_is_made_good_later() {
    let Some(mut session) = session_with_connection() else {
        return;
    };
    redwire(&session, &statement_create("second", "etl", "kept")).status(0);
    session.stop_keyring();
    let done = redwire(&session, "DROP CONNECTION my_redshift")
        .status(0)
        .err_has("could not connect to a keyring");
    assert_eq!(done.err.matches("notice:").count(), 1, "{done:?}");
    session.start_keyring();
    assert_eq!(secrets(&session).len(), 2);
    let done = redwire(&session, "ALTER REDSHIFT CONNECTION second SET COMMENT = 'x'").status(0);
    assert_eq!(done.err.matches("notice:").count(), 0, "{done:?}");
    assert_eq!(secrets(&session), ["kept"]);
}

#[test]
fn a_keyring_that_goes_and_comes_back_between_two_statements_is_found_again() {
    let Some(mut session) = KeyringSession::start(Keyring::Unlocked) else {
        return;
    };
    let mut shell = RunningShell::start(session.command(REDWIRE));
    shell.does(&create());
    session.stop_keyring();
    shell.says(ALTER, "58000");
    shell.does(WITHOUT_SECRETS);
    session.start_keyring();
    assert_eq!(secrets(&session), ["s3cret"]);
    shell.does(ALTER);
    assert_eq!(secrets(&session), ["changed"]);
    // Gone and back without a statement in between, and locked in between.
    session.stop_keyring();
    session.start_keyring();
    shell.does("ALTER REDSHIFT CONNECTION my_redshift SET PASSWORD = 'third'");
    session.lock();
    shell.says(ALTER, "the keyring is locked");
    session.stop_keyring();
    session.start_keyring();
    shell.does("DROP CONNECTION my_redshift");
    shell.ends(1);
    assert_eq!(secrets(&session), [""; 0]);
}

#[test]
fn a_first_password_that_failed_and_is_tried_again_belongs_to_the_catalog_that_is_made_then() {
    let Some(mut session) = KeyringSession::start(Keyring::Unlocked) else {
        return;
    };
    let mut shell = RunningShell::start(session.command(REDWIRE));
    session.stop_keyring();
    shell.says(&create(), "58000");
    session.start_keyring();
    shell.does("SHOW CONNECTIONS");
    shell.does(&create());
    shell.ends(1);
    let id = sqlite3(
        &catalog(&session),
        "SELECT (SELECT id FROM catalog) || '/' || secret_id FROM connection",
    );
    assert_eq!(session.secrets(), [(id, "s3cret".to_owned())]);
    redwire(&session, "DROP CONNECTION my_redshift").status(0);
    assert_eq!(secrets(&session), [""; 0]);
}

#[test]
fn a_password_belongs_to_the_catalog_that_another_process_made_meanwhile() {
    let Some(mut session) = KeyringSession::start(Keyring::Unlocked) else {
        return;
    };
    let mut shell = RunningShell::start(session.command(REDWIRE));
    session.stop_keyring();
    shell.says(&create(), "58000");
    session.start_keyring();
    redwire_with(&session, &["--secret-store", "memory"], &statement_create("other", "etl", "x"))
        .status(0);
    shell.does(&create());
    shell.ends(1);
    let id = "SELECT (SELECT id FROM catalog) || '/' || secret_id FROM connection WHERE name = 'my_redshift'";
    let id = sqlite3(&catalog(&session), id);
    assert_eq!(session.secrets(), [(id, "s3cret".to_owned())]);
}

#[test]
fn a_keyring_that_goes_before_the_commit_rolls_the_transaction_back() {
    let Some(mut session) = session_with_connection() else {
        return;
    };
    let mut shell = RunningShell::start(session.command(REDWIRE));
    shell.does(&format!("BEGIN;\n{ALTER};\n{}", statement_create("second", "etl", "another")));
    session.stop_keyring();
    shell.says("COMMIT", "58000");
    shell.says("COMMIT", "25P01");
    session.start_keyring();
    assert_eq!(secrets(&session), ["s3cret"]);
    // The note that was left is swept by the same process.
    shell.does(WITHOUT_SECRETS);
    assert_eq!(
        std::fs::read_to_string(catalog(&session).with_extension("db.secrets"))
            .unwrap()
            .lines()
            .count(),
        1
    );
    shell.does(ALTER);
    shell.ends(1);
    assert_eq!(secrets(&session), ["changed"]);
}

#[test]
fn a_password_in_another_store_shows_its_place_and_is_dropped_there() {
    let Some(session) = session_with_connection() else {
        return;
    };
    let vault = |script: &str| {
        redwire_with(&session, &["--secret-store", "vault", "--format", "tsv"], script)
    };
    let password = "SELECT password FROM system.information_schema.connections";
    assert_eq!(
        redwire_with(&session, &["--format", "tsv"], password).out,
        "password\nkeyring\n"
    );
    assert_eq!(vault(password).out, "password\nkeyring\n");
    // A new password goes to the store in use, and the old one leaves the other store.
    vault("ALTER REDSHIFT CONNECTION my_redshift SET PASSWORD = 'moved'").status(0);
    assert_eq!(vault(password).out, "password\nvault\n");
    assert_eq!(secrets(&session), [""; 0]);
    redwire(&session, "SHOW CONNECTIONS").status(0).out_has("vault");
    // Back, and dropped from where it lies.
    redwire(&session, ALTER).status(0);
    assert_eq!(secrets(&session), ["changed"]);
    vault("DROP CONNECTION my_redshift").status(0);
    assert_eq!(secrets(&session), [""; 0]);
}

#[test]
fn a_drop_from_another_store_out_of_reach_works_and_is_made_good_later() {
    let Some(mut session) = session_with_connection() else {
        return;
    };
    let vault = |session: &KeyringSession, script: &str| {
        redwire_with(session, &["--secret-store", "vault"], script)
    };
    session.stop_keyring();
    let done = vault(&session, "DROP CONNECTION my_redshift")
        .status(0)
        .err_has("could not connect to a keyring");
    assert_eq!(done.err.matches("could not connect to a keyring").count(), 1, "{done:?}");
    session.start_keyring();
    assert_eq!(secrets(&session), ["s3cret"]);
    vault(&session, &create()).status(0);
    assert_eq!(secrets(&session), [""; 0]);
}
