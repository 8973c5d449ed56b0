//! `redwire run --watch`: jobs that come and go, signals, two at once, a warehouse that is away.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::{Stage, run_in};
use crate::slots::tunnel::Tunnel;
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::TRUSTED_USER;

const DEADLINE: Duration = Duration::from_mins(1);

const SIGTERM: i32 = 15;

/// Three windows of an hour.
const HOURS: &str = "RUN_INTERVAL = 1 HOUR START_FROM = TIMESTAMP '2026-01-01' END_AT = TIMESTAMP '2026-01-01 03:00'";

const SOURCE: &str = "CREATE TABLE s.source AS SELECT n AS id, timestamp '2026-01-01' + n * interval '30 min' AS at \
     FROM generate_series(0, 8) n; CREATE TABLE s.t (id int)";

/// CREATE JOB of windows that read a column.
fn job(name: &str, column: &str) -> String {
    format!(
        "CREATE JOB {name} {HOURS} AS INSERT INTO w.s.t SELECT o.{column} AS id FROM w.s.source o \
         WHERE o.at BETWEEN run_start_time() AND run_end_time();"
    )
}

/// `redwire run --watch`, with the socket to which it sends its notifications.
struct Watch {
    child: Child,
    lines: Receiver<String>,
    notifications: Receiver<String>,
}

impl Watch {
    fn start(stage: &Stage, name: &str, arguments: &[&str]) -> Self {
        let path = stage.home.file(name);
        let socket = UnixDatagram::bind(&path).expect("a socket");
        let (sender, notifications) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(length) = socket.recv(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                if sender.send(text).is_err() {
                    return;
                }
            }
        });
        let mut command = stage.home.interruptible();
        command.args(STORE).args(["run", "--watch"]).args(arguments);
        command.env(PASSPHRASE.0, PASSPHRASE.1).env("NOTIFY_SOCKET", &path);
        command.env("WATCHDOG_USEC", "100000");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("redwire starts");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { child, lines, notifications }
    }

    /// Waits until each of the texts has been in a line.
    #[track_caller]
    fn until(&self, texts: &[&str]) -> Vec<String> {
        let mut seen = Vec::new();
        while !texts.iter().all(|text| seen.iter().any(|line: &String| line.contains(text))) {
            match self.lines.recv_timeout(DEADLINE) {
                Ok(line) => seen.push(line),
                Err(error) => panic!("{error}: {texts:?} in {seen:#?}"),
            }
        }
        seen
    }

    /// Waits for this notification.
    #[track_caller]
    fn until_notified(&self, expected: &str) {
        let mut seen = Vec::new();
        loop {
            match self.notifications.recv_timeout(DEADLINE) {
                Ok(text) if text == expected => return,
                Ok(text) => seen.push(text),
                Err(error) => panic!("{error}: {expected} in {seen:?}"),
            }
        }
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().expect("kill").success());
    }

    /// Waits for the end: the signal that ended it, the lines that were left, and its errors.
    fn end(mut self) -> (Option<i32>, Vec<String>, String) {
        let status = self.child.wait().expect("its end");
        let mut err = String::new();
        self.child
            .stderr
            .take()
            .expect("its errors")
            .read_to_string(&mut err)
            .expect("text");
        (status.signal(), self.lines.iter().collect(), err)
    }
}

/// A test that failed leaves no process behind.
impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until the server answers the query with `t`.
#[track_caller]
pub(super) fn until_server(stage: &Stage, query: &str) {
    let begin = Instant::now();
    while stage.database.administer(query) != "t" {
        assert!(begin.elapsed() < DEADLINE, "{query}");
    }
}

/// A session that holds a lock on a table; it ends with its release.
struct TableLock<'a> {
    stage: &'a Stage,
    psql: Child,
}

impl<'a> TableLock<'a> {
    fn take(stage: &'a Stage, mode: &str) -> Self {
        let lock = format!("BEGIN; LOCK TABLE s.t IN {mode} MODE; SELECT pg_sleep(600)");
        let mut command = stage.database.psql(TRUSTED_USER);
        command.env("PGHOST", "127.0.0.1").args(["-c", &lock]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let psql = command.spawn().expect("psql starts");
        until_server(
            stage,
            "SELECT count(*) > 0 FROM pg_locks WHERE relation = 's.t'::regclass AND granted",
        );
        Self { stage, psql }
    }

    fn release(mut self) {
        self.stage.database.administer(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK TABLE s.t %'",
        );
        let _ = self.psql.wait();
    }
}

#[test]
fn jobs_run_when_they_come_and_not_while_they_are_paused() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(&[job("bad", "nothing"), job("good", "id")].concat());
    let watch = Watch::start(&stage, "socket", &[]);
    watch.until_notified("READY=1");
    watch.until_notified("WATCHDOG=1");
    let last = |name: &str| {
        format!(
            "{name}: loaded 2026-01-01 02:00:00 to 2026-01-01 03:00:00: 2 staged, 2 inserted in"
        )
    };
    let failed = "bad: failed 2026-01-01 00:00:00 to 2026-01-01 01:00:00: error[42703]: ";
    let seen = watch.until(&[failed, &last("good")]);
    assert!(
        seen.iter().any(|line| line.ends_with(" s") && line.contains("; again in ")),
        "{seen:?}"
    );
    stage.done(&format!("BEGIN; {} PAUSE JOB held; COMMIT;", job("held", "id")));
    stage.done(&job("late", "id"));
    let seen = watch.until(&[&last("late")]);
    assert!(seen.iter().all(|line| !line.contains("held")), "{seen:?}");
    stage.done("RESUME JOB held;");
    watch.until(&[&last("held")]);
    stage.on_server("ALTER TABLE s.source ADD nothing int");
    stage.done("ALTER JOB bad SET COMMENT = 'its column is there now';");
    watch.until(&[&last("bad")]);
    stage.done("REWIND JOB good TO TIMESTAMP '2026-01-01 02:00:00';");
    watch.until(&[&last("good")]);
    watch.signal("TERM");
    let (signal, rest, err) = watch.end();
    assert_eq!((signal, rest, err.as_str()), (Some(SIGTERM), Vec::new(), ""));
    assert_eq!(stage.on_server("SELECT count(*) FROM s.t"), "SET\n26");
}

#[test]
fn sync_jobs_run_when_their_sources_are_loaded() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(&format!("{SOURCE}; CREATE TABLE s.a (id int); CREATE TABLE s.b (id int)"));
    let link = |name, source, target| {
        format!(
            "CREATE SYNC JOB {name} {HOURS} AS INSERT INTO w.s.{target} SELECT o.id FROM w.s.{source} o \
             WHERE run_start_time() < run_end_time();"
        )
    };
    let chain = [link("a", "a", "b"), link("b", "t", "a"), job("c", "id")].concat();
    stage.done(&format!("{chain} PAUSE JOB c;"));
    let watch = Watch::start(&stage, "socket", &["--format", "json"]);
    watch.until_notified("STATUS=2 jobs, 0 running");
    stage.done("RESUME JOB c;");
    let end =
        |name: &str| format!("\"job\": \"{name}\", \"window_start\": \"2026-01-01 02:00:00\"");
    let seen = watch.until(&[&end("a")]);
    assert_eq!(seen.len(), 9, "{seen:#?}");
    watch.signal("INT");
    assert_eq!(watch.end().0, None);
}

#[test]
fn a_signal_cancels_a_stage() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(
        "CREATE TABLE s.t (id int); CREATE VIEW s.slow AS SELECT 1 AS id FROM pg_sleep(600)",
    );
    stage.done(&format!(
        "CREATE JOB j {HOURS} AS INSERT INTO w.s.t SELECT o.id FROM w.s.slow o;"
    ));
    let watch = Watch::start(&stage, "socket", &[]);
    let is_staging = "SELECT count(*) = 1 FROM pg_stat_activity WHERE state = 'active' \
         AND datname = current_database() AND query LIKE '%CREATE TEMP%s.slow%' AND pid <> pg_backend_pid()";
    until_server(&stage, is_staging);
    watch.signal("TERM");
    watch.until_notified("STOPPING=1");
    let (signal, rest, err) = watch.end();
    assert_eq!((signal, rest, err.as_str()), (Some(SIGTERM), Vec::new(), ""));
    let runs = stage.done("SELECT state FROM system.monitoring.runs;").out;
    assert_eq!(runs, "state\nfailed\n");
}

#[test]
fn a_signal_lets_a_write_end() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(&job("j", "id"));
    let lock = TableLock::take(&stage, "SHARE");
    let watch = Watch::start(&stage, "socket", &[]);
    let is_writing = "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
         AND datname = current_database()";
    until_server(&stage, is_writing);
    watch.signal("TERM");
    watch.until_notified("STOPPING=1");
    lock.release();
    let (signal, rest, err) = watch.end();
    assert_eq!((signal, err.as_str()), (Some(SIGTERM), ""));
    assert_eq!(rest.len(), 1, "{rest:?}");
    assert_eq!(stage.on_server("SELECT count(*) FROM s.t"), "SET\n2");
    let runs = stage
        .done("SELECT state, window_end FROM system.monitoring.runs ORDER BY 2;")
        .out;
    assert!(runs.starts_with("state,window_end\ndone,2026-01-01 01:00:00\n"), "{runs}");
    assert!(!runs.contains("running"), "{runs}");
}

#[test]
fn two_watches_of_one_catalog_share_the_work_without_errors() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    stage.done(&job("j", "id"));
    let lock = TableLock::take(&stage, "ACCESS EXCLUSIVE");
    let first = Watch::start(&stage, "first", &[]);
    until_server(
        &stage,
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
         AND datname = current_database()",
    );
    let second = Watch::start(&stage, "second", &[]);
    second.until_notified("STATUS=1 jobs, 1 running");
    second.until_notified("STATUS=1 jobs, 0 running");
    lock.release();
    first.until(&["2026-01-01 02:00:00 to 2026-01-01 03:00:00"]);
    for watch in [first, second] {
        watch.signal("TERM");
        let (_, rest, err) = watch.end();
        assert_eq!((rest, err.as_str()), (Vec::new(), ""));
    }
    assert_eq!(stage.on_server("SELECT count(*) FROM s.t"), "SET\n6");
}

#[test]
fn a_warehouse_that_is_away_is_tried_until_it_is_back() {
    let Some(stage) = Stage::new() else { return };
    stage.on_server(SOURCE);
    let mut tunnel = Tunnel::to(stage.database.server().port());
    tunnel.close();
    let url = format!(
        "jdbc:redshift://127.0.0.1:{}/{}?sslmode=disable",
        tunnel.port(),
        stage.database.name()
    );
    stage.done(&format!("ALTER REDSHIFT CONNECTION w SET CONNECTION_STRING = '{url}';"));
    stage.done(&job("j", "id"));
    let metrics = stage.home.file("redwire.prom");
    let watch = Watch::start(&stage, "socket", &["--metrics", &metrics.display().to_string(), "j"]);
    watch.until(&["j: error[08001]: ", "; again in 2 s"]);
    tunnel.open();
    watch.until(&["2026-01-01 02:00:00 to 2026-01-01 03:00:00"]);
    watch.signal("TERM");
    watch.end();
    let text = std::fs::read_to_string(&metrics).unwrap();
    for line in [
        "redwire_up 0",
        "redwire_job_loaded_until_seconds{job=\"j\"} 1767236400",
        "redwire_job_runs_total{job=\"j\",state=\"done\"} 3",
        "redwire_job_inserted_rows_total{job=\"j\"} 6",
        "# TYPE redwire_job_last_run_seconds gauge",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}:\n{text}");
    }
    assert!(text.contains("redwire_job_last_run_seconds{job=\"j\"} 0."), "{text}");
    tunnel.close();
}

#[test]
fn a_watch_needs_jobs_that_there_are_and_a_catalog_that_stays() {
    let Some(stage) = Stage::new() else { return };
    let run =
        |arguments: &[&str]| run_in(&stage.home).args(["run", "--watch"]).args(arguments).run();
    assert!(run(&["nothing"]).status(1).err.contains("error[42704]"));
    run(&["--dry-run"]).status(2);
    run(&["--metrics", "/no/such/folder/file"]).status(2);
    let in_memory = stage.home.redwire(["--ephemeral", "run", "--watch"]).run().status(2);
    assert!(in_memory.err.contains("--ephemeral"), "{}", in_memory.err);
}
