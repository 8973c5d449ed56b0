//! Slots over several processes: a limit that holds, kills that free slots, and children that keep
//! them.
//!
//! The processes are this test program itself, which runs nothing but `a_program_that_uses_slots`
//! in them. They are told what to do by lines on their standard input, and answer on standard
//! error, where the test framework writes nothing.

#[cfg(target_os = "linux")]
mod fight;
#[cfg(target_os = "linux")]
mod left;
#[cfg(target_os = "linux")]
mod limit;
#[cfg(target_os = "linux")]
pub mod tunnel;

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use redwire::warehouse::slots::{Claim, Holder, Purpose, SlotError, Slots, Wanted};
use tempfile::TempDir;

/// The variable that names the folder for a started process; it is unset in the tests themselves.
const FOLDER: &str = "REDWIRE_TEST_SLOTS";

/// The name of the test that is the program.
const PROGRAM: &str = "slots::a_program_that_uses_slots";

/// Longer than any test takes.
const LONG: Duration = Duration::from_mins(30);

/// The slots of the connection in these tests.
const LIMIT: u32 = 4;

fn wanted<T>(count: u32, take: impl FnOnce(&Wanted<'_>) -> T) -> T {
    take(&Wanted {
        connection_id: 7,
        connection_name: "my_redshift",
        limit: Some(LIMIT),
        count,
        purpose: &Purpose::exec("psql".as_ref()),
    })
}

fn wait(slots: &Slots, count: u32, tell: &mut dyn FnMut(&[Holder])) -> Result<Claim, SlotError> {
    wanted(count, |wanted| {
        let never = AtomicBool::new(false);
        slots.take_waiting(wanted, LONG, &never, tell, &mut || wanted.limit)
    })
}

/// In a process that a test has started, what its input says; by itself, a slot that is taken and
/// given back.
#[test]
fn a_program_that_uses_slots() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let folder = PathBuf::from(folder);
        let mut program = Program::at(&folder);
        for line in std::io::stdin().lines() {
            program.obey(&line.expect("UTF-8"));
        }
    } else {
        let folder = tempfile::tempdir().expect("a folder");
        let mut program = Program::at(folder.path());
        program.obey("take 1");
        assert!(program.claim.is_some());
        program.obey("release");
        assert!(program.slots.sessions(None).expect("a look").is_empty());
    }
}

/// The body of a started process.
struct Program {
    slots: Slots,
    log: PathBuf,
    claim: Option<Claim>,
    child: Option<Child>,
}

impl Program {
    fn at(folder: &Path) -> Self {
        Self {
            slots: Slots::at(folder.join("catalog.db.slots")),
            log: folder.join("log"),
            claim: None,
            child: None,
        }
    }

    fn obey(&mut self, line: &str) {
        let (order, number) = line.split_once(' ').unwrap_or((line, "1"));
        let number: u32 = number.parse().expect("a number");
        match order {
            "take" => {
                let claim = wait(&self.slots, number, &mut |_| say("waits")).expect("a slot");
                say(if claim.is_after_kill() {
                    "took after a kill"
                } else {
                    "took"
                });
                self.claim = Some(claim);
            }
            "release" => {
                self.claim = None;
                say("released");
            }
            "lend" => self.lend(),
            "fight" => {
                for round in 0..number {
                    self.fight(round);
                }
                say("fought");
            }
            _ => panic!("{line}"),
        }
    }

    /// Starts a child that holds the slot as well, and ends when its input does. The input comes
    /// from the test, so that the child goes on when this process is killed.
    fn lend(&mut self) {
        let claim = self.claim.as_mut().expect("a slot");
        let input = OpenOptions::new().read(true).open(self.log.with_file_name("pipe"));
        let lent = claim.lend().expect("handles on the slot");
        let child = Command::new("cat")
            .stdin(input.expect("the pipe"))
            .stdout(Stdio::null())
            .spawn();
        drop(lent);
        self.child = Some(child.expect("cat starts"));
        say("lent");
    }

    /// Takes a slot, notes that, notes the end, and gives it back. What is noted lies within what
    /// is held.
    fn fight(&self, round: u32) {
        let mut log = OpenOptions::new().append(true).open(&self.log).expect("the log");
        let mut note = |what: &str| {
            let line = format!("{what} {}\n", std::process::id());
            log.write_all(line.as_bytes()).expect("a note");
        };
        let count = if round % 7 == 6 { 2 } else { 1 };
        let mut claim = wait(&self.slots, count, &mut |_| {}).expect("a slot");
        claim.settle().expect("a note");
        for _ in 0..count {
            note("+");
        }
        thread::yield_now();
        for _ in 0..count {
            note("-");
        }
        drop(claim);
    }
}

fn say(what: &str) {
    writeln!(std::io::stderr(), "{what}").expect("the test listens");
}

/// A started process.
struct Process {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStderr>,
}

impl Process {
    fn start(site: &Site) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args([PROGRAM, "--exact", "--nocapture", "--test-threads=1"])
            .env(FOLDER, site.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        Self {
            orders: child.stdin.take(),
            answers: BufReader::new(child.stderr.take().expect("its errors")),
            child,
        }
    }

    fn order(&mut self, line: &str) {
        let orders = self.orders.as_mut().expect("not ended yet");
        writeln!(orders, "{line}").expect("it listens");
    }

    #[track_caller]
    fn answers(&mut self, expected: &str) {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("UTF-8");
        if line.trim_end() != expected {
            // The rest of what it says tells why.
            self.orders = None;
            let mut rest = String::new();
            self.answers.read_to_string(&mut rest).expect("UTF-8");
            panic!("{expected:?} was expected, not {line}{rest}");
        }
    }

    fn does(mut self, line: &str, answer: &str) -> Self {
        self.order(line);
        self.answers(answer);
        self
    }

    fn kill(&mut self) {
        self.child.kill().expect("it is ours to kill");
        self.child.wait().expect("its end");
    }

    fn end(mut self) {
        self.orders = None;
        assert!(self.child.wait().expect("its end").success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // After a failed test it may still run.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Site {
    folder: TempDir,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("log"), "").expect("a log");
        Self { folder }
    }

    fn slots(&self) -> Slots {
        Slots::at(self.folder.path().join("catalog.db.slots"))
    }

    fn take(&self, count: u32) -> Result<Claim, SlotError> {
        wanted(count, |wanted| self.slots().take(wanted))
    }

    fn sessions(&self) -> Vec<Holder> {
        self.slots().sessions(None).expect("a look")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).expect("the log")
    }
}

#[test]
fn a_slot_is_seen_from_other_processes() {
    let site = Site::new();
    let process = Process::start(&site).does("take 3", "took");
    let sessions = site.sessions();
    assert_eq!(sessions.iter().map(|holder| holder.slot).collect::<Vec<_>>(), [1, 2, 3]);
    for holder in sessions {
        assert_eq!(holder.who.process, Some(process.child.id()));
        assert_eq!(holder.who.purpose.as_deref(), Some("exec psql"));
    }
    assert!(matches!(site.take(2), Err(SlotError::NoneFree { holders, .. }) if holders.len() == 3));
    process.does("release", "released").end();
    assert!(!site.take(4).expect("all of them").is_after_kill());
}

#[test]
fn a_kill_frees_the_slot_and_the_next_one_learns_of_it() {
    let site = Site::new();
    let mut process = Process::start(&site).does("take 4", "took");
    process.kill();
    assert!(site.sessions().is_empty());
    let mut claim = site.take(1).expect("a free slot");
    assert!(claim.is_after_kill());
    claim.settle().expect("a note");
    drop(claim);
    assert!(!site.take(1).expect("a free slot").is_after_kill());
}

#[test]
fn a_kill_frees_the_slot_for_one_who_waits() {
    let site = Site::new();
    let mut holder = Process::start(&site).does("take 4", "took");
    let mut waiter = Process::start(&site).does("take 1", "waits");
    holder.kill();
    waiter.answers("took after a kill");
    waiter.end();
}

#[test]
fn a_kill_of_one_who_waits_lets_the_next_one_through() {
    let site = Site::new();
    let all = site.take(4).expect("all of them");
    let mut first = Process::start(&site).does("take 4", "waits");
    let mut second = Process::start(&site).does("take 1", "waits");
    let mut third = Process::start(&site).does("take 1", "waits");
    second.kill();
    first.kill();
    drop(all);
    third.answers("took");
    third.end();
}

#[test]
fn a_child_holds_the_slot_also_when_its_parent_is_killed() {
    let site = Site::new();
    let pipe = site.folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let mut parent = Process::start(&site).does("take 2", "took");
    parent.order("lend");
    // Opens once the other end does.
    let input = OpenOptions::new().write(true).open(&pipe).expect("the pipe");
    parent.answers("lent");
    parent.kill();
    let sessions = site.sessions();
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    assert!(matches!(site.take(3), Err(SlotError::NoneFree { .. })));
    thread::scope(|scope| {
        let (sender, told) = std::sync::mpsc::channel();
        let slots = site.slots();
        let waiter =
            scope.spawn(move || wait(&slots, 4, &mut |_| sender.send(()).unwrap_or_default()));
        told.recv().expect("it waits");
        // The child ends with its input.
        drop(input);
        assert!(waiter.join().expect("no panic").expect("all slots").is_after_kill());
    });
}

#[test]
fn a_child_that_was_lent_nothing_holds_nothing() {
    let site = Site::new();
    let claim = site.take(4).expect("all of them");
    let mut child = Command::new("cat")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("cat starts");
    drop(claim);
    let again = site.take(4).expect("all of them");
    child.kill().expect("it is ours to kill");
    child.wait().expect("its end");
    drop(again);
}

#[test]
fn many_processes_of_which_some_are_killed_never_hold_more_than_the_limit() {
    const PROCESSES: usize = 16;
    const ROUNDS: usize = 60;
    const LINES_A_KILL: usize = 100;
    let site = Site::new();
    let mut processes: Vec<Process> = (0..PROCESSES).map(|_| Process::start(&site)).collect();
    for process in &mut processes {
        process.order(&format!("fight {ROUNDS}"));
    }
    // One is killed whenever the log has grown by so much.
    let begin = Instant::now();
    for victim in 1..=PROCESSES / 2 {
        while site.log().lines().count() < victim * LINES_A_KILL {
            assert!(begin.elapsed() < LONG, "nobody takes a slot any more: {:?}", site.sessions());
            thread::yield_now();
        }
        let mut process = processes.remove(victim % processes.len());
        let mut log = OpenOptions::new()
            .append(true)
            .open(site.folder.path().join("log"))
            .expect("the log");
        // Noted first: what it does from here on does not count, or it would count for longer than
        // it holds a slot. In one piece, since others write at the same time.
        let note = format!("killed {}\n", process.child.id());
        log.write_all(note.as_bytes()).expect("a note");
        process.kill();
    }
    for mut process in processes {
        process.answers("fought");
        process.end();
    }
    let (most, taken) = most_at_once(&site.log());
    assert!((2..=LIMIT as usize).contains(&most), "{most} at once");
    assert!(taken > PROCESSES / 2 * ROUNDS, "only {taken} were taken");
    assert!(site.sessions().is_empty());
}

/// The most slots that were held at once, and the number of slots taken in all.
fn most_at_once(log: &str) -> (usize, usize) {
    let (mut killed, mut held) = (HashSet::new(), Vec::new());
    let (mut most, mut taken) = (0, 0);
    for line in log.lines() {
        let (what, process) = line.split_once(' ').expect("two words");
        match what {
            "killed" => {
                killed.insert(process);
                held.retain(|holder| *holder != process);
            }
            _ if killed.contains(process) => {}
            "+" => {
                held.push(process);
                taken += 1;
            }
            "-" => {
                let place = held.iter().position(|holder| *holder == process);
                held.swap_remove(place.expect("it was taken"));
            }
            _ => panic!("{line}"),
        }
        most = most.max(held.len());
    }
    (most, taken)
}
