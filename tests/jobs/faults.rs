//! Faults at each message of a run, through the stand-in: whatever goes wrong, two runs load each
//! window once.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::standin::{Fault, Isolation, StandIn};
use crate::support::home::{Done, Home, REDWIRE, Run};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::{MD5_USER, Wire};

/// Rows on, before and behind the boundaries of two windows.
const SOURCE: &str = "CREATE TABLE s.o AS SELECT n AS id, n % 4 AS v, \
    timestamp '2026-01-01' + n * interval '10 min' AS at FROM generate_series(-2, 14) n";

const WINDOWS: &str = "RUN_INTERVAL = 1 HOUR START_FROM = TIMESTAMP '2026-01-01' \
    END_AT = TIMESTAMP '2026-01-01 02:00'";

const INSERT: &str = "INSERT INTO w.s.t SELECT o.id, o.v FROM w.s.o o \
    WHERE o.at BETWEEN run_start_time() AND run_end_time()";

/// A second MERGE of the same window would delete what the first inserted.
const MERGE: &str = "MERGE INTO w.s.t AS t USING (SELECT o.id, o.v FROM w.s.o o \
    WHERE o.at BETWEEN run_start_time() AND run_end_time()) AS n ON t.id = n.id \
    WHEN MATCHED AND t.v = n.v THEN DELETE WHEN MATCHED THEN REPLACE \
    WHEN NOT MATCHED THEN INSERT MAP_COLUMNS_BY_NAME";

/// Both windows, and their sum in the ledger.
const LOADED: &str = "0 1 2 3 4 5 6 7 8 9 10 11|2026-01-01 02:00:00|12";

/// The message that writes has the claim in it.
const CLAIM: &str = "UPDATE ";

/// Jobs on a stand-in, each in a schema of its own.
struct Site {
    home: Home,
    standin: StandIn,
}

impl Site {
    fn new(isolation: Isolation) -> Option<Self> {
        let standin = StandIn::start_with(Wire::Plain, isolation)?;
        let site = Self { home: Home::with_light_vault(), standin };
        let name = MD5_USER.name;
        site.administer(&format!(
            "CREATE SCHEMA s AUTHORIZATION {name}; SET ROLE {name}; {SOURCE}"
        ));
        let url = site.standin.url("127.0.0.1", "?sslmode=disable");
        let password = MD5_USER.password.replace('\'', "''");
        site.run(&format!(
            "CREATE REDSHIFT CONNECTION w CONNECTION_STRING = '{url}' USER_NAME = '{name}' \
             PASSWORD = '{password}'"
        ))
        .status(0);
        Some(site)
    }

    fn administer(&self, sql: &str) -> String {
        self.standin.database().administer(sql)
    }

    fn redwire(&self) -> Run {
        let run = self.home.redwire(STORE).args(["--format", "csv", "--on-error", "continue"]);
        run.env(PASSPHRASE.0, PASSPHRASE.1)
    }

    fn run(&self, script: &str) -> Done {
        self.redwire().stdin(script).run()
    }

    /// New jobs, of which nothing is loaded.
    fn create(&self, jobs: &[String], body: &str) {
        let schema = |job: &String| {
            format!(
                "CREATE SCHEMA {job} AUTHORIZATION {}; SET ROLE {0}; \
                 CREATE TABLE {job}.t (id int, v int); RESET ROLE; ",
                MD5_USER.name
            )
        };
        self.administer(&jobs.iter().map(schema).collect::<Vec<_>>().concat());
        let create = |job: &String| {
            format!(
                "CREATE JOB {job} {WINDOWS} AS {};",
                body.replace("w.s.t", &format!("w.{job}.t"))
            )
        };
        self.run(&jobs.iter().map(create).collect::<Vec<_>>().concat()).status(0);
    }

    /// The rows, and the ledger.
    fn loaded(&self, job: &str) -> String {
        self.administer(&format!(
            "SELECT (SELECT string_agg(id::text, ' ' ORDER BY id) FROM {job}.t), loaded_until, \
             rows_total FROM {job}.redwire_ledger"
        ))
    }

    /// A run of redwire that a fault lets wait for ever, once the condition holds; it is killed.
    fn kill_when(&self, script: &str, mut is_time: impl FnMut() -> bool) {
        let mut command = self.home.command(REDWIRE);
        command.args(STORE).args(["-c", script]).env(PASSPHRASE.0, PASSPHRASE.1);
        let mut child = command.stdout(Stdio::null()).spawn().expect("redwire starts");
        while !is_time() {
            assert!(child.try_wait().expect("its state").is_none(), "it has ended");
            thread::yield_now();
        }
        child.kill().expect("it is ours to kill");
        child.wait().expect("it has ended");
    }
}

#[test]
fn an_insert_is_done_once_under_snapshot_isolation() {
    once_whatever_fails(Isolation::Snapshot, INSERT);
}

#[test]
fn an_insert_is_done_once_under_serializable_isolation() {
    once_whatever_fails(Isolation::Serializable, INSERT);
}

#[test]
fn a_merge_is_done_once_under_snapshot_isolation() {
    once_whatever_fails(Isolation::Snapshot, MERGE);
}

#[test]
fn a_merge_is_done_once_under_serializable_isolation() {
    once_whatever_fails(Isolation::Serializable, MERGE);
}

/// Lets each message of a run fail in each way, and runs the job twice.
fn once_whatever_fails(isolation: Isolation, body: &str) {
    let Some(site) = Site::new(isolation) else { return };
    site.create(&["clean".to_owned()], body);
    site.run("RUN JOB clean").status(0);
    assert_eq!(site.loaded("clean"), LOADED);
    let messages = site.standin.messages();
    let meeting = match isolation {
        Isolation::Snapshot => Fault::Conflict,
        Isolation::Serializable => Fault::Serialization,
    };
    let mut cases = Vec::new();
    // All before the first window is the same on both levels.
    let first = match isolation {
        Isolation::Snapshot => 0,
        Isolation::Serializable => first_of_windows(&messages),
    };
    for (place, message) in messages.iter().enumerate().skip(first) {
        let statements = if message.starts_with(CLAIM) {
            message.matches(';').count()
        } else {
            1
        };
        let parts = (1..=statements).map(Fault::PartOfAnswer);
        let others = [Fault::Statement, Fault::Answer, Fault::FalseError, meeting, Fault::Session];
        cases.extend(others.into_iter().chain(parts).map(|fault| (place, fault)));
    }
    let jobs: Vec<String> = (0..cases.len()).map(|number| format!("j{number}")).collect();
    site.create(&jobs, body);
    for (job, (place, fault)) in jobs.iter().zip(cases) {
        site.standin.inject(fault, place + 1);
        let done = site.run(&format!("RUN JOB {job}; RUN JOB {job}"));
        let message = &messages[place];
        let failures = done.err.matches("error[").count();
        let expected = usize::from(!is_mended(fault, &messages, place));
        assert_eq!(failures, expected, "{fault:?} at {message}:\n{done:?}");
        assert!(site.standin.are_faults_over());
        assert_eq!(site.loaded(job), LOADED, "{fault:?} at {message}:\n{done:?}");
    }
}

#[test]
fn windows_that_are_staged_at_once_are_done_once_whatever_fails() {
    let Some(site) = Site::new(Isolation::Snapshot) else {
        return;
    };
    let parallel = |jobs: &[String]| {
        site.create(jobs, MERGE);
        let alter = |job: &String| format!("ALTER JOB {job} SET RUN_PARALLELISM = 2;");
        site.run(&jobs.iter().map(alter).collect::<String>()).status(0);
    };
    parallel(&["clean".to_owned()]);
    let before = site.standin.messages().len();
    site.run("RUN JOB clean").status(0);
    let count = site.standin.messages().len() - before;
    let faults = [Fault::Statement, Fault::Answer, Fault::FalseError, Fault::Conflict];
    let cases: Vec<(usize, Fault)> =
        (1..=count).flat_map(|place| faults.map(|fault| (place, fault))).collect();
    let jobs: Vec<String> = (0..cases.len()).map(|number| format!("p{number}")).collect();
    parallel(&jobs);
    for (job, (place, fault)) in jobs.iter().zip(cases) {
        site.standin.inject(fault, place);
        let done = site.run(&format!("RUN JOB {job}; RUN JOB {job}"));
        assert!(site.standin.are_faults_over());
        assert_eq!(site.loaded(job), LOADED, "{fault:?} at {place}:\n{done:?}");
    }
}

#[test]
fn a_job_without_an_interval_is_done_once_although_the_answer_is_lost() {
    let Some(site) = Site::new(Isolation::Snapshot) else {
        return;
    };
    // Redshift's clock has whole seconds, and goes on while the query runs.
    site.administer(&format!(
        "SET ROLE {}; CREATE VIEW s.slow AS SELECT 1 AS id FROM pg_sleep(1.1)",
        MD5_USER.name
    ));
    for (number, fault) in [Fault::Answer, Fault::PartOfAnswer(1)].into_iter().enumerate() {
        site.administer(&format!("SET ROLE {}; CREATE TABLE s.t{number} (id int)", MD5_USER.name));
        site.run(&format!(
            "CREATE JOB k{number} AS INSERT INTO w.s.t{number} SELECT o.id FROM w.s.slow o"
        ))
        .status(0);
        site.standin.inject(fault, CLAIM);
        let done = site.run(&format!("RUN JOB k{number}")).status(0);
        assert!(site.standin.are_faults_over());
        assert_eq!(done.out.lines().count(), 2, "{fault:?}: {done:?}");
        let rows = site.administer(&format!("SELECT count(*) FROM s.t{number}"));
        assert_eq!(rows, "1", "{fault:?}: {done:?}");
    }
}

#[test]
fn a_run_that_loses_its_session_twice_ends_in_the_history_with_its_error() {
    let Some(site) = Site::new(Isolation::Snapshot) else {
        return;
    };
    site.create(&["clean".to_owned(), "j".to_owned()], INSERT);
    let before = site.standin.messages().len();
    site.run("RUN JOB clean").status(0);
    let messages = site.standin.messages();
    let is_claim = |message: &String| message.starts_with(CLAIM);
    let claim = messages[before..].iter().position(is_claim).expect("the claim") + 1;
    site.standin.inject(Fault::Answer, claim);
    site.standin.inject(Fault::Statement, claim + 1);
    site.run("RUN JOB j").status(3);
    assert!(site.standin.are_faults_over());
    let states = || {
        let sql = "SELECT state, error_code IS NULL FROM system.monitoring.runs \
                   WHERE job = 'j' ORDER BY window_start";
        site.run(sql).status(0).out.lines().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(states(), "failed,0");
    site.run("RUN JOB j").status(0);
    assert_eq!(states(), "done,1 done,1");
    assert_eq!(site.loaded("j"), LOADED);
}

#[test]
fn a_run_whose_session_cannot_be_opened_again_ends_in_the_history() {
    let Some(site) = Site::new(Isolation::Snapshot) else {
        return;
    };
    site.administer(
        "CREATE FUNCTION public.shut() RETURNS boolean SECURITY DEFINER LANGUAGE plpgsql AS $$ \
         BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 0', current_database()); \
         RETURN true; END $$",
    );
    site.create(&["j".to_owned()], &format!("{INSERT} AND shut()"));
    site.standin.inject(Fault::Answer, "CREATE TEMP TABLE redwire_stage");
    site.run("RUN JOB j").status(3);
    assert!(site.standin.are_faults_over());
    let sql = "SELECT state, error_code FROM system.monitoring.runs";
    assert_eq!(site.run(sql).status(0).out, "state,error_code\nfailed,53300\n");
}

/// The first message with the query.
fn first_of_windows(messages: &[String]) -> usize {
    messages
        .iter()
        .position(|message| message.contains("FROM s.o o"))
        .expect("the query")
}

/// True if the run itself goes on behind the fault.
fn is_mended(fault: Fault, messages: &[String], place: usize) -> bool {
    let first_window = first_of_windows(messages);
    let is_claim = messages[place].starts_with(CLAIM);
    match fault {
        Fault::Statement | Fault::Answer | Fault::PartOfAnswer(_) => place >= first_window,
        // The connection is lost behind the message, so it is the next one that fails.
        Fault::Session => place + 1 >= first_window,
        Fault::Conflict | Fault::Serialization => {
            is_claim || messages.get(place + 1).is_some_and(|next| next.starts_with(CLAIM))
        }
        // All is done but nobody says so; only here it is asked for again.
        Fault::FalseError => is_claim || messages[place].starts_with("CREATE TABLE"),
        Fault::Silence | Fault::Unheard => false,
    }
}

#[test]
fn a_process_may_be_killed_before_while_and_after_the_server_writes() {
    let Some(site) = Site::new(Isolation::Snapshot) else {
        return;
    };
    let jobs = ["before", "stage", "during", "after"].map(str::to_owned);
    site.create(&jobs, MERGE);
    let waits = |what: &str| {
        format!(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
             AND query LIKE '{what}%'"
        )
    };

    site.standin.inject(Fault::Silence, "UPDATE before.");
    site.kill_when("RUN JOB before", || site.standin.are_faults_over());

    site.standin.inject(Fault::Unheard, "CREATE TEMP TABLE redwire_stage");
    site.kill_when("RUN JOB stage", || site.standin.are_faults_over());

    let lock = Holder::new(&site, "LOCK TABLE during.t IN SHARE MODE");
    let is_waiting = waits("UPDATE during.");
    site.kill_when("RUN JOB during", || site.administer(&is_waiting) == "1");
    drop(lock);

    site.standin.inject(Fault::Unheard, "UPDATE after.");
    site.kill_when("RUN JOB after", || {
        site.standin.are_faults_over() && site.administer("SELECT count(*) FROM after.t") == "6"
    });

    for job in &jobs {
        let done = site.run(&format!("RUN JOB {job}")).status(0);
        assert_eq!(site.loaded(job), LOADED, "{job}: {done:?}");
    }
}

#[test]
fn a_write_that_meets_others_again_and_again_is_given_up_and_a_repeat_may_help() {
    let Some(site) = Site::new(Isolation::Snapshot) else {
        return;
    };
    site.create(&["j".to_owned()], MERGE);
    let tries = 6;
    for _ in 0..tries {
        site.standin.inject(Fault::Conflict, CLAIM);
    }
    let done = site.run("RUN JOB j").status(3);
    assert!(done.err.contains("conflict with concurrent transaction"), "{done:?}");
    assert!(site.standin.are_faults_over());
    let messages = site.standin.messages();
    let sent = |text: &str| messages.iter().filter(|message| message.contains(text)).count();
    assert_eq!((sent("CREATE TEMP TABLE redwire_stage"), sent(CLAIM)), (1, tries));
    site.run("RUN JOB j").status(0);
    assert_eq!(site.loaded("j"), LOADED);
}

#[test]
fn the_warehouses_clock_decides_however_wrong_that_of_the_machine_is() {
    let Some(site) = Site::new(Isolation::Snapshot) else {
        return;
    };
    let set_clock = |now: &str| {
        site.administer(&format!(
            "CREATE OR REPLACE FUNCTION pg_catalog.getdate() RETURNS timestamp \
             LANGUAGE sql STABLE AS $$ SELECT timestamp '{now}' $$"
        ));
    };
    site.administer(&format!("SET ROLE {}; CREATE TABLE s.t (at timestamp)", MD5_USER.name));
    set_clock("2099-12-31 02:30");
    site.run(
        "CREATE JOB j RUN_INTERVAL = 1 HOUR START_FROM = TIMESTAMP '2099-12-31' \
         AS INSERT INTO w.s.t SELECT run_start_time() AS at",
    )
    .status(0);
    let windows = || site.run("RUN JOB j").status(0).out.lines().count() - 1;
    assert_eq!(windows(), 2);
    let early = site.run("RUN JOB j UP TO TIMESTAMP '2099-12-31 03:00'").status(1);
    assert!(early.err.contains("error[22023]"), "{early:?}");
    set_clock("2099-12-31 03:00");
    assert_eq!((windows(), windows()), (1, 0));
}

#[test]
fn a_ledger_that_another_session_locks_is_waited_for_no_longer_than_wait_says() {
    let Some(site) = Site::new(Isolation::Snapshot) else {
        return;
    };
    site.create(&["j".to_owned()], INSERT);
    site.run("RUN JOB j UP TO TIMESTAMP '2026-01-01 01:00'").status(0);
    let lock = Holder::new(&site, "LOCK TABLE j.redwire_ledger");
    let done = site.redwire().args(["--wait", "1s", "-c", "RUN JOB j"]).run().status(3);
    assert!(done.err.contains("error[55P03]"), "{done:?}");
    assert!(done.err.contains("hint: it is locked by session "), "{done:?}");
    let begun = Instant::now();
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
         AND query LIKE '%LOCK TABLE j.redwire_ledger%'";
    while site.administer(waiting) != "0" {
        assert!(begun.elapsed() < Duration::from_mins(1), "the wait at the server is cancelled");
    }
    drop(lock);
    site.run("RUN JOB j").status(0);
    assert_eq!(site.loaded("j"), LOADED);
}

#[test]
fn a_value_that_does_not_fit_is_told_with_its_column_in_postgresqls_words() {
    let Some(site) = Site::new(Isolation::Snapshot) else {
        return;
    };
    site.administer(&format!(
        "SET ROLE {}; CREATE TABLE s.short (id int NOT NULL, v varchar(3))",
        MD5_USER.name
    ));
    for (query, error, words) in [
        ("SELECT o.id, 'ä' || o.id FROM w.s.o o", "22001", "column \"v\" has 4 bytes"),
        (
            "SELECT nullif(o.id, 3), 'a' FROM w.s.o o",
            "23502",
            "null value in column \"id\"",
        ),
    ] {
        let run = site.run(&format!(
            "CREATE JOB j AS INSERT INTO w.s.short {query}; RUN JOB j; DROP JOB j;"
        ));
        assert!(run.err.contains(&format!("error[{error}]: ")), "{}", run.err);
        assert!(run.err.contains(words), "{}", run.err);
    }
    assert_eq!(site.administer("SELECT count(*) FROM s.short"), "0");
}

/// A session that has done a statement and holds its locks until it is dropped.
struct Holder(Child);

impl Holder {
    fn new(site: &Site, statement: &str) -> Self {
        let mut psql = site.standin.database().psql(MD5_USER);
        psql.env("PGSSLMODE", "disable").args(["-q", "-At"]);
        psql.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = psql.spawn().expect("psql runs");
        let stdin = child.stdin.as_mut().expect("its input");
        writeln!(stdin, "BEGIN; {statement}; SELECT 'held';").expect("it reads");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        stdout.read_line(&mut line).expect("it answers");
        assert_eq!(line, "held\n");
        Self(child)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // At the end of its input psql leaves, and the server ends the transaction.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
