//! Processes that fight for the slots of one connection, some of them killed, while somebody watches from the server.
//!
//! `redwire connect`, `redwire exec` and TEST CONNECTION are mixed. Whatever happens to a process, the server must
//! never have more sessions of that user than the connection has slots.

use std::collections::HashMap;
use std::io::Read;
use std::ops::ControlFlow;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use redwire::url::Endpoint;
use redwire::warehouse::slots::Slots;
use redwire::warehouse::{Cancel, Login, ResultColumn, ResultSink, ServerMessage, Session};
use secrecy::SecretString;

use crate::support::home::REDWIRE;
use crate::support::keyring_session::{Keyring, KeyringSession};
use crate::support::postgres::{Database, Postgres, SCRAM_USER, TRUSTED_USER, Wire};

/// How many processes there are at any time.
const PROCESSES: usize = 32;

/// How long they fight.
const FIGHT: Duration = Duration::from_secs(20);

/// How long the fight with another limit lasts, which only shows that the observer counts.
const SHORT_FIGHT: Duration = Duration::from_secs(4);

/// How long the server may take to notice that the last sessions are gone.
const QUIET_LIMIT: Duration = Duration::from_secs(10);

/// The longest pause between two kills; the shortest is none.
const KILL_PAUSE_MS: u64 = 120;

/// The kinds of processes: the arguments of redwire.
const KINDS: [&[&str]; 5] = [
    &["connect", "sales", "-c", "SELECT pg_sleep(0.05)"],
    &["exec", "sales", "--", "psql", "-XAtqc", "SELECT pg_sleep(0.05)"],
    &["-c", "TEST CONNECTION sales"],
    &[
        "connect",
        "sales",
        "-c",
        "SELECT repeat('x', 1000) FROM generate_series(1, 3000); SELECT pg_sleep(0.03)",
    ],
    &[
        "exec",
        "sales",
        "--",
        "sh",
        "-c",
        "psql -XAtqc 'SELECT pg_sleep(0.05)'; exit",
    ],
];

#[test]
fn processes_of_which_some_are_killed_never_have_more_sessions_than_the_limit() {
    let Some(fight) = Fight::new(4) else { return };
    let Report {
        seen,
        ended,
        killed,
        least,
    } = fight.of(FIGHT);
    println!("{seen:?}; {ended} ended, {killed} killed, each at least {least}");
    assert!(seen.most <= 4, "{} at once: {}", seen.most, seen.whom);
    assert_eq!(seen.most, 4, "nobody had to wait");
    assert!(seen.looks > 2_000, "only {} looks", seen.looks);
    assert!(killed > 20, "only {killed} were killed");
    assert!(ended > 3 * PROCESSES && least > 0, "{ended} ended, one only {least}");
}

/// Were the observer blind, this would fail: with a slot more there is a session more.
#[test]
fn the_observer_sees_every_session_that_there_is() {
    let Some(fight) = Fight::new(5) else { return };
    assert_eq!(fight.of(SHORT_FIGHT).seen.most, 5);
}

/// What the observer has seen.
#[derive(Debug, Default)]
struct Seen {
    looks: usize,
    longest_gap: Duration,
    most: usize,
    /// The sessions at the moment when there were most.
    whom: String,
}

/// What a fight has come to.
struct Report {
    seen: Seen,
    /// Processes that did their work.
    ended: usize,
    killed: usize,
    /// How often one of the places came to its work at least.
    least: usize,
}

/// Whoever holds slots or waits for them, by their process ids.
type Fighters = Mutex<HashMap<u32, Child>>;

struct Fight {
    keyring: KeyringSession,
    database: Database,
}

impl Fight {
    fn new(limit: u32) -> Option<Self> {
        let fight = Self {
            keyring: KeyringSession::start(Keyring::Unlocked)?,
            database: Postgres::database(Wire::Plain)?,
        };
        let url = fight.database.url("127.0.0.1", "?sslmode=disable");
        let create = format!(
            "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = '{url}' USER_NAME = '{}' PASSWORD = '{}' \
             MAX_CONCURRENT_CONNECTIONS = {limit}",
            SCRAM_USER.name, SCRAM_USER.password
        );
        let output = fight.redwire(&["-c", &create]).output().expect("redwire runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(fight)
    }

    fn redwire(&self, arguments: &[&str]) -> Command {
        let mut command = self.keyring.command(REDWIRE);
        command.args(["--wait", "1m"]).args(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    fn of(&self, length: Duration) -> Report {
        let (is_over, fighters, seen) = (AtomicBool::new(false), Fighters::default(), Mutex::new(Seen::default()));
        let mut session = self.observer();
        let (mut ended, mut least, mut killed) = (0, usize::MAX, 0);
        thread::scope(|scope| {
            scope.spawn(|| self.observe(&mut session, &seen, &is_over));
            // Also where one of the others fails: the observer would look for ever.
            let _over = Over(&is_over);
            let end = Instant::now() + length;
            let fighters = &fighters;
            let killer = scope.spawn(move || self.kill_until(end, fighters));
            let workers: Vec<_> = (0..PROCESSES)
                .map(|worker| scope.spawn(move || self.work_until(end, fighters, worker)))
                .collect();
            for worker in workers {
                let done = worker.join().expect("no panic");
                ended += done;
                least = least.min(done);
            }
            killed = killer.join().expect("no panic");
            assert!(self.slots().sessions(None).expect("a look").is_empty());
        });
        let quiet = Instant::now() + QUIET_LIMIT;
        while count(&mut session, self.database.name()).0 > 0 {
            assert!(Instant::now() < quiet, "a session is left on the server");
        }
        Report {
            seen: seen.into_inner().expect("no panic"),
            ended,
            killed,
            least,
        }
    }

    /// One place among those who fight: a process after another. How many did their work.
    fn work_until(&self, end: Instant, fighters: &Fighters, worker: usize) -> usize {
        let mut done = 0;
        for round in worker.. {
            if Instant::now() >= end {
                break;
            }
            let mut child = self
                .redwire(KINDS[round % KINDS.len()])
                .spawn()
                .expect("redwire starts");
            let (id, mut stderr) = (child.id(), child.stderr.take().expect("its errors"));
            fighters.lock().expect("no panic").insert(id, child);
            // Ends once nobody has it open any more: neither the process nor what it started.
            let mut said = String::new();
            stderr.read_to_string(&mut said).expect("UTF-8");
            let mut child = fighters.lock().expect("no panic").remove(&id).expect("it is there");
            let status = child.wait().expect("its end");
            match status.code() {
                Some(0) => done += 1,
                // One that is killed says nothing.
                None => {}
                // A keyring that so many ask at once on a busy machine; the slot was not even asked for.
                Some(_) if said.contains("no answer within") => {}
                Some(code) => panic!("status {code}: {said}"),
            }
        }
        done
    }

    /// Kills at random moments: three in four times one who holds a slot. How many.
    fn kill_until(&self, end: Instant, fighters: &Fighters) -> usize {
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        let mut below = |limit: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % limit.max(1)
        };
        let mut killed = 0;
        while Instant::now() < end {
            thread::sleep(Duration::from_millis(below(KILL_PAUSE_MS)));
            let victim = if below(4) > 0 {
                let holders = self.slots().sessions(None).expect("a look");
                let place = usize::try_from(below(holders.len() as u64)).expect("a place");
                thread::sleep(Duration::from_millis(below(60)));
                holders.get(place).and_then(|holder| holder.who.process)
            } else {
                let fighters = fighters.lock().expect("no panic");
                let place = usize::try_from(below(fighters.len() as u64)).expect("a place");
                fighters.keys().nth(place).copied()
            };
            // Only while it is known nobody has waited for it, so that its id is its own.
            let mut fighters = fighters.lock().expect("no panic");
            if let Some(child) = victim.and_then(|id| fighters.get_mut(&id)) {
                child.kill().expect("it is ours to kill");
                killed += 1;
            }
        }
        killed
    }

    fn slots(&self) -> Slots {
        Slots::at(self.keyring.home().join(".local/share/redwire/catalog.db.slots"))
    }

    fn observer(&self) -> Session {
        let url = self.database.url("127.0.0.1", "?sslmode=disable");
        let login = Login {
            endpoint: &Endpoint::parse(&url).expect("a URL"),
            user: TRUSTED_USER.name,
            password: &SecretString::from(""),
        };
        Session::open(&login, &mut |_| {}, &Cancel::default()).expect("a session")
    }

    /// Looks all the time, without a pause.
    fn observe(&self, session: &mut Session, seen: &Mutex<Seen>, is_over: &AtomicBool) {
        let mut seen = seen.lock().expect("no panic");
        let mut last = Instant::now();
        while !is_over.load(Ordering::SeqCst) {
            let (count, whom) = count(session, self.database.name());
            seen.looks += 1;
            seen.longest_gap = seen.longest_gap.max(last.elapsed());
            last = Instant::now();
            if count > seen.most {
                seen.most = count;
                seen.whom = whom;
            }
        }
    }
}

/// Says that it is over when it is dropped.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// How many sessions the user of the fight has, and which.
fn count(session: &mut Session, database: &str) -> (usize, String) {
    let sql = format!(
        "SELECT pid || ' ' || application_name FROM pg_stat_activity WHERE usename = '{}' AND datname = '{database}'",
        SCRAM_USER.name
    );
    let mut rows = Rows::default();
    session.query(&sql, &mut rows, &Cancel::default()).expect("an answer");
    (rows.0.len(), rows.0.join(", "))
}

/// The first cells of a result.
#[derive(Default)]
struct Rows(Vec<String>);

impl ResultSink for Rows {
    fn columns(&mut self, _columns: &[ResultColumn]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
        let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
        self.0
            .push(cells.first().copied().flatten().map(text).unwrap_or_default());
        ControlFlow::Continue(())
    }

    fn tag(&mut self, _tag: &str) {}

    fn notice(&mut self, _notice: &ServerMessage) {}
}
