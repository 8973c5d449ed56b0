//! Processes that fight for the slots of one connection, some of them killed, while somebody
//! watches from the server.
//!
//! `redwire connect`, `redwire exec` and TEST CONNECTION are mixed. Whatever happens to a process,
//! the server must never have more sessions of that user than the connection has slots.

use std::collections::HashMap;
use std::io::Read;
use std::ops::ControlFlow;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use redwire::url::Endpoint;
use redwire::warehouse::slots::Slots;
use redwire::warehouse::{
    Cancel, ResultColumn, ResultSink, ServerMessage, Session, SessionRequest,
};
use secrecy::SecretString;

use crate::support::home::{Home, REDWIRE};
use crate::support::light_vault::{PASSPHRASE, STORE};
use crate::support::postgres::{Database, Postgres, SCRAM_USER, TRUSTED_USER, Wire};
use crate::support::random::Random;

/// The number of processes at any time.
const PROCESSES: usize = 32;

/// The least number of processes that are killed.
const KILLS: usize = 30;

/// The least number of looks by the observer.
const LOOKS: usize = 2_000;

/// A guard against hanging: a busy machine takes minutes.
const MOST: Duration = Duration::from_mins(30);

/// The pause between two checks for the end.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The time limit for the server to notice that the last sessions are gone.
const QUIET_LIMIT: Duration = Duration::from_mins(2);

/// The longest pause between two kills; the shortest is none.
const KILL_PAUSE_MS: u64 = 120;

/// The longest time between a look at the holders and the kill of one of them: as long as most of
/// them work.
const WORK_MS: u64 = 60;

/// The number of processes that are started for each one that is killed: on a busy machine
/// everything is slower, the kills too.
const STARTS_A_KILL: usize = 3;

/// The kinds of processes: the arguments of redwire.
const KINDS: [&[&str]; 6] = [
    &["connect", "sales", "-c", "SELECT pg_sleep(0.05)"],
    &["exec", "sales", "--", "psql", "-XAtqc", "SELECT pg_sleep(0.05)"],
    // To open the vault takes longer than to have a session. So this one has several, each with a
    // slot of its own.
    &["-c", TESTS],
    // Long enough to be at work when it is killed; the server then goes on with it.
    &["connect", "sales", "-c", "SELECT pg_sleep(0.7)"],
    &["connect", "sales", "-c", ROWS, "-c", "SELECT pg_sleep(0.3)"],
    &["exec", "sales", "--", "sh", "-c", "psql -XAtqc 'SELECT pg_sleep(0.4)'; exit"],
];

const TESTS: &str = "TEST CONNECTION sales; TEST CONNECTION sales; TEST CONNECTION sales; TEST CONNECTION sales; \
                     TEST CONNECTION sales; TEST CONNECTION sales; TEST CONNECTION sales; TEST CONNECTION sales";

const ROWS: &str = "SELECT repeat('x', 1000) FROM generate_series(1, 3000)";

#[test]
fn processes_of_which_some_are_killed_never_have_more_sessions_than_the_limit() {
    let Some(fight) = Fight::new(4) else { return };
    let is_enough = |tally: &Tally| {
        let everybody = tally.done.iter().all(|done| done.load(Ordering::SeqCst) > 0);
        let killed = tally.killed.load(Ordering::SeqCst) >= KILLS;
        let looked = tally.looks.load(Ordering::SeqCst) >= LOOKS;
        everybody && killed && looked && tally.most() >= 4
    };
    let tally = fight.until(Kills::AtRandom, is_enough);
    assert!(is_enough(&tally), "they hardly fought: {tally:?}");
    assert_eq!(tally.most(), 4, "more than 4 at once: {tally:?}");
    // Were the observer blind, this would fail: with a slot more there is a session more.
    fight.says("ALTER REDSHIFT CONNECTION sales SET MAX_CONCURRENT_CONNECTIONS = 5");
    let tally = fight.until(Kills::None, |tally| tally.most() >= 5);
    assert_eq!(tally.most(), 5, "{tally:?}");
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kills {
    AtRandom,
    None,
}

/// The counts of a fight.
#[derive(Debug, Default)]
struct Tally {
    /// The number of times that each process did its work.
    done: [AtomicUsize; PROCESSES],
    started: AtomicUsize,
    killed: AtomicUsize,
    /// The number of looks by the observer.
    looks: AtomicUsize,
    /// The most sessions at once, and which.
    seen: Mutex<(usize, String)>,
    is_over: AtomicBool,
}

impl Tally {
    fn most(&self) -> usize {
        self.seen.lock().expect("no panic").0
    }

    fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::SeqCst)
    }
}

/// Says that it is over when it is dropped: also where somebody fails, or the others would go on
/// for ever.
struct End<'a>(&'a Tally);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::SeqCst);
    }
}

/// Whoever holds slots or waits for them, by their process ids.
type Fighters = Mutex<HashMap<u32, Child>>;

struct Fight {
    home: Home,
    database: Database,
}

impl Fight {
    fn new(limit: u32) -> Option<Self> {
        let fight = Self {
            home: Home::with_light_vault(),
            database: Postgres::database(Wire::Plain)?,
        };
        let url = fight.database.url("127.0.0.1", "?sslmode=disable");
        let create = format!(
            "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = '{url}' USER_NAME = '{}' PASSWORD = '{}' \
             MAX_CONCURRENT_CONNECTIONS = {limit}",
            SCRAM_USER.name, SCRAM_USER.password
        );
        fight.says(&create);
        Some(fight)
    }

    #[track_caller]
    fn says(&self, statement: &str) {
        let output = self.redwire(&["-c", statement]).output().expect("redwire runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn redwire(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.command(REDWIRE);
        // A vault takes its time to open, but a keyring that so many ask at once on a busy machine
        // answers too late.
        command.env(PASSPHRASE.0, PASSPHRASE.1);
        command.args(STORE).args(["--wait", "1h"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Lets them fight until it is enough.
    fn until(&self, kills: Kills, is_enough: impl Fn(&Tally) -> bool) -> Tally {
        let (tally, fighters) = (Tally::default(), Fighters::default());
        let mut observer = self.observer();
        thread::scope(|scope| {
            let watcher = scope.spawn(|| self.observe(&mut observer, &tally));
            let _end = End(&tally);
            thread::scope(|scope| {
                let _end = End(&tally);
                let (fighters, tally) = (&fighters, &tally);
                if kills == Kills::AtRandom {
                    scope.spawn(move || self.kill(fighters, tally));
                }
                for place in 0..PROCESSES {
                    scope.spawn(move || self.work(fighters, tally, place));
                }
                let begin = Instant::now();
                while !is_enough(tally) && begin.elapsed() < MOST {
                    thread::sleep(BETWEEN_LOOKS);
                    assert!(!watcher.is_finished(), "the observer has failed");
                }
            });
        });
        assert!(self.slots().sessions(None).expect("a look").is_empty());
        let quiet = Instant::now() + QUIET_LIMIT;
        while count(&mut observer, self.database.name()).0 > 0 {
            assert!(Instant::now() < quiet, "a session is left on the server");
        }
        tally
    }

    /// One place among those who fight: a process after another.
    fn work(&self, fighters: &Fighters, tally: &Tally, place: usize) {
        let _end = End(tally);
        for round in place.. {
            if !tally.goes_on() {
                break;
            }
            let mut child =
                self.redwire(KINDS[round % KINDS.len()]).spawn().expect("redwire starts");
            tally.started.fetch_add(1, Ordering::SeqCst);
            let (id, mut stderr) = (child.id(), child.stderr.take().expect("its errors"));
            fighters.lock().expect("no panic").insert(id, child);
            // Ends once nobody has it open any more: neither the process nor what it started.
            let mut said = String::new();
            stderr.read_to_string(&mut said).expect("UTF-8");
            let child = fighters.lock().expect("no panic").remove(&id);
            let status = child.expect("it is there").wait().expect("its end");
            match status.code() {
                Some(0) => drop(tally.done[place].fetch_add(1, Ordering::SeqCst)),
                // One that is killed says nothing.
                None => {}
                Some(code) => panic!("status {code}: {said}"),
            }
        }
    }

    /// Kills at random moments: three in four times one who holds a slot.
    fn kill(&self, fighters: &Fighters, tally: &Tally) {
        let _end = End(tally);
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        while tally.goes_on() {
            thread::sleep(Duration::from_millis(random.below(KILL_PAUSE_MS)));
            if tally.started.load(Ordering::SeqCst)
                < STARTS_A_KILL * tally.killed.load(Ordering::SeqCst)
            {
                continue;
            }
            let victim = if random.below(4) > 0 {
                let holders = self.slots().sessions(None).expect("a look");
                let place = random.place(holders.len());
                thread::sleep(Duration::from_millis(random.below(WORK_MS)));
                holders.get(place).and_then(|holder| holder.who.process)
            } else {
                let fighters = fighters.lock().expect("no panic");
                fighters.keys().nth(random.place(fighters.len())).copied()
            };
            // This child has not been waited for, so that its id is still its own.
            let mut fighters = fighters.lock().expect("no panic");
            if let Some(child) = victim.and_then(|id| fighters.get_mut(&id)) {
                child.kill().expect("it is ours to kill");
                tally.killed.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    fn slots(&self) -> Slots {
        Slots::at(self.home.file("data/redwire/catalog.db.slots"))
    }

    fn observer(&self) -> Session {
        let url = self.database.url("127.0.0.1", "?sslmode=disable");
        let login = SessionRequest {
            endpoint: &Endpoint::parse(&url).expect("a URL"),
            tunnel: None,
            user: TRUSTED_USER.name,
            password: &Arc::new(SecretString::from("")),
        };
        Session::open(&login, &mut |_| {}, &Cancel::default()).expect("a session")
    }

    /// Looks all the time, without a pause.
    fn observe(&self, session: &mut Session, tally: &Tally) {
        while tally.goes_on() {
            let now = count(session, self.database.name());
            tally.looks.fetch_add(1, Ordering::SeqCst);
            let mut seen = tally.seen.lock().expect("no panic");
            if now.0 > seen.0 {
                *seen = now;
            }
        }
    }
}

/// The number of sessions of the fight's user, and their ids.
fn count(session: &mut Session, database: &str) -> (usize, String) {
    let sql = format!(
        "SELECT pid || ' ' || application_name FROM pg_stat_activity WHERE usename = '{}' AND datname = '{database}'",
        SCRAM_USER.name
    );
    let mut rows = Rows::default();
    session.query(&sql, &mut rows, None, &Cancel::default()).expect("an answer");
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
        self.0.push(cells.first().copied().flatten().map(text).unwrap_or_default());
        ControlFlow::Continue(())
    }

    fn tag(&mut self, _tag: &str) {}

    fn notice(&mut self, _notice: &ServerMessage) {}
}
