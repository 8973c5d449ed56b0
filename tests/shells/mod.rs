//! Completion: the answers that redwire gives, and real shells that complete with them.

mod bash;
mod elvish;
mod fish;
mod stage;
mod terminal;
mod zsh;

use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use stage::{SCRIPTS, Stage};

/// A statement waits so long for a busy catalog; completion must not wait.
const BUSY_LIMIT: Duration = Duration::from_secs(5);

#[test]
fn the_scripts_are_those_that_redwire_prints() {
    let stage = Stage::empty();
    for (shell, file) in [
        ("bash", "redwire.bash"),
        ("zsh", "_redwire"),
        ("fish", "redwire.fish"),
        ("powershell", "redwire.ps1"),
        ("elvish", "redwire.elv"),
    ] {
        let done = stage.home.redwire(["completions", shell]).run().status(0);
        assert_eq!(
            done.out,
            std::fs::read_to_string(format!("{SCRIPTS}/{file}")).unwrap(),
            "{shell}"
        );
        assert_eq!(done.err, "");
    }
    assert!(!stage.home.file("data/redwire").exists());
}

#[test]
fn names_that_would_need_quotes_are_not_offered() {
    let stage = Stage::filled();
    assert_eq!(stage.names(&[""]), ["depot", "sales", "sales_eu"]);
    for typed in ["sa ", "sa$", "sä", "q", "-d", "sales*", "sale?"] {
        assert_eq!(stage.names(&["--", typed]), [] as [&str; 0], "{typed}");
    }
    assert_eq!(stage.names(&["depot", ""]), [] as [&str; 0]);
}

#[test]
fn run_offers_jobs() {
    let stage = Stage::filled();
    let create = "CREATE JOB daily AS INSERT INTO depot.s.t SELECT 1 AS a; \
                  CREATE JOB \"d y\" AS INSERT INTO depot.s.t SELECT 1 AS a;";
    stage.home.script(create).run().status(0);
    assert_eq!(stage.ask("fish", &["redwire", "run", "d"]), ["daily"]);
    assert_eq!(stage.ask("fish", &["redwire", "run", "daily", ""]), ["daily"]);
    assert_eq!(stage.ask("fish", &["redwire", "show", "d"]), ["depot"]);
}

#[test]
fn exec_offers_connections_then_programs_then_files() {
    let stage = Stage::filled();
    let ask =
        |shell: &str, words: &[&str]| stage.ask(shell, &[&["redwire", "exec"], words].concat());
    assert_eq!(ask("fish", &["--slots", "2", "dep"]), ["depot"]);
    assert_eq!(ask("fish", &["sales", "--", "setsi"]), ["setsid"]);
    assert_eq!(ask("zsh", &["sales", "setsi"]), ["words", "setsid"]);
    assert_eq!(ask("fish", &["sales", "./scr"]), ["./script one.sql"]);
    assert_eq!(ask("fish", &["sales", "cat", "scr"]), ["script one.sql"]);
    assert_eq!(ask("zsh", &["sales", "cat", "scr"]), ["files:0"]);
    assert_eq!(ask("fish", &["sales", "cat", "--dry"]), [""; 0]);
}

#[test]
fn the_line_or_the_environment_names_the_catalog() {
    let stage = Stage::filled();
    assert_eq!(stage.names(&["--catalog", "other cat.db", ""]), ["harbour"]);
    assert_eq!(stage.names(&["--catalog=other cat.db", "h"]), ["harbour"]);
    assert_eq!(
        stage.ask("fish", &["redwire", "--catalog=other cat.db", "show", ""]),
        ["harbour"]
    );
    assert_eq!(stage.names(&["--ephemeral", ""]), [] as [&str; 0]);
    let mut command = stage.command(crate::support::home::REDWIRE);
    command
        .env("REDWIRE_CATALOG", stage.home.file("other cat.db"))
        .env("COMPLETE", "fish");
    let output = command.args(["--", "redwire", "show", ""]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "harbour\n");
}

#[test]
fn a_catalog_that_is_missing_is_silence_and_is_not_made() {
    let stage = Stage::empty();
    assert_eq!(stage.names(&[""]), [] as [&str; 0]);
    assert_eq!(stage.names(&["--catalog", "new.db", ""]), [] as [&str; 0]);
    assert_eq!(std::fs::read_dir(stage.home.file("data")).unwrap().count(), 0);
    assert!(!stage.home.file("new.db").exists());
}

#[test]
fn a_catalog_that_cannot_be_read_is_silence() {
    let stage = Stage::empty();
    stage.home.write(
        "text",
        "no catalog at all, but long enough to be looked at for what it might be",
    );
    stage.home.write("empty", "");
    stage.create(&stage.home.file("whole"), ["sales"]);
    let mut damaged = std::fs::read(stage.home.file("whole")).unwrap();
    damaged[100..].fill(0x55);
    stage.home.write("damaged", damaged);
    for catalog in ["text", "empty", "damaged", ".", "/dev/null"] {
        assert_eq!(stage.names(&["--catalog", catalog, ""]), [] as [&str; 0], "{catalog}");
    }
    assert_eq!(std::fs::read(stage.home.file("empty")).unwrap(), b"");
    assert_eq!(stage.names(&["--catalog", "whole", ""]), ["sales"]);
    assert!(!stage.home.file("whole-wal").exists());
}

#[test]
fn a_catalog_that_is_busy_is_silence_at_once() {
    let stage = Stage::filled();
    let busy = rusqlite::Connection::open(stage.home.catalog()).unwrap();
    busy.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE catalog SET id = id;",
    )
    .unwrap();
    let start = Instant::now();
    assert_eq!(stage.names(&[""]), [] as [&str; 0]);
    assert!(start.elapsed() < BUSY_LIMIT, "{:?}", start.elapsed());
    drop(busy);
    assert_eq!(stage.names(&["d"]), ["depot"]);
}

#[test]
fn many_names_are_offered_by_the_first_and_the_last() {
    let stage = Stage::empty();
    stage.create(
        &stage.home.catalog(),
        (0..1_500).map(|number| format!("many_{number:04}")).chain(["zebra".into()]),
    );
    let names = stage.names(&["m"]);
    assert_eq!((names.len(), names[0].as_str()), (1_001, "many_0000"));
    assert_eq!(names[999..], ["many_0999", "many_1499"]);
    assert_eq!(stage.names(&["many_14"]).len(), 100);
}

#[test]
fn the_keyring_is_not_asked() {
    let stage = Stage::filled();
    let bus = stage.home.file("run/bus");
    let listener = UnixListener::bind(&bus).unwrap();
    listener.set_nonblocking(true).unwrap();
    let mut command = stage.command(crate::support::home::REDWIRE);
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", bus.display()));
    let output = command
        .env("COMPLETE", "fish")
        .args(["--", "redwire", "show", "d"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "depot\n");
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

/// `PowerShell` is in no distribution's packages: its script is read, and what it would be answered
/// is seen.
#[test]
fn powershell_gets_candidates() {
    let script = std::fs::read_to_string(format!("{SCRIPTS}/redwire.ps1")).unwrap();
    assert!(script.contains("Register-ArgumentCompleter -Native -CommandName redwire"));
    let code: Vec<&str> = script.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(
        !code.concat().contains("Invoke-Expression"),
        "a Tab must run nothing that stands on the line"
    );
    let balance =
        |open: char, close: char| script.matches(open).count() == script.matches(close).count();
    assert!(balance('{', '}') && balance('(', ')') && balance('[', ']'));
    let stage = Stage::filled();
    assert_eq!(
        stage.ask("powershell", &["redwire", "--on-error=s"]),
        ["--on-error=stop\tEnd the script"]
    );
    assert_eq!(stage.ask("powershell", &["redwire", "show", "d"]), ["depot"]);
}

#[test]
fn complete_in_the_environment_alone_changes_nothing() {
    let stage = Stage::empty();
    let run = stage
        .home
        .redwire(["--ephemeral", "-c", "SHOW CONNECTIONS"])
        .env("COMPLETE", "bash");
    run.run().status(0).out_has("endpoint");
}
