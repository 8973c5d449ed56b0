//! `redwire exec`: what the program gets, what comes back of it, and the slots that it holds.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use redwire::warehouse::slots::{Holder, Slots};

use crate::standin::StandIn;
use crate::support::home::{Done, Home, REDWIRE, Run};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::{DIGEST_USER, Database, MD5_USER, Postgres, SCRAM_USER, User, Wire};
use crate::support::python::python;
use crate::support::terminal::{CTRL_C, Terminal};

/// Redwire's own failure.
const NOT_STARTED: i32 = 125;

/// A password as nothing else has it.
const MARK: &str = "Kanari7Zq 'x' $HOME wörd";

/// A password of one test, while the others run.
const OTHER_MARK: &str = "Zaunkoenig8Xq";

const ETL: User = User { name: "etl", password: MARK, method: "" };

/// A home with the connection `sales`.
struct Site {
    home: Home,
}

impl Site {
    fn new() -> Self {
        Self::with("jdbc:redshift://h.example.com/dev", ETL, "")
    }

    fn with(url: &str, user: User, options: &str) -> Self {
        let site = Self { home: Home::with_light_vault() };
        let quoted = user.password.replace('\'', "''");
        let script = format!(
            "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = '{url}' USER_NAME = '{}' PASSWORD = '{quoted}' {options};\n",
            user.name
        );
        site.run(&[]).stdin(script).run().status(0);
        site
    }

    fn of(database: &Database, host: &str, options: &str) -> Self {
        Self::with(&database.url(host, options), SCRAM_USER, "")
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let run = self.home.redwire(STORE).args(arguments);
        run.env(PASSPHRASE.0, PASSPHRASE.1).env("SSL_CERT_FILE", self.authorities())
    }

    fn exec(&self, arguments: &[&str]) -> Done {
        self.run(&["exec"]).args(arguments).run()
    }

    /// As [`Self::run`], with nothing between the test and redwire.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.interruptible();
        command.args(STORE).arg("exec").args(arguments);
        command.env(PASSPHRASE.0, PASSPHRASE.1).env("SSL_CERT_FILE", self.authorities());
        command
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("redwire starts")
    }

    /// A replacement for the system's file of certificates, which not every machine has.
    fn authorities(&self) -> std::path::PathBuf {
        self.home.write("authorities.pem", "")
    }

    /// Starts a program that says `ready`, and waits for that.
    fn hold(&self, arguments: &[&str]) -> Held {
        let mut child = self.start(arguments);
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("UTF-8");
        if line != "ready\n" {
            let mut said = String::new();
            let mut errors = child.stderr.take().expect("its errors");
            errors.read_to_string(&mut said).expect("UTF-8");
            panic!("it is not ready: {line}{said}");
        }
        Held { child, output }
    }

    fn sessions(&self) -> Vec<Holder> {
        let folder = self.home.file("data/redwire/catalog.db.slots");
        Slots::at(folder).sessions(None).expect("a look")
    }
}

/// A program that runs.
struct Held {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Held {
    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Closes its input, and waits for its end.
    fn end(mut self) -> (String, std::process::ExitStatus) {
        drop(self.child.stdin.take());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("UTF-8");
        (rest, self.child.wait().expect("its end"))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // After a failed test it may still run.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_program_alone_has_the_connection_in_its_environment() {
    let site = Site::new();
    let run = site.run(&["exec", "sales", "--", "env"]);
    let run = [
        ("PGHOSTADDR", "9.9.9.9"),
        ("PGSERVICE", "other"),
        ("PGPASSFILE", "/x"),
        ("PGSSLCERT", "/x"),
        ("PGSSLCERTMODE", "require"),
        ("PGSSLNEGOTIATION", "direct"),
        ("PGGSSENCMODE", "require"),
        ("PGPASSWORD", "another"),
        ("PGUSER", "somebody"),
        ("PGTZ", "UTC"),
        ("REDWIRE_VAULT_PASSPHRASE_FILE", "/x"),
    ]
    .into_iter()
    .fold(run, |run, (name, value)| run.env(name, value));
    let done = run.run().status(0);
    let mut given: Vec<&str> = done
        .out
        .lines()
        .filter(|line| line.starts_with("PG") || line.starts_with("RED"))
        .collect();
    given.sort_unstable();
    let authorities = format!("PGSSLROOTCERT={}", site.authorities().display());
    let (libpq, own) = (format!("PGPASSWORD={MARK}"), format!("REDSHIFT_PASSWORD={MARK}"));
    let expected = [
        "PGAPPNAME=redwire:env",
        "PGDATABASE=dev",
        "PGHOST=h.example.com",
        &libpq,
        "PGPORT=5439",
        "PGSSLMODE=verify-full",
        &authorities,
        "PGTZ=UTC",
        "PGUSER=etl",
        "REDSHIFT_DATABASE=dev",
        "REDSHIFT_HOST=h.example.com",
        &own,
        "REDSHIFT_PORT=5439",
        "REDSHIFT_USER=etl",
        "REDWIRE_CONNECTION=sales",
    ];
    assert_eq!(given, expected);
    assert_eq!(done.err, "");
}

#[test]
fn the_exit_status_is_the_programs() {
    let site = Site::new();
    for status in [0, 1, 2, 7, 125, 255] {
        let script = format!("exit {status}");
        site.exec(&["sales", "sh", "-c", &script]).status(status);
    }
}

#[test]
fn its_own_failures_have_statuses_of_their_own() {
    let site = Site::new();
    let plain = site.home.write("plain.txt", "");
    for (arguments, status, said) in [
        (&["sales", "no_such_program"][..], 127, "program \"no_such_program\" not found"),
        (&["sales", "./no/such"], 127, "program \"./no/such\" not found"),
        (&["sales", plain.to_str().unwrap()], 126, "could not execute"),
        (&["sales", "/"], 126, "could not execute"),
        (&["sals", "true"], NOT_STARTED, "did you mean sales?"),
        (&["", "true"], NOT_STARTED, "42601"),
        (&["sales", "--env", "X={hots}", "true"], NOT_STARTED, "did you mean {host}"),
        (&["--slots", "0", "sales", "true"], NOT_STARTED, "1..=2000"),
        (&["sales", "--slots", "x", "true"], NOT_STARTED, "--slots"),
        (&["-c", "SHOW JOBS", "sales", "true"], NOT_STARTED, "'-c'"),
    ] {
        let done = site.exec(arguments).status(status).err_has(said);
        assert_eq!(done.out, "");
    }
    let both = site.run(&["-c", "SHOW JOBS", "exec", "sales", "true"]).run();
    both.status(NOT_STARTED).err_has("-c and -f cannot be used");
    site.run(&["exec", "--help"]).run().status(0).out_has("--slots <N>");
    let json = site.run(&["--format", "json", "exec", "sales", "no_such"]).run();
    json.status(127).err_has("\"sqlstate\": \"58030\"");
}

#[test]
fn without_a_program_the_users_shell_runs() {
    let site = Site::new();
    let script = "echo $REDWIRE_CONNECTION $PGAPPNAME; exit 3";
    for (shell, named) in [(None, "sh"), (Some("/bin/bash"), "bash")] {
        let run = site.run(&["exec", "sales"]).stdin(script);
        let run = shell.into_iter().fold(run, |run, shell| run.env("SHELL", shell));
        assert_eq!(run.run().status(3).out, format!("sales redwire:{named}\n"));
    }
    let missing = site.run(&["exec", "sales"]).env("SHELL", "/no/such/sh").run();
    missing.status(127).err_has("program \"/no/such/sh\" not found");
}

#[test]
fn a_template_becomes_a_variable_of_the_program_alone() {
    let site = Site::with("jdbc:redshift://h.example.com/dev?sslmode=require", ETL, "");
    let templates =
        ["--env", "DATABASE_URL={url}", "--env", "WORD={password}", "--env", "PGUSER=u"];
    let arguments = [&templates[..], &["sales", "--", "sh", "-c"]].concat();
    let script = "printf '%s\\n' \"$DATABASE_URL\" \"$WORD\" $PGUSER; cat /proc/$$/cmdline";
    let done = site.exec(&[&arguments[..], &[script]].concat()).status(0);
    let lines: Vec<&str> = done.out.lines().collect();
    let encoded = "Kanari7Zq%20%27x%27%20%24HOME%20w%C3%B6rd";
    let url = format!("postgresql://etl:{encoded}@h.example.com:5439/dev?sslmode=require");
    assert_eq!(lines[..3], [&url, MARK, "u"]);
    assert!(!lines[3..].join("").contains("Kanari7Zq"));
    let dry = site.run(&["--dry-run", "exec"]).args(templates).args(["sales", "true"]).run();
    assert!(!dry.status(0).err_has("DATABASE_URL WORD PGUSER").err.contains("Kanari7Zq"));
}

#[test]
fn authorities_of_the_url_are_those_of_programs_without_libpq_too() {
    let home = Home::new();
    let file = rcgen::generate_simple_self_signed(["h.example.com".to_owned()]).expect("one");
    let path = home.write("own.pem", file.cert.pem());
    let url = format!("jdbc:redshift://h.example.com/dev?sslrootcert={}", path.display());
    let site = Site::with(&url, ETL, "");
    let path = path.display();
    let done = site.exec(&["sales", "env"]).status(0);
    for name in ["PGSSLROOTCERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
        let line = format!("{name}={path}\n");
        assert!(done.out.contains(&line), "{}", done.out);
    }
}

/// One kind of fault has one message: each command that takes the name of a connection answers a bad
/// one alike.
#[test]
fn a_bad_name_is_one_error_in_every_command() {
    let home = Home::new();
    for name in ["", "system", "a\u{7}b", &"n".repeat(128), "missing"] {
        let error_of = |arguments: &[&str]| {
            let done = home.redwire(["--format", "json"]).args(arguments).run();
            assert_ne!(done.status, 0, "{arguments:?}");
            let report: serde_json::Value = serde_json::from_str(done.err.trim()).expect("JSON");
            ["sqlstate", "message", "hint"].map(|field| report["error"][field].clone())
        };
        let expected = error_of(&["connect", name, "-c", "SELECT 1"]);
        assert_eq!(error_of(&["exec", name, "--", "true"]), expected, "exec {name:?}");
        assert_eq!(error_of(&["show", name]), expected, "show {name:?}");
    }
}

#[test]
fn a_password_that_no_store_has_is_said_before_the_program_runs() {
    let site = Site::new();
    fs::remove_file(site.home.file("data/redwire/catalog.db.vault")).expect("the vault");
    let done = site.exec(&["sales", "echo", "ran"]).status(NOT_STARTED);
    assert_eq!(done.out, "");
}

#[test]
fn words_behind_the_program_are_its_own() {
    let site = Site::new();
    for arguments in [
        &["sales", "--", "echo", "-c", "--slots", "a b", "--"][..],
        &["sales", "echo", "-c", "--slots", "a b", "--"],
        &["--slots", "2", "sales", "echo", "-c", "--slots", "a b", "--"],
    ] {
        assert_eq!(site.exec(arguments).status(0).out, "-c --slots a b --\n");
    }
}

#[test]
fn streams_signals_and_handles_are_those_of_a_program_that_the_shell_runs() {
    let site = Site::new();
    let run = site.run(&["exec", "sales", "--", "sh", "-c", "cat; echo said >&2"]);
    let done = run.stdin("typed").run().status(0);
    assert_eq!((done.out.as_str(), done.err.as_str()), ("typed", "said\n"));
    let mut plain = site.home.command("grep");
    let plain = plain.args(["Sig[IC]", "/proc/self/status"]).output().expect("grep runs");
    let done = site.exec(&["sales", "grep", "Sig[IC]", "/proc/self/status"]).status(0);
    assert_eq!(done.out.as_bytes(), plain.stdout);
    let done = site.exec(&["sales", "sh", "-c", "ls -l /proc/$$/fd"]).status(0);
    let ours: Vec<&str> = done.out.lines().filter(|line| line.contains("catalog.db")).collect();
    assert!(ours.len() == 1 && ours[0].ends_with("/1.slot"), "{ours:?}");
}

#[test]
fn signals_reach_the_program_and_end_redwire_as_they_end_the_program() {
    let site = Site::new();
    for (signal, number) in [("HUP", 1), ("INT", 2), ("QUIT", 3), ("TERM", 15), ("KILL", 9)] {
        let held = site.hold(&["sales", "sh", "-c", "echo ready; exec cat"]);
        held.signal(signal);
        assert_eq!(held.end().1.signal(), Some(number));
    }
    let held =
        site.hold(&["sales", "sh", "-c", "trap 'echo caught; exit 9' TERM; echo ready; read line"]);
    held.signal("TERM");
    let (said, status) = held.end();
    assert_eq!((said.as_str(), status.code()), ("caught\n", Some(9)));
    assert!(site.sessions().is_empty());
}

#[test]
fn signals_that_are_ignored_from_the_start_stay_so_for_the_program() {
    let site = Site::new();
    let script = "trap '' HUP INT QUIT TERM; redwire --secret-store vault exec sales \
                  grep SigIgn: /proc/self/status";
    let run = site.home.shell(script).env(PASSPHRASE.0, PASSPHRASE.1);
    let done = run.env("SSL_CERT_FILE", site.authorities()).run().status(0);
    let mask = done.out.trim_start_matches("SigIgn:").trim();
    let mask = u64::from_str_radix(mask, 16).expect("a mask");
    for signal in [1, 2, 3, 15] {
        assert_eq!(mask >> (signal - 1) & 1, 1, "{signal}: {}", done.out);
    }
}

#[test]
fn an_interrupt_at_the_terminal_reaches_the_program_once() {
    let site = Site::new();
    let script =
        "trap 'echo caught once' INT; stty -echo; echo rea''dy; read line; read line; exit 4";
    let mut terminal = Terminal::start(site.command(&["sales", "sh", "-c", script]));
    terminal
        .wait_for("ready")
        .keys(CTRL_C)
        .wait_for("caught once")
        .line("")
        .line("");
    assert_eq!(terminal.status(), 4);
    assert_eq!(terminal.transcript().matches("caught once").count(), 1);
}

#[test]
fn the_slot_is_held_for_as_long_as_something_of_it_runs() {
    let site = Site::with("jdbc:redshift://h/dev", ETL, "MAX_CONCURRENT_CONNECTIONS = 1");
    let pipe = site.home.file("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let script = "cat < pipe > /dev/null 2>&1 & exec 3> pipe; echo ready; wait";
    let mut held = site.hold(&["sales", "sh", "-c", script]);
    // Opens at once: the other end is open.
    let input = fs::File::options().write(true).open(&pipe).expect("the pipe");
    let sessions = site.sessions();
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].who.process, Some(held.child.id()));
    assert_eq!(sessions[0].who.purpose.as_deref(), Some("exec sh"));
    held.child.kill().expect("it is ours to kill");
    held.child.wait().expect("its end");
    assert_eq!(site.sessions().len(), 1);
    let refused = site.run(&["--wait", "0", "exec", "sales", "true"]).run();
    refused.status(NOT_STARTED).err_has("53300");
    // The programs that it left behind end with their input.
    drop(input);
    site.run(&["--wait", "20s", "exec", "sales", "true"]).run().status(0);
    assert!(site.sessions().is_empty());
}

#[test]
fn several_slots_are_held_at_once() {
    let site = Site::with("jdbc:redshift://h/dev", ETL, "MAX_CONCURRENT_CONNECTIONS = 3");
    let held = site.hold(&["--slots", "2", "sales", "sh", "-c", "echo ready; exec cat"]);
    assert_eq!(site.sessions().len(), 2);
    let two = site.run(&["exec", "--wait", "0", "--slots", "2", "sales", "true"]).run();
    two.status(NOT_STARTED).err_has("2 slots are in use");
    site.run(&["exec", "--wait", "0", "sales", "true"]).run().status(0);
    let four = site.run(&["exec", "--slots", "4", "sales", "true"]).run();
    four.status(NOT_STARTED).err_has("--slots 3 takes all of them");
    assert!(held.end().1.success());
    assert!(site.sessions().is_empty());
}

#[test]
fn waiting_says_for_whom_and_ends_when_the_slot_comes_free() {
    let site = Site::with("jdbc:redshift://h/dev", ETL, "MAX_CONCURRENT_CONNECTIONS = 1");
    let held = site.hold(&["sales", "sh", "-c", "echo ready; exec cat"]);
    let mut waiter = site.start(&["sales", "echo", "ran"]);
    let mut line = String::new();
    let mut errors = BufReader::new(waiter.stderr.take().expect("its errors"));
    errors.read_line(&mut line).expect("UTF-8");
    let expected = format!(
        "notice: waiting for a slot of sales: in use by process {} (exec sh, since ",
        held.child.id()
    );
    assert!(line.starts_with(&expected), "{line}");
    assert!(held.end().1.success());
    let output = waiter.wait_with_output().expect("its end");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"ran\n"[..]));
}

#[test]
fn an_interrupt_ends_the_waiting() {
    let site = Site::with("jdbc:redshift://h/dev", ETL, "MAX_CONCURRENT_CONNECTIONS = 1");
    let _held = site.hold(&["sales", "sh", "-c", "echo ready; exec cat"]);
    let mut waiter = site.start(&["sales", "echo", "ran"]);
    let mut errors = BufReader::new(waiter.stderr.take().expect("its errors"));
    errors.read_line(&mut String::new()).expect("UTF-8");
    let id = waiter.id().to_string();
    assert!(Command::new("kill").args(["-s", "INT", &id]).status().expect("kill").success());
    let output = waiter.wait_with_output().expect("its end");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(130), &b""[..]));
}

#[test]
fn the_password_is_in_the_environment_of_the_program_alone() {
    let user = User { password: OTHER_MARK, ..ETL };
    let site = Site::with("jdbc:redshift://h/dev", user, "MAX_CONCURRENT_CONNECTIONS = 1");
    let held = site.hold(&["sales", "sh", "-c", "echo ready; exec cat"]);
    let mut waiter = site.start(&["sales", "cat"]);
    let mut errors = BufReader::new(waiter.stderr.take().expect("its errors"));
    errors.read_line(&mut String::new()).expect("UTF-8");
    assert_eq!(processes_with("cmdline"), [] as [u32; 0]);
    assert_eq!(processes_with("environ"), [held.child.id()]);
    let mut files = Vec::new();
    collect(site.home.path(), &mut files);
    assert!(files.len() > 4);
    let marked = files.iter().filter(|path| has_mark(&fs::read(path).expect("a file")));
    assert_eq!(marked.count(), 0);
    waiter.kill().expect("it is ours to kill");
    waiter.wait().expect("its end");
}

/// The processes with the mark in this file of /proc. What may not be read belongs to others.
fn processes_with(file: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("/proc").flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id: &u32| fs::read(format!("/proc/{id}/{file}")).is_ok_and(|text| has_mark(&text)))
        .collect()
}

fn has_mark(text: &[u8]) -> bool {
    text.windows(OTHER_MARK.len()).any(|window| window == OTHER_MARK.as_bytes())
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

#[test]
fn a_trial_runs_nothing_and_says_what_it_would_run() {
    let site = Site::with(
        "jdbc:redshift://h/dev?sslmode=require&queryGroup=etl&currentSchema=a",
        ETL,
        "MAX_CONCURRENT_CONNECTIONS = 2 PROTECTION = CONFIRM",
    );
    let trial = |arguments: &[&str]| {
        let run = site.run(&["--dry-run", "exec"]).args(arguments);
        run.env("REDWIRE_VAULT_PASSPHRASE", "").run().nowhere("Kanari")
    };
    let done = trial(&["--slots", "2", "sales", "touch", "made", "s3cret"]).status(0);
    assert_eq!(
        done.err,
        "notice: currentSchema, queryGroup of the URL has no effect on what the program opens\n\
         warning: PROTECTION = CONFIRM asks nothing about what the program sends\n\
         notice: would run touch with 2 arguments, holding 2 slots of sales, with the stored password and \
         PGAPPNAME=redwire:touch PGDATABASE=dev PGHOST=h PGPORT=5439 PGSSLMODE=require PGUSER=etl REDSHIFT_DATABASE=dev \
         REDSHIFT_HOST=h REDSHIFT_PORT=5439 REDSHIFT_USER=etl REDWIRE_CONNECTION=sales\n"
    );
    assert!(!site.home.file("made").exists());
    assert!(!site.home.file("data/redwire/catalog.db.slots").exists());
    trial(&["sales", "no_such"]).status(127);
    trial(&["sals", "true"]).status(NOT_STARTED);
    trial(&["--slots", "3", "sales", "true"]).status(NOT_STARTED).err_has("22023");
}

/// The program could undo whatever makes its session read-only.
#[test]
fn a_connection_that_only_reads_is_refused() {
    let site = Site::with("jdbc:redshift://h/dev?readOnly=true", ETL, "");
    for arguments in [&["exec"][..], &["--dry-run", "exec"]] {
        let run = site.run(arguments).args(["sales", "touch", "made"]);
        let done = run.env("REDWIRE_VAULT_PASSPHRASE", "").run().status(NOT_STARTED);
        done.err_has("0A000").err_has("it is read-only").err_has("no right to write");
        assert!(!site.home.file("made").exists());
    }
}

#[test]
fn authorities_are_looked_for_before_the_program_runs() {
    let site = Site::new();
    let run = site.run(&["exec", "sales", "echo", "ran"]).env("SSL_CERT_FILE", "/no/such.pem");
    let done = run
        .run()
        .status(NOT_STARTED)
        .err_has("root certificate file \"/no/such.pem\" of SSL_CERT_FILE does not exist");
    assert_eq!(done.out, "");
    let site = Site::with("jdbc:redshift://h/dev?sslrootcert=own.pem", ETL, "");
    let missing = site.exec(&["sales", "echo", "ran"]).status(NOT_STARTED);
    missing.err_has("could not read root certificate file \"own.pem\"");
    site.home.write("own.pem", "no certificate");
    let unusable = site.exec(&["sales", "echo", "ran"]).status(NOT_STARTED);
    unusable.err_has("there is no certificate in it");
}

#[test]
fn psql_runs_under_it_without_tls() {
    let Some(database) = Postgres::database(Wire::Plain) else {
        return;
    };
    let options = "?sslmode=disable&ApplicationName=nightly";
    for user in [SCRAM_USER, MD5_USER] {
        let site = Site::with(&database.url("127.0.0.1", options), user, "");
        let sql = "SELECT current_user, current_database(), current_setting('application_name')";
        let done = site.exec(&["sales", "--", "psql", "-XAtc", sql]).status(0);
        assert_eq!(done.out, format!("{}|{}|nightly\n", user.name, database.name()));
        // psql's own status for a script that failed.
        let failed =
            site.run(&["exec", "sales", "--", "psql", "-Xv", "ON_ERROR_STOP=1", "-f", "-"]);
        failed.stdin("SELECT 1/0;\n").run().status(3).err_has("division by zero");
    }
}

#[test]
fn psql_verifies_the_server_as_the_url_says() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let psql = ["sales", "psql", "-XAtc", sql];
    let named = format!("?sslrootcert={}", database.server().authority().display());
    assert_eq!(Site::of(&database, "localhost", &named).exec(&psql).status(0).out, "t\n");
    let wrong_name = Site::of(&database, "127.0.0.1", &named).exec(&psql).status(2);
    wrong_name.err_has("does not match host name");
    let other = format!("?sslrootcert={}", database.server().other_authority().display());
    let other = Site::of(&database, "localhost", &other).exec(&psql).status(2);
    other.err_has("certificate verify failed");
    let system = Site::of(&database, "localhost", "");
    let run = system
        .run(&["exec"])
        .args(psql)
        .env("SSL_CERT_FILE", database.server().authority());
    assert_eq!(run.run().status(0).out, "t\n");
    let required = Site::of(&database, "127.0.0.1", "?sslmode=require");
    let run = required
        .run(&["exec"])
        .args(psql)
        .env("PGSSLROOTCERT", database.server().other_authority());
    assert_eq!(run.run().status(0).out, "t\n");
}

/// As the guide has it: AWS's driver reads no variables by itself.
const PYTHON_SCRIPT: &str = r#"
import os
import redshift_connector

with redshift_connector.connect(
    host=os.environ["REDSHIFT_HOST"],
    port=int(os.environ["REDSHIFT_PORT"]),
    database=os.environ["REDSHIFT_DATABASE"],
    user=os.environ["REDSHIFT_USER"],
    password=os.environ["REDSHIFT_PASSWORD"],
    sslmode=os.environ["PGSSLMODE"],
) as connection:
    cursor = connection.cursor()
    cursor.execute("SELECT current_user")
    print(cursor.fetchone()[0])
"#;

#[test]
fn awss_python_driver_runs_under_it() {
    let (Some(python), Some(standin)) = (python(), StandIn::start(Wire::Tls)) else {
        return;
    };
    let python = python.get_program().to_str().expect("a path");
    for user in [DIGEST_USER, MD5_USER] {
        let site = Site::with(&standin.url("localhost", ""), user, "");
        let run = site.run(&["exec", "sales", "--", python, "-c", PYTHON_SCRIPT]);
        let done = run.env("SSL_CERT_FILE", standin.authority()).run().status(0);
        assert_eq!(done.out, format!("{}\n", user.name));
    }
}

#[test]
fn a_relative_file_of_authorities_holds_wherever_the_program_goes() {
    let Some(database) = Postgres::database(Wire::Tls) else {
        return;
    };
    let site = Site::of(&database, "localhost", "?sslrootcert=ca.pem");
    fs::copy(database.server().authority(), site.home.file("ca.pem")).expect("a copy");
    let done = site.exec(&["sales", "sh", "-c", "cd / && psql -XAtc 'SELECT 1'"]);
    assert_eq!(done.status(0).out, "1\n");
}

#[test]
fn two_connections_give_their_own_passwords_to_programs_at_the_same_time() {
    let site = Site::new();
    let statement = "CREATE REDSHIFT CONNECTION eu CONNECTION_STRING = 'jdbc:redshift://eu/dev' USER_NAME = 'u' PASSWORD = 'second';";
    site.run(&[]).stdin(statement.to_owned() + "\n").run().status(0);
    let nested = [
        "exec",
        "sales",
        "--",
        REDWIRE,
        "exec",
        "eu",
        "--",
        "printenv",
        "PGPASSWORD",
        "PGHOST",
    ];
    // The inner one needs its own way to the vault: the outer one has taken the passphrase out.
    let run = site.run(&[]).args([
        "exec",
        "sales",
        "--",
        "env",
        &format!("{}={}", PASSPHRASE.0, PASSPHRASE.1),
        REDWIRE,
    ]);
    let run = run.args(STORE).args(&nested[4..]);
    assert_eq!(run.run().status(0).out, "second\neu\n");
    let locked = site.run(&nested).run();
    locked.status(NOT_STARTED).err_has("58000");
}

/// Nobody's output: a program that closes its streams gets no word of redwire's into them.
#[test]
fn nothing_of_redwire_is_in_the_programs_output() {
    let site = Site::new();
    let mut child = site.start(&["sales", "sh", "-c", "exec cat"]);
    let mut input = child.stdin.take().expect("its input");
    input.write_all(b"as it is\0\xff").expect("it listens");
    drop(input);
    let output: Output = child.wait_with_output().expect("its end");
    assert_eq!(
        (output.stdout.as_slice(), output.stderr.as_slice()),
        (&b"as it is\0\xff"[..], &b""[..])
    );
}
