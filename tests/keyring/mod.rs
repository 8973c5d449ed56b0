//! The keyring store against a real Secret Service, with `secret-tool` as a witness of what it
//! stored.
//!
//! The library finds the keyring by its environment, which a test must not change for its own
//! process. So each test drives a second process, the player: this program once more, in the
//! session's environment. It reads one request a line and answers in one line.

mod other_service;

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use redwire::diagnostic::Diagnostic;
use redwire::secret::{KeyringStore, SecretError, SecretId, SecretStore};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::support::keyring_session::{Keyring, KeyringSession};

/// The promise is a second; the rest is for the process and the pipe on a busy machine.
const UNREACHABLE_LIMIT: Duration = Duration::from_secs(20);

/// Set for the player.
const PLAYER: &str = "REDWIRE_TEST_KEYRING_PLAYER";

/// The test that is the player when [`PLAYER`] is set.
const PLAYER_TEST: &str = "keyring::another_program_finds_what_was_put";

/// Begins the player's answers, among the lines of the test harness.
const MARK: &str = "player: ";

const CATALOG: &str = "0123456789abcdef";
const LABEL: &str = "redwire: my_redshift (awsuser at examplecluster/dev)";
const PASSWORD: &str = "pässword 'with' \"quotes\"\nand two lines";

#[test]
fn another_program_finds_what_was_put() {
    if std::env::var_os(PLAYER).is_some() {
        return play();
    }
    let Some((session, mut player)) = start(Keyring::Unlocked) else {
        return;
    };
    player.does("prepare", "aa");
    player.does("put", "aa");
    assert_eq!(session.stored(&user("aa")).as_deref(), Some(PASSWORD));
    let listed = session.listed();
    for line in [
        format!("label = {LABEL}"),
        "attribute.service = redwire".to_owned(),
        format!("attribute.username = {}", user("aa")),
    ] {
        assert!(listed.contains(&line), "no {line:?} in {listed}");
    }
    assert_eq!(player.does("get", "aa"), json!(PASSWORD));
}

#[test]
fn a_deleted_secret_is_gone_and_may_be_deleted_again() {
    let Some((session, mut player)) = start(Keyring::Unlocked) else {
        return;
    };
    player.does("put", "aa");
    player.does("put", "bb");
    player.does("delete", "aa");
    player.does("delete", "aa");
    assert_eq!(player.does("get", "aa"), Value::Null);
    assert_eq!(session.stored(&user("aa")), None);
    assert_eq!(session.stored(&user("bb")).as_deref(), Some(PASSWORD));
}

#[test]
fn a_second_process_reads_what_the_first_one_put() {
    let Some((session, mut player)) = start(Keyring::Unlocked) else {
        return;
    };
    player.does("put", "aa");
    drop(player);
    assert_eq!(Player::start(&session).does("get", "aa"), json!(PASSWORD));
}

#[test]
fn a_locked_keyring_that_nobody_can_unlock_is_refused_soon() {
    let Some((session, mut player)) = start(Keyring::Unlocked) else {
        return;
    };
    player.does("put", "aa");
    session.lock();
    // With the link that is there, and with a new one.
    for mut player in [player, Player::start(&session)] {
        for request in ["prepare", "put", "get", "delete"] {
            player.fails_soon(request, "locked");
        }
    }
}

#[test]
fn a_password_in_a_keyring_that_nobody_has_unlocked_yet_is_locked_and_not_missing() {
    let Some((mut session, mut player)) = start(Keyring::Unlocked) else {
        return;
    };
    player.does("put", "aa");
    session.stop_keyring();
    session.start_keyring_locked();
    for request in ["get", "delete"] {
        player.fails_soon(request, "locked");
    }
}

#[test]
fn a_keyring_that_was_locked_from_the_start_is_refused_soon() {
    let Some((_session, mut player)) = start(Keyring::Locked) else {
        return;
    };
    player.fails_soon("prepare", "locked");
    player.fails_soon("put", "locked");
    assert_eq!(player.does("get", "aa"), Value::Null);
}

#[test]
fn a_service_without_a_keyring_is_refused_soon() {
    let Some((_session, mut player)) = start(Keyring::Empty) else {
        return;
    };
    player.fails_soon("prepare", "locked");
    assert_eq!(player.does("get", "aa"), Value::Null);
}

#[test]
fn a_keyring_out_of_reach_is_named_within_a_second() {
    for keyring in [Keyring::NoBus, Keyring::Dead, Keyring::NoService, Keyring::Hung] {
        let Some((_session, mut player)) = start(keyring) else {
            return;
        };
        for request in ["prepare", "put", "get", "delete"] {
            player.fails_soon(request, "unreachable");
        }
    }
}

#[test]
fn a_keyring_that_was_restarted_is_found_again() {
    let Some((mut session, mut player)) = start(Keyring::Unlocked) else {
        return;
    };
    player.does("put", "aa");
    session.stop_keyring();
    for request in ["prepare", "put", "get", "delete"] {
        player.fails_soon(request, "unreachable");
    }
    session.start_keyring();
    assert_eq!(player.does("get", "aa"), json!(PASSWORD));
    session.stop_keyring();
    session.start_keyring();
    player.does("put", "bb");
    assert_eq!(session.stored(&user("bb")).as_deref(), Some(PASSWORD));
}

fn user(id: &str) -> String {
    format!("{CATALOG}/{id}")
}

fn start(keyring: Keyring) -> Option<(KeyringSession, Player)> {
    let session = KeyringSession::start(keyring)?;
    let player = Player::start(&session);
    Some((session, player))
}

/// A process in the session with one keyring store, seen from the test.
struct Player {
    child: Child,
    requests: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Player {
    fn start(session: &KeyringSession) -> Self {
        let program = std::env::current_exe().expect("the path of this program");
        let mut command = session.command(program);
        command.args([PLAYER_TEST, "--exact", "--nocapture"]).env(PLAYER, "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("this program starts again");
        Self {
            requests: child.stdin.take().expect("a pipe to it"),
            answers: BufReader::new(child.stdout.take().expect("a pipe from it")).lines(),
            child,
        }
    }

    fn ask(&mut self, request: &str, id: &str) -> Value {
        writeln!(self.requests, "{request} {id}").expect("the player reads");
        let answer = self.answers.by_ref().find_map(|line| {
            let line = line.expect("the player writes text");
            line.split_once(MARK).map(|(_, answer)| answer.to_owned())
        });
        serde_json::from_str(&answer.expect("the player answers")).expect("its answer is JSON")
    }

    /// Sends a request that must succeed, and returns its result.
    fn does(&mut self, request: &str, id: &str) -> Value {
        let mut answer = self.ask(request, id);
        assert_eq!(answer["error"], Value::Null, "{request} {id}: {answer}");
        answer["result"].take()
    }

    /// The request fails for this reason, soon, with a cause and without the password.
    fn fails_soon(&mut self, request: &str, reason: &str) {
        let begin = Instant::now();
        let answer = self.ask(request, "aa");
        let took = begin.elapsed();
        assert_eq!(answer["error"], reason, "{request}: {answer}");
        assert_ne!(answer["cause"], "", "{request}: {answer}");
        assert!(!answer.to_string().contains("quotes"), "{answer}");
        assert!(took < UNREACHABLE_LIMIT, "{request} took {took:?}: {answer}");
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The second process: answers requests until there are no more.
fn play() {
    let mut store = KeyringStore::new(CATALOG);
    for line in std::io::stdin().lines() {
        let line = line.expect("a request");
        let (request, id) = line.split_once(' ').expect("a request and an id");
        let answer = match perform(&mut store, request, &SecretId::from_stored(id)) {
            Ok(result) => json!({ "result": result }),
            Err(error) => {
                json!({ "error": reason(&error), "cause": error.cause(), "debug": format!("{error:?}") })
            }
        };
        // A line of its own, whatever the test harness has written before.
        writeln!(std::io::stdout(), "\n{MARK}{answer}").expect("the answer goes out");
    }
}

fn perform(store: &mut KeyringStore, request: &str, id: &SecretId) -> Result<Value, SecretError> {
    match request {
        "prepare" => store.prepare().map(|()| Value::Null),
        "put" => store.put(id, LABEL, &PASSWORD.into()).map(|()| Value::Null),
        "get" => Ok(store.get(id)?.map_or(Value::Null, |secret| json!(secret.expose_secret()))),
        "delete" => store.delete(id).map(|()| Value::Null),
        other => panic!("unknown request {other}"),
    }
}

fn reason(error: &SecretError) -> &'static str {
    match error {
        SecretError::KeyringUnreachable(_) => "unreachable",
        SecretError::KeyringLocked(_) => "locked",
        SecretError::KeyringRefused(_) => "refused",
        _ => "another error",
    }
}
