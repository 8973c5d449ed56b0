//! The vault through the program: its passphrase, its file, several processes at once.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use expectrl::session::OsSession;
use expectrl::{Eof, Expect, Session};

use crate::support::home::{Home, REDWIRE, Run};
use crate::support::shell::RunningShell;
use crate::support::sqlite::sqlite3;
use crate::support::witness::{statement_create, strace_works};

const VARIABLE: &str = "REDWIRE_VAULT_PASSPHRASE";
const FILE_VARIABLE: &str = "REDWIRE_VAULT_PASSPHRASE_FILE";

const NEW: &str = "Passphrase for a new vault: ";
const AGAIN: &str = "The same passphrase again: ";
const UNLOCK: &str = "Passphrase of the vault: ";

fn create(name: &str) -> String {
    statement_create(name, "etl", &format!("pw-{name}"))
}

fn vault(home: &Home, script: &str) -> Run {
    home.redwire(["--secret-store", "vault", "-c", script])
}

/// A home with the connection a, whose vault has the passphrase `right`.
fn home_with_vault() -> Home {
    let home = Home::new();
    vault(&home, &create("a")).env(VARIABLE, "right").run().status(0);
    home
}

fn file(home: &Home) -> PathBuf {
    home.file("data/redwire/catalog.db.vault")
}

/// The number of passwords in the vault.
fn count(home: &Home) -> usize {
    let bytes = fs::read(file(home)).expect("the vault");
    bytes.windows(8).filter(|window| window == b"\nsecret ").count()
}

fn names(home: &Home) -> String {
    sqlite3(&home.catalog(), "SELECT name FROM connection ORDER BY name")
}

#[test]
fn the_passphrase_comes_from_a_variable_or_from_the_first_line_of_a_file() {
    let home = home_with_vault();
    let path = home.write("passphrase", "right\nand a second line\n");
    vault(&home, &create("b")).env(FILE_VARIABLE, &path).run().status(0);
    let crlf = home.write("crlf", "right\r\n");
    vault(&home, &create("c")).env(FILE_VARIABLE, &crlf).run().status(0);
    // A variable that is empty counts as none; the variable with the passphrase itself comes first.
    let both = vault(&home, &create("d")).env(VARIABLE, "").env(FILE_VARIABLE, &path);
    both.run().status(0);
    let both = vault(&home, &create("e")).env(VARIABLE, "right").env(FILE_VARIABLE, "/nowhere");
    both.run().status(0).nowhere("right");
    assert_eq!(names(&home), "a\nb\nc\nd\ne");
    assert_eq!(count(&home), 5);
}

#[test]
fn a_passphrase_that_is_wrong_or_cannot_be_had_changes_nothing() {
    let home = home_with_vault();
    let empty = home.write("empty", "");
    let before = fs::read(file(&home)).unwrap();
    let alter = "ALTER REDSHIFT CONNECTION a SET PASSWORD = 'changed'";
    for (variable, value, message) in [
        (VARIABLE, "Mistaken.77".as_ref(), "wrong passphrase for the vault"),
        (FILE_VARIABLE, "/nowhere".as_ref(), "/nowhere"),
        (FILE_VARIABLE, empty.as_os_str(), "is empty"),
        (FILE_VARIABLE, "/dev/zero".as_ref(), "wrong passphrase for the vault"),
        ("UNRELATED", "right".as_ref(), "there is no terminal to ask at"),
    ] {
        for script in [alter, &create("b")] {
            let done = vault(&home, script).env(variable, value).run().status(1);
            done.err_has("58000")
                .err_has(message)
                .err_has("hint")
                .nowhere("Mistaken.77")
                .nowhere("changed");
        }
    }
    assert!(fs::read(file(&home)).unwrap() == before);
    assert_eq!(names(&home), "a");
    vault(&home, alter).env(VARIABLE, "right").run().status(0);
    assert_eq!(count(&home), 1);
}

#[test]
fn a_statement_without_a_password_needs_no_passphrase() {
    let home = home_with_vault();
    vault(&home, "SHOW CONNECTIONS; DESCRIBE CONNECTION a")
        .run()
        .status(0)
        .out_has("vault");
    vault(&home, "ALTER REDSHIFT CONNECTION a SET COMMENT = 'x' RENAME TO b")
        .run()
        .status(0);
    vault(&home, "DROP CONNECTION b").run().status(0);
    assert_eq!(count(&home), 0);
}

#[test]
fn only_the_owner_may_read_any_file_of_it_and_none_holds_a_password() {
    let home = home_with_vault();
    vault(&home, "ALTER REDSHIFT CONNECTION a SET PASSWORD = 'pw-changed'")
        .env(VARIABLE, "right")
        .run()
        .status(0);
    let mut names = Vec::new();
    for entry in fs::read_dir(home.file("data/redwire")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        assert_eq!(entry.metadata().unwrap().mode() & 0o777, 0o600, "{name}");
        let bytes = fs::read(entry.path()).unwrap();
        for secret in [&b"pw-"[..], b"right"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{name}");
        }
        names.push(name);
    }
    names.sort();
    assert_eq!(
        names,
        ["catalog.db", "catalog.db.secrets", "catalog.db.vault", "catalog.db.vault.lock"]
    );
}

#[test]
fn processes_that_add_at_once_lose_nothing() {
    let home = Home::new();
    let mut shells: Vec<RunningShell> = (0..4)
        .map(|_| {
            let mut command = home.command(REDWIRE);
            command.args(["--secret-store", "vault"]).env(VARIABLE, "right");
            RunningShell::start(command)
        })
        .collect();
    for round in 0..3 {
        for (index, shell) in shells.iter_mut().enumerate() {
            shell.tell(&create(&format!("c{index}{round}")));
        }
    }
    for shell in shells {
        shell.ends(0);
    }
    assert_eq!(names(&home).lines().count(), 12);
    assert_eq!(count(&home), 12);
}

#[test]
fn a_thousand_passwords_in_one_transaction_cost_one_passphrase_and_one_file() {
    if !strace_works() {
        return;
    }
    let home = home_with_vault();
    let script: String = (1..1000).map(|index| create(&format!("c{index}")) + ";\n").collect();
    let script = home.write("many.sql", format!("BEGIN;\n{script}COMMIT;\n"));
    let log = home.file("renames");
    let mut command = home.command("strace");
    command
        .args(["-f", "-qq", "-e", "trace=rename,renameat,renameat2", "-o"])
        .arg(&log);
    command
        .args([REDWIRE, "--secret-store", "vault", "-f"])
        .arg(script)
        .env(VARIABLE, "right");
    let begin = Instant::now();
    assert!(command.output().unwrap().status.success());
    // A thousand of the passphrase's key derivations take minutes.
    assert!(begin.elapsed() < Duration::from_mins(1), "{:?}", begin.elapsed());
    let log = fs::read_to_string(log).unwrap();
    assert_eq!(
        log.lines().filter(|line| line.contains("catalog.db.vault.new")).count(),
        1,
        "{log}"
    );
    assert_eq!(count(&home), 1000);
}

/// redwire at a terminal of its own, where it asks for the passphrase.
fn at_terminal(home: &Home, script: &str) -> OsSession {
    let mut command = home.interruptible();
    command.args(["--secret-store", "vault", "-c", script]).env("TERM", "xterm");
    let mut session = Session::spawn(command).expect("redwire starts");
    session.set_expect_timeout(Some(Duration::from_mins(1)));
    session
}

/// Waits for the question and types the answer, which is not shown.
#[track_caller]
fn answer(session: &mut OsSession, question: &str, answer: &str) {
    session.expect(question).unwrap_or_else(|error| panic!("{question}: {error}"));
    session.send_line(answer).expect("it reads");
}

/// All that it says until it ends.
fn rest(session: &mut OsSession) -> String {
    let found = session.expect(Eof).expect("it ends");
    String::from_utf8_lossy(found.as_bytes()).into_owned()
}

#[test]
fn a_new_vault_asks_twice_and_later_ones_once_a_process() {
    let home = Home::new();
    let mut session = at_terminal(&home, &format!("{}; {}", create("a"), create("b")));
    answer(&mut session, NEW, "right");
    answer(&mut session, AGAIN, "right");
    let said = rest(&mut session);
    assert_eq!(said.matches("CREATE CONNECTION").count(), 2, "{said}");
    assert!(!said.contains("right") && !said.contains("Passphrase"), "{said}");
    let mut session = at_terminal(&home, &format!("{}; {}", create("c"), create("d")));
    answer(&mut session, UNLOCK, "right");
    let said = rest(&mut session);
    assert!(!said.contains("assphrase"), "{said}");
    assert_eq!(count(&home), 4);
}

#[test]
fn two_passphrases_that_differ_are_asked_for_again_and_nothing_else_is() {
    let home = Home::new();
    let mut session = at_terminal(&home, &create("a"));
    answer(&mut session, NEW, "right");
    answer(&mut session, AGAIN, "rigth");
    answer(&mut session, "The two differ. Passphrase for a new vault: ", "right");
    answer(&mut session, AGAIN, "right");
    let said = rest(&mut session);
    assert!(said.contains("CREATE CONNECTION") && !said.contains("assphrase"), "{said}");
    assert_eq!(count(&home), 1);
}

#[test]
fn a_wrong_passphrase_is_asked_for_again_by_the_next_statement() {
    let home = home_with_vault();
    let mut command = home.command(REDWIRE);
    command.args(["--secret-store", "vault", "--on-error", "continue", "-c"]);
    command.arg(format!("{}; {}", create("b"), create("c")));
    let mut session = Session::spawn(command).expect("redwire starts");
    session.set_expect_timeout(Some(Duration::from_mins(1)));
    answer(&mut session, UNLOCK, "wrong");
    answer(&mut session, UNLOCK, "right");
    rest(&mut session);
    assert_eq!(names(&home), "a\nc");
    assert_eq!(count(&home), 2);
}

#[test]
fn others_can_change_the_catalog_while_the_passphrase_is_asked_for() {
    let home = home_with_vault();
    let mut session = at_terminal(&home, &format!("BEGIN; {}; COMMIT", create("b")));
    session.expect(UNLOCK).expect("it asks");
    home.script("ALTER REDSHIFT CONNECTION a SET COMMENT = 'meanwhile';\n")
        .run()
        .status(0);
    session.send_line("right").expect("it reads");
    rest(&mut session);
    assert_eq!(names(&home), "a\nb");
}

#[test]
fn an_interrupt_at_the_question_ends_it_and_changes_nothing() {
    let home = home_with_vault();
    let mut session = at_terminal(&home, &create("b"));
    session.expect(UNLOCK).expect("it asks");
    session.send("\u{3}").expect("it reads");
    rest(&mut session);
    let status = session.get_process().wait().expect("its status");
    assert!(format!("{status:?}").contains("130"), "{status:?}");
    assert_eq!(names(&home), "a");
    assert_eq!(count(&home), 1);
}

#[test]
fn an_interrupt_from_elsewhere_ends_the_question_too() {
    let home = home_with_vault();
    let mut session = at_terminal(&home, &create("b"));
    session.expect(UNLOCK).expect("it asks");
    let process = session.get_process().pid().to_string();
    let sent = home.command("kill").args(["-INT", &process]).status();
    assert!(sent.expect("kill runs").success());
    rest(&mut session);
    let status = session.get_process().wait().expect("its status");
    assert!(format!("{status:?}").contains("130"), "{status:?}");
    assert_eq!(names(&home), "a");
}
